"""A warehouse that examples empty and fill again and again, and a maker of further ones with the same secret."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from data.side import side_of
from data.warehouse import Warehouse
from tests.conftest import NOON


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Warehouse]]:
    """Makes empty warehouses which all have one secret, so that the same person has one pseudonym in all of them."""
    folder = tmp_path_factory.mktemp("warehouses")
    pattern = folder / "pattern.duckdb"
    Warehouse.create(pattern, clock=lambda: NOON).close()
    made: list[Warehouse] = []
    numbers = count()

    def make() -> Warehouse:
        path = folder / f"{next(numbers)}.duckdb"
        shutil.copyfile(pattern, path)
        shutil.copytree(side_of(pattern), side_of(path))
        made.append(Warehouse.open(path, clock=lambda: NOON))
        return made[-1]

    yield make
    for store in made:
        store.close()
    shutil.rmtree(folder)
