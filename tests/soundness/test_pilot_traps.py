"""Wrong verdicts about pilots from what is in the warehouse. A test here is never weakened."""

from metrics.scorecard import Scorecard, scorecard
from tests.metrics.company import Company, day, use
from tests.metrics.trials import TEAM, bar, tried, version


def card_of(company: Company) -> Scorecard:
    """The scorecard of the trial."""
    return scorecard(company.store, "trial")


def test_a_bar_lowered_after_the_start_is_flagged_and_not_applied(company: Company) -> None:
    """The criteria in force when the pilot began are judged; what was changed since is told with the verdict."""
    kept, lowered = version(day(-30), day(10), at=0.9), version(day(10), at=0.6)
    card = card_of(tried(company, criteria=[kept, lowered]))
    (judged,) = card.judged
    assert judged.criterion.bar == 0.9
    assert card.verdict.decision == "rework"
    said = f"success from at least 90.0% (floor 40.0%) to at least 60.0% (floor 40.0%) on {day(10)}"
    assert card.agreed.changes == (said,)
    assert any(said in reason for reason in card.verdict.reasons)


def test_a_shadow_pilot_is_not_measured_by_the_ordinary_work_of_its_people(company: Company) -> None:
    """Nothing of what its people do beside it enters its readings, and the verdict says why nothing was measured."""
    tried(company, mode="shadow").has("user_days", [use(p, day(2), mode="shadow", tasks=5) for p in TEAM])
    card = card_of(company)
    assert card.readings == {}
    assert {each.outcome.verdict for each in card.judged} == {"unmeasured"}
    assert (card.verdict.decision, card.verdict.rule) == ("repeat", "evidence")
    assert "Task success: the pilot runs in shadow mode" in " ".join(card.verdict.reasons)
    assert (card.case.users, card.case.tasks, card.causes) == (None, None, ())
    assert card.shadow == (12, 60)


def test_shadow_rows_of_an_ordinary_pilot_count_for_nothing(company: Company) -> None:
    """A pilot that is not in shadow mode has no shadow count, and its tasks are those people acted on."""
    tried(company).has("user_days", [use(p, day(2), mode="shadow", tasks=5, tasks_failed=5) for p in TEAM])
    card = card_of(company)
    assert card.shadow is None
    assert (card.case.tasks, card.verdict.decision) == (960, "scale")


def test_sessions_are_not_taken_for_people(company: Company) -> None:
    """Where the source names nobody, how many people there are is unknown, however many sessions there were."""
    tried(company)
    with company.store.write("test", "test") as tx:
        tx.run("UPDATE user_days SET user_known = false, pilot_id = 'trial'")
    card = card_of(company)
    assert card.case.users is None
    assert "How many people there are is not known; 12 are needed." in card.verdict.reasons


def test_value_that_may_not_decide_is_not_known(company: Company) -> None:
    """A probability that rests on estimates alone (evidence C) neither scales nor counts as bad."""
    with_guess = {"product_id": "chat", "name": "capture", "distribution": "point", "p1": 0.5, "evidence": "C"}
    tried(company)
    with company.store.write("test", "test") as tx:
        tx.run("DELETE FROM assumptions WHERE name = 'capture'")
    card = card_of(company.has("assumptions", [with_guess]))
    assert card.readings["roi.chance"].value == 1.0
    assert card.case.p_npv is None
    assert (card.verdict.decision, card.verdict.rule) == ("repeat", "value-open")


def test_a_bar_that_is_dated_back_is_not_applied(company: Company) -> None:
    """A lower bar stored after the start does not count, even where it claims to have been in force before it."""
    kept, back = version(day(-30), day(-5), at=0.9), version(day(-5), at=0.6, on=day(20))
    card = card_of(tried(company, criteria=[kept, back]))
    assert [each.criterion.bar for each in card.judged] == [0.9]
    assert f"to at least 60.0% (floor 40.0%) on {day(-5)}, stored on {day(20)}" in card.agreed.changes[0]


def test_a_criterion_that_was_dropped_still_stands(company: Company) -> None:
    """A must that is ended after the start is judged as it was agreed, so no pilot passes by losing what it missed."""
    hard = version(day(-30), day(25), at=0.95)
    card = card_of(tried(company, criteria=[hard, bar("return", "adoption", at=0.5, floor=0.25)]))
    assert card.verdict.decision == "rework"
    assert f"success dropped on {day(25)}" in card.agreed.changes


def test_a_criterion_that_was_added_is_not_judged(company: Company) -> None:
    """What was agreed only after the start neither helps nor harms."""
    added = version(day(9), at=0.99, criterion_id="late")
    card = card_of(tried(company, criteria=[bar(), bar("return", "adoption", at=0.5, floor=0.25), added]))
    assert [each.criterion.criterion_id for each in card.judged] == ["return", "success"]
    assert card.verdict.decision == "scale"
    assert any("late added" in reason for reason in card.verdict.reasons)
