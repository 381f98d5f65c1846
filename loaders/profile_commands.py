"""Foreign columns at the command line: what they may be, what they are said to be, and what was saved of it."""

from __future__ import annotations

import argparse
import re
from datetime import date, datetime
from pathlib import Path

from data.cursor import Row
from data.errors import did_you_mean
from data.facts import FACTS
from data.warehouse import Warehouse
from loaders import profile_shelf
from loaders.contract import columns_of
from loaders.format import Options, Refused
from loaders.ingest import look_at
from loaders.profiles import DAY_ORDERS
from loaders.stated import Stated
from loaders.suggest import best, day_order, decimal_comma, factor, likely_table, words

SHOWN = 3
"""Example values a column."""


def declare(
    load: argparse.ArgumentParser, commands: argparse._SubParsersAction[argparse.ArgumentParser],
    shared: argparse.ArgumentParser,
) -> None:  # fmt: skip
    """The options of load that map columns, and the commands columns and profiles."""
    mapping = load.add_argument_group("a file whose columns nobody recognises")
    mapping.add_argument(
        "--map", action="append", default=[], metavar="THEIRS=COLUMN",
        help="the file's column THEIRS is COLUMN of the contract (=COLUMN*1000 multiplies)",
    )  # fmt: skip
    mapping.add_argument("--table", metavar="NAME", help="of which table (default interactions)")
    mapping.add_argument(
        "--word", action="append", default=[], metavar="COLUMN:THEIRS=OURS", help="what a word of the file means"
    )
    mapping.add_argument(
        "--day-order", choices=DAY_ORDERS, help="how moments are written that do not begin with a year"
    )
    mapping.add_argument("--decimal-comma", action="store_true", help="numbers are written 1.234,5")
    mapping.add_argument("--profile", metavar="NAME", help="read through this saved profile, whatever the header")
    mapping.add_argument("--save-profile", metavar="NAME", help="remember the mapping for files with this header")
    one = commands.add_parser("columns", parents=[shared], help="the columns of a file, and what they may be")
    one.add_argument("path", type=Path, metavar="FILE")
    one.add_argument("--table", metavar="NAME", help="as which table (default: the likeliest)")
    one.add_argument("--sheet", metavar="NAME", help="of a spreadsheet with several")
    kept = commands.add_parser("profiles", parents=[shared], help="saved mappings of foreign files")
    kept.add_argument("--forget", metavar="NAME", help="read no file through this one any more")


def said(given: argparse.Namespace) -> Stated | None:
    """What the options of load say of the columns; None when they say nothing."""
    found = Stated(
        tuple(given.map), tuple(given.word), given.table, given.day_order, given.decimal_comma, given.profile,
        given.save_profile,
    )  # fmt: skip
    return found if found != Stated() else None


def columns(store: Warehouse, given: argparse.Namespace) -> tuple[list[Row], str]:
    """The columns of a file with examples and proposals, and the command that loads it as proposed. Raises Refused."""
    options = Options(values={"sheet": given.sheet} if given.sheet else {})
    sample = look_at(store, given.path, options)
    table = given.table or likely_table(sample)
    if table not in FACTS:
        raise Refused(f'There is no table "{table}".{did_you_mean(table, FACTS)}', f"Tables: {', '.join(FACTS)}.")
    proposed = best(table, sample)
    ours = {one.theirs: (name, one) for name, one in proposed.items()}
    rows: list[Row] = []
    for theirs in sample.columns:
        name, one = ours.get(theirs, ("", None))
        rows.append({
            "column": theirs, "values": " | ".join(dict.fromkeys(sample.of(theirs)))[:50], "table": table,
            "may be": name, "score": one.score if one else None, "because": one.reason if one else "",
        })  # fmt: skip
    parts = ["python -m loaders load", _quoted(str(given.path)), "--table", table]
    for name, one in proposed.items():
        times = factor(name, sample.of(one.theirs))
        parts += ["--map", _quoted(f"{one.theirs}={name}{f'*{times}' if times else ''}")]
        parts += [f"--word {_quoted(f'{name}:{a}={b}')}" for a, b in words(table, name, sample.of(one.theirs)).items()]
    orders = {day_order(sample.of(one.theirs)) for name, one in proposed.items()
              if columns_of(table)[name].kind in (date, datetime)} - {None}  # fmt: skip
    numbers = [one.theirs for name, one in proposed.items() if columns_of(table)[name].kind in (int, float)]
    parts += ["--decimal-comma"] if any(decimal_comma(sample.of(theirs)) for theirs in numbers) else []
    parts += [f"--day-order {order}" for order in sorted(filter(None, orders))[:1]]
    parts += [
        f"--set {name}=?" for name, column in columns_of(table).items() if column.required and name not in proposed
    ]
    return rows, " ".join(parts)


def kept(store: Warehouse, given: argparse.Namespace, who: str) -> list[Row]:
    """The saved profiles, after one was forgotten where that was asked for."""
    if given.forget:
        profile_shelf.forget(store, given.forget, who)
    return profile_shelf.listed(store)


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"[\w./:=*-]+", text) else "'" + text.replace("'", "'\\''") + "'"
