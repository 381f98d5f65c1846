"""Numbers in, numbers out: whether a series still does what it did in its baseline, by three charts that each say how
often they cry wolf.

A baseline that were known exactly gives one false alarm in 465 points by the CUSUM (allowance 0.5, threshold 5), one in
370 by the average (weight 0.2, 2.86 deviations) and one in 370 by the limits (three deviations). One that is estimated
from eight points gives more, because a lucky baseline is never reached again: `make calibrate` says how many.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from scipy.special import ndtr

from metrics.change_point import pettitt
from metrics.control_charts import (
    SIGMAS,
    Signal,
    began,
    cusum,
    first_signal,
    overdispersion_of,
    smoothed,
    smoothed_limits,
)

BASELINE = 8  # points that are frozen
ALLOWANCE, THRESHOLD = 0.5, 5.0
WEIGHT, AVERAGE_SIGMAS = 0.2, 2.86
RECENT = 4  # points that the test over many series holds against the baseline
SURE = 0.05  # the p under which a change point is worth a hint
Chart = Literal["CUSUM", "average", "limits"]
WOLF: dict[Chart, int] = {"CUSUM": 465, "average": 370, "limits": 370}


class Point(NamedTuple):
    """A value of the series with its standard error."""

    name: str
    value: float
    error: float


class Alarm(NamedTuple):
    """The first point at which a chart signals, to which side, and with which point the run began. `one_in`: how many
    points there are to a false alarm if the baseline were known exactly.
    """

    chart: Chart
    at: str
    began: str
    side: Literal["up", "down"]
    one_in: int


class Drift(NamedTuple):
    """What a series does against its baseline. `scores` are the later points in its deviations, `p` is the test of the
    last four points against it, and `hint` the last point before a possible change: for a person to confirm.
    """

    baseline: float
    deviation: float
    scores: tuple[float, ...]
    alarms: tuple[Alarm, ...]
    p: float
    hint: str


def drift(points: Sequence[Point], baseline: int = BASELINE) -> Drift | None:
    """The charts over the points after the first `baseline` ones; None where there is none after them, or no error.

    The baseline's value is the mean weighted by precision; a later point's score is its distance from it by the error
    of both, times the spread by which the baseline's own points vary more than their errors say (Laney; at least 1).
    """
    frozen, later = points[:baseline], points[baseline:]
    if len(frozen) < baseline or not later or any(point.error <= 0 for point in points):
        return None
    weights = [1 / point.error**2 for point in frozen]
    middle = math.fsum(w * point.value for w, point in zip(weights, frozen, strict=True)) / math.fsum(weights)
    own = 1 / math.fsum(weights)
    spread = overdispersion_of([(point.value - middle) / point.error for point in frozen])
    scores = [(point.value - middle) / (spread * math.hypot(point.error, math.sqrt(own))) for point in later]
    return Drift(
        baseline=middle,
        deviation=spread,
        scores=tuple(scores),
        alarms=tuple(_alarms(scores, [point.name for point in later])),
        p=_recent(later[-RECENT:], middle, own, spread),
        hint=_hint(points),
    )


def _alarms(scores: Sequence[float], names: Sequence[str]) -> list[Alarm]:
    found: list[Alarm] = []
    sums = cusum(scores, 0.0, ALLOWANCE)
    if signal := first_signal(sums, THRESHOLD):
        found.append(_alarm("CUSUM", signal, began(sums, signal), names))
    ends = smoothed_limits(0.0, 1.0, WEIGHT, AVERAGE_SIGMAS)
    for chart, values, limit in (("average", smoothed(scores, WEIGHT, 0.0), ends.high), ("limits", scores, SIGMAS)):
        place = next((place for place, value in enumerate(values) if abs(value) > limit), None)
        if place is not None:
            side: Literal["up", "down"] = "up" if values[place] > 0 else "down"
            kind: Chart = "average" if chart == "average" else "limits"
            found.append(_alarm(kind, Signal(values[place], place, side), place, names))
    return found


def _alarm(chart: Chart, signal: Signal, start: int, names: Sequence[str]) -> Alarm:
    return Alarm(chart, names[signal.place], names[start], signal.side, WOLF[chart])


def _recent(points: Sequence[Point], middle: float, own: float, spread: float) -> float:
    """The two-sided p of the last points' mean against the baseline."""
    weights = [1 / point.error**2 for point in points]
    mean = math.fsum(w * point.value for w, point in zip(weights, points, strict=True)) / math.fsum(weights)
    score = (mean - middle) / (spread * math.sqrt(own + 1 / math.fsum(weights)))
    return float(2 * ndtr(-abs(score)))


def _hint(points: Sequence[Point]) -> str:
    found = pettitt([point.value for point in points])
    return points[found.before - 1].name if found and found.p < SURE else ""
