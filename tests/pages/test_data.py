import csv
from collections.abc import Callable
from io import BytesIO

import pytest
from streamlit.testing.v1 import AppTest

from data.people import PersonAlias, PersonRecord
from data.pseudonym import Pseudonyms
from data.registry_store import current, save
from data.warehouse import Warehouse
from loaders.history import history
from loaders.progress import Cancelled
from metrics import CATALOG, HEADLINES, Reading, default_scope, read
from pages.parts import desk as desks
from pages.parts import underway
from tests.company import Made, usage
from tests.pages.conftest import draw
from tests.pages.test_portfolio import said

NEWER = (Made("search", 40, 0.97, 0.01),)


def numbers(store: Warehouse) -> list[tuple[float | None, str]]:
    """The headline values with their status; what a refused or undone file must leave as it was."""
    return [(reading.value, reading.status) for reading in read(store, HEADLINES, default_scope(store))]


@pytest.fixture
def dropped(company: Warehouse) -> Callable[[bytes], AppTest]:
    """The Data page after a file was dropped on it."""

    def drop(content: bytes, name: str = "more.csv") -> AppTest:
        page = draw("data", company)
        page.file_uploader[0].upload(name, content)
        page.run()
        assert not page.exception, page.exception
        return page

    return drop


def refused(page: AppTest) -> str:
    """What the page says of the files it refuses."""
    return " ".join(f"{each.proto.title} {each.value}" for each in page.error).replace("\\", "")


def load_of(store: Warehouse, file: str) -> str:
    """The load that a file came in by."""
    return next(str(load["load_id"]) for load in history(store) if load["file_name"] == file)


def press(page: AppTest, key: str) -> None:
    """Press the button whose key begins like this."""
    next(button for button in page.button if str(button.key).startswith(key)).click()
    page.run()
    assert not page.exception, page.exception


def test_a_file_is_seen_before_it_counts(company: Warehouse, dropped: Callable[[bytes], AppTest]) -> None:
    """The preview says format, period, accounting and effect on the headline numbers, and changes nothing."""
    before = numbers(company)
    page = dropped(usage(NEWER, seed=11))
    words = said(page)
    assert "Plumbline" in words
    assert "sure" in words
    assert "records read = " in words
    effect = page.table[0].value
    assert list(effect["Metric"]) == [CATALOG[name].title for name in HEADLINES]
    assert list(effect["After"])[1] != "unchanged"
    assert numbers(company) == before
    assert len(history(company)) == 1


def test_the_preview_tells_what_publishing_then_does(company: Warehouse, dropped: Callable[[bytes], AppTest]) -> None:
    """What the effect table announced is what the readings are after publishing; undo brings the former ones back."""
    before = numbers(company)
    page = dropped(usage(NEWER, seed=11))
    announced = list(page.table[0].value["After"])
    press(page, "publish-")
    after: list[Reading] = read(company, HEADLINES, default_scope(company))
    assert f"{100 * (after[1].value or 0):.1f}%" in announced[1]
    assert numbers(company) != before
    assert "Published more.csv" in said(page)
    newest = load_of(company, "more.csv")
    press(page, f"undo-{newest}")
    assert numbers(company) == before
    press(page, f"redo-{newest}")
    assert numbers(company) == [(reading.value, reading.status) for reading in after]


def test_a_wrong_cell_is_shown_with_line_column_and_what_was_expected(dropped: Callable[[bytes], AppTest]) -> None:
    """The first problems of a file stand in its preview: where, what came, why it was refused."""
    lines = usage(NEWER, seed=11).decode().splitlines()[:5]
    lines[3] = lines[3].replace("confirmed", "sucess").replace("failed", "sucess")
    page = dropped("\n".join(lines).encode())
    problems = page.table[0].value
    assert list(problems["Line"]) == ["4"]
    assert list(problems["What came"]) == ["sucess"]
    assert "expected confirmed, implied, failed or unknown" in problems["Why"][0].replace("\\", "")
    assert "**1** quarantined" in said(page)


def test_an_unknown_file_is_refused_with_a_sentence(company: Warehouse, dropped: Callable[[bytes], AppTest]) -> None:
    """A file that is nothing we know is refused whole, with the closest formats, and no number changes."""
    before = numbers(company)
    page = dropped(b"hello\nworld\n")
    assert "not recognised" in page.error[0].value
    assert not [button for button in page.button if str(button.key).startswith("publish-")]
    assert numbers(company) == before


def test_the_same_file_twice_is_one_load(company: Warehouse, dropped: Callable[[bytes], AppTest]) -> None:
    """A file that is in already is refused with the load that holds it."""
    page = dropped(usage())
    assert "Already loaded as" in page.error[0].value.replace("\\", "")
    assert len(history(company)) == 1


def test_a_new_product_is_registered_with_one_click(company: Warehouse, dropped: Callable[[bytes], AppTest]) -> None:
    """Records of a product nobody registered wait in the inbox; one click registers it, and the readings count them."""
    page = dropped(usage((Made("translator", 35, 0.8, 0.1),), seed=13))
    assert "the registry does not know “translator”" in page.warning[0].value
    press(page, "publish-")
    assert "Unmapped inbox" in said(page)
    press(page, "new-0")
    assert "Unmapped inbox" not in said(page)
    products = {
        reading.group["product"] for reading in read(company, ["task_success"], default_scope(company), by=("product",))
    }
    assert "translator" in products


def test_a_waiting_value_is_assigned_to_a_product(company: Warehouse, dropped: Callable[[bytes], AppTest]) -> None:
    """What a source calls a product can be said to be one that is there; its records then count for that product."""
    before = read(company, ["task_success"], default_scope(company), by=("product",))
    content = usage((Made("serch", 35, 0.8, 0.1),), seed=13)
    people = {line.split(",")[3] for line in content.decode().splitlines()[1:]}
    page = dropped(content)
    press(page, "publish-")
    page.selectbox(key="assign-0-serch").select("search").run()
    press(page, "do-assign-0")
    after = read(company, ["task_success"], default_scope(company), by=("product",))
    units = {reading.group["product"]: reading.units for reading in after}
    assert units["search"] == {r.group["product"]: r.units for r in before}["search"] + len(people)


def test_registering_in_the_preview_shows_its_effect(company: Warehouse, dropped: Callable[[bytes], AppTest]) -> None:
    """With "new product from this load" ticked, the effect counts the records, and publishing registers the product."""
    page = dropped(usage((Made("translator", 35, 0.3, 0.1),), seed=13))
    tick = next(box for box in page.checkbox if str(box.key).startswith("register-"))
    tick.check().run()
    assert not page.exception
    assert list(page.table[0].value["After"])[1] != "unchanged"
    press(page, "publish-")
    assert "Unmapped inbox" not in said(page)


def test_quarantined_records_can_be_looked_at(company: Warehouse, dropped: Callable[[bytes], AppTest]) -> None:
    """The quarantine shows each refused cell of a load with line, column and reason."""
    lines = usage(NEWER, seed=11).decode().splitlines()[:9]
    lines[5] = lines[5].replace("2026-", "2O26-", 1)
    page = dropped("\n".join(lines).encode())
    press(page, "publish-")
    cells = next(table.value for table in page.dataframe if "What came" in table.value)
    assert list(cells["Line"]) == [6]
    assert list(cells["Column"]) == ["occurred_at"]


def test_the_page_says_what_is_dropped_and_that_there_is_no_login(store: Warehouse) -> None:
    """Before anything is loaded, the page says that content is dropped, people are pseudonyms, and nobody logs in."""
    words = said(draw("data", store))
    assert "Prompts and outputs are dropped" in words
    assert "pseudonyms" in words
    assert "no login yet" in words
    assert "Nothing has been loaded yet" in words


def test_the_history_says_who_and_when(company: Warehouse, dropped: Callable[[bytes], AppTest]) -> None:
    """The name a person gives stands in the history of what was loaded and taken back."""
    page = dropped(usage(NEWER, seed=11))
    page.text_input(key="who").set_value("Bea").run()
    press(page, "publish-")
    assert "loaded by Bea on 2026" in said(page)
    press(page, f"undo-{load_of(company, 'more.csv')}")
    assert "taken back by Bea on 2026" in said(page)


def test_what_a_format_asks_can_be_answered_on_the_page(company: Warehouse, dropped: Callable[..., AppTest]) -> None:
    """A file that is refused for want of an answer says which; given on the page, it is read; a wrong key is named."""
    ambiguous = (
        b"Summary,Issue key,Issue id,Issue Type,Status,Project key,Priority,Assignee,Reporter,Created,Updated,Resolved,"
        b"Status Category\nHow,SUP-1,1,Question,Open,SUP,High,Ann,Ben,05/06/2026 09:10,06/06/2026 09:10,,To Do\n"
    )
    page = dropped(ambiguous)
    assert "day_order" in refused(page)
    page.text_input(key="unsaid-answers").input("day_ordre=dmy").run()
    assert "Did you mean 'day_order'?" in refused(page)
    page.text_input(key="unsaid-answers").input("day_order=dmy").run()
    assert not page.exception
    assert "records read = " in said(page)


def test_several_files_are_published_at_once(company: Warehouse) -> None:
    """Of several files each is previewed; one press publishes them all, and the effect is that of all together."""
    before = numbers(company)
    page = draw("data", company)
    files = [("one.csv", usage(NEWER, seed=11), "text/csv"), ("two.csv", usage(NEWER, seed=12), "text/csv")]
    page.file_uploader[0].set_value(files).run()
    assert not page.exception, page.exception
    assert numbers(company) == before
    press(page, "publish-all")
    assert {load["file_name"] for load in history(company)} >= {"one.csv", "two.csv"}
    assert "Published one.csv" in said(page)
    assert "Published two.csv" in said(page)
    assert numbers(company) != before


def test_an_id_is_said_to_be_a_person(company: Warehouse) -> None:
    """Ids that are nobody's are listed; with the domain the one whose name fits is proposed, accepted, taken back."""
    with company.write("directory", "Ann") as tx:
        save(tx, [PersonRecord(user_id="nt", display_name="No Tes0")], "Ann")
    ids = {(row["product_id"], row["user_id"]) for row in csv.DictReader(usage().decode().splitlines())}
    notes = sum(product == "notes" for product, _ in ids)
    page = draw("data", company)
    assert f"{notes} of {len(ids)} user ids of the use are nobody's" in said(page)
    told = next(each.value for each in page.dataframe if "Known otherwise" in each.value)
    assert dict(zip(told["Product"], told["Nobody's"], strict=True)) == {
        "chat": 0,
        "coder": 0,
        "notes": notes,
        "search": 0,
    }
    assert dict(zip(told["Product"], told["Of it in the use"], strict=True)) == {
        name: 0 if name == "notes" else sum(product == name for product, _ in ids) for name in told["Product"]
    }
    page.text_input(key="match-domains").input("@example.com").run()
    assert "notes0@example.com, made of the name No Tes0" in said(page)
    press(page, "accept-0")
    assert [(row.source_system, row.user_id) for row in current(company, PersonAlias)] == [
        ("canonical", Pseudonyms(company.side).of("nt"))
    ]
    assert "is No Tes0 from now on" in said(page)
    assert f"{notes - 1} of {len(ids)} user ids" in said(page)
    press(page, "unsay-0")
    assert current(company, PersonAlias) == []
    assert f"{notes} of {len(ids)} user ids" in said(page)


def test_a_reading_that_was_cancelled_is_told(company: Warehouse) -> None:
    """A person ends the reading of an upload: no draft, the sentence that nothing was changed, and nothing is left."""
    upload = BytesIO(usage(NEWER, seed=11))
    upload.name = "more.csv"
    going = underway._begin(company, upload, desks.Asked())  # type: ignore[arg-type]
    going.stopped.set()
    made = going.made.result(timeout=60)
    assert isinstance(made.refusal, Cancelled)
    assert "Nothing was changed" in str(made.refusal)
    assert (made.preview, made.outcome) == (None, None)
    assert list((company.side / "staging").iterdir()) == []
    assert len(history(company)) == 1
