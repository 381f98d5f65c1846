from itertools import pairwise

import pytest
from playwright.sync_api import Browser

from tests.browser.driver import DESK, PHONE, Server, visit

SIZES = {"desk": DESK, "phone": PHONE}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_fit_the_window(browser: Browser, server: Server, size: str, dark: bool) -> None:
    """In both themes, on a desk and on a phone, no page is wider than its window; a picture of each is kept."""
    person = visit(browser, server, SIZES[size], dark)
    name = f"{size}-{'dark' if dark else 'light'}"
    for address, title in (("overview", "Portfolio"), ("files", "Data")):
        person.open(address)
        main = person.page.get_by_test_id("stMain")
        person.page.get_by_role("heading", name=title, level=1).wait_for()
        assert main.evaluate("main => main.scrollWidth <= main.clientWidth"), f"{address} is wider than the window"
        person.keep(f"{address}-{name}")
    assert not person.errors
    assert not person.foreign


def test_the_origin_of_a_number_fits_a_phone(browser: Browser, server: Server) -> None:
    """Definition, SQL, loads and rows of a number can be read on a phone."""
    person = visit(browser, server, PHONE, dark=True)
    person.open("overview")
    person.press("How computed")
    dialog = person.page.get_by_role("dialog")
    for tab, shown in (
        ("Definition", "Left out"),
        ("SQL", "$since"),
        ("Loads", "Download CSV"),
        ("Rows", "Download CSV"),
    ):
        dialog.get_by_role("tab", name=tab).click()
        dialog.get_by_text(shown).locator("visible=true").first.wait_for()
    person.page.screenshot(path=person.artifact("computed-phone-dark"))
    assert dialog.evaluate("dialog => dialog.scrollWidth <= document.documentElement.clientWidth")
    assert not person.errors


def test_headings_are_in_order(browser: Browser, server: Server) -> None:
    """A page has one first heading, and no level is left out below it."""
    person = visit(browser, server)
    for address in ("overview", "files"):
        person.open(address)
        levels = person.page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(each => +each.tagName[1])"
        )
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), levels
