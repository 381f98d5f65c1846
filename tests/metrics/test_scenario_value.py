import math
from dataclasses import replace

import pytest

from data.portfolio import Scenario
from metrics.engine import read
from metrics.scenario_value import Aspect, ScenarioValue, propose, scenario_value
from metrics.simulate import Spread
from tests.metrics.company import Company
from tests.metrics.valued import MONTH, assumed, points, spent, valued, worked

LETTERS = Scenario(scenario_id="letters", product_id="chat", name="Letters")
SUCCESS = {"scenario_id": "letters", "measure": "task_success", "value": 0.6, "low": 0.52, "high": 0.67, "n": 200,
           "design": "controlled"}  # fmt: skip
MINUTES = {"scenario_id": "letters", "measure": "minutes_per_task", "value": 30.0, "low": 30.0, "high": 30.0,
           "n": 50, "design": "matched"}  # fmt: skip


def tried(company: Company) -> Company:
    """The valued company with a scenario and its baselines."""
    valued(company).has("scenarios", [{"scenario_id": "letters", "product_id": "chat", "name": "Letters"}])
    return company.has("baselines", [SUCCESS, MINUTES])


def found(company: Company) -> dict[str, Aspect]:
    """The aspects of the scenario by name."""
    return {each.name: each for each in value(company).aspects}


def value(company: Company) -> ScenarioValue:
    """The value of the scenario in September."""
    return scenario_value(company.store, MONTH, LETTERS)


def test_better_is_the_reading_less_the_baseline(company: Company) -> None:
    """The gain is 0.75 less 0.6, its ends square and add of both intervals; the only scenario has all tasks."""
    better = found(tried(company))["better"]
    (success,) = read(company.store, ["task_success"], MONTH)
    assert success.value == 0.75
    assert success.low is not None
    assert success.high is not None
    assert better.gain == Spread(
        pytest.approx(0.15 - math.hypot(0.75 - success.low, 0.07)), pytest.approx(0.15),
        pytest.approx(0.15 + math.hypot(success.high - 0.75, 0.08)),
    )  # fmt: skip
    assert (better.evidence, better.level, better.metric) == ("A", 0.95, "task_success")


def test_another_scenario_has_its_own_tasks(company: Company) -> None:
    """Where tasks name scenarios, those of another one say nothing: no gain, and why."""
    company.sells("chat").has("user_days", worked(scenario_id="letters"))
    company.has("user_days", worked(scenario_id="mails", confirmed=1, failed=9, unknown=0))
    company.has("assumptions", points()).has("costs", [spent("licences", 500), spent("people", 1_500)])
    company.has("baselines", [SUCCESS, {**SUCCESS, "scenario_id": "faxes"}])
    better = found(company)["better"]
    assert better.now
    assert better.now.mid == 0.75
    faxes = LETTERS.model_copy(update={"scenario_id": "faxes"})
    other = scenario_value(company.store, MONTH, faxes).aspects[0]
    assert (other.gain, other.refused) == (None, "The scenario has no reading of it.")


def test_faster_is_minutes_saved_and_cheaper_is_their_price_less_the_cost(company: Company) -> None:
    """Twelve of thirty minutes at 60 an hour, a success costs 2,012 by 960 tasks times their success, by hand."""
    aspects = found(tried(company))
    assert aspects["faster"].gain == Spread(12, 12, 12)
    assert aspects["faster"].now == Spread(18, 18, 18)
    cheaper = aspects["cheaper"]
    assert cheaper.before == Spread(30, 30, 30)
    assert cheaper.gain
    assert cheaper.gain.mid == pytest.approx(12 - 2012 / 720, abs=0.05)
    assert cheaper.gain.low is not None
    assert cheaper.gain.high is not None
    assert cheaper.gain.low < cheaper.gain.mid < cheaper.gain.high


def test_minutes_before_less_minutes_with_it(company: Company) -> None:
    """Without an assumption of minutes saved the baseline less the minutes with the product counts, C as its worst."""
    company.sells("chat").has("user_days", worked()).has("costs", [spent("licences", 500), spent("people", 1_500)])
    company.has("assumptions", [each for each in points() if each["name"] != "minutes_saved_per_task"])
    company.has("assumptions", [assumed("minutes_with_ai", "point", 34.0, evidence="C")])
    company.has("scenarios", [{"scenario_id": "letters", "product_id": "chat", "name": "Letters"}])
    faster = found(company.has("baselines", [MINUTES]))["faster"]
    assert (faster.gain, faster.evidence, faster.sure) == (Spread(-4, -4, -4), "C", "no")


def test_without_measured_success_there_is_no_roi_and_it_says_why(company: Company) -> None:
    """No outcome is known: no gain in quality, no cost of a success, no ROI, and the proposal is to wait."""
    company.sells("chat").has("user_days", worked(confirmed=0, failed=0, unknown=10)).has("assumptions", points())
    company.has("costs", [spent("licences", 500), spent("people", 1_500)]).has("baselines", [SUCCESS, MINUTES])
    company.has("scenarios", [{"scenario_id": "letters", "product_id": "chat", "name": "Letters"}])
    all_of_it = value(company)
    aspects = {each.name: each for each in all_of_it.aspects}
    assert aspects["better"].gain is None
    assert "while task success is unmeasured" in aspects["cheaper"].refused
    assert all_of_it.proposal.rollout == "wait"
    assert all_of_it.proposal.reason.startswith("No ROI while task success is unmeasured")


def test_what_is_not_registered_is_a_sentence(company: Company) -> None:
    """Neither a baseline nor minutes: each aspect says what lacks, none is zero."""
    company.sells("chat").has("user_days", worked()).has("costs", [spent("licences", 500), spent("people", 1_500)])
    aspects = found(company)
    assert "No baseline of task_success" in aspects["better"].refused
    assert "minutes_saved_per_task" in aspects["faster"].refused
    assert [each.gain for each in aspects.values()] == [None, None, None]
    assert all(each.refused for each in aspects.values())


def test_the_proposal_follows_the_intervals(company: Company) -> None:
    """Roll out only where a gain is sure by more than an estimate and it pays; a sure loss stops; a guess waits."""
    whole = value(tried(company))
    books = whole.ledger
    assert books is not None
    assert books.chance is not None
    assert books.chance >= 0.8
    assert whole.proposal.rollout == "roll_out"
    better = whole.aspects[0]
    guess = [each._replace(evidence="C") for each in whole.aspects]
    assert propose(guess, books).rollout == "wait"
    assert propose([better._replace(gain=Spread(-0.2, -0.1, -0.01))], books).rollout == "stop"
    assert propose([better._replace(gain=Spread(-0.2, -0.1, 0.01))], books).rollout == "wait"
    dear = replace(books, result=books.result and books.result._replace(costs=books.result.benefits + 1))
    assert propose(whole.aspects, dear).rollout == "stop"
    assert propose(whole.aspects, None, "Nothing of it.") == ("wait", "Nothing of it.")


def test_a_roll_out_needs_a_comparison_of_quality_and_the_pilot_s_own_verdict(company: Company) -> None:
    """Time saved alone, or a pilot that its scorecard would not scale, is no reason to roll out: wait, and why."""
    whole = value(tried(company))
    books = whole.ledger
    silent = [
        each._replace(gain=None) if each.name == "better" else each._replace(evidence="B") for each in whole.aspects
    ]
    assert propose(silent, books) == ("wait", "Whether the work is as good as the current way's has not been compared.")
    assert propose(whole.aspects, books, "", "scale").rollout == "roll_out"
    assert propose(whole.aspects, books, "", "running") == ("wait", "The scorecard of its pilot says: running.")
