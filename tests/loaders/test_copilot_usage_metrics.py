import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.warehouse import Warehouse
from loaders.format import Refused
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


@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared is not here: reports of organisations are not read")
@pytest.mark.parametrize(
    ("name", "says"),
    [("copilot_usage_metrics/*organization-1-day*", "names none"), ("copilot_metrics_old/*", "switched off"),
     ("copilot_usage_old/*", "switched off")],
)  # fmt: skip
def test_reports_that_name_nobody_are_refused(name: str, says: str, tmp_path: Path) -> None:
    """Sums of an organisation and the old interfaces are refused by what they are, with what to download."""
    (path,) = SAMPLES.glob(name)
    with pytest.raises(Refused, match=says) as refused:
        Loaded(path, tmp_path / "s")
    assert "users-28-day" in refused.value.remedy


def test_recognised_as_array_lines_and_report(tmp_path: Path) -> None:
    """The rows are known in every wrapping, under any name."""
    rows = lines("users_first.ndjson")[:5]
    wrapped = {"report_start_day": "2026-03-02", "report_end_day": "2026-03-29", "day_totals": rows}
    for number, text in enumerate((json.dumps(rows), "\n".join(map(json.dumps, rows)), json.dumps(wrapped))):
        path = tmp_path / f"{number}.bin"
        path.write_text(text)
        assert identify(path, None)[0].name == "copilot_usage_metrics"
        assert Loaded(path, tmp_path / f"s{number}").totals["user_days"] == 5
