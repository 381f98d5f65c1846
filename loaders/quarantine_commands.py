"""The quarantine at the command line: looked at, written out as a correction sheet, and given back corrected."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

from data.cursor import Row
from data.errors import did_you_mean
from data.warehouse import Warehouse
from loaders import quarantine, sheet
from loaders.correct import read_corrections
from loaders.format import Refused
from loaders.ingest import Outcome, publish_file, rehearse

SHOWN = 1_000
"""Records that are printed when nothing else is asked for."""


def declare(commands: argparse._SubParsersAction[argparse.ArgumentParser], shared: argparse.ArgumentParser) -> None:
    """The commands quarantine and correct."""
    look = commands.add_parser(
        "quarantine", parents=[shared], help="the records of a load that were not taken, and why"
    )
    look.add_argument("load_id")
    look.add_argument("--column", help="cells of this column only")
    look.add_argument("--code", help="refused for this reason only, e.g. not_in_list")
    look.add_argument("--text", default="", help="with this text in the value or the message")
    look.add_argument("--open", action="store_true", help="without what was corrected or left out since")
    look.add_argument("--after", type=int, default=0, metavar="RECORD", help="go on behind this record")
    look.add_argument("--limit", type=_count, metavar="N", help=f"this many records (printed: {SHOWN:,}; else all)")
    look.add_argument("--problems", action="store_true", help="an overview: column by reason, with counts")
    look.add_argument("--values", action="store_true", help="one line for each value, however often it was refused")
    look.add_argument("--csv", metavar="FILE", help="write a correction sheet (- is standard output)")
    mend = commands.add_parser("correct", parents=[shared], help="give refused records again, corrected in a sheet")
    mend.add_argument("load_id")
    mend.add_argument("sheet", type=Path, metavar="SHEET", help="the filled sheet that quarantine --csv wrote")
    mend.add_argument("--dry-run", action="store_true", help="show what would happen and change nothing")


def _count(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f'"{text}" is not a number of records: 1 or more')
    return int(text)


def look(store: Warehouse, given: argparse.Namespace) -> list[Row] | None:
    """What was asked of the quarantine as rows to print, or None when it has been written out already.

    Raises Refused for a column or a reason that nothing was refused for.
    """
    load_id = given.load_id
    found = quarantine.problems(store, load_id)
    if given.problems:
        return found
    _expect("column", given.column, {str(row["column_name"] or "") for row in found}, load_id)
    _expect("reason", given.code, {str(row["code"]) for row in found}, load_id)
    asked = quarantine.Filter(given.column, given.code, given.text, given.open)
    if given.values:
        values = quarantine.values(store, load_id, asked, given.limit or SHOWN)
        if given.csv:
            _write(given.csv, sheet.value_lines(load_id, values))
        return None if given.csv else values
    if given.csv:
        cells = quarantine.every_cell(store, load_id, asked, after=given.after, limit=given.limit, whole=True)
        _write(given.csv, sheet.lines(load_id, cells))
        return None
    if given.json:
        _print_json(quarantine.every_cell(store, load_id, asked, after=given.after, limit=given.limit))
        return None
    limit = given.limit or SHOWN
    shown = quarantine.cells(store, load_id, asked, after=given.after, limit=limit)
    last = shown[-1]["record"] if shown else 0
    if len({row["record"] for row in shown}) == limit:
        print(f"More may follow: --after {last}", file=sys.stderr)
    return [{name: quarantine.visible(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
            for row in shown]  # fmt: skip


def _expect(what: str, asked: str | None, known: set[str], load_id: str) -> None:
    if asked and asked not in known:
        raise Refused(
            f'No {what} "{asked}" is in the quarantine of {load_id}.{did_you_mean(asked, known)}',
            f"There: {', '.join(sorted(filter(None, known))) or 'nothing'}.",
        )


def _write(file: str, lines: Iterable[bytes]) -> None:
    try:
        with nullcontext(sys.stdout.buffer) if file == "-" else Path(file).open("wb") as out:
            out.writelines(lines)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None


def _print_json(cells: Iterator[Row]) -> None:
    """An array, written as it is read."""
    mark = "["
    for cell in cells:
        print(mark, json.dumps(cell, default=str, ensure_ascii=False), sep="\n  ", end="")
        mark = ","
    print("[]" if mark == "[" else "\n]")


def correct(store: Warehouse, given: argparse.Namespace, who: str) -> Outcome:
    """Publish the corrections of a sheet, or with --dry-run say what would happen. Raises Refused."""
    if not given.sheet.is_file():
        raise Refused(f"There is no file {given.sheet}.", "Check the path.")
    preview = read_corrections(store, given.load_id, sheet.read_sheet(given.sheet, given.load_id))
    try:
        if given.dry_run:
            return rehearse(store, preview, who, lambda _: None)[0]
        return publish_file(store, preview, who)
    finally:
        preview.close()
