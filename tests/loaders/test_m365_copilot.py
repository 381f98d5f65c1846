import csv
import io
import json
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from loaders.ingest import load
from loaders.mapping import register
from loaders.recognise import identify
from metrics import Scope, read
from tests.loaders.loaded import FORMATS, Loaded

FOLDER = FORMATS / "m365_copilot"


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((FOLDER / name).read_text(encoding="utf-8-sig"))))


@pytest.mark.parametrize("name", ["d7.csv", "d7_previous.csv", "d30_v2.csv"])
def test_everybody_in_the_report_holds_a_licence(name: str, tmp_path: Path) -> None:
    """One row a person with the last day of use, never-active people among them; prompts where the report has them."""
    report = rows_of(name)
    loaded = Loaded(FOLDER / name, tmp_path / "s")
    rows = {row["user_id"]: row for row in loaded.of("usage_daily")}
    assert set(rows) == {row["User Principal Name"] for row in report}
    assert loaded.totals["never_active"] == sum(not row["Last Activity Date"] for row in report)
    for row in report:
        found, last = rows[row["User Principal Name"]], row["Last Activity Date"]
        assert found["last_activity_on"] == (date.fromisoformat(last) if last else None)
        assert (found["licensed"], found["period_days"]) == (True, int(row["Report Period"]))
        assert str(found["interactions"] or "") == row.get("Prompts submitted for all apps", "")
    assert "Person" not in json.dumps(loaded.rows, default=str)


def test_weekly_snapshots_are_a_lower_bound_of_adoption(fresh: Callable[[], Warehouse]) -> None:
    """The reading names its method, decides nothing, and counts whom the snapshots show."""
    store = fresh()
    for name in ("d7.csv", "d7_previous.csv"):
        load(store, FOLDER / name, who="t")
    register(store, ["m365-copilot"], "t")
    scope = Scope(since=date(2026, 3, 30), until=date(2026, 4, 5), products=("m365-copilot",))
    (reach,) = read(store, ["adoption.reach"], scope)
    report = rows_of("d7.csv")
    active = sum(bool(row["Last Activity Date"]) and row["Last Activity Date"] >= "2026-03-30" for row in report)
    assert (reach.value, reach.events) == (pytest.approx(active / len(report)), len(report))
    assert (reach.status, reach.decides) == ("partial", False)
    assert "lower bound: last-activity snapshots; audience: holders of a licence" in reach.method


def test_columns_in_any_order_and_graph_json(tmp_path: Path) -> None:
    """The report of the portal with its columns shuffled, and what Graph answers as JSON, are the same rows."""
    report = rows_of("d7.csv")
    names = list(report[0])
    random.Random(2).shuffle(names)
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(report)
    shuffled = tmp_path / "x.bin"
    shuffled.write_text("\ufeff" + out.getvalue(), encoding="utf-8")
    graph = tmp_path / "y.bin"
    graph.write_text(json.dumps({"value": [
        {"reportRefreshDate": row["Report Refresh Date"], "userPrincipalName": row["User Principal Name"],
         "displayName": row["Display Name"], "lastActivityDate": row["Last Activity Date"],
         "copilotChatLastActivityDate": row["Copilot Chat Last Activity Date"], "wordCopilotLastActivityDate": "",
         "copilotActivityUserDetailsByPeriod": [{"reportPeriod": 7}]}
        for row in report
    ]}))  # fmt: skip
    found = []
    for path in (FOLDER / "d7.csv", shuffled, graph):
        assert identify(path, None)[0].name == "m365_copilot"
        rows = Loaded(path, tmp_path / f"s-{path.stem}").of("usage_daily")
        keys = ("user_id", "day", "period_days", "last_activity_on", "active", "licensed")
        found.append([{key: row[key] for key in keys} for row in rows])
    assert found[0] == found[1] == found[2]


def test_concealed_people_are_pointed_out(tmp_path: Path) -> None:
    """A tenant that conceals its users writes hashes: they are people of their own, and that is said."""
    text, people = (FOLDER / "d7.csv").read_text(encoding="utf-8-sig"), rows_of("d7.csv")
    for number, row in enumerate(people[:2]):
        text = text.replace(row["User Principal Name"], f"{number:032X}")
    path = tmp_path / "x.bin"
    path.write_text(text)
    messages = Loaded(path, tmp_path / "s").parsed.messages
    assert any(f"2 of {len(people)} people are concealed by the tenant" in message for message in messages)
