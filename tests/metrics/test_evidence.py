"""The rows behind a reading."""

from datetime import datetime

import pytest

from metrics import evidence, read, series
from metrics.spec import Scope
from tests.metrics.company import MONDAY, SUNDAY, Company, day, found, granted, use


def said(number: int, person: str, offset: int, **more: object) -> dict[str, object]:
    """An interaction at eight o'clock and so many seconds."""
    when = datetime.combine(day(offset), datetime.min.time()).replace(hour=8, second=number)
    return {
        "event_key": number,
        "interaction_id": f"i{number}",
        "occurred_at": when,
        "day": day(offset),
        "product_id": "chat",
        "unit_id": person,
        "user_known": True,
        "task_key": f"i{number}",
        **more,
    }


@pytest.fixture
def talks(company: Company) -> Company:
    """Five interactions that count, and three that do not: a bot's, one in the shadow, one before the period."""
    company.sells("chat").has("people", [{"user_id": "bot", "kind": "service"}])
    rows = [said(1, "ann", 0), said(2, "ann", 0), said(3, "bob", 8, scenario_id="letters"), said(4, "bob", 8)]
    rows += [
        said(5, "cid", 27, outcome="confirmed"),
        said(6, "bot", 1),
        said(7, "ann", 1, mode="shadow"),
        said(8, "ann", -1),
    ]
    company.has("interactions", rows)
    reduced = [use(str(r["unit_id"]), r["day"], mode=r.get("mode"), scenario_id=r.get("scenario_id")) for r in rows]
    company.has("user_days", reduced)
    return company


def test_the_rows_behind_a_number_are_those_it_counted(talks: Company, september: Scope) -> None:
    """Same period, people, mode and group as the number; newest first; as many as it counted."""
    total = read(talks.store, ["task_success.outcome_coverage"], september)[0]
    rows = evidence(talks.store, total, september)
    assert [row["interaction_id"] for row in rows] == ["i5", "i4", "i3", "i2", "i1"]
    assert total.events == len(rows)
    assert rows[0]["outcome"] == "confirmed"
    week = found(series(talks.store, "task_success.outcome_coverage", september), week="2026-W38")
    assert [row["interaction_id"] for row in evidence(talks.store, week, september)] == ["i4", "i3"]
    part = found(read(talks.store, ["task_success.outcome_coverage"], september, by=("scenario",)), scenario="letters")
    assert [row["interaction_id"] for row in evidence(talks.store, part, september)] == ["i3"]


def test_evidence_goes_on_where_it_stopped(talks: Company, september: Scope) -> None:
    """Pages of two rows, each after the cursor of the last, show every row once."""
    reading = read(talks.store, ["task_success"], september)[0]
    seen, after = [], None
    while rows := evidence(talks.store, reading, september, limit=2, after=after):
        seen += [row["interaction_id"] for row in rows]
        after = str(rows[-1]["cursor"])
    assert seen == ["i5", "i4", "i3", "i2", "i1"]


def test_evidence_of_adoption_is_its_people(talks: Company, september: Scope) -> None:
    """One row a person of the audience, with the weeks in which they came."""
    talks.has("audience", [granted(who) for who in ("ann", "bob", "bot", "zoe")])
    talks.has("user_days", [use("ann", day(9)), use("guest", MONDAY), use("guest", SUNDAY)])
    reading = read(talks.store, ["adoption"], september)[0]
    rows = evidence(talks.store, reading, september)
    assert [(row["unit_id"], row["active_weeks"]) for row in rows] == [("ann", 2), ("bob", 1), ("zoe", 0)]
    assert reading.value == pytest.approx(1 / 3)
    assert reading.events == len(rows)
    assert [row["unit_id"] for row in evidence(talks.store, reading, september, after="ann")] == ["bob", "zoe"]


def test_evidence_of_a_pilot_is_its_rows(talks: Company, september: Scope) -> None:
    """A pilot's rows are those of its people on its days."""
    talks.has("pilots", [{"pilot_id": "trial", "product_id": "chat", "starts_on": day(7), "ends_on": day(13)}])
    talks.has("audience", [granted("bob", pilot="trial"), granted("ann", pilot="trial")])
    reading = found(read(talks.store, ["task_success.outcome_coverage"], september, by=("pilot",)), pilot="trial")
    rows = evidence(talks.store, reading, september)
    assert [row["interaction_id"] for row in rows] == ["i4", "i3"]
    assert reading.events == 2
