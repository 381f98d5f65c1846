"""A reading against the one before it: the difference with its interval, or the reason why there is none."""

import math
from datetime import timedelta
from typing import NamedTuple

from metrics.spec import Reading, Scope
from metrics.statistics import rounded

WEAK = ("invalid", "not_measured", "insufficient", "uncalibrated")
PAIRED = frozenset(("task_success.eval",))
"""Metrics of cases that are the same before and after: never compared as if they were others."""


class Delta(NamedTuple):
    """How much a reading changed, in the reading's own measure. `refused` is a sentence: why no difference is shown.

    `clear`: the interval of the difference does not hold 0.
    """

    value: float | None
    low: float | None
    high: float | None
    refused: str = ""

    @property
    def clear(self) -> bool:
        """Whether the change is more than chance."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def before(scope: Scope) -> Scope:
    """The period of the same length that ends the day before this one begins."""
    length = scope.until - scope.since
    end = scope.since - timedelta(days=1)
    return scope.model_copy(update={"since": end - length, "until": end})


def delta(now: Reading, then: Reading) -> Delta:
    """The difference now - then with its MOVER interval, from the intervals of both.

    Donner and Zou, Stat. Med. 2002 (the square-and-add of Newcombe's method 10 for any two intervals). Periods that
    share people are positively correlated, so the interval is rather too wide than too narrow. Refused across a change
    of definition, of the way it was measured, and where either side has no value to rely on.
    """
    if now.definition_hash != then.definition_hash:
        return _refused("The definition changed in between.")
    if now.metric in PAIRED:
        return _refused("Not compared so: runs of the same cases are held against each other pair by pair.")
    if now.value is None or then.value is None:
        return _refused(f"Nothing to compare: no value in {'this period' if now.value is None else 'the one before'}.")
    for reading, when in ((now, "this period"), (then, "the period before")):
        if reading.status in WEAK:
            return _refused(f"Not compared: {reading.status.replace('_', ' ')} in {when}.")
        if reading.status == "partial":
            return _refused(f"Not compared: the data cover only a part of {when}.")
    if _path(now) != _path(then):
        return _refused("Not compared: it was measured in another way before.")
    change = now.value - then.value
    if now.low is None or now.high is None or then.low is None or then.high is None:
        return Delta(rounded(change), None, None)
    low = change - math.hypot(now.value - now.low, then.high - then.value)
    high = change + math.hypot(now.high - now.value, then.value - then.low)
    return Delta(rounded(change), rounded(low), rounded(high))


def _path(reading: Reading) -> str:
    """The way of measuring, without its numbers: readings of two ways are two things."""
    words = reading.method.split(";", maxsplit=1)[0].split(":")[0]
    return "".join(letter for letter in words if not letter.isdigit()).split(",")[0]


def _refused(why: str) -> Delta:
    return Delta(None, None, None, why)
