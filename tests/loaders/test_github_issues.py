import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from loaders.format import Refused
from loaders.recognise import identify
from tests.loaders.loaded import FORMATS, Loaded

FOLDER = FORMATS / "github_issues"
TRUTH = json.loads((FOLDER / "truth.json").read_text())
ISSUE = {
    "url": "https://api.github.com/repos/corp/chat/issues/1", "repository_url": "https://api.github.com/repos/corp/chat",
    "number": 1, "state": "open", "user": {"login": "ann", "type": "User"}, "labels": [], "comments": 0,
    "created_at": "2026-03-02T10:00:00Z", "updated_at": "2026-03-02T10:00:00Z", "closed_at": None, "body": "",
}  # fmt: skip


def utc(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=None)


def comment(who: str, minute: int, kind: str = "User") -> dict[str, Any]:
    """A comment on the issue, so many minutes after it was opened."""
    return {"issue_url": ISSUE["url"], "user": {"login": who, "type": kind}, "author_association": "MEMBER",
            "created_at": f"2026-03-02T10:{minute:02}:00Z"}  # fmt: skip


class File:
    """A file that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *documents: Any) -> Loaded:
        path = self.folder / "x.bin"
        path.write_text("\n".join(map(json.dumps, documents)))
        return Loaded(path, self.folder / "staged")


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


def test_every_issue_is_what_happened(tmp_path: Path) -> None:
    """With the comments beside the issues all is told; pull requests and bots are none of it."""
    path = tmp_path / "x.bin"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("issues.json", "issue_comments.json"):
            archive.write(FOLDER / name, name)
    loaded = Loaded(path, tmp_path / "s")
    rows = {int(row["ticket_id"].partition("#")[2]): row for row in loaded.of("tickets")}
    assert set(rows) == {truth["number"] for truth in TRUTH}
    for truth in TRUTH:
        row = rows[truth["number"]]
        assert (row["opened_at"], row["resolved_at"]) == (utc(truth["created"]), utc(truth["resolved"]))
        assert row["first_response_at"] == utc(truth["first"])
        assert (row["source_product"], row["topic_id"], row["kind"]) == (
            truth["product"], truth["topic"], truth["kind"],
        )  # fmt: skip
        assert (row["linked_session_id"], bool(row["knowledge_captured"])) == (truth["session"], bool(truth["kb"]))
    assert loaded.parsed.ignored_reasons["pull request"] == 2


def test_issues_alone_measure_no_responses(tmp_path: Path) -> None:
    """Their number of comments says nothing of when; comments alone are refused with what to do."""
    loaded = Loaded(FOLDER / "issues.json", tmp_path / "s")
    assert "first_response_at" not in loaded.of("tickets")[0]
    with pytest.raises(Refused, match="Comments alone") as refused:
        Loaded(FOLDER / "issue_comments.json", tmp_path / "t")
    assert "one zip file" in refused.value.remedy


def test_who_answers_first(file: File) -> None:
    """Neither the author nor a bot, however it is marked; comments may stand inside their issue."""
    comments = [comment("ann", 5), comment("helper[bot]", 6), comment("robot", 7, "Bot"), comment("bo", 9)]
    (row,) = file.of([ISSUE | {"comments": 4}], comments).of("tickets")
    assert (row["first_response_at"], row["response_basis"]) == (datetime(2026, 3, 2, 10, 9), "comment")
    (row,) = file.of([ISSUE | {"comments": 4, "comments_data": comments}]).of("tickets")
    assert row["first_response_at"] == datetime(2026, 3, 2, 10, 9)


def test_an_author_is_one_in_any_case_and_an_account_may_be_gone(file: File) -> None:
    """GitHub compares logins without case; whether an account that is gone was the author's nobody can say."""
    (row,) = file.of([ISSUE | {"comments": 2}], [comment("ANN", 5), comment("bo", 9)]).of("tickets")
    assert row["first_response_at"] == datetime(2026, 3, 2, 10, 9)
    (row,) = file.of([ISSUE | {"comments": 2}], [comment("x", 5) | {"user": None}, comment("bo", 9)]).of("tickets")
    assert (row["first_response_at"], row["response_basis"]) == (None, None)


def test_an_issue_whose_comments_are_missing_is_unknown(file: File) -> None:
    """Beside issues with their comments one whose comments were not exported says nothing."""
    other = {"number": 2, "url": f"{ISSUE['url'][:-1]}2", "comments": 3}
    third = {"number": 3, "url": f"{ISSUE['url'][:-1]}3"}
    rows = file.of([ISSUE | {"comments": 1}, ISSUE | other, ISSUE | third], [comment("bo", 9)]).of("tickets")
    assert [row["response_basis"] for row in rows] == ["comment", None, "none"]


def test_closed_as_not_planned_is_cancelled(file: File) -> None:
    """Completed is done; not planned and duplicate are cancelled; all were closed at their moment."""
    closed = ISSUE | {"state": "closed", "closed_at": "2026-03-03T10:00:00Z"}
    rows = file.of(
        [closed | {"number": n, "url": f"{ISSUE['url'][:-1]}{n}", "state_reason": reason}
         for n, reason in enumerate(("completed", None, "not_planned", "duplicate"))]
    ).of("tickets")  # fmt: skip
    assert [row["status"] for row in rows] == ["done", "done", "cancelled", "cancelled"]
    assert {row["resolved_at"] for row in rows} == {datetime(2026, 3, 3, 10)}


def test_a_search_and_lines_are_recognised(tmp_path: Path) -> None:
    """The answer of a search, an array and lines are known by content."""
    for number, text in enumerate(
        (json.dumps({"total_count": 1, "items": [ISSUE]}), json.dumps([ISSUE]), json.dumps(ISSUE))
    ):
        path = tmp_path / f"{number}.bin"
        path.write_text(text)
        assert identify(path, None)[0].name == "github_issues"
        assert len(Loaded(path, tmp_path / f"s{number}").of("tickets")) == 1
