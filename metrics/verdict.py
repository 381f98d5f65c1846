"""What the numbers of a pilot propose: scale, rework, repeat or close, by ordered rules of which the first that matches
wins. Pure: numbers in, numbers out; a person decides.
"""

from metrics.criteria import Criterion, More, Outcome, extra_units, judge_criterion
from metrics.pilot_case import Comparison, Decision, Finding, Gates, Harm, Judged, Needs, PilotCase, Verdict
from metrics.pilot_rules import BLOCKERS, evidence, futility, harm, needs_of

__all__ = [
    "Comparison", "Criterion", "Decision", "Gates", "Harm", "More", "Needs", "Outcome", "PilotCase", "Verdict",
    "extra_units", "judge_criterion", "pilot_verdict",
]  # fmt: skip


def pilot_verdict(case: PilotCase, gates: Gates | None = None) -> Verdict:
    """The first rule that matches, in this order.

    1. `not-begun`. 2. At any time `harm-not-fixable` -> close, `harm` -> rework. 3. Before the planned end `running`,
    with what it would be today, unless the planned tasks are reached and the evidence is complete. 4. `evidence` ->
    repeat. 5. `futile` -> close, `futile-fixable` -> rework. 6. `scale`, when nothing stands against it. 7. Else the
    first of BLOCKERS names the rule, and whatever else stands against scale is among the reasons: first what is known
    to be wrong (rework), then what is missing (repeat), so that a better reading never makes a worse decision.
    """
    judged = _judged(case, gates or Gates())
    if case.starts_on is None or case.as_of < case.starts_on:
        begins = f"It begins on {case.starts_on}." if case.starts_on else "No day is registered on which it begins."
        return Verdict(decision="not_begun", rule="not-begun", reasons=(begins,))
    if found := harm(judged):
        return _verdict(judged, found)
    today = _at_the_end(judged)
    ended = case.ends_on is not None and case.as_of > case.ends_on
    reached = case.tasks is not None and case.planned_tasks is not None and case.tasks >= case.planned_tasks
    if ended or (reached and today.rule != "evidence"):
        return today
    until = f"It runs until {case.ends_on}" if case.ends_on else "No planned end is registered"
    return Verdict(
        decision="running",
        rule="running",
        reasons=(f"{until}. If it had ended today: {today.decision}, by rule {today.rule}.", *today.reasons),
        needs=today.needs._replace(days=(case.ends_on - case.as_of).days + 1 if case.ends_on else 0),
        today=today,
    )


def _judged(case: PilotCase, gates: Gates) -> Judged:
    listed = sorted(case.criteria, key=lambda each: (each.role, each.criterion_id))
    outcomes = [(each, judge_criterion(each, case.measured.get(each.criterion_id), gates.power)) for each in listed]
    return Judged(case, gates, tuple(outcomes))


def _at_the_end(judged: Judged) -> Verdict:
    found = evidence(judged) or futility(judged) or [each for rule in BLOCKERS for each in rule(judged)]
    return _verdict(judged, found or _scale(judged))


def _scale(judged: Judged) -> list[Finding]:
    case = judged.case
    level = case.comparison.evidence if case.comparison else None
    won = [outcome.sentence for _, outcome in judged.of("must")]
    won.append(f"It is better than the current way of working, by evidence of level {level}.")
    won.append(f"The value exceeds the cost with a probability of {case.p_npv or 0:.1%}, and the checklist is done.")
    return [Finding("scale", "scale", sentence) for sentence in won]


def _verdict(judged: Judged, found: list[Finding]) -> Verdict:
    reasons = dict.fromkeys([*(finding.sentence for finding in found), *_asides(judged)])
    return Verdict(decision=found[0].decision, rule=found[0].rule, reasons=tuple(reasons), needs=needs_of(judged))


def _asides(judged: Judged) -> list[str]:
    """What changes no decision and must be said with it."""
    others = [*judged.of("guardrail"), *judged.of("should")]
    said = [outcome.sentence for _, outcome in others if outcome.counts and outcome.verdict != "met"]
    if changed := judged.case.changed_after_start:
        said.append(f"Changed after the start, so not agreed beforehand: {', '.join(sorted(changed))}.")
    return said
