from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from data.portfolio import Pilot, Product
from data.registry_store import current, save
from data.warehouse import Warehouse
from tests.browser.driver import PAGES, PHONE, SIZES, Server, serve, visit
from tests.browser.sight import disorder, faint, too_wide
from tests.company import copy_warehouse

LONG = "Similar-contract search and clause comparison for Legal EMEA"  # 60 characters


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
