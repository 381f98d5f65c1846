"""Foreign columns at the command line: what they may be, what they are said to be, and what was saved of it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from data.cursor import Row
from data.errors import did_you_mean
from data.facts import FACTS
from data.warehouse import Warehouse
from loaders import profile_shelf
from loaders.contract import columns_of
from loaders.format import Options, Refused
from loaders.ingest import Outcome, look_at
from loaders.order import Order, carry_out
from loaders.profiles import DAY_ORDERS, Profile, fingerprint
from loaders.sample import Sample
from loaders.suggest import best, day_first, day_order, decimal_comma, factor, likely_table, words

_MAP = re.compile(r"(?P<theirs>.+)=\s*(?P<ours>\w+)\s*(\*\s*(?P<factor>[\d_]+))?\s*")
_WORD = re.compile(r"(?P<ours>\w+):(?P<theirs>.+)=(?P<word>\w+)")
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


ELSEWHERE = Refused(
    "The warehouse is open in a server: a mapping cannot be given from here.",
    "Map the columns on its Data page; files with the header of a saved profile need nothing said.",
)


def asked(given: argparse.Namespace) -> list[str]:
    """The options about columns that were given."""
    names = ("map", "word", "table", "day_order", "decimal_comma", "profile", "save_profile")
    return [name for name in names if getattr(given, name)]


def ordered(store: Warehouse, given: argparse.Namespace, path: Path, order: Order) -> Outcome:
    """Carry out an order through the profile that the command asks for, and save it where it is to be saved."""
    try:
        profile = said(store, given, path, order.options)
    except Refused as refusal:
        return Outcome(file=order.name, messages=[str(refusal)])
    outcome = carry_out(store, path, replace(order, profile=profile))
    if profile and given.save_profile and outcome.status == "published":
        try:
            profile_shelf.save(store, profile, given.save_profile, order.who)
        except Refused as refusal:
            outcome.messages.append(f"The profile was not saved: {refusal}")
        else:
            outcome.messages.append(f'Files with this header are read so from now on: profile "{given.save_profile}".')
    return outcome


def said(store: Warehouse, given: argparse.Namespace, path: Path, options: Options) -> Profile | None:
    """The profile that the command asks for, or None when it asks for none. Raises Refused."""
    made = [name for name in asked(given) if name != "profile"]
    if given.profile:
        if made:
            raise Refused("--profile was given together with a mapping.", "Take one of them.")
        return profile_shelf.named(store, given.profile)
    if not given.map:
        if made:
            raise Refused(
                f"--{made[0].replace('_', '-')} says nothing without --map.", "Map the columns: --map THEIRS=COLUMN."
            )
        return None
    if given.format:
        raise Refused("--format was given together with --map.", "Take one of them.")
    sample = look_at(store, path, options)
    profile = stated(sample, given.table or "interactions", given.map, given.word)
    profile = replace(profile, day_order=given.day_order, decimal_comma=given.decimal_comma, timezone=given.timezone)
    constants = {key: value for key, value in options.values.items() if key in columns_of(profile.table)}
    constants |= {} if options.pilot is None else {"pilot_id": options.pilot}
    constants |= {} if options.product is None else {"product_id": options.product}
    return checked(replace(profile, constants=constants), sample)


def stated(sample: Sample, table: str, maps: Iterable[str], translations: Iterable[str]) -> Profile:
    """A mapping as typed, for a file with these columns. Raises Refused when it is not of the form."""
    if table not in FACTS:
        raise Refused(f'There is no table "{table}".{did_you_mean(table, FACTS)}', f"Tables: {', '.join(FACTS)}.")
    columns: dict[str, str] = {}
    factors: dict[str, int] = {}
    for text in maps:
        found = _MAP.fullmatch(text)
        if not found:
            raise Refused(
                f'"{text}" maps no column.', "Write THEIRS=COLUMN, for example --map 'Created at=occurred_at'."
            )
        if found["ours"] in columns:
            raise Refused(f"{found['ours']} was mapped twice.", "Keep one of them.")
        columns[found["ours"]] = found["theirs"].strip()
        if found["factor"]:
            factors[found["ours"]] = int(found["factor"])
    meaning: dict[str, dict[str, str]] = {}
    for text in translations:
        word = _WORD.fullmatch(text)
        if not word:
            raise Refused(
                f'"{text}" translates no word.', "Write COLUMN:THEIRS=OURS, for example outcome:gelöst=confirmed."
            )
        meaning.setdefault(word["ours"], {})[word["theirs"].strip().lower()] = word["word"]
    return Profile("", table, fingerprint(sample.columns), columns, factors, meaning)


def checked(profile: Profile, sample: Sample) -> Profile:
    """A mapping that fits the contract and the file. Raises Refused, also where it must be said what comes first, the
    day or the month.
    """
    used = profile.checked().found(sample.columns)
    for name, theirs in used.items():
        moments = columns_of(profile.table)[name].kind in (date, datetime)
        if moments and profile.day_order is None and (example := day_first(sample.of(theirs))):
            sure = day_order(sample.of(theirs))
            proposed = f" The values say {sure}." if sure else ""
            raise Refused(
                f'"{theirs}" holds moments like {example}: which part is the day has to be said.{proposed}',
                f"Say it: --day-order {sure or ' or '.join(DAY_ORDERS)}.",
            )
    return profile


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
