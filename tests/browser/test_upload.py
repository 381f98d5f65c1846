import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import Server, Visit, visit
from tests.company import Made, usage


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A file in which search does far better than before."""
    file = tmp_path / "september.csv"
    file.write_bytes(usage((Made("search", 40, 0.97, 0.01),), seed=21))
    return file


def to_portfolio(person: Visit) -> None:
    """Choose the Portfolio."""
    person.page.get_by_role("link", name="Portfolio").click()
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Portfolio")
    person.settled()


def to_data(person: Visit) -> None:
    """Choose the Data page."""
    person.page.get_by_role("link", name="Data").click()
    person.settled()


def drop(person: Visit, *files: Path) -> None:
    """Drop files and wait for their previews."""
    person.page.locator("input[type=file]").set_input_files([str(file) for file in files])
    expect(person.page.get_by_role("button", name="Publish").first).to_be_visible()
    person.settled()


def test_a_file_changes_the_numbers_and_undo_brings_them_back(browser: Browser, server: Server, newer: Path) -> None:
    """Upload, preview, publish: the number changes as announced; undo: it is what it was; redo: changed again."""
    person = visit(browser, server)
    person.open("overview")
    before = person.numbers()
    to_data(person)
    drop(person, newer)
    person.keep("files-preview-desk-light")
    announced = re.search(
        r"Task success\s+[\d.]+%[^\n\t]*\s+([\d.]+%)", person.page.get_by_test_id("stMain").inner_text()
    )
    assert announced is not None
    to_portfolio(person)
    person.shows(before)
    to_data(person)
    drop(person, newer)
    person.press("Publish")
    expect(person.page.get_by_text("Published september.csv")).to_be_visible()
    person.keep("files-published-desk-light")
    to_portfolio(person)
    after = person.shows(before, other=True)
    assert after[1] == announced[1]
    to_data(person)
    person.press("Undo")
    expect(person.page.get_by_text("Taken back: september.csv")).to_be_visible()
    to_portfolio(person)
    person.shows(before)
    to_data(person)
    person.press("Redo")
    to_portfolio(person)
    person.shows(after)
    to_data(person)
    person.press("Undo")
    to_portfolio(person)
    person.shows(before)
    assert not person.errors


def test_several_files_are_looked_at_together(browser: Browser, server: Server, tmp_path: Path) -> None:
    """Of two dropped files one is a new product and one is nothing we know: each gets its own answer."""
    good, bad = tmp_path / "translator.csv", tmp_path / "notes.txt"
    good.write_bytes(usage((Made("translator", 35, 0.8, 0.1),), seed=22))
    bad.write_bytes(b"minutes of a meeting\n- nothing to load\n")
    person = visit(browser, server)
    person.open("files")
    drop(person, good, bad)
    expect(person.page.get_by_text("notes.txt was refused, nothing was changed")).to_be_visible()
    expect(person.page.get_by_text("the registry does not know “translator”")).to_be_visible()
    person.press("Publish")
    expect(person.page.get_by_text("Unmapped inbox")).to_be_visible()
    person.keep("files-inbox-desk-light")
    person.press("New product")
    expect(person.page.get_by_text("Registered translator.")).to_be_visible()
    person.page.get_by_role("link", name="Portfolio").click()
    person.settled()
    expect(person.page.get_by_text("5 registered products")).to_be_visible()
    assert not person.errors
    assert not person.foreign
