"""A reading in words: value, interval, what it counts, and its status with a sign. Pure: readings in, text out."""

from datetime import date
from typing import NamedTuple

from metrics.spec import Reading, Status

NBSP = "\u00a0"
NOTHING = "–"


class Sign(NamedTuple):
    """A status as people see it: a word, an icon's name, a colour's name, and what it means. Never the colour alone."""

    word: str
    icon: str
    colour: str
    means: str


SIGNS: dict[Status, Sign] = {
    "ok": Sign("Measured", "check_circle", "blue", "Enough people and fresh data: the number may drive a decision."),
    "partial": Sign("Partial period", "timelapse", "gray", "The data do not reach the end of the period yet."),
    "insufficient": Sign("Too little data", "hourglass_empty", "orange", "Something is there, not enough to judge by."),
    "uncalibrated": Sign("Uncalibrated", "tune", "orange", "A judge nobody has checked against people."),
    "stale": Sign("Stale", "history", "orange", "A file is overdue; the number is of the last data there are."),
    "not_measured": Sign("Not measured", "block", "gray", "No source says anything about it. That is not zero."),
    "invalid": Sign("Contradictory", "error", "red", "The data contradict themselves; do not use the number."),
}
INDICATIVE = Sign("Indicative", "info", "gray", "Measured, with too few people to decide by.")


def sign(reading: Reading) -> Sign:
    """The sign of a reading: that of its status, except that a measured one which may not decide says so."""
    return SIGNS[reading.status] if reading.status != "ok" or reading.decides else INDICATIVE


def percent(share: float | None) -> str:
    """A share as a percentage with one decimal: 0.8241 -> 82.4%; None -> a dash."""
    return NOTHING if share is None else f"{100 * share:.1f}%"


def interval(reading: Reading) -> str:
    """The interval as percentages without their sign, "78.1–86.0", or "" when the reading has none."""
    if reading.low is None or reading.high is None:
        return ""
    return f"{100 * reading.low:.1f}–{100 * reading.high:.1f}"


def units_of(reading: Reading) -> str:
    """What the reading was sampled from: "214 people", or sessions where too few interactions name a person."""
    one, many = ("session", "sessions") if "unit: session" in reading.method else ("person", "people")
    return f"{reading.units:,}{NBSP}{one if reading.units == 1 else many}"


def in_full(reading: Reading) -> str:
    """Value, interval and units in one line, "82.4% (78.1–86.0), 214 people"; the reason when there is no value."""
    if reading.value is None:
        return reading.missing or SIGNS[reading.status].means
    bounds = interval(reading)
    return f"{percent(reading.value)}{f' ({bounds})' if bounds else ''}, {units_of(reading)}"


def period(first: date, last: date) -> str:
    """A period as people write it: "1 Sep – 23 Nov 2026"."""
    if first == last:
        return f"{first.day} {first:%b %Y}"
    begin = f"{first.day} {first:%b}" if first.year == last.year else f"{first.day} {first:%b %Y}"
    return f"{begin} – {last.day} {last:%b %Y}"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 file", "2,310 files"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: list[str], limit: int = 4) -> str:
    """Names in a sentence: "a, b and c"; past the limit "a, b, c, d and 3 more"."""
    if len(names) > limit:
        names = [*names[:limit], f"{len(names) - limit} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
