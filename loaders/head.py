"""The beginning of a file: what its bytes are, whatever its name says."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from loaders.format import Head, Refused
from loaders.jsontext import documents

SIZE = 1 << 18
MOST_COLUMNS = 5_000
DELIMITERS = ",;\t|"
_MAGIC = {
    b"PAR1": "parquet", b"PK\x03\x04": "zip", b"PK\x05\x06": "zip", b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"\xd0\xcf\x11\xe0": "ole", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
    b"%PDF": "pdf",
}  # fmt: skip

_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")

_XML = re.compile(r"\s*<(\?xml\s|(\w+:)?testsuites?[\s>])")
JSON = re.compile(r"\s*(\{|\[\s*([\[{\"\]\d-]|true\b|false\b|null\b|$))")
"""How JSON begins. A bracket before anything else belongs to a column's name: [CHART] Date of First Response."""


def read_head(path: Path) -> Head:
    """Look at the first quarter megabyte. Raises Refused for a file that is empty."""
    size = path.stat().st_size
    with path.open("rb") as file:
        raw = file.read(SIZE)
    if not raw.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise Refused("The file is empty.", "Export it again; nothing was loaded.")
    kind = kind_of(raw)
    if kind == "parquet":
        return Head(path, size, kind, columns=_parquet_columns(path))
    if kind == "zip":
        return Head(path, size, kind, members=_members(path))
    if kind not in ("csv", "json", "xml"):
        return Head(path, size, kind)
    text = raw.decode("utf-8-sig", errors="replace")
    if kind == "xml":
        return Head(path, size, kind, text=text)
    if kind == "json":
        try:
            found = tuple(document for _, document in documents(path, limit=SIZE))[:50]
        except Refused:
            found = ()
        return Head(path, size, "json", documents=found, text=text)
    header = next((line for line in text.splitlines() if line.strip()), "")
    return Head(path, size, "csv", columns=_bounded(header_cells(header)), text=text)


def kind_of(raw: bytes) -> str:
    """What a file is by its first bytes: csv, json, xml, parquet, a kind of archive, a document, or unknown."""
    for magic, kind in _MAGIC.items():
        if raw.startswith(magic):
            return kind
    text = raw.decode("utf-8-sig", errors="replace")
    if text.count("\0") + text.count("\ufffd") > len(text) / 20:
        return "unknown"
    if _XML.match(text):
        return "xml"
    return "json" if JSON.match(text) else "csv"


def files_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of a zip without folders and what operating systems leave in it."""
    return [
        entry
        for entry in archive.infolist()
        if not entry.is_dir() and not entry.filename.startswith(_LITTER) and not entry.filename.endswith(_LITTER)
    ]


def _members(path: Path) -> tuple[str, ...]:
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(entry.filename for entry in files_in(archive))
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise Refused(f"The zip file is damaged or cut off ({error}).", "Pack or export it again.") from None


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
        names = pq.read_schema(path).names
    except Exception as error:
        raise Refused("The Parquet file cannot be read: its footer is damaged.", "Export it again.") from error
    return _bounded(names)


def _bounded(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) > MOST_COLUMNS:
        raise Refused(
            f"The file has {len(names):,} columns or more; up to {MOST_COLUMNS:,} are read.", "Is this the right file?"
        )
    return tuple(names)
