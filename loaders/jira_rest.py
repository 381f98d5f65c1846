"""Jira issues as the REST API answers them: searches, single issues, lines of issues, also as collectors wrap them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from loaders.format import Format, Head, Match, Stage
from loaders.jira_tickets import Comment, interaction_in, session_in, topic_of
from loaders.jira_words import KNOWLEDGE, is_first_response, kind_of, status_of, word
from loaders.jsontext import documents, text
from loaders.relation import relation

_FIELDS = {"created", "status", "issuetype", "project", "summary", "reporter", "assignee", "updated", "labels"}
COLUMNS = (
    "ticket_id", "opened_at", "product_id", "version_at", "topic_id", "kind", "status", "assigned_at",
    "first_response_at", "response_basis", "resolved_at", "requester_id", "assignee_id", "priority", "reopened_count",
    "knowledge_captured", "linked_session_id", "linked_interaction_id",
)  # fmt: skip
_DONE = ("done", "cancelled")
_CATEGORIES = {"new": "To Do", "indeterminate": "In Progress", "done": "Done", "undefined": ""}
Told = dict[str, str | None]


class NotAnIssueError(ValueError):
    """A record that is no issue: the field at fault, and why."""

    def __init__(self, column: str, message: str, value: str | None = None) -> None:
        super().__init__(message)
        self.column, self.message, self.value = column, message, value


def _recognise(head: Head) -> Match:
    if head.kind != "json":
        return Match(0.0)
    if not head.documents:
        start = head.text[:65_536]
        known = ('"issuetype"' in start, '"statusCategory"' in start, '"fields"' in start)
        return Match(0.9 if all(known) else 0.0)
    for document in head.documents:
        for record in _issues(document):
            fields = record.get("fields") if isinstance(record, dict) else None
            return Match(0.97 if isinstance(fields, dict) and len(_FIELDS & fields.keys()) > 3 else 0.0)
    return Match(0.0)


def _issues(document: object) -> list[Any]:
    """The issues of a document: a search's, itself, or what a collector wraps under `data`."""
    if not isinstance(document, dict):
        return [document]
    for name in ("issues", "values"):
        if isinstance(document.get(name), list):
            return list(document[name])
    inner = document.get("data")
    return [inner] if isinstance(inner, dict) and "fields" in inner else [document]


def _parse(path: Path, stage: Stage) -> None:
    table = stage.table("issues_told", ("source_row", "line", *COLUMNS))
    row = bots = commented = 0
    for line, document in documents(path):
        for record in _issues(document):
            row += 1
            stage.read()
            if not record:
                stage.blank()
                continue
            try:
                issue = _Issue(record)
                told = issue.ticket()
            except NotAnIssueError as error:
                stage.broken(line, error.column, "not_an_issue", error.message, error.value)
                continue
            bots += sum(comment.of_bot for comment in issue.comments)
            commented += "comment" in issue.fields
            table.add(str(row), str(line), *(told[name] for name in COLUMNS))
    picked = {name: f'"{name}"' for name in COLUMNS}
    stage.fill("tickets", picked, relation(picked, "issues_told", "1"))
    if not commented:
        stage.note(
            "The answer holds no comments: first responses are known only where a service goal or the changelog tells."
            " Ask for them: fields=*all&expand=changelog."
        )
    if bots:
        stage.note(f"{bots} comments are of bots and count as no answer.")


class _Issue:
    """One issue. Raises NotAnIssueError."""

    def __init__(self, record: object) -> None:
        fields = record.get("fields") if isinstance(record, dict) else None
        key = text(record.get("key")) if isinstance(record, dict) else None
        if not isinstance(record, dict) or not isinstance(fields, dict) or not key:
            raise NotAnIssueError("key", "An issue has a key and fields.")
        self.key: str = key
        self.fields: Mapping[str, Any] = fields
        opened = _moment(fields.get("created"))
        if opened is None:
            raise NotAnIssueError("created", f"{key} does not say when it was created.", text(fields.get("created")))
        self.opened = opened
        listed = fields.get("comment")
        entries = listed.get("comments") if isinstance(listed, dict) else listed
        total = text(listed.get("total")) if isinstance(listed, dict) else None
        self.cut = bool(total and total.isdecimal() and int(total) > len(entries or ()))
        self.comments = [found for entry in entries or () if (found := _comment(entry))]
        log = record.get("changelog")
        histories = log.get("histories") if isinstance(log, dict) else None
        self.changes = list(_changes(histories)) if isinstance(histories, list) else None

    def ticket(self) -> Told:
        """The columns of the contract."""
        fields = self.fields
        labels = [str(label) for label in fields.get("labels") or ()]
        status = self._status()
        resolved = _moment(fields.get("resolutiondate"))
        if resolved is None and status in _DONE:
            resolved = _moment(fields.get("statuscategorychangedate"))
        answered, basis = self._answer()
        described = fields.get("description")
        description = described if isinstance(described, str) else _flat(described)
        return {
            "ticket_id": self.key, "opened_at": self.opened.isoformat(),
            "product_id": next((_name(part) for part in fields.get("components") or ()), None)
            or _name(fields.get("project"), "key") or self.key.rpartition("-")[0],
            "version_at": _text_of(_moment(fields.get("updated"))), "topic_id": topic_of(labels),
            "kind": kind_of((*labels, _name(fields.get("issuetype")) or "")), "status": status,
            "assigned_at": _text_of(self._assigned()), "first_response_at": _text_of(answered), "response_basis": basis,
            "resolved_at": _text_of(resolved), "requester_id": _person(fields.get("reporter") or fields.get("creator")),
            "assignee_id": _person(fields.get("assignee")), "priority": _name(fields.get("priority")),
            "reopened_count": None if self.changes is None else str(self._reopened()),
            "knowledge_captured": "true" if any(word(label) in KNOWLEDGE for label in labels) else None,
            "linked_session_id": session_in(description), "linked_interaction_id": interaction_in(description),
        }  # fmt: skip

    def _status(self) -> str | None:
        stated = self.fields.get("status")
        category = stated.get("statusCategory") if isinstance(stated, dict) else None
        broad = _CATEGORIES.get(text(category.get("key")) or "", "") if isinstance(category, dict) else ""
        return status_of(broad, _name(stated) or "", _name(self.fields.get("resolution")) or "")

    def _answer(self) -> tuple[datetime | None, str | None]:
        """When somebody first answered: as the service goal measured it, else the first comment of another person."""
        for value in self.fields.values():
            if isinstance(value, dict) and is_first_response(str(value.get("name", ""))) and "completedCycles" in value:
                stops = sorted(
                    datetime.fromtimestamp(int(stop) / 1000, UTC)
                    for cycle in value["completedCycles"] or ()
                    if isinstance(cycle, dict) and (stop := _epoch(cycle.get("stopTime")))
                )
                if stops:
                    return stops[0], "native"
        if "comment" not in self.fields:
            return None, None
        reporter = _person(self.fields.get("reporter") or self.fields.get("creator"))
        people = [one for one in self.comments if not one.of_bot and one.author != reporter and one.at >= self.opened]
        first = min((one.at for one in people), default=None)
        if first is None and self.cut:  # a page of the comments, and the answer may be on another
            return None, None
        return first, "comment" if first else "none"

    def _assigned(self) -> datetime | None:
        return min((at for at, field, _, to in self.changes or () if field == "assignee" and to), default=None)

    def _reopened(self) -> int:
        return sum(
            status_of("", before, "") in _DONE and status_of("", after, "") not in (*_DONE, None)
            for _, field, before, after in self.changes or ()
            if field == "status"
        )


def _comment(entry: object) -> Comment | None:
    """A comment that the reporter can read, with its author; an app is a bot by its account."""
    if not isinstance(entry, dict) or entry.get("jsdPublic") is False:
        return None
    if (at := _moment(entry.get("created"))) is None:
        return None
    author = entry.get("author")
    app = isinstance(author, dict) and author.get("accountType") == "app"
    return Comment(at, "app bot" if app else _person(author) or "")


def _changes(histories: list[Any]) -> Iterator[tuple[datetime, str, str, str]]:
    """Every change: when, which field, from and to."""
    for history in histories:
        at = _moment(history.get("created")) if isinstance(history, dict) else None
        for item in history.get("items") or () if at else ():
            if isinstance(item, dict) and at:
                yield at, str(item.get("field")), str(item.get("fromString") or ""), str(item.get("toString") or "")


def _epoch(value: object) -> str | None:
    found = text(value.get("epochMillis")) if isinstance(value, dict) else None
    return found if found and found.isdecimal() else None


def _person(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    return next((found for name in ("accountId", "name", "key", "emailAddress", "displayName")
                 if (found := text(value.get(name)))), None)  # fmt: skip


def _name(value: object, key: str = "name") -> str | None:
    return text(value.get(key)) if isinstance(value, dict) else None


def _flat(node: object) -> str:
    """The text of a description in Atlassian's document format, a line a paragraph."""
    if not isinstance(node, dict):
        return ""
    inner = "".join(map(_flat, node.get("content") or ()))
    said = str(node.get("text", "")) + inner
    return f"{said}\n" if node.get("type") in ("paragraph", "heading", "listItem", "hardBreak") else said


def _moment(value: object) -> datetime | None:
    """A moment with its offset, which Jira writes without a colon."""
    try:
        found = datetime.fromisoformat(text(value) or "")
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _text_of(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


FORMAT = Format(
    name="jira_rest",
    title="Jira issues (REST answers, JSON lines)",
    facts=("tickets",),
    product_field="component",
    recognise=_recognise,
    parse=_parse,
    fills="opened, first response (the service goal's own, else the first comment of another person who is no bot),"
    " resolved, status, kind, topic, people, priority, knowledge captured, linked session; from the changelog the first"
    " assignment and reopenings; product from the first component, else the project",
    lacks="without comments and changelog (fields=*all&expand=changelog) first responses and reopenings; satisfaction",
)
