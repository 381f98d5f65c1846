"""Wrong decisions from right numbers. A test here is never weakened."""

from dataclasses import replace
from datetime import timedelta

import pytest

from metrics.health import Goal, Health, Measured, health, overall
from metrics.pilot_case import Comparison, Harm, PilotCase
from metrics.portfolio_verdict import ProductCase, product_verdict
from metrics.spec import Status
from metrics.verdict import pilot_verdict
from tests.metrics.pilots import GOOD, SCALE, but, seen

SUCCESS = Goal(better="higher", target=0.8, floor=0.65)
SHADY: tuple[Status, ...] = ("invalid", "not_measured", "stale", "uncalibrated", "insufficient", "partial")
TERRIBLE, SPLENDID = seen(0.1, 0.2, 0.3), seen(0.97, 0.98, 0.99)


@pytest.mark.parametrize("status", SHADY)
@pytest.mark.parametrize("numbers", [TERRIBLE, SPLENDID])
def test_a_reading_that_is_not_ok_drives_no_verdict(status: Status, numbers: Measured) -> None:
    """A partial, stale or uncalibrated number neither closes nor scales a pilot, nor retires, fixes or scales a
    product, even if it claims that it decides.
    """
    shady = replace(numbers, status=status, missing="Not to be used.")
    pilot = pilot_verdict(replace(but(c1=shady), fixable_share=0.0))
    assert (pilot.decision, pilot.rule) == ("repeat", "evidence")
    colour = health(shady, SUCCESS)
    assert not colour.known
    for pilots in ("scale", None):
        case = ProductCase(
            days_since_launch=400, adoption=colour, task_success=colour, errors=colour, escalation=colour, roi=colour,
            better_elsewhere=(), pilot=pilots, trend="same",
        )  # fmt: skip
        assert product_verdict(case).decision == "measure"


@pytest.mark.parametrize("numbers", [TERRIBLE, SPLENDID])
def test_too_few_people_decide_nothing(numbers: Measured) -> None:
    """Twelve people of thirty colour nothing solid and end no pilot, whatever they say."""
    few = replace(numbers, units=12, decides=False, missing="12 people of the 30 that a decision needs.")
    assert not health(few, SUCCESS).solid
    assert pilot_verdict(replace(but(c1=few), fixable_share=0.0)).rule == "evidence"


def test_opinions_alone_never_scale() -> None:
    """Whatever people say of the time they save, evidence of level C does not scale, and does not close either."""
    for low, high in ((0.5, 0.9), (0.01, 0.02), (-0.9, -0.5)):
        found = pilot_verdict(replace(SCALE, comparison=Comparison(low=low, high=high, evidence="C")))
        assert (found.decision, found.rule) == ("repeat", "uncompared")


def test_looking_every_day_decides_nothing_but_harm() -> None:
    """Before the planned end neither luck nor bad luck ends a pilot; only harm does, by a bound for daily looks."""
    assert SCALE.starts_on is not None
    assert SCALE.ends_on is not None
    day = SCALE.starts_on
    while day <= SCALE.ends_on:
        for case in (SCALE, replace(but(c1=TERRIBLE), fixable_share=0.0), but(c1=None)):
            assert pilot_verdict(replace(case, as_of=day)).decision == "running"
        assert pilot_verdict(replace(SCALE, as_of=day, harm=Harm(low=0.02))).rule == "harm"
        day += timedelta(days=1)


def test_a_straddling_interval_is_no_success() -> None:
    """A value over the bar with an interval that reaches under it is repeat with a number, not scale."""
    found = pilot_verdict(but(c1=seen(0.799, 0.85, 0.90)))
    assert (found.decision, found.rule) == ("repeat", "straddles")
    assert found.needs.people > 0


def test_nothing_measured_is_no_zero_harm() -> None:
    """Critical errors that nobody looked for are unknown: neither a stop nor a pass."""
    found = pilot_verdict(replace(SCALE, harm=Harm()))
    assert (found.decision, found.rule) == ("repeat", "unmeasured")


@pytest.mark.parametrize(
    "blind",
    [
        replace(SCALE, users=None), replace(SCALE, tasks=None), replace(SCALE, complete_weeks=None),
        replace(SCALE, outcome_coverage=None), replace(SCALE, p_npv=None), replace(SCALE, readiness=None),
        replace(SCALE, comparison=None), replace(SCALE, measured={}), replace(SCALE, planned_tasks=None),
    ],
)  # fmt: skip
def test_unknown_is_never_good(blind: PilotCase) -> None:
    """Each input that is not known keeps the best of pilots from scale."""
    assert pilot_verdict(SCALE).decision == "scale"
    assert pilot_verdict(blind).decision == "repeat"


def test_few_escalations_do_not_hide_errors() -> None:
    """Containment is not resolution: with many errors a product is to be fixed however rarely it escalates."""
    green, red = Health("green", "Good."), Health("red", "Bad.")
    case = ProductCase(
        days_since_launch=400, adoption=green, task_success=green, errors=red, escalation=green, roi=green,
        better_elsewhere=(), pilot="scale", trend="better",
    )  # fmt: skip
    found = product_verdict(case)
    assert (found.decision, found.rule) == ("fix", "wrong")
    assert "no comfort" in found.reason


def test_much_use_does_not_make_a_product_healthy() -> None:
    """Use alone is no health: with success not measured the product is grey, with success red it is red."""
    used = {"adoption": Health("green", "Much used."), "hallucination_rate": Health("green", "Seldom wrong.")}
    assert overall(used).colour == "grey"
    assert overall({**used, "task_success": Health("red", "Fails.")}).colour == "red"


def test_repeated_criteria_of_one_metric_each_count() -> None:
    """Two criteria on one metric are two: the second is judged by its own reading, not by the first's."""
    twice = (*SCALE.criteria, replace(SCALE.criteria[0], criterion_id="c9", bar=0.9, floor=0.7))
    found = pilot_verdict(replace(SCALE, criteria=twice, measured={**GOOD, "c9": GOOD["c1"]}))
    assert (found.decision, found.rule) == ("rework", "below-bar")
    assert pilot_verdict(replace(SCALE, criteria=twice)).rule == "evidence"
