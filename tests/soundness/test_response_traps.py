"""Response times that were wrong without an error, as others have shown them. A test here is never weakened."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

import pytest

from loaders.undo import redo, undo
from metrics import evidence, read, series
from metrics.spec import Reading, Scope
from tests.loaders.files import Row, least, published, write_csv
from tests.metrics.company import MONDAY, SUNDAY, Company, day, found
from tests.metrics.desk import ask, ticket

NAMES = ("sme_response_time", "sme_response_time.p90", "sme_response_time.within_sla")
NINE = datetime(2026, 9, 7, 9)  # Monday, when the office opens


def question(name: str, opened: datetime, hours: float | None = None, **more: object) -> Row:
    """A row of a tickets file: answered after so many hours of the clock on the wall, or not."""
    answered = "" if hours is None else f"{(opened + timedelta(hours=hours)).isoformat()}Z"
    return least("tickets", ticket_id=name, opened_at=f"{opened.isoformat()}Z", first_response_at=answered,
                 kind="context_gap", **more)  # fmt: skip


def export(folder: Path, name: str, rows: Sequence[Row]) -> Path:
    """A file of tickets."""
    return write_csv(folder / f"{name}.csv", rows)


def answers(company: Company, scope: Scope) -> list[Reading]:
    """All readings of the desk by product and whole, without the version of the data."""
    readings = read(company.store, NAMES, scope) + read(company.store, NAMES, scope, ("product", "week"))
    return [replace(reading, data_version=0) for reading in readings]


@pytest.fixture
def week() -> list[Row]:
    """Twenty questions of a Monday, one every ten minutes; the first fourteen are answered, ever more slowly."""
    return [
        question(f"T{n:02d}", NINE + timedelta(minutes=10 * n), 0.25 * (n + 1) if n < 14 else None) for n in range(20)
    ]


def at_work(hours: float) -> datetime:
    """The moment when so many office hours have passed since Monday morning."""
    days, rest = divmod(hours, 8)
    return NINE + timedelta(days=days + 2 * (days // 5), hours=rest)


def test_open_tickets_are_never_dropped(company: Company, september: Scope) -> None:
    """Answers take sixteen hours at the median, and nine days are seen: the closed ones alone say half of that."""
    chance = Random(7)
    rows, closed = [ticket(999, at_work(71.9), kind="incident")], []
    for n in range(500):
        asked, wait = chance.uniform(0, 71), chance.lognormvariate(2.7726, 1.5)
        answered = asked + wait < 71.9
        rows.append(ticket(n, at_work(asked), at_work(asked + wait) if answered else None))
        closed += [wait] if answered else []
    ask(company.sells("chat"), rows)
    reading = read(company.store, NAMES[:1], september)[0]
    assert (reading.units, reading.events) == (500, len(closed))
    assert median(closed) < 9
    assert reading.value == pytest.approx(16, abs=3)
    assert reading.low is not None
    assert reading.high is not None
    assert 9 < reading.low < 16 < reading.high


def test_more_open_tickets_never_look_faster(company: Company, september: Scope) -> None:
    """Questions nobody answers raise the median until it is out of reach, and lower the share within the time."""
    ask(company.sells("chat"), [ticket(n, NINE, at_work(0.5 * (n + 1))) for n in range(30)])
    ask(company, [ticket(99, at_work(100), kind="incident")])
    medians, shares = [], []
    for number in range(100, 145, 5):
        found_now = {reading.metric: reading for reading in read(company.store, NAMES, september)}
        medians.append(found_now["sme_response_time"].value)
        shares.append(found_now["sme_response_time.within_sla"].value)
        ask(company, [ticket(number + n, NINE) for n in range(5)])
    assert medians[:7] == [7.5, 9.0, 10.0, 11.5, 12.5, 14.0, 15.0]
    assert medians[7:] == [None, None]
    assert shares == [pytest.approx(30 / (30 + 5 * n)) for n in range(9)]


def test_taking_the_tickets_away_is_not_measured_never_zero(
    company: Company, september: Scope, tmp_path: Path, week: list[Row]
) -> None:
    """Undone, the only file of tickets leaves no number and says so; put in again, the same readings."""
    published(company.sells("chat", "code").store, export(tmp_path, "desk", week), "L1")
    before = answers(company, september)
    undo(company.store, "L1", "test")
    for reading in read(company.store, NAMES, september, ("product",)):
        assert (reading.value, reading.low, reading.high, reading.units) == (None, None, None, 0)
        assert (reading.status, reading.decides) == ("not_measured", False)
        assert reading.missing == f"No tickets of {reading.group['product']} have been loaded."
    redo(company.store, "L1", "test")
    assert answers(company, september) == before


def test_a_file_loaded_twice_changes_nothing(
    company: Company, september: Scope, tmp_path: Path, week: list[Row]
) -> None:
    """The same tickets in another file, whole or in part, are the same tickets."""
    published(company.sells("chat").store, export(tmp_path, "desk", week), "L1")
    before = answers(company, september)
    assert before[0].units == 20
    published(company.store, export(tmp_path, "again", list(reversed(week))), "L2")
    published(company.store, export(tmp_path, "some", week[3:9]), "L3")
    assert answers(company, september) == before


def test_a_ticket_belongs_to_the_week_it_was_opened_in(company: Company, september: Scope) -> None:
    """Questions of the first week that were answered in the third are of the first: counting by answer would call the
    weeks of quick answers slow, and the weeks without answers quick.
    """
    late = [ticket(n, NINE + timedelta(days=1), NINE + timedelta(days=15, minutes=n)) for n in range(12)]
    ask(company.sells("chat"), [*late, ticket(99, NINE + timedelta(days=27), kind="incident")])
    weekly = series(company.store, "sme_response_time", september)
    assert [(reading.units, reading.events) for reading in weekly] == [(12, 12), (0, 0), (0, 0), (0, 0)]
    assert weekly[0].value is not None
    assert weekly[0].value > 80
    assert weekly[2].missing.startswith("0 of 0")


def test_tickets_are_followed_past_the_end_of_the_period(company: Company) -> None:
    """The period says which tickets, the data say what became of them: an answer after the period is an answer."""
    rows = [ticket(n, NINE + timedelta(days=4), NINE + timedelta(days=8, minutes=n)) for n in range(12)]
    ask(company.sells("chat"), rows)
    (reading,) = read(company.store, NAMES[:1], Scope(since=MONDAY, until=day(6)))
    assert (reading.units, reading.events, reading.status) == (12, 12, "ok")


def test_open_tickets_do_not_age_after_the_data_end(company: Company, september: Scope) -> None:
    """Nobody knows what became of a ticket after the export: read in a year, the numbers are those of today."""
    ask(company.sells("chat"), [ticket(n, NINE, at_work(n + 1) if n < 12 else None) for n in range(20)])
    before = answers(company, september)
    company.store.clock = lambda: datetime(2027, 10, 5, 12)
    assert answers(company, september) == before


def test_a_later_export_changes_only_what_it_tells(
    company: Company, september: Scope, tmp_path: Path, week: list[Row]
) -> None:
    """One ticket more is answered, one more is open: the others keep their times, and taking the file back restores
    all.
    """
    published(company.sells("chat").store, export(tmp_path, "monday", week), "L1")
    before = answers(company, september)
    rows = {str(row["ticket_id"]): row for row in evidence(company.store, before[0], september)}
    later = [question("T14", NINE + timedelta(minutes=140), 26) if row["ticket_id"] == "T14" else row for row in week]
    published(company.store, export(tmp_path, "tuesday", later), "L2")
    after = answers(company, september)
    assert (after[0].units, after[0].events) == (20, before[0].events + 1)
    now = {str(row["ticket_id"]): row for row in evidence(company.store, after[0], september)}
    for name, row in rows.items():
        if row["state"] == "answered":
            assert now[name] == row
        elif name == "T14":
            assert (now[name]["state"], now[name]["business_hours"]) == ("answered", 10.0)
        else:  # still open, and seen to be so for longer
            assert now[name]["state"] == "open"
            assert float(str(now[name]["business_hours"])) > float(str(row["business_hours"]))
    undo(company.store, "L2", "test")
    assert answers(company, september) == before


def test_the_order_of_the_files_does_not_matter(tmp_path: Path, company: Company, september: Scope) -> None:
    """How far a file reaches is its own, also where its last ticket came before in a file of other products."""
    first = [question(f"T{n:02d}", NINE, 0.5 * (n + 1) if n < 12 else None) for n in range(16)]
    last = question("Z", NINE + timedelta(days=9), 1, product_id="code")
    files = {"L1": first, "L3": [*first[:4], last], "L2": [last]}
    told = []
    for order in (("L1", "L2", "L3"), ("L3", "L2", "L1"), ("L2", "L3", "L1")):
        for name in order:
            published(company.sells("chat", "code").store, export(tmp_path, name, files[name]), f"{name}-{order[0]}")
        told.append(answers(company, september))
        for name in order:
            undo(company.store, f"{name}-{order[0]}", "test")
    assert told[0] == told[1] == told[2]
    assert "4 open, the longest for 57.0 h" in told[0][0].method


def test_a_file_of_other_products_proves_nothing_open(company: Company, september: Scope, tmp_path: Path) -> None:
    """A newer file that holds no ticket of a product does not show that its tickets still wait."""
    rows = [question(f"T{n:02d}", NINE, 0.5 * (n + 1) if n < 12 else None) for n in range(16)]
    published(company.sells("chat", "code").store, export(tmp_path, "chat", rows), "L1")
    before = found(read(company.store, NAMES[:1], september, ("product",)), product="chat")
    other = [question("C1", NINE + timedelta(days=20), 1, product_id="code")]
    published(company.store, export(tmp_path, "code", other), "L2")
    after = found(read(company.store, NAMES[:1], september, ("product",)), product="chat")
    assert replace(after, data_version=before.data_version) == before
    assert "4 open, the longest for 6.0 h" in after.method


def test_a_ticket_of_two_pilots_is_one_ticket(company: Company, september: Scope) -> None:
    """It counts in each pilot, and once in both together."""
    pilots = [{"pilot_id": name, "product_id": "chat", "starts_on": MONDAY, "ends_on": SUNDAY} for name in ("a", "b")]
    members = [
        {"product_id": "chat", "pilot_id": name, "user_id": "ann", "granted_on": day(-9), "left_on": None}
        for name in ("a", "b")
    ]
    company.sells("chat").has("pilots", pilots).has("audience", members)
    ask(company, [ticket(n, NINE, at_work(n + 1), requester_id="ann", pilot_id="a") for n in range(12)])
    apart = read(company.store, NAMES[:1], september, ("pilot",))
    assert [(reading.group["pilot"], reading.units) for reading in apart] == [("a", 12), ("b", 12)]
    both = september.model_copy(update={"pilots": ("a", "b")})
    assert read(company.store, NAMES[:1], both)[0].units == 12


def test_an_export_that_is_silent_about_responses_is_no_missing_answer(
    company: Company, september: Scope, tmp_path: Path
) -> None:
    """Tickets of a source that cannot tell responses are in no response time; a later export without them takes away
    none that an earlier one told.
    """
    rows = [question(f"T{n}", NINE + timedelta(minutes=n), 1.0, product_id="chat") for n in range(20)]
    silent = [
        {name: cell for name, cell in row.items() if name != "first_response_at"}
        | {"version_at": "2026-09-20T00:00:00Z"}
        for row in rows
    ]
    company.sells("chat")
    published(company.store, export(tmp_path, "silent", silent), "L1")
    (reading,) = read(company.store, ["sme_response_time"], september)
    assert (reading.value, reading.events) == (None, 0)
    published(company.store, export(tmp_path, "telling", rows), "L2")
    assert company.store.value("SELECT count(first_response_at) AS n FROM tickets") == 0
    (reading,) = read(company.store, ["sme_response_time"], september)
    assert (reading.value, reading.events) == (1.0, 20)
