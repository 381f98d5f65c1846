"""The demo company on disk, thin: a twentieth of the use, everything else whole."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data.demo import Written, write_company

UNTIL = date(2025, 6, 29)
SCALE = 0.05
Cells = dict[str, str]


@pytest.fixture(scope="session")
def thin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the thin company."""
    folder = tmp_path_factory.mktemp("demo")
    write_company(folder, UNTIL, scale=SCALE)
    return folder


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """What was written of another copy of the thin company."""
    return write_company(tmp_path_factory.mktemp("copy"), UNTIL, scale=SCALE)


@pytest.fixture(scope="session")
def rows(thin: Path) -> Callable[[str], list[Cells]]:
    """Reads a file of the thin company: every row with its cells as text, empty for nothing."""

    def read(name: str) -> list[Cells]:
        path = thin / name
        if path.suffix == ".csv":
            with path.open(newline="", encoding="utf-8") as file:
                return list(csv.DictReader(file))
        if path.suffix == ".jsonl":
            found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        else:
            found = pq.read_table(path).to_pylist()
        return [{key: "" if cell is None else str(cell) for key, cell in row.items()} for row in found]

    return read
