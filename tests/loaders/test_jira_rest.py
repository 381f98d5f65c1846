import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from loaders.recognise import identify
from tests.loaders.loaded import Loaded


def person(name: str, kind: str = "atlassian") -> dict[str, Any]:
    return {"accountId": name, "displayName": name.title(), "accountType": kind}


def comment(name: str, minute: int, kind: str = "atlassian") -> dict[str, Any]:
    return {"author": person(name, kind), "created": f"2026-03-02T10:{minute:02}:00.000+0100", "body": "secret"}


def issue(key: str = "CTX-1", comments: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    """An issue as REST has it, its offset without a colon."""
    about: dict[str, Any] = {
        "summary": "s", "created": "2026-03-02T10:00:00.000+0100", "updated": "2026-03-02T12:00:00.000+0100",
        "resolutiondate": None, "status": {"name": "Open", "statusCategory": {"key": "new"}}, "labels": ["pricing"],
        "issuetype": {"name": "Question"}, "project": {"key": "CTX"}, "components": [{"name": "chat"}],
        "reporter": person("ann"), "assignee": person("bo"), "priority": {"name": "High"},
    }  # fmt: skip
    if comments is not None:
        about["comment"] = {"comments": comments}
    return {"key": key, "fields": about | fields}


class File:
    """Answers that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *documents: Any) -> Loaded:
        path = self.folder / "x.bin"
        path.write_text("\n".join(map(json.dumps, documents)))
        assert identify(path, None)[0].name == "jira_rest"
        return Loaded(path, self.folder / "staged")

    def ticket(self, record: dict[str, Any]) -> dict[str, Any]:
        (row,) = self.of({"issues": [record], "total": 1}).of("tickets")
        return row


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


def test_an_issue_is_a_ticket(file: File) -> None:
    """Who, when, what and about which product; the answer is the first comment of another person who is no bot."""
    row = file.ticket(issue(comments=[comment("ann", 5), comment("app-1", 6, "app"), comment("bo", 9)]))
    assert (row["opened_at"], row["first_response_at"]) == (datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 9, 9))
    assert (row["response_basis"], row["status"], row["kind"]) == ("comment", "new", "context_gap")
    assert (row["source_product"], row["topic_id"], row["priority"]) == ("chat", "pricing", "High")
    assert (row["requester_id"], row["assignee_id"]) == ("ann", "bo")
    assert "secret" not in json.dumps(row, default=str)


def test_what_is_not_in_the_answer_is_unknown(file: File) -> None:
    """Without comments and changelog neither the response nor the reopenings are told, and that is said."""
    loaded = file.of({"issues": [issue()]})
    (row,) = loaded.of("tickets")
    assert (row["first_response_at"], row["response_basis"], row["reopened_count"]) == (None, None, None)
    assert any("expand=changelog" in message for message in loaded.parsed.messages)
    assert file.ticket(issue(comments=[]))["response_basis"] == "none"


def test_internal_comments_and_cut_pages(file: File) -> None:
    """A comment that the reporter cannot read is no answer; of a page of the comments an answer may be elsewhere."""
    hidden = comment("bo", 5) | {"jsdPublic": False}
    assert file.ticket(issue(comments=[hidden, comment("bo", 9)]))["first_response_at"] == datetime(2026, 3, 2, 9, 9)
    record = issue(comments=[comment("ann", 5)])
    record["fields"]["comment"]["total"] = 60
    row = file.ticket(record)
    assert (row["first_response_at"], row["response_basis"]) == (None, None)


@pytest.mark.parametrize(
    "name",
    ["Time to first response", "Zeit bis zur ersten Antwort", "Zeit bis zur ersten Reaktion",
     "Tiempo hasta la primera respuesta", "Délai de première réponse", "Temps avant la première réponse (VIP)"],
)  # fmt: skip
def test_the_service_goal_s_own_stop_is_the_response(file: File, name: str) -> None:
    """A completed cycle of the goal says when it stopped, in whatever language it is called: that is the answer, not
    what remained of it.
    """
    goal = {"name": name, "ongoingCycle": None, "completedCycles": [
        {"stopTime": {"epochMillis": 1772442720000}, "elapsedTime": {"millis": 60_000}}]}  # fmt: skip
    row = file.ticket(issue(comments=[comment("bo", 50)], customfield_10030=goal))
    assert (row["first_response_at"], row["response_basis"]) == (datetime(2026, 3, 2, 9, 12), "native")


def test_done_without_a_resolution_date(file: File) -> None:
    """Resolved is when the category changed; a resolution that undoes it is a cancellation."""
    done = {"status": {"name": "Closed", "statusCategory": {"key": "done"}}}
    row = file.ticket(issue(statuscategorychangedate="2026-03-03T10:00:00.000+0100", **done))
    assert (row["status"], row["resolved_at"]) == ("done", datetime(2026, 3, 3, 9))
    row = file.ticket(issue(resolutiondate="2026-03-04T10:00:00.000+0100", resolution={"name": "Won't do"}, **done))
    assert (row["status"], row["resolved_at"]) == ("cancelled", datetime(2026, 3, 4, 9))


def test_the_changelog_tells_assignments_and_reopenings(file: File) -> None:
    """The first assignment, and every way back from done."""

    def change(minute: int, field: str, before: str, after: str) -> dict[str, Any]:
        return {"created": f"2026-03-02T11:{minute:02}:00.000+0100",
                "items": [{"field": field, "fromString": before, "toString": after}]}  # fmt: skip

    log = [
        change(5, "assignee", "", "Bo"), change(6, "status", "Open", "Done"), change(7, "status", "Done", "Reopened"),
        change(8, "assignee", "Bo", "Cy"), change(9, "status", "In Progress", "Resolved"),
    ]  # fmt: skip
    row = file.ticket(issue() | {"changelog": {"histories": log}})
    assert (row["reopened_count"], row["assigned_at"]) == (1, datetime(2026, 3, 2, 10, 5))


def test_every_wrapping_and_document_format(file: File) -> None:
    """Single issues, arrays, collectors' lines; a description in Atlassian's format may name the session."""
    described = {"type": "doc", "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": "Session: conv-1"}]},
        {"type": "paragraph", "content": [{"type": "text", "text": "more"}]},
    ]}  # fmt: skip
    for documents in ([issue(description=described)], [[issue(description=described)]],
                      [{"backend_name": "Jira", "data": issue(description="Session: conv-1")}]):  # fmt: skip
        (row,) = file.of(*documents).of("tickets")
        assert row["linked_session_id"] == "conv-1"


def test_what_is_no_issue_is_quarantined(file: File) -> None:
    """A record without a key or without its creation waits with its reason."""
    loaded = file.of({"issues": [issue(), {"fields": {}}, issue("CTX-2", created="soon")]})
    assert (loaded.parsed.quarantined, len(loaded.of("tickets"))) == (2, 1)


@pytest.mark.parametrize("name", ["Time to resolution", "Zeit bis zur Lösung", "Tiempo hasta la resolución"])
def test_another_goal_says_nothing_of_the_response(file: File, name: str) -> None:
    """The goal of the resolution is none of the response."""
    goal = {"name": name, "completedCycles": [{"stopTime": {"epochMillis": 1772442720000}}]}
    assert file.ticket(issue(comments=[comment("bo", 50)], customfield_10030=goal))["response_basis"] == "comment"
