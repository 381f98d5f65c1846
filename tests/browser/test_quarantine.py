from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import PHONE, Server, visit
from tests.company import Made, usage


@pytest.fixture
def misspelt(tmp_path: Path) -> Path:
    """A file in which each outcome of the first hundred lines is written wrong."""
    lines = usage((Made("search", 40, 0.97, 0.01),), seed=31).decode().splitlines()
    wrong = [line.replace("confirmed", "sucess").replace("failed", "sucess") for line in lines[1:101]]
    file = tmp_path / "misspelt.csv"
    file.write_text("\n".join([lines[0], *wrong, *lines[101:]]))
    return file


def test_a_refused_value_is_corrected_in_the_browser(browser: Browser, server: Server, misspelt: Path) -> None:
    """Load a file, answer a wrong value for all its records, look, publish, take it back; nothing complains."""
    person = visit(browser, server)
    person.open("files")
    person.page.locator("input[type=file]").first.set_input_files(str(misspelt))
    person.page.get_by_role("button", name="Publish").first.wait_for()
    person.press("Publish")
    shelf = person.page.locator(".st-key-quarantine")
    expect(shelf.get_by_text("outcome: not in list")).to_be_attached()
    shelf.get_by_text("Same value together").click()
    person.settled()
    grid = shelf.get_by_test_id("stDataFrame").nth(1)
    grid.scroll_into_view_if_needed()
    grid.click(position={"x": 30, "y": 48})  # the first cell; arrows lead to the one to fill
    for _ in range(3):
        person.page.keyboard.press("ArrowRight")
    person.page.keyboard.press("Enter")  # opens the cell
    cell = person.page.locator("textarea.gdg-input")
    cell.fill("confirmed")
    cell.press("Enter")
    person.settled()
    expect(shelf.get_by_text("1 answer noted")).to_be_visible()
    person.press("Preview corrections")
    shelf.get_by_text("100 records given again, 0 left out").wait_for()
    person.keep("files-corrections-desk-light")
    person.press("Publish corrections")
    person.page.get_by_text("100 records corrected, 0 left out, 0 refused again").wait_for()
    expect(shelf.get_by_text("100 records given again and 0 left out by not stated")).to_be_visible()
    person.press("Undo")  # the newest load stands first
    person.page.get_by_text("Taken back: corrections of misspelt.csv").wait_for()
    assert not person.errors
    phone = visit(browser, server, PHONE, dark=True)
    phone.open("files")
    expect(phone.page.locator(".st-key-quarantine").get_by_text("Records 1 to 25 of 100")).to_be_visible()
    phone.keep("files-quarantine-phone-dark")
    wide = phone.page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")
    assert wide <= 0
    assert not phone.errors
