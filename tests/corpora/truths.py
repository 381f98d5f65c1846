"""Corpora that tell what their files hold: csv-spectrum cell by cell, JSONTestSuite by what must and must not parse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from loaders.csvtext import header_of, records
from loaders.format import Refused
from loaders.jsontext import documents

TAKEN = {
    "n_structure_double_array.json": "documents one after another are one export",
    "n_structure_object_with_trailing_garbage.json": "documents one after another are one export",
    "n_single_space.json": "no document: the loader refuses the empty file earlier",
    "n_structure_UTF8_BOM_no_data.json": "no document: the loader refuses the empty file earlier",
    "n_structure_no_data.json": "no document: the loader refuses the empty file earlier",
}
"""Files that are not one JSON text and that we take on purpose, each with the reason."""


def wrong(path: Path) -> Iterator[str]:
    """What our readers make of a file otherwise than its corpus says; nothing for a file that has no truth."""
    if path.parent.name == "csvs" and (truth := path.parents[1] / "json" / f"{path.stem}.json").is_file():
        yield from _cells(path, json.loads(truth.read_text(encoding="utf-8")))
    elif path.parent.name == "test_parsing" and path.suffix == ".json":
        yield from _parses(path)


def _cells(path: Path, truth: list[dict[str, str]]) -> Iterator[str]:
    names, delimiter = header_of(path)
    found = []
    for record in records(path, delimiter, len(names), frozenset()):
        if record.fault:
            yield f"line {record.line}: {record.fault}"
        elif record.cells:
            found.append(dict(zip(names, record.cells, strict=True)))
    if len(found) != len(truth):
        yield f"{len(found)} records, the truth has {len(truth)}"
    for number, (ours, theirs) in enumerate(zip(found, truth, strict=False), start=1):
        if ours != theirs:
            yield f"record {number} is {ours!r}, the truth says {theirs!r}"


def _parses(path: Path) -> Iterator[str]:
    must = {"y": True, "n": False}.get(path.name[0])
    try:
        found = [document for _, document in documents(path)]
    except Refused as refusal:
        if must is True:
            yield f"valid JSON was refused: {refusal}"
        return
    if must is False and path.name not in TAKEN:
        yield f"no JSON, and yet read as {str(found)[:80]}"
    if must is True and found != (expected := _plain(path)):
        yield f"read as {str(found)[:80]}, the standard library says {str(expected)[:80]}"


def _plain(path: Path) -> list[object]:
    """The documents as the standard library reads them, numbers as text; an array stands for its elements."""
    whole = json.loads(path.read_bytes(), parse_int=str, parse_float=str)
    text = json.dumps(whole, ensure_ascii=True)
    whole = json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return whole if isinstance(whole, list) else [whole]
