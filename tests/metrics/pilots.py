"""A pilot that deserves scale in every respect, and small words to take one thing away from it."""

from dataclasses import replace
from datetime import date

from metrics.criteria import Criterion
from metrics.health import Measured
from metrics.pilot_case import Comparison, Harm, PilotCase

SUCCESS = Criterion(
    criterion_id="c1", metric="task_success", role="must", better="higher", bar=0.8, floor=0.65, measure="share",
    title="Task success",
)  # fmt: skip
RETURNING = Criterion(
    criterion_id="c2", metric="adoption", role="must", better="higher", bar=0.5, floor=0.25, measure="share",
    title="Adoption",
)  # fmt: skip
ERRORS = Criterion(
    criterion_id="c3", metric="hallucination_rate", role="must", better="lower", bar=0.05, floor=0.1, measure="share",
    title="Errors", units_are="audited tasks",
)  # fmt: skip
ESCALATION = Criterion(
    criterion_id="c4", metric="escalation_rate", role="guardrail", better="lower", bar=0.3, measure="share",
    title="Escalation",
)  # fmt: skip
HOURS = Criterion(
    criterion_id="c5", metric="sme_response_time", role="should", better="lower", bar=4, floor=8, measure="hours",
    title="Expert answers", units_are="tickets",
)  # fmt: skip
CRITERIA = (SUCCESS, RETURNING, ERRORS, ESCALATION, HOURS)


def seen(low: float | None, value: float | None, high: float | None, units: int = 60) -> Measured:
    """A reading that may decide."""
    return Measured(low=low, value=value, high=high, status="ok", decides=True, units=units)


GOOD = {
    "c1": seen(0.82, 0.87, 0.91),
    "c2": seen(0.55, 0.66, 0.76),
    "c3": seen(0.01, 0.02, 0.04, 400),
    "c4": seen(0.05, 0.10, 0.17),
    "c5": seen(2.0, 2.9, 3.8, 35),
}
SCALE = PilotCase(
    criteria=CRITERIA,
    measured=GOOD,
    starts_on=date(2026, 8, 3),
    ends_on=date(2026, 9, 27),
    as_of=date(2026, 9, 28),
    users=60,
    tasks=900,
    planned_tasks=1000,
    complete_weeks=8,
    outcome_coverage=0.62,
    harm=Harm(low=0.0, count=0, agreed=0),
    fixable_share=0.7,
    causes=("missing context", "tool errors"),
    comparison=Comparison(low=0.03, high=0.11, evidence="B"),
    p_npv=0.91,
    readiness={"Owner": True, "support": True, "runbook": True, "connection_rules": True},
)


def but(case: PilotCase = SCALE, **readings: Measured | None) -> PilotCase:
    """The case with other readings by criterion; None takes one away."""
    left = {name: each for name, each in case.measured.items() if name not in readings}
    return replace(case, measured=left | {name: each for name, each in readings.items() if each is not None})
