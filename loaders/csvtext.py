"""Delimited text record by record, when the fast way does not do: every line is told apart and accounted for."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from loaders.format import Refused, Stage
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
    text: str = ""
    """As it stands in the file, its line end too; of a broken one that spans lines only the first."""


def told(found: Iterable[Record], stage: Stage) -> Iterator[Record]:
    """The records that hold something; every one is counted, blank and broken ones are handed to the stage."""
    for record in found:
        stage.read()
        if record.code == "blank" or (record.cells and not any(cell.strip() for cell in record.cells)):
            stage.blank()
        elif record.fault:
            stage.broken(record.line, None, record.code, f"{record.fault[0].upper()}{record.fault[1:]}.")
        else:
            yield record


def header_of(path: Path, *, repeated: bool = False) -> tuple[list[str], str]:
    """The column names and the delimiter of a file. Raises Refused when a name stands twice, unless names may be
    `repeated`.
    """
    with open_text(path) as file:
        line, _ = _first(file)
    names = header_cells(line.rstrip("\r\n"))
    low = [name.lower() for name in names]
    twice = sorted({name for name in low if low.count(name) > 1 and name})
    if twice and not repeated:
        raise Refused(f'The column "{twice[0]}" stands twice in the header.', "Rename or remove one of them.")
    return names, delimiter_of(line.rstrip("\r\n"))


def open_text(path: Path) -> TextIO:
    """A file as UTF-8 text with its line ends kept."""
    return path.open(encoding="utf-8-sig", errors="strict", newline="")


def records(path: Path, delimiter: str, width: int, plain: frozenset[int], quote: str = '"') -> Iterator[Record]:
    """Every record after the header.

    A quote that is opened and not closed where it should be does not swallow the lines behind it: when a record that
    spans lines has the wrong number of cells, a line break in one of the `plain` columns, or a line within that is a
    record by itself, only its first line is given up and reading goes on with the second. Raises Refused when the text
    is not UTF-8.
    """
    with open_text(path) as file:
        _, number = _first(file)
        row = 0
        waiting: deque[str] = deque()
        while True:
            line = waiting.popleft() if waiting else _line(file)
            if not line:
                return
            number += 1
            row += 1
            if not line.strip("\r\n\t "):
                yield Record(row, number, code="blank", text=line)
                continue
            taken, length, inside = [line], len(line), _ends_inside(line, delimiter, quote)
            while inside and len(taken) < _REACH and length <= LONGEST_CELL:
                more = waiting.popleft() if waiting else _line(file)
                if not more:
                    break
                taken.append(more)
                length += len(more)
                inside = _ends_inside(more, delimiter, quote, inside)
            if inside:
                record = Record(row, number, fault="a quote is opened and not closed", code="open_quote", text=line)
            else:
                record = _split("".join(taken), row, number, marks=delimiter + quote, width=width, plain=plain)
            swallowed = any(_width(inner, delimiter + quote) == width for inner in taken[1:-1])
            if len(taken) > 1 and (record.fault or swallowed):
                waiting.extendleft(reversed(taken[1:]))
                record = Record(row, number, fault=(
                    "a quote is opened and not closed on this line; the lines after it were read on their own"
                ), code="open_quote", text=line)  # fmt: skip
            else:
                number += len(taken) - 1
            yield record


def _split(line: str, row: int, number: int, *, marks: str, width: int, plain: frozenset[int]) -> Record:
    """A whole record told into cells; `marks` are the delimiter and the quote."""
    try:
        cells = next(csv.reader([line], delimiter=marks[0], quotechar=marks[1], strict=True), [])
    except csv.Error as error:
        return Record(row, number, fault=f"the quotes do not match ({error})", code="quotes", text=line)
    if len(cells) != width:
        return Record(row, number, fault=f"{len(cells)} cells came, the header has {width}", code="cells", text=line)
    if "\n" in line.rstrip("\r\n") and any("\n" in cells[index] for index in plain):
        fault = "a line break inside a cell that cannot have one"
        return Record(row, number, fault=fault, code="open_quote", text=line)
    return Record(row, number, tuple(cells), text=line)


def _ends_inside(line: str, delimiter: str, quote: str, inside: bool = False) -> bool:
    """Whether a quoted cell is still open at the end of a line. A quote opens a cell only where the cell begins."""
    at = 0
    while inside or line.find(quote, at) >= 0:
        if inside:
            at = line.find(quote, at) + 1
            if not at:
                return True
            if line[at : at + 1] == quote:
                at += 1
                continue
            inside = False
        elif line[at] == quote:
            inside = True
            at += 1
            continue
        at = line.find(delimiter, at) + 1
        if not at:
            return False
    return False


def _width(line: str, marks: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=marks[0], quotechar=marks[1], strict=True), []))
    except csv.Error:
        return 0


def _first(file: TextIO) -> tuple[str, int]:
    """The header, the first line that is not blank, and which line of the file it is."""
    number = 1
    while (line := _line(file)) and not line.strip():
        number += 1
    return line, number


def _line(file: TextIO) -> str:
    try:
        line = file.readline(LONGEST_CELL)
    except UnicodeDecodeError:  # the text is decoded ahead: where the byte is has to be looked up
        number, byte = _misfit(Path(file.name))
        raise Refused(
            f"Line {number}: byte 0x{byte:02X} is not UTF-8 text.",
            "Save the file as UTF-8 (in Excel: CSV UTF-8) and load it again, or say in which encoding it is: --set"
            " encoding=cp1252.",
        ) from None
    if len(line) >= LONGEST_CELL and not line.endswith("\n"):
        raise Refused(
            f"A line begins with {line[:40]!r} and is longer than {LONGEST_CELL >> 20} MB.",
            "No cell of an export is that long: export it again, and check what fills that column.",
        )
    return line


def _misfit(path: Path) -> tuple[int, int]:
    """The line and the value of the first byte of a file that is not UTF-8."""
    number = 1
    with path.open("rb") as file:
        for line in file:
            try:
                line.decode()
            except UnicodeDecodeError as error:
                return number + line[: error.start].count(b"\r"), line[error.start]
            number += 1 + line.rstrip(b"\r\n").count(b"\r")
    raise AssertionError("the file was not UTF-8 a moment ago")


csv.field_size_limit(LONGEST_CELL)
