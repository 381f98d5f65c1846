"""A warehouse that examples empty and fill again and again, and a maker of further ones with the same secret."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from tests.company import copy_warehouse
from tests.conftest import NOON


@pytest.fixture(scope="module")
def fresh(emptiness: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Warehouse]]:
    """Makes empty warehouses which all have one secret, so that the same person has one pseudonym in all of them."""
    folder = tmp_path_factory.mktemp("warehouses")
    made: list[Warehouse] = []
    numbers = count()

    def make() -> Warehouse:
        path = folder / f"{next(numbers)}.duckdb"
        copy_warehouse(emptiness, path)
        made.append(Warehouse.open(path, clock=lambda: NOON))
        return made[-1]

    yield make
    for store in made:
        store.close()
    shutil.rmtree(folder)
