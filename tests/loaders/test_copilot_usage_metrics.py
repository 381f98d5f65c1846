import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.warehouse import Warehouse
from loaders.ingest import load
from loaders.mapping import register
from loaders.recognise import identify
from metrics import Scope, read
from tests.loaders.loaded import FORMATS, SAMPLES, Loaded

FOLDER = FORMATS / "copilot_usage_metrics"


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text().splitlines()]


@pytest.mark.parametrize("name", ["users_first.ndjson", "users_later.ndjson"])
def test_a_user_s_day_is_counted_once(name: str, tmp_path: Path) -> None:
    """Each record is a person's day; what is told by editor, feature or model is never added to it."""
    rows = lines(name)
    loaded = Loaded(FOLDER / name, tmp_path / "s")
    assert loaded.totals["user_days"] == len(rows)
    assert loaded.totals["distinct_users"] == len({row["user_login"] for row in rows})
    for key in ("user_initiated_interaction_count", "loc_added_sum", "code_acceptance_activity_count"):
        assert loaded.totals[key] == sum(row[key] for row in rows)
    assert sum(row["interactions"] for row in loaded.of("usage_daily")) == sum(
        row["user_initiated_interaction_count"] for row in rows
    )
    assert {row["period_days"] for row in loaded.of("usage_daily")} == {1}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_overlapping_reports_the_later_counts(fresh: Callable[[], Warehouse], order: tuple[int, int]) -> None:
    """Two reports of 28 days in either order end in the same days: those of the later one where both tell of one."""
    names = ["users_first.ndjson", "users_later.ndjson"]
    store = fresh()
    for place in order:
        load(store, FOLDER / names[place], who="t")
    expected: dict[tuple[str, str], int] = {}
    for name in names:
        for row in lines(name):
            expected[row["user_login"], row["day"]] = row["user_initiated_interaction_count"]
    (found,) = store.rows("SELECT count(*) AS days, CAST(sum(interactions) AS BIGINT) AS n FROM usage_daily")
    assert found == {"days": len(expected), "n": sum(expected.values())}


def test_seats_are_people_with_a_licence(tmp_path: Path) -> None:
    """Each holder once, from the day it was given, with the last day of use; an end that is set ends the licence."""
    loaded = Loaded(FOLDER / "seats.json", tmp_path / "s")
    seats = json.loads((FOLDER / "seats.json").read_text())["seats"]
    people = {seat["assignee"]["login"] for seat in seats}
    assert loaded.totals["distinct_licensed_users"] == len(people)
    assert loaded.totals["duplicates"] == len(seats) - len(people)
    rows = loaded.of("usage_daily")
    assert {row["user_id"] for row in rows if row["licensed"]} == people
    assert {row["day"] for row in rows if not row["licensed"]} == {
        date.fromisoformat(seat["pending_cancellation_date"][:10])
        for seat in seats
        if seat["pending_cancellation_date"]
    }
    assert {row["active"] for row in rows} == {None}


def test_seats_and_days_give_adoption(fresh: Callable[[], Warehouse]) -> None:
    """Holders of a seat are the audience, days of use say who used it: adoption without a registered audience."""
    store = fresh()
    for name in ("seats.json", "users_first.ndjson"):
        load(store, FOLDER / name, who="t")
    register(store, ["github-copilot"], "t")
    scope = Scope(since=date(2026, 3, 2), until=date(2026, 3, 29), products=("github-copilot",))
    (reach,) = read(store, ["adoption.reach"], scope)
    seats = json.loads((FOLDER / "seats.json").read_text())["seats"]
    people = {seat["assignee"]["login"] for seat in seats}
    active = {row["user_login"] for row in lines("users_first.ndjson") if row["user_initiated_interaction_count"]}
    assert reach.events == len(people)
    assert reach.value is not None
    assert reach.value >= len(people & active) / len(people)
    assert "audience: holders of a licence" in reach.method


def test_a_report_of_28_days_is_no_day(tmp_path: Path) -> None:
    """Sums of 28 days stay one row of 28 days for a person."""
    rows = Loaded(FOLDER / "users_28_days.json", tmp_path / "s").of("usage_daily")
    assert {(row["day"], row["period_days"]) for row in rows} == {(date(2026, 3, 3), 28)}
    assert "octocat" in {row["user_id"] for row in rows}


def test_a_bill_is_dollars_of_its_period(tmp_path: Path) -> None:
    """Net amounts by person, kind and model, to the cent; they make no day of use."""
    rows = Loaded(FOLDER / "billing.json", tmp_path / "s").of("usage_daily")
    items = json.loads((FOLDER / "billing.json").read_text())["usageItems"]
    assert sum(row["cost_microusd"] for row in rows) == pytest.approx(sum(i["netAmount"] for i in items) * 1e6, abs=60)
    assert {(row["day"], row["period_days"]) for row in rows} == {(date(2026, 6, 30), 30)}


def report(days: list[dict[str, Any]], **stated: str) -> dict[str, Any]:
    """A report of an organisation, as it is downloaded."""
    return {"report_start_day": days[0]["day"], "report_end_day": days[-1]["day"], "day_totals": days, **stated}


def test_an_organisation_s_counts_name_nobody(tmp_path: Path) -> None:
    """People active in 1, 7 and 28 days, whole and by part, as GitHub counts them; the sums of the day stand once."""
    loaded = Loaded(FOLDER / "organisation_1_day.json", tmp_path / "s")
    rows = loaded.of("usage_daily")
    counts = {(row["feature"], row["period_days"]): row["active_users"] for row in rows}
    (day,) = json.loads((FOLDER / "organisation_1_day.json").read_text())["day_totals"]
    assert {counts[None, 1], counts[None, 7], counts[None, 28]} == {2, 5, 6}
    assert (counts["cli", 1], counts["chat", 28], counts["copilot_cloud_agent", 28]) == (2, 6, 1)
    assert len(rows) == sum("_active_" in name and name.endswith("users") for name in day)
    assert [row["interactions"] for row in rows if row["interactions"] is not None] == [24]
    assert {row["day"] for row in rows} == {date(2026, 4, 25)}
    assert "user_id" not in rows[0] or {row["user_id"] for row in rows} == {None}
    assert (loaded.parsed.rows_read, loaded.totals["organisation_days"]) == (1, 1)


@pytest.mark.parametrize("wrap", ["report", "array", "lines"])
def test_counts_are_known_in_every_wrapping(tmp_path: Path, wrap: str) -> None:
    """A report of 28 days, its rows as an array and as JSON lines: the same counts."""
    days = [
        {"day": f"2026-03-{day:02}", "enterprise_id": "9", "daily_active_users": day, "weekly_active_users": 20,
         "monthly_active_users": 25, "user_initiated_interaction_count": 3} for day in range(1, 29)
    ]  # fmt: skip
    whole = {"report": json.dumps(report(days)), "array": json.dumps(days), "lines": "\n".join(map(json.dumps, days))}
    path = tmp_path / "x.bin"
    path.write_text(whole[wrap])
    assert identify(path, None)[0].name == "copilot_usage_metrics"
    rows = Loaded(path, tmp_path / "s").of("usage_daily")
    assert sum(row["active_users"] for row in rows if row["period_days"] == 1) == sum(range(1, 29))
    assert len(rows) == 3 * 28


@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared is not here: the interfaces that GitHub switched off")
@pytest.mark.parametrize("folder", ["copilot_metrics_old", "copilot_usage_old"])
def test_of_the_old_interfaces_the_active_people_are_kept(folder: str, tmp_path: Path) -> None:
    """What they said of each day: how many people were active."""
    (path,) = SAMPLES.glob(f"{folder}/*")
    loaded = Loaded(path, tmp_path / "s")
    days = json.loads(path.read_text())
    told = {row["day"].isoformat(): row["active_users"] for row in loaded.of("usage_daily")}
    assert told == {day.get("day") or day["date"]: day["total_active_users"] for day in days}
    assert any("switched off" in message for message in loaded.parsed.messages)


def test_users_and_their_organisation_are_told_apart(fresh: Callable[[], Warehouse], tmp_path: Path) -> None:
    """A report of an organisation beside that of its users changes no number of people, in either order."""
    path = tmp_path / "organisation.json"
    days = [{"day": f"2026-03-{day:02}", "organization_id": "1", "daily_active_users": 1, "weekly_active_users": 2,
             "monthly_active_users": 3, "user_initiated_interaction_count": 5} for day in range(2, 32)]  # fmt: skip
    path.write_text(json.dumps(report(days, organization_id="1")))
    scope = Scope(since=date(2026, 3, 2), until=date(2026, 3, 31), products=("github-copilot",))
    names = ["adoption", "adoption.tried", "adoption.reach", "adoption.stated_monthly"]
    found = []
    for files in (("seats.json", "users_first.ndjson"), ("seats.json", "users_first.ndjson", path),
                  (path, "users_first.ndjson", "seats.json")):  # fmt: skip
        store = fresh()
        for file in files:
            load(store, FOLDER / file, who="t")
        register(store, ["github-copilot"], "t")
        found.append([(r.value, r.low, r.status, r.missing) for r in read(store, names, scope)])
    assert found[0][:3] == found[1][:3] == found[2][:3]
    assert found[0][3][0] is None
    assert found[1][3] == found[2][3]
    assert found[1][3][0] is not None


def test_recognised_as_array_lines_and_report(tmp_path: Path) -> None:
    """The rows are known in every wrapping, under any name."""
    rows = lines("users_first.ndjson")[:5]
    wrapped = {"report_start_day": "2026-03-02", "report_end_day": "2026-03-29", "day_totals": rows}
    for number, text in enumerate((json.dumps(rows), "\n".join(map(json.dumps, rows)), json.dumps(wrapped))):
        path = tmp_path / f"{number}.bin"
        path.write_text(text)
        assert identify(path, None)[0].name == "copilot_usage_metrics"
        assert Loaded(path, tmp_path / f"s{number}").totals["user_days"] == 5
