"""A reading in words: value, interval, what it counts, and its status with a sign. Pure: readings in, text out."""

from datetime import date
from typing import NamedTuple

from metrics import amounts
from metrics.amounts import MARKS, number
from metrics.catalog import CATALOG, measure_of, units_are
from metrics.spec import Estimate, Measure, Reading, Status

NBSP = "\u00a0"
NOTHING = "–"
MADE_UP = "Made up, to look at: none of these numbers are yours."
"""What is said of the demo company."""


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
    return amount(share, "share")


def amount(value: float | None, measure: Measure) -> str:
    """A value as people read its measure: 82.4%, 6.5 h, 1.25×, 12,400; None -> a dash."""
    return NOTHING if value is None else amounts.amount(value, measure)


def value_of(reading: Reading) -> str:
    """The reading's value in its measure."""
    return amount(reading.value, measure_of(reading.metric))


def interval(reading: Reading) -> str:
    """The interval without its mark, "78.1–86.0"; "> 61.0" where it has no upper end; "" when there is none."""
    measure = measure_of(reading.metric)
    if reading.low is None:
        return ""
    if reading.high is None:
        return f">{NBSP}{number(reading.low, measure)}"
    between = " to " if reading.low < 0 else "–"
    return f"{number(reading.low, measure)}{between}{number(reading.high, measure)}"


def interval_in_full(reading: Reading) -> str:
    """The interval with its level, "95% interval 78.1–86.0%"; why there is none, where nothing was sampled."""
    bounds = interval(reading)
    if not bounds:
        return "Census, no interval" if reading.method.startswith("census") else "No interval"
    return f"{reading.level:.0%} interval {bounds}{MARKS[measure_of(reading.metric)]}"


def change(value: float, measure: Measure) -> str:
    """A difference with its sign: "+1.5 pp" of shares, "-0.4 h", "+0.12×"."""
    size = number(abs(value), measure)
    sense = "" if not size.strip("0.") else "+" if value > 0 else "-"
    return f"{sense}{size}{f'{NBSP}pp' if measure == 'share' else MARKS[measure]}"


def units_of(reading: Reading) -> str:
    """What the reading was sampled from: "214 people", "38 tickets", or sessions where few interactions name anyone."""
    many = "sessions" if "unit: session" in reading.method else _units(reading.metric)
    one = {"people": "person"}.get(many, many.removesuffix("s"))
    return f"{reading.units:,}{NBSP}{one if reading.units == 1 else many}"


def _units(name: str) -> str:
    return units_are(CATALOG[name]) if name in CATALOG else "people"


def in_full(reading: Reading) -> str:
    """Value, interval and units in one line, "82.4% (78.1–86.0), 214 people"; the reason when there is no value."""
    if reading.value is None:
        return reading.missing or SIGNS[reading.status].means
    bounds = interval(reading)
    return f"{value_of(reading)}{f' ({bounds})' if bounds else ''}, {units_of(reading)}"


def share_within(value: float, low: float | None, high: float | None) -> str:
    """A share with its interval where it has one: "13.4% (11.5–15.5)"."""
    return percent(value) if low is None or high is None else f"{percent(value)} ({100 * low:.1f}–{100 * high:.1f})"


def share_of(share: Estimate, units: int) -> str:
    """A share with its interval and people: "13.4% (11.5–15.5), 290 people"; a dash for none."""
    if share.value is None:
        return NOTHING
    return f"{share_within(share.value, share.low, share.high)}, {count(units, 'person', 'people')}"


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
