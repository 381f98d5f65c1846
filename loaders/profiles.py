"""A profile: how the columns of a foreign file become columns of the contract, as a person said it once.

Files with the header that it was made for are read through it from then on; no other file is, unless somebody says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from data.errors import did_you_mean
from data.facts import FACTS
from data.literal import literal
from loaders.contract import NUMBER, columns_of
from loaders.format import Options, Refused
from loaders.said import check_zone
from loaders.written import ASKS

DAY_ORDERS = {
    "dmy": "day, month, year: 31.12.2026",
    "mdy": "month, day, year: 12/31/2026",
    "epoch": "seconds since 1970: 1798675200",
    "epoch_ms": "milliseconds since 1970: 1798675200000",
}
"""How moments may be written that are not written as 2026-12-31."""
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of foreign file is read as a fact table."""

    name: str
    """What it was saved as; empty when it is for one load."""
    table: str
    fingerprint: str
    """Of the header it was made for."""
    columns: Mapping[str, str]
    """Contract column -> column of the file. One column of the file may fill several."""
    factors: Mapping[str, int] = field(default_factory=dict)
    """What a number is multiplied with: 1,000,000 makes micro-dollars of dollars, 1,000 milliseconds of seconds."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Contract column -> word of the file, in small letters -> word of the contract."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """What fills contract columns that the file leaves empty."""
    day_order: str | None = None
    decimal_comma: bool = False
    """Whether numbers are written 1.234,5."""
    timezone: str | None = None

    def applied(self, said: Options) -> Options:
        """What holds for a file read through the profile; what the person said for this one goes first."""
        source = {} if "source_system" in self.columns else {"source_system": f"mapped-{self.fingerprint[:8]}"}
        values = {**source, **self.constants, **{key: each for key, each in said.values.items() if key not in ASKS}}
        return replace(said, timezone=said.timezone or self.timezone, values=values)

    def heard(self, said: Options) -> Profile:
        """The profile with what the person says of how numbers and days of this file are written."""
        comma = said.values["decimal"] == "," if "decimal" in said.values else self.decimal_comma
        return replace(self, day_order=said.values.get("day_order", self.day_order), decimal_comma=comma)

    def found(self, names: Sequence[str]) -> dict[str, str]:
        """Contract column -> name in this file. Raises Refused when the file lacks a column of the profile."""
        place = {plain_name(name): name for name in names}
        for theirs in self.columns.values():
            if plain_name(theirs) not in place:
                raise Refused(
                    f'The file has no column "{theirs}".{did_you_mean(theirs, names)}',
                    f"It has: {', '.join(names)[:500]}. Map one of these, or leave the profile out.",
                )
        return {ours: place[plain_name(theirs)] for ours, theirs in self.columns.items()}

    def checked(self) -> Profile:
        """Itself. Raises Refused when it names what the contract does not have, or lacks what the contract needs."""
        if self.table not in FACTS:
            raise Refused(f'There is no table "{self.table}".{did_you_mean(self.table, FACTS)}', f"{', '.join(FACTS)}.")
        contract = columns_of(self.table)
        for name in (*self.columns, *self.factors, *self.words, *self.constants):
            if name not in contract:
                raise Refused(
                    f'"{name}" is not a column of {self.table}.{did_you_mean(name, contract)}',
                    f"Columns: {', '.join(contract)}.",
                )
        missing = self.missing()
        if missing:
            raise Refused(
                f"{self.table} needs {', '.join(missing)}, and nothing was said for that.",
                "Map a column of the file to it, or give one value for all rows: --set COLUMN=VALUE.",
            )
        for name, factor in self.factors.items():
            if contract[name].kind is not int or not 1 <= factor <= 10**9:
                raise Refused(f"{name} cannot be multiplied by {factor}.", "Whole numbers can, by 1 to 1,000,000,000.")
        for name, words in self.words.items():
            _check_words(name, words, self.table)
        if self.day_order not in (None, *DAY_ORDERS):
            raise Refused(f'"{self.day_order}" is no way to write a day.', f"Known: {', '.join(DAY_ORDERS)}.")
        check_zone(self.timezone)
        return self

    def missing(self) -> list[str]:
        """Columns the contract needs that the profile says nothing of."""
        have = {*self.columns, *self.constants}
        return [name for name, column in columns_of(self.table).items() if column.required and name not in have]


def _check_words(name: str, words: Mapping[str, str], table: str) -> None:
    column = columns_of(table)[name]
    taken = ("true", "false") if column.kind is bool else column.words
    if not taken:
        raise Refused(f"{name} has no list of words.", "Leave the translation out: its text is taken as it is.")
    for theirs, ours in words.items():
        if ours not in taken:
            raise Refused(
                f'"{theirs}" cannot mean "{ours}" in {name}.{did_you_mean(ours, taken)}',
                f"Expected {column.expected}.",
            )


def plain_name(name: str) -> str:
    """A column's name as it is compared: without space around it, in small letters."""
    return name.strip().lower()


def fingerprint(names: Iterable[str]) -> str:
    """What two headers share when they have the same columns, in any order."""
    return hashlib.sha256("\n".join(sorted({plain_name(name) for name in names})).encode()).hexdigest()


def fitting(profiles: Iterable[Profile], names: Sequence[str]) -> Profile | None:
    """The profile that was made for a header of these columns."""
    mark = fingerprint(names)
    return next((profile for profile in profiles if profile.fingerprint == mark), None)


def translated(profile: Profile, name: str, cell: str) -> str:
    """SQL: the text of a cell of the file as text the contract may take; what does not fit stays as it came, so that
    the quarantine shows it.
    """
    column = columns_of(profile.table)[name]
    if words := profile.words.get(name):
        cases = " ".join(f"WHEN {literal(theirs)} THEN {literal(ours)}" for theirs, ours in words.items())
        return f"CASE lower(trim({cell})) {cases} ELSE {cell} END"
    if column.kind in (datetime, date) and profile.day_order:
        return _moment(profile.day_order, cell, only_day=column.kind is date)
    if profile.decimal_comma and column.kind in (int, float):
        plain = f"replace(replace(trim({cell}), '.', ''), ',', '.')"
        cell = f"CASE WHEN regexp_full_match(trim({cell}), '{COMMA_NUMBER}') THEN {plain} ELSE {cell} END"
    if factor := profile.factors.get(name):
        number = (
            f"TRY_CAST(CASE WHEN regexp_full_match(trim({cell}), '{NUMBER}') THEN trim({cell}) END AS DECIMAL(28, 15))"
        )
        product = f"round({number} * CAST({factor} AS DECIMAL(10, 0)))"
        return f"coalesce(CAST(CAST({product} AS HUGEINT) AS VARCHAR), {cell})"
    return cell


COMMA_NUMBER = r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"
_CLOCKS = ("", "%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")
_DAYS = {"dmy": "%d{0}%m{0}%Y", "mdy": "%m{0}%d{0}%Y"}


def _moment(order: str, cell: str, *, only_day: bool) -> str:
    if order in _DAYS:
        shape = r"\d{1,2}([./-])\d{1,2}[./-]\d{4}([ T,]+\d{1,2}:\d\d(:\d\d(\.\d{1,6})?)?( ?[AaPp][Mm])?)?"
        forms = [f"{_DAYS[order].format(mark)} {clock}".strip() for mark in "./-" for clock in _CLOCKS]
        spaced = f"regexp_replace(regexp_replace(trim({cell}), '[T, ]+', ' '), '(\\d)([AaPp][Mm])$', '\\1 \\2')"
        moment, zone = f"try_strptime({spaced}, [{', '.join(map(literal, forms))}])", ""
    else:
        shape = r"\d{9,10}(\.\d{1,6})?" if order == "epoch" else r"\d{12,13}"
        scale = 1_000_000 if order == "epoch" else 1_000
        number = f"CAST(TRY_CAST(trim({cell}) AS DECIMAL(20, 6)) * {scale} AS BIGINT)"
        moment, zone = f"make_timestamp({number})", "Z"
    form = "%Y-%m-%d" if only_day else f"%Y-%m-%dT%H:%M:%S.%f{zone}"
    return (
        f"CASE WHEN regexp_full_match(trim({cell}), '{shape}') THEN coalesce(strftime({moment}, '{form}'), {cell})"
        f" ELSE {cell} END"
    )
