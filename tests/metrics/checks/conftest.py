"""An empty house for each test."""

from pathlib import Path

import pytest

from data.warehouse import Warehouse
from tests.metrics.checks.house import House


@pytest.fixture
def house(store: Warehouse, tmp_path: Path) -> House:
    """A house that has said and loaded nothing."""
    return House(store, tmp_path)
