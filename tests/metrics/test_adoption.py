"""Adoption against plain loops over random audiences and days of use, and the cases its definition names."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import read, series
from metrics.spec import Reading, Scope
from tests.metrics import oracle
from tests.metrics.company import MONDAY, SUNDAY, Company, day, found, granted, use
from tests.metrics.oracle import Row
from tests.metrics.test_use import assert_equal

NAMES = ("adoption", "adoption.returning", "adoption.reach")
PEOPLE = [f"p{n:02d}" for n in range(16)]
SPANS = st.tuples(st.sampled_from([-60, -1, 0, 1, 9]), st.sampled_from([None, 5, 26, 27, 28, 40]))


@st.composite
def members(draw: st.DrawFn) -> Row:
    """One row of an audience: granted before, at or within the four weeks, and perhaps left."""
    since, left = draw(SPANS)
    left_on = None if left is None or left <= since else day(left)
    return granted(draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(("chat", "code"))), day(since), left_on)


@st.composite
def uses(draw: st.DrawFn) -> Row:
    """One row of use, sometimes nothing but errors, sometimes in shadow mode."""
    return use(
        draw(st.sampled_from([*PEOPLE, "guest"])),
        day(draw(st.integers(-10, 27))),
        draw(st.sampled_from(("chat", "code"))),
        interactions=draw(st.integers(1, 3)),
        technical_errors=draw(st.integers(0, 1)),
        mode=draw(st.sampled_from((None, "assist", "shadow"))),
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(members(), min_size=10, max_size=40),
    st.lists(uses(), min_size=40, max_size=80),
    st.sampled_from([SUNDAY, day(30)]),
)
def test_adoption_equals_plain_loops(workshop: Company, audience: list[Row], rows: list[Row], until: date) -> None:
    """By product, in total over distinct people, and for the last week of a series."""
    anchors = [use("guest", when, product) for product in ("chat", "code") for when in (day(-28), SUNDAY)]
    company = workshop.empty().sells("chat", "code").has("audience", audience).has("user_days", [*rows, *anchors])
    scope = Scope(since=MONDAY, until=until)
    for product in ("chat", "code"):
        of_product = [row for row in audience if row["product_id"] == product]
        used = [row for row in rows if row["product_id"] == product]
        readings = read(company.store, NAMES, scope, by=("product",))
        by_name = {r.metric: r for r in readings if r.group["product"] == product}
        if not of_product:
            assert by_name["adoption"].status == "not_measured"
            continue
        back = oracle.ratio(oracle.returning(of_product, used, MONDAY, until, SUNDAY))
        assert_equal(by_name["adoption"], back)
        assert_equal(by_name["adoption.returning"], back)
        assert_equal(by_name["adoption.reach"], oracle.ratio(oracle.reach(of_product, used, MONDAY, SUNDAY)))
        weekly = [r for r in series(company.store, "adoption", scope, by=("product",)) if r.group["product"] == product]
        (last,) = [r for r in weekly if r.group["week"] == "2026-W40"]
        assert_equal(last, back)
    distinct: dict[str, tuple[int, int]] = {}
    for who in {str(row["user_id"]) for row in audience}:
        weeks, eligible = set(), False
        for product in ("chat", "code"):
            mine = [row for row in audience if (row["user_id"], row["product_id"]) == (who, product)]
            if not oracle.returning(mine, [], MONDAY, until, SUNDAY):
                continue
            eligible = True
            weeks |= {
                (row["day"] - MONDAY).days // 7
                for row in rows
                if (row["unit_id"], row["product_id"]) == (who, product)
                and oracle._qualifies(row)
                and MONDAY <= row["day"] <= SUNDAY
            }
        if eligible:
            distinct[who] = (1 if len(weeks) >= 2 else 0, 1)
    assert_equal(found(read(company.store, ["adoption"], scope)), oracle.ratio(distinct))


def test_reach_is_the_published_hand_count(company: Company, september: Scope) -> None:
    """Five people are targeted, four used it in the four weeks: reach 0.8, by week 3 two of five."""
    cases = json.loads((Path(__file__).parent / "published.json").read_text(encoding="utf-8"))
    (case,) = [case for case in cases if case["routine"] == "adoption_sql"]
    weeks: dict[str, list[int]] = case["inputs"]["active_weeks"]
    company.sells("chat").has("audience", [granted(who) for who in weeks])
    company.has("user_days", [use(who, day(7 * week), "chat") for who, active in weeks.items() for week in active])
    company.has("user_days", [use("guest", SUNDAY), use("guest", MONDAY)])
    assert found(read(company.store, ["adoption.reach"], september)).value == case["expected"][0]
    weekly = series(company.store, "adoption.reach", september)
    assert found(weekly, week="2026-W40").value == case["expected"][1]
    assert found(read(company.store, ["adoption"], september)).value == 3 / 5


def test_without_an_audience_nothing_is_divided(company: Company, september: Scope) -> None:
    """Active people are no denominator: without an audience adoption is not measured, and the sentence says what to
    do.
    """
    company.sells("chat").has("user_days", [use("ann", day(n)) for n in range(28)])
    reading = found(read(company.store, ["adoption"], september))
    assert (reading.status, reading.value, reading.events) == ("not_measured", None, 0)
    assert "No audience is registered for all products" in reading.missing


def test_use_without_names_is_not_adoption(company: Company, september: Scope) -> None:
    """Under 90 % of interactions with a person, adoption is not measured and the rest says its unit is the session."""
    named = [use("ann", day(n), interactions=8) for n in range(28)]
    company.sells("chat").has("audience", [granted("ann")])
    sessions = [use(f"s:{n}", day(n), tasks_confirmed=1, user_known=False) for n in range(28)]
    company.has("user_days", [*named, *sessions])
    reading, success = read(company.store, ["adoption", "task_success"], september)
    assert (reading.status, reading.value) == ("not_measured", None)
    assert "Under 90% of the interactions of all products name a person" in reading.missing
    assert success.method.endswith("unit: session")
    company.has("settings", [{"key": "min_known_share", "value": "0.8"}])
    reading, success = read(company.store, ["adoption", "task_success"], september)
    assert reading.value == 1.0
    assert "session" not in success.method


def test_four_full_weeks_must_lie_behind(company: Company, september: Scope) -> None:
    """With three weeks of data returning is insufficient, without a value; reach is read."""
    company.sells("chat").has("audience", [granted(f"p{n}") for n in range(40)])
    company.has("user_days", [use(f"p{n}", day(7 + n % 21)) for n in range(40)])
    reading, reach = read(company.store, ["adoption", "adoption.reach"], september)
    assert (reading.status, reading.value) == ("insufficient", None)
    assert "Four complete weeks are needed; the data begin in the week of 2026-09-14" in reading.missing
    assert reach.value == 1.0


def test_a_pilot_is_read_by_its_roster_within_its_dates(company: Company) -> None:
    """Of an ended pilot the last four complete weeks before its end count; of a young one none do."""
    company.sells("chat").has(
        "pilots",
        [
            {"pilot_id": "done", "product_id": "chat", "starts_on": MONDAY, "ends_on": SUNDAY},
            {"pilot_id": "young", "product_id": "chat", "starts_on": day(14)},
            {"pilot_id": "later", "product_id": "chat", "starts_on": day(60)},
        ],
    )
    company.has(
        "audience", [granted(who, pilot=pilot) for pilot in ("done", "young", "later") for who in ("ann", "bob")]
    )
    company.has("audience", [granted("cid")])
    company.has(
        "user_days", [use("ann", day(n)) for n in range(-28, 14)] + [use("cid", day(n)) for n in range(-28, 49)]
    )
    company.has("user_days", [use("bob", day(n)) for n in range(28, 49)])  # after the end of the first
    scope = Scope(since=MONDAY, until=day(48))
    readings = read(company.store, ["adoption"], scope, by=("pilot",))
    assert (found(readings, pilot="done").value, found(readings, pilot="done").events) == (0.5, 2)
    assert found(readings, pilot="young").value == 0.5  # bob, in the four weeks to day 48
    before = read(company.store, NAMES, Scope(since=MONDAY, until=day(70)), by=("pilot",))
    assert {r.events for r in before if r.group["pilot"] == "later"} == {0}
    assert {r.status for r in before if r.group["pilot"] == "later"} == {"not_measured"}
    early = read(company.store, ["adoption"], Scope(since=MONDAY, until=day(34)), by=("pilot",))
    assert found(early, pilot="young").status == "insufficient"
    assert "the pilot began in the week of 2026-09-21" in found(early, pilot="young").missing
    only = read(company.store, ["adoption"], scope.model_copy(update={"pilots": ("done",)}))
    assert (only[0].value, only[0].events) == (0.5, 2)


def report(person: str | None, when: date, *, days: int = 1, active: bool = True) -> dict[str, object]:
    """A row of usage_daily."""
    return {"product_id": "chat", "user_id": person, "day": when, "period_days": days, "active": active}


def test_daily_reports_count_where_there_are_no_events(company: Company, september: Scope) -> None:
    """Reports of a day make active days, snapshots over more than a day never do, and events of a product-day win."""
    company.sells("chat").has("audience", [granted(who) for who in ("ann", "bob", "cid", "dan")])
    company.has(
        "usage_daily",
        [
            report("ann", MONDAY),
            report("ann", SUNDAY),
            report("bob", day(8)),  # chat has events that day, bob's are not among them
            report("bob", SUNDAY),
            report("cid", day(14), days=28),
            report("cid", SUNDAY),
            report("dan", day(15), active=False),
            report("dan", SUNDAY),
        ],
    )
    company.has("user_days", [use("eve", day(8))])
    reading = found(read(company.store, ["adoption"], september))
    assert (reading.value, reading.events) == (0.25, 4)


def test_a_snapshot_alone_measures_no_adoption(company: Company, september: Scope) -> None:
    """A product known only by a 28-day snapshot has no days: adoption is not measured, never 0."""
    company.sells("chat").has("audience", [granted("ann")])
    company.has("usage_daily", [report("ann", SUNDAY, days=28)])
    reading = found(read(company.store, ["adoption"], september))
    assert (reading.status, reading.value) == ("not_measured", None)


def test_people_of_services_and_teams_that_build_are_left_out_and_counted(company: Company, september: Scope) -> None:
    """Service, test and product-team accounts are in no denominator; unknown people are employees."""
    company.sells("chat").has("audience", [granted(who) for who in ("ann", "bot", "qa", "dev", "new")])
    kinds = {"ann": "employee", "bot": "service", "qa": "test", "dev": "product_team"}
    company.has("people", [{"user_id": who, "kind": kind} for who, kind in kinds.items()])
    company.has("user_days", [use(who, day(n)) for who in ("ann", "bot", "dev") for n in range(28)])
    adoption, success = read(company.store, ["adoption", "task_success.outcome_coverage"], september)
    assert (adoption.value, adoption.events) == (0.5, 2)
    assert "3 left out" in adoption.method
    assert success.units == 1
    assert "2 left out" in success.method


def test_an_audience_without_dates_begins_when_the_registry_first_knew(company: Company, september: Scope) -> None:
    """A row without granted_on counts since its first version, also after an edit closed that version."""
    company.sells("chat").has("user_days", [use("ann", day(n)) for n in range(28)])
    old = {**granted("ann"), "granted_on": None, "valid_from": MONDAY, "valid_to": day(20)}
    company.has("audience", [old, {**old, "valid_from": day(20), "valid_to": None}])
    assert found(read(company.store, ["adoption"], september)).events == 1
    company.has("audience", [{**granted("bob"), "granted_on": None, "valid_from": day(20)}])
    assert found(read(company.store, ["adoption"], september)).events == 1


def test_a_partial_week_has_no_returning_rate(company: Company) -> None:
    """The week in which the data end is marked partial and has no value: it cannot be drawn as a drop."""
    company.sells("chat").has("audience", [granted(f"p{n}") for n in range(40)])
    company.has("user_days", [use(f"p{n}", day(w)) for n in range(40) for w in (0, 7, 14, 21, 28)])
    weekly: list[Reading] = series(company.store, "adoption", Scope(since=MONDAY, until=day(30)))
    assert [(r.group["week"], r.value, r.status) for r in weekly[-2:]] == [
        ("2026-W40", 1.0, "ok"),
        ("2026-W41", None, "partial"),
    ]
    assert "No week of this period is complete yet" in weekly[-1].missing
    assert (weekly[-1].units, weekly[-1].events) == (0, 0)


def test_a_late_beginning_of_the_scope_cuts_no_trailing_weeks(company: Company) -> None:
    """A scope from a Wednesday on holds only a part of that week for reach; the four weeks behind it are whole."""
    company.sells("chat").has("audience", [granted(f"p{n}") for n in range(40)])
    company.has("user_days", [use(f"p{n}", day(w)) for n in range(40) for w in (0, 7, 14, 21, 27)])
    scope = Scope(since=day(23), until=SUNDAY)
    assert [(r.value, r.status) for r in series(company.store, "adoption", scope)] == [(1.0, "ok")]
    assert [r.status for r in series(company.store, "adoption.reach", scope)] == ["partial"]


def test_a_week_counts_once_and_an_error_not_at_all(company: Company, september: Scope) -> None:
    """Seven days of one week are one week; a day of nothing but technical errors is none."""
    company.sells("chat").has("audience", [granted(who) for who in ("busy", "broken", "back")])
    company.has("user_days", [use("busy", day(n)) for n in range(7)])
    company.has("user_days", [use("broken", day(n), interactions=2, technical_errors=2) for n in range(28)])
    company.has("user_days", [use("back", day(n), interactions=2, technical_errors=1) for n in (6, 7, 27)])
    adoption, reach = read(company.store, ["adoption", "adoption.reach"], september)
    assert adoption.value == pytest.approx(1 / 3)
    assert reach.value == pytest.approx(2 / 3)


def test_adoption_is_split_by_what_an_audience_has(company: Company, september: Scope) -> None:
    """Team from the registry; a scenario has no audience, and the refusal says so."""
    company.sells("chat").has("audience", [granted("ann"), granted("bob")])
    company.has("people", [{"user_id": "ann", "team_id": "sales", "kind": "employee"}])
    company.has("user_days", [use("ann", day(n), team_id="other") for n in range(28)])
    readings = read(company.store, ["adoption"], september, by=("team",))
    assert {r.group["team"]: r.value for r in readings} == {"sales": 1.0, None: 0.0}
    sales = read(company.store, ["adoption"], september.model_copy(update={"teams": ("sales",)}))
    assert sales[0].events == 1
    with pytest.raises(ValueError, match="adoption cannot be split by scenario: an audience is granted"):
        read(company.store, ["adoption"], september, by=("scenario",))


def test_the_four_weeks_are_iso_weeks_across_the_year(company: Company) -> None:
    """The week of 28 December 2026 is 2026-W53 and complete on 3 January."""
    start = date(2026, 12, 7)
    company.sells("chat").has("audience", [granted("ann")])
    company.has("user_days", [use("ann", start + timedelta(days=n)) for n in (0, 6, 24)])
    company.has("user_days", [use("guest", start + timedelta(days=n)) for n in (0, 29)])
    weekly = series(company.store, "adoption", Scope(since=start, until=date(2027, 1, 5)))
    assert [r.group["week"] for r in weekly][-2:] == ["2026-W53", "2027-W01"]
    assert (found(weekly, week="2026-W53").value, found(weekly, week="2027-W01").value) == (1.0, None)


def snapshot(person: str, last: date | None, taken: date = SUNDAY, product: str = "chat") -> dict[str, object]:
    """A row of a 28-day snapshot of who has a licence, with the last day of use."""
    return report(person, taken, days=28) | {"product_id": product, "last_activity_on": last, "licensed": True}


def test_a_last_activity_snapshot_is_a_lower_bound(company: Company, september: Scope) -> None:
    """Those with a licence are the audience, each last day is a day of use, and the reading says what it is; who came
    back a single snapshot cannot say, and weekly snapshots can.
    """
    company.sells("chat")
    people = [f"p{n:02d}" for n in range(40)]
    first = [snapshot(who, day(n % 21) if n % 4 else None, taken=day(20)) for n, who in enumerate(people)]
    company.has("usage_daily", [{**row, "day": SUNDAY, "last_activity_on": row["last_activity_on"]} for row in first])
    tried, reach, back = read(company.store, ["adoption.tried", "adoption.reach", "adoption"], september)
    for reading in (tried, reach):
        assert (reading.value, reading.events) == (0.75, 40)
        assert (reading.status, reading.decides) == ("partial", False)
        assert "lower bound: last-activity snapshots; audience: holders of a licence" in reading.method
        assert "the true share is this or higher" in reading.missing
    assert (back.status, back.value) == ("not_measured", None)
    assert "cannot show use in 2 weeks" in back.missing
    company.has("usage_daily", [snapshot("p01", day(24), taken=day(28)), snapshot("p02", day(25), taken=day(28))])
    back = found(read(company.store, ["adoption"], september))
    assert (back.value, back.events) == (2 / 40, 40)


def test_days_win_over_snapshots(company: Company, september: Scope) -> None:
    """Where daily reports or events tell of a product a snapshot beside them makes nothing a lower bound."""
    company.sells("chat").has("audience", [granted(who) for who in ("ann", "bob")])
    company.has("usage_daily", [report("ann", MONDAY), report("ann", SUNDAY), snapshot("bob", day(9))])
    company.has("user_days", [use("guest", day(9))])
    reach = found(read(company.store, ["adoption.reach"], september))
    assert (reach.value, "lower bound" in reach.method, "licence" in reach.method) == (0.5, False, False)


def test_a_licence_lasts_until_it_ends_or_is_no_longer_listed(company: Company) -> None:
    """It counts from the day it was given until the day it was taken away, or until a snapshot leaves it out; a
    registered audience wins.
    """
    scope = Scope(since=MONDAY, until=day(48))
    seat = {"product_id": "chat", "period_days": 1, "active": None, "licensed": True}
    company.sells("chat", "docs").has("user_days", [use("ann", day(n)) for n in range(49)])
    company.has("user_days", [use("ann", day(n), "docs") for n in range(49)])
    company.has(
        "usage_daily",
        [
            {**seat, "user_id": "ann", "day": day(-30)},
            {**seat, "user_id": "bob", "day": day(-30)},
            {**seat, "user_id": "bob", "day": day(40), "licensed": False},
            {**seat, "user_id": "cid", "day": day(45)},
            snapshot("dan", None, taken=day(10), product="docs"),
            snapshot("eve", None, taken=day(10), product="docs"),
            snapshot("eve", None, taken=day(17), product="docs"),
        ],
    )
    weekly = series(company.store, "adoption.reach", scope, by=("product",))
    of = {(r.group["product"], r.group["week"]): r.events for r in weekly}
    assert [of["chat", f"2026-W{week}"] for week in (37, 41, 42, 43)] == [2, 2, 2, 2]
    assert [of["docs", f"2026-W{week}"] for week in (38, 39, 40)] == [2, 2, 1]
    company.has("audience", [granted("ann")])
    assert (
        found(
            read(company.store, ["adoption.reach"], scope),
        ).events
        == 1 + 2
    )
