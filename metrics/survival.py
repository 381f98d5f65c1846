"""Numbers in, numbers out: how long something takes when some of it has not ended yet. What is open is censored at the
moment up to which it was followed; it is never dropped.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

TIE = 1e-12  # products of shares that should be equal differ by less


class Table(NamedTuple):
    """The distinct times at which something ended or was last seen, in order: how many ended then, and how many had
    been waiting just before.
    """

    times: Sequence[float]
    events: Sequence[int]
    at_risk: Sequence[int]


class Step(NamedTuple):
    """The survival curve from an event time on: the share that still waits, and Greenwood's sum of d / (n (n - d)).
    Before, `waiting` were at risk; with it, `ended` have ended.
    """

    time: float
    survival: float
    greenwood: float
    waiting: int
    ended: int


class Bounds(NamedTuple):
    """A value with its pointwise interval; None: the curve does not tell (an upper end: it has none)."""

    value: float | None
    low: float | None
    high: float | None
    effective: float | None = None


def curve(table: Table) -> list[Step]:
    """The product-limit estimate: S(t) is the product of 1 - d / n over the event times up to t.

    Kaplan and Meier, JASA 53 (1958) 457-481; the variance is S(t)^2 times Greenwood's sum (1926).
    """
    steps: list[Step] = []
    survival, greenwood, ended = 1.0, 0.0, 0
    for time, events, waiting in zip(*table, strict=True):
        if events:
            survival *= (waiting - events) / waiting
            greenwood += events / (waiting * (waiting - events)) if waiting > events else math.inf
            ended += events
            steps.append(Step(time, survival, greenwood, waiting, ended))
    return steps


def quantile(table: Table, share: float, level: float) -> Bounds:
    """The smallest time by which at least `share` has ended, S(t) <= 1 - share; None where the curve never falls so
    far.

    The interval holds the times at which S(t) = 1 - share is not rejected: Brookmeyer and Crowley, Biometrics 38
    (1982) 29-41, with the log-log bounds of `bands`. It is the hull of these times, as in SAS and statsmodels. Where
    even the last event leaves surely more than 1 - share waiting, it begins with that event.
    """
    left = 1 - share
    steps = curve(table)
    between = bands(table, level)
    value = next((step.time for step in steps if step.survival <= left + TIE), None)
    low, high = crossings(steps, between, left)
    sure = steps[-1].time if steps else None
    return Bounds(value, sure if low is None else low, high)


def crossings(
    steps: Sequence[Step], between: Sequence[tuple[float, float]], left: float
) -> tuple[float | None, float | None]:
    """The first event time whose lower bound is at most `left`, and the one after the last whose upper bound is at
    least that; None where there is none. Read off log-log bounds alone (steps to which anybody is left) they are the
    limits of R's survfit; `quantile` says what it does beyond.
    """
    low = next((step.time for step, (least, _) in zip(steps, between, strict=True) if least <= left), None)
    above = max((place for place, (_, most) in enumerate(between) if most >= left), default=-1)
    return low, steps[above + 1].time if above + 1 < len(steps) else None


def share_within(table: Table, limit: float, level: float) -> Bounds:
    """The share that ends within `limit`, 1 - S(limit), with its log-log interval; all None where nothing was followed
    so long and something still waits.

    `effective` is the number of observations without censoring that would have the same variance.
    """
    past = [step for step in curve(table) if step.time <= limit]
    followed = next((n for time, n in zip(table.times, table.at_risk, strict=True) if time >= limit), 0)
    if not followed and not (past and past[-1].survival == 0):
        return Bounds(None, None, None)
    if not past:
        return Bounds(0.0, 0.0, 1 - _everyone(followed, level), float(followed))
    last, (least, most) = past[-1], bands(table, level)[len(past) - 1]
    if last.survival == 0:
        return Bounds(1.0, 1 - most, 1.0, float(last.ended) if _uncensored(table, last) else None)
    size = (1 - last.survival) / (last.survival * last.greenwood)
    return Bounds(1 - last.survival, 1 - most, 1 - least, size)


def bands(table: Table, level: float) -> list[tuple[float, float]]:
    """At each event time the interval of S(t) on the log-log scale: S(t) ^ exp(-/+ z sqrt(Greenwood) / log S(t)).

    Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data (1980), section 1.3. It is not defined where
    nobody is left. There the upper bound is the exact one for none of so many (Clopper and Pearson, Biometrika 26
    (1934) 404-413) when all were seen to the end; when some were not, that one for those who were still there, times
    the bound just before: the last one to end says little about those who were lost from sight.
    """
    critical, found, before = NormalDist().inv_cdf((1 + level) / 2), list[tuple[float, float]](), 1.0
    for step in curve(table):
        if step.survival == 0:
            seen = _uncensored(table, step)
            least = 0.0
            most = 1 - _everyone(step.ended, level) if seen else before * (1 - _everyone(step.waiting, level))
        else:
            spread = critical * math.sqrt(step.greenwood) / -math.log(step.survival)
            least, most = step.survival ** math.exp(spread), step.survival ** math.exp(-spread)
        found.append((least, most))
        before = most
    return found


def _uncensored(table: Table, step: Step) -> bool:
    return step.ended == table.at_risk[0]


def _everyone(number: int, level: float) -> float:
    """The lower Clopper-Pearson bound of a share that all of `number` showed."""
    return float(((1 - level) / 2) ** (1 / number))
