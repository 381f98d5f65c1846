"""Fixtures that every room's tests share."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from tests.company import copy_warehouse

NOON = datetime(2026, 10, 5, 12, 0)


@pytest.fixture(scope="session")
def emptiness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a new, empty warehouse, closed: a copy costs half of making one."""
    path = tmp_path_factory.mktemp("emptiness") / "plumbline.duckdb"
    Warehouse.create(path, clock=lambda: NOON).close()
    return path


@pytest.fixture
def store(tmp_path: Path, emptiness: Path) -> Iterator[Warehouse]:
    """A new, empty warehouse whose clock stands at noon (UTC) of Monday 5 October 2026."""
    path = tmp_path / emptiness.name
    copy_warehouse(emptiness, path)
    warehouse = Warehouse.open(path, clock=lambda: NOON)
    yield warehouse
    warehouse.close()
