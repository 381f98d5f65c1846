"""A table whatever wraps it: CSV, Parquet, JSON lines, an array of objects, or columns and data as pandas has them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.csvtext import header_of, records, told
from loaders.format import Head, Stage
from loaders.head import read_head
from loaders.jsontext import documents

_INDEX = ("", "index", "unnamed: 0", "__index_level_0__")


class Row(NamedTuple):
    """One record: its ordinal, the line it begins on, and its values by column; numbers are text, NaN is None."""

    row: int
    line: int
    values: Mapping[str, object]


def columns_of(head: Head) -> tuple[str, ...]:
    """The names of the columns that the head shows, in order; () for what is no table."""
    if head.kind in ("csv", "parquet"):
        return head.columns
    found: dict[str, None] = {}
    for document in head.documents:
        if not isinstance(document, dict):
            return ()
        if split := _split(document):
            return tuple(split[0])
        found |= dict.fromkeys(map(str, document))
    return tuple(found)


def is_index(name: str) -> bool:
    """Whether a column is the number of the row, as data frames write it."""
    return name.strip().casefold() in _INDEX


def rows_of(path: Path, stage: Stage, free_text: frozenset[str] = frozenset()) -> Iterator[Row]:
    """Every record, counted in `stage`; blank and broken ones are accounted for here. In a CSV only cells of
    `free_text` columns may hold line breaks when it is not empty.
    """
    kind = read_head(path).kind
    if kind == "csv":
        yield from _of_csv(path, stage, free_text)
    elif kind == "parquet":
        yield from _of_parquet(path, stage)
    else:
        yield from _of_json(path, stage)


def _of_csv(path: Path, stage: Stage, free_text: frozenset[str]) -> Iterator[Row]:
    names, delimiter = header_of(path, repeated=True)
    steady = frozenset(place for place, name in enumerate(names) if free_text and name not in free_text)
    for record in told(records(path, delimiter, len(names), steady), stage):
        values: dict[str, object] = {}
        for name, cell in zip(names, record.cells or (), strict=True):
            if cell.strip() or name not in values:  # a repeated column fills what the first one leaves empty
                values[name] = cell if cell.strip() else None
        yield Row(record.row, record.line, values)


def _of_parquet(path: Path, stage: Stage) -> Iterator[Row]:
    row = 0
    for batch in pq.ParquetFile(path).iter_batches(batch_size=10_000):
        for values in _microseconds(batch).to_pylist():
            row += 1
            stage.read()
            yield Row(row, row, {name: as_text(value) for name, value in values.items()})


def _microseconds(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with moments that Python can hold."""
    types = [
        pa.timestamp("us", field.type.tz)
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns"
        else field.type
        for field in batch.schema
    ]
    changed = [column.cast(kind, safe=False) for column, kind in zip(batch.columns, types, strict=True)]
    return pa.RecordBatch.from_arrays(changed, names=batch.schema.names)


def _of_json(path: Path, stage: Stage) -> Iterator[Row]:
    row = 0
    for line, document in documents(path):
        for found in _records(document):
            row += 1
            stage.read()
            if not found:
                stage.blank()
            elif not isinstance(found, dict):
                stage.broken(line, None, "not_an_object", "A record of a table is an object of its columns.")
            else:
                yield Row(row, line, found)


def _records(document: object) -> Iterator[object]:
    split = _split(document)
    if split is None:
        yield document
        return
    names, data = split
    for values in data:
        yield dict(zip(names, values, strict=False)) if isinstance(values, list) else values


def _split(document: object) -> tuple[list[str], list[object]] | None:
    """The columns and the data of a document that tells them apart."""
    if not isinstance(document, dict):
        return None
    names, data = document.get("columns"), document.get("data")
    return ([str(name) for name in names], data) if isinstance(names, list) and isinstance(data, list) else None


def as_text(value: object) -> object:
    """A typed value as our JSON holds it: numbers and moments as text, NaN as None, flags as they are."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return [as_text(entry) for entry in value]
    if isinstance(value, dict):
        return {str(key): as_text(entry) for key, entry in value.items()}
    return value
