"""A company per test, and one per module for tests that write it anew for each example."""

from collections.abc import Iterator

import pytest

from data.warehouse import Warehouse
from metrics.spec import Scope
from tests.conftest import NOON
from tests.metrics.company import MONDAY, SUNDAY, Company


@pytest.fixture
def company(store: Warehouse) -> Company:
    """A company without products."""
    return Company(store)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company that a module's examples empty and fill again and again."""
    store = Warehouse.create(tmp_path_factory.mktemp("workshop") / "plumbline.duckdb", clock=lambda: NOON)
    yield Company(store)
    store.close()


@pytest.fixture
def september() -> Scope:
    """The four ISO weeks W37 to W40 of 2026, 7 September to 4 October."""
    return Scope(since=MONDAY, until=SUNDAY)
