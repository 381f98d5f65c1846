"""What a person says of a foreign file's columns, as typed: it becomes a profile beside the file and the warehouse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from data.errors import did_you_mean
from data.facts import FACTS
from data.warehouse import Warehouse
from loaders import profile_shelf
from loaders.contract import columns_of
from loaders.format import Options, Refused
from loaders.ingest import look_at
from loaders.profiles import DAY_ORDERS, Profile, fingerprint
from loaders.sample import Sample
from loaders.suggest import day_first, day_order

_MAP = re.compile(r"(?P<theirs>.+)=\s*(?P<ours>\w+)\s*(\*\s*(?P<factor>[\d_]+))?\s*")
_WORD = re.compile(r"(?P<ours>\w+):(?P<theirs>.+)=(?P<word>\w+)")


@dataclass(frozen=True, slots=True)
class Stated:
    """The options of load about columns. Nothing in it was held against a file or the warehouse yet."""

    maps: tuple[str, ...] = ()
    """THEIRS=COLUMN, perhaps with *FACTOR."""
    words: tuple[str, ...] = ()
    """COLUMN:THEIRS=OURS."""
    table: str | None = None
    day_order: str | None = None
    decimal_comma: bool = False
    profile: str | None = None
    """The name of a saved profile to read through, whatever the header."""
    save: str | None = None
    """What the mapping shall be saved as."""

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Stated:
        """From what JSON made of it."""
        return cls(**{**found, "maps": tuple(found["maps"]), "words": tuple(found["words"])})

    def on(self, store: Warehouse, path: Path, options: Options, format: str | None) -> Profile:
        """The profile that is meant for this file. Raises Refused."""
        made = {"map": self.maps, "word": self.words, "table": self.table, "day-order": self.day_order,
                "decimal-comma": self.decimal_comma, "save-profile": self.save}  # fmt: skip
        given = [name for name, value in made.items() if value]
        if self.profile:
            if given:
                raise Refused("--profile was given together with a mapping.", "Take one of them.")
            return profile_shelf.named(store, self.profile)
        if not self.maps:
            raise Refused(f"--{given[0]} says nothing without --map.", "Map the columns: --map THEIRS=COLUMN.")
        if format:
            raise Refused("--format was given together with --map.", "Take one of them.")
        sample = look_at(store, path, options)
        profile = mapped(sample, self.table or "interactions", self.maps, self.words)
        profile = replace(
            profile, day_order=self.day_order, decimal_comma=self.decimal_comma, timezone=options.timezone
        )
        constants = {key: value for key, value in options.values.items() if key in columns_of(profile.table)}
        constants |= {} if options.pilot is None else {"pilot_id": options.pilot}
        constants |= {} if options.product is None else {"product_id": options.product}
        return checked(replace(profile, constants=constants), sample)


def mapped(sample: Sample, table: str, maps: Iterable[str], translations: Iterable[str]) -> Profile:
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
