"""The business clock in SQL against a clock that is looked at minute by minute."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data.settings import settings as settings_of
from metrics.business_clock import waited
from metrics.compile import bound, with_clause
from metrics.spec import Scope
from metrics.tickets import build
from tests.metrics.company import LONG_AGO, Company
from tests.metrics.desk import Hours, ask, clear, keep, office, ticked, ticket
from tests.metrics.desk import waited as overlap

EVER = Scope(since=date(2025, 1, 1), until=date(2027, 12, 31))
SPRING, AUTUMN = datetime(2026, 3, 26), datetime(2026, 10, 22)  # three days before the clocks change in Europe
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")


def read_clock(company: Company) -> dict[str, int]:
    """Business seconds of each ticket as the view computes them."""
    ctes = build(EVER, (), ())
    seconds = waited("opened_at", "first_response_at", "closed_at")
    sql = f"{with_clause(ctes.parts)}\nSELECT ticket_id, {seconds} AS seconds FROM {ctes.source}"
    rows = company.store.rows(sql, bound(sql, EVER, None, settings_of(company.store)))
    return {str(row["ticket_id"]): int(str(row["seconds"])) for row in rows}


def open_hours(first: date, pattern: list[tuple[int, int] | None]) -> Hours:
    """Minutes of opening and closing, day after day; None is a closed day."""
    found = {}
    for place, minutes in enumerate(pattern):
        if minutes and minutes[0] < minutes[1]:
            opens, closes = (time(minute // 60, minute % 60) for minute in minutes)
            found[first + timedelta(days=place)] = (opens, closes)
    return found


# Half past midnight is before, and four o'clock after, the hour in which clocks change: an opening or closing within
# that hour happens twice or never, and no calendar can say which.
MINUTES = st.one_of(st.integers(0, 59), st.integers(240, 1439))
DAYS = st.lists(st.one_of(st.none(), st.tuples(MINUTES, MINUTES)), min_size=9, max_size=9)
MOMENTS = st.lists(st.tuples(st.integers(0, 7 * 86_400), st.integers(0, 3 * 86_400)), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from((SPRING, AUTUMN, datetime(2026, 6, 1))), st.sampled_from(ZONES), DAYS, MOMENTS)
@example(SPRING, "Europe/Berlin", [(0, 1439)] * 9, [(2 * 86_400, 2 * 86_400)])
@example(AUTUMN, "Europe/Berlin", [(0, 1439)] * 9, [(2 * 86_400, 2 * 86_400)])
def test_the_clock_is_that_of_somebody_who_watches(
    workshop: Company,
    begin: datetime,
    zone: str,
    pattern: list[tuple[int, int] | None],
    moments: list[tuple[int, int]],
) -> None:
    """Any hours, closed days, nights, zones and changes of the clock: equal to the second."""
    hours = open_hours(begin.date(), pattern)
    clear(workshop).sells("chat").has("settings", [{"key": "reporting_zone", "value": zone}])
    workshop.has("people", [{"user_id": "eve", "kind": "employee", "calendar_id": "own"}])
    keep(workshop, "own", hours or {LONG_AGO: (time(9), time(17))})
    spans = [(begin + timedelta(seconds=a), begin + timedelta(seconds=a + b)) for a, b in moments]
    ask(workshop, [ticket(n, start, end, assignee_id="eve") for n, (start, end) in enumerate(spans)])
    found = read_clock(workshop)
    assert [found[f"T{n}"] for n in range(len(spans))] == [ticked(hours, zone, *span) for span in spans]


def test_the_two_clocks_of_the_tests_agree() -> None:
    """The day-by-day clock that other tests rely on says what the minute-by-minute one says."""
    hours = office(date(2026, 3, 23), date(2026, 4, 3), time(8, 30), time(17, 15))
    for start in range(0, 7 * 86_400, 40_007):
        span = (SPRING + timedelta(seconds=start), SPRING + timedelta(seconds=start + 100_003))
        assert overlap(hours, "Europe/Berlin", *span) == ticked(hours, "Europe/Berlin", *span)


def test_the_day_the_clocks_change_is_as_long_as_it_was(company: Company) -> None:
    """A desk that is open all Sunday answers after 23 hours in March and after 25 in October."""
    company.sells("chat").has("settings", [{"key": "reporting_zone", "value": "Europe/Berlin"}])
    company.has("people", [{"user_id": "eve", "kind": "employee", "calendar_id": "always"}])
    sundays = (date(2026, 3, 29), date(2026, 10, 25))
    keep(company, "always", {day: (time(0), time(23, 59)) for day in sundays})
    rows = [
        ticket(n, datetime.combine(day, time()) - timedelta(days=1), datetime.combine(day, time()) + timedelta(days=2))
        for n, day in enumerate(sundays)
    ]
    ask(company, [{**row, "assignee_id": "eve"} for row in rows])
    assert read_clock(company) == {"T0": 23 * 3600 - 60, "T1": 25 * 3600 - 60}


@pytest.mark.parametrize(
    ("opened", "answered", "hours"),
    [
        ("2026-09-11T15:00:00", "2026-09-14T08:00:00", 1.0),  # Friday 17:00 local to Monday 10:00
        ("2026-09-11T20:00:00", "2026-09-12T20:00:00", 0.0),  # at night and over a Saturday
        ("2026-09-09T09:15:00", "2026-09-09T09:45:30", 0.508333),
        ("2026-09-07T06:00:00", "2026-09-08T06:00:00", 8.0),
    ],
)
def test_whoever_has_no_calendar_keeps_office_hours(company: Company, opened: str, answered: str, hours: float) -> None:
    """Nine to five from Monday to Friday in the reporting zone, also where a person names a calendar nobody
    registered.
    """
    company.sells("chat").has("settings", [{"key": "reporting_zone", "value": "Europe/Berlin"}])
    company.has("people", [{"user_id": "eve", "kind": "employee", "calendar_id": "never written"}])
    span = (datetime.fromisoformat(opened), datetime.fromisoformat(answered))
    ask(company, [ticket(1, *span), ticket(2, *span, assignee_id="eve"), ticket(3, *span, assignee_id="stranger")])
    assert [seconds / 3600 for seconds in read_clock(company).values()] == pytest.approx([hours] * 3, abs=1e-5)


def test_office_hours_are_a_setting(company: Company) -> None:
    """An office that opens at seven and closes at three has other hours."""
    company.sells("chat")
    company.has("settings", [{"key": "sme_opens", "value": "07:00"}, {"key": "sme_closes", "value": "15:30"}])
    ask(company, [ticket(1, datetime(2026, 9, 7, 6), datetime(2026, 9, 8, 8))])
    assert read_clock(company) == {"T1": int(9.5 * 3600)}
    with company.store.write("test", "test") as tx:
        tx.run("UPDATE settings SET value = '20:00' WHERE key = 'sme_opens'")
    assert read_clock(company) == {"T1": 0}  # an office that closes before it opens is closed


def test_a_calendar_belongs_to_the_person_not_to_a_name(company: Company) -> None:
    """An alias of the expert keeps the expert's calendar; a row that is no longer in force opens nothing."""
    company.sells("chat").has("people", [{"user_id": "eve", "kind": "employee", "calendar_id": "own"}])
    company.has("person_aliases", [{"source_system": "desk", "source_user": "e.v.", "user_id": "eve"}])
    former = {"user_id": "eve", "kind": "employee", "calendar_id": "former", "valid_to": date(2026, 9, 1)}
    keep(company.has("people", [former]), "former", office(date(2026, 9, 1), date(2026, 9, 30)))
    keep(company, "own", {date(2026, 9, 7): (time(10), time(12))})
    old = {"calendar_id": "own", "day": date(2026, 9, 8), "opens": time(10), "closes": time(12)}
    company.has("calendars", [{**old, "valid_to": date(2026, 9, 1)}])
    company.has("calendars", [{"calendar_id": "own", "day": date(2026, 9, 9), "opens": None, "closes": None}])
    ask(company, [ticket(1, datetime(2026, 9, 7, 8), datetime(2026, 9, 9, 20), assignee_id="e.v.")])
    assert read_clock(company) == {"T1": 2 * 3600}
