"""Tickets of a Zendesk view as CSV: the columns that a view shows, moments of the account's zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from loaders.csvtext import header_of, records, told
from loaders.format import Stage
from loaders.jira_dates import Clock, order_of, stated_order

_NEEDED = {"id", "status", "created at"}
_OF_A_VIEW = {
    "requester", "subject", "via", "ticket type", "assignee", "group", "tags", "priority", "updated at", "solved at",
    "initially assigned at", "satisfaction score", "group stations", "assignee stations", "first reply time in minutes",
}  # fmt: skip
_MOMENTS = ("created at", "updated at", "initially assigned at", "solved at")
_MEASURES = {
    "first reply time in minutes": ("first_response_at", "response_basis"), "initially assigned at": ("assigned_at",),
    "solved at": ("resolved_at",), "reopens": ("reopened_count",),
}  # fmt: skip
_KIND = re.compile(r"\s*\[\w+\]$")
_SPLIT = re.compile(r"[\s,]+")


def is_view(columns: Sequence[str]) -> bool:
    """Whether a header is that of a view: what every ticket has, and columns that Zendesk alone calls so."""
    names = {_plain(name) for name in columns}
    return names >= _NEEDED and len(names & _OF_A_VIEW) >= 4 and not {"issue key", "ticket id"} & names


def tickets(path: Path, stage: Stage) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Every ticket as the API would tell it, with what its columns measure under `measured`; deleted ones are left out.

    Raises Refused where nothing settles the order of day and month.
    """
    names, delimiter = header_of(path, repeated=True)
    keys = [_plain(name) for name in names]
    clock = Clock(stage.options.timezone, stated_order(stage.options.values), lambda: order_of(_dates(path)))
    steady = frozenset(place for place, name in enumerate(keys) if name in (*_NEEDED, *_MOMENTS))
    for record in told(records(path, delimiter, len(names), steady), stage):
        cells: dict[str, str] = {}
        for name, cell in zip(keys, record.cells, strict=True):
            cells[name] = cells.get(name) or ("" if cell.strip() in ("-", "") else cell.strip())
        try:
            at = {name: clock.moment(cells[name]) for name in _MOMENTS if cells.get(name)}
        except ValueError as error:
            stage.broken(
                record.line, "Created at", "not_a_moment", "A moment of a view is a date and a time.", str(error)
            )
            continue
        if cells["status"].casefold() == "deleted":
            stage.ignore("deleted ticket")
        elif not cells["id"] or "created at" not in at:
            stage.broken(record.line, "Id", "missing", "A ticket of a view has an id and says when it was created.")
        else:
            yield record.row, record.line, _ticket(cells, at)
    if stage.options.timezone is None:
        stage.note(
            "A view writes moments without a time zone: they were read as UTC. Say the account's with --timezone."
        )


def _dates(path: Path) -> Iterator[str]:
    names, delimiter = header_of(path, repeated=True)
    places = [place for place, name in enumerate(names) if _plain(name) in _MOMENTS]
    for record in records(path, delimiter, len(names), frozenset()):
        yield from (record.cells[place] for place in places if record.cells)


def _ticket(cells: Mapping[str, str], at: Mapping[str, datetime]) -> dict[str, Any]:
    status = cells["status"].casefold()
    tags = [tag for tag in _SPLIT.split(cells.get("tags", "")) if tag]
    product = cells.get("product")
    return {
        "id": cells["id"], "created_at": at["created at"].isoformat(), "status": status,
        "updated_at": at["updated at"].isoformat() if "updated at" in at else None,
        "tags": [*tags, f"product:{product}"] if product else tags, "type": cells.get("ticket type", "").casefold(),
        "priority": cells.get("priority", "").casefold() or None,
        "requester_id": _first(cells, "requester id", "requester email", "requester"),
        "assignee_id": _first(cells, "assignee id", "assignee"),
        "satisfaction_rating": {"score": cells.get("satisfaction score", "").casefold()},
        "external_id": cells.get("external id") or None,
        "measured": _measured(cells, at, done=status in ("solved", "closed")),
    }  # fmt: skip


def _first(cells: Mapping[str, str], *names: str) -> str | None:
    return next((found for name in names if (found := cells.get(name))), None)


def _measured(cells: Mapping[str, str], at: Mapping[str, datetime], *, done: bool) -> dict[str, str | None]:
    minutes = cells.get("first reply time in minutes", "").removesuffix(".0")
    answered = at["created at"] + timedelta(minutes=int(minutes)) if minutes.isdecimal() else None
    business = cells.get("first reply time in minutes within business hours")
    reopens = cells.get("reopens", "").removesuffix(".0")
    found = {
        "first_response_at": answered.astimezone(UTC).isoformat() if answered else None,
        "response_basis": "metric" if answered else None if business else "none",
        "assigned_at": at["initially assigned at"].isoformat() if "initially assigned at" in at else None,
        "resolved_at": at["solved at"].isoformat() if done and "solved at" in at else None,
        "reopened_count": reopens if reopens.isdecimal() else None,
    }  # fmt: skip
    return {column: found[column] for name, columns in _MEASURES.items() if name in cells for column in columns}


def _plain(name: str) -> str:
    """A column's name without case and without what Zendesk appends of its kind: "Product [list]" is product."""
    return _KIND.sub("", name.strip().casefold())
