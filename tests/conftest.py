"""Fixtures that every room's tests share."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from data.warehouse import Warehouse

NOON = datetime(2026, 10, 5, 12, 0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Warehouse]:
    """A new, empty warehouse whose clock stands at noon (UTC) of Monday 5 October 2026."""
    warehouse = Warehouse.create(tmp_path / "plumbline.duckdb", clock=lambda: NOON)
    yield warehouse
    warehouse.close()
