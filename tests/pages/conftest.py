"""The furnished warehouse of the page tests, and pages as a person without a browser sees them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.warehouse import Warehouse
from tests.company import copy_warehouse, furnish
from tests.conftest import NOON


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The closed warehouse that every `company` is a copy of."""
    folder = tmp_path_factory.mktemp("furnished")
    store = Warehouse.create(folder / "plumbline.duckdb", clock=lambda: NOON)
    furnish(store, folder)
    store.close()
    return store.path


@pytest.fixture
def company(furnished: Path, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with four products, twelve weeks of use and an audience."""
    copy_warehouse(furnished, tmp_path / furnished.name)
    store = Warehouse.open(tmp_path / furnished.name, clock=lambda: NOON)
    yield store
    store.close()


@pytest.fixture(scope="session")
def showroom(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The same for tests that only look: nothing is written to it, so its numbers are computed once."""
    path = tmp_path_factory.mktemp("showroom") / furnished.name
    copy_warehouse(furnished, path)
    store = Warehouse.open(path, clock=lambda: NOON)
    version = store.data_version()
    yield store
    assert store.data_version() == version
    store.close()


def draw(page: str, store: Warehouse) -> AppTest:
    """A page drawn over a warehouse, as it is when nothing was chosen."""

    def script(page: str, store: object) -> None:
        from importlib import import_module

        from metrics import default_scope

        import_module(f"pages.{page}").render(store, default_scope(store))

    st.cache_resource.clear()  # AppTest gives every test the same session, and the desk is of the session
    test = AppTest.from_function(script, args=(page, store), default_timeout=90).run()
    assert not test.exception, test.exception
    return test
