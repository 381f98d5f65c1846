"""The correction sheet: refused cells as a CSV that a spreadsheet opens safely, and what a person wrote into it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.cursor import Row
from data.errors import did_you_mean
from loaders.csvtext import header_of, records
from loaders.format import Refused
from loaders.quarantine import visible

COLUMNS = ("load", "record", "line", "column", "code", "message", "found", "corrected", "action")
CORRECT, EMPTY, LEAVE_OUT = "correct", "empty", "leave out"
ACTIONS = (CORRECT, EMPTY, LEAVE_OUT)
EVERY = "*"
"""Stands for the record where an answer is for all records with the same column, code and found value."""
LARGEST = 200 << 20
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says about a refused cell, or about one value wherever it was refused."""

    record: int | None
    """Number of the record in the quarantine; None: every open record with this column, code and found value."""
    column: str
    action: str
    corrected: str = ""
    line: int | None = None
    """The line of the file as the sheet has it, held against the quarantine."""
    code: str = ""
    found: str = ""
    sheet_line: int = 0
    """The line of the sheet, for the sentence about what is wrong with it."""


def safe(text: object) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe in front of what begins like one, or like this."""
    cell = "" if text is None else str(text)
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def unsafe(cell: str) -> str:
    """The text that `safe` made a cell of."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RISKY) else cell


def lines(load_id: str, cells: Iterable[Row]) -> Iterator[bytes]:
    """A correction sheet over refused cells, header first, line by line in UTF-8 with its mark."""
    yield _BOM + _line(COLUMNS)
    for cell in cells:
        yield _line([load_id, cell["record"], cell["line"], *_described(cell), "", ""])


def value_lines(load_id: str, values: Iterable[Row]) -> Iterator[bytes]:
    """The same with one line for each value, however many records it stands in."""
    yield _BOM + _line(COLUMNS)
    for value in values:
        yield _line([load_id, EVERY, "", *_described(value), "", ""])


def _described(cell: Row) -> list[object]:
    return [cell["column_name"], cell["code"], visible(cell["message"]), visible(cell["value"])]


def _line(cells: Iterable[object]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return buffer.getvalue().encode("utf-8", "replace")


def read_sheet(path: Path, load_id: str) -> list[Answer]:
    """The answers of a filled sheet; lines without one say nothing.

    Raises Refused for a file that is no sheet, a sheet of another load, an action that there is not, or a line that
    contradicts itself: nothing of such a sheet is used.
    """
    if path.stat().st_size > LARGEST:
        raise Refused(f"The sheet is larger than {LARGEST >> 20} MB.", "Correct it in parts: one problem at a time.")
    names, delimiter = header_of(path)
    place = {name.strip().lower(): index for index, name in enumerate(names)}
    missing = [name for name in COLUMNS if name not in place and name not in ("message", "action")]
    if missing:
        raise Refused(
            f"This is not a correction sheet: it has no column {', '.join(missing)}.",
            "Download the sheet from the quarantine, fill its columns corrected and action, and give it back.",
        )
    found = []
    for record in records(path, delimiter, len(names), frozenset()):
        if record.fault:
            raise Refused(f"Line {record.line} of the sheet cannot be read: {record.fault}.", "Save it as CSV again.")
        if record.code != "blank" and any(cell.strip() for cell in record.cells):
            row = {name: unsafe(record.cells[index]) for name, index in place.items()}
            found.append(_answer(row, load_id, record.line))
    return [answer for answer in found if answer]


def _answer(row: dict[str, str], load_id: str, at: int) -> Answer | None:
    where = f"Line {at} of the sheet"
    if row["load"].strip() != load_id:
        raise Refused(
            f'{where} is of load "{row["load"].strip()[:80]}", not of {load_id}.', "Take the sheet of this load."
        )
    action = " ".join(row.get("action", "").replace("_", " ").replace("-", " ").lower().split())
    corrected = row["corrected"]
    if not action and not corrected.strip():
        return None
    action = action or CORRECT
    if action not in ACTIONS:
        raise Refused(
            f'{where} says "{action[:80]}".{did_you_mean(action, ACTIONS)}', f"An action is {', '.join(ACTIONS)}."
        )
    if action == CORRECT and not corrected.strip():
        raise Refused(f"{where} has no corrected value.", f'Say "{EMPTY}" where the cell is to stay empty.')
    if action != CORRECT and corrected.strip():
        raise Refused(f'{where} says "{action}" and holds a corrected value, too.', "Keep one of them.")
    every = row["record"].strip() == EVERY
    return Answer(
        None if every else _number(row["record"], f"{where}: the record"), row["column"].strip(), action,
        corrected if action == CORRECT else "", _number(row["line"], f"{where}: the line") if row["line"].strip() else
        None, row["code"].strip(), row["found"], at,
    )  # fmt: skip


def _number(cell: str, what: str) -> int:
    text = cell.strip().removesuffix(".0")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Refused(f'{what} is "{cell.strip()[:80]}"; expected a number.', "Leave these columns as they came.")
    return int(text)
