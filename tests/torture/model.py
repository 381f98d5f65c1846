"""What the tables must hold after loads, undos and redos, worked out in plain Python from the rows of the files."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from data.cursor import Rows
from data.reduction import USER_DAYS
from tests.data.test_reduction import NOTHING, reduced

Cells = dict[str, object]
KEYS = {"interactions": "interaction_id", "feedback": "feedback_id"}
SHOWN = {
    "interactions": (
        "load_id", "source_row", "interaction_id", "product_id", "unit_id", "user_known", "session_id", "task_key",
        "occurred_at", "day", "version_at", "outcome", "outcome_source", "error", "input_tokens",
    ),
    "feedback": (
        "load_id", "source_row", "feedback_id", "product_id", "target_type", "target_id", "given_at", "version_at",
        "evidence", "verdict",
    ),
}  # fmt: skip
MOMENTS = ("occurred_at", "given_at", "version_at")


@dataclass(frozen=True)
class File:
    """A file of one fact: its name and its rows as the text that stands in it."""

    name: str
    table: str
    rows: tuple[dict[str, str], ...]


@dataclass
class Kept:
    """One load as the history must show it."""

    file: File
    status: str
    counts: tuple[int, int, int]
    """accepted, duplicates, superseded: as of when it was last put in."""


@dataclass
class Model:
    """The truth: every load there ever was. `secret` is the key of the pseudonyms."""

    secret: bytes
    loads: dict[str, Kept] = field(default_factory=dict)
    causes: list[str] = field(default_factory=lambda: ["created"])

    def load(self, load_id: str, file: File) -> tuple[int, int, int]:
        """A file is published; accepted, duplicates and superseded as they must have been counted."""
        self.loads[load_id] = Kept(file, "undone", (0, 0, 0))
        return self._put_in(load_id, f"load {load_id}")

    def redo(self, load_id: str) -> tuple[int, int, int]:
        """An undone load is put in again."""
        return self._put_in(load_id, f"redo {load_id}")

    def undo(self, load_id: str) -> None:
        """A published load is taken back."""
        self.loads[load_id].status = "undone"
        self.causes.append(f"undo {load_id}")

    def ids(self, status: str) -> list[str]:
        """The loads of a status."""
        return sorted(load_id for load_id, kept in self.loads.items() if kept.status == status)

    def tables(self) -> dict[str, list[str]]:
        """Every table that loads fill, as sorted text."""
        standing = {table: self._versions(table) for table in SHOWN}
        found: dict[str, list[str]] = {}
        for table, (live, beside) in standing.items():
            found[table] = _text(live, SHOWN[table])
            found[f"{table}_superseded"] = _text(beside, (*SHOWN[table], "superseded_by"))
        days = reduced(standing["interactions"][0], standing["feedback"][0], [])
        found["user_days"] = _text(days, USER_DAYS.split(", "))
        found["loads"] = sorted(
            repr((load_id, kept.file.name, kept.status, len(kept.file.rows), *kept.counts))
            for load_id, kept in self.loads.items()
        )
        return found | {"data_versions": [repr(cause) for cause in self.causes]}

    def _put_in(self, load_id: str, cause: str) -> tuple[int, int, int]:
        kept = self.loads[load_id]
        table = kept.file.table
        known = [row for other in self.ids("published") for row in self._rows(other) if row["table"] == table]
        seen = {(str(row[KEYS[table]]), row["product_id"], row["version_at"]) for row in known}
        before = len(self._versions(table)[1])
        duplicates = 0
        for row in self._rows(load_id):
            identity = (str(row[KEYS[table]]), row["product_id"], row["version_at"])
            duplicates += identity in seen
            seen.add(identity)
        kept.status = "published"
        superseded = len(self._versions(table)[1]) - before - duplicates
        kept.counts = (len(kept.file.rows) - duplicates, duplicates, superseded)
        self.causes.append(cause)
        return kept.counts

    def _versions(self, table: str) -> tuple[list[Cells], list[Cells]]:
        """What is in force and what lies beside it: of each record the greatest version, of equal ones the first."""
        records: dict[tuple[object, object], list[Cells]] = {}
        for load_id in self.ids("published"):
            for row in self._rows(load_id):
                if row["table"] == table:
                    records.setdefault((row["product_id"], row[KEYS[table]]), []).append(row)
        live, beside = [], []
        for rows in records.values():
            newest = max(str(row["version_at"]) for row in rows)
            best = min(
                (r for r in rows if str(r["version_at"]) == newest), key=lambda r: (r["load_id"], r["source_row"])
            )
            live.append(best)
            beside += [{**row, "superseded_by": best["load_id"]} for row in rows if row is not best]
        return live, beside

    def _rows(self, load_id: str) -> list[Cells]:
        file = self.loads[load_id].file
        return [self._stored(file.table, load_id, number, row) for number, row in enumerate(file.rows, 1)]

    def _stored(self, table: str, load_id: str, number: int, row: dict[str, str]) -> Cells:
        cells: Cells = {name: value or None for name, value in row.items()}
        cells |= {name: datetime.fromisoformat(row[name]) for name in MOMENTS if name in row}
        cells |= {"table": table, "load_id": load_id, "source_row": number}
        if table == "feedback":
            return cells
        person = self._person(row["user_id"]) if row["user_id"] else None
        at = cells["occurred_at"]
        assert isinstance(at, datetime)
        return NOTHING | cells | {
            "user_known": person is not None,
            "unit_id": person or (f"s:{row['session_id']}" if row["session_id"] else f"i:{row['interaction_id']}"),
            "task_key": row["session_id"] or row["interaction_id"],
            "day": at.date(),
            "error": {"true": True, "false": False, "": None}[row["error"]],
            "input_tokens": int(row["input_tokens"]) if row["input_tokens"] else None,
        }  # fmt: skip

    def _person(self, name: str) -> str:
        return "p_" + hmac.new(self.secret, name.encode(), hashlib.sha256).hexdigest()[:32]


def held(store: Rows) -> dict[str, list[str]]:
    """What a warehouse holds, in the words of `Model.tables`."""
    found: dict[str, list[str]] = {}
    for table, names in SHOWN.items():
        columns = ", ".join(names)
        found[table] = _text(store.rows(f"SELECT {columns} FROM {table}"), names)
        beside = store.rows(f"SELECT {columns}, superseded_by FROM {table}_superseded")
        found[f"{table}_superseded"] = _text(beside, (*names, "superseded_by"))
    found["user_days"] = _text(store.rows(f"SELECT {USER_DAYS} FROM user_days"), USER_DAYS.split(", "))
    loads = "SELECT load_id, file_name, status, rows_read, accepted, duplicates, superseded FROM loads"
    found["loads"] = sorted(repr(tuple(row.values())) for row in store.rows(loads))
    causes = store.rows("SELECT cause FROM data_versions ORDER BY version")
    return found | {"data_versions": [repr(row["cause"]) for row in causes]}


def differences(must: dict[str, list[str]], holds: dict[str, list[str]]) -> list[str]:
    """A sentence for each table that is not as it must be."""
    return [
        f"{table}: {len(set(must[table]) - set(holds[table]))} rows missing,"
        f" {len(set(holds[table]) - set(must[table]))} not expected, {len(holds[table])} instead of {len(must[table])}"
        for table in must
        if must[table] != holds[table]
    ]


def leftovers(side: Path, undone: Iterable[str]) -> list[str]:
    """What lies in the folders beside a warehouse at rest and should not; rows of an undone load that are missing."""
    passing = [entry for folder in ("staging", "uploads", "tmp") for entry in (side / folder).iterdir()]
    kept = {entry.name for entry in (side / "undone").iterdir()}
    return [
        *(f"left behind: {entry.relative_to(side)}" for entry in passing),
        *(f"rows kept of a load that is not undone: {name}" for name in sorted(kept - set(undone))),
        *(f"rows of an undone load are gone: {name}" for name in sorted(set(undone) - kept)),
    ]


def _text(rows: Iterable[Cells], names: Iterable[str]) -> list[str]:
    listed = list(names)
    return sorted(repr(tuple(row[name] for name in listed)) for row in rows)
