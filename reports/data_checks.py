"""Whether the numbers of a pilot may be judged at all: what must be there, what is, in words. Pure."""

from typing import NamedTuple

from metrics.pilot_case import Judged
from metrics.pilot_rules import people_needed, tasks_needed
from metrics.scorecard import Scorecard


class Check(NamedTuple):
    """Whether one thing is there that a judgement needs; None: it cannot be said."""

    good: bool | None
    words: str
    means: str


def checks(card: Scorecard) -> list[Check]:
    """What must be there before the numbers of a pilot mean anything."""
    case, gates = card.case, card.gates
    coverage, weeks = case.outcome_coverage, case.complete_weeks
    needed = Judged(case, gates, ())
    over = case.ends_on is not None and case.as_of > case.ends_on
    ends = f"runs until {case.ends_on}" if case.ends_on else "no planned end"
    return [
        Check(
            None if coverage is None else coverage >= gates.outcome_coverage,
            f"{coverage:.0%} of ends known" if coverage is not None else "No ends known",
            f"Of at least {gates.outcome_coverage:.0%} of the tasks it must be known how they ended.",
        ),
        _enough(case.users, people_needed(needed), "people", "People who used it, of those that a decision needs."),
        _enough(
            case.tasks,
            tasks_needed(needed),
            "tasks",
            f"Tasks done, of {gates.planned_share:.0%} of those that were planned.",
        ),
        _enough(
            weeks,
            gates.complete_weeks,
            "complete weeks",
            "Weeks with data from Monday to Sunday, of those that a decision needs.",
        ),
        Check(over, f"Over since {case.ends_on}" if over else ends.capitalize(), "Decided at the planned end."),
    ]


def _enough(have: int | None, need: int | None, what: str, means: str) -> Check:
    if have is None:
        return Check(None, f"{what.capitalize()} not known", means)
    if need is None:
        return Check(False, f"{have:,} {what}, no number planned", means)
    return Check(have >= need, f"{have:,} of {need:,} {what}", means)
