"""What became of registry rows: every change with who, when, and each cell before and after."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from data.cursor import Row, Rows
from data.record import Record
from data.registry import TRACKING
from data.registry_store import history


class Change(NamedTuple):
    """One version of a row, or its end: who said so when, from which day it is so, and the cells that differ."""

    identity: tuple[object, ...]
    kind: str  # added | changed | ended
    who: str
    at: datetime
    since: date
    cells: dict[str, tuple[object, object]]


def changes(store: Rows, row: Record) -> list[Change]:
    """What became of one row of the registry, the newest first."""
    versions = history(store, type(row), **dict(zip(row.natural_key, row.identity(), strict=True)))
    found = []
    for place, version in enumerate(versions):
        cells = _cells(versions[place - 1] if place else {}, version, row.columns()[:-1])
        found.append(_change(row.identity(), version, cells, added=not place))
    ended = [each for each in _endings(store, type(row)) if _json(each.identity) == _json(row.identity())]
    return sorted([*found, *ended], key=lambda each: each.at, reverse=True)


def recent(store: Rows, model: type[Record], limit: int = 50) -> list[Change]:
    """The newest changes of a table's rows, each version beside the one it followed."""
    keys, own = _quoted(model.natural_key), model.columns()[:-1]
    former = ", ".join(f'lag("{column}") OVER same AS "was {column}"' for column in own)
    rows = store.rows(
        f"SELECT * FROM (SELECT {_quoted([*own, *TRACKING])}, {former}, row_number() OVER same AS place"
        f' FROM "{model.table}" WINDOW same AS (PARTITION BY {keys} ORDER BY changed_at, valid_from)) AS versions'
        f" ORDER BY changed_at DESC, {keys} LIMIT {int(limit)}"
    )
    found = []
    for row in rows:
        was = {column: row[f"was {column}"] for column in own} if row["place"] != 1 else {}
        identity = tuple(row[column] for column in model.natural_key)
        found.append(_change(identity, row, _cells(was, row, own), added=not was))
    return sorted([*found, *_endings(store, model)], key=lambda each: each.at, reverse=True)[:limit]


def _change(identity: tuple[object, ...], row: Row, cells: dict[str, tuple[object, object]], *, added: bool) -> Change:
    kind = "added" if added else "changed"
    return Change(identity, kind, str(row["changed_by"]), _at(row["changed_at"]), _day(row["valid_from"]), cells)


def _endings(store: Rows, model: type[Record]) -> list[Change]:
    """When rows were ended without a new version: the audit says who did it."""
    found = []
    for entry in store.rows(
        "SELECT who, happened_at, before FROM audit WHERE starts_with(what, ?) ORDER BY seq",
        [f"registry: {model.table} ended by "],
    ):
        rows, at = json.loads(str(entry["before"] or "[]")), _at(entry["happened_at"])
        for each in rows if isinstance(rows, list) else ():
            identity = tuple(each.get(column) for column in model.natural_key)
            found.append(Change(identity, "ended", str(entry["who"]), at, at.date(), {}))
    return found


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _cells(former: Row, version: Row, columns: Iterable[str]) -> dict[str, tuple[object, object]]:
    return {
        column: (former.get(column), version[column]) for column in columns if former.get(column) != version[column]
    }


def _json(value: object) -> object:
    return json.loads(json.dumps(value, default=str))


def _at(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
