import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from data.warehouse import Warehouse
from loaders.mapping import register
from loaders.recognise import identify
from metrics import Scope, read
from tests.loaders.files import published
from tests.loaders.loaded import FORMATS, Loaded

FOLDER = FORMATS / "zendesk_json"
TRUTH = json.loads((FOLDER / "truth.json").read_text())
TICKET = {
    "id": 7, "via": {"channel": "web"}, "created_at": "2026-03-02T10:00:00Z", "updated_at": "2026-03-02T10:00:00Z",
    "type": "question", "priority": "high", "status": "open", "requester_id": 1, "submitter_id": 1, "assignee_id": 2,
    "tags": [], "custom_fields": [],
}  # fmt: skip
METRIC = {"ticket_id": 7, "solved_at": None, "reopens": 0, "updated_at": "2026-03-02T10:00:00Z",
          "reply_time_in_minutes": {"calendar": 90, "business": 30}}  # fmt: skip


def utc(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=None)


def packed(folder: Path, names: Sequence[str] = ("tickets.json", "ticket_metrics.json")) -> Path:
    """The files in one zip."""
    path = folder / "x.bin"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.write(FOLDER / name, name)
    return path


class File:
    """A file that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *documents: Any, **values: str) -> Loaded:
        path = self.folder / "x.bin"
        path.write_text("\n".join(map(json.dumps, documents)))
        return Loaded(path, self.folder / "staged", **values)


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


def test_every_ticket_is_what_happened(tmp_path: Path) -> None:
    """With the metrics beside the tickets all is told; without metrics a response is unknown, not none."""
    loaded = Loaded(packed(tmp_path), tmp_path / "s")
    rows = {row["ticket_id"]: row for row in loaded.of("tickets")}
    assert set(rows) == {truth["ticket"] for truth in TRUTH}
    for truth in TRUTH:
        row = rows[truth["ticket"]]
        assert row["opened_at"] == utc(truth["created"])
        assert (row["source_product"], row["topic_id"], row["kind"]) == (
            truth["product"], truth["topic"], truth["kind"],
        )  # fmt: skip
        assert (row["linked_session_id"], bool(row["knowledge_captured"])) == (truth["session"], bool(truth["kb"]))
        if truth["measured"]:
            assert (row["first_response_at"], row["resolved_at"]) == (utc(truth["first"]), utc(truth["resolved"]))
            assert (row["reopened_count"], row["response_basis"]) == (
                truth["reopened"], "metric" if truth["first"] else "none",
            )  # fmt: skip
        else:
            assert (row["first_response_at"], row["response_basis"], row["resolved_at"]) == (None, None, None)
    assert loaded.parsed.ignored_reasons == {"deleted ticket": 1}


def test_tickets_alone_measure_no_responses(tmp_path: Path) -> None:
    """Without the metrics nothing is said of answers and resolutions, and the person hears what to do."""
    loaded = Loaded(packed(tmp_path, ["tickets.json"]), tmp_path / "s")
    assert "first_response_at" not in loaded.of("tickets")[0]
    assert any("ticket_metrics.json" in message for message in loaded.parsed.messages)
    alone = Loaded(FOLDER / "ticket_metrics.json", tmp_path / "t")
    assert alone.totals["answered"] == sum(bool(truth["measured"] and truth["first"]) for truth in TRUTH)
    assert any("wait for the tickets" in message for message in alone.parsed.messages)


def test_metrics_apart_are_as_good_as_beside(fresh: Callable[[], Warehouse], tmp_path: Path) -> None:
    """Tickets and metrics in either order, and both in one file, give the same response times."""
    scope = Scope(since=date(2026, 3, 2), until=date(2026, 3, 29))
    found = []
    for files in (["tickets.json", "ticket_metrics.json"], ["ticket_metrics.json", "tickets.json"], []):
        store = fresh()
        for number, name in enumerate(files):
            published(store, FOLDER / name, f"L{number}")
        if not files:
            published(store, packed(tmp_path), "L0")
        register(store, [str(row["p"]) for row in store.rows("SELECT DISTINCT product_id AS p FROM tickets")], "t")
        readings = read(store, ["sme_response_time", "sme_response_time.p90"], scope, by=("product",))
        found.append([(r.metric, r.group, r.value, r.low, r.units, r.events) for r in readings])
        assert sum(reading.events for reading in readings if reading.metric == "sme_response_time") > 10
    assert found[0] == found[1] == found[2]


def test_the_newest_record_of_a_ticket_stands(file: File) -> None:
    """The incremental export lists a ticket again: the one updated last counts, and each record is accounted for."""
    newer = TICKET | {"status": "pending", "updated_at": "2026-03-02T12:00:00Z"}
    loaded = file.of({"tickets": [newer, TICKET]}, {"ticket_metrics": [METRIC]}, {"users": [{"id": 1}]})
    (row,) = loaded.of("tickets")
    assert (row["status"], row["first_response_at"]) == ("waiting", datetime(2026, 3, 2, 11, 30))
    assert (loaded.parsed.rows_read, loaded.parsed.ignored) == (4, 1)


def test_metrics_inside_a_ticket_count(file: File) -> None:
    """A ticket that was asked for with its metric set holds it."""
    (row,) = file.of([TICKET | {"metric_set": {**METRIC, "reply_time_in_minutes": {"calendar": None}}}]).of("tickets")
    assert (row["first_response_at"], row["response_basis"], row["reopened_count"]) == (None, "none", 0)


def test_a_reply_in_business_minutes_alone_is_unknown(file: File) -> None:
    """It was answered, and by the clock on the wall nobody says when: neither a moment nor no answer."""
    metric = METRIC | {"reply_time_in_minutes": {"calendar": None, "business": 30}}
    (row,) = file.of({"tickets": [TICKET]}, {"ticket_metrics": [metric]}).of("tickets")
    assert (row["first_response_at"], row["response_basis"]) == (None, None)


def test_the_product_is_a_field_that_is_named(file: File) -> None:
    """The field that somebody names, a tag product:..., or the only field that looks like it, which is said."""
    tickets = [
        TICKET | {"id": n, "custom_fields": [{"id": 5, "value": f"p{n % 2}"}, {"id": 6, "value": f"free text {n}"}]}
        for n in range(9)
    ]
    loaded = file.of({"tickets": tickets})
    assert {row["source_product"] for row in loaded.of("tickets")} == {"p0", "p1"}
    assert any("custom field 5 was taken for the product" in message for message in loaded.parsed.messages)
    named = file.of({"tickets": tickets}, product_field="6")
    assert named.of("tickets")[0]["source_product"] == "free text 0"
    assert file.of({"tickets": [TICKET | {"tags": ["product:chat"]}]}).of("tickets")[0]["source_product"] == "chat"


def test_recognised_by_content_alone(tmp_path: Path) -> None:
    """Wrapped, as an array and as lines the tickets are known under any name."""
    tickets = json.loads((FOLDER / "tickets.json").read_text())["tickets"]
    for number, text in enumerate(
        (json.dumps({"tickets": tickets}), json.dumps(tickets), "\n".join(map(json.dumps, tickets)))
    ):
        path = tmp_path / f"{number}.bin"
        path.write_text(text)
        assert identify(path, None)[0].name == "zendesk_json"
