"""GitHub Copilot: usage metrics of users and organisations, seats and billing, as the API and its files give them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from loaders.copilot_records import (
    COLUMNS,
    COUNTED_COLUMNS,
    COUNTS,
    PRODUCT,
    NotARecordError,
    Told,
    bill,
    organisation,
    records,
    seat,
    user,
)
from loaders.format import Format, Head, Match, Stage
from loaders.jsontext import documents, text
from loaders.relation import relation

NAMELESS = (
    "Counts of active people, as GitHub made them, that name nobody: adoption.stated_daily, adoption.stated_weekly and"
    " adoption.stated_monthly read them. Who used it and who came back tells the report of users (users-28-day, or"
    " users-1-day for each day)."
)
OLD = "This is the Copilot metrics API that GitHub has switched off: of each day it tells how many people were active."
_NAMELESS = ("organisation", "old")
_MARKS = ('"user_initiated_interaction_count"', '"assigning_team"', '"usageItems"', '"daily_active_users"')
_PICKED = {"product_id": f"'{PRODUCT}'"} | {name: f'"{name}"' for name in COLUMNS if name != "cost_microusd"} | {
    "cost_microusd": "CAST(cost AS VARCHAR)",
}  # fmt: skip
_COUNTED = {"product_id": f"'{PRODUCT}'"} | {name: f'"{name}"' for name in COUNTED_COLUMNS}
_APART = ", ".join(f'"{name}"' for name in COLUMNS if name not in ("cost_microusd", "version_at"))
_DAYS = f"""
    (SELECT {_APART}, max(version_at) AS version_at, min(CAST(source_row AS BIGINT)) AS source_row,
        min(CAST(line AS BIGINT)) AS line, sum(CAST(records AS INTEGER)) AS records,
        sum(TRY_CAST(cost_microusd AS BIGINT)) AS cost
    FROM days GROUP BY {_APART}) AS told
"""
"""Items of a bill that are of the same person, kind and model are one row; other records stay apart."""


def _recognise(head: Head) -> Match:
    if head.kind != "json":
        return Match(0.0)
    first = next((document for document in head.documents if document), None)
    if first is None:
        start = head.text[:65_536]
        known = any(mark in start for mark in _MARKS) and not head.documents
        return Match(0.9 if known and ("copilot" in start.casefold() or _MARKS[0] in start) else 0.0)
    kind = next(records(first), ("other", {}, {}))[0]
    if kind == "bill":
        return Match(0.95 if "copilot" in head.text.casefold() else 0.0)
    return Match(0.97 if kind in ("user", "seat", "organisation") else 0.9 if kind == "old" else 0.0)


def _parse(path: Path, stage: Stage) -> None:
    table = stage.table("days", ("source_row", "line", "records", *COLUMNS))
    counts = stage.table("counts", ("source_row", "line", "records", *COUNTED_COLUMNS))
    found, sums, seats = Counter[str](), Counter[str](), _Seats()
    row = 0
    for line, document in documents(path):
        for kind, record, report in records(document):
            row += 1
            stage.read()
            found[kind] += 1
            try:
                told = list(_told(kind, record, report))
            except NotARecordError as error:
                stage.broken(line, error.column, "not_a_record", error.message, error.value)
                continue
            into, columns = (counts, COUNTED_COLUMNS) if kind in _NAMELESS else (table, COLUMNS)
            for place, day in enumerate(told):
                into.add(str(row), str(line), "0" if place else "1", *(day.get(name) for name in columns))
            if kind == "user":
                sums.update(
                    {name: int(count) for name in COUNTS if (count := text(record.get(name)) or "").isdecimal()}
                )
            elif kind == "seat":
                seats.take(told)
    if nameless := sum(found[kind] for kind in _NAMELESS):
        stage.fill("usage_daily", _COUNTED, relation(_COUNTED, "counts", "records"))
        stage.total("organisation_days", nameless)
    if not nameless or found.keys() - {*_NAMELESS}:
        stage.fill("usage_daily", _PICKED, relation(_PICKED, _DAYS, "records"))
    _tell(stage, found, sums, seats)


def _told(kind: str, record: object, report: object) -> Iterator[Told]:
    if not isinstance(record, dict) or not isinstance(report, dict) or kind == "other":
        raise NotARecordError("", "A record that is no user, no seat and no item of a bill.")
    if kind == "seat":
        yield from seat(record)
    elif kind in _NAMELESS:
        yield from organisation(record, report)
    else:
        yield user(record, report) if kind == "user" else bill(record, report)


class _Seats:
    """Who holds a seat, never used it, or is about to lose it: each person once, however many seats."""

    def __init__(self) -> None:
        self.holders: set[str] = set()
        self.active: set[str] = set()
        self.ending: set[str] = set()
        self.rows = 0

    def take(self, told: list[Told]) -> None:
        """One seat with the day on which it ends, if one is set."""
        who = str(told[0]["user_id"])
        self.rows += 1
        self.holders.add(who)
        if told[0]["last_activity_on"]:
            self.active.add(who)
        if len(told) > 1:
            self.ending.add(who)


def _tell(stage: Stage, found: Counter[str], sums: Counter[str], seats: _Seats) -> None:
    """The totals of the reports, and what a person should know."""
    for name in COUNTS if found["user"] else ():
        stage.total(name, sums[name])
    if seats.rows:
        holders = len(seats.holders)
        stage.total("seat_rows", seats.rows)
        stage.total("distinct_licensed_users", holders)
        stage.total("duplicates", seats.rows - holders)
        stage.total("never_active", holders - len(seats.active))
        stage.total("pending_cancellation", len(seats.ending))
        stage.note(
            f"{holders} people hold a seat: they are the audience of {PRODUCT} unless the registry names one. Of their"
            " use a seat tells the last day only."
        )
    if found["organisation"] or found["old"]:
        stage.note(f"{OLD} {NAMELESS}" if found["old"] else NAMELESS)
    if found["bill"]:
        stage.note("A bill is a sum over its period: it never becomes days of use.")


FORMAT = Format(
    name="copilot_usage_metrics",
    title="GitHub Copilot usage metrics of users and organisations, seats and billing (JSON, JSON lines)",
    facts=("usage_daily",),
    product_field="always github-copilot",
    recognise=_recognise,
    parse=_parse,
    fills="who was active on which day, interactions, suggested and accepted code, tokens of the command line; from"
    " seats the audience and each holder's last day of use; from billing dollars by period, person and model; from"
    " reports of an organisation or enterprise how many people were active in 1, 7 and 28 days",
    lacks="outcome, errors, escalation; reports of an organisation name nobody: who came back they do not say",
)
