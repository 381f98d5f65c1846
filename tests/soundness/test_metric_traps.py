"""Wrong numbers without an error, as others have shown them. A test here is never weakened."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import CATALOG, breakdown, read, series
from metrics.catalog import dimensions_of
from metrics.spec import Ratio, Reading, Scope
from tests.metrics.company import MONDAY, SUNDAY, Company, day, found, granted, tasks, use

COUNTS = ("interactions", "tasks", "tasks_confirmed", "tasks_failed", "tasks_unknown", "escalation_known",
          "escalated_unplanned_1d")  # fmt: skip

OF_USE = {
    name for name, each in CATALOG.items() if isinstance(each, Ratio) and each.fact in ("user_days", "audience")
}  # what use alone measures


def by_name(readings: list[Reading]) -> dict[str, Reading]:
    """Readings of one group by metric."""
    return {reading.metric: reading for reading in readings}


def loaded(company: Company, load: str, product: str, first: date, last: date, *, status: str = "published") -> None:
    """A load that says which days of a product it brought."""
    company.has("loads", [{"load_id": load, "status": status}])
    days = {"first_day": first, "last_day": last, "fact": "interactions"}
    company.has("feed_days", [{"load_id": load, "product_id": product, **days}])


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2), st.integers(0, 27)),
        min_size=12,
        max_size=30,
    )
)
def test_repeating_events_changes_no_interval(workshop: Company, people: list[tuple[int, int, int, int, int]]) -> None:
    """Each person's events five times over: more events, the same people, the same value and the same interval."""
    rows = [
        {**tasks(f"p{n}", day(offset), c, f, u), "escalation_known": c + f, "escalated_unplanned_1d": min(e, c + f)}
        for n, (c, f, u, e, offset) in enumerate(people)
    ]
    fivefold = [{name: int(str(v)) * 5 if name in COUNTS else v for name, v in row.items()} for row in rows]
    audience = [granted(f"p{n}") for n in range(len(people))]
    answers = []
    for each in (rows, fivefold):
        anchors = [use("guest", day(-28), tasks=0), use("guest", day(29), tasks=0)]
        company = workshop.empty().sells("chat").has("audience", audience).has("user_days", each + anchors)
        answers.append(read(company.store, CATALOG, Scope(since=MONDAY, until=SUNDAY)))
    for once, often in zip(*answers, strict=True):
        assert (once.value, once.low, once.high, once.units, once.status) == (
            often.value,
            often.low,
            often.high,
            often.units,
            often.status,
        )
        assert often.events == once.events * (1 if once.metric.startswith("adoption") else 5)


def test_removing_a_feed_is_not_measured_never_zero(company: Company, september: Scope) -> None:
    """When a product's only feed is taken away its readings say not_measured and why; the product does not vanish."""
    company.sells("chat", "code").has("audience", [granted(f"p{n}", p) for n in range(40) for p in ("chat", "code")])
    rows = [
        {**tasks(f"p{n}", day(w), 2, 1), "product_id": product, "escalation_known": 3}
        for n in range(40)
        for w in (0, 7, 14, 21, 27)
        for product in ("chat", "code")
    ]
    company.has("user_days", rows)
    before = read(company.store, CATALOG, september, by=("product",))
    assert all(reading.value is not None for reading in before if reading.metric in OF_USE)
    with company.store.write("undo", "test") as tx:
        tx.run("DELETE FROM user_days WHERE product_id = 'code'")
    after = read(company.store, CATALOG, september, by=("product",))
    gone = [reading for reading in after if reading.group["product"] == "code"]
    assert len(gone) == len(CATALOG)
    for reading in gone:
        assert (reading.status, reading.value, reading.low, reading.decides) == ("not_measured", None, None, False)
        if reading.metric in OF_USE:
            assert reading.missing == "No data about code has been loaded."
    version = after[0].data_version
    assert [r for r in after if r.group["product"] == "chat"] == [
        replace(r, data_version=version) for r in before if r.group["product"] == "chat"
    ]


def test_a_feed_with_nothing_in_the_period_is_zero_of_zero(company: Company, september: Scope) -> None:
    """The feed reaches over the period and holds no task: no value, insufficient, "0 of 0"; neither 0 % nor
    not_measured.
    """
    company.sells("chat").has("user_days", [use("ann", day(-20))])
    loaded(company, "L1", "chat", day(-20), SUNDAY)
    reading = by_name(read(company.store, ["task_success"], september))["task_success"]
    assert (reading.value, reading.status) == (None, "insufficient")
    assert reading.missing.startswith("0 of 0")


def test_todays_audience_is_not_applied_to_history(company: Company) -> None:
    """People granted access in October are in no denominator of September, and those who left stay in those of
    before.
    """
    company.sells("chat").has("audience", [granted(f"old{n}", left=SUNDAY + timedelta(days=1)) for n in range(10)])
    company.has("audience", [granted(f"new{n}", since=day(28)) for n in range(100)])
    company.has("user_days", [use("old0", day(n)) for n in range(-7, 60)])
    months = series(company.store, "adoption.reach", Scope(since=day(-6), until=day(53)), "month")
    assert [(r.group["month"], r.events) for r in months] == [("2026-09", 10), ("2026-10", 110)]
    weekly = series(company.store, "adoption", Scope(since=MONDAY, until=day(55)))
    assert found(weekly, week="2026-W40").events == 10
    assert found(weekly, week="2026-W44").events == 100


def test_a_denominator_does_not_shrink_because_people_left(company: Company) -> None:
    """Half of the audience leaves afterwards: the earlier weeks read as they read before."""
    everybody = [granted(f"p{n}") for n in range(40)]
    company.sells("chat").has("audience", everybody)
    company.has("user_days", [use(f"p{n}", day(7 * w)) for n in range(20) for w in range(8)])
    scope = Scope(since=MONDAY, until=day(55))
    before = found(series(company.store, "adoption", scope), week="2026-W40")
    with company.store.write("leave", "test") as tx:
        tx.run("UPDATE audience SET left_on = ? WHERE user_id > 'p2'", [day(30)])
    after = series(company.store, "adoption", scope)
    assert (found(after, week="2026-W40").events, found(after, week="2026-W40").value) == (before.events, before.value)
    assert found(after, week="2026-W44").events < before.events


def test_a_partial_week_is_flagged_and_not_drawn_as_a_drop(company: Company) -> None:
    """The running week is partial and decides nothing; so is one of which the scope holds only a part."""
    company.sells("chat").has("user_days", [tasks(f"p{n}", day(w), 1, 1) for n in range(40) for w in (0, 7, 14, 16)])
    weekly = series(company.store, "task_success", Scope(since=day(2), until=day(20)))
    assert [(r.group["week"], r.status, r.decides) for r in weekly] == [
        ("2026-W37", "insufficient", False),
        ("2026-W38", "ok", True),
        ("2026-W39", "partial", False),
    ]
    cut = series(company.store, "task_success", Scope(since=MONDAY, until=day(16)))
    assert [r.status for r in cut] == ["ok", "ok", "partial"]


def test_missing_weeks_are_gaps_not_zeros(company: Company) -> None:
    """A week without rows is a reading without a value, within the data and beyond them."""
    company.sells("chat").has("user_days", [tasks(f"p{n}", day(w), 1, 1) for n in range(40) for w in (0, 14)])
    weekly = series(company.store, "task_success", Scope(since=MONDAY, until=day(27)), by=("product",))
    assert [(r.group["week"], r.value, r.status) for r in weekly] == [
        ("2026-W37", 0.5, "ok"),
        ("2026-W38", None, "insufficient"),
        ("2026-W39", 0.5, "partial"),
        ("2026-W40", None, "not_measured"),
    ]
    assert "reach 2026-09-21, before this period begins" in weekly[-1].missing


def test_distinct_people_are_never_summed(company: Company) -> None:
    """Forty people in four weeks and two products are forty units of the total, not the sum of their weeks or
    products.
    """
    rows = [
        {**tasks(f"p{n}", day(7 * w), 1, 1), "product_id": p} for n in range(40) for w in range(4) for p in ("a", "b")
    ]
    company.sells("a", "b").has("user_days", rows).has(
        "audience", [granted(f"p{n}", p) for n in range(40) for p in "ab"]
    )
    scope = Scope(since=MONDAY, until=day(21))
    total = by_name(read(company.store, ["task_success", "adoption.reach"], scope))
    assert (total["task_success"].units, total["adoption.reach"].units, total["adoption.reach"].events) == (40, 40, 40)
    assert sum(r.units for r in series(company.store, "task_success", scope)) == 160


def test_shadow_rows_enter_no_headline(company: Company, september: Scope) -> None:
    """What a product did in the shadow changes no reading, under no grouping."""
    company.sells("chat").has("audience", [granted(f"p{n}") for n in range(40)])
    rows = [{**tasks(f"p{n}", day(7 * w), 1, 1), "escalation_known": 2} for n in range(30) for w in range(4)]
    company.has("user_days", [*rows, use("guest", SUNDAY)])
    groupings = [(), ("product",), ("week",)]
    asked = [[name for name, each in CATALOG.items() if dimensions_of(each)[0] >= set(by)] for by in groupings]
    before = [read(company.store, names, september, by) for names, by in zip(asked, groupings, strict=True)]
    shadow = [{**tasks(f"p{n}", day(7 * w + 1), 9, 0), "mode": "shadow"} for n in range(40) for w in range(4)]
    company.has("user_days", shadow)
    after = [read(company.store, names, september, by) for names, by in zip(asked, groupings, strict=True)]
    same = [[replace(r, data_version=after[0][0].data_version) for r in readings] for readings in before]
    assert after == same
    modes = read(company.store, ["task_success"], september, by=("mode",))
    assert [r.group["mode"] for r in modes] == [None]


def test_an_alias_multiplies_nobody(company: Company, september: Scope) -> None:
    """A person under two names, known twice to the registry, counts once; a name two people claim stays itself."""
    company.sells("chat").has(
        "user_days", [tasks(who, day(1), 1) for who in ("ann", "ann.a", "ann@old", "bob", "shared")]
    )
    aliases = [("one", "ann.a", "ann"), ("two", "ann.a", "ann"), ("one", "ann@old", "ann"), ("one", "shared", "bob")]
    aliases.append(("two", "shared", "cid"))
    company.has("person_aliases", [{"source_system": s, "source_user": a, "user_id": w} for s, a, w in aliases])
    company.has("people", [{"user_id": "ann", "kind": "employee", "team_id": t} for t in ("sales", "legal")])
    reading = by_name(read(company.store, ["task_success"], september))["task_success"]
    assert (reading.units, reading.events) == (3, 5)


def test_a_total_is_judged_by_its_slowest_product(company: Company, september: Scope) -> None:
    """Data reach as far as the product with the earliest edge that has data in the period; a dead product does not
    count.
    """
    rows = {"fast": (0, 27), "slow": (0, 20), "dead": (-90, -60)}
    company.sells(*rows)
    for product, days in rows.items():
        company.has(
            "user_days", [{**tasks(f"p{n}", day(d), 1, 1), "product_id": product} for n in range(40) for d in days]
        )
    total = by_name(read(company.store, ["task_success"], september))["task_success"]
    assert (total.status, total.decides) == ("partial", False)
    assert "reach 2026-09-27" in total.missing
    assert (
        by_name(read(company.store, ["task_success"], Scope(since=MONDAY, until=day(20))))["task_success"].status
        == "ok"
    )


def test_adoption_of_several_products_ends_with_the_earliest_edge(company: Company) -> None:
    """In a total no product is judged on a week that its data do not hold: the four weeks are those before the edge."""
    company.sells("fast", "slow").has("audience", [granted("ann", "fast"), granted("bob", "slow")])
    rows = [{**use("ann", day(n)), "product_id": "fast"} for n in range(14, 35)]
    company.has("user_days", rows + [{**use("bob", day(n)), "product_id": "slow"} for n in range(0, 29)])
    company.has("user_days", [{**use("guest", day(0)), "product_id": "fast"}])
    scope = Scope(since=MONDAY, until=day(34))
    total = by_name(read(company.store, ["adoption"], scope))["adoption"]
    assert (total.value, total.events, total.status) == (1.0, 2, "insufficient")
    weekly = series(company.store, "adoption", scope)
    assert (found(weekly, week="2026-W41").value, found(weekly, week="2026-W41").events) == (None, 0)
    apart = read(company.store, ["adoption"], scope, by=("product",))
    assert (found(apart, product="fast").value, found(apart, product="slow").value) == (1.0, 1.0)


def test_a_late_file_is_stale_a_lagging_one_of_an_undone_load_counts_not(company: Company, september: Scope) -> None:
    """Declared cadence makes silence stale; only published loads say how far the data reach."""
    company.sells("chat").has("user_days", [tasks(f"p{n}", day(20), 1, 1) for n in range(40)])
    loaded(company, "L1", "chat", MONDAY, day(20))
    loaded(company, "L2", "chat", MONDAY, SUNDAY, status="undone")
    company.has("feeds", [{"product_id": "chat", "fact": "interactions", "cadence_days": 7}])
    reading = by_name(read(company.store, ["task_success"], september))["task_success"]
    assert (reading.status, reading.value) == ("stale", 0.5)  # on 5 October the data are 8 days old
    assert reading.missing == "The data of chat reach 2026-09-27, 8 days ago; a file is due every 7 days."
    company.store.clock = lambda: datetime(2026, 10, 4, 12)
    assert by_name(read(company.store, ["task_success"], september))["task_success"].status == "partial"


def test_what_may_not_be_seen_is_in_no_number(company: Company, september: Scope) -> None:
    """Scope.visible filters every door, also when the product is asked for by name."""
    company.sells("mine", "secret").has("audience", [granted("ann", p) for p in ("mine", "secret")])
    company.has(
        "user_days", [{**tasks("ann", day(n), 1), "product_id": p} for n in range(28) for p in ("mine", "secret")]
    )
    scope = september.model_copy(update={"visible": frozenset(("mine",))})
    assert {r.group["product"] for r in read(company.store, CATALOG, scope, by=("product",))} == {"mine"}
    assert read(company.store, ["task_success"], scope)[0].events == 28
    asked = scope.model_copy(update={"products": ("secret",)})
    assert all(r.value is None and r.events == 0 for r in read(company.store, CATALOG, asked))
    nothing = september.model_copy(update={"visible": frozenset()})
    assert all(r.value is None for r in read(company.store, CATALOG, nothing))


def test_an_empty_registry_says_so(company: Company, september: Scope) -> None:
    """Data without a registered product are not "no data": every reading says what to do."""
    company.has("user_days", [tasks("ann", day(1), 1)])
    for reading in read(company.store, CATALOG, september):
        assert (reading.status, reading.value) == ("not_measured", None)
        assert reading.missing.startswith("The registry has no product that this may count")
    assert read(company.store, CATALOG, september, by=("product",)) == []


def test_unregistered_products_wait_outside(company: Company, september: Scope) -> None:
    """Rows of no registered product are in no total until the scope names them; a retired product keeps its history."""
    company.has("products", [{"product_id": "chat"}, {"product_id": "gone", "retired_on": day(-1)}])
    company.has("products", [{"product_id": "ending", "retired_on": day(20)}])
    for product in ("chat", "gone", "ending", "stray", ""):
        company.has("user_days", [{**tasks("ann", day(1), 1), "product_id": product}])
    assert [r.group["product"] for r in read(company.store, ["task_success"], september, by=("product",))] == [
        "chat",
        "ending",
    ]
    assert read(company.store, ["task_success"], september)[0].events == 2
    named = september.model_copy(update={"products": ("stray", "gone")})
    assert read(company.store, ["task_success"], named)[0].events == 2


def test_contradicting_counts_are_invalid(company: Company, september: Scope) -> None:
    """More escalations than tasks that could have had one is no rate of 150 %: invalid, without a value."""
    rows = [use(f"p{n}", day(1), escalation_known=2, escalated_unplanned_1d=3, tasks=3) for n in range(40)]
    company.sells("chat").has("user_days", [*rows, use("p0", SUNDAY)])
    reading = by_name(read(company.store, ["escalation_rate"], september))["escalation_rate"]
    assert (reading.status, reading.value) == ("invalid", None)


def test_a_breakdown_begins_with_the_most_frequent(company: Company, september: Scope) -> None:
    """Parts in order of their events, within each group."""
    for scenario, often in (("letters", 1), ("contracts", 3), (None, 2)):
        company.has("user_days", [tasks("ann", day(1), often, scenario_id=scenario)])
    company.sells("chat")
    parts = breakdown(company.store, "task_success", september, "scenario", by=("product",))
    assert [(r.group["scenario"], r.events) for r in parts] == [("contracts", 3), (None, 2), ("letters", 1)]


def test_an_unknown_metric_is_named_with_the_nearest(company: Company, september: Scope) -> None:
    """A misspelt metric is refused with the one that was meant."""
    with pytest.raises(ValueError, match=r"There is no metric 'task_sucess'\. Did you mean 'task_success'\?"):
        read(company.store, ["task_sucess"], september)


def test_a_pilot_is_not_stale_because_another_product_is(company: Company, september: Scope) -> None:
    """Asked about pilots alone, the data of their own products are judged: an overdue feed elsewhere is not theirs."""
    company.sells("chat", "code").has("pilots", [{"pilot_id": "trial", "product_id": "chat", "starts_on": MONDAY,
                                                  "ends_on": SUNDAY}])  # fmt: skip
    company.has("user_days", [tasks(f"p{n}", day(w), 2, 1) for n in range(40) for w in (0, 7, 14, 21, 27)])
    company.has("user_days", [tasks("q", day(3), 1, 0, product="code")])
    company.has("audience", [granted(f"p{n}", pilot="trial") for n in range(40)])
    company.has("feeds", [{"product_id": "code", "fact": "interactions", "cadence_days": 7}])
    scope = september.model_copy(update={"pilots": ("trial",)})
    (alone,) = read(company.store, ["task_success"], scope)
    (split,) = read(company.store, ["task_success"], scope, by=("pilot",))
    assert (alone.status, alone.value, alone.units) == (split.status, split.value, split.units)
    assert (alone.status, alone.value, alone.units) == ("ok", pytest.approx(2 / 3), 40)
