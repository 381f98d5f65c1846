from datetime import date, datetime, timedelta
from random import Random

import pytest

from metrics import Scope, read
from metrics.scorecard import Scorecard, best_verdicts, scorecard, scorecards
from metrics.scorecard_data import as_data
from metrics.spec import MetricError
from tests.conftest import NOON
from tests.metrics.company import MONDAY, SUNDAY, Company, day, granted, use
from tests.metrics.trials import TEAM, audited, bar, baseline, pilot, tried, work


def card_of(company: Company) -> Scorecard:
    """The scorecard of the trial."""
    return scorecard(company.store, "trial")


def test_a_pilot_that_has_shown_all_it_should_is_to_be_scaled(company: Company) -> None:
    """Worked by hand: 12 people, 96 x 10 tasks, 624 of 768 known ones ended well, four weeks, six tenths before."""
    card = card_of(tried(company))
    assert (card.verdict.decision, card.verdict.rule) == ("scale", "scale")
    case = card.case
    assert (case.users, case.tasks, case.complete_weeks, case.outcome_coverage) == (12, 960, 4, 0.8)
    assert (case.as_of, card.as_of) == (date(2026, 10, 5), SUNDAY)
    assert (card.roster, case.min_users) == (12, 12)
    assert (case.harm.low, case.harm.count, case.harm.agreed) == (0.0, 0, None)
    assert [each.criterion.criterion_id for each in card.judged] == ["return", "success"]
    assert card.judged[1].reading is not None
    assert card.judged[1].reading.value == 0.8125
    assert card.judged[1].baseline is not None
    assert card.scope == Scope(since=MONDAY, until=SUNDAY, products=("chat",), pilots=("trial",))


def test_its_readings_are_those_anybody_gets_who_asks(company: Company) -> None:
    """Each number of a scorecard is the reading of the same metric by pilot over the pilot's own days."""
    card = card_of(tried(company))
    assert card.scope is not None
    for name, reading in card.readings.items():
        assert read(company.store, [name], card.scope, by=("pilot",)) == [reading]


def test_one_card_is_the_same_alone_and_among_others(company: Company) -> None:
    """The scorecard of a pilot does not depend on which others are judged with it."""
    tried(company).sells("notes")
    company.has("pilots", [pilot(pilot_id="other", product_id="notes", name="Other", ends_on=day(60))])
    company.has("audience", [granted(person, "notes", pilot="other") for person in TEAM])
    company.has("user_days", [use(person, day(-20), "notes", tasks_failed=1) for person in TEAM])
    every = {card.pilot.pilot_id: card for card in scorecards(company.store)}
    assert set(every) == {"trial", "other"}
    assert every["trial"] == card_of(company)
    assert every["other"] == scorecard(company.store, "other")
    assert best_verdicts(list(every.values())) == {"chat": "scale", "notes": "running"}


def test_who_is_to_be_decided_comes_first(company: Company) -> None:
    """Overdue pilots come before all others, then by their planned end; a decision ends being overdue."""
    company.sells("chat").has("user_days", [use("p", SUNDAY)])
    company.has("pilots", [
        pilot(pilot_id="late", ends_on=day(9)), pilot(pilot_id="later", ends_on=day(12)),
        pilot(pilot_id="soon", ends_on=day(40)), pilot(pilot_id="done", ends_on=day(3)), pilot(pilot_id="last"),
    ])  # fmt: skip
    decided = {"pilot_id": "done", "user_id": "p"}
    company.has("decisions", [
        {**decided, "decision_id": "d2", "decision": "close", "decided_at": NOON},
        {**decided, "decision_id": "d1", "decision": "repeat", "decided_at": NOON - timedelta(1)},
    ])  # fmt: skip
    found = scorecards(company.store)
    assert [card.pilot.pilot_id for card in found] == ["late", "later", "done", "last", "soon"]
    assert [card.overdue for card in found] == [True, True, False, False, False]
    assert found[2].decided == "close"


@pytest.mark.parametrize(
    ("min_users", "roster", "needed"), [(12, 12, 12), (4, 12, 10), (None, 12, 12), (None, 40, 30), (35, 12, 35)]
)
def test_the_gate_is_the_one_its_readings_are_judged_by(
    company: Company, min_users: int | None, roster: int, needed: int
) -> None:
    """People that decide: as registered, else the roster up to thirty, never under ten; criteria and verdict agree."""
    tried(company, min_users=min_users)
    more = [granted(f"q{number}", pilot="trial") for number in range(roster - 12)]
    card = card_of(company.has("audience", more) if more else company)
    assert card.people_needed == card.case.min_users == needed
    success = card.judged[-1].reading
    assert success is not None
    assert success.decides is (needed <= 12)
    assert (card.verdict.rule == "evidence") is (needed > 12)


def test_colleagues_of_the_product_are_nobody_of_the_roster(company: Company) -> None:
    """Accounts of services, tests and the product team neither stand in the roster nor raise the gate."""
    tried(company, min_users=None).has("audience", [granted(f"bot{number}", pilot="trial") for number in range(30)])
    company.has("people", [{"user_id": f"bot{number}", "kind": "service"} for number in range(30)])
    assert (card_of(company).roster, card_of(company).people_needed) == (12, 12)


@pytest.mark.parametrize("ends_on", [SUNDAY, day(60)])
def test_critical_errors_end_a_pilot_that_shows_all_else(company: Company, ends_on: date) -> None:
    """Half of the audited tasks critical: rework, whatever the criteria say, before and after the planned end."""
    tried(company, ends_on=ends_on)
    with company.store.write("test", "test") as tx:
        tx.run("DELETE FROM eval_results")
        tx.add("eval_results", audited(critical=6)[1])
    card = card_of(company)
    assert (card.verdict.decision, card.verdict.rule, card.case.harm.count) == ("rework", "harm", 6)


def test_a_product_with_a_checklist_need_not_repeat_it_for_its_pilot(company: Company) -> None:
    """The pilot's own checklist counts; where it has none, the one of its product."""
    tried(company)
    with company.store.write("test", "test") as tx:
        tx.run("UPDATE readiness SET pilot_id = NULL, done = false WHERE item = 'runbook'")
    assert [row.item for row in card_of(company).readiness] == ["connection rules", "owner", "support"]
    with company.store.write("test", "test") as tx:
        tx.run("UPDATE readiness SET pilot_id = NULL")
    assert card_of(company).verdict.reasons == ("Not ready: runbook.",)


def test_a_metric_nobody_knows_is_a_sentence_with_the_nearest_name(company: Company) -> None:
    """A criterion on a metric that does not exist is unmeasured, and says which one may be meant."""
    card = card_of(tried(company, criteria=[bar(metric="task_sucess")]))
    sentence = "task_sucess: there is no metric 'task_sucess'. Did you mean 'task_success'?"
    assert card.judged[0].outcome.sentence == sentence
    assert card.verdict.rule == "evidence"


def test_a_pilot_nobody_knows_is_a_sentence_with_the_nearest_name(company: Company) -> None:
    """Asked for an unknown pilot, the registry's are named."""
    with pytest.raises(MetricError, match=r"There is no pilot 'trail'\. Did you mean 'trial'"):
        scorecard(tried(company).store, "trail")
    with pytest.raises(MetricError, match="Register one"):
        scorecard(company.empty().store, "trial")


def test_a_pilot_that_begins_later_has_not_begun(company: Company) -> None:
    """Before its first day there is nothing to read, and its criteria are not frozen yet."""
    card = card_of(tried(company, starts_on=date(2026, 10, 12), ends_on=date(2026, 12, 1)))
    assert (card.verdict.decision, card.scope, card.readings, card.agreed.frozen_on) == ("not_begun", None, {}, None)
    assert as_data(card)["period"] is None


def test_a_pilot_that_began_after_the_last_data_has_begun(company: Company) -> None:
    """Old files do not keep a pilot from beginning: it runs, and its data are missing."""
    tried(company, starts_on=day(35), ends_on=day(90))
    company.store.clock = lambda: datetime(2026, 10, 20, 12)
    card = card_of(company)
    assert card.verdict.decision == "running"
    assert card.readings["task_success"].status == "not_measured"
    assert (card.case.users, card.case.tasks) == (None, None)


def test_while_it_runs_days_without_a_file_are_left_out_and_later_they_are_missing(company: Company) -> None:
    """A running pilot is read as far as its product's data reach; one that is over lacks the days it has no data of."""
    tried(company, ends_on=day(60)).sells("notes").has("user_days", [use("p", day(32), "notes")])
    running = card_of(company)
    assert running.scope is not None
    assert running.scope.until == SUNDAY
    assert running.readings["task_success"].status == "ok"
    with company.store.write("test", "test") as tx:
        tx.run("UPDATE pilots SET ends_on = ?", [day(30)])
    over = card_of(company)
    assert over.scope is not None
    assert over.scope.until == day(30)
    assert over.readings["task_success"].status == "partial"
    assert over.verdict.rule == "evidence"


def test_without_any_data_a_pilot_is_not_measured(company: Company) -> None:
    """An empty warehouse with a registry: no number, no person, no week, and no zero that reads as a result."""
    company.sells("chat").has("pilots", [pilot()]).has("criteria", [bar()])
    card = card_of(company)
    assert {each.status for each in card.readings.values()} == {"not_measured"}
    assert (card.case.users, card.case.tasks, card.case.outcome_coverage) == (None, None, None)
    assert (card.verdict.decision, card.verdict.rule, card.case.complete_weeks) == ("repeat", "evidence", 0)


@pytest.mark.parametrize("seed", range(3))
def test_complete_weeks_are_counted_day_by_day(company: Company, seed: int) -> None:
    """A week counts when all its seven days lie within the pilot, the data of its product, and the last data at all."""
    random, begun, wanted = Random(seed), date(2026, 6, 1), {}
    last = begun + timedelta(100)
    company.sells("old").has("user_days", [use("p", last, "old")])
    pilots, uses = [], []
    for number in range(12):
        name, first = f"t{number}", begun + timedelta(random.randint(0, 60))
        until = first + timedelta(random.randint(0, 50))
        data = sorted(begun + timedelta(random.randint(0, 95)) for _ in range(2))
        pilots.append(pilot(pilot_id=name, product_id=name, starts_on=first, ends_on=until))
        uses += [use("p", when, name) for when in data]
        days = {begun + timedelta(n) for n in range(200)}
        days = {d for d in days if first <= d <= until and data[0] <= d <= data[1] and d <= last}
        mondays = [d for d in days if d.isoweekday() == 1]
        wanted[name] = sum(all(monday + timedelta(n) in days for n in range(7)) for monday in mondays)
    company.sells(*(f"t{number}" for number in range(12))).has("pilots", pilots).has("user_days", uses)
    assert {card.pilot.pilot_id: card.case.complete_weeks for card in scorecards(company.store)} == wanted
    assert max(wanted.values()) > 2


def test_the_gain_over_today_is_the_baseline_of_the_scenario(company: Company) -> None:
    """The verdict stands on the baseline of the same measure; without one on the minutes the registry assumes."""
    tried(company)
    first = card_of(company).contrasts[0]
    assert (first.metric, first.gain, first.design, first.evidence) == ("task_success", 0.2125, "matched", "B")
    with company.store.write("test", "test") as tx:
        tx.run("DELETE FROM baselines")
    card = card_of(company)
    assert (card.contrasts[0].metric, card.contrasts[0].gain, card.case.comparison) == (
        None, 12.0, card.contrasts[0].comparison,
    )  # fmt: skip
    with company.store.write("test", "test") as tx:
        tx.run("DELETE FROM assumptions")
    assert card_of(company).contrasts == ()
    assert card_of(company).case.comparison is None


def test_a_worse_way_is_not_scaled(company: Company) -> None:
    """Where the current way surely does better, it is rework, whatever the bars say."""
    tried(company)
    with company.store.write("test", "test") as tx:
        tx.run("DELETE FROM baselines")
    card = card_of(company.has("baselines", [baseline(value=0.97, low=0.95, high=0.99)]))
    assert (card.verdict.decision, card.verdict.rule) == ("rework", "worse-than-today")


def test_the_fingerprint_of_a_decision_changes_with_its_numbers(company: Company) -> None:
    """The same numbers give the same fingerprint, whatever else was stored since; one more task gives another."""
    before = card_of(tried(company)).readings_hash()
    company.has("people", [{"user_id": "somebody", "kind": "employee"}])
    assert before == card_of(company).readings_hash()
    company.has("user_days", work(("p00",))[:1])
    assert card_of(company).readings_hash() != before


def test_as_data_it_has_the_keys_that_others_rely_on(company: Company) -> None:
    """The keys of a scorecard and of its criteria are a contract, in this order."""
    found = as_data(card_of(tried(company)))
    assert list(found) == [
        "pilot", "product", "decision", "rule", "reasons", "needs", "criteria", "as_of", "period", "users", "tasks",
        "decided", "overdue",
    ]  # fmt: skip
    assert found["needs"] == {"people": 0, "tasks": 0, "weeks": 0, "days": 0}
    (_, success) = found["criteria"]
    assert list(success) == [
        "criterion_id", "metric", "role", "better", "bar", "floor", "baseline", "value", "low", "high", "units",
        "status", "chance_at_end", "verdict", "sentence",
    ]  # fmt: skip
    assert (success["baseline"], success["value"], success["units"], success["verdict"]) == (0.6, 0.8125, 12, "met")
    assert (found["period"], found["as_of"]) == (["2026-09-07", "2026-10-04"], "2026-10-04")


def test_a_running_pilot_says_how_likely_it_reaches_its_bar(company: Company) -> None:
    """The chance to clear the bar at the planned end, while there is more to come; at its end there is none to say."""
    company = tried(company, planned_tasks=2000, ends_on=day(60))
    chances = {each.criterion.metric: each.chance for each in card_of(company).judged}
    assert chances["task_success"] is not None
    assert 0.9 < chances["task_success"] <= 1.0
    with company.store.write("test", "test") as tx:
        tx.run("UPDATE pilots SET planned_tasks = NULL, ends_on = ?", [day(27)])
    assert all(each.chance is None for each in card_of(company).judged)
