"""Where a reading stands against its target, uncertainty included: one rule for every metric. Pure: numbers in; a
colour and a sentence out.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from metrics.amounts import amount
from metrics.spec import Better, Measure, Reading, Status

Colour = Literal["red", "likely_red", "amber", "grey", "likely_green", "green"]
WORST_FIRST: tuple[Colour, ...] = ("red", "likely_red", "amber", "grey", "likely_green", "green")
LIKELY: dict[Colour, Colour] = {"green": "likely_green", "red": "likely_red"}
MUST_KNOW = ("adoption", "task_success", "hallucination_rate")  # is it used, does it work, is it wrong
UNUSABLE: dict[Status, str] = {
    "invalid": "The data contradict themselves.",
    "not_measured": "Nobody measures it.",
    "stale": "The data are overdue.",
    "uncalibrated": "Its judge has not been checked against people.",
    "insufficient": "There is too little data.",
    "partial": "The data hold only a part of the period.",
    "ok": "It has neither a value nor an interval.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a number shall reach, and the floor beyond which it fails; floor None: nobody said when it fails.

    `higher`: good from the target up, failed under the floor; `lower` mirrors it. `band`: the target is the middle,
    the floor one edge, and the other edge lies as far on the other side; beyond an edge it fails, within half of that
    distance from the middle it is good.
    """

    better: Better
    target: float
    floor: float | None = None

    def fault(self) -> str:
        """Why nothing can be judged by it, or ""."""
        if not all(math.isfinite(end) for end in (self.target, self.floor or 0.0)):
            return "The target is no number."
        if self.better == "band":
            return "" if self.floor not in (None, self.target) else "A band needs a middle and an edge apart from it."
        if self.floor is None or self.floor == self.target or (self.floor < self.target) == (self.better == "higher"):
            return ""
        return f"The floor {self.floor:g} lies on the good side of the target {self.target:g}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the rules look at of a reading. One bound alone is an interval that is open on the other side.

    `census`: everything was counted, nothing sampled, so a value without interval is its own interval. Whoever asks
    must say so; it is never guessed from a text.
    """

    value: float | None
    low: float | None
    high: float | None
    status: Status
    decides: bool
    missing: str = ""
    units: int = 0
    level: float = 0.95
    census: bool = False

    def usable(self) -> bool:
        """Whether it says anything about its own period: status ok, with an interval (or a census)."""
        bounded = self.low is not None or self.high is not None or (self.census and self.value is not None)
        numbers = [each for each in (self.value, self.low, self.high) if each is not None]
        ordered = self.low is None or self.high is None or self.low <= self.high
        return self.status == "ok" and bounded and ordered and not any(math.isnan(each) for each in numbers)

    def why_not(self) -> str:
        """Why it is not usable, or why it may not decide; "" for nothing."""
        if self.usable():
            return "" if self.decides else self.missing or "Too few to decide by."
        return self.missing or UNUSABLE[self.status]


class Upright(NamedTuple):
    """A measured number and its goal, turned so that more is better."""

    value: float | None
    low: float
    high: float
    target: float
    floor: float | None


class Health(NamedTuple):
    """A colour with its reason."""

    colour: Colour
    sentence: str

    @property
    def solid(self) -> bool:
        """Only green and red drive a decision or a notification; the likely ones are drawn hatched."""
        return self.colour in ("green", "red")

    @property
    def known(self) -> bool:
        """Whether anything is known: every colour but grey."""
        return self.colour != "grey"


UNKNOWN = Health("grey", "It has not been measured.")


def measured(reading: Reading, *, census: bool = False) -> Measured:
    """What the rules look at of this reading; `census` as in Measured."""
    return Measured(
        value=reading.value,
        low=reading.low,
        high=reading.high,
        status=reading.status,
        decides=reading.decides,
        missing=reading.missing,
        units=reading.units,
        level=reading.level,
        census=census,
    )


def upright(seen: Measured, goal: Goal) -> Upright | None:
    """The number and its goal with more being better: negated for `lower`, distance from the middle for `band`.

    None where the number is not usable or the goal has a fault.
    """
    if not seen.usable() or goal.fault():
        return None
    value, low, high = seen.value, seen.low, seen.high
    if low is None and high is None:  # a census
        low = high = value
    low, high = -math.inf if low is None else low, math.inf if high is None else high
    if goal.better == "higher":
        return Upright(value, low, high, goal.target, goal.floor)
    if goal.better == "lower":
        floor = None if goal.floor is None else -goal.floor
        return Upright(None if value is None else -value, -high, -low, -goal.target, floor)
    middle, reach = goal.target, abs((goal.floor or 0.0) - goal.target)
    off = None if value is None else -abs(value - middle)
    return Upright(off, -max(middle - low, high - middle), -max(0.0, low - middle, middle - high), -reach / 2, -reach)


def health(seen: Measured | None, goal: Goal | None, measure: Measure = "share") -> Health:
    """The colour of a number against its goal.

    Green: the whole interval reaches the target. Likely green: the value does, and the whole interval the floor. Red:
    the whole interval lies beyond the floor. Likely red: the value does. Amber: anything else. Grey: nothing that may
    be coloured, or no target. A number that may not decide is never more than likely.
    """
    if seen is None:
        return UNKNOWN
    if goal is None:
        return Health("grey", "No target is set.")
    if fault := goal.fault():
        return Health("grey", fault)
    stands = upright(seen, goal)
    if stands is None:
        return Health("grey", seen.why_not())
    colour = _colour(stands)
    if not seen.decides:
        colour = LIKELY.get(colour, colour)
    target = f"the target of {aim(goal, measure)}"
    floor = f"the floor of {reached(goal.floor, measure)}"
    words: dict[Colour, str] = {
        "green": f"the whole interval reaches {target}",
        "likely_green": f"it reaches {target}, though not for certain",
        "red": f"the whole interval lies beyond {floor}",
        "likely_red": f"it lies beyond {floor}, though not for certain",
        "amber": f"it is certain of neither {target} nor {floor}",
    }
    return Health(colour, " ".join(filter(None, [f"{said(seen, measure)}: {words[colour]}.", seen.why_not()])))


def _colour(stands: Upright) -> Colour:
    value, low, high, target, floor = stands
    if low >= target:
        return "green"
    if value is not None and value >= target and (floor is None or low >= floor):
        return "likely_green"
    if floor is not None and high < floor:
        return "red"
    if floor is not None and value is not None and value < floor:
        return "likely_red"
    return "amber"


def overall(known: Mapping[str, Health], must: Sequence[str] = MUST_KNOW) -> Health:
    """The health of a product: the worst colour of the metrics that must be known, by name; others do not count.

    Worst first: red, likely red, amber, grey, likely green, green. So one failure makes it red, it is green only when
    all are, and an unknown one is never good: a product of which success is not measured is grey, however much it is
    used.
    """
    found = [(name, known.get(name, UNKNOWN)) for name in must]
    if not any(each.known for _, each in found):
        return Health("grey", "Nothing that must be known is known yet.")
    worst = min((each.colour for _, each in found), key=WORST_FIRST.index)
    return Health(worst, " ".join(f"{name}: {each.sentence}" for name, each in found if each.colour == worst))


def reached(value: float | None, measure: Measure) -> str:
    """A value as people read its measure; one that does not exist was not reached."""
    return "not reached" if value is None or math.isinf(value) else amount(value, measure)


def aim(goal: Goal, measure: Measure) -> str:
    """The target with its direction: at least 80.0%, at most 4.0 h, 10.0% give or take 2.5."""
    if goal.better == "band" and goal.floor is not None:
        near = reached(abs(goal.floor - goal.target) / 2, measure)
        return f"{reached(goal.target, measure)} give or take {near}"
    return f"{'at most' if goal.better == 'lower' else 'at least'} {reached(goal.target, measure)}"


def said(seen: Measured, measure: Measure) -> str:
    """The value with its interval: "82.4% (78.1% to 86.0%)", "6.0 h (above 3.5 h)"."""
    value = reached(seen.value, measure)
    if seen.low is None and seen.high is None:
        return value
    if seen.high is None or math.isinf(seen.high):
        return f"{value} (above {reached(seen.low, measure)})"
    if seen.low is None or math.isinf(seen.low):
        return f"{value} (under {reached(seen.high, measure)})"
    return f"{value} ({reached(seen.low, measure)} to {reached(seen.high, measure)})"
