"""A scorecard as plain data, for other programs: its keys are a contract."""

from metrics.scorecard import Judged, Scorecard


def as_data(card: Scorecard) -> dict[str, object]:
    """The scorecard as what JSON can hold. Shares are from 0 to 1, days are 2026-09-30; what is not known is null."""
    scope = card.scope
    return {
        "pilot": card.pilot.pilot_id,
        "product": card.pilot.product_id,
        "decision": card.verdict.decision,
        "rule": card.verdict.rule,
        "reasons": list(card.verdict.reasons),
        "needs": dict(card.verdict.needs._asdict()),
        "criteria": [_criterion(each) for each in card.judged],
        "as_of": card.as_of.isoformat(),
        "period": [scope.since.isoformat(), scope.until.isoformat()] if scope else None,
        "users": card.case.users,
        "tasks": card.case.tasks,
        "decided": card.decided or None,
        "overdue": card.overdue,
    }


def _criterion(each: Judged) -> dict[str, object]:
    criterion, reading = each.criterion, each.reading
    return {
        "criterion_id": criterion.criterion_id,
        "metric": criterion.metric,
        "role": criterion.role,
        "better": criterion.better,
        "bar": criterion.bar,
        "floor": criterion.floor,
        "baseline": each.baseline.value if each.baseline else None,
        "value": reading.value if reading else None,
        "low": reading.low if reading else None,
        "high": reading.high if reading else None,
        "units": reading.units if reading else None,
        "status": reading.status if reading else "not_measured",
        "chance_at_end": each.chance,
        "verdict": each.outcome.verdict,
        "sentence": each.outcome.sentence,
    }
