"""Zendesk's records told into tickets: the ticket, its metrics, and the custom field that names its product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from loaders.jira_tickets import topic_of
from loaders.jira_words import KNOWLEDGE, kind_of, word
from loaders.jsontext import text

STATES = {
    "new": "new", "open": "in_progress", "pending": "waiting", "hold": "waiting", "on-hold": "waiting",
    "solved": "done", "closed": "done",
}  # fmt: skip
_RATED = {"good": "1", "bad": "0"}
_WRAPPED = {"tickets": "ticket", "ticket": "ticket", "ticket_metrics": "metric", "ticket_metric": "metric",
            "metric_sets": "metric"}  # fmt: skip
_OTHERS = (
    "users",
    "groups",
    "organizations",
    "brands",
    "custom_statuses",
    "last_audits",
    "dates",
    "sharing_agreements",
)
_MOST_VALUES = 50
_MOSTLY = 0.8


def kinds_of(document: object) -> Iterator[tuple[str, object]]:
    """The records of a document with what each is: ticket, metric or other; answers of the API are unwrapped."""
    if not isinstance(document, dict):
        yield "other", document
        return
    found = {name: value for name, value in document.items() if name in (*_WRAPPED, *_OTHERS)}
    if found and "created_at" not in document:
        for name, value in found.items():
            for record in value if isinstance(value, list) else [value]:
                yield _WRAPPED.get(name, "side record"), record
    elif "ticket_id" in document and ("reply_time_in_minutes" in document or "solved_at" in document):
        yield "metric", document
    elif "created_at" in document and "status" in document and ("requester_id" in document or "via" in document):
        yield "ticket", document
    else:
        yield "other", document


def is_deleted(record: Mapping[str, Any]) -> bool:
    """Whether a ticket was deleted: the incremental export still lists it."""
    return text(record.get("status")) == "deleted"


@dataclass(slots=True)
class Kept:
    """The newest record of a ticket or of its metrics, and how many records of the file are of it."""

    record: Mapping[str, Any]
    row: int
    line: int
    records: int = 1

    def again(self, record: Mapping[str, Any]) -> None:
        """Another record of the same: the one that was updated last stands."""
        self.records += 1
        if (text(record.get("updated_at")) or "") > (text(self.record.get("updated_at")) or ""):
            self.record = record


@dataclass(slots=True)
class Fields:
    """Which custom fields hold what: the field that names products, as somebody said or as the values show."""

    stated: str | None = None
    filled: dict[str, Counter[str]] = field(default_factory=dict)

    def seen(self, record: Mapping[str, Any]) -> None:
        """Count the values of one ticket's custom fields."""
        for name, value in custom(record).items():
            self.filled.setdefault(name, Counter())[value] += 1

    def product_field(self, tickets: int) -> str | None:
        """The field that was named, else the only one that nearly every ticket fills with one of a few values."""
        if self.stated:
            return self.stated
        likely = [
            name
            for name, values in self.filled.items()
            if values.total() >= _MOSTLY * tickets and 1 < len(values) <= min(_MOST_VALUES, max(2, tickets // 3))
        ]
        return likely[0] if len(likely) == 1 else None


def custom(record: Mapping[str, Any]) -> dict[str, str]:
    """The custom fields of a ticket that hold something, by id."""
    listed = record.get("custom_fields") or record.get("fields")
    told = ((text(entry.get("id")), entry.get("value")) for entry in listed or () if isinstance(entry, dict))
    return {name: value.strip() for name, value in told if name and isinstance(value, str) and value.strip()}


def ticket(
    kept: Mapping[str, Any], metric: Mapping[str, Any] | None, product_field: str | None
) -> dict[str, str | None]:
    """The columns of the contract; what only the metrics tell is left out without them."""
    tags = [tag for tag in kept.get("tags") or () if isinstance(tag, str)]
    rating = kept.get("satisfaction_rating")
    tagged = next((tag.partition(":")[2] or tag.partition("=")[2] for tag in tags if tag.startswith("product")), "")
    named = custom(kept).get(product_field or "")
    status = STATES.get(text(kept.get("status")) or "")
    found: dict[str, str | None] = {
        "ticket_id": text(kept.get("id")), "opened_at": text(kept.get("created_at")),
        "version_at": text(kept.get("updated_at")), "product_id": named or tagged or None,
        "topic_id": topic_of(tag for tag in tags if not tag.startswith("product")),
        "kind": kind_of((*tags, text(kept.get("type")) or "")), "status": status,
        "requester_id": text(kept.get("requester_id")), "assignee_id": text(kept.get("assignee_id")),
        "priority": text(kept.get("priority")),
        "satisfaction": _RATED.get(text(rating.get("score")) or "") if isinstance(rating, dict) else None,
        "knowledge_captured": "true" if any(word(tag) in KNOWLEDGE for tag in tags) else None,
        "linked_session_id": text(kept.get("external_id")),
    }  # fmt: skip
    if metric is not None:
        found |= {
            "assigned_at": text(metric.get("initially_assigned_at")),
            "resolved_at": text(metric.get("solved_at")) if status in (None, "done") else None,
            "reopened_count": text(metric.get("reopens")), **_reply(metric, text(kept.get("created_at"))),
        }  # fmt: skip
    return found


def alone(metric: Mapping[str, Any]) -> dict[str, str | None]:
    """What metrics tell of their ticket: a version of it that is older than every record of the ticket itself."""
    opened = text(metric.get("created_at"))
    return {
        "ticket_id": text(metric.get("ticket_id")), "opened_at": opened,
        "version_at": _before(text(metric.get("updated_at")) or opened),
        "status": "done" if metric.get("solved_at") else "new",
        "assigned_at": text(metric.get("initially_assigned_at")), "resolved_at": text(metric.get("solved_at")),
        "reopened_count": text(metric.get("reopens")),
        **_reply(metric, opened),
    }  # fmt: skip


def _before(moment: str | None) -> str | None:
    """A moment thirty years earlier: before there was a Zendesk, and in the order of the moments."""
    try:
        found = datetime.fromisoformat(moment or "")
    except ValueError:
        return moment
    return (found - timedelta(days=365 * 30)).isoformat()


def _reply(metric: Mapping[str, Any], opened: str | None) -> dict[str, str | None]:
    """When somebody answered first: so long after the opening, by the clock, as Zendesk counted."""
    for name, unit in (("reply_time_in_seconds", 1), ("reply_time_in_minutes", 60)):
        told = metric.get(name)
        calendar = text(told.get("calendar")) if isinstance(told, dict) else None
        if calendar is None and isinstance(told, dict) and text(told.get("business")) is not None:
            return {"first_response_at": None, "response_basis": None}  # answered, and by the clock nobody says when
        if calendar is None or not calendar.isdecimal():
            continue
        try:
            began = datetime.fromisoformat(opened or "")
        except ValueError:
            break
        answered = began + timedelta(seconds=int(calendar) * unit)
        return {"first_response_at": answered.isoformat(), "response_basis": "metric"}
    return {"first_response_at": None, "response_basis": "none"}
