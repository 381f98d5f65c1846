"""Reference routines of times to an event: inputs as the cases name them, to metrics/survival.py and logrank.py."""

import math

from metrics import survival
from metrics.logrank import logrank
from metrics.survival import Step, Table
from tests.reference.cases import Found, Inputs, Malformed

Waits = list[tuple[float, bool]]


def observed(given: Inputs, ending: str = "") -> Waits:
    """Times with whether each ended; all did where no events are stated."""
    times = given.numbers(f"time{ending}")
    ended = given.get(f"event{ending}", [1] * len(times))
    if len(ended) != len(times):
        raise Malformed(f"'time{ending}' has {len(times)} values and 'event{ending}' {len(ended)}")
    return [(time, bool(end)) for time, end in zip(times, ended, strict=True)]


def table(waits: Waits) -> Table:
    """The table of single observations, by plain counting."""
    times = sorted({time for time, _ in waits})
    events = [sum(end for at, end in waits if at == time) for time in times]
    return Table(times, events, [sum(at >= time for at, _ in waits) for time in times])


def _at(given: Inputs) -> list[tuple[int, Step | None] | None]:
    """The place and step of the curve at each time asked for: None before the first; the whole None beyond what was
    followed, where the curve says nothing.
    """
    waits = observed(given)
    steps, last = survival.curve(table(waits)), max((time for time, _ in waits), default=-math.inf)
    found: list[tuple[int, Step | None] | None] = []
    for time in given.numbers("at"):
        past = [(place, step) for place, step in enumerate(steps) if step.time <= time]
        ended = bool(past) and past[-1][1].survival == 0
        found.append((past[-1] if past else (-1, None)) if time <= last or ended else None)
    return found


def survival_at(given: Inputs) -> list[Found]:
    """The share that still waits at each time."""
    return [None if each is None else (each[1].survival if each[1] else 1.0) for each in _at(given)]


def error_at(given: Inputs) -> list[Found]:
    """Greenwood's standard error at each time; where nobody waits it is not defined."""
    return [
        None if each is None or (each[1] and not each[1].survival)
        else (each[1].survival * math.sqrt(each[1].greenwood) if each[1] else 0.0)
        for each in _at(given)
    ]  # fmt: skip


def interval_at(given: Inputs) -> list[Found]:
    """The lower log-log bound at each time; the upper where the case's name, or its `bound`, says so; both, all lower
    ones first, where `bound` is "both". Where all or nobody waits they are not defined.
    """
    bands = survival.bands(table(observed(given)), given.level)
    bound = str(given.get("bound", given.get("side", "upper" if "upper" in given.case else "lower")))
    defined = [each[0] if each and each[1] and 0 < each[1].survival < 1 else None for each in _at(given)]
    low, high = ([None if place is None else bands[place][end] for place in defined] for end in (0, 1))
    return {"lower": low, "upper": high, "both": low + high}[bound]


def medians(given: Inputs) -> list[Found]:
    """The median of each group, in the order of their times."""
    groups = [table(observed(given, ending)) for ending in given.ending("time")]
    if not groups:
        raise Malformed("input 'time' is missing: state the times of each group ('time', or 'time_a', 'time_b')")
    return [survival.quantile(group, 1 - given.number("q", 0.5), given.level).value for group in groups]


def median_interval(given: Inputs) -> list[Found]:
    """Low, high, read off the log-log bounds where they are defined, as R does."""
    waits = table(observed(given))
    steps = survival.curve(waits)
    defined = [pair for pair in zip(steps, survival.bands(waits, given.level), strict=True) if pair[0].survival > 0]
    return list(survival.crossings([step for step, _ in defined], [ends for _, ends in defined], 0.5))


def log_rank(given: Inputs) -> list[Found]:
    """Chi-squared, p."""
    found = logrank([observed(given, ending) for ending in given.ending("time")])
    return [None, None] if found is None else list(found)
