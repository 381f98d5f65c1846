"""Zendesk tickets: the API's answers (with ticket metrics beside them), arrays, JSON lines, and Fivetran's table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from loaders.csvtext import header_of, records, told
from loaders.format import Format, Head, Match, Refused, Stage
from loaders.head import read_head
from loaders.jsontext import documents, text
from loaders.relation import relation
from loaders.zendesk_tickets import Fields, Kept, alone, is_deleted, kinds_of, ticket

_FIVETRAN = {"_fivetran_synced", "requester_id", "submitter_id", "status", "created_at", "via_channel"}
_SIDE = {"ticket_id", "_fivetran_synced"}
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
THE_TABLE = "Load the table `ticket`, or the API's tickets with their metrics in one zip file."


def _recognise(head: Head) -> Match:
    if head.kind == "csv":
        names = {name.strip().casefold() for name in head.columns}
        if names >= _FIVETRAN:
            return Match(0.95)
        return Match(0.6, f"{SIDE_TABLE} {THE_TABLE}") if names >= _SIDE else Match(0.0)
    if head.kind != "json":
        return Match(0.0)
    if not head.documents:
        start = head.text[:65_536]
        return Match(0.9 if '"requester_id"' in start and '"submitter_id"' in start and '"tickets"' in start else 0.0)
    for document in head.documents:
        for kind, record in kinds_of(document):
            if kind == "ticket" and isinstance(record, dict) and len(_TICKET & record.keys()) >= 3:
                return Match(0.96)
            if kind == "metric" and isinstance(record, dict) and "reply_time_in_minutes" in record:
                return Match(0.9)
            break
    return Match(0.0)


def _parse(path: Path, stage: Stage) -> None:
    fields = Fields(stage.options.values.get("product_field"))
    tickets: dict[str, Kept] = {}
    metrics: dict[str, Kept] = {}
    found = _of_table(path, stage) if read_head(path).kind == "csv" else _of_json(path, stage)
    for row, line, kind, record in found:
        into, key = (metrics, "ticket_id") if kind == "metric" else (tickets, "id")
        name = text(record.get(key)) or ""
        if name in into:
            into[name].again(record)
        else:
            into[name] = Kept(record, row, line)
    if metrics and not tickets:
        _fill_alone(stage, metrics)
    else:
        _fill(stage, tickets, metrics, fields)


def _of_json(path: Path, stage: Stage) -> Iterator[tuple[int, int, str, Mapping[str, Any]]]:
    row = 0
    for line, document in documents(path):
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


def _of_table(path: Path, stage: Stage) -> Iterator[tuple[int, int, str, Mapping[str, Any]]]:
    """Fivetran's table: moments in UTC without saying so."""
    names, delimiter = header_of(path)
    keys = [name.strip().casefold() for name in names]
    if not set(keys) >= _FIVETRAN:
        raise Refused(SIDE_TABLE, THE_TABLE)
    steady = frozenset(place for place, name in enumerate(keys) if name not in ("description", "subject"))
    for record in told(records(path, delimiter, len(names), steady), stage):
        cells = dict(zip(keys, (cell.strip() for cell in record.cells or ()), strict=True))
        for name in ("created_at", "updated_at"):
            cells[name] = (
                f"{cells[name]}Z" if cells.get(name) and not cells[name].endswith("Z") else cells.get(name, "")
            )
        if is_deleted(cells) or cells.get("_fivetran_deleted", "").casefold() == "true":
            stage.ignore("deleted ticket")
        else:
            yield record.row, record.line, "ticket", {name: cell or None for name, cell in cells.items()}


def _fill(stage: Stage, tickets: Mapping[str, Kept], metrics: Mapping[str, Kept], fields: Fields) -> None:
    for kept in tickets.values():
        fields.seen(kept.record)
    product_field = fields.product_field(len(tickets))
    columns = (*_ALWAYS, *_MEASURED) if metrics else _ALWAYS
    table = stage.table("tickets_told", ("source_row", "line", "records", *columns))
    for name, kept in tickets.items():
        metric = metrics.get(name)
        row = ticket(kept.record, metric.record if metric else None, product_field)
        counted = kept.records + (metric.records if metric else 0)
        table.add(str(kept.row), str(kept.line), str(counted), *(row.get(column) for column in columns))
    if beside := sum(metric.records for name, metric in metrics.items() if name not in tickets):
        stage.ignore("metrics of a ticket that is not in the file", beside)
    picked = {column: f'"{column}"' for column in columns}
    stage.fill("tickets", picked, relation(picked, "tickets_told", "records"))
    _tell(stage, tickets, metrics, fields, product_field)


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
) -> None:
    """What a person should know about the file."""
    if not metrics:
        stage.note(f"The file holds no ticket metrics: first responses and resolutions are not measured. {TOGETHER}")
    elif unmeasured := sum(1 for name in tickets if name not in metrics):
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
    title="Zendesk tickets (API answers with metrics, arrays, JSON lines; Fivetran's ticket table)",
    facts=("tickets",),
    product_field="custom field",
    recognise=_recognise,
    parse=_parse,
    fills="opened, status, kind and topic (tags), requester, assignee, priority, rating, knowledge captured (tags),"
    " linked session (external id), product (a custom field); from the ticket metrics, beside or apart, also the first"
    " response, the resolution, the first assignment and reopenings",
    lacks="without the metrics first responses and resolutions; deleted tickets are left out",
    asks=("product_field",),
)
