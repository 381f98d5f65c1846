"""A pilot against the current way of working: the gain with its interval, and how good the evidence is."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
from scipy.special import ndtri

from data.economics import Baseline
from data.portfolio import Criterion, Pilot
from data.record import Design
from metrics.beliefs import DESIGNS, SAVED, Belief, Beliefs
from metrics.catalog import CATALOG, measure_of
from metrics.pilot_case import Comparison, Level
from metrics.simulate import draw, fault
from metrics.spec import Better, Reading
from metrics.statistics import rounded, wilson

USUAL = "task_success"  # what is compared first
WEAKEST_LAST: tuple[Design, ...] = ("controlled", "matched", "before_after")


class Contrast(NamedTuple):
    """One measure of the pilot and of the way it was before. The gain is positive where the pilot is better, whatever
    the direction of the measure; `metric` None: minutes saved a task, which is assumed and not measured here.

    `refused` says why there is no gain; `level` is that of its interval.
    """

    metric: str | None
    now: float | None
    before: float | None
    before_low: float | None
    before_high: float | None
    cases: int | None  # that the baseline was measured from
    gain: float | None
    low: float | None
    high: float | None
    level: float
    design: Design | None
    evidence: Level
    source: str
    refused: str = ""

    @property
    def comparison(self) -> Comparison:
        """What the verdict looks at."""
        return Comparison(low=self.low, high=self.high, evidence=self.evidence)


def contrasts(
    pilot: Pilot,
    criteria: Sequence[Criterion],
    readings: Mapping[str, Reading],
    *,
    baselines: Sequence[Baseline],
    beliefs: Beliefs,
    level: float,
) -> tuple[Contrast, ...]:
    """Every comparison that can be made; the verdict looks at the first.

    A baseline of the pilot's scenario counts where it is of a measure that the pilot is read by: of task success first,
    then of the criteria in order (must, guardrail, should). Where there is none, the minutes a task saves, as the
    registry assumes them of the pilot, its product or all.
    """
    roles = ("must", "guardrail", "should")
    listed = sorted(criteria, key=lambda row: (row.metric != USUAL, roles.index(row.role), row.criterion_id))
    names = list(dict.fromkeys([USUAL, *(row.metric for row in listed)]))
    own = {row.measure: row for row in baselines if row.scenario_id == pilot.scenario_id}
    ways = {row.metric: row.better for row in reversed(listed)}
    found = [
        against(own[name], readings.get(name), ways.get(name, CATALOG[name].better), level, design=pilot.design)
        for name in names
        if name in own and name in CATALOG
    ]
    if found:
        return tuple(found)
    belief = beliefs.of(SAVED, pilot.product_id, pilot.pilot_id)
    return () if belief is None else (_assumed(pilot, belief, level),)


def against(
    before: Baseline, now: Reading | None, better: Better, level: float, *, design: Design | None = None,
    whose: str = "pilot",
) -> Contrast:  # fmt: skip
    """A reading less the baseline, by the square-and-add of Donner and Zou (Stat. Med. 2002) from the intervals of
    both. `design` is that of the trial, where there is one; `whose` says in a refusal of what the reading is.
    """
    low, high = before.low, before.high
    if (low is None or high is None) and before.n and measure_of(before.measure) == "share" and 0 <= before.value <= 1:
        low, high = wilson(before.value, before.n, float(ndtri((1 + level) / 2)))
    design = _weaker(before.design, design)
    shared = Contrast(
        metric=before.measure, now=now.value if now else None, before=before.value, before_low=low, before_high=high,
        cases=before.n, gain=None, low=None, high=None, level=level, design=design, evidence=_level(DESIGNS[design]),
        source=f"baseline of scenario {before.scenario_id}",
    )  # fmt: skip
    bounds = _bounds(now)
    if refused := _refused(now, bounds, low is not None and high is not None, better, whose):
        return shared._replace(refused=refused)
    value, bottom, top = bounds
    down, up = cast(float, low), cast(float, high)
    gain = value - before.value
    least = gain - math.hypot(value - bottom, up - before.value)
    most = gain + math.hypot(top - value, before.value - down)
    if better == "lower":
        gain, least, most = -gain, -most, -least
    return shared._replace(gain=rounded(gain), low=rounded(least), high=rounded(most))


def _bounds(now: Reading | None) -> tuple[float, ...]:
    """Value, low and high of a reading that may decide and has them all; else nothing."""
    if now is None or not now.decides or now.value is None or now.low is None or now.high is None:
        return ()
    return now.value, now.low, now.high


def _refused(now: Reading | None, bounds: Sequence[float], bounded: bool, better: Better, whose: str) -> str:
    if now is None:
        return f"The {whose} has no reading of it."
    if not bounds:
        return f"The {whose}'s own number may not decide: {now.missing or 'it has no interval with two ends.'}"
    if better == "band":
        return "Neither more nor less of it is better, so a difference says nothing."
    if not bounded:
        return "The baseline has no interval: register its low and high, or the number of cases it was measured from."
    return ""


def _assumed(pilot: Pilot, belief: Belief, level: float) -> Contrast:
    shared = Contrast(
        metric=None, now=None, before=None, before_low=None, before_high=None, cases=None, gain=None, low=None,
        high=None, level=level, design=pilot.design, evidence=_level(belief.evidence), source=belief.source,
    )  # fmt: skip
    if why := fault(belief.given, pilot.pilot_id):
        return shared._replace(refused=why)
    ends = ((1 - level) / 2, 0.5, (1 + level) / 2)
    low, middle, high = np.quantile(draw(belief.given, pilot.pilot_id), ends, method="inverted_cdf").tolist()
    return shared._replace(gain=rounded(middle), low=rounded(low), high=rounded(high))


def _weaker(one: Design | None, other: Design | None) -> Design | None:
    """Of the designs that are stated the one that proves less: a pilot with controls is none beside an old baseline."""
    stated = [design for design in (one, other) if design is not None]
    return max(stated, key=WEAKEST_LAST.index, default=None)


def _level(evidence: str) -> Level:
    return next((level for level in ("A", "B") if level == evidence), "C")
