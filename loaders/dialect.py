"""How a delimited text is cut into cells: found over the whole head of a file, not by its header alone.

Nothing here is a guess that stays unsaid: what is not the default is told to the person, who may say otherwise.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from data.errors import did_you_mean
from loaders.format import Refused
from loaders.head import DELIMITERS, delimiter_of

ASKS = ("encoding", "delimiter", "quote", "header_line")
"""What any text may be said to be (--set)."""
WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "\x01": "control character 1", ":": "colon"}
_QUOTES = {'"': "double quote", "'": "single quote"}
_SEPARATOR = re.compile(r"\ufeff?sep=(.)[\r\n]")
_TITLE_LINES = 50
"""A header stands within this many lines or nowhere."""
_VALUE = re.compile(r"\s*[+-]?[\d.,:/% -]*\d[\d.,:/% TZ+-]*\s*")
"""A number, a date or a time: no name of a column."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text is cut into records and cells."""

    delimiter: str = ","
    quote: str = '"'
    header_line: int = 1
    """Physical line of the header, from 1; what stands before it is no data."""
    width: int = 0
    """Cells of the header."""
    fit: float = 1.0
    """Share of the records of the head that have as many cells as the header."""
    line_end: str = "\n"
    apostrophes: bool = False
    """Whether some cells stand in single quotes that were taken for text."""


def detect(text: str, *, whole: bool, said: Mapping[str, str] | None = None) -> Dialect:
    """The dialect of a text by its head, of which the last record may be cut when it is not the `whole`.

    The header's own best cut stands unless most records disagree with it; single quotes are quotes only when they make
    all records agree and double quotes do not, or when the whole header stands in them. Raises Refused for answers in
    `said` that cannot be.
    """
    said = said or {}
    stated = _stated_delimiter(said), _stated_quote(said), _stated_line(said)
    excel = _SEPARATOR.match(text)
    start = stated[2] or (2 if excel else 0)
    delimiter = stated[0] or (excel[1] if excel and len(excel[1].encode()) == 1 else None)
    first = next(_lines(text, start), (1, ""))
    usual = (delimiter or delimiter_of(first[1]), stated[1] or '"')
    found = _read(text, *usual, whole=whole, start=start)
    if found.fit < 0.5 or found.width < 2:
        others = [(mark, usual[1]) for mark in (delimiter or DELIMITERS) if mark != usual[0]]
        read = [_read(text, *other, whole=whole, start=start) for other in others]
        better = [each for each in read if each.width > 1 and each.fit > max(0.5, found.fit * (found.width > 1))]
        found = max(better, key=lambda each: (each.fit, each.width), default=found)
    if stated[1] is None:
        found = _in_single_quotes(text, found, whole=whole, start=start)
    return found


def _in_single_quotes(text: str, found: Dialect, *, whole: bool, start: int) -> Dialect:
    """The same text with single quotes for quotes where that is certain, else with the doubt noted."""
    edge = f"[{re.escape(found.delimiter)}\\r\\n]"
    if not re.search(rf"(?:^|{edge})'(?:[^'\r\n]|'')*'(?={edge}|$)", text):
        return found
    single = _read(text, found.delimiter, "'", whole=whole, start=start)
    header = next((line for _, line in _lines(text, found.header_line)), "")
    names = header.split(found.delimiter)
    clear = single.fit == 1.0 and found.fit < 1.0 and single.width > 1
    if clear or all(map(_apart, names)):
        return single
    cells = (cell for _, cells in _rows(text, found.delimiter, found.quote, start) for cell in cells)
    return replace(found, apostrophes=any(_apart(cell) or "\n" in cell for cell in cells))


def _apart(cell: str) -> bool:
    """Whether a cell stands in single quotes."""
    return len(cell) > 1 and cell[0] == cell[-1] == "'"


def _read(text: str, delimiter: str, quote: str, *, whole: bool, start: int) -> Dialect:
    """A text as it is when it is cut so."""
    rows = [(line, cells) for line, cells in _rows(text, delimiter, quote, start) if any(map(str.strip, cells))]
    if not whole and len(rows) > 1:
        rows.pop()
    place = 0 if start else _header(rows)
    header = rows[place] if rows else (max(1, start), [])
    widths = Counter(len(cells) for _, cells in rows[place + 1 :])
    records = sum(widths.values())
    end = next((end for end in ("\r\n", "\n", "\r") if end in text), "\n")
    fit = widths[len(header[1])] / records if records else 1.0
    return Dialect(delimiter, quote, header[0], len(header[1]), fit, end)


def _header(rows: list[tuple[int, list[str]]]) -> int:
    """Which record is the header: the first, unless it and those after it are titles above a table that is wider.

    A title has one cell that says something, or two (a word and its value) above a table of four columns or more. The
    header has a name in each cell, no name twice, and none is a number or a date.
    """
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    if not widths:
        return 0
    width = max(widths, key=lambda each: (widths[each], each))
    for place, (_, cells) in enumerate(rows[:_TITLE_LINES]):
        named = [cell.strip() for cell in cells if cell.strip()]
        if len(cells) == width and len(named) >= max(2, width - 1):
            names = len(set(named)) == len(named) and not any(map(_VALUE.fullmatch, named))
            return place if names else 0
        if len(named) > 2 or (len(named) == 2 and width < 4):
            return 0
    return 0


def _rows(text: str, delimiter: str, quote: str, start: int) -> Iterator[tuple[int, list[str]]]:
    """The records of a text from a line on, each with the physical line it begins on."""
    file = io.StringIO(text, newline="")
    for _ in range(start - 1):
        file.readline()
    reader = csv.reader(file, delimiter=delimiter, quotechar=quote)
    line = max(1, start)
    try:
        for cells in reader:
            yield line, cells
            line = max(1, start) + reader.line_num
    except csv.Error:  # a cell beyond all bounds: what was read so far has to do
        return


def _lines(text: str, start: int) -> Iterator[tuple[int, str]]:
    """The lines of a text from one on that say something."""
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if number >= start and line.strip():
            yield number, line.rstrip("\r\n").removeprefix("\ufeff")


def sentence(dialect: Dialect, encoding: str) -> str:
    """What is told of how a text was read; "" when all of it is as usual."""
    parts = [encoding] if encoding != "UTF-8" else []
    parts += [WORDS.get(dialect.delimiter, f'"{dialect.delimiter}"')] if dialect.delimiter != "," else []
    parts += [_QUOTES[dialect.quote]] if dialect.quote != '"' else []
    parts += [f"header in line {dialect.header_line}"] if dialect.header_line > 1 else []
    return f"Read as {', '.join(parts)}." if parts else ""


def _stated_delimiter(said: Mapping[str, str]) -> str | None:
    given = said.get("delimiter")
    if given is None:
        return None
    names = {word: mark for mark, word in WORDS.items()} | {"\\t": "\t", "pipe": "|", "space": " "}
    mark = names.get(given.lower(), given)
    if len(mark) != 1 or mark in "\"'\r\n\0" or mark.isalnum() or ord(mark) > 127:
        raise Refused(
            f'delimiter is "{given[:80]}"; expected one character.{did_you_mean(given, names)}',
            "Write it or its name: --set delimiter=semicolon.",
        )
    return mark


def _stated_quote(said: Mapping[str, str]) -> str | None:
    given = said.get("quote")
    if given is None:
        return None
    names = {"double": '"', "single": "'", "double quote": '"', "single quote": "'"}
    mark = names.get(given.lower(), given)
    if mark not in _QUOTES:
        near = did_you_mean(given, names)
        raise Refused(f'quote is "{given[:80]}"; expected " or \'.{near}', "Say double or single: --set quote=single.")
    return mark


def _stated_line(said: Mapping[str, str]) -> int:
    given = said.get("header_line")
    if given is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,4}", given) or int(given) < 1:
        raise Refused(
            f'header_line is "{given[:80]}"; expected the number of a line, the first being 1.', "Say it again."
        )
    return int(given)
