"""Zendesk tickets: the API's answers (metrics beside them), arrays, JSON lines, views as CSV, Fivetran's tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from loaders import zendesk_fivetran, zendesk_views
from loaders.csvtext import header_of, records, told
from loaders.format import Format, Head, Match, Refused, Stage
from loaders.head import read_head
from loaders.jsontext import documents, text
from loaders.relation import relation
from loaders.zendesk_fivetran import MARK, Tables, cleaned, is_true
from loaders.zendesk_tickets import Fields, Kept, alone, is_deleted, kinds_of, ticket
from loaders.zendesk_views import is_view

_FIVETRAN = {"_fivetran_synced", "requester_id", "submitter_id", "status", "created_at", "via_channel"}
_SIDE = (
    {"ticket_id", "_fivetran_synced"}, {"role", "ticket_restriction", "_fivetran_synced"},
    {"sla_policy_id", "metric", "_fivetran_synced"},
)  # fmt: skip
_TICKET = {"requester_id", "submitter_id", "status", "tags", "via"}
_ALWAYS = (
    "ticket_id", "opened_at", "product_id", "version_at", "topic_id", "kind", "status", "requester_id", "assignee_id",
    "priority", "satisfaction", "knowledge_captured", "linked_session_id",
)  # fmt: skip
_MEASURED = ("assigned_at", "resolved_at", "reopened_count", "first_response_at", "response_basis")
ALONE = (
    "Ticket metrics alone say neither what a ticket is about nor of which product: they wait for the tickets, which are"
    " a file of their own, in either order."
)
TOGETHER = "Load ticket_metrics.json, too, before or after."
SIDE_TABLE = "This is one of Fivetran's side tables of Zendesk: no ticket can be made of it alone."
THE_TABLE = "Put it into one zip file with ticket, ticket_comment, user, ticket_field_history and ticket_tag."
APART = "row about a ticket that is not in the file"


def _recognise(head: Head) -> Match:
    if head.kind == "csv":
        names = {name.strip().casefold() for name in head.columns}
        if names >= _FIVETRAN:
            return Match(0.95)
        if any(names >= side for side in _SIDE):
            return Match(0.6, f"{SIDE_TABLE} {THE_TABLE}")
        return Match(0.92 if is_view(head.columns) else 0.0)
    if head.kind != "json":
        return Match(0.0)
    if not head.documents:
        start = head.text[:65_536]
        return Match(0.9 if '"requester_id"' in start and '"submitter_id"' in start and '"tickets"' in start else 0.0)
    if any(isinstance(document, dict) and MARK in document for document in head.documents):
        return Match(0.95 if "zendesk" in head.text or any(map(_is_ours, head.documents)) else 0.0)
    for document in head.documents:
        for kind, record in kinds_of(document):
            if kind == "ticket" and isinstance(record, dict) and len(_TICKET & record.keys()) >= 3:
                return Match(0.96)
            if kind == "metric" and isinstance(record, dict) and "reply_time_in_minutes" in record:
                return Match(0.9)
            break
    return Match(0.0)


def _is_ours(document: object) -> bool:
    return isinstance(document, dict) and zendesk_fivetran.kind_of(document) != "other"


def _parse(path: Path, stage: Stage) -> None:
    fields = Fields(stage.options.values.get("product_field"))
    tickets: dict[str, Kept] = {}
    metrics: dict[str, Kept] = {}
    tables = Tables()
    found = _of_csv(path, stage) if read_head(path).kind == "csv" else _of_json(path, stage, tables)
    for row, line, kind, record in found:
        into, key = (metrics, "ticket_id") if kind == "metric" else (tickets, "id")
        name = text(record.get(key)) or ""
        if name in into:
            into[name].again(record)
        else:
            into[name] = Kept(record, row, line)
    if tables.have and not tickets:
        raise Refused(SIDE_TABLE, THE_TABLE)
    if metrics and not tickets:
        _fill_alone(stage, metrics)
    else:
        _fill(stage, tickets, metrics, fields, tables)


def _of_json(path: Path, stage: Stage, tables: Tables) -> Iterator[tuple[int, int, str, Mapping[str, Any]]]:
    row = 0
    for line, document in documents(path):
        if isinstance(document, dict) and MARK in document:
            row += 1
            stage.read()
            kind = zendesk_fivetran.kind_of(document)
            if kind != "ticket":
                tables.take(kind, document, stage)
            elif is_deleted(document) or is_true(document.get("_fivetran_deleted")):
                stage.ignore("deleted ticket")
            else:
                yield row, line, "ticket", dict(cleaned(document))
            continue
        for kind, record in kinds_of(document):
            row += 1
            stage.read()
            if not record:
                stage.blank()
            elif kind == "side record":
                stage.ignore("record of a user, group or other side table")
            elif kind == "other" or not isinstance(record, dict):
                stage.broken(line, None, "not_a_ticket", "A record that is no ticket and no metric of one.")
            elif kind == "ticket" and is_deleted(record):
                stage.ignore("deleted ticket")
            elif not text(record.get("id" if kind == "ticket" else "ticket_id")):
                stage.broken(line, "id", "missing", f"A {kind} without the id of its ticket.")
            else:
                yield row, line, kind, record
                metric = record.get("metric_set")
                if kind == "ticket" and isinstance(metric, dict):
                    row += 1
                    stage.read()
                    yield row, line, "metric", {**metric, "ticket_id": record.get("id")}


def _of_csv(path: Path, stage: Stage) -> Iterator[tuple[int, int, str, Mapping[str, Any]]]:
    """A view, or the connector's table of tickets."""
    names, delimiter = header_of(path, repeated=True)
    keys = [name.strip().casefold() for name in names]
    if is_view(names) and not set(keys) >= _FIVETRAN:
        yield from ((row, line, "ticket", record) for row, line, record in zendesk_views.tickets(path, stage))
        return
    if not set(keys) >= _FIVETRAN:
        raise Refused(SIDE_TABLE, THE_TABLE)
    steady = frozenset(place for place, name in enumerate(keys) if name not in ("description", "subject"))
    for record in told(records(path, delimiter, len(names), steady), stage):
        cells = dict(zip(keys, (cell.strip() for cell in record.cells or ()), strict=True))
        if is_deleted(cells) or is_true(cells.get("_fivetran_deleted")):
            stage.ignore("deleted ticket")
        else:
            yield record.row, record.line, "ticket", dict(cleaned(cells))


def _fill(
    stage: Stage, tickets: Mapping[str, Kept], metrics: Mapping[str, Kept], fields: Fields, tables: Tables
) -> None:
    for kept in tickets.values():
        fields.seen(kept.record)
    product_field = fields.product_field(len(tickets))
    measured = {name: _measured(kept.record, tables) for name, kept in tickets.items()}
    there = {column for found in measured.values() for column in found} | ({*_MEASURED} if metrics else set())
    columns = (*_ALWAYS, *(column for column in _MEASURED if column in there))
    table = stage.table("tickets_told", ("source_row", "line", "records", *columns))
    for name, kept in tickets.items():
        metric, told_of = metrics.get(name), tables.of(name)
        tagged = {**kept.record, "tags": [*(kept.record.get("tags") or ()), *told_of.tags]}
        row = ticket(tagged, metric.record if metric else None, product_field) | measured[name]
        counted = kept.records + (metric.records if metric else 0) + told_of.records
        table.add(str(kept.row), str(kept.line), str(counted), *(row.get(column) for column in columns))
    if beside := sum(told_of.records for name, told_of in tables.told.items() if name not in tickets):
        stage.ignore(APART, beside)
    if beside := sum(metric.records for name, metric in metrics.items() if name not in tickets):
        stage.ignore("metrics of a ticket that is not in the file", beside)
    picked = {column: f'"{column}"' for column in columns}
    stage.fill("tickets", picked, relation(picked, "tickets_told", "records"))
    _tell(stage, tickets, metrics, fields, product_field, measured=bool(there))


def _measured(record: Mapping[str, Any], tables: Tables) -> dict[str, str | None]:
    """What a view or the connector's side tables measure of a ticket."""
    shown = record.get("measured")
    return dict(shown) if isinstance(shown, dict) else tables.measured(record)


def _fill_alone(stage: Stage, metrics: Mapping[str, Kept]) -> None:
    """Metrics without their tickets: what is known of the response, as a version older than any of the ticket."""
    columns = ("ticket_id", "opened_at", "version_at", "status", *_MEASURED)
    table = stage.table("metrics_told", ("source_row", "line", "records", *columns))
    for kept in metrics.values():
        row = alone(kept.record)
        table.add(str(kept.row), str(kept.line), str(kept.records), *(row.get(column) for column in columns))
    picked = {column: f'"{column}"' for column in columns}
    stage.fill("tickets", picked, relation(picked, "metrics_told", "records"))
    stage.note(ALONE)


def _tell(
    stage: Stage,
    tickets: Mapping[str, Kept],
    metrics: Mapping[str, Kept],
    fields: Fields,
    product_field: str | None,
    *,
    measured: bool,
) -> None:
    """What a person should know about the file."""
    if not metrics and not measured:
        stage.note(f"The file holds no ticket metrics: first responses and resolutions are not measured. {TOGETHER}")
    elif metrics and (unmeasured := sum(1 for name in tickets if name not in metrics)):
        stage.note(f"{unmeasured} tickets have no metrics (Zendesk drops those of archived ones): not measured there.")
    if product_field and not fields.stated:
        held = ", ".join(sorted(fields.filled[product_field])[:5])
        stage.note(
            f"The custom field {product_field} was taken for the product: it holds {held}. If it is another, say"
            " --set product_field=ID."
        )
    elif not product_field and fields.filled:
        stage.note(
            f"No custom field was taken for the product. If one of {', '.join(sorted(fields.filled)[:8])} is it, say"
            " --set product_field=ID; tags product:... count, too."
        )


FORMAT = Format(
    name="zendesk_json",
    title="Zendesk tickets (API answers with metrics, arrays, JSON lines; views as CSV; Fivetran's tables)",
    facts=("tickets",),
    product_field="custom field",
    recognise=_recognise,
    parse=_parse,
    fills="opened, status, kind and topic (tags), requester, assignee, priority, rating, knowledge captured (tags),"
    " linked session (external id), product (a custom field); from the ticket metrics, beside or apart, also the first"
    " response, the resolution, the first assignment and reopenings; of a view what its columns show; of Fivetran's"
    " tables in one zip file the first public comment of an agent, and assignment, solution, reopenings by the history",
    lacks="without the metrics first responses and resolutions; deleted tickets are left out",
    asks=("product_field",),
)
