"""The context loop of each product: how long a gap takes from being opened to a better eval, stage by stage, with the
open ones censored, and how often it comes back.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

from data.cursor import Row
from data.settings import Settings
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics import survival
from metrics.compile import bound
from metrics.gaps import AGAIN_DAYS, STAGES, returns_sql, stages_sql
from metrics.proportions import score_interval
from metrics.spec import MetricError, Scope
from metrics.statistics import rounded
from metrics.survival import Bounds, Table

HOUR = 3600
NOTHING = Bounds(None, None, None)
UNSTATED = {
    "answered": "no ticket says when it was answered",
    "documented": "no ticket says when its answer was documented",
    "eval_added": "no ticket says when its eval case was added, and no case names a ticket",
    "eval_improved": "no eval case names a ticket: call it 'gap:' and the ticket's id",
}
UNSTATED["loop"] = UNSTATED["eval_improved"]
RATES = {
    "reopened": ("reopened", "reopen_of", "no answered ticket says how often it was reopened"),
    "recurrence": ("recurred", "recur_of", "no gap of the period names its topic"),
    "re_asked": ("again", "again_of", f"no answer to a named person about a topic lies {AGAIN_DAYS} days back"),
    "yield": ("yielded", "yield_of", "no gap of the period is documented yet"),
}


class Stage(NamedTuple):
    """A stage of the loop in business hours. Of `gaps` that entered it so many `ended`, were `stopped` (cancelled,
    closed, or their case passed from the start: censored then) or are `open`; `disordered` ones are left out.

    `decides`: as many ended as a median asks for. `missing` says why a number is not there, or how far the curve goes.
    """

    name: str
    gaps: int
    ended: int
    stopped: int
    open: int
    disordered: int
    median: Bounds
    p90: Bounds
    status: str
    decides: bool
    missing: str


class Rate(NamedTuple):
    """A share of gaps with Wilson's interval; `missing` says why there is none."""

    name: str
    hits: int
    of: int
    value: float | None
    low: float | None
    high: float | None
    missing: str


class Loop(NamedTuple):
    """A product's loop over the gaps opened in a period. `weekly`: gaps whose eval improved, whenever they were opened,
    by week of the period (None: not measured); `unfinished`: all that are somewhere in the loop now.
    """

    product: str
    gaps: int
    stages: tuple[Stage, ...]
    rates: tuple[Rate, ...]
    weekly: float | None
    unfinished: int


def loops(store: Warehouse, scope: Scope) -> list[Loop]:
    """The loop of every product of the scope that has gaps: by the period in which they were opened, each followed as
    far as its data reach. A product without tickets about gaps is not in it.
    MetricError for a scope of pilots.
    """
    if scope.pilots is not None:
        raise MetricError(
            "The context loop is of products: a gap that is closed is closed for all.", "Leave pilots out."
        )
    with store.reading() as reader:
        rules = settings_of(reader)
        curves, returns = (
            reader.rows(sql, bound(sql, scope, None, rules)) for sql in (stages_sql(scope), returns_sql(scope))
        )
    tables: dict[tuple[str, str], Row] = {(str(row["product"]), str(row["stage"])): row for row in curves}
    return [_loop(row, tables, scope, rules) for row in returns]


def _loop(row: Row, tables: Mapping[tuple[str, str], Row], scope: Scope, rules: Settings) -> Loop:
    product = str(row["product"])
    stages = []
    for name in STAGES:
        stated = _count(row, f"states_{'eval_improved' if name == 'loop' else name}")
        stages.append(_stage(name, tables.get((product, name), {}), "" if stated else UNSTATED[name], rules))
    rates = [
        _rate(name, _count(row, hits), _count(row, of), why, rules.level) for name, (hits, of, why) in RATES.items()
    ]
    proved, weeks = _count(row, "states_eval_improved"), ((scope.until - scope.since).days + 1) / 7
    if not proved:
        rates[-1] = _rate("yield", 0, 0, UNSTATED["loop"], rules.level)
    weekly = rounded(_count(row, "finished") / weeks) if proved else None
    return Loop(product, _count(row, "gaps"), tuple(stages), tuple(rates), weekly, _count(row, "unfinished"))


def _stage(name: str, row: Row, unstated: str, rules: Settings) -> Stage:
    ended, stopped, waiting, wrong = (_count(row, each) for each in ("ended", "stopped", "open", "disordered"))
    whole = (name, ended + stopped + waiting, ended, stopped, waiting, wrong)
    if unstated:
        return Stage(*whole, NOTHING, NOTHING, "not_measured", False, f"Not measured: {unstated}.")
    if not whole[1]:
        return Stage(*whole, NOTHING, NOTHING, "insufficient", False, "0 of 0: no gap of the period came so far.")
    table = Table(*(cast("list[int]", row[each]) for each in ("times", "events", "at_risk")))
    reasons, decides = [], ended >= rules.min_answered
    median = p90 = NOTHING
    if decides:
        median = _hours(survival.quantile(table, 0.5, rules.level))
        if median.value is None:
            reasons.append(f"Median not reached, > {table.times[-1] / HOUR:.1f} business hours.")
    else:
        reasons.append(f"{ended} of {whole[1]} came through; a median needs {rules.min_answered}.")
    if ended >= rules.min_answered_p90:
        p90 = _hours(survival.quantile(table, 0.9, rules.level))
        if p90.value is None:
            reasons.append(f"P90 not reached, > {table.times[-1] / HOUR:.1f} business hours.")
    elif decides:
        reasons.append(f"P90 needs {rules.min_answered_p90} that came through; there are {ended}.")
    if wrong:
        reasons.append(f"{wrong} left out: their moments are in the wrong order.")
    return Stage(*whole, median, p90, "ok" if decides else "insufficient", decides, " ".join(reasons))


def _hours(bounds: Bounds) -> Bounds:
    return Bounds(*(None if each is None else rounded(each / HOUR) for each in bounds[:3]))


def _rate(name: str, hits: int, of: int, why: str, level: float) -> Rate:
    ends = score_interval(hits, of, level)
    if ends is None:
        return Rate(name, 0, 0, None, None, None, f"Not measured: {why}.")
    return Rate(name, hits, of, rounded(hits / of), rounded(ends[0]), rounded(ends[1]), "")


def _count(row: Row, name: str) -> int:
    return cast("int | None", row.get(name)) or 0


def lines(found: Sequence[Loop]) -> list[tuple[str, ...]]:
    """Loops as a table of stages, in business hours, and of the shares beside them."""
    rows: list[tuple[str, ...]] = [("product", "stage", "gaps", "ended", "open", "median", "interval", "p90", "why")]
    for each in found:
        for stage in each.stages:
            counts = (f"{stage.gaps:,}", f"{stage.ended:,}", f"{stage.open:,}")
            times = (_shown(stage.median.value), _between(stage.median), _shown(stage.p90.value))
            rows.append((each.product, stage.name, *counts, *times, stage.missing))
        for rate in each.rates:
            value = "-" if rate.value is None else f"{rate.value:.0%}"
            bounds = "-" if rate.low is None or rate.high is None else f"{rate.low:.0%} - {rate.high:.0%}"
            rows.append(
                (each.product, rate.name, f"{rate.of:,}", f"{rate.hits:,}", "", value, bounds, "", rate.missing)
            )
    return rows


def _shown(hours: float | None) -> str:
    return "-" if hours is None else f"{hours:.1f} h"


def _between(bounds: Bounds) -> str:
    if bounds.low is None:
        return "-"
    return f"{bounds.low:.1f} - {bounds.high:.1f} h" if bounds.high is not None else f"> {bounds.low:.1f} h"


def as_data(found: Sequence[Loop]) -> list[dict[str, object]]:
    """Loops as what JSON can hold; times are business hours, shares from 0 to 1, what is not known is null."""
    return [
        {
            **each._asdict(),
            "stages": [
                {**stage._asdict(), "median": stage.median._asdict(), "p90": stage.p90._asdict()}
                for stage in each.stages
            ],
            "rates": [rate._asdict() for rate in each.rates],
        }
        for each in found
    ]
