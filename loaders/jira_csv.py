"""Jira's CSV exports, from Cloud and Data Center, in English, German, Spanish and French."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from loaders.csvtext import Record, records, told
from loaders.format import Format, Head, Match, Refused, Stage
from loaders.head import delimiter_of, read_head
from loaders.jira_dates import Clock, order_of, stated_order
from loaders.jira_tickets import CellError, Tickets
from loaders.jira_words import columns, plain

_SIGNS = frozenset({
    "summary", "type", "status", "category", "resolution", "priority", "project", "assignee", "reporter", "created",
    "updated", "resolved",
})  # fmt: skip
_ANY_KEY = frozenset({"key", "schlussel", "clave", "cle"})
"""Names that a key has in tables of other tools too."""
_DATES = ("created", "updated", "resolved", "category_changed", "first_response", "viewed", "due", "documented",
          "eval_added")  # fmt: skip
_ONE_LINE = ("key", "type", "status", "category", "category_changed", "resolution", "priority", "project", "created",
             "updated", "resolved", "viewed", "due", "assignee_id", "reporter_id")  # fmt: skip
_FROM = {
    "version_at": ("updated",), "topic_id": ("topic", "label"), "kind": ("type", "label", "request_type"),
    "first_response_at": ("first_response", "comment"), "response_basis": ("first_response", "comment"),
    "resolved_at": ("resolved", "category_changed"), "status": ("status", "category"),
    "requester_id": ("reporter", "reporter_id"), "assignee_id": ("assignee", "assignee_id"), "priority": ("priority",),
    "reopened_count": ("reopened",), "satisfaction": ("satisfaction",), "knowledge_captured": ("label",),
    "documented_at": ("documented",), "eval_added_at": ("eval_added",),
    "linked_session_id": ("session", "description"), "linked_interaction_id": ("interaction", "description"),
}  # fmt: skip
"""Which columns of an export tell a column of the contract: one that none of them tells stays not measured."""
EXPORT = "Export the issues again from the issue search: Export > CSV (all fields)."


def _recognise(head: Head) -> Match:
    if head.kind != "csv":
        return Match(0.0)
    found = columns(head.columns)
    signs = len(_SIGNS & found.keys())
    if "key" not in found:
        return Match(0.3, 'the column "Issue key"') if signs > 5 else Match(0.0)
    if signs < 3:
        return Match(0.0)
    if "created" not in found:
        return Match(0.7, 'the column "Created"')
    return Match(0.7 if plain(head.columns[found["key"][0]]) in _ANY_KEY else 0.95)


class _Sheet:
    """The header of a file and what stands where in it."""

    def __init__(self, path: Path) -> None:
        head = read_head(path)
        line = next((line for line in head.text.splitlines() if line.strip()), "")
        self.path = path
        self.header = head.columns
        self.delimiter = delimiter_of(line)
        self.places = columns(head.columns)
        missing = [name for what, name in (("key", "Issue key"), ("created", "Created")) if what not in self.places]
        if missing:
            raise Refused(f'The column "{missing[0]}" is missing; without it no ticket can be made.', EXPORT)

    def records(self) -> Iterator[Record]:
        """Every record. Raises Refused when one that spans lines has not the cells of the header, for then nobody can
        tell where it ends.
        """
        unbroken = frozenset(place for what in _ONE_LINE for place in self.places.get(what, ()))
        for record in records(self.path, self.delimiter, len(self.header), unbroken):
            if record.code in ("open_quote", "quotes"):
                raise Refused(
                    f"Line {record.line}: the quotes of the record that begins here do not match.",
                    "The file may have been cut off or changed by hand: export it again.",
                )
            yield record

    def dates(self) -> Iterator[str]:
        """Every cell of the file that should be a date, the beginnings of comments too."""
        for record in self.records():
            if record.cells:
                yield from (record.cells[place] for what in _DATES for place in self.places.get(what, ()))
                yield from (record.cells[place].partition(";")[0] for place in self.places.get("comment", ()))


def _parse(path: Path, stage: Stage) -> None:
    sheet = _Sheet(path)
    clock = Clock(stage.options.timezone, stated_order(stage.options.values), lambda: order_of(sheet.dates()))
    tickets = Tickets(sheet.header, sheet.places, clock)
    filled = [
        "ticket_id", "opened_at", "product_id",
        *(name for name, sources in _FROM.items() if any(source in sheet.places for source in sources)),
    ]  # fmt: skip
    table = stage.table("issues", ["source_row", "line", *filled])
    for record in told(sheet.records(), stage):
        try:
            ticket = tickets.ticket(record.cells)
        except CellError as error:
            stage.broken(record.line, error.column, error.code, error.message, error.value)
        else:
            table.add(str(record.row), str(record.line), *(ticket[name] for name in filled))
    stage.fill("tickets", filled, _located(filled))
    _tell(stage, sheet, tickets, clock)


def _located(filled: list[str]) -> str:
    cells = ", ".join(f'"{name}"' for name in filled)
    return (
        "SELECT CAST(source_row AS BIGINT) AS source_row, CAST(line AS BIGINT) AS line, 1 AS source_records,"
        f" {cells} FROM issues"
    )


def _tell(stage: Stage, sheet: _Sheet, tickets: Tickets, clock: Clock) -> None:
    """What a person should know about the file."""
    seen, zone = tickets.seen, stage.options.timezone
    if zone is None:
        stage.note(
            "Jira writes moments without a time zone: they were read as UTC. Say the exporter's with --timezone."
        )
    if clock.skipped:
        stage.note(
            f"{clock.skipped} moments lie in an hour that {zone} leaves out when its clocks go forward: the exporter's"
            " zone may be another."
        )
    if "remaining" in sheet.places:
        stage.note(
            f'"{sheet.header[sheet.places["remaining"][0]]}" is what remained of the service goal, not the time to the'
            " first response: it was not read."
        )
    if not {"comment", "first_response"} & sheet.places.keys():
        stage.note("The file has neither comments nor [CHART] Date of First Response: response times are not measured.")
    if seen.untold:
        stage.note(
            f"{seen.untold} tickets have comments of which nobody can say whether the reporter wrote them: their first"
            " response is not measured. Export the column Reporter Id too."
        )
    if seen.bots:
        stage.note(f"{seen.bots} comments are of bots and count as no answer.")
    if seen.at_once >= 3 and seen.at_once * 10 >= seen.answered:
        stage.note(
            f"{seen.at_once} of {seen.answered} first responses came within a minute: if a program wrote them, response"
            " times look better than they are."
        )
    for category, count in seen.categories.most_common(3):
        stage.note(f'The status category "{category[:40]}" of {count} tickets is not known here.')
    for column, count in seen.odd.items():
        stage.note(f"{column} is not a number in {count} tickets and was left out there.")


FORMAT = Format(
    name="jira_csv",
    title="Jira issues (CSV of Cloud, Data Center and Service Management; English, German, Spanish, French)",
    facts=("tickets",),
    product_field="component",
    recognise=_recognise,
    parse=_parse,
    fills="opened, first response ([CHART] field, else the first comment of somebody else than the reporter who is no"
    " bot), resolved, status, kind, topic (field or label), reporter, assignee, priority, satisfaction, knowledge"
    " captured (labels), linked session; product from the first component, else the project key",
    lacks="time zone, assignments, reopenings and waiting times (Jira keeps them in the history), which comments were"
    " internal",
    asks=("day_order",),
)
