"""What a pilot must show, judged by the interval against the bar, and how many more units an open bar would take. Pure:
numbers in, numbers out.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from metrics.health import Goal, Measured, aim, reached, said, upright
from metrics.planning import chance_at_end, people_worth
from metrics.spec import Better, Measure
from metrics.statistics import t_quantile

Role = Literal["must", "should", "guardrail"]
MOST = 1_000_000  # more units than this is no plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A bar that was agreed before the pilot began. `title` and `units_are` ("people", "tickets") are for sentences."""

    criterion_id: str
    metric: str
    role: Role
    better: Better
    bar: float
    floor: float | None = None
    measure: Measure
    title: str = ""
    units_are: str = "people"

    @property
    def goal(self) -> Goal:
        """The bar as a target."""
        return Goal(better=self.better, target=self.bar, floor=self.floor)

    @property
    def name(self) -> str:
        """How sentences call it."""
        return self.title or self.metric


class More(NamedTuple):
    """Units that an open bar still needs if the rate stays as it is: the fewest that clear it when the next ones come
    exactly so, and the number that clears it with the power asked for. None: none up to a million would.
    """

    least: int | None
    planned: int | None


class Outcome(NamedTuple):
    """A criterion's verdict.

    `counts`: its reading may decide; met and missed always count. `failed`: missed beyond the floor, too. `short`: the
    value itself lies on the bad side of the bar, or is not known. `more`: of a value on the good side whose interval
    spans the bar, how many more units would clear it.
    """

    verdict: Literal["met", "missed", "inconclusive", "unmeasured"]
    counts: bool
    failed: bool
    short: bool
    sentence: str
    more: More | None = None


def judge_criterion(criterion: Criterion, seen: Measured | None, power: float = 0.9) -> Outcome:
    """The interval against the bar, the same for every role (for `lower` all is mirrored, `band` as in Goal).

    Met: the whole interval reaches the bar. Missed: the whole interval lies on its bad side (failed: beyond the floor,
    too; a criterion without floor cannot fail). Inconclusive: the bar lies within, or the reading may not decide yet.
    Unmeasured: no reading that could be held against a bar.
    """
    goal, name = criterion.goal, criterion.name
    if fault := goal.fault():
        return Outcome("unmeasured", False, False, True, f"{name}: {fault}")
    if seen is None:
        return Outcome("unmeasured", False, False, True, f"{name} has not been measured.")
    stands = upright(seen, goal)
    if stands is None:
        known = seen.value is not None and seen.status in ("stale", "insufficient", "partial")
        verdict: Literal["inconclusive", "unmeasured"] = "inconclusive" if known else "unmeasured"
        return Outcome(verdict, False, False, True, f"{name}: {seen.why_not()}")
    bar, numbers = f"the bar of {aim(goal, criterion.measure)}", f"{name} is {said(seen, criterion.measure)}"
    short = stands.value is None or stands.value < stands.target
    if not seen.decides:
        return Outcome("inconclusive", False, False, short, f"{numbers}, which may not decide: {seen.why_not()}")
    if stands.low >= stands.target:
        return Outcome("met", True, False, False, f"{numbers}: the whole interval meets {bar}.")
    if stands.high < stands.target:
        failed = stands.floor is not None and stands.high < stands.floor
        beyond = f", and its floor of {reached(criterion.floor, criterion.measure)}" if failed else ""
        return Outcome("missed", True, failed, True, f"{numbers}: the whole interval misses {bar}{beyond}.")
    if short:
        return Outcome("inconclusive", True, False, True, f"{numbers}: the value misses {bar}, the interval spans it.")
    more = More(extra_units(seen, criterion), extra_units(seen, criterion, power))
    spans = f"{numbers}: the interval spans {bar}. {_plan(more, power)}"
    return Outcome("inconclusive", True, False, False, spans, more)


def _plan(more: More, power: float) -> str:
    if more.least is None or more.planned is None:
        return "How many more would clear it cannot be said."
    return f"At this rate {more.least:,} more would just clear it; plan {more.planned:,} for a chance of {power:.0%}."


def extra_units(seen: Measured, criterion: Criterion, power: float | None = None) -> int | None:
    """How many more units until the interval of a share clears the bar, if the rate stays as it is; with `power`, so
    many that it does so this often when the rate seen is the true one (metrics.planning).

    Wilson's interval is inverted twice. Its bound x gives the effective size, n = c^2 x (1 - x) / (p - x)^2, with
    c = t(K - 1); each further unit is taken to be worth as much, n / K. Without power, the lower bound clears the bar b
    from n >= c^2 b (1 - b) / (p - b)^2, with c of the new K.

    None where nothing can be said: not a share, a band, no value on the good side of the bar, an interval without
    width, or more than a million. For an interval that is not Wilson's (a corrected rate) it is an approximation.
    """
    worth = _worth(seen, criterion)
    if worth is None:
        return None
    value, bar, size, units = worth
    each = size / units

    def enough(count: int) -> bool:
        return each * count >= (t_quantile(seen.level, count - 1) / (value - bar)) ** 2 * bar * (1 - bar)

    if power is not None:
        planned = people_worth(value, bar, power, each, seen.level)
        return None if planned is None or planned - units > MOST else max(0, planned - units)
    if enough(units):
        return 0
    if not enough(units + MOST):
        return None
    short, long = units, units + MOST  # more units narrow the interval, so the first that is enough lies between
    while long - short > 1:
        middle = (short + long) // 2
        short, long = (short, middle) if enough(middle) else (middle, long)
    return long - units


def chance(seen: Measured | None, criterion: Criterion, growth: float | None) -> float | None:
    """The chance that the interval clears the bar at the planned end, when `growth` times as much has been seen and the
    rate stays as it is. None where it cannot be said, as of extra_units, or no more is to come.
    """
    worth = _worth(seen, criterion, short_too=True) if seen and growth and seen.decides else None
    if worth is None or growth is None or seen is None:
        return None
    value, bar, size, units = worth
    return chance_at_end(value, bar, size, growth, units, level=seen.level)


class _Worth(NamedTuple):
    """A share and its bar, mirrored where lower is better, with the effective size of its interval."""

    value: float
    bar: float
    size: float
    units: int


def _worth(seen: Measured, criterion: Criterion, *, short_too: bool = False) -> _Worth | None:
    value, low, high, bar = seen.value, seen.low, seen.high, criterion.bar
    if value is None or low is None or high is None or criterion.measure != "share" or criterion.better == "band":
        return None
    if criterion.better == "lower":
        value, low, high, bar = 1 - value, 1 - high, 1 - low, 1 - bar
    bound = low if low > 0 else high
    apart = 0 <= low <= value <= high <= 1 and bound not in (0, 1, value)
    if seen.units < 2 or not 0 < bar < 1 or not apart or (bar >= value and not short_too):
        return None
    size = (t_quantile(seen.level, seen.units - 1) / (value - bound)) ** 2 * bound * (1 - bound)
    return _Worth(value, bar, size, seen.units)
