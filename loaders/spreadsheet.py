"""A sheet of a spreadsheet as CSV text: every cell as it would be typed, nothing rounded, nothing reformatted."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO
from xml.parsers import expat

import python_calamine as calamine

from loaders.format import Refused

CELLS = 20_000_000
"""Cells from a sheet's first to its last one: a table of 18 columns as long as a sheet can be."""
INFLATED = 4 << 30
"""Bytes of XML that a spreadsheet may hold when unpacked."""
_CHUNK = 1 << 20
_CELL = re.compile(rb'[\s:]r\s*=\s*["\']([A-Za-z]{1,3})(\d{1,7})["\']')
_ERROR = re.compile(rb'[\s:]t\s*=\s*["\']e["\']')
_EXACT = 10**15
"""Whole numbers from here on may have lost digits in the spreadsheet: it keeps fifteen."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet that holds something, written out as CSV."""

    name: str
    path: Path
    notes: tuple[str, ...]


def kind_of_zip(members: Sequence[str]) -> str | None:
    """Which spreadsheet a zip with these members is: xlsx, ods or xlsb; None when it is none."""
    names = {name.lower().replace("\\", "/") for name in members}
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "[content_types].xml" in names and any(name.rpartition("/")[2] == "workbook.xml" for name in names):
        return "xlsx"
    return "ods" if "content.xml" in names and "meta-inf/manifest.xml" in names else None


def sheets_of(path: Path, kind: str, folder: Path, wanted: str | None) -> list[Sheet]:
    """Every sheet that holds a table, or the one that is `wanted`, as CSV files in `folder`.

    `kind` is xlsx, ods or xls. Raises Refused for a damaged, protected or oversized file, and for a sheet that does
    not exist.
    """
    if kind in ("xlsx", "ods"):
        errors = _measure(path, kind)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
        if wanted is not None and wanted not in names:
            raise Refused(f'There is no sheet "{wanted}".', f"The sheets are: {', '.join(names)}.")
        hidden = {sheet.name for sheet in book.sheets_metadata if sheet.visible != calamine.SheetVisibleEnum.Visible}
        found = []
        for number, name in enumerate(names if wanted is None else [wanted]):
            sheet = book.get_sheet_by_name(name)
            if sheet.height < 2 and wanted is None:
                continue
            notes = [f'Read from the sheet "{name}"{" (hidden)" if name in hidden else ""}.']
            target = folder / f"sheet-{number}.csv"
            rounded = _write(sheet.iter_rows(), target)
            if rounded:
                notes.append(
                    f"{rounded:,} numbers have more than 15 digits, which a spreadsheet does not keep: if they are ids,"
                    " their last digits are lost. Export them as text."
                )
            if kind in ("xlsx", "ods") and errors:
                notes.append(f"{errors:,} cells of the file hold an error (#N/A, #REF! and the like): read as empty.")
            found.append(Sheet(name, target, tuple(notes)))
    except calamine.PasswordError:
        raise Refused("The spreadsheet is protected by a password.", "Save it without one.") from None
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise Refused(
            f"The spreadsheet cannot be read ({str(error).splitlines()[0][:120] if str(error) else 'damaged'}).",
            "Save it anew as XLSX, or as CSV UTF-8.",
        ) from None
    if not found:
        raise Refused("No sheet of the file holds a table.", "The first row has the names of the columns.")
    return found


def _write(rows: Iterable[Sequence[object]], target: Path) -> int:
    """Rows as CSV; how many whole numbers are longer than a spreadsheet keeps them."""
    rounded = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in rows:
            cells = [typed(cell) for cell in row]
            rounded += sum(isinstance(cell, float) and abs(cell) >= _EXACT for cell in row)
            writer.writerow(cells if any(cells) else [])
    return rounded


def typed(cell: object) -> str:
    """A cell as text: whole numbers without a fraction, moments in ISO 8601, truth as true and false."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return str(cell).replace("\r\n", "\n").replace("\0", "")


def _measure(path: Path, kind: str) -> int:
    """Look through a spreadsheet's XML before anything is built from it; how many cells hold an error.

    The reader makes room for every cell between the first and the last one, so two far apart are refused here.
    """
    left, errors = INFLATED, 0
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.filename.lower().endswith((".xml", ".rels")):
                continue
            if entry.flag_bits & 1:
                raise Refused("The spreadsheet is encrypted.", "Save it without a password.")
            try:
                with archive.open(entry) as file:
                    if kind == "xlsx" and "worksheets/" in entry.filename:
                        left, found = _cells_of_xlsx(file, left)
                        errors += found
                    elif kind == "ods" and entry.filename == "content.xml":
                        left = _cells_of_ods(file, left)
                    else:
                        while chunk := file.read(_CHUNK):
                            left -= len(chunk)
                            _bounded(left)
                            if b"manifest:encryption-data" in chunk:
                                raise Refused("The spreadsheet is protected by a password.", "Save it without one.")
            # NotImplementedError is what zipfile says of a packing method it does not read
            except (zipfile.BadZipFile, NotImplementedError, EOFError, expat.ExpatError) as error:
                raise Refused(f"The spreadsheet is damaged ({error}).", "Save it anew.") from None
    return errors


def _bounded(left: int) -> None:
    if left < 0:
        raise Refused(
            f"The spreadsheet holds more than {INFLATED >> 30} GB when unpacked.", "Export the data as CSV or Parquet."
        )


def _cells_of_xlsx(file: IO[bytes], left: int) -> tuple[int, int]:
    lowest_row = lowest_column = 1 << 30
    row = column = errors = 0
    for chunk, fresh in _windows(file):
        left -= fresh
        _bounded(left)
        errors += len(_ERROR.findall(chunk))
        for letters, digits in _CELL.findall(chunk):
            place = int(digits)
            row, lowest_row = max(row, place), min(lowest_row, place)
            number = 0
            for letter in letters.upper():
                number = number * 26 + letter - 64
            column, lowest_column = max(column, number), min(lowest_column, number)
    _refuse_far(max(0, row - lowest_row + 1), max(0, column - lowest_column + 1), row, column)
    return left, errors


def _windows(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Pieces of a file that end where a tag ends, each with the bytes newly read."""
    rest = b""
    while chunk := file.read(_CHUNK):
        text = rest + chunk
        cut = text.rfind(b">") + 1
        rest = text[cut:]
        yield text[:cut], len(chunk)
        if len(rest) > _CHUNK:
            raise Refused("The spreadsheet holds a tag longer than a megabyte.", "Save it anew.")


def _cells_of_ods(file: IO[bytes], left: int) -> int:
    """Follow the rows and columns of an ODS, which may be repeated a million times by one number."""
    state = {"rows": 0, "kept": 0, "columns": 0, "cells": 0, "repeat": 1, "last": 0, "left": left}

    def start(name: str, given: dict[str, str]) -> None:
        if name == "table:table":
            state.update(rows=0, kept=0, columns=0)
        elif name == "table:table-row":
            state.update(cells=0, last=0, repeat=_count(given.get("table:number-rows-repeated")))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            state["cells"] += _count(given.get("table:number-columns-repeated"))
            if any(key.startswith("office:") for key in given):
                state["last"] = state["cells"]

    def end(name: str) -> None:
        if name == "text:p" and state["cells"]:
            state["last"] = max(state["last"], state["cells"])
        if name == "table:table-row":
            state["rows"] += state["repeat"]
            if state["last"]:
                state["kept"] = state["rows"]
                state["columns"] = max(state["columns"], state["last"])
                _refuse_far(state["kept"], state["columns"], state["kept"], state["columns"])

    def entity(*_: object) -> None:
        raise Refused("The spreadsheet's XML declares entities.", "Save it anew.")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = start, end, entity
    while chunk := file.read(_CHUNK):
        state["left"] -= len(chunk)
        _bounded(state["left"])
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return state["left"]


def _count(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 1


def _refuse_far(rows: int, columns: int, row: int, column: int) -> None:
    if rows * columns > CELLS:
        letters = ""
        while column:
            column, digit = divmod(column - 1, 26)
            letters = chr(65 + digit) + letters
        raise Refused(
            f"The sheet reaches to the cell {letters}{row}: {rows * columns:,} cells, and {CELLS:,} are read.",
            "Delete what stands far outside the table, or export the data as CSV.",
        )
