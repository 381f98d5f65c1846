"""Tables that leave the program as files: a spreadsheet may not take a cell of theirs for a formula."""

import csv
import io
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from data.sheets import write

RISKY = ("=", "+", "-", "@", "\t", "\r")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what no cell of a workbook may hold
UNNAMED = re.compile(r"[^\w .-]")  # what the name of a sheet does without
LONGEST = 31  # letters of the name of a sheet


def cell(value: object) -> str:
    """The text of a cell. Text that begins like a formula gets an apostrophe in front; numbers are left as they are."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def csv_bytes(rows: Sequence[Mapping[str, object]], columns: Sequence[str] = ()) -> bytes:
    """The rows as CSV in UTF-8 with the byte order mark that spreadsheets need; columns as in the first row."""
    names = list(columns or (rows[0] if rows else ()))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(name) for name in names])
    writer.writerows([cell(row.get(name)) for name in names] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def xlsx_bytes(rows: Sequence[Mapping[str, object]], name: str, columns: Sequence[str] = ()) -> bytes:
    """The rows as a workbook of one sheet, numbers and days as such; columns as in the first row. A text that begins
    like a formula stays text, and a sign that no cell may hold is replaced.
    """
    names = list(columns or (rows[0] if rows else ()))
    heads = [cell(_text(each)) for each in names]
    told = [{head: _held(row.get(each)) for head, each in zip(heads, names, strict=True)} for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        write(path, {UNNAMED.sub(" ", name).strip()[:LONGEST] or "table": (heads, told)})
        return path.read_bytes()


def _held(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float | date) else _text(value)


def _text(value: object) -> str:
    return UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", str(value))
