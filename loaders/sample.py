"""What stands in a file that nobody recognises: its columns, and some of their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from data.cursor import Cursor
from data.literal import literal
from loaders.csvtext import header_of, records
from loaders.format import Refused
from loaders.head import read_head
from loaders.jsontext import documents, text

ROWS = 200
LONGEST = 200
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The columns of a file in its order, and the values of its first rows, column by column."""

    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    """For each column what is not empty in the first rows."""

    def of(self, name: str) -> tuple[str, ...]:
        """The values of a column."""
        return self.values[self.columns.index(name)]


def columns_in(path: Path) -> list[str]:
    """The names of a file's columns, or of the values in its first JSON objects; none for what has no columns."""
    head = read_head(path)
    if head.kind == "json":
        return list(dict.fromkeys(key for one in head.documents if isinstance(one, dict) for key in one))
    return list(head.columns)


def sample(path: Path, connection: Cursor) -> Sample:
    """The beginning of a table. Raises Refused for a file that is none."""
    head = read_head(path)
    names = columns_in(path)
    if head.kind not in ("csv", "json", "parquet") or not names:
        raise Refused("The file is no table.", "Columns can be mapped in CSV, XLSX, JSON lines and Parquet.")
    if head.kind == "csv":
        names, delimiter = header_of(path)
        found = (record.cells for record in records(path, delimiter, len(names), frozenset()) if record.cells)
        return _columns(names, list(islice(found, ROWS)))
    if head.kind == "parquet":
        cells = ", ".join('CAST("' + name.replace('"', '""') + '" AS VARCHAR)' for name in names)
        rows = connection.execute(f"SELECT {cells} FROM read_parquet({literal(path)}) LIMIT {ROWS}").fetchall()
        return _columns(names, rows)
    objects = [one for _, one in islice(documents(path, limit=1 << 18), ROWS) if isinstance(one, dict)]
    return _columns(names, [[text(one.get(name)) for name in names] for one in objects])


def _columns(names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Sample:
    values = tuple(
        tuple(cell[:LONGEST] for row in rows if (cell := (row[place] or "").strip())) for place in range(len(names))
    )
    return Sample(tuple(names), values)
