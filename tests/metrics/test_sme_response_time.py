"""SME response time against plain loops over random tickets, and its rules one by one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from metrics import evidence, origin, read, series
from metrics.catalog import CATALOG
from metrics.spec import MetricError, Reading, Scope
from tests.metrics.company import MONDAY, SUNDAY, Company, day, found, granted
from tests.metrics.desk import ask, clear, keep, office, ticket, waited

NAMES = ("sme_response_time", "sme_response_time.p90", "sme_response_time.within_sla")
ZONE = "Europe/Berlin"
OFFICE = office(date(2026, 7, 1), date(2026, 12, 31))
PART_TIME = {each: (time(13), time(15, 30)) for each in OFFICE if each.weekday() in (0, 2)}
TEAMS = {"ann": "sales", "bob": "legal", "bot": "sales"}


def at(offset: int, hour: float = 10) -> datetime:
    """An hour (UTC) of the day so many days after MONDAY."""
    return datetime.combine(day(offset), time()) + timedelta(hours=hour)


def waits(hours: Sequence[float], still_open: int = 0, first: int = 100) -> list[dict[str, object]]:
    """Tickets opened at nine (UTC) on the first Monday and answered after so many hours of that week; some are not."""
    opened = at(0, 9)
    rows = [ticket(first + n, opened, opened + timedelta(days=int(h // 8), hours=h % 8)) for n, h in enumerate(hours)]
    return rows + [ticket(first + 500 + n, opened) for n in range(still_open)]


def edge(offset: int = 27, hour: float = 20, **more: object) -> dict[str, object]:
    """An incident that counts nowhere and says how far the data reach."""
    return ticket(9_000 + offset, at(offset, hour), None, kind="incident", **more)


def by_name(company: Company, scope: Scope) -> dict[str, Reading]:
    """The three readings of everything."""
    return {reading.metric: reading for reading in read(company.store, NAMES, scope)}


# --- the second computation ------------------------------------------------------------------------------------------


@st.composite
def tickets(draw: st.DrawFn) -> dict[str, object]:
    """One ticket of any sort: kinds, products, people, loads, closed ones, answers before the question."""
    opened = at(0, 0) + timedelta(seconds=draw(st.integers(-3 * 86_400, 30 * 86_400)))
    after = st.one_of(st.none(), st.integers(-4_000, 8 * 86_400))
    answered, resolved = draw(after), draw(after)
    return ticket(
        0,
        opened,
        None if answered is None else opened + timedelta(seconds=answered),
        version_at=opened + timedelta(seconds=draw(st.integers(0, 86_400))),
        resolved_at=None if resolved is None else opened + timedelta(seconds=resolved),
        status=draw(st.sampled_from(("new", "in_progress", "waiting", "done", "cancelled"))),
        product_id=draw(st.sampled_from(("chat", "chat", "code"))),
        pilot_id=draw(st.sampled_from((None, None, "trial"))),
        kind=draw(st.sampled_from(("context_gap", "request", "escalation", "other", "incident"))),
        requester_id=draw(st.sampled_from((None, "ann", "bob", "bot"))),
        assignee_id=draw(st.sampled_from((None, "eve", "zed"))),
        load_id=draw(st.sampled_from(("L1", "L2"))),
    )


Seen = tuple[int, bool]  # business seconds, and whether it was answered


def seen(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Seen | None:
    """What is known of a ticket; None when it has no time."""
    mine = {other["load_id"] for other in rows if other["product_id"] == row["product_id"]}
    told = [other for other in rows if other["load_id"] in mine]
    moments = [other[name] for other in told for name in ("opened_at", "first_response_at", "resolved_at")]
    last = max(moment for moment in moments if moment is not None)
    end, answered = row["first_response_at"], row["first_response_at"] is not None
    if not answered:
        closed = row["resolved_at"] or row["version_at"]
        end = min(closed, last) if row["status"] in ("done", "cancelled") else last
    if end < row["opened_at"]:
        return None
    hours = PART_TIME if row["assignee_id"] == "eve" else OFFICE
    return waited(hours, ZONE, row["opened_at"], end), answered


def survival(cohort: Sequence[Seen]) -> dict[int, Fraction]:
    """The product-limit curve by plain counting."""
    curve, left = {}, Fraction(1)
    for when in sorted({seconds for seconds, answered in cohort if answered}):
        ended = sum(answered for seconds, answered in cohort if seconds == when)
        left *= 1 - Fraction(ended, sum(seconds >= when for seconds, _ in cohort))
        curve[when] = left
    return curve


def assert_equal(reading: Reading, cohort: Sequence[Seen]) -> None:
    """The reading says what plain loops and statsmodels say of the cohort."""
    answers, curve = sum(answered for _, answered in cohort), survival(cohort)
    assert (reading.units, reading.events) == (len(cohort), answers)
    if not cohort or reading.status == "not_measured":  # of a pilot without data in its dates, whatever its rows
        assert reading.value is None
        assert reading.status in ("insufficient", "not_measured")
        return
    if reading.metric.endswith("within_sla"):
        within = [left for when, left in curve.items() if when <= 16 * 3600]
        left = within[-1] if within else Fraction(1)
        if left and max(seconds for seconds, _ in cohort) < 16 * 3600:
            assert reading.value is None
            assert "No ticket of this period was followed for 16 business hours yet." in reading.missing
            return
        assert reading.value == pytest.approx(float(1 - left), abs=1e-11)
        return
    share, enough = (0.9, 30) if reading.metric.endswith("p90") else (0.5, 10)
    first = next((when for when, left in curve.items() if left <= 1 - Fraction(str(share))), None)
    assert reading.value == (None if first is None else pytest.approx(first / 3600, rel=1e-11))
    assert (reading.value is None) == ("Not reached, > " in reading.missing)
    if answers < enough:
        assert (reading.status, reading.low, reading.high) == ("insufficient", None, None)
    elif 0 not in curve.values():
        times, ended = (np.array(column) for column in zip(*cohort, strict=True))
        low, high = SurvfuncRight(times, ended.astype(int)).quantile_ci(share, method="cloglog")
        if not np.isnan(low):
            assert reading.low == pytest.approx(low / 3600, rel=1e-11)
            assert reading.high == (None if np.isinf(high) else pytest.approx(high / 3600, rel=1e-11))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(tickets(), min_size=1, max_size=80))
def test_readings_are_those_of_plain_loops(workshop: Company, drawn: list[dict[str, object]]) -> None:
    """Whole, by product, week, team and pilot: cohorts, censoring, calendars and curves as computed by hand."""
    rows: list[Mapping[str, Any]] = [
        {**row, "event_key": n, "ticket_id": f"T{n}", "source_row": n} for n, row in enumerate(drawn)
    ]
    clear(workshop).sells("chat", "code").has("settings", [{"key": "reporting_zone", "value": ZONE}])
    people = [
        {"user_id": who, "kind": "service" if who == "bot" else "employee", "team_id": t} for who, t in TEAMS.items()
    ]
    workshop.has("people", [*people, {"user_id": "eve", "kind": "employee", "calendar_id": "part"}])
    keep(workshop, "part", PART_TIME)
    workshop.has("pilots", [{"pilot_id": "trial", "product_id": "chat", "starts_on": day(7), "ends_on": day(20)}])
    workshop.has("audience", [granted("bob", since=day(10), pilot="trial")])
    ask(workshop, rows)
    scope = Scope(since=MONDAY, until=SUNDAY)

    def local(row: Mapping[str, Any]) -> date:
        return row["opened_at"].replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE)).date()

    asked = [
        (row, one)
        for row in rows
        if row["kind"] != "incident" and row["requester_id"] != "bot" and MONDAY <= local(row) <= SUNDAY
        if (one := seen(row, rows)) is not None
    ]

    def of_trial(row: Mapping[str, Any]) -> bool:
        member = row["requester_id"] == "bob" and row["product_id"] == "chat" and day(10) <= local(row) <= day(20)
        return row["pilot_id"] == "trial" or member

    for reading in read(workshop.store, NAMES, scope):
        assert_equal(reading, [one for _, one in asked])
    for reading in read(workshop.store, NAMES, scope, by=("product",)):
        assert_equal(reading, [one for row, one in asked if row["product_id"] == reading.group["product"]])
    for reading in read(workshop.store, NAMES, scope, by=("week",)):
        week = reading.group["week"]
        assert_equal(reading, [one for row, one in asked if f"{local(row):%G-W%V}" == week])
    for reading in read(workshop.store, NAMES, scope, by=("team",)):
        team = reading.group["team"]
        assert_equal(reading, [one for row, one in asked if TEAMS.get(row["requester_id"]) == team])
    for reading in read(workshop.store, NAMES, scope, by=("pilot",)):
        assert_equal(reading, [one for row, one in asked if of_trial(row)])
    for reading in read(workshop.store, NAMES, scope.model_copy(update={"pilots": ("trial",), "teams": ("legal",)})):
        assert_equal(reading, [one for row, one in asked if of_trial(row) and row["requester_id"] == "bob"])


# --- the rules -------------------------------------------------------------------------------------------------------


def test_enough_answers_and_fresh_data_decide(company: Company, september: Scope) -> None:
    """Forty tickets, thirty of them answered: ok, deciding, and the method says how and what still waits."""
    company.sells("chat")
    ask(company, [*waits([n + 1 for n in range(30)], still_open=10), edge()])
    answer = by_name(company, september)
    median, within = answer["sme_response_time"], answer["sme_response_time.within_sla"]
    assert (median.value, median.units, median.events) == (20.0, 40, 30)
    assert (median.status, median.decides, median.missing) == ("ok", True, "")
    assert (within.value, within.status, within.decides) == (0.4, "ok", True)
    assert median.method == ("Kaplan-Meier; Brookmeyer-Crowley interval (log-log); 10 open, the longest for 160.0 h")
    assert within.method.startswith("Kaplan-Meier; log-log interval at 16 h; 10 open")


def test_a_quantile_out_of_reach_is_a_bound_and_decides(company: Company, september: Scope) -> None:
    """Where a quarter still waits there is no 90th percentile: no value, a lower bound, and how far the curve goes."""
    company.sells("chat")
    ask(company, [*waits([n + 1 for n in range(30)], still_open=10), edge()])
    reading = by_name(company, september)["sme_response_time.p90"]
    assert (reading.value, reading.high) == (None, None)
    assert reading.low == 30.0
    assert (reading.status, reading.decides) == ("ok", True)
    assert reading.missing == "Not reached, > 160.0 business hours: 30 answered tickets of 40."


def test_experts_who_hardly_answer_look_slow_not_unknown(company: Company, september: Scope) -> None:
    """Twelve answers within the hour of a hundred questions: the median lies surely after the last answer."""
    company.sells("chat")
    ask(company, [*waits([n / 12 for n in range(1, 13)], still_open=88), edge()])
    reading = by_name(company, september)["sme_response_time"]
    assert (reading.value, reading.low, reading.high, reading.decides) == (None, 1.0, None, True)


@pytest.mark.parametrize(("answers", "median", "p90"), [(9, False, False), (10, True, False), (30, True, True)])
def test_few_answers_decide_nothing(company: Company, september: Scope, answers: int, median: bool, p90: bool) -> None:
    """Under ten answers (thirty for the 90th percentile) the value is shown without an interval, insufficient."""
    company.sells("chat")
    ask(company, [*waits([1.0 + n / 10 for n in range(answers)], still_open=0), edge()])
    answer = by_name(company, september)
    for name, decides in (("", median), (".within_sla", median), (".p90", p90)):
        reading = answer[f"sme_response_time{name}"]
        assert reading.value is not None
        assert (reading.decides, reading.low is not None) == (decides, decides)
        assert reading.status == ("ok" if decides else "insufficient")
    few = answer["sme_response_time.p90"].missing
    assert few == ("" if p90 else f"{answers} answered tickets: under 30 there is no interval to trust.")
    company.has("settings", [{"key": "min_answered", "value": "31"}])
    assert by_name(company, september)["sme_response_time"].status == "insufficient"


def test_nobody_followed_so_long_is_not_a_share_of_zero(company: Company) -> None:
    """Questions of this morning say nothing about sixteen hours: partial and without a value until they are older."""
    company.sells("chat")
    ask(company, [*waits([0.5] * 12, still_open=12), edge(1, 9.5)])
    week = Scope(since=MONDAY, until=day(1))
    early = by_name(company, week)["sme_response_time.within_sla"]
    assert (early.value, early.low, early.status, early.decides) == (None, None, "partial", False)
    assert early.missing == "No ticket of this period was followed for 16 business hours yet."
    company.has("settings", [{"key": "sme_sla_hours", "value": "4"}])
    assert by_name(company, week)["sme_response_time.within_sla"].value == 0.5


def test_no_tickets_are_not_measured_and_none_in_the_period_is_zero_of_zero(company: Company, september: Scope) -> None:
    """A product whose desk was never loaded has no number; one whose desk had a quiet month has no tickets."""
    company.sells("chat", "code")
    ask(company, [*waits([1.0] * 12), edge(40), edge(21, product_id="code")])
    october = Scope(since=day(28), until=day(34))
    assert found(read(company.store, NAMES[:1], october, ("product",)), product="code").missing == (
        "0 of 0: code has no tickets in this period."
    )
    company.sells("new")
    reading = found(read(company.store, NAMES[:1], september, ("product",)), product="new")
    assert (reading.status, reading.value) == ("not_measured", None)
    assert reading.missing == "No tickets of new have been loaded."
    before = found(read(company.store, NAMES[:1], Scope(since=day(-20), until=day(-14)), ("product",)), product="chat")
    assert (before.status, before.units) == ("not_measured", 0)


def test_an_empty_registry_says_so(company: Company, september: Scope) -> None:
    """Tickets of a product that nobody registered are not "no data"."""
    ask(company, [*waits([1.0] * 12), edge()])
    for reading in read(company.store, NAMES, september):
        assert (reading.status, reading.value) == ("not_measured", None)
        assert reading.missing.startswith("The registry has no product that this may count")


def test_tickets_grow_stale_by_their_own_feed(company: Company, september: Scope) -> None:
    """A desk whose file is overdue is stale and still shown; the cadence of other facts does not count."""
    company.sells("chat").has("feeds", [{"product_id": "chat", "fact": "interactions", "cadence_days": 1}])
    ask(company, [*waits([1.0 + n for n in range(12)]), edge(20)])
    assert by_name(company, september)["sme_response_time"].status == "partial"
    company.has("feeds", [{"product_id": "chat", "fact": "tickets", "cadence_days": 7}])
    reading = by_name(company, september)["sme_response_time"]
    assert (reading.status, reading.value) == ("stale", 6.0)
    assert reading.missing == "The data of chat reach 2026-09-27, 8 days ago; a file is due every 7 days."


def test_a_period_that_data_or_scope_cut_is_partial(company: Company) -> None:
    """The data do not reach the Sunday, or the scope holds only a part of the week."""
    company.sells("chat")
    ask(company, [*waits([1.0 + n / 4 for n in range(12)]), edge(4)])
    (week,) = series(company.store, "sme_response_time", Scope(since=MONDAY, until=day(6)))
    assert (week.status, week.missing) == (
        "partial",
        "The data of all products reach 2026-09-11; the period ends on 2026-09-13.",
    )
    (cut,) = series(company.store, "sme_response_time", Scope(since=MONDAY, until=day(3)))
    assert (cut.status, cut.missing) == ("partial", "The period asked for holds only a part of 2026-W37.")
    ask(company, [edge(6)])
    (begun,) = series(company.store, "sme_response_time", Scope(since=day(-2), until=day(6)))[1:]
    assert begun.status == "ok"
    ask(company, [ticket(n, at(3, 9), at(3, 10)) for n in range(12)])
    (late,) = series(company.store, "sme_response_time", Scope(since=day(2), until=day(6)))
    assert (late.status, late.missing) == ("partial", "The period asked for holds only a part of 2026-W37.")


def test_closing_without_an_answer_ends_the_watch(company: Company, september: Scope) -> None:
    """Cancelled, or done without an answer: censored then, and named a competing event when it is no rarity."""
    company.sells("chat")
    closed = [
        ticket(1, at(0, 9), resolved_at=at(0, 11), status="cancelled"),
        ticket(2, at(0, 9), version_at=at(0, 12), status="cancelled"),
        ticket(3, at(0, 9), resolved_at=at(0, 13), status="done"),
        ticket(4, at(0, 9), resolved_at=at(0, 10), status="in_progress"),  # reopened: it waits again
    ]
    ask(company, [*waits([5.0] * 16), *closed, edge(1, 17)])
    reading = by_name(company, september)["sme_response_time"]
    assert (reading.value, reading.units, reading.events) == (5.0, 20, 16)
    assert (
        "1 open, the longest for 16.0 h; 3 closed unanswered (15%, a competing event), censored then" in reading.method
    )
    query = origin(company.store, CATALOG["sme_response_time"], september)
    (row,) = company.store.rows(query.sql, query.params)
    assert (row["times"], row["events"]) == ([7200, 10800, 14400, 18000, 57600], [0, 0, 0, 16, 0])
    assert row["at_risk"] == [20, 19, 18, 17, 1]
    ask(company, waits([5.0] * 60, first=200))
    assert "3 closed unanswered, censored then" in by_name(company, september)["sme_response_time"].method


@pytest.mark.parametrize("moment", ["opened_at", "assigned_at", "first_response_at", "resolved_at"])
def test_the_data_reach_the_last_moment_any_ticket_tells_of(company: Company, september: Scope, moment: str) -> None:
    """Whatever happened last to any ticket of a load shows that its open ones were open until then."""
    company.sells("chat")
    told = {"opened_at": at(0, 8), moment: at(2, 12)}
    ask(company, [*waits([1.0] * 12, still_open=1), {**edge(0, 8), **told}])
    assert "1 open, the longest for 19.0 h" in by_name(company, september)["sme_response_time"].method


def test_an_answer_before_the_question_is_no_time(company: Company, september: Scope) -> None:
    """It is left out, not counted as zero hours, and the method says how many."""
    company.sells("chat")
    ask(company, [*waits([2.0] * 12), edge()])
    ask(company, [ticket(n, at(0, 12), at(0, 11)) for n in range(5)])
    ask(company, [ticket(7, at(0, 12), resolved_at=at(0, 11), status="cancelled")])
    ask(company, [ticket(8, at(0, 12), at(0, 12))])  # at once is a time
    reading = by_name(company, september)["sme_response_time"]
    assert (reading.units, reading.events) == (13, 13)
    assert reading.method.endswith("6 left out (answered or closed before they were opened)")
    assert len(evidence(company.store, reading, september)) == 13


def test_accounts_that_are_nobody_do_not_ask(company: Company, september: Scope) -> None:
    """Requests of services, tests and the product team are left out, under any name, and the method says so."""
    company.sells("chat").has(
        "people", [{"user_id": "bot", "kind": "service"}, {"user_id": "dev", "kind": "product_team"}]
    )
    company.has("person_aliases", [{"source_system": "desk", "source_user": "b.o.t.", "user_id": "bot"}])
    rows = waits([2.0] * 12) + [
        {**row, "requester_id": who}
        for row, who in zip(waits([7.0] * 3, first=300), ("bot", "dev", "b.o.t."), strict=True)
    ]
    ask(company, [*rows, edge()])
    reading = by_name(company, september)["sme_response_time"]
    assert (reading.units, reading.value) == (12, 2.0)
    assert reading.method.endswith("3 left out (service, test or product team)")


def test_time_beyond_a_calendar_is_closed_and_said_to_be(company: Company, september: Scope) -> None:
    """A calendar that ends before the tickets do has no hours there: the method says how many that concerns."""
    company.sells("chat").has("people", [{"user_id": "eve", "kind": "employee", "calendar_id": "old"}])
    keep(company, "old", office(day(-30), day(1)))
    rows = [{**row, "assignee_id": "eve"} for row in waits([1.0] * 10 + [20.0] * 2, still_open=1)]
    ask(company, [*rows, edge()])
    reading = by_name(company, september)["sme_response_time"]
    assert "3 beyond the days of their expert's calendar, taken as closed" in reading.method
    assert "the longest for 16.0 h" in reading.method
    with company.store.write("test", "test") as tx:
        tx.run("DELETE FROM calendars WHERE day <= ?", [MONDAY])
    keep(company, "old", office(day(2), day(90)))
    late = by_name(company, september)["sme_response_time"]
    assert "13 beyond the days of their expert's calendar, taken as closed" in late.method


def test_the_day_of_a_ticket_is_that_of_the_reporting_zone(company: Company) -> None:
    """Opened on Sunday at 23:30 in London, on Monday in Berlin: there it is of the next week."""
    company.sells("chat")
    ask(company, [ticket(1, at(6, 23.5), at(8, 9)), edge()])
    scope = Scope(since=MONDAY, until=SUNDAY)
    assert found(series(company.store, "sme_response_time", scope), week="2026-W37").units == 1
    company.has("settings", [{"key": "reporting_zone", "value": ZONE}])
    weekly = series(company.store, "sme_response_time", scope)
    assert [reading.units for reading in weekly] == [0, 1, 0, 0]


def test_only_what_may_be_seen_is_counted(company: Company, september: Scope) -> None:
    """Scope.visible and Scope.products filter tickets as they filter everything."""
    company.sells("chat", "code")
    ask(company, [*waits([2.0] * 12), *({**row, "product_id": "code"} for row in waits([4.0] * 12, first=300)), edge()])
    asked = september.model_copy(update={"visible": frozenset(("code",))})
    assert by_name(company, asked)["sme_response_time"].value == 4.0
    assert by_name(company, asked.model_copy(update={"products": ("chat",)}))["sme_response_time"].value is None
    assert by_name(company, september.model_copy(update={"products": ("chat",)}))["sme_response_time"].value == 2.0


def test_a_pilot_is_read_within_its_dates(company: Company, september: Scope) -> None:
    """Stated or of the audience; a pilot outside the period says when it ran."""
    company.sells("chat").has("pilots", [
        {"pilot_id": "trial", "product_id": "chat", "starts_on": MONDAY, "ends_on": day(13)},
        {"pilot_id": "later", "product_id": "chat", "starts_on": day(40), "ends_on": day(60)},
    ]).has("audience", [granted("ann", pilot="trial")])  # fmt: skip
    ann = [{**row, "requester_id": "ann"} for row in waits([3.0] * 12)]
    ask(company, [*ann, *waits([1.0] * 12, first=300), ticket(1, at(1, 9), at(1, 10), pilot_id="trial"), edge(14)])
    reading = found(read(company.store, NAMES[:1], september, ("pilot",)), pilot="trial")
    assert (reading.units, reading.value, reading.status) == (13, 3.0, "ok")
    alone = read(company.store, NAMES[:1], september.model_copy(update={"pilots": ("later",)}))[0]
    assert alone.missing == "The pilot ran from 2026-10-17 to 2026-11-06, outside this period."


def test_what_tickets_cannot_be_split_by_is_refused(company: Company, september: Scope) -> None:
    """A ticket names no release; the refusal says what there is, also where only the SQL is asked for."""
    with pytest.raises(MetricError, match=r"cannot be split by release: a ticket says who asked"):
        read(company.store, NAMES, september, ("release",))
    with pytest.raises(MetricError, match="Use one of day, month, pilot, product, team, week"):
        origin(company.store, CATALOG["sme_response_time"], september, ("mode",))


def test_no_moment_leaves_the_warehouse_with_a_zone(company: Company, september: Scope) -> None:
    """The SELECT answers with whole numbers and days; nothing depends on the zone of the machine."""
    company.sells("chat")
    ask(company, [*waits([2.0] * 12), edge()])
    query = origin(company.store, CATALOG["sme_response_time"], september, ("product", "week"))
    for row in company.store.rows(query.sql, query.params):
        assert {type(value) for value in row.values()} <= {str, date, int, list, type(None)}
    reading = by_name(company, september)["sme_response_time"]
    for row in evidence(company.store, reading, september):
        assert all(not isinstance(value, datetime) or value.tzinfo is None for value in row.values())


def test_evidence_is_the_tickets_newest_first(company: Company, september: Scope) -> None:
    """Each with its times, business hours and state, in pages, of the reading's own group."""
    company.sells("chat", "code")
    rows = [
        ticket(1, at(0, 9), at(0, 12), assignee_id="eve", topic_id="leave"),
        ticket(2, at(2, 9)),
        ticket(3, at(1, 9), resolved_at=at(1, 11), status="cancelled", kind="request"),
        ticket(4, at(8, 9), at(8, 10)),
        ticket(5, at(1, 9), at(1, 10), product_id="code"),
    ]
    ask(company, [*rows, edge(3, 13)])
    reading = found(read(company.store, NAMES[1:2], september, ("product", "week")), product="chat", week="2026-W37")
    shown = evidence(company.store, reading, september)
    assert [(r["ticket_id"], r["state"], r["business_hours"]) for r in shown] == [
        ("T2", "open", 33.0), ("T3", "closed unanswered", 2.0), ("T1", "answered", 3.0),
    ]  # fmt: skip
    assert reading.units == len(shown)
    assert (shown[2]["assignee_id"], shown[2]["topic_id"], shown[2]["load_id"]) == ("eve", "leave", "L1")
    assert (shown[1]["kind"], shown[2]["opened_at"], shown[2]["first_response_at"]) == ("request", at(0, 9), at(0, 12))
    pages, after = [], None
    while page := evidence(company.store, reading, september, limit=1, after=after):
        pages += [row["ticket_id"] for row in page]
        after = str(page[-1]["cursor"])
    assert pages == ["T2", "T3", "T1"]
