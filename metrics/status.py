"""What a number may be used for: the status rules in their order. Pure: numbers in; status, decides and a sentence
out.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from metrics.spec import Coverage, Status


class Known(NamedTuple):
    """The sums of a metric's Coverage: tasks known about, tasks there are, tasks only this metric's source could
    know.
    """

    known: int
    among: int
    stated: int


class Due(NamedTuple):
    """A product whose registry says how often a file is due, and how far its data reach."""

    product: str
    through: date
    cadence_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything the rules look at, for one metric in one group and period."""

    whose: str  # the group in words: "corp-llm", "all products"
    counts: str  # the denominator in words
    units_are: str  # "people"
    units: int
    hits: int
    events: int
    first_day: date
    last_day: date
    begins: date | None  # first day of data of the fact; None: nothing was ever loaded
    through: date | None  # last day of data
    today: date
    due: tuple[Due, ...] = ()
    cut: str = ""  # the week or month of which the period asked for holds only a part
    unmeasured: str = ""  # a reason of the metric's own why nobody measures this
    unfinished: str = ""  # a reason of the metric's own why its definition cannot be met here
    premature: str = ""  # the same, because the period is not over
    uncalibrated: str = ""  # why the value is a judge's, and not to be taken for the true one
    at_least: str = ""  # why the value is a lower bound
    coverage: Coverage | None = None
    known: Known | None = None
    minimum: float = 0.0  # least share of `among` that must be known
    show_units: int = 10
    decide_units: int = 30


class Judgement(NamedTuple):
    """The strongest status that applies. `shown`: there is a value to show; `bounded`: an interval, too."""

    status: Status
    decides: bool
    missing: str
    shown: bool
    bounded: bool


def judge(case: Case) -> Judgement:
    """Apply the rules, strongest first; what is shown does not depend on which of them won."""
    status, missing = _status(case)
    shown = case.events > 0 and status not in ("invalid", "not_measured") and not case.unfinished and not case.premature
    bounded = shown and case.units >= case.show_units
    decides = status == "ok" and case.units >= case.decide_units
    if status == "ok" and not decides:
        missing = f"{case.units} {case.units_are} of the {case.decide_units} that a decision needs."
    return Judgement(status, decides, missing, shown, bounded)


def _status(case: Case) -> tuple[Status, str]:
    if case.hits < 0 or case.hits > case.events:
        return "invalid", f"The data contradict themselves: {case.hits} of {case.events} {case.counts}."
    if absent := _not_measured(case):
        return "not_measured", absent
    if late := _stale(case):
        return "stale", late
    if case.uncalibrated and case.events:
        return "uncalibrated", case.uncalibrated
    if case.premature:
        return "partial", case.premature
    if short := _insufficient(case):
        return "insufficient", short
    if case.through is not None and case.last_day > case.through:
        return "partial", f"The data of {case.whose} reach {case.through}; the period ends on {case.last_day}."
    if case.at_least:
        return "partial", case.at_least
    if case.cut:
        return "partial", f"The period asked for holds only a part of {case.cut}."
    return "ok", ""


def _not_measured(case: Case) -> str:
    if case.unmeasured:
        return case.unmeasured
    if case.begins is None or case.through is None:
        return f"No data about {case.whose} has been loaded."
    if case.through < case.first_day:
        return f"The data of {case.whose} reach {case.through}, before this period begins on {case.first_day}."
    if case.begins > case.last_day:
        return f"The data of {case.whose} begin on {case.begins}, after this period ends on {case.last_day}."
    coverage, known = case.coverage, case.known
    if coverage and known and known.among and not known.stated and known.known < case.minimum * known.among:
        which = f"which of the {known.among} {coverage.among_words} {coverage.known_words}"
        return f"No source says {which}: {coverage.source}."
    return ""


def _stale(case: Case) -> str:
    for due in case.due:
        age = (case.today - due.through).days
        if age > due.cadence_days and case.last_day >= due.through:
            every = "every day" if due.cadence_days == 1 else f"every {due.cadence_days} days"
            return f"The data of {due.product} reach {due.through}, {age} days ago; a file is due {every}."
    return ""


def _insufficient(case: Case) -> str:
    if case.unfinished:
        return case.unfinished
    if case.events == 0:
        return f"0 of 0: {case.whose} has no {case.counts} in this period."
    coverage, known = case.coverage, case.known
    if coverage and known and known.among and known.known < case.minimum * known.among:
        return (
            f"Of {known.among} {coverage.among_words} only {known.known} say whether they {coverage.known_words};"
            f" at least {case.minimum:.0%} must."
        )
    if case.units < case.show_units:
        return f"{case.units} {case.units_are}: under {case.show_units} there is no interval to trust."
    return ""
