"""Fivetran's tables of Zendesk told into tickets: who answered first, the first assignment, solution, reopenings.

The rows of all tables come as JSON lines, as a zip of them is unpacked; what a row is, its columns say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from loaders.format import Stage
from loaders.jsontext import text

MARK = "_fivetran_synced"
_KINDS = (
    ("ticket", {"requester_id", "submitter_id", "created_at", "status"}),
    ("comment", {"ticket_id", "user_id", "created", "public"}),
    ("history", {"ticket_id", "field_name", "updated", "value"}),
    ("tag", {"ticket_id", "tag"}),
    ("user", {"id", "role", "email"}),
)
_AGENTS = ("agent", "admin")
_DONE = ("solved", "closed")
Record = Mapping[str, Any]


def kind_of(record: Record) -> str:
    """Which table a row is of: ticket, comment, history, tag, user, or other."""
    return next((kind for kind, columns in _KINDS if columns <= record.keys()), "other")


@dataclass(slots=True)
class Told:
    """What the side tables tell of one ticket."""

    comments: list[Record] = field(default_factory=list)
    history: list[Record] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    @property
    def records(self) -> int:
        """How many rows are of it."""
        return len(self.comments) + len(self.history) + len(self.tags)


class Tables:
    """The side tables of one file, by ticket."""

    def __init__(self) -> None:
        self.roles: dict[str, str] = {}
        self.told: dict[str, Told] = {}
        self.have: set[str] = set()

    def take(self, kind: str, record: Record, stage: Stage) -> None:
        """Keep a row of a side table; what is of no ticket is accounted for here."""
        self.have.add(kind)
        if kind == "user":
            self.roles[text(record.get("id")) or ""] = (text(record.get("role")) or "").casefold()
            stage.ignore("user, who is looked up and is no ticket")
            return
        if kind == "other":
            stage.ignore("row of a table that tells nothing of tickets")
            return
        told = self.told.setdefault(text(record.get("ticket_id")) or "", Told())
        if kind == "comment":
            told.comments.append(record)
        elif kind == "history":
            told.history.append(record)
        else:
            told.tags.append(text(record.get("tag")) or "")

    def of(self, ticket: str) -> Told:
        """What is told of a ticket."""
        return self.told.get(ticket) or Told()

    def measured(self, record: Record) -> dict[str, str | None]:
        """What the side tables measure of a ticket; without a table nothing of what it would tell."""
        told = self.of(text(record.get("id")) or "")
        found: dict[str, str | None] = {}
        if "comment" in self.have:
            found |= self._answer(record, told)
        if "history" in self.have:
            found |= _changes(record, told)
        return found

    def _answer(self, record: Record, told: Told) -> dict[str, str | None]:
        """The first public comment of an agent; where no role is known, of another person than the requester."""
        requester = text(record.get("requester_id"))
        at = min(
            (
                moment
                for comment in told.comments
                if is_true(comment.get("public")) and (moment := utc(comment.get("created")))
                and self._answers(text(comment.get("user_id")) or "", requester)
            ),
            default=None,
        )  # fmt: skip
        return {"first_response_at": at, "response_basis": "comment" if at else "none"}

    def _answers(self, who: str, requester: str | None) -> bool:
        role = self.roles.get(who)
        return who != requester and (role is None or role in _AGENTS)


def _changes(record: Record, told: Told) -> dict[str, str | None]:
    """First assignment, last solution and reopenings, by the history of the fields; status changes in their order."""
    changes = sorted(
        (
            (utc(row.get("updated")) or "", text(row.get("field_name")), text(row.get("value")) or "")
            for row in told.history
        ),
        key=lambda change: change[0],
    )
    assigned = next((at for at, name, value in changes if name == "assignee_id" and value), None)
    states = [(at, value) for at, name, value in changes if name == "status"]
    solved, before, times = None, "", 0
    for at, value in states:
        if value in _DONE and before not in _DONE:
            solved = at
        times += before in _DONE and value not in _DONE
        before = value
    done = text(record.get("status")) in _DONE
    return {
        "assigned_at": assigned, "resolved_at": solved if done else None,
        "reopened_count": str(times) if states else None,
    }  # fmt: skip


def is_true(value: object) -> bool:
    """A flag as the connector's tables write it."""
    return value is True or (text(value) or "").casefold() in ("true", "t", "1")


def utc(value: object) -> str | None:
    """A moment, which the connector writes in UTC without saying so."""
    found = text(value)
    return found if not found or found[-1] in "zZ" or "+" in found else f"{found}Z"


def cleaned(record: Record) -> Iterator[tuple[str, object]]:
    """The cells of a ticket, empty ones as none, its moments with their zone; the field `product` as a tag."""
    if product := text(record.get("custom_product")):
        yield "tags", [f"product:{product}"]
    for name, value in record.items():
        filled = None if text(value) in ("", None) else value
        yield name, utc(filled) if name in ("created_at", "updated_at") else filled
