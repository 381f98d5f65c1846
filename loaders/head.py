"""The beginning of a file: what its bytes are, whatever its name says."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from loaders.format import Head, Refused
from loaders.jsontext import documents

SIZE = 1 << 18
DELIMITERS = ",;\t|"
_MAGIC = {
    b"PAR1": "parquet", b"PK\x03\x04": "zip", b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16", b"%PDF": "pdf",
}  # fmt: skip

_JSON = re.compile(r"\s*(\{|\[\s*([\[{\"\]\d-]|true\b|false\b|null\b|$))")
"""How JSON begins. A bracket before anything else belongs to a column's name: [CHART] Date of First Response."""


def read_head(path: Path) -> Head:
    """Look at the first quarter megabyte. Raises Refused for a file that is empty."""
    size = path.stat().st_size
    with path.open("rb") as file:
        raw = file.read(SIZE)
    if not raw.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise Refused("The file is empty.", "Export it again; nothing was loaded.")
    for magic, kind in _MAGIC.items():
        if raw.startswith(magic):
            return Head(path, size, kind, columns=_parquet_columns(path) if kind == "parquet" else ())
    text = raw.decode("utf-8-sig", errors="replace")
    if text.count("\0") + text.count("\ufffd") > len(text) / 20:
        return Head(path, size, "unknown")
    if _JSON.match(text):
        try:
            found = tuple(document for _, document in documents(path, limit=SIZE))[:50]
        except Refused:
            found = ()
        return Head(path, size, "json", documents=found, text=text)
    header = next((line for line in text.splitlines() if line.strip()), "")
    return Head(path, size, "csv", columns=tuple(header_cells(header)), text=text)


def delimiter_of(header: str) -> str:
    """The delimiter of a header line: of comma, semicolon, tab and bar the one that cuts it into most cells."""
    return max(DELIMITERS, key=lambda mark: (len(_cells(header, mark)), -DELIMITERS.index(mark)))


def header_cells(header: str) -> list[str]:
    """The names in a header line, trimmed."""
    return [cell.strip().removeprefix("\ufeff") for cell in _cells(header, delimiter_of(header))]


def _cells(header: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return [header]


def _parquet_columns(path: Path) -> tuple[str, ...]:
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_schema(path).names)
    except Exception as error:
        raise Refused("The Parquet file cannot be read: its footer is damaged.", "Export it again.") from error
