"""From an empty warehouse to the first numbers, and out of the demo company."""

from streamlit.testing.v1 import AppTest

from data.made_up import DEMO, present
from data.portfolio import Product
from data.registry_store import current, save
from data.warehouse import Warehouse
from loaders.history import history
from loaders.ingest import load
from tests.company import Made, usage
from tests.pages.conftest import draw
from tests.pages.test_portfolio import said

HELPER = (Made("helper-v1", 40, 0.9, 0.1),)


def press(page: AppTest, key: str) -> None:
    """Press the button whose key begins like this."""
    next(button for button in page.button if str(button.key).startswith(key)).click()
    page.run()
    assert not page.exception, page.exception


def test_one_file_leads_to_ones_own_numbers(store: Warehouse) -> None:
    """What have you got, drop it, name the product, publish: the Portfolio then shows its numbers under that name."""
    page = draw("portfolio", store)
    assert "1 · What have you got?" in said(page)
    page.file_uploader[0].upload("usage.csv", usage(HELPER)).run()
    assert not page.exception
    assert "3 · Name the product" in said(page)
    assert not current(store, Product)
    field = next(each for each in page.text_input if "helper-v1" in each.label.replace("\\", ""))
    field.set_value("The <b>Helper</b> $1").run()
    press(page, "publish-")
    (product,) = current(store, Product)
    assert (product.product_id, product.name) == ("helper-v1", "The <b>Helper</b> $1")
    words = said(page)
    assert "Your first numbers" in words
    assert "1 registered product" in words
    shown = {each.label: each.value for each in page.metric}
    hits, of = _outcomes(store)
    assert shown["Task success"] == f"{100 * hits / of:.1f}%"
    press(page, "beginning-close")
    assert "Your first numbers" not in said(page)


def _leaving(store: object) -> None:
    from pages.parts import departure

    departure._ask(store)  # type: ignore[arg-type]


def _outcomes(store: Warehouse) -> tuple[int, int]:
    """Confirmed tasks and all tasks of the default period, counted by hand: every session is a task here."""
    rows = store.rows("SELECT outcome, day FROM interactions")
    last = max(str(row["day"]) for row in rows)
    assert last == "2026-10-02"
    recent = [str(row["outcome"]) for row in rows if str(row["day"]) > "2026-07-10"]
    return recent.count("confirmed"), len(recent)


def test_a_file_without_a_product_asks_for_it(store: Warehouse) -> None:
    """A file that says nothing of its product is given one by the person, whatever characters it has."""
    text = "interaction_id,occurred_at,user_id,outcome,outcome_source\ni-1,2026-10-01T10:00:00Z,ann,confirmed,rating\n"
    page = draw("portfolio", store)
    page.file_uploader[0].upload("bare.csv", text.encode()).run()
    assert "The file names no product" in said(page)
    page.text_input(key="beginning-product").set_value("a:b").run()
    assert "has no ':'" in said(page)
    page.text_input(key="beginning-product").set_value("=mein Ässistent").run()
    press(page, "publish-")
    assert [row.product_id for row in current(store, Product)] == ["=mein Ässistent"]
    assert "1 registered product" in said(page)


def test_what_is_no_file_of_ours_is_told_and_nothing_is_stored(store: Warehouse) -> None:
    """A picture is refused in words; having nothing yet leads to whom to ask."""
    page = draw("portfolio", store)
    page.file_uploader[0].upload("cat.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256))).run()
    assert not page.exception
    assert any("was refused, nothing was changed" in each.proto.title.replace("\\", "") for each in page.error)
    assert history(store) == []
    page.segmented_control(key="beginning-kind").set_value("nothing").run()
    assert "Ask whoever runs the product" in said(page)


def test_the_demo_is_marked_and_leaves_when_asked(store: Warehouse) -> None:
    """Its mark stands on the page; one button and one confirmation later only what people brought is there."""
    for who, name, seed in ((DEMO, "demo-bot", 1), ("Ann", "helper", 2)):
        path = store.path.with_name(f"{name}.csv")
        path.write_bytes(usage((Made(name, 12, 0.8, 0.1),), seed=seed))
        assert load(store, path, who=who).status == "published"
        with store.write("named", who) as tx:
            save(tx, [Product(product_id=name, name=name)], who)
    page = draw("data", store)
    assert "Demo company" in said(page)
    press(page, "demo-leave")
    words = said(page)
    assert "Its 1 file" in words
    assert "1 file** and **1 row** that people stored (products helper) of your own stay" in words
    asked = AppTest.from_function(_leaving, args=(store,), default_timeout=90).run()
    press(asked, "demo-gone")
    assert not present(store)
    page = draw("data", store)
    assert "Demo company" not in said(page)
    assert [row.product_id for row in current(store, Product)] == ["helper"]
    assert [load["file_name"] for load in history(store)] == ["helper.csv"]
