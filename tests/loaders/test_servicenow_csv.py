import csv
import io
import json
import random
from datetime import datetime
from pathlib import Path

import pytest

from loaders.format import Refused
from loaders.head import read_head
from loaders.recognise import identify
from tests.loaders.loaded import FORMATS, Loaded

FOLDER = FORMATS / "servicenow_csv"
TRUTH = json.loads((FOLDER / "truth.json").read_text())
TABLE, LOG = FOLDER / "incident.csv", FOLDER / "incident_event_log.csv"
ROW = {"number": "INC1", "state": "New", "opened_at": "2026-03-02 10:00:00", "sys_mod_count": "0", "cmdb_ci": "chat",
       "sys_updated_on": "2026-03-02 10:00:00", "assigned_to": "", "made_sla": "true"}  # fmt: skip


def utc(text: str | None) -> datetime | None:
    """A moment of the truth, to the minute, as the exports have it."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=None, second=0)


@pytest.fixture
def file(tmp_path: Path) -> "File":
    return File(tmp_path)


class File:
    """An export that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *rows: dict[str, str], **values: str) -> Loaded:
        out = io.StringIO()
        every = [ROW | row for row in rows]
        writer = csv.DictWriter(out, list(every[0]))
        writer.writeheader()
        writer.writerows(every)
        path = self.folder / "x.bin"
        path.write_text(out.getvalue())
        return Loaded(path, self.folder / "staged", timezone=values.pop("timezone", "UTC"), **values)


@pytest.mark.parametrize("path", [TABLE, LOG], ids=["table", "log"])
def test_every_incident_is_what_happened(path: Path, tmp_path: Path) -> None:
    """Opened, resolved, people, product, topic, kind, knowledge and reopenings of every number; a log's many rows are
    one ticket, which also tells the first response.
    """
    loaded = Loaded(path, tmp_path / "s", timezone="Europe/Berlin")
    rows = {row["ticket_id"]: row for row in loaded.of("tickets")}
    assert set(rows) == {truth["ticket"] for truth in TRUTH}
    for truth in TRUTH:
        row = rows[truth["ticket"]]
        assert row["opened_at"].replace(second=0) == utc(truth["created"])
        resolved = row["resolved_at"]
        assert (resolved and resolved.replace(second=0)) == utc(truth["resolved"])
        assert (row["source_product"], row["topic_id"], row["kind"]) == (
            truth["product"], truth["topic"], truth["kind"],
        )  # fmt: skip
        assert (row["knowledge_captured"], row["reopened_count"]) == (bool(truth["kb"]), truth["reopened"])
        if path == LOG:
            first = row["first_response_at"]
            assert (first and first.replace(second=0)) == utc(truth["first"])
            assert row["response_basis"] == ("changelog" if truth["first"] else "none")
        else:
            assert "first_response_at" not in row


def test_a_log_ends_in_its_latest_row(file: File) -> None:
    """The row with the greatest sys_mod_count stands, in whatever order the rows come; each is accounted for."""
    rows = [
        {"state": "New"},
        {"state": "Active", "sys_mod_count": "1", "sys_updated_on": "2026-03-02 11:00:00", "assigned_to": "bo"},
        {"state": "Resolved", "sys_mod_count": "10", "sys_updated_on": "2026-03-02 12:00:00", "assigned_to": "cy"},
        {"state": "On Hold", "sys_mod_count": "9", "sys_updated_on": "2026-03-02 11:30:00"},
    ]
    random.Random(3).shuffle(rows)
    (ticket,) = file.of(*rows).of("tickets")
    assert (ticket["status"], ticket["assignee_id"]) == ("done", "cy")
    assert ticket["first_response_at"] == datetime(2026, 3, 2, 11)
    assert ticket["assigned_at"] == datetime(2026, 3, 2, 11)


def test_a_table_with_a_count_of_updates_is_no_log(file: File) -> None:
    """One row a number that was changed before tells no first response; neither does a log without times of updates."""
    done = {"state": "Closed", "sys_mod_count": "7", "sys_updated_on": "2026-03-05 10:00:00"}
    loaded = file.of(done)
    assert "first_response_at" not in loaded.of("tickets")[0]
    assert any("does not say when somebody first answered" in message for message in loaded.parsed.messages)
    timeless = {name: cell for name, cell in ROW.items() if name != "sys_updated_on"}
    path = file.folder / "y.bin"
    path.write_text("\n".join(",".join(cells) for cells in (timeless, timeless.values(), timeless.values())) + "\n")
    assert "first_response_at" not in Loaded(path, file.folder / "t", timezone="UTC").of("tickets")[0]


def test_resolved_at_once_is_not_answered(file: File) -> None:
    """An incident that goes from new to resolved had no response."""
    (ticket,) = file.of({}, {"state": "Resolved", "sys_mod_count": "1"}).of("tickets")
    assert (ticket["first_response_at"], ticket["response_basis"]) == (None, "none")


@pytest.mark.parametrize(
    ("state", "status"),
    [("1", "new"), ("2", "in_progress"), ("3", "waiting"), ("6", "done"), ("7", "done"), ("8", "cancelled"),
     ("Awaiting User Info", "waiting"), ("Gelöst", "done"), ("Canceled", "cancelled")],
)  # fmt: skip
def test_states_by_word_or_number(state: str, status: str, file: File) -> None:
    """States come as display values in a language, or as the numbers behind them."""
    assert file.of({"state": state}).of("tickets")[0]["status"] == status


def test_question_marks_say_nothing(file: File) -> None:
    """What audit logs write for nothing is nothing, never a person or a product."""
    (ticket,) = file.of({"assigned_to": "?", "cmdb_ci": "?"}).of("tickets")
    assert (ticket["assignee_id"], ticket["source_product"]) == (None, "")


def test_a_doubtful_order_of_day_and_month_is_asked_for(file: File) -> None:
    """02-03-2026 is a day of March or of February: refused until somebody says which."""
    row = {"opened_at": "02-03-2026 10:00", "sys_updated_on": "02-03-2026 10:00"}
    with pytest.raises(Refused, match="day"):
        file.of(row)
    assert file.of(row, day_order="mdy").of("tickets")[0]["opened_at"] == datetime(2026, 2, 3, 10)


def test_a_cell_that_is_no_moment_is_quarantined(file: File) -> None:
    """One bad row waits with its column; the others of its number count."""
    loaded = file.of({}, {"sys_mod_count": "1", "sys_updated_on": "soon"})
    assert (loaded.parsed.quarantined, len(loaded.of("tickets"))) == (1, 1)


@pytest.mark.parametrize("path", [TABLE, LOG], ids=["table", "log"])
def test_recognised_by_content_alone(path: Path, tmp_path: Path) -> None:
    """Under any name and with its columns in any order the file is known, and no other format claims it."""
    rows = list(csv.reader(path.read_text().splitlines()))
    places = list(range(len(rows[0])))
    random.Random(5).shuffle(places)
    out = io.StringIO()
    csv.writer(out).writerows([row[place] for place in places] for row in rows)
    other = tmp_path / "x.bin"
    other.write_text(out.getvalue())
    found, confidence = identify(other, None)
    assert (found.name, confidence > 0.9) == ("servicenow_csv", True)
    assert len(read_head(other).columns) == len(places)
