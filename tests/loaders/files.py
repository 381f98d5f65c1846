"""Small files of our own format, read in this process or in a child, and what a warehouse holds after them."""

import csv
import io
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.facts import FACTS
from data.warehouse import Warehouse
from loaders import FORMATS, child
from loaders.contract import columns_of
from loaders.format import Options
from loaders.incoming import Origin
from loaders.job import Job, Parsed
from loaders.publish import Counts, publish
from loaders.receive import scan

Row = Mapping[str, object]

WHOLE: dict[str, dict[str, str]] = {
    "interactions": {
        "source_system": "gateway", "version_at": "2026-03-02T08:00:00Z", "product_id": "chat",
        "interaction_id": "i1", "occurred_at": "2026-03-01T09:30:00.250+03:00", "pilot_id": "p1", "scenario_id": "s1",
        "topic_id": "t1", "team_id": "sales", "user_id": "ann@example.com", "session_id": "c1", "task_key": "k1",
        "trace_id": "r1", "duration_ms": "1200", "operation_name": "chat", "request_model": "m-1",
        "service_version": "1.2", "prompt_version": "7", "input_tokens": "10", "output_tokens": "20",
        "cost_microusd": "300", "cost_basis": "reported", "error": "false", "error_type": "timeout",
        "outcome": "confirmed", "outcome_source": "rating", "escalated": "true", "escalation_planned": "false",
        "escalated_at": "2026-03-01T10:00:00Z", "mode": "assist", "synthetic": "false", "retrieved_source_count": "3",
    },
    "model_calls": {
        "source_system": "gateway", "version_at": "2026-03-02T08:00:00Z", "product_id": "chat", "call_id": "m1",
        "occurred_at": "2026-03-01T09:30:00Z", "trace_id": "r1", "interaction_id": "i1", "operation_name": "chat",
        "provider_name": "acme", "request_model": "m-1", "input_tokens": "10", "output_tokens": "20",
        "cache_read_input_tokens": "4", "cost_microusd": "300", "duration_ms": "1200", "error_type": "timeout",
    },
    "feedback": {
        "source_system": "gateway", "version_at": "2026-03-02T08:00:00Z", "product_id": "chat", "feedback_id": "f1",
        "target_type": "interaction", "target_id": "i1", "given_at": "2026-03-01T12:00:00Z",
        "user_id": "ann@example.com", "name": "thumbs", "score": "0.5", "label": "good", "evidence": "rating",
        "verdict": "confirmed",
    },
    "usage_daily": {
        "source_system": "gateway", "version_at": "2026-03-02T08:00:00Z", "product_id": "chat", "day": "2026-03-01",
        "period_days": "1", "user_id": "ann@example.com", "team_id": "sales", "feature": "complete",
        "request_model": "m-1", "active": "true", "last_activity_on": "2026-03-01", "interactions": "5",
        "accepted": "2", "suggested": "4", "input_tokens": "10", "output_tokens": "20", "cost_microusd": "300",
        "licensed": "true",
        "active_users": "3",
    },
    "eval_results": {
        "source_system": "gateway", "version_at": "2026-03-02T08:00:00Z", "product_id": "chat", "run_id": "e1",
        "run_at": "2026-03-01T12:00:00Z", "case_id": "c1", "metric_name": "overall", "run_status": "done",
        "scenario_id": "s1", "topic_id": "t1", "origin": "calibration", "suite": "smoke", "suite_version": "2",
        "epoch": "1", "interaction_id": "i1", "sampling_probability": "0.25", "score": "0.75", "threshold": "0.5",
        "passed": "true", "eval_error": "none", "error_type": "unsafe", "severity": "2", "evaluator_kind": "llm",
        "evaluator": "judge-1", "request_model": "m-1", "prompt_version": "7", "service_version": "1.2",
        "input_tokens": "10", "output_tokens": "20", "cost_microusd": "300", "duration_ms": "1200",
    },
    "tickets": {
        "source_system": "desk", "version_at": "2026-03-05T08:00:00Z", "product_id": "chat", "ticket_id": "T-1",
        "opened_at": "2026-03-01T10:00:00Z", "pilot_id": "p1", "topic_id": "t1", "kind": "escalation",
        "assigned_at": "2026-03-01T10:05:00Z", "first_response_at": "2026-03-01T11:00:00Z",
        "response_basis": "native", "resolved_at": "2026-03-02T10:00:00Z", "status": "done",
        "requester_id": "ann@example.com", "assignee_id": "bob@example.com", "priority": "high",
        "reopened_count": "1", "satisfaction": "4.5", "knowledge_captured": "true",
        "documented_at": "2026-03-03T10:00:00Z", "eval_added_at": "2026-03-04T10:00:00Z",
        "linked_interaction_id": "i1", "linked_session_id": "c1",
    },
}  # fmt: skip
"""For each fact a row with something in every column of the contract, as text."""

MEMORY = ("meta", "audit", "data_versions")
"""Tables that remember what was done, also when it changed nothing else."""


def least(table: str, **stated: object) -> dict[str, object]:
    """A row of a fact with the columns it needs, and what is stated."""
    needed = {name: WHOLE[table][name] for name, column in columns_of(table).items() if column.required}
    return {**needed, "product_id": "chat", **stated}


def csv_text(rows: Sequence[Row], *, delimiter: str = ",", columns: Iterable[str] = ()) -> str:
    """Rows as delimited text with a header of all their names."""
    names = list(columns) or list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([["" if row.get(name) is None else row[name] for name in names] for row in rows])
    return buffer.getvalue()


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    """Rows as a CSV file."""
    path.write_text(csv_text(rows), encoding="utf-8", newline="")
    return path


def write_jsonl(path: Path, rows: Sequence[Row]) -> Path:
    """Rows as one JSON object a line."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_parquet(path: Path, rows: Sequence[Row]) -> Path:
    """Rows as a Parquet file of text columns."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    pq.write_table(pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}), path)
    return path


WRITERS = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}


def staged(
    store: Warehouse, path: Path, load_id: str, *, careful: bool = False, **said: object
) -> tuple[Origin, Parsed]:
    """A file read by the child's own code in this process, ready to be published; as in a load, the fast way's count
    has to agree with the lines of the file.
    """
    folder = store.side / "staging" / load_id
    folder.mkdir(parents=True)
    options = Options(**said)
    parsed = Parsed.load(child.read(Job(str(path), str(folder), None, options, "UTC", careful)))
    if parsed.fast and parsed.rows_read != (scan(path)[1] if parsed.lines is None else parsed.lines):
        shutil.rmtree(folder)
        return staged(store, path, load_id, careful=True, **said)
    stated = json.dumps(asdict(options), sort_keys=True)
    return Origin(load_id, load_id, path.name, stated, FORMATS[parsed.format].product_field, folder), parsed


def published(store: Warehouse, path: Path, load_id: str, *, careful: bool = False, **said: object) -> Counts:
    """A file read in this process and published under a load id of the test's choice."""
    origin, parsed = staged(store, path, load_id, careful=careful, **said)
    with store.write(f"load {load_id}", "tester") as tx:
        counts, _ = publish(tx, store.side, origin, parsed)
    return counts


def tables_of(store: Warehouse) -> list[str]:
    """Every table of the warehouse."""
    found = store.rows("SELECT table_name AS name FROM duckdb_tables() WHERE NOT temporary ORDER BY table_name")
    return [str(row["name"]) for row in found]


def dump(store: Warehouse, tables: Iterable[str], without: Iterable[str] = ()) -> dict[str, list[str]]:
    """All rows of tables as text, in an order of their own; `without` leaves columns out."""
    left_out = set(without)
    found = {}
    for table in tables:
        rows = store.rows(f'SELECT * FROM "{table}"')
        found[table] = sorted(repr({k: v for k, v in row.items() if k not in left_out}) for row in rows)
    return found


def everything(store: Warehouse) -> dict[str, list[str]]:
    """The whole warehouse but its memory of what was done."""
    return dump(store, [name for name in tables_of(store) if name not in MEMORY])


def facts(store: Warehouse, without: Iterable[str] = ("load_id", "superseded_by")) -> dict[str, list[str]]:
    """All facts, live and superseded, and user_days."""
    names = [name for table in FACTS for name in (table, f"{table}_superseded")]
    return dump(store, [*names, "user_days"], without)


def typed(table: str, row: Row) -> dict[str, object]:
    """A row of text as Python values by the kind of each column, for a typed Parquet file."""
    kinds = {name: column.kind for name, column in columns_of(table).items()}
    found: dict[str, object] = {}
    for name, value in row.items():
        kind, cell = kinds[name], str(value)
        if kind is bool:
            found[name] = cell == "true"
        elif kind is datetime:
            found[name] = datetime.fromisoformat(cell)
        elif kind is date:
            found[name] = date.fromisoformat(cell)
        else:
            found[name] = kind(cell)
    return found
