"""The wizard of the Data page: a foreign file is mapped, looked at, published, and its like are known from then on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.warehouse import Warehouse
from loaders import profile_shelf
from loaders.ingest import load
from tests.loaders import foreign
from tests.pages.conftest import draw
from tests.pages.test_data import load_of, press, refused
from tests.pages.test_portfolio import said


@pytest.fixture
def dropped(company: Warehouse) -> Callable[[bytes], AppTest]:
    """The Data page after a file was dropped on it."""

    def drop(content: bytes) -> AppTest:
        page = draw("data", company)
        page.file_uploader[0].upload("anfragen.csv", content)
        page.run()
        assert not page.exception, page.exception
        return page

    return drop


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    """The foreign file with a record that will be refused."""
    bad = "x1;20.11.2026 10:20;u@example.com;assistent;0,5;2;vielleicht;ja;x"
    return foreign.write(tmp_path / "a.csv", 20, bad).read_bytes()


def choice(page: AppTest, ending: str) -> object:
    """What stands in the select box whose key ends so."""
    return next(box for box in page.selectbox if str(box.key).endswith(ending)).value


def test_the_wizard_proposes_and_nothing_is_read_before_it_is_told(
    company: Warehouse, dropped: Callable[[bytes], AppTest], content: bytes
) -> None:
    """An unknown file comes with proposals for its columns, with reasons, and no preview until one says so."""
    page = dropped(content)
    assert "not recognised" in refused(page)
    for ours, theirs in foreign.profile().columns.items():
        assert choice(page, f"interactions-{ours}") == theirs
    words = said(page).replace("\\", "")
    assert "Proposed: the name is like" in words
    assert "user0@example.com" in words
    assert not [button for button in page.button if str(button.key).startswith("publish-")]
    assert company.value("SELECT count(*) AS n FROM loads") == 1


def test_a_mapped_file_is_seen_published_and_its_like_are_known(
    company: Warehouse, dropped: Callable[[bytes], AppTest], content: bytes, tmp_path: Path
) -> None:
    """Read as proposed, the preview shows typed rows and what would be refused; published with a name for the profile,
    the next file is recognised; undo takes the load back; the profile can be forgotten.
    """
    page = dropped(content)
    next(each for each in page.text_input if str(each.key).startswith("profile-")).input("Portal").run()
    press(page, "read-")
    rows = page.dataframe[0].value
    assert list(rows["cost_microusd"]) == ["0", "100", "200", "300", "400"]
    assert list(rows["outcome"]) == ["failed", "confirmed", "confirmed", "failed", "confirmed"]
    assert rows["occurred_at"][0] == "2026-10-20 09:15:00"  # no zone was chosen: UTC
    assert "vielleicht" in str(page.table[0].value)
    assert "**1** quarantined" in said(page)
    press(page, "publish-")
    assert "read through the profile “Portal” from now on" in said(page)
    assert [each.name for each in profile_shelf.kept(company)] == ["Portal"]
    assert load(company, foreign.write(tmp_path / "b.csv", 25), who="ada").accepted == 5
    press(page, f"undo-{load_of(company, 'anfragen.csv')}")
    press(page, "forget-Portal")
    assert profile_shelf.kept(company) == []


def test_what_is_missing_is_said(dropped: Callable[[bytes], AppTest]) -> None:
    """A table whose needs the file does not meet cannot be read: the page names what is missing; one value for all rows
    or a choice meets it.
    """
    page = dropped(b"Nummer;Wann\n1;01.02.2026 10:00\n2;02.02.2026 11:00\n")
    page.selectbox(key=next(str(b.key) for b in page.selectbox if str(b.key).startswith("table-"))).select(
        "interactions"
    ).run()
    read = next(button for button in page.button if str(button.key).startswith("read-"))
    assert read.disabled
    words = " ".join(each.value for each in page.warning).replace("\\", "")
    assert "interaction_id" in words
    assert "how moments like 01.02.2026 10:00 are written" in words
    for ours, theirs in (("interaction_id", "Nummer"), ("occurred_at", "Wann")):
        next(box for box in page.selectbox if str(box.key).endswith(f"interactions-{ours}")).select(theirs).run()
    next(box for box in page.selectbox if str(box.key).startswith("order-")).select("dmy").run()
    press(page, "read-")
    assert "records read = **2** used" in said(page)


def test_the_chosen_zone_and_product_are_part_of_the_profile(
    company: Warehouse, dropped: Callable[[bytes], AppTest], content: bytes
) -> None:
    """What was chosen above for the file is kept with its mapping, so that the next file is read the same."""
    page = dropped(content)
    page.selectbox(key="unsaid-zone").select("Europe/Berlin").run()
    next(each for each in page.text_input if str(each.key).startswith("profile-")).input("Portal").run()
    press(page, "read-")
    assert page.dataframe[0].value["occurred_at"][0] == "2026-10-20 07:15:00"
    press(page, "publish-")
    assert [each.timezone for each in profile_shelf.kept(company)] == ["Europe/Berlin"]
