from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.driver import PAGES, PHONE, SIZES, Server, serve, visit
from tests.browser.sight import disorder, faint, too_wide

SEEN = [
    pytest.param("desk", False, id="desk-light"),
    pytest.param("phone", True, id="phone-dark"),
    pytest.param("desk", True, id="desk-dark", marks=pytest.mark.slow),
    pytest.param("phone", False, id="phone-light", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module")
def server(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server over the demo company."""
    with serve(demo, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.mark.parametrize(("size", "dark"), SEEN)
def test_pages_can_be_read(browser: Browser, server: Server, size: str, dark: bool) -> None:
    """In both themes, on a desk and on a phone, every page of the demo company fits its window, has its headings in
    order and text with enough contrast, says that it is the demo's, raises no error and asks no other host; a picture
    of each is kept.
    """
    person = visit(browser, server, SIZES[size], dark)
    for address in PAGES:
        person.open(address)
        person.page.get_by_role("button", name="Leave the demo").wait_for()
        assert not too_wide(person.page), f"{address} is wider than the window"
        assert not disorder(person.page), f"{address}: {disorder(person.page)}"
        assert faint(person.page) == [], address
        assert "could not be drawn" not in person.text()
        person.keep(f"{address}-{size}-{'dark' if dark else 'light'}")
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
