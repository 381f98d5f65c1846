"""Files copied into the inbox folder, on the Data page: listed, looked at, loaded, discarded."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.warehouse import Warehouse
from loaders import inbox
from loaders.inbox_keeper import Keeper
from tests.loaders import foreign
from tests.loaders.files import least, write_csv
from tests.loaders.test_inbox import until
from tests.pages.conftest import draw
from tests.pages.test_portfolio import said


@pytest.fixture
def copied(company: Warehouse) -> Path:
    """A file that somebody copied into the inbox folder."""
    rows = [least("interactions", interaction_id=f"i{number}", product_id="search") for number in range(3)]
    return write_csv(inbox.inbox_of(company.side) / "big.csv", rows)


def press(page: AppTest, label: str) -> None:
    """Press the last button of this name, as the files on the server stand below the upload."""
    [button for button in page.button if button.label == label][-1].click().run()
    assert not page.exception, page.exception


def work(company: Warehouse) -> None:
    """Let the server look after its inbox until nothing waits."""
    keeper = Keeper(company).start()
    until(lambda: all(entry.state == "done" for entry in inbox.entries(company.side)))
    keeper.stop()


def test_the_folder_is_told(company: Warehouse) -> None:
    """The page says where to copy what is too large for the browser, and lists nothing where nothing is."""
    page = draw("data", company)
    assert str(inbox.inbox_of(company.side)) in said(page)
    assert "Files on this server" not in [header.value for header in page.header]


def test_a_copied_file_is_looked_at_and_loaded(company: Warehouse, copied: Path) -> None:
    """Looking changes nothing and tells the counts; loading publishes, and the file is gone from the folder."""
    page = draw("data", company)
    assert "big.csv" in said(page)
    before = company.value("SELECT count(*) AS n FROM interactions")
    press(page, "Look")
    assert not copied.exists()
    work(company)
    page.run()
    assert "3 records = 3 accepted" in said(page)
    assert company.value("SELECT count(*) AS n FROM interactions") == before
    press(page, "Load")
    work(company)
    page.run()
    assert "is loaded" in said(page)
    assert company.value("SELECT count(*) AS n FROM interactions") == int(str(before)) + 3
    press(page, "Discard")
    assert inbox.entries(company.side) == []


def test_a_refused_file_can_be_discarded(company: Warehouse, copied: Path) -> None:
    """A refusal is told with its reason; the file stays until it is discarded."""
    copied.write_text("Dear all,\nplease find the numbers attached.\n")
    page = draw("data", company)
    press(page, "Load")
    work(company)
    page.run()
    assert "was refused; nothing has changed" in said(page)
    assert "not recognised" in said(page)
    (entry,) = inbox.entries(company.side)
    assert entry.file.exists()
    press(page, "Discard")
    assert not entry.folder.exists()


def test_a_foreign_file_is_mapped_where_it_lies(company: Warehouse, copied: Path) -> None:
    """What nobody recognises is mapped in the wizard without the browser carrying it: looked at, then loaded."""
    foreign.write(copied, 6)
    page = draw("data", company)
    press(page, "Load")
    work(company)
    page.run()
    press(page, "Map its columns")
    press(page, "Read it so")
    work(company)
    page.run()
    assert "6 records = 6 accepted" in said(page)
    assert company.value("SELECT count(*) AS n FROM loads") == 1
    press(page, "Load")
    work(company)
    assert company.value("SELECT count(*) AS n FROM interactions WHERE source_system LIKE 'mapped-%'") == 6


def test_a_file_that_vanishes_is_told(company: Warehouse, copied: Path) -> None:
    """When somebody takes the file away again, the page says so and goes on."""
    page = draw("data", company)
    shutil.move(copied, copied.with_name(".gone"))
    page.run()
    assert "big.csv" not in said(page)
