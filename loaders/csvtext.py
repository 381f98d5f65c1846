"""Delimited text record by record, when the fast way does not do: every line is told apart and accounted for."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.format import Refused
from loaders.head import delimiter_of, header_cells

LONGEST_CELL = 16 << 20
_REACH = 10_000


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file: its cells, or why it cannot be told into cells."""

    row: int
    """Ordinal from 1, blank lines included."""
    line: int
    """Physical line it begins on, the header being line 1."""
    cells: tuple[str, ...] = ()
    fault: str = ""
    code: str = ""


def header_of(path: Path) -> tuple[list[str], str]:
    """The column names and the delimiter of a file. Raises Refused when a name is missing or stands twice."""
    with open_text(path) as file:
        line = _line(file, 1)
    names = header_cells(line.rstrip("\r\n"))
    low = [name.lower() for name in names]
    twice = sorted({name for name in low if low.count(name) > 1 and name})
    if twice:
        raise Refused(f'The column "{twice[0]}" stands twice in the header.', "Rename or remove one of them.")
    return names, delimiter_of(line.rstrip("\r\n"))


def open_text(path: Path):  # type: ignore[no-untyped-def]  # TextIOWrapper, with universal newlines off
    """A file as UTF-8 text with its line ends kept."""
    return path.open(encoding="utf-8-sig", errors="strict", newline="")


def records(path: Path, delimiter: str, width: int, plain: frozenset[int]) -> Iterator[Record]:
    """Every record after the header.

    A quote that is opened and not closed where it should be does not swallow the lines behind it: when a record that
    spans lines has the wrong number of cells, or a line break in one of the `plain` columns, only its first line is
    given up and reading goes on with the second. Raises Refused when the text is not UTF-8.
    """
    with open_text(path) as file:
        _line(file, 1)
        number, row = 1, 0
        waiting: list[str] = []
        while True:
            line = waiting.pop(0) if waiting else _line(file, number + 1)
            if not line:
                return
            number += 1
            row += 1
            if not line.strip("\r\n\t "):
                yield Record(row, number, code="blank")
                continue
            taken = [line]
            while line.count('"') % 2 and len(taken) < _REACH:
                more = waiting.pop(0) if waiting else _line(file, number + len(taken))
                if not more:
                    break
                taken.append(more)
                line += more
                if len(line) > LONGEST_CELL:
                    break
            record = _split(line, row, number, delimiter, width, plain)
            if record.fault and len(taken) > 1:
                waiting = taken[1:] + waiting
                record = Record(row, number, fault=(
                    "a quote is opened and not closed on this line; the lines after it were read on their own"
                ), code="open_quote")  # fmt: skip
            else:
                number += len(taken) - 1
            yield record


def _split(line: str, row: int, number: int, delimiter: str, width: int, plain: frozenset[int]) -> Record:
    if line.count('"') % 2:
        return Record(row, number, fault="a quote is opened and not closed", code="open_quote")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        return Record(row, number, fault=f"the quotes do not match ({error})", code="quotes")
    if len(cells) != width:
        return Record(row, number, fault=f"{len(cells)} cells came, the header has {width}", code="cells")
    if "\n" in line.rstrip("\r\n") and any("\n" in cells[index] for index in plain):
        return Record(row, number, fault="a line break inside a cell that cannot have one", code="open_quote")
    return Record(row, number, tuple(cells))


def _line(file: object, number: int) -> str:
    try:
        return str(file.readline(LONGEST_CELL))  # type: ignore[attr-defined]
    except UnicodeDecodeError as error:
        raise Refused(
            f"Near line {number}: byte 0x{error.object[error.start]:02X} is not UTF-8 text.",
            "Save the file as UTF-8 (in Excel: CSV UTF-8) and load it again.",
        ) from None


csv.field_size_limit(LONGEST_CELL)
