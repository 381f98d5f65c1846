"""The rules of the pilot verdict, each a function from the judged case to what it found. Pure.

Rework means that something is known not to be good enough: change it. Repeat means that nothing is known to be wrong
and something is missing: go on until it is there. What is unknown (None) never counts as good.
"""

import math
import re
from collections.abc import Callable

from metrics.pilot_case import Finding, Judged, Needs

Rule = Callable[[Judged], list[Finding]]


def harm(judged: Judged) -> list[Finding]:
    """`harm-not-fixable` -> close, `harm` -> rework: a critical error rate surely over its limit, or more critical
    errors than agreed. It stops a pilot at any time.
    """
    seen, limit, words = judged.case.harm, _limit(judged), ""
    if seen.low is not None and seen.low > limit:
        words = f"Critical errors: at least {seen.low:.2%}, over the limit of {limit:.2%}."
    elif seen.count is not None and seen.agreed is not None and seen.count > seen.agreed:
        words = f"Critical errors: {seen.count}, over the {seen.agreed} agreed."
    if not words:
        return []
    if seen.fixable is False:
        return [Finding("harm-not-fixable", "close", f"{words} The owner marked them as not fixable.")]
    marked = "marked them as fixable" if seen.fixable else "has not said whether they can be fixed"
    return [Finding("harm", "rework", f"{words} The owner {marked}.")]


def evidence(judged: Judged) -> list[Finding]:
    """`evidence` -> repeat: a must that may not be judged, too few people, tasks, complete weeks or known outcomes."""
    case, gates, musts = judged.case, judged.gates, judged.of("must")
    found = [outcome.sentence for _, outcome in musts if not outcome.counts]
    if not musts:
        found.append("No must criterion was agreed, so there is nothing the pilot could show.")
    people, tasks = people_needed(judged), tasks_needed(judged)
    if case.users is None or case.users < people:
        found.append(_too_few(case.users, people, "people"))
    if tasks is None:
        found.append("No number of tasks was planned: register it.")
    elif case.tasks is None or case.tasks < tasks:
        of = f" ({gates.planned_share:.0%} of the {case.planned_tasks:,} planned)"
        found.append(_too_few(case.tasks, tasks, "tasks", of))
    if case.complete_weeks is None or case.complete_weeks < gates.complete_weeks:
        found.append(_too_few(case.complete_weeks, gates.complete_weeks, "complete weeks"))
    if case.outcome_coverage is None:
        found.append("Of how many tasks the end is known has not been measured.")
    elif case.outcome_coverage < gates.outcome_coverage:
        found.append(
            f"The end of {case.outcome_coverage:.1%} of the tasks is known; at least {gates.outcome_coverage:.0%} must."
        )
    return [Finding("evidence", "repeat", sentence) for sentence in found]


def futility(judged: Judged) -> list[Finding]:
    """`futile` -> close, `futile-fixable` -> rework: a must about value lies wholly beyond its floor. It closes only
    when it is known that most reasons of failure are none that can be fixed.
    """
    case, gates = judged.case, judged.gates
    failed = [o.sentence for c, o in judged.of("must") if o.failed and c.metric in gates.value_metrics]
    if not failed:
        return []
    causes = f" Most frequent: {', '.join(case.causes)}." if case.causes else ""
    if case.fixable_share is None:
        words = f"Why tasks fail is not known, so it is not known to be beyond repair.{causes}"
    else:
        words = f"{case.fixable_share:.0%} of the failures are missing context or technical errors.{causes}"
    if case.fixable_share is not None and case.fixable_share < gates.fixable_share:
        return [Finding("futile", "close", sentence) for sentence in (*failed, words)]
    return [Finding("futile-fixable", "rework", sentence) for sentence in (*failed, words)]


def below_bar(judged: Judged) -> list[Finding]:
    """`below-bar` -> rework: the value of a must lies on the bad side of its bar."""
    return [Finding("below-bar", "rework", outcome.sentence) for _, outcome in judged.of("must") if outcome.short]


def guardrail(judged: Judged) -> list[Finding]:
    """`guardrail` -> rework: the interval of a guardrail lies beyond its bar."""
    missed = [outcome.sentence for _, outcome in judged.of("guardrail") if outcome.verdict == "missed"]
    return [Finding("guardrail", "rework", sentence) for sentence in missed]


def goal(judged: Judged) -> list[Finding]:
    """`goal-failed` -> rework: the interval of a should lies beyond its floor."""
    return [Finding("goal-failed", "rework", outcome.sentence) for _, outcome in judged.of("should") if outcome.failed]


def worse(judged: Judged) -> list[Finding]:
    """`worse-than-today` -> rework: evidence that counts says that the current way of working is better."""
    gain = judged.case.comparison
    if gain is None or gain.high is None or gain.high >= 0 or gain.evidence not in judged.gates.evidence:
        return []
    return [Finding("worse-than-today", "rework", f"The current way is better, by evidence of level {gain.evidence}.")]


def not_worth_it(judged: Judged) -> list[Finding]:
    """`not-worth-it` -> rework: P(NPV > 0) under its floor."""
    chance, gates = judged.case.p_npv, judged.gates
    if chance is None or chance >= gates.npv_floor:
        return []
    return [Finding("not-worth-it", "rework", f"The value exceeds the cost with a probability of only {chance:.1%}.")]


def straddles(judged: Judged) -> list[Finding]:
    """`straddles` -> repeat: the interval of a must spans its bar with the value on the good side: how many more."""
    open_ones = [outcome for _, outcome in judged.of("must") if outcome.verdict == "inconclusive"]
    return [Finding("straddles", "repeat", outcome.sentence) for outcome in open_ones]


def unmeasured(judged: Judged) -> list[Finding]:
    """`unmeasured` -> repeat: a should, a guardrail or the critical errors of which nothing may be said."""
    others = (*judged.of("guardrail"), *judged.of("should"))
    found = [outcome.sentence for _, outcome in others if not outcome.counts]
    seen = judged.case.harm
    if seen.low is None or (seen.agreed is not None and seen.count is None):
        found.append("Critical errors have not been measured.")
    return [Finding("unmeasured", "repeat", sentence) for sentence in found]


def uncompared(judged: Judged) -> list[Finding]:
    """`uncompared` -> repeat: no gain over the current way of working is shown by evidence that counts."""
    gain, needed = judged.case.comparison, " or ".join(judged.gates.evidence)
    if gain is None:
        words = "It has not been compared with the current way of working."
    elif gain.evidence not in judged.gates.evidence:
        level = f"of level {gain.evidence}" if gain.evidence else "unknown"
        words = f"The evidence against the current way is {level}; scale needs level {needed}."
    elif gain.low is None or gain.low <= 0:
        words = "The gain over the current way of working is not shown: its interval does not lie above zero."
    else:
        return []
    return [Finding("uncompared", "repeat", words)]


def value_open(judged: Judged) -> list[Finding]:
    """`value-open` -> repeat: P(NPV > 0) is unknown, or under what scale asks for."""
    chance, gates = judged.case.p_npv, judged.gates
    if chance is None:
        return [Finding("value-open", "repeat", "Whether the value exceeds the cost is not known.")]
    if chance >= gates.npv or chance < gates.npv_floor:  # under the floor not-worth-it says so already
        return []
    words = f"The value exceeds the cost with a probability of {chance:.1%}; scale needs {gates.npv:.0%}."
    return [Finding("value-open", "repeat", words)]


def not_ready(judged: Judged) -> list[Finding]:
    """`not-ready` -> repeat: an item of the readiness checklist is not done, or nobody said."""
    items = judged.case.readiness
    if not items:
        return [Finding("not-ready", "repeat", "No readiness checklist has been filled in.")]
    done: dict[str, bool] = {}
    for item, is_done in items.items():
        done[_plainly(item)] = is_done and done.get(_plainly(item), True)
    asked = dict.fromkeys((*map(_plainly, judged.gates.checklist), *sorted(done)))
    owed = [item for item in asked if not done.get(item)]
    return [Finding("not-ready", "repeat", f"Not ready: {', '.join(owed)}.")] if owed else []


BLOCKERS: tuple[Rule, ...] = (
    below_bar, guardrail, goal, worse, not_worth_it,  # known to be wrong: rework
    straddles, unmeasured, uncompared, value_open, not_ready,  # missing: repeat
)  # fmt: skip


def people_needed(judged: Judged) -> int:
    """The pilot's gate of people: its own, else the usual one; never under the least."""
    own = judged.case.min_users
    return max(judged.gates.least_users, judged.gates.min_users if own is None else own)


def tasks_needed(judged: Judged) -> int | None:
    """The tasks without which there is not enough evidence; None when no number was planned."""
    planned = judged.case.planned_tasks
    return math.ceil(round(judged.gates.planned_share * planned, 6)) if planned else None


def needs_of(judged: Judged) -> Needs:
    """What is missing in numbers: up to the gates, and the people planned to clear an open bar of a must."""
    case, gates, tasks = judged.case, judged.gates, tasks_needed(judged)
    more = [
        outcome.more.planned
        for criterion, outcome in judged.of("must")
        if outcome.more and outcome.more.planned and criterion.units_are == "people"
    ]
    return Needs(
        people=max(0, people_needed(judged) - (case.users or 0), *more),
        tasks=max(0, tasks - (case.tasks or 0)) if tasks else 0,
        weeks=max(0, gates.complete_weeks - (case.complete_weeks or 0)),
    )


def _limit(judged: Judged) -> float:
    limit = judged.case.harm.limit
    return judged.gates.critical_limit if limit is None else limit


def _too_few(have: int | None, need: int, what: str, of: str = "") -> str:
    if have is None:
        return f"How many {what} there are is not known; {need:,} are needed{of}."
    return f"{have:,} {what} of the {need:,} needed{of}."


def _plainly(item: str) -> str:
    return re.sub(r"[\s_-]+", " ", item).strip().lower()
