import math
from datetime import date

import pytest
from scipy import stats

from metrics.ledgers import ledger
from metrics.simulate import DRAWS
from metrics.spec import MetricError, Scope
from tests.metrics.company import Company, granted, tasks
from tests.metrics.valued import AUGUST, MONTH, OCTOBER, SEPTEMBER, assumed, line, points, spent, valued, worked

WORTH = 12 * 0.5 * 0.8 * 60 / 60  # of a successful task, by `points`


def near(share: float, size: float = 40.0) -> float:
    """4.5 standard errors of the median of task success, drawn DRAWS times."""
    beta = stats.beta(share * size + 0.5, (1 - share) * size + 0.5)
    return 4.5 * math.sqrt(0.25 / DRAWS) / float(beta.pdf(beta.ppf(0.5)))


def median(share: float, size: float = 40.0) -> float:
    """The median of task success where nothing varied between 40 people: 40 effective tasks."""
    return float(stats.beta.ppf(0.5, share * size + 0.5, (1 - share) * size + 0.5))


def test_a_ledger_adds_up(company: Company) -> None:
    """Benefit, costs, net value, ROI and cost per success are those of the sums by hand."""
    found = ledger(valued(company).store, MONTH, product="chat")
    benefit = 960 * median(0.75) * WORTH
    assert line(found, "time saved").mid == pytest.approx(benefit, abs=960 * WORTH * near(0.75))
    assert [(each.name, each.mid) for each in found.lines if each.kind == "cost"] == [
        ("licences", 500), ("people", 1500), ("tokens", 12),
    ]  # fmt: skip
    assert found.net
    assert found.net.mid == pytest.approx(benefit - 2012, abs=960 * WORTH * near(0.75))
    assert found.roi
    assert found.roi.mid == pytest.approx(benefit / 2012 - 1, abs=960 * WORTH / 2012 * near(0.75))
    assert found.cost_per_success
    assert found.cost_per_success.mid == pytest.approx(2012 / 720)
    assert (found.confirmed, found.known, found.cost) == (720, 960, 2012)


def test_every_line_says_where_it_is_from(company: Company) -> None:
    """Measured, from a file or assumed, with its unit, its range and its evidence."""
    valued(company).has("assumptions", [assumed("cost_avoided_per_month", "uniform", 10, 20, evidence="A")])
    company.has("costs", [spent("sme", 90, basis="assumed"), spent("review", 10, basis=None)])
    found = ledger(company.store, MONTH, product="chat")
    tags = {each.name: (each.kind, each.unit, each.tag, each.evidence) for each in found.lines}
    assert tags["time saved"] == ("benefit", "USD", "assumed", "B")
    assert tags["cost avoided"] == ("benefit", "USD", "assumed", "A")
    assert tags["tokens"] == ("cost", "USD", "measured", "")
    assert tags["people"] == tags["review"] == ("cost", "USD", "file", "")
    assert tags["sme"] == ("cost", "USD", "assumed", "C")
    assert tags["task_success"] == ("input", "share", "measured", "")
    assert tags["hourly_rate"] == ("input", "USD an hour", "assumed", "B")
    assert tags["successful tasks"] == ("input", "tasks", "measured", "")
    assert line(found, "active people").mid == 40
    assert line(found, "tasks").mid == 1200
    avoided = line(found, "cost_avoided_per_month")
    assert [avoided.low, avoided.high] == pytest.approx([10.5, 19.5], abs=0.2)
    assert avoided.source == "assumption of chat"


def test_a_cost_counts_by_its_days_in_the_period(company: Company) -> None:
    """From 7 September to 4 October: 24 of 30 days and 4 of 31."""
    company.sells("chat").has("user_days", worked(days=(7, 30))).has("assumptions", points())
    company.has("user_days", [tasks("p1", date(2026, 10, 4), 1)])
    company.has("costs", [spent("licences", 3_000), spent("licences", 3_100, OCTOBER), spent("licences", 900, AUGUST)])
    found = ledger(company.store, Scope(since=date(2026, 9, 7), until=date(2026, 10, 4)), product="chat")
    assert line(found, "licences").mid == pytest.approx(2_400 + 400)


def test_money_of_a_later_month_is_worth_less(company: Company) -> None:
    """Two months at 12 % a year: the first is discounted by one month, the second by two, capital not at all."""
    company.sells("chat").has("user_days", worked()).has("assumptions", points(discount_rate=0.12))
    company.has("user_days", [{**row, "day": date(2026, 10, 31)} for row in worked(days=(1,))])
    company.has("costs", [spent(kind, 100, month) for kind in ("licences", "people") for month in (SEPTEMBER, OCTOBER)])
    company.has("costs", [spent("capital", 50, OCTOBER)])
    found = ledger(company.store, Scope(since=SEPTEMBER, until=date(2026, 10, 31)), product="chat")
    assert found.result
    first, second = 1.12 ** (-1 / 12), 1.12 ** (-2 / 12)
    assert found.result.costs[0] == pytest.approx(50 + 212 * first + 204 * second)
    share = found.result.streams["time saved"][0] / (1280 * WORTH)
    assert found.result.benefits[0] == pytest.approx(share * WORTH * (960 * first + 320 * second))
    assert found.cost == pytest.approx(50 + 212 + 204)


def test_a_scope_that_reaches_far_back_changes_nothing(company: Company) -> None:
    """Discounting begins with the first month that has an entry."""
    wide = ledger(valued(company).store, Scope(since=date(2001, 1, 1), until=MONTH.until), product="chat")
    assert wide.plan
    assert len(wide.plan.costs) == 1
    assert wide.cost == 2012


def test_capital_is_charged_in_full_before_the_first_month(company: Company) -> None:
    """Whatever day of its month lies in the period; payback and net value see it."""
    valued(company).has("costs", [spent("capital", 400), spent("capital", 999, AUGUST)])
    half = ledger(company.store, Scope(since=date(2026, 9, 15), until=date(2026, 9, 30)), product="chat")
    assert line(half, "capital").mid == 400
    assert half.plan
    assert half.plan.capital == 400


def test_an_interaction_without_a_cost_is_charged_the_mean(company: Company) -> None:
    """60 of 1,260 interactions carry none: the 1,200 others cost 12.00, so all of them 12.60."""
    valued(company).has("user_days", worked(confirmed=1, failed=0, unknown=0, days=(3,), people=20, cost_microusd=None))
    with company.store.write("more", "test") as tx:
        tx.run("UPDATE user_days SET uncosted = 3, interactions = 3 WHERE cost_microusd IS NULL")
    found = ledger(company.store, MONTH, product="chat")
    assert line(found, "tokens").mid == pytest.approx(12.6)
    assert "60 of 1,260 interactions without a cost, charged at the mean of the others" in found.notes
    assert found.worth.status == "ok"


def test_too_few_costs_of_interactions_are_no_cost_of_tokens(company: Company) -> None:
    """Under the setting's share the cost is charged and the ledger is incomplete, until the registry states it."""
    valued(company)
    with company.store.write("bare", "test") as tx:
        tx.run("UPDATE user_days SET uncosted = 2")
    found = ledger(company.store, MONTH, product="chat")
    assert found.worth == ("insufficient", "ROI incomplete: only 960 of 1,200 interactions carry a token cost.", False)
    assert line(found, "tokens").mid == pytest.approx(12 / 960 * 1200)
    company.has("costs", [spent("tokens", 15)])
    assert ledger(company.store, MONTH, product="chat").worth.status == "ok"


def test_a_month_with_use_and_without_a_cost_is_a_gap(company: Company) -> None:
    """Costs of September say nothing about October; licences or infrastructure will do, and 0 is a statement."""
    valued(company).has("user_days", [{**row, "day": date(2026, 10, 2)} for row in worked(days=(1,))])
    scope = Scope(since=SEPTEMBER, until=date(2026, 10, 2))
    found = ledger(company.store, scope, product="chat")
    gaps = "no licence or infrastructure costs in 2026-10; no people costs in 2026-10"
    assert found.worth == ("insufficient", f"ROI incomplete: {gaps}.", False)
    assert found.costing == ("insufficient", f"Costs incomplete: {gaps}.", False)
    company.has("costs", [spent("infrastructure", 10, OCTOBER), spent("people", 0, OCTOBER)])
    assert ledger(company.store, scope, product="chat").worth.status == "ok"


def test_what_the_registry_no_longer_says_does_not_count(company: Company) -> None:
    """A cost and an assumption that were replaced are history."""
    valued(company).has("costs", [{**spent("people", 900), "valid_to": SEPTEMBER}])
    company.has("assumptions", [{**assumed("cost_avoided_per_month", "point", 5), "valid_to": SEPTEMBER}])
    found = ledger(company.store, MONTH, product="chat")
    assert found.cost == 2012
    assert [each.name for each in found.lines if each.kind == "benefit"] == ["time saved"]


def test_costs_end_where_the_data_end(company: Company) -> None:
    """Half of the month has been loaded: half of its costs stand against what was done in it."""
    company.sells("chat").has("user_days", worked(days=(1, 15))).has("assumptions", points())
    company.has("costs", [spent("licences", 600), spent("people", 900)])
    found = ledger(company.store, MONTH, product="chat")
    assert (found.first, found.last) == (SEPTEMBER, date(2026, 9, 15))
    assert found.cost == pytest.approx(750 + 8)
    assert (found.worth.status, found.worth.decides) == ("partial", False)


def test_an_assumption_of_its_own_comes_first(company: Company) -> None:
    """The pilot's before the product's before that of all products; another product's is nobody else's."""
    valued(company).has(
        "pilots", [{"pilot_id": "trial", "product_id": "chat", "starts_on": SEPTEMBER, "name": "Trial"}]
    )
    company.has("user_days", worked(days=(2,), people=12, pilot_id="trial"))
    company.has("assumptions", [assumed("hourly_rate", "point", 70, pilot="trial")])
    company.has("assumptions", [assumed("hourly_rate", "point", 80, product=None)])
    company.has("assumptions", [assumed("hourly_rate", "point", 90, product="code")])
    company.has("assumptions", [assumed("capture", "point", 0.1, product="code")])
    of_product, of_pilot = ledger(company.store, MONTH, product="chat"), ledger(company.store, MONTH, pilot="trial")
    assert line(of_product, "hourly_rate").mid == 60
    assert line(of_pilot, "hourly_rate").mid == 70
    assert line(of_pilot, "hourly_rate").source == "assumption of pilot trial"
    assert line(of_pilot, "capture").mid == 0.5
    company.sells("code").has("user_days", worked("code")).has("assumptions", points("code")[:1])
    assert line(ledger(company.store, MONTH, product="code"), "hourly_rate").mid == 90


def test_a_pilot_bears_its_share_of_the_costs(company: Company) -> None:
    """300 of the product's 1,500 tasks: a fifth of every cost of the days of the pilot, and of its monthly benefits."""
    company.sells("chat").has("assumptions", [*points(), assumed("cost_avoided_per_month", "point", 100)])
    company.has("user_days", worked()).has("costs", [spent("licences", 500), spent("people", 1_500)])
    company.has("pilots", [{"pilot_id": "trial", "product_id": "chat", "starts_on": SEPTEMBER, "ends_on": MONTH.until}])
    company.has("audience", [granted(f"new{n}", pilot="trial") for n in range(30)])
    company.has("user_days", [{**row, "unit_id": f"new{n}"} for n, row in enumerate(worked(days=(9,), people=30))])
    found = ledger(company.store, MONTH, pilot="trial")
    assert [(each.name, each.mid) for each in found.lines if each.kind == "cost"] == [
        ("licences", 100), ("people", 300), ("tokens", 3),
    ]  # fmt: skip
    assert line(found, "cost avoided").mid == pytest.approx(20)
    assert "0.2 of the product's costs, the pilot's share of its tasks" in found.notes
    company.has("assumptions", [assumed("cost_avoided_per_month", "point", 70, pilot="trial")])
    assert line(ledger(company.store, MONTH, pilot="trial"), "cost avoided").mid == pytest.approx(70)


def test_minutes_saved_are_before_less_with_ai_by_scenario(company: Company) -> None:
    """Each scenario's tasks with its own baseline; tasks without one save no time, and the ledger says how many."""
    company.sells("chat").has("costs", [spent("licences", 500), spent("people", 1_500)])
    company.has("assumptions", [row for row in points() if row["name"] != "minutes_saved_per_task"])
    company.has("assumptions", [assumed("minutes_with_ai", "point", 5)])
    named = (("letters", (1,)), ("offers", (15,)), ("maps", (30,)))
    company.has("user_days", [row for name, days in named for row in worked(days=days, scenario_id=name)])
    company.has("scenarios", [{"scenario_id": name, "product_id": "chat", "name": name} for name, _ in named])
    company.has("baselines", [
        {"scenario_id": "letters", "measure": "minutes_per_task", "value": 20.0, "design": "controlled"},
        {"scenario_id": "offers", "measure": "minutes_per_task", "value": 9.0, "low": 5.0, "high": 13.0, "n": 40,
         "design": "before_after"},
        {"scenario_id": "maps", "measure": "errors_per_task", "value": 1.0},
    ])  # fmt: skip
    found = ledger(company.store, MONTH, product="chat")
    each = 320 * median(0.75) * 0.5 * 0.8
    assert line(found, "time saved (letters)").mid == pytest.approx(each * 15, rel=0.02)
    assert line(found, "time saved (offers)").mid == pytest.approx(each * 4, rel=0.05)
    assert "400 of 1,200 tasks have no baseline and count for no time saved" in found.notes
    assert "160 of 1,200 tasks have no known outcome and count for no time saved" in found.notes
    before = line(found, "minutes_per_task of offers")
    assert (before.tag, before.evidence) == ("measured", "B")
    assert before.source == "baseline of scenario offers, before after, n 40"
    assert before.high == pytest.approx(9 + 4 / 1.96 * 1.645, abs=0.1)
    assert line(found, "minutes_per_task of letters").evidence == "A"
    assert {each.name for each in found.lines if each.kind == "benefit"} == {
        "time saved (letters)", "time saved (offers)",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("scenarios", "pilot_scenario", "counted"),
    [
        ((), None, False),
        (("letters",), None, True),
        (("letters", "maps"), None, False),
        (("letters", "maps"), "letters", True),
    ],
)
def test_tasks_that_name_no_scenario(
    company: Company, scenarios: tuple[str, ...], pilot_scenario: str | None, counted: bool
) -> None:
    """They are of the pilot's scenario, else of the product's only one, else of none: then they save no time."""
    company.sells("chat").has("costs", [spent("licences", 500), spent("people", 1_500)])
    company.has("assumptions", [row for row in points() if row["name"] != "minutes_saved_per_task"])
    company.has("assumptions", [assumed("minutes_with_ai", "point", 5)]).has("user_days", worked(pilot_id="trial"))
    company.has("scenarios", [{"scenario_id": name, "product_id": "chat", "name": name} for name in scenarios])
    pilot = {"pilot_id": "trial", "product_id": "chat", "scenario_id": pilot_scenario, "starts_on": SEPTEMBER}
    company.has("pilots", [pilot])
    company.has("baselines", [{"scenario_id": "letters", "measure": "minutes_per_task", "value": 20.0}])
    asked = {"pilot": "trial"} if pilot_scenario else {"product": "chat"}
    found = ledger(company.store, MONTH, **asked)
    assert bool([each for each in found.lines if each.kind == "benefit"]) is counted
    assert found.worth.status == ("ok" if counted else "not_measured")


def test_streams_that_come_by_the_month(company: Company) -> None:
    """Errors, revenue and avoided costs by the share of the month in which there are data, each with its factors."""
    company.sells("chat").has("user_days", worked(days=(11, 30))).has(
        "costs", [spent("licences", 1), spent("people", 1)]
    )
    company.has("assumptions", points()).has("assumptions", [
        assumed("errors_avoided_per_month", "point", 30), assumed("cost_per_error", "point", 10),
        assumed("revenue_per_month", "point", 900), assumed("margin", "point", 0.4),
        assumed("cost_avoided_per_month", "point", 60),
    ])  # fmt: skip
    found = ledger(company.store, MONTH, product="chat")
    held = 20 / 30
    assert line(found, "errors avoided").mid == pytest.approx(30 * 10 * held)
    assert line(found, "revenue").mid == pytest.approx(900 * 0.4 * 0.8 * held)
    assert line(found, "cost avoided").mid == pytest.approx(60 * held)


def test_a_stream_without_all_its_inputs_counts_for_nothing(company: Company) -> None:
    """And the ledger says which input lacks."""
    valued(company).has("assumptions", [assumed("revenue_per_month", "point", 900)])
    found = ledger(company.store, MONTH, product="chat")
    assert "revenue_per_month counts for nothing: no margin" in found.notes
    assert [each.name for each in found.lines if each.kind == "benefit"] == ["time saved"]
    company.sells("code").has("user_days", worked("code")).has("costs", [spent("people", 5, product="code")])
    company.has("assumptions", [assumed("cost_avoided_per_month", "point", 60, product="code")])
    other = ledger(company.store, MONTH, product="code")
    (note,) = [note for note in other.notes if note.startswith("time saved")]
    assert note.endswith("minutes_with_ai) and hourly_rate")


def test_a_task_of_unknown_outcome_counts_as_the_registry_says(company: Company) -> None:
    """Nothing as a rule; with `unknown_success` of a half, half as often a success as a task of known outcome."""
    valued(company)
    before = ledger(company.store, MONTH, product="chat")
    assert "240 of 1,200 tasks have no known outcome and count for no time saved" in before.notes
    company.has("assumptions", [assumed("unknown_success", "point", 0.5)])
    found = ledger(company.store, MONTH, product="chat")
    assert before.result
    assert found.result
    assert found.result.benefits == pytest.approx(before.result.benefits * (960 + 120) / 960)
    assert found.cost_per_success == before.cost_per_success
    assert not [note for note in found.notes if "known outcome" in note]


def test_break_even_is_where_the_net_value_is_zero(company: Company) -> None:
    """2,012 of costs, 300 of them earned otherwise, 4.80 a success: 356.7 in thirty days, 83.2 a week."""
    valued(company).has("assumptions", [assumed("cost_avoided_per_month", "point", 300)])
    found = ledger(company.store, MONTH, product="chat")
    assert found.break_even == pytest.approx([(2012 - 300) / 4.8 / (30 / 7)] * 3)
    company.has(
        "assumptions", [assumed("errors_avoided_per_month", "point", 1), assumed("cost_per_error", "point", 3e3)]
    )
    assert ledger(company.store, MONTH, product="chat").break_even == (0.0, 0.0, 0.0)


def test_break_even_counts_the_successes_that_are_assumed(company: Company) -> None:
    """Half of the tasks of unknown outcome succeed as often: the same value a success, the same break-even."""
    valued(company).has("assumptions", [assumed("unknown_success", "point", 0.5)])
    assert ledger(company.store, MONTH, product="chat").break_even == pytest.approx([2012 / 4.8 / (30 / 7)] * 3)


def test_work_that_gets_slower_breaks_even_nowhere(company: Company) -> None:
    """Minutes saved may be negative: the benefit is, and no number of tasks covers the costs."""
    company.sells("chat").has("user_days", worked()).has("assumptions", points(minutes_saved_per_task=-3))
    company.has("costs", [spent("licences", 500), spent("people", 1_500)])
    found = ledger(company.store, MONTH, product="chat")
    assert found.break_even == (None, None, None)
    assert found.chance == 0
    assert found.net
    assert found.net.mid is not None
    assert found.net.mid < -2012
    assert found.payback_months == (None, None, None)


def test_the_tornado_names_what_matters(company: Company) -> None:
    """A wide assumption before a narrow one; what is certain is not there."""
    company.sells("chat").has("user_days", worked()).has("costs", [spent("licences", 500), spent("people", 1_500)])
    company.has("assumptions", [row for row in points() if row["name"] != "minutes_saved_per_task"])
    company.has("assumptions", [assumed("minutes_saved_per_task", "pert", 1, 10, 40)])
    found = ledger(company.store, MONTH, product="chat")
    assert [swing.name for swing in found.tornado] == ["minutes_saved_per_task", "task_success"]
    assert all(swing.low < swing.high for swing in found.tornado)


def test_numbers_that_are_no_distribution_are_invalid(company: Company) -> None:
    """A share of fifty is a mistake, not a hundred per cent: no number, and the sentence says which row."""
    valued(company)
    with company.store.write("slip", "test") as tx:
        tx.run("UPDATE assumptions SET p1 = 50 WHERE name = 'capture' AND product_id = 'chat'")
    found = ledger(company.store, MONTH, product="chat")
    assert found.worth == ("invalid", "capture must be from 0 to 1; the registry says 50.", False)
    assert (found.roi, found.net, found.chance) == (None, None, None)
    assert found.cost_per_success


def test_sums_too_large_are_invalid(company: Company) -> None:
    """Inputs that are numbers each and overflow together give no reading."""
    valued(company).has("assumptions", [assumed("errors_avoided_per_month", "point", 1e200)])
    company.has("assumptions", [assumed("cost_per_error", "point", 1e200)])
    found = ledger(company.store, MONTH, product="chat")
    assert found.worth == ("invalid", "The inputs are too large to compute with.", False)


def test_a_ledger_of_nobody_is_refused(company: Company) -> None:
    """A name that is not registered, a pilot outside the period and a scope of teams, each with its sentence."""
    valued(company).has("pilots", [{"pilot_id": "trial", "product_id": "chat", "starts_on": date(2026, 12, 1)}])
    with pytest.raises(MetricError, match=r"no pilot 'trail'\. Did you mean 'trial'"):
        ledger(company.store, MONTH, pilot="trail")
    with pytest.raises(MetricError, match="nothing of pilot trial in this period"):
        ledger(company.store, MONTH, pilot="trial")
    with pytest.raises(MetricError, match="say nothing about a team"):
        ledger(company.store, MONTH.model_copy(update={"teams": ("sales",)}), product="chat")
    with pytest.raises(MetricError, match="nothing of chat"):
        ledger(company.store, MONTH.model_copy(update={"visible": frozenset(("code",))}), product="chat")
    with pytest.raises(ValueError, match="one product or of one pilot"):
        ledger(company.store, MONTH)
