"""What a product or pilot cost in a period, by kind and month, and which costs nobody stated: those are never zero."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

from metrics.beliefs import Tag
from metrics.entries import Entries

TOKENS, CAPITAL = "tokens", "capital"
# What must be stated for every month with use: one kind at least of each, with its name in a sentence.
REQUIRED = {"token": (TOKENS,), "licence or infrastructure": ("licences", "infrastructure"), "people": ("people",)}
WORST: dict[str, int] = {"measured": 0, "file": 1, "assumed": 2}


class Charge(NamedTuple):
    """A kind of cost: its money in each month of the ledger, where that comes from, and in words."""

    kind: str
    months: tuple[float, ...]
    tag: Tag
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """All costs of a period: by month, `capital` apart. `gaps` say what lacks, `notes` how it was counted."""

    charges: tuple[Charge, ...]
    gaps: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def months(self) -> tuple[float, ...]:
        """The running costs of each month."""
        by_month = zip(*(charge.months for charge in self.charges), strict=True)
        running = [charge.kind != CAPITAL for charge in self.charges]
        return tuple(math.fsum(itertools.compress(amounts, running)) for amounts in by_month)

    @property
    def capital(self) -> float:
        """What was paid once."""
        return math.fsum(amount for charge in self.charges if charge.kind == CAPITAL for amount in charge.months)

    @property
    def total(self) -> float:
        """Everything, not discounted."""
        return math.fsum((*self.months, self.capital))


class _Metered(NamedTuple):
    """Tokens by the records of use themselves: what each month is charged, and how many interactions carry a cost."""

    months: Mapping[date, float]
    interactions: int
    uncosted: int


def bill(entries: Entries, min_costed_share: float) -> Bill:
    """The costs of the days of a ledger: a month's amount by its share of days within, capital whole; a pilot bears its
    share. A row of tokens replaces what was metered that month; an interaction without a cost is charged the mean of
    the others.
    """
    metered = _metered(entries)
    costed = metered.interactions - metered.uncosted
    enough = costed > 0 and costed >= min_costed_share * metered.interactions
    charges = [_booked(entries, kind) for kind in sorted(entries.costs)]
    notes: list[str] = []
    if costed > 0:
        charges.append(_charge(entries, TOKENS, metered.months, "measured", f"cost of {costed:,} interactions"))
        if metered.uncosted:
            of = f"{metered.uncosted:,} of {metered.interactions:,} interactions"
            notes.append(f"{of} without a cost, charged at the mean of the others")
    if entries.pilot:
        notes.append(f"{entries.share:.3g} of the product's costs, the pilot's share of its tasks")
    gaps = []
    for words, kinds in REQUIRED.items():
        bare = [month for month in entries.active() if not any(month in entries.costs.get(kind, ()) for kind in kinds)]
        if kinds == (TOKENS,):
            bare = [month for month in bare if not (enough and month in metered.months)]
            if bare and costed > 0 and not enough:
                gaps.append(f"only {costed:,} of {metered.interactions:,} interactions carry a token cost")
                continue
        if bare:
            when = "" if len(bare) == len(entries.active()) else f" in {', '.join(f'{month:%Y-%m}' for month in bare)}"
            gaps.append(f"no {words} costs{when}")
    return Bill(charges=tuple(charges), gaps=tuple(gaps), notes=tuple(notes))


def _booked(entries: Entries, kind: str) -> Charge:
    rows = entries.costs[kind]
    held = {month.start: 1.0 if kind == CAPITAL else month.held for month in entries.months}
    tag = max((row.tag for row in rows.values()), key=WORST.__getitem__)
    months = {month: row.amount * held[month] for month, row in rows.items()}
    return _charge(entries, kind, months, cast(Tag, tag), f"costs of {len(rows)} month{'s' if len(rows) > 1 else ''}")


def _metered(entries: Entries) -> _Metered:
    used = {month: row for month, row in entries.used.items() if month not in entries.costs.get(TOKENS, ())}
    interactions, uncosted = sum(row[1] for row in used.values()), sum(row[2] for row in used.values())
    costed = interactions - uncosted
    mean = math.fsum(row[0] for row in used.values()) / costed if costed else 0.0
    return _Metered({month: cost + mean * bare for month, (cost, _, bare) in used.items()}, interactions, uncosted)


def _charge(entries: Entries, kind: str, months: Mapping[date, float], tag: Tag, source: str) -> Charge:
    amounts = tuple(entries.share * months.get(month.start, 0.0) for month in entries.months)
    return Charge(kind, amounts, tag, source)
