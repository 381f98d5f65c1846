"""Text as every format reads it: UTF-8, double quotes, a header that cuts itself, nothing but blank lines before it.

A file that is so already is not touched. Another is written anew, once and piece by piece, each record on the physical
line it has in the original, so that whatever is said of a line is said of the line the person sees.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from loaders import FORMATS, dialect, encoding
from loaders.csvtext import open_text, records
from loaders.dialect import Dialect
from loaders.encoding import Encoding
from loaders.format import Head, Refused
from loaders.head import JSON, SIZE, delimiter_of, header_cells, kind_of
from loaders.opening import Opened
from loaders.recognise import SURE, rank

_END = re.compile(r"\r\n|\r|\n")
TEXT = ("csv", "json", "utf-16", "unknown")


def plain(opened: Opened, folder: Path, named: str | None, said: Mapping[str, str]) -> Opened:
    """The file as formats read it, and what a person should know of how it was read.

    Raises Refused for bytes that are not of the encoding, and for answers in `said` that cannot be.
    """
    path = opened.path
    with path.open("rb") as file:
        raw = file.read(SIZE)
    kind, whole = kind_of(raw), len(raw) < SIZE
    asked = [name for name in dialect.ASKS if name in said]
    if kind not in TEXT:
        if asked:
            raise Refused(f"{asked[0]} was said, and the file is no text.", f"Leave {asked[0]} out.")
        return opened
    how = encoding.detect(raw, whole=whole, stated=said.get("encoding"))
    if how is None:
        return opened  # nobody can tell: recognition refuses it
    text = how.text(raw, whole=whole)
    if JSON.match(text):
        if how.codec in ("utf-8", "cp1252") and not how.stated:
            return opened  # JSON is Unicode: what is not, is refused where it stands
        return _written(opened, _transcoded(path, folder, how, 1), f"Read as {how.name}.")
    found = dialect.detect(text, whole=whole, said=said)
    titles = "header_line" not in said and found.header_line > _first(text)
    if titles and _recognised(path, text, named):
        found = dialect.detect(text, whole=whole, said={**said, "header_line": str(_first(text))})
    notes = dialect.sentence(found, how.name)
    if found.apostrophes:
        notes += " Some cells stand in single quotes, which were kept: if they are no text, say --set quote=single."
    header = _line(text, found.header_line)
    if found.quote != '"' or found.delimiter != delimiter_of(header):
        blanked = _transcoded(path, folder, how, found.header_line)
        return _written(opened, _recut(blanked, folder, found), notes)
    if how.codec != "utf-8" or found.header_line > _first(text):
        return _written(opened, _transcoded(path, folder, how, found.header_line), notes)
    return Opened(path, (*opened.notes, notes.strip())) if notes else opened


def _recognised(path: Path, text: str, named: str | None) -> bool:
    """Whether some format knows the text by its first line: then nothing before the header is looked for."""
    head = Head(path, 0, "csv", columns=tuple(header_cells(_line(text, _first(text)))), text=text)
    return (FORMATS[named].recognise(head) if named in FORMATS else rank(head)[0][1]).confidence >= SURE


def _first(text: str) -> int:
    """The first line that says something."""
    return next((number for number, line in enumerate(_lines(text), start=1) if line.strip()), 1)


def _line(text: str, number: int) -> str:
    """A line by its number, without its end."""
    return next((line for at, line in enumerate(_lines(text), start=1) if at == number), "").rstrip("\r\n")


def _lines(text: str) -> Iterator[str]:
    return iter(io.StringIO(text.removeprefix("\ufeff"), newline=""))


def _written(opened: Opened, path: Path, notes: str) -> Opened:
    return Opened(path, (*opened.notes, *filter(None, [notes.strip()])))


def _transcoded(path: Path, folder: Path, how: Encoding, header_line: int) -> Path:
    """The text as UTF-8 with its line ends kept; the lines before the header are blank."""
    target, before = folder / "text.utf8", header_line - 1
    with target.open("w", encoding="utf-8", newline="") as out:
        for piece in encoding.pieces(path, how):
            at = 0
            while before and (end := _END.search(piece, at)):
                out.write(end[0])
                before, at = before - 1, end.end()
            out.write("" if before else piece[at:])
    return target


def _recut(path: Path, folder: Path, found: Dialect) -> Path:
    """The text with commas and double quotes. A record that cannot be told into cells becomes one cell, so that it is
    refused where it stands.
    """
    target = folder / "text.commas"
    with open_text(path) as file, target.open("w", encoding="utf-8", newline="") as out:
        for line in file:
            if line.strip():
                names = next(csv.reader([line], delimiter=found.delimiter, quotechar=found.quote))
                out.write(_commas(names, line))
                break
            out.write(line)
        for record in records(path, found.delimiter, found.width, frozenset(), found.quote):
            if record.code == "blank":
                out.write(record.text)
            else:
                out.write(_commas(record.cells or [record.text.rstrip("\r\n")], record.text))
    return target


def _commas(cells: Sequence[str], text: str) -> str:
    """Cells as a record with every one of them quoted, ending as the `text` of the original does."""
    end = text[len(text.rstrip("\r\n")) :]
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + end
