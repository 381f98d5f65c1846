"""Value that is not there, as others have shown it. A test here is never weakened."""

from datetime import date

import numpy as np
import pytest

from metrics import read
from metrics.ledgers import ledger
from metrics.spec import Reading, Scope
from tests.metrics.company import Company, granted
from tests.metrics.valued import MONTH, OCTOBER, SEPTEMBER, assumed, line, points, spent, valued, worked

VALUE = ("roi", "roi.net_value", "roi.chance")


def of_chat(company: Company, *metrics: str, scope: Scope = MONTH) -> list[Reading]:
    """Readings of the product chat."""
    return [r for r in read(company.store, metrics, scope, by=("product",)) if r.group == {"product": "chat"}]


def told(company: Company, sql: str) -> None:
    """One change by hand."""
    with company.store.write("by hand", "test") as tx:
        tx.run(sql)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (worked(confirmed=0, failed=0, unknown=10), "No source says which of the 1200 tasks ended well"),
        (worked(confirmed=1, failed=1, unknown=8), "at least 30% must"),
        (worked(people=9), "9 people: under 10"),
        ([{**row, "mode": "shadow"} for row in worked()], "0 of 0"),
        (worked(confirmed=0, failed=2, unknown=8, technical_errors=2), "No source says"),
    ],
)
def test_no_roi_while_success_is_unmeasured(company: Company, rows: list[dict[str, object]], reason: str) -> None:
    """Nobody says how tasks ended, too few do, too few people, only shadow mode, only error logs: all costs and
    assumptions are there, and there is no ROI, no chance and no cost per success, with the reason.
    """
    company.sells("chat").has("user_days", rows).has("assumptions", points())
    company.has("costs", [spent("licences", 500), spent("people", 1_500)])
    for reading in of_chat(company, *VALUE, "roi.cost_per_success"):
        assert (reading.value, reading.low, reading.high, reading.decides) == (None, None, None, False)
        assert reading.status == "not_measured"
        assert "while task success is unmeasured: " in reading.missing
        assert reason in reading.missing
    page = ledger(company.store, MONTH, product="chat")
    assert (page.roi, page.net, page.chance, page.cost_per_success, page.break_even) == (None,) * 5
    assert page.tornado == []
    assert not [each for each in page.lines if each.kind == "benefit"]


def test_stale_success_gives_no_roi(company: Company) -> None:
    """The feed is overdue: what was true of success is not known of the value."""
    valued(company).has("feeds", [{"product_id": "chat", "fact": "interactions", "cadence_days": 1, "required": True}])
    roi, success = of_chat(company, "roi", "task_success")
    assert success.status == "stale"
    assert (roi.value, roi.status) == (None, "not_measured")


@pytest.mark.parametrize(
    ("left", "gap"),
    [
        ("people", "no licence or infrastructure costs"),
        ("licences", "no people costs"),
        ("infrastructure", "no people costs"),
    ],
)
def test_a_missing_cost_category_is_never_zero(company: Company, left: str, gap: str) -> None:
    """The value is shown and may not be used: insufficient, no interval, never decides, and the category is named."""
    company.sells("chat").has("user_days", worked()).has("assumptions", points()).has("costs", [spent(left, 500)])
    for reading in of_chat(company, *VALUE):
        assert reading.value is not None
        assert (reading.status, reading.low, reading.high, reading.decides) == ("insufficient", None, None, False)
        assert reading.missing == f"ROI incomplete: {gap}."
    (cost,) = of_chat(company, "roi.cost_per_success")
    assert (cost.status, cost.decides, cost.missing) == ("insufficient", False, f"Costs incomplete: {gap}.")


def test_tokens_nobody_metered_are_not_free(company: Company) -> None:
    """No interaction carries a cost and the registry states none."""
    company.sells("chat").has("assumptions", points()).has("costs", [spent("licences", 500), spent("people", 1_500)])
    company.has("user_days", [{**row, "uncosted": row["interactions"]} for row in worked(cost_microusd=None)])
    (roi,) = of_chat(company, "roi")
    assert (roi.status, roi.missing) == ("insufficient", "ROI incomplete: no token costs.")


def test_incomplete_products_are_in_no_sum(company: Company) -> None:
    """A product whose people cost nobody stated would make the portfolio look better: it is left out, aloud."""
    valued(company).sells("code").has("assumptions", points("code", minutes_saved_per_task=500))
    company.has("user_days", worked("code")).has("costs", [spent("licences", 1, product="code")])
    (alone,) = of_chat(company, "roi.net_value")
    (every,) = read(company.store, ["roi.net_value"], MONTH)
    assert (every.value, every.low, every.high) == (alone.value, alone.low, alone.high)
    assert "1 of 2 products" in every.method


def test_the_same_question_has_the_same_answer(company: Company) -> None:
    """Asked twice, alone or among others, after more products came: equal to the last digit."""
    valued(company).has(
        "assumptions", [assumed("revenue_per_month", "normal", 900, 300), assumed("margin", "beta", 2, 5)]
    )
    first = of_chat(company, *VALUE, "roi.cost_per_success")
    again = of_chat(company, *VALUE, "roi.cost_per_success")
    assert first == again
    company.sells("aaa", "zzz").has("user_days", [*worked("aaa"), *worked("zzz")])
    later = of_chat(company, *VALUE, "roi.cost_per_success")
    numbers = [[(r.value, r.low, r.high, r.method) for r in readings] for readings in (first, later)]
    assert numbers[0] == numbers[1]


def test_another_period_is_drawn_anew(company: Company) -> None:
    """The same assumption in two periods is the same belief and not the same draws."""
    valued(company).has("assumptions", [assumed("cost_avoided_per_month", "uniform", 0, 900)])
    nearly = Scope(since=date(2026, 8, 31), until=MONTH.until)
    one, two = (ledger(company.store, scope, product="chat") for scope in (MONTH, nearly))
    assert one.result
    assert two.result
    assert not np.allclose(one.result.streams["cost avoided"], two.result.streams["cost avoided"])


@pytest.mark.parametrize(
    "kind", ["licences", "infrastructure", "people", "sme", "training", "review", "capital", "other"]
)
def test_more_costs_never_raise_the_value(company: Company, kind: str) -> None:
    """Whatever kind of cost is added: ROI, net value, each of their ends and the chance go down or stay."""
    valued(company).has("assumptions", [assumed("errors_avoided_per_month", "lognormal", 5, 0.8),
                                        assumed("cost_per_error", "triangular", 10, 50, 200)])  # fmt: skip
    before = of_chat(company, *VALUE)
    company.has("costs", [spent(kind, 77.7)])
    for less, more in zip(before, of_chat(company, *VALUE), strict=True):
        assert more.value is not None
        assert less.value is not None
        assert more.value <= less.value
        if less.low is not None and less.high is not None and more.low is not None and more.high is not None:
            assert more.low < less.low
            assert more.high < less.high


def test_estimates_alone_never_decide(company: Company) -> None:
    """One input of evidence C, the defaults of capture and attribution among them, and ROI may not drive a decision."""
    valued(company)
    assert all(reading.decides for reading in of_chat(company, *VALUE))
    for name in ("capture", "attribution", "hourly_rate", "minutes_saved_per_task"):
        told(company, f"UPDATE assumptions SET evidence = 'C' WHERE product_id = 'chat' AND name = '{name}'")
        for reading in of_chat(company, *VALUE):
            assert (reading.status, reading.decides) == ("ok", False)
            assert reading.missing == f"An estimate alone decides nothing (evidence C: {name})."
            assert "evidence C" in reading.method
        told(company, f"UPDATE assumptions SET evidence = 'A' WHERE product_id = 'chat' AND name = '{name}'")
    assert all(reading.decides for reading in of_chat(company, *VALUE))
    company.has("costs", [spent("sme", 10, basis="assumed")])
    assert not any(reading.decides for reading in of_chat(company, *VALUE))
    told(company, "DELETE FROM costs WHERE kind = 'sme'")
    told(company, "DELETE FROM assumptions WHERE product_id = 'chat' AND name IN ('capture', 'attribution')")
    roi = of_chat(company, "roi")[0]
    assert roi.missing == "An estimate alone decides nothing (evidence C: capture, attribution)."


def test_few_people_do_not_decide(company: Company) -> None:
    """What task success may not decide, its value may not either."""
    company.sells("chat").has("user_days", worked(people=20)).has("assumptions", points())
    company.has("costs", [spent("licences", 500), spent("people", 1_500)])
    for reading in of_chat(company, *VALUE, "roi.cost_per_success"):
        assert (reading.status, reading.decides) == ("ok", False)
        assert reading.missing == "20 people of the 30 that a decision needs."


def test_tokens_are_charged_once(company: Company) -> None:
    """A row of the registry replaces what was metered that month, and only that month; other kinds change nothing."""
    valued(company).has("user_days", [{**row, "day": date(2026, 10, 1)} for row in worked(days=(1,))])
    company.has("costs", [spent("licences", 0, OCTOBER), spent("people", 0, OCTOBER)])
    scope = Scope(since=SEPTEMBER, until=date(2026, 10, 1))
    metered = ledger(company.store, scope, product="chat")
    assert line(metered, "tokens").mid == pytest.approx(16)
    company.has("costs", [spent("tokens", 20)])
    both = ledger(company.store, scope, product="chat")
    assert sorted(each.mid for each in both.lines if each.name == "tokens") == pytest.approx([4, 20])
    assert both.cost == pytest.approx(metered.cost - 12 + 20)


def test_tokens_of_shadow_mode_and_tests_cost_money(company: Company) -> None:
    """They are in no headline of success, and were paid for."""
    valued(company).has("people", [{"user_id": "bot", "kind": "test"}])
    company.has("user_days", worked(days=(4,), mode="shadow"))
    company.has("user_days", [{**row, "unit_id": "bot"} for row in worked(days=(5,), people=1)])
    found = ledger(company.store, MONTH, product="chat")
    assert line(found, "tokens").mid == pytest.approx(12 + 4 + 0.1)
    assert line(found, "tasks").mid == 1200


def test_a_task_of_unknown_outcome_is_no_success(company: Company) -> None:
    """A thousand more tasks that nobody judged add their cost and no benefit."""
    valued(company)
    before = ledger(company.store, MONTH, product="chat")
    company.has("user_days", worked(confirmed=0, failed=0, unknown=10, days=(8,)))
    after = ledger(company.store, MONTH, product="chat")
    assert before.result
    assert after.result
    assert (after.result.benefits == before.result.benefits).all()
    assert after.cost > before.cost


def test_costs_do_not_run_on_where_the_data_end(company: Company) -> None:
    """A period that is not over is not a loss: two days of use stand against two days of costs."""
    company.sells("chat").has("assumptions", points()).has("costs", [spent("licences", 500), spent("people", 1_500)])
    company.has("user_days", worked(days=(1, 2)))
    (open_month,) = of_chat(company, "roi")
    (two_days,) = of_chat(company, "roi", scope=Scope(since=SEPTEMBER, until=date(2026, 9, 2)))
    assert open_month.status == "partial"
    assert open_month.value == pytest.approx(two_days.value, rel=0.02)


def test_what_products_share_does_not_average_out(company: Company) -> None:
    """One wide assumption of all products: ten products together are as uncertain as one, not a third of it."""
    names = [f"product{n}" for n in range(10)]
    company.sells(*names).has(
        "user_days", [row for name in names for row in worked(name, confirmed=10, failed=0, unknown=0)]
    )
    company.has("costs", [spent(kind, 500, product=name) for name in names for kind in ("licences", "people")])
    certain = [row for row in points(None) if row["name"] != "minutes_saved_per_task"]
    told(company, "DELETE FROM assumptions")
    company.has("assumptions", [*certain, assumed("minutes_saved_per_task", "uniform", 2, 22, product=None)])
    (every,) = read(company.store, ["roi"], MONTH)
    one = read(company.store, ["roi"], MONTH, by=("product",))[0]
    assert None not in (every.low, every.high, one.low, one.high)
    assert every.high - every.low == pytest.approx(one.high - one.low, rel=0.05)


def test_a_monthly_sum_of_no_product_is_in_none(company: Company) -> None:
    """Revenue said of "all products" would be counted once in each of them."""
    valued(company).has("assumptions", [assumed("cost_avoided_per_month", "point", 9_000, product=None)])
    assert [each.name for each in ledger(company.store, MONTH, product="chat").lines if each.kind == "benefit"] == [
        "time saved"
    ]


def test_people_of_two_products_are_not_two_people(company: Company) -> None:
    """The same forty people use both products: the sum stands on forty."""
    valued(company).sells("code").has("assumptions", points("code")).has("user_days", worked("code"))
    company.has("costs", [spent("licences", 500, product="code"), spent("people", 1_500, product="code")])
    for reading in read(company.store, VALUE, MONTH):
        assert reading.units == 40
        assert "2 of 2 products" in reading.method


def test_a_pilot_does_not_ride_for_free(company: Company) -> None:
    """All of a product's use is its pilot's: the pilot bears all of the product's costs of its days."""
    valued(company).has("pilots", [{"pilot_id": "trial", "product_id": "chat", "starts_on": SEPTEMBER}])
    company.has("audience", [granted(f"p{n}", pilot="trial") for n in range(40)])
    of_pilot, of_product = ledger(company.store, MONTH, pilot="trial"), ledger(company.store, MONTH, product="chat")
    assert of_pilot.cost == of_product.cost == 2012
    assert of_pilot.confirmed == of_product.confirmed


def test_who_may_not_see_a_product_sees_no_money_of_it(company: Company) -> None:
    """A product outside `visible` is in no reading, no sum and no ledger line."""
    valued(company).sells("code").has("assumptions", points("code")).has("user_days", worked("code"))
    company.has("costs", [spent("licences", 500, product="code"), spent("people", 1_500, product="code")])
    scope = MONTH.model_copy(update={"visible": frozenset(("chat",))})
    (every,) = read(company.store, ["roi.net_value"], scope)
    (alone,) = of_chat(company, "roi.net_value")
    assert (every.value, every.low, every.high) == (alone.value, alone.low, alone.high)
    assert [reading.group for reading in read(company.store, ["roi"], scope, by=("product",))] == [{"product": "chat"}]
