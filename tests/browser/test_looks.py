from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from data.__main__ import main
from data.portfolio import Pilot, Product
from data.registry_store import current, save
from data.warehouse import Warehouse
from tests.browser.driver import DESK, PHONE, Server, serve, visit
from tests.browser.sight import disorder, faint, too_wide
from tests.company import copy_warehouse

SIZES = {"desk": DESK, "phone": PHONE}
PAGES = {"overview": "Portfolio", "products": "", "scorecard": "", "files": "Data"}
LONG = "Similar-contract search and clause comparison for Legal EMEA"  # 60 characters


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The closed warehouse of a small demo company."""
    path = tmp_path_factory.mktemp("demo") / "plumbline.duckdb"
    assert main(["demo", "--warehouse", str(path), "--scale", "0.1"]) == 0
    return path


@pytest.fixture(scope="module")
def server(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server over the demo company."""
    with serve(demo, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="module")
def long_names(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server over the demo company whose products and pilots all have names of sixty characters."""
    path = tmp_path_factory.mktemp("long") / "plumbline.duckdb"
    copy_warehouse(demo, path)
    store = Warehouse.open(path)
    with store.write("names", "Ann") as tx:
        named = [each.model_copy(update={"name": LONG, "valid_from": None}) for each in current(tx, Product)]
        tried = [each.model_copy(update={"name": LONG, "valid_from": None}) for each in current(tx, Pilot)]
        save(tx, [*named, *tried], "Ann")
    store.close()
    with serve(path, path.parent) as running:
        yield running


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server over a warehouse into which nothing was loaded."""
    folder = tmp_path_factory.mktemp("nothing")
    Warehouse.create(folder / "plumbline.duckdb").close()
    with serve(folder / "plumbline.duckdb", folder) as running:
        yield running


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_can_be_read(browser: Browser, server: Server, size: str, dark: bool) -> None:
    """In both themes, on a desk and on a phone, every page of the demo company fits its window, has its headings in
    order and text with enough contrast, raises no error and asks no other host; a picture of each is kept.
    """
    person = visit(browser, server, SIZES[size], dark)
    for address, title in PAGES.items():
        person.open(address)
        heading = person.page.get_by_role("heading", level=1).inner_text()
        assert not title or heading == title
        assert not too_wide(person.page), f"{address} is wider than the window"
        assert not disorder(person.page), f"{address}: {disorder(person.page)}"
        assert faint(person.page) == [], address
        assert "could not be drawn" not in person.text()
        person.keep(f"{address}-{size}-{'dark' if dark else 'light'}")
    assert not person.errors
    assert not person.foreign


@pytest.mark.parametrize("size", ["phone", pytest.param("desk", marks=pytest.mark.slow)])
def test_long_names_break_nothing(browser: Browser, long_names: Server, size: str) -> None:
    """Names of sixty characters stay within the window of a desk and of a phone."""
    person = visit(browser, long_names, SIZES[size])
    for address in PAGES:
        person.open(address)
        assert not too_wide(person.page), f"{address} is wider than the window"
        person.keep(f"{address}-long-names-{size}")
    assert not person.errors


def test_an_empty_warehouse_is_a_beginning(browser: Browser, nothing: Server) -> None:
    """Without data every page says what to load, fits a phone, and raises no error."""
    person = visit(browser, nothing, PHONE, dark=True)
    for address in PAGES:
        person.open(address)
        assert person.page.get_by_test_id("stMetricValue").count() == 0
        assert not too_wide(person.page), f"{address} is wider than the window"
        assert not disorder(person.page), f"{address}: {disorder(person.page)}"
        assert faint(person.page) == [], address
        person.keep(f"{address}-empty-phone-dark")
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
