"""From the file a person has to the text or Parquet that formats read: archives unpacked, sheets written out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loaders import FORMATS
from loaders.format import Refused
from loaders.head import read_head
from loaders.recognise import SURE, rank
from loaders.spreadsheet import Sheet, kind_of_zip, sheets_of
from loaders.unpack import ARCHIVES, unpack

ASKS = ("sheet",)
"""What any spreadsheet may ask (--set)."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The file that formats read, and what a person should know of the way there."""

    path: Path
    notes: tuple[str, ...] = ()


def open_file(path: Path, folder: Path, *, named: str | None = None, sheet: str | None = None) -> Opened:
    """The file itself, or what it holds. `named` is the format a person stated, `sheet` the sheet.

    Raises Refused when it cannot be unpacked or several sheets could be meant.
    """
    head = read_head(path)
    if head.kind in ARCHIVES or head.kind == "ole":
        if head.kind == "zip" and rank(head)[0][1].confidence >= SURE:
            return Opened(path)  # a format of its own that happens to be a zip
        kind = "xls" if head.kind == "ole" else kind_of_zip(head.members)
        if kind == "xlsb":
            raise Refused("The spreadsheet is in the binary format XLSB.", "Save it as XLSX, or as CSV UTF-8.")
        if kind:
            return _sheet(sheets_of(path, kind, folder, sheet), named)
        unpacked = unpack(path, head.kind, folder)
        inside = open_file(unpacked.path, folder, named=named, sheet=sheet)
        return Opened(inside.path, unpacked.notes + inside.notes)
    if sheet is not None:
        raise Refused(f'A sheet was named ("{sheet}"), and the file is no spreadsheet.', "Leave the sheet out.")
    return Opened(path)


def _sheet(sheets: list[Sheet], named: str | None) -> Opened:
    """The sheet that a format recognises: the only one, else the person says which."""
    if len(sheets) == 1:
        return Opened(sheets[0].path, sheets[0].notes)
    sure = []
    for one in sheets:
        head = read_head(one.path)
        confidence = FORMATS[named].recognise(head).confidence if named in FORMATS else rank(head)[0][1].confidence
        if confidence >= SURE:
            sure.append(one)
    if len(sure) != 1:
        names = ", ".join(one.name for one in sure or sheets)
        raise Refused(
            f"{'Several' if sure else 'None of several'} sheets of the file can be loaded: {names}.",
            "Say which one: --set sheet=NAME.",
        )
    left = ", ".join(one.name for one in sheets if one is not sure[0])
    return Opened(sure[0].path, (*sure[0].notes, f"Other sheets were left out: {left}."))
