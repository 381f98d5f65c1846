"""Staged rows become rows of the warehouse, in one transaction and all accounted for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.cursor import Transaction
from data.facts import FACTS, key_columns
from data.pseudonym import Pseudonyms
from data.reduction import make_touched, rebuild_touched
from data.settings import settings
from loaders.accounting import check, check_files
from loaders.corrections import remember
from loaders.incoming import Origin, incoming
from loaders.job import Parsed
from loaders.kept import keep
from loaders.settle import CONTESTED, settle, touch

_ARRIVED = "arrived"


@dataclass(slots=True)
class Counts:
    """What became of the source records of one load."""

    accepted: int = 0
    duplicates: int = 0
    superseded: int = 0
    unmapped: int = 0


def publish(tx: Transaction, side: Path, origin: Origin, parsed: Parsed) -> tuple[Counts, dict[str, int]]:
    """Put one parsed file into the warehouse; the counts, and the rows written by table.

    Raises Refused when the accounting does not come out even; the transaction is then to be rolled back.
    """
    check_files(origin.folder, parsed)
    people = Pseudonyms(side) if settings(tx).pseudonymise else None
    counts = Counts()
    make_touched(tx)
    for number, entry in enumerate(parsed.facts):
        if entry.rows:
            relation = incoming(tx, origin, entry, number, people)
            insert(tx, entry.table, relation.rows, counts, relation.keys)
            _remember_feed(tx, entry.table)
    rebuild_touched(tx)
    written = {table: in_force(tx, table, origin.load_id) for table in dict.fromkeys(e.table for e in parsed.facts)}
    counts.unmapped = _remember_unmapped(tx, origin)
    refused = keep(tx, origin, parsed, people)
    check(parsed, accepted=counts.accepted, duplicates=counts.duplicates, refused=refused)
    remember_load(tx, origin, parsed, counts, written)
    remember(tx, origin)
    return counts, written


def in_force(tx: Transaction, table: str, load_id: str) -> int:
    """How many rows of a load stand in a fact table."""
    return int(str(tx.value(f"SELECT count(*) AS n FROM {table} WHERE load_id = ?", [load_id])))


def insert(tx: Transaction, table: str, relation: str, counts: Counts, keys: str | None = None) -> None:
    """Insert the rows of `relation` (all columns of the fact) against what is there; `keys` are the same rows with
    fewer columns, where there are such (Incoming.keys).

    Rows whose key nobody else has go straight in; of the others every version is gathered and settled. What came of
    each product, source and day is in the temporary table `arrived` then.
    """
    keys = keys or relation
    tx.run(
        f"CREATE OR REPLACE TEMP TABLE {CONTESTED} AS"
        f" SELECT event_key FROM {keys} WHERE event_key IN (SELECT event_key FROM {table})"
        f" UNION SELECT event_key FROM (SELECT event_key FROM {keys} GROUP BY event_key HAVING count(*) > 1) AS own"
    )
    contested = int(str(tx.value(f"SELECT count(*) AS keys FROM {CONTESTED}")))
    free = f" WHERE event_key NOT IN (SELECT event_key FROM {CONTESTED})" if contested else ""
    tx.run(f"CREATE OR REPLACE TEMP TABLE {_ARRIVED} AS {_arrived(table, keys)}")
    records = tx.value(f"SELECT CAST(coalesce(sum(records), 0) AS BIGINT) AS records FROM {_ARRIVED}")
    touch(tx, table, relation, _ARRIVED)
    tx.run(f"INSERT INTO {table} BY NAME SELECT * FROM {relation}{free}")
    if not contested:
        counts.accepted += int(str(records))
        return
    keyed = f"event_key IN (SELECT event_key FROM {CONTESTED})"
    repeated = tx.rows(_repeated(table, relation, keyed))[0]
    before = _lying(tx, table, keyed)
    tx.run(f"CREATE OR REPLACE TEMP TABLE was AS SELECT * FROM {table} WHERE {keyed}")
    touch(tx, table, "was")
    tx.run(f"INSERT INTO {table}_superseded BY NAME SELECT *, '' AS superseded_by FROM {relation} WHERE {keyed}")
    settle(tx, table)
    duplicates = int(str(repeated["records"]))
    counts.duplicates += duplicates
    counts.accepted += int(str(records)) - duplicates
    counts.superseded += _lying(tx, table, keyed) - before - int(str(repeated["n"]))


def _repeated(table: str, relation: str, keyed: str) -> str:
    """SQL: the incoming rows that are identical to a stored one or to an earlier one of the same file."""
    same = f"{key_columns(table)}, row_hash"
    return (
        "SELECT count(*) AS n, CAST(coalesce(sum(source_records), 0) AS BIGINT) AS records FROM ("
        f"SELECT source_records, arriving, row_number() OVER (PARTITION BY {same} ORDER BY arriving, source_row)"
        f" AS place FROM (SELECT {same}, source_records, source_row, 0 AS arriving FROM {table} WHERE {keyed}"
        f" UNION ALL SELECT {same}, source_records, source_row, 0 AS arriving FROM {table}_superseded WHERE {keyed}"
        f" UNION ALL SELECT {same}, source_records, source_row, 1 AS arriving FROM {relation} WHERE {keyed})"
        " AS every_one) AS placed WHERE arriving = 1 AND place > 1"
    )


def _lying(tx: Transaction, table: str, keyed: str) -> int:
    return int(str(tx.value(f"SELECT count(*) AS n FROM {table}_superseded WHERE {keyed}")))


def _arrived(table: str, keys: str) -> str:
    """SQL: the source records of each load, product, source and day, and the rows that stand for any."""
    fact = FACTS[table]
    day = "day" if fact.dated or fact.happened == "day" else f"CAST({fact.happened} AS DATE)"
    return (
        "SELECT load_id, product_id, source_system, source_product, day, sum(source_records) AS records,"
        " count(CASE WHEN source_records > 0 THEN 1 END) AS used FROM (SELECT load_id, product_id, source_system,"
        f" source_product, source_records, {day} AS day FROM {keys}) AS dated"
        " GROUP BY load_id, product_id, source_system, source_product, day"
    )


def _remember_feed(tx: Transaction, table: str) -> None:
    tx.run(
        "INSERT INTO feed_days SELECT load_id, ? AS fact, product_id, source_system, source_product, first_day,"
        " max(last_day) OVER () AS last_day, used FROM (SELECT load_id, product_id, source_system, source_product,"
        " min(day) AS first_day, max(day) AS last_day, CAST(sum(used) AS BIGINT) AS used"
        f" FROM {_ARRIVED} GROUP BY load_id, product_id, source_system, source_product) AS by_product",
        [table],
    )


def _remember_unmapped(tx: Transaction, origin: Origin) -> int:
    tx.run(
        "INSERT INTO unmapped SELECT load_id, source_system, ?, source_product, CAST(max(records) AS BIGINT)"
        " FROM feed_days WHERE load_id = ?"
        " AND product_id NOT IN (SELECT product_id FROM products WHERE valid_to IS NULL)"
        " GROUP BY load_id, source_system, source_product",
        [origin.product_field, origin.load_id],
    )
    return int(
        str(
            tx.value(
                "SELECT CAST(coalesce(sum(records), 0) AS BIGINT) AS n FROM unmapped WHERE load_id = ?",
                [origin.load_id],
            )
        )
    )


def remember_load(tx: Transaction, origin: Origin, parsed: Parsed, counts: Counts, written: Mapping[str, int]) -> None:
    """Write the load into the history."""
    row = {
        "load_id": origin.load_id, "sha256": origin.sha256, "file_name": origin.file_name, "format": parsed.format,
        "confidence": parsed.confidence, "options": origin.options, "mapping_version": None, "status": "published",
        "rows_read": parsed.rows_read, "accepted": counts.accepted, "duplicates": counts.duplicates,
        "quarantined": parsed.quarantined, "blank": parsed.blank, "ignored": parsed.ignored,
        "ignored_reasons": json.dumps(dict(parsed.ignored_reasons)), "superseded": counts.superseded,
        "written": json.dumps(dict(written)), "totals": json.dumps(dict(parsed.totals)),
        "first_at": _moment(parsed.first_at), "last_at": _moment(parsed.last_at), "loaded_by": tx.who,
        "loaded_at": tx.at,
    }  # fmt: skip
    tx.add("loads", [row])
    tx.counts |= {"accepted": counts.accepted, "quarantined": parsed.quarantined}
    tx.audit("load", after={"load_id": origin.load_id, "file": origin.file_name, "accepted": counts.accepted})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
