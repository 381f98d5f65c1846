"""A foreign file from its drop to its rows and back, in the browser."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.driver import PHONE, Server, visit
from tests.company import Made, usage
from tests.loaders import foreign


def test_a_foreign_file_and_a_known_one(browser: Browser, server: Server, tmp_path: Path) -> None:
    """Two files are dropped: the known one has its preview, the foreign one its proposals; read as proposed, it shows
    its rows, is published with its profile, and taken back.
    """
    known = tmp_path / "usage.csv"
    known.write_bytes(usage((Made("search", 30, 0.9, 0.1),), seed=23))
    bad = "x1;20.11.2026 10:20;u@example.com;assistent;0,5;2;vielleicht;ja;x"
    strange = foreign.write(tmp_path / "anfragen.csv", 20, bad)
    person = visit(browser, server)
    person.open("files")
    person.page.locator("input[type=file]").set_input_files([str(known), str(strange)])
    read = person.page.get_by_role("button", name="Read it so")
    expect(read).to_be_visible(timeout=60_000)
    person.settled()
    person.keep("files-wizard-desk-light")
    person.page.get_by_label("Save as profile, for files with the same header").fill("Kundenportal")
    person.page.keyboard.press("Enter")
    person.settled()
    read.click()
    expect(person.page.get_by_text("The first rows as they would be stored")).to_be_visible(timeout=60_000)
    person.settled()
    person.keep("files-mapped-desk-light")
    publish = person.page.get_by_role("button", name=re.compile(r"Publish$"))  # not the one for all files
    assert publish.count() == 2
    publish.last.click()
    expect(person.page.get_by_text("read through the profile “Kundenportal” from now on")).to_be_visible(timeout=60_000)
    person.settled()
    expect(person.page.get_by_role("heading", name="Profiles")).to_be_visible()
    person.keep("files-profiles-desk-light")
    person.press("Undo")
    expect(person.page.get_by_text("Taken back: anfragen.csv")).to_be_visible(timeout=60_000)
    assert not person.errors
    assert not person.foreign


def test_the_wizard_fits_a_telephone_in_the_dark(browser: Browser, server: Server, tmp_path: Path) -> None:
    """On a narrow dark screen every row of the wizard stays within the page."""
    strange = tmp_path / "strange.csv"
    strange.write_text("Nummer;Wann;Von\n1;01.02.2026 10:00;ann@example.com\n", encoding="utf-8")
    person = visit(browser, server, PHONE, dark=True)
    person.open("files")
    person.page.locator("input[type=file]").set_input_files([str(strange)])
    expect(person.page.get_by_role("button", name="Read it so")).to_be_visible(timeout=60_000)
    person.settled()
    person.keep("files-wizard-phone-dark")
    assert person.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not person.errors
