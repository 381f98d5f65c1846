"""GitHub issues as the REST API gives them, alone or with their comments beside or inside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loaders.format import Format, Head, Match, Refused, Stage
from loaders.jira_tickets import session_in, topic_of
from loaders.jira_words import KNOWLEDGE, kind_of, word
from loaders.jsontext import documents, text
from loaders.relation import relation

_ISSUE = {"number", "state", "user", "created_at", "labels", "comments"}
_COMMENT = {"issue_url", "user", "created_at"}
_PLACE = re.compile(r"(?:repos/|github[^/]*/)(?P<repository>[^/]+/[^/]+)/(?:issues|pull|pulls)/(?P<number>\d+)")
_UNDONE = ("not_planned", "duplicate")
_ALWAYS = (
    "ticket_id", "opened_at", "product_id", "version_at", "topic_id", "kind", "status", "resolved_at", "requester_id",
    "assignee_id", "knowledge_captured", "linked_session_id",
)  # fmt: skip
_ANSWERED = ("first_response_at", "response_basis")
ALONE = "Comments alone make no tickets."
TOGETHER = "Put them into one zip file with the issues they belong to (issues.json and issue_comments.json)."


@dataclass(slots=True)
class _Issue:
    """The newest record of an issue, and the comments on it that the file holds."""

    record: Mapping[str, Any]
    row: int
    line: int
    records: int = 1
    comments: list[Mapping[str, Any]] = field(default_factory=list)


def _recognise(head: Head) -> Match:
    if head.kind != "json":
        return Match(0.0)
    if not head.documents:
        start = head.text[:65_536]
        known = ('"repository_url"' in start, '"author_association"' in start, '"labels_url"' in start)
        return Match(0.85 if all(known) else 0.0)
    for document in head.documents:
        for record in _inside(document):
            if not isinstance(record, dict):
                return Match(0.0)
            if record.keys() >= _ISSUE and ("repository_url" in record or "html_url" in record or "node_id" in record):
                return Match(0.96)
            return Match(0.9 if record.keys() >= _COMMENT and "author_association" in record else 0.0)
    return Match(0.0)


def _inside(document: object) -> list[object]:
    """The records of a document: itself, or those of a search."""
    if isinstance(document, dict) and isinstance(document.get("items"), list):
        return list(document["items"])
    return [document]


def _parse(path: Path, stage: Stage) -> None:
    issues: dict[str, _Issue] = {}
    comments: dict[str, list[Mapping[str, Any]]] = {}
    for row, line, record in _records(path, stage):
        if "issue_url" in record:
            comments.setdefault(_name(record, "issue_url"), []).append(record)
            continue
        name = _name(record, "url", "html_url", "repository_url")
        before = issues.get(name)
        if before is None:
            issues[name] = _Issue(record, row, line)
        else:
            before.records += 1
            if str(record.get("updated_at")) > str(before.record.get("updated_at")):
                before.record = record
    if comments and not issues:
        raise Refused(ALONE, TOGETHER)
    for name, issue in issues.items():
        issue.comments = [*comments.pop(name, []), *_own(issue.record)]
    if beside := sum(map(len, comments.values())):
        stage.ignore("comment on what is no issue of the file", beside)
    _fill(stage, issues)


def _records(path: Path, stage: Stage) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    row = 0
    for line, document in documents(path):
        for record in _inside(document):
            row += 1
            stage.read()
            if not record:
                stage.blank()
            elif not isinstance(record, dict):
                stage.broken(line, None, "not_an_issue", "A record of an issue export is an object.")
            elif record.get("pull_request"):
                stage.ignore("pull request")
            elif not ("issue_url" in record or {"number", "created_at"} <= record.keys()):
                stage.broken(line, None, "not_an_issue", "A record that is neither an issue nor a comment on one.")
            else:
                yield row, line, record


def _own(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The comments that collectors put into an issue."""
    listed = record.get("comments_data") or record.get("comments_list")
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


def _name(record: Mapping[str, Any], *urls: str) -> str:
    """owner/name#number, from whichever address tells it; without one the number alone."""
    for key in urls:
        if found := _PLACE.search(str(record.get(key) or "")):
            return f"{found['repository']}#{found['number']}"
    repository = str(record.get("repository_url") or "").rpartition("/repos/")[2]
    return f"{repository}#{text(record.get('number'))}" if repository else f"#{text(record.get('number'))}"


def _fill(stage: Stage, issues: Mapping[str, _Issue]) -> None:
    told = any(issue.comments for issue in issues.values()) or all(
        _count(issue.record) == 0 for issue in issues.values()
    )
    columns = (*_ALWAYS, *_ANSWERED) if told else _ALWAYS
    table = stage.table("issues", ("source_row", "line", "records", *columns))
    bots = 0
    for name, issue in issues.items():
        row = _ticket(name, issue.record) | _answer(issue)
        bots += sum(map(_is_bot, issue.comments))
        records = issue.records + sum(
            1 for comment in issue.comments if "issue_url" in comment and _beside(issue, comment)
        )
        table.add(str(issue.row), str(issue.line), str(records), *(row.get(column) for column in columns))
    picked = {column: f'"{column}"' for column in columns}
    stage.fill("tickets", picked, relation(picked, "issues", "records"))
    if not told:
        stage.note(f"The file holds no comments, and their number alone: first responses are not measured. {TOGETHER}")
    if bots:
        stage.note(f"{bots} comments are of bots and count as no answer.")


def _beside(issue: _Issue, comment: Mapping[str, Any]) -> bool:
    """Whether a comment is a record of the file's own, not one inside its issue."""
    return not any(comment is own for own in _own(issue.record))


def _ticket(name: str, record: Mapping[str, Any]) -> dict[str, str | None]:
    labels = [_label(label) for label in record.get("labels") or ()]
    product = next((label.partition(":")[2].strip() for label in labels if label.startswith("product:")), "")
    about = [label for label in labels if label and not label.startswith("product:")]
    kind = record.get("type")
    closed = text(record.get("state")) == "closed"
    reason = text(record.get("state_reason"))
    status = "cancelled" if closed and reason in _UNDONE else "done" if closed else "new"
    assignee = _login(record.get("assignee"))
    return {
        "ticket_id": name, "opened_at": text(record.get("created_at")),
        "product_id": product or name.partition("#")[0].rpartition("/")[2] or None,
        "version_at": text(record.get("updated_at")), "topic_id": topic_of(about),
        "kind": kind_of((*about, str(kind.get("name", "")) if isinstance(kind, dict) else "")),
        "status": "in_progress" if status == "new" and assignee else status,
        "resolved_at": text(record.get("closed_at")) if closed else None, "requester_id": _login(record.get("user")),
        "assignee_id": assignee,
        "knowledge_captured": "true" if any(word(label) in KNOWLEDGE for label in labels) else None,
        "linked_session_id": session_in(str(record.get("body") or "")),
    }  # fmt: skip


def _answer(issue: _Issue) -> dict[str, str | None]:
    """The first comment by another person who is no bot; unknown where there are comments and none is in the file."""
    if not issue.comments and _count(issue.record) != 0:
        return {"first_response_at": None, "response_basis": None}
    opened, author = text(issue.record.get("created_at")) or "", _login(issue.record.get("user"))
    others = sorted(
        (at, who is None)
        for comment in issue.comments
        if not _is_bot(comment) and (who := _login(comment.get("user"))) != author
        if (at := text(comment.get("created_at")) or "") >= opened
    )
    if others and others[0][1]:  # of an account that is gone: nobody can say whether it was the author's
        return {"first_response_at": None, "response_basis": None}
    return {"first_response_at": others[0][0] if others else None, "response_basis": "comment" if others else "none"}


def _count(record: Mapping[str, Any]) -> int | None:
    found = text(record.get("comments"))
    return int(found) if found and found.isdecimal() else None


def _is_bot(comment: Mapping[str, Any]) -> bool:
    user = comment.get("user")
    return isinstance(user, dict) and (user.get("type") == "Bot" or str(user.get("login", "")).endswith("[bot]"))


def _login(user: object) -> str | None:
    """An account's name, which GitHub compares without case."""
    found = text(user.get("login")) if isinstance(user, dict) else None
    return found.casefold() if found else None


def _label(label: object) -> str:
    return str(label.get("name") or "") if isinstance(label, dict) else str(label or "")


FORMAT = Format(
    name="github_issues",
    title="GitHub issues (REST JSON), with their comments in one zip file",
    facts=("tickets",),
    product_field="label product:, else the repository",
    recognise=_recognise,
    parse=_parse,
    fills="opened, closed, status, kind and topic (labels), author, assignee, knowledge captured (labels), product (the"
    " label product:..., else the repository), linked session (a line of the body); with the comments the first"
    " response of another person who is no bot",
    lacks="reopenings, priority; without the comments the first response; pull requests are left out",
)
