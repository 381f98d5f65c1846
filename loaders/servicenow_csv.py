"""ServiceNow incidents as CSV: the table as it stands, or the log of its changes with a row for every update."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from loaders.csvtext import Record, header_of, records, told
from loaders.format import Format, Head, Match, Refused, Stage
from loaders.jira_dates import Clock, order_of, stated_order
from loaders.jira_tickets import CellError
from loaders.relation import relation
from loaders.servicenow_words import NOTHING, OWN, kind_and_topic, places, state_of

_DATES = ("opened", "created", "updated", "resolved", "closed")
_CELLS = {
    "first_response_at": ("modified",), "response_basis": ("modified",), "assigned_at": ("modified",),
    "resolved_at": ("resolved", "closed"), "status": ("state",), "requester_id": ("caller",),
    "assignee_id": ("assignee",), "priority": ("priority",), "reopened_count": ("reopened",),
    "knowledge_captured": ("knowledge",), "version_at": ("updated",), "topic_id": ("category", "subcategory"),
    "kind": ("category", "summary"), "linked_session_id": ("session",),
}  # fmt: skip
"""Which columns of an export tell a column of the contract: one that none of them tells stays not measured."""
_LOGGED = ("first_response_at", "response_basis", "assigned_at")
"""What only a log of changes tells."""


def _recognise(head: Head) -> Match:
    if head.kind != "csv":
        return Match(0.0)
    found = places(head.columns)
    own = {name.strip().casefold() for name in head.columns} & OWN
    if "number" not in found or len(own) < 2:
        return Match(0.3, 'the column "number"') if len(own) > 4 else Match(0.0)
    if "state" not in found or not {"opened", "created"} & found.keys():
        missing = "state" if "state" not in found else "opened_at"
        return Match(0.4, f'the column "{missing}"')
    return Match(min(0.98, 0.8 + 0.03 * len(own)))


class _Sheet:
    """One export: its header and its records, cells of nothing emptied."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header, self.delimiter = header_of(path)
        self.places = places(self.header)
        for what, name in (("number", "number"), ("state", "state")):
            if what not in self.places:
                raise Refused(f'The column "{name}" is missing.', "Export the incident list with it.")

    def records(self) -> Iterator[Record]:
        unbroken = frozenset(self.places[what] for what in ("number", "state", *_DATES) if what in self.places)
        return records(self.path, self.delimiter, len(self.header), unbroken)

    def cell(self, cells: Sequence[str], what: str) -> str:
        found = cells[self.places[what]].strip() if what in self.places else ""
        return "" if found.casefold() in NOTHING else found

    def dates(self) -> Iterator[str]:
        """Every cell of the file that should be a date."""
        for record in self.records():
            if record.cells:
                yield from filter(None, (self.cell(record.cells, what) for what in _DATES))


@dataclass(slots=True)
class _Incident:
    """What is known of one number so far: its latest row, and when things happened first."""

    row: int
    line: int
    records: int = 0
    rank: tuple[int, str] = (-1, "")
    latest: dict[str, str | None] = field(default_factory=dict)
    first: bool = False
    """Whether one of its rows is of before any change."""
    answered: tuple[tuple[int, str], datetime] | None = None
    assigned: tuple[tuple[int, str], datetime] | None = None


def _parse(path: Path, stage: Stage) -> None:
    sheet = _Sheet(path)
    clock = Clock(stage.options.timezone, stated_order(stage.options.values), lambda: order_of(sheet.dates()))
    incidents: dict[str, _Incident] = {}
    for record in told(sheet.records(), stage):
        try:
            _take(record, sheet, clock, incidents)
        except CellError as error:
            stage.broken(record.line, error.column, error.code, error.message, error.value)
    log = _is_log(sheet, incidents)
    filled = ["ticket_id", "opened_at", "product_id"]
    filled += [name for name, sources in _CELLS.items() if any(source in sheet.places for source in sources)]
    filled = [name for name in filled if log or name not in _LOGGED]
    table = stage.table("incidents", ["source_row", "line", "records", *filled])
    for incident in incidents.values():
        row = incident.latest
        if log:
            answer, assigned = incident.answered, incident.assigned
            row["first_response_at"] = answer[1].isoformat() if answer else None
            row["response_basis"] = "changelog" if answer else "none"
            row["assigned_at"] = assigned[1].isoformat() if assigned else None
        table.add(str(incident.row), str(incident.line), str(incident.records), *(row.get(name) for name in filled))
    columns = {name: f'"{name}"' for name in filled}
    stage.fill("tickets", columns, relation(columns, "incidents", "records"))
    _tell(stage, clock, log)


def _is_log(sheet: _Sheet, incidents: Mapping[str, _Incident]) -> bool:
    """Whether the file tells the changes of its incidents: a row for each, or their first ones, with their times."""
    if not {"modified", "updated"} <= sheet.places.keys():
        return False
    return any(incident.records > 1 or incident.first for incident in incidents.values())


def _take(record: Record, sheet: _Sheet, clock: Clock, incidents: dict[str, _Incident]) -> None:
    """One row of the export. Raises CellError for the first cell that cannot be read, and takes nothing of it."""
    cells: Sequence[str] = record.cells or ()
    number = sheet.cell(cells, "number")
    if not number:
        raise CellError("number", "missing", "number is empty; expected the number of an incident.", None)
    at = {what: _moment(sheet, clock, cells, what) for what in _DATES}
    opened = at["opened"] or at["created"]
    if opened is None:
        raise CellError("opened_at", "missing", "opened_at is empty; expected when the incident was opened.", None)
    modified = sheet.cell(cells, "modified")
    if modified and not modified.isdecimal():
        raise CellError("sys_mod_count", "not_a_number", f'sys_mod_count is "{modified[:40]}"; expected a whole'
                        " number.", modified)  # fmt: skip
    state = state_of(sheet.cell(cells, "state"), sheet.cell(cells, "resolution"))
    updated = at["updated"] or opened
    rank = (int(modified or 0), updated.isoformat())
    incident = incidents.setdefault(number, _Incident(record.row, record.line))
    incident.records += 1
    incident.first = incident.first or modified == "0"
    if state in ("in_progress", "waiting") and (incident.answered is None or rank < incident.answered[0]):
        incident.answered = (rank, updated)
    if sheet.cell(cells, "assignee") and (incident.assigned is None or rank < incident.assigned[0]):
        incident.assigned = (rank, updated)
    if rank < incident.rank:
        return
    incident.rank = rank
    resolved = at["resolved"] or (at["closed"] if state in ("done", "cancelled") else None)
    kind, topic = kind_and_topic(*(sheet.cell(cells, what) for what in ("category", "subcategory", "summary")))
    reopened = sheet.cell(cells, "reopened")
    incident.latest = {
        "ticket_id": number, "opened_at": opened.isoformat(), "product_id": sheet.cell(cells, "product") or None,
        "version_at": at["updated"].isoformat() if at["updated"] else None, "topic_id": topic, "kind": kind,
        "status": state or ("done" if resolved else None),
        "resolved_at": resolved.isoformat() if resolved and (state in (None, "done", "cancelled")) else None,
        "requester_id": sheet.cell(cells, "caller") or None, "assignee_id": sheet.cell(cells, "assignee") or None,
        "priority": sheet.cell(cells, "priority") or None, "reopened_count": reopened if reopened.isdecimal() else None,
        "knowledge_captured": _flag(sheet.cell(cells, "knowledge")),
        "linked_session_id": sheet.cell(cells, "session") or None,
    }  # fmt: skip


def _moment(sheet: _Sheet, clock: Clock, cells: Sequence[str], what: str) -> datetime | None:
    text = sheet.cell(cells, what)
    if not text:
        return None
    try:
        return clock.moment(text)
    except Refused:
        raise
    except ValueError:
        name = sheet.header[sheet.places[what]]
        message = f'{name} is "{text[:80]}"; expected a moment like 2026-03-29 14:20:00.'
        raise CellError(name, "not_a_moment", message, text) from None


def _flag(text: str) -> str | None:
    return {"true": "true", "false": "false", "1": "true", "0": "false", "wahr": "true", "falsch": "false"}.get(
        text.casefold()
    )


def _tell(stage: Stage, clock: Clock, log: bool) -> None:
    """What a person should know about the file."""
    if stage.options.timezone is None:
        stage.note(
            "ServiceNow writes moments in the exporter's time zone and does not say which: they were read as UTC. Say"
            " it with --timezone."
        )
    if clock.skipped:
        stage.note(f"{clock.skipped} moments lie in an hour that {stage.options.timezone} leaves out in spring.")
    if log:
        stage.note("A log of changes: the first response is the first row in which somebody works on the incident.")
    else:
        stage.note(
            "The incident table does not say when somebody first answered: response times are not measured. Export the"
            " audit log (a row for every update, with sys_mod_count and sys_updated_at) for them."
        )


FORMAT = Format(
    name="servicenow_csv",
    title="ServiceNow incidents (CSV of the table, or of the log of changes)",
    facts=("tickets",),
    product_field="cmdb_ci",
    recognise=_recognise,
    parse=_parse,
    fills="opened, resolved, status, kind and topic (category, subcategory), caller, assignee, priority, reopenings,"
    " knowledge captured (its own flag); from the log of changes the first response and the first assignment",
    lacks="time zone; from the table the first response",
    asks=("day_order",),
)
