"""Every file of a manifest read as anybody's, and each value that it states held against what was staged."""

from __future__ import annotations

import csv
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data.facts import FACTS
from loaders.child import read
from loaders.format import Options, Refused
from loaders.job import Job, Parsed
from tests.exports.values import ABOUT, Told, same, told

EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "exports"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of one file: what the manifest states and what came out."""

    file: str
    name: str
    expected: Any
    got: Any
    equal: bool


def manifest(folder: Path = EXPORTS) -> list[dict[str, str]]:
    """The rows of a manifest, one a file."""
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def compared(row: dict[str, str], folder: Path = EXPORTS) -> Iterator[Value]:
    """The values of one file; a refusal is one value, right where `Told.refused` foresees it."""
    name, truth, known = row["file"], json.loads(row["truth"]), told(row["format"])
    truth |= truth.pop("this_file_alone", {})
    words = next((words for end, words in known.refused.items() if name.endswith(end)), None)
    with tempfile.TemporaryDirectory() as staged:
        try:
            parsed = _read(_source(folder / name, known, Path(staged)), Path(staged), known)
        except Refused as refusal:
            said = str(refusal)
            yield Value(name, "refused", words or "not refused", said, bool(words and re.search(words, said)))
            return
        if words:
            yield Value(name, "refused", words, "loaded", False)
            return
        yield Value(name, "format", row["format"], parsed.format, parsed.format == row["format"])
        yield from _values(name, truth, known, parsed, Path(staged))


def _source(path: Path, known: Told, staged: Path) -> Path:
    """The file itself, or a zip of those that belong together."""
    if path.name not in known.together:
        return path
    packed = staged / "together.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for name in known.together:
            archive.write(path.with_name(name), name)
    return packed


def _read(path: Path, staged: Path, known: Told) -> Parsed:
    answers = dict(known.answers)
    options = Options(timezone=answers.pop("timezone", None), values=answers)
    return Parsed.load(read(Job(str(path), str(staged), None, options, "UTC")))


def _values(name: str, truth: dict[str, Any], known: Told, parsed: Parsed, staged: Path) -> Iterator[Value]:
    absent = frozenset[str]().union(*(keys for end, keys in known.absent.items() if name.endswith(end)))
    with duckdb.connect() as tables:
        for fact in parsed.facts:
            _table(tables, fact.table, staged / fact.file)
        for key, expected in truth.items():
            if key in ABOUT or key in known.outside or key in absent or expected is None:
                continue
            if expected == "not in this file":
                yield Value(name, key, expected, parsed.totals.get(key, expected), key not in parsed.totals)
                continue
            if key in known.values:
                got = _one(tables, known.values[key])
            else:
                got = parsed.rows_read if key == "rows" else parsed.totals.get(key)
            stated = known.read[key](expected) if key in known.read else expected
            yield Value(name, key, stated, got, same(stated, got))


def _table(tables: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    """A staged file as a table with every column of the contract, NULL where the format tells none."""
    tables.execute(f"CREATE TABLE {table} AS FROM read_parquet(?)", [str(file)])
    have = {str(row[0]) for row in tables.execute(f"DESCRIBE {table}").fetchall()}
    for column in FACTS[table].model_fields:
        if column not in have:
            tables.execute(f'ALTER TABLE {table} ADD COLUMN "{column}" VARCHAR')


def _one(tables: duckdb.DuckDBPyConnection, sql: str) -> Any:
    try:
        row = tables.execute(sql).fetchone()
    except duckdb.CatalogException:  # no row of that table was staged
        return None
    return row[0] if row else None
