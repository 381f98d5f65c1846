"""Staged rows become rows of the warehouse, in one transaction and all accounted for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.cursor import Transaction
from data.facts import FACTS
from data.pseudonym import Pseudonyms
from data.reduction import make_touched, rebuild_touched
from data.settings import settings
from loaders.contract import columns_of
from loaders.format import Refused
from loaders.job import Parsed, StagedFact
from loaders.mapping import Rules
from loaders.settle import CONTESTED, natural_key, settle, touch

INCOMING = "incoming"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a load comes from."""

    load_id: str
    sha256: str
    file_name: str
    options: str
    product_field: str
    folder: Path


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
    people = Pseudonyms(side) if settings(tx).pseudonymise else None
    counts, written = Counts(), dict.fromkeys((entry.table for entry in parsed.facts), 0)
    make_touched(tx)
    for number, entry in enumerate(parsed.facts):
        if entry.rows:
            relation = _incoming(tx, origin, entry, number, people)
            written[entry.table] += insert(tx, entry.table, relation, counts)
            _remember_feed(tx, entry.table, relation)
    rebuild_touched(tx)
    counts.unmapped = _remember_unmapped(tx, origin)
    staged = sum(entry.records for entry in parsed.facts)
    if counts.accepted + counts.duplicates != staged or staged + parsed.quarantined + parsed.blank + parsed.ignored != (
        parsed.rows_read
    ):
        raise Refused(
            f"The accounting does not come out even: {parsed.rows_read:,} records were read, but"
            f" {counts.accepted:,} accepted + {counts.duplicates:,} duplicates + {parsed.quarantined:,} quarantined"
            f" + {parsed.blank:,} blank + {parsed.ignored:,} ignored were found.",
            "Nothing was changed. Please report this file.",
        )
    _remember_load(tx, origin, parsed, counts, written)
    return counts, written


def insert(tx: Transaction, table: str, relation: str, counts: Counts) -> int:
    """Insert the rows of `relation` (all columns of the fact) against what is there; the rows of it now in force.

    Rows whose key nobody else has go straight in; of the others every version is gathered and settled.
    """
    tx.run(
        f"CREATE OR REPLACE TEMP TABLE {CONTESTED} AS"
        f" SELECT event_key FROM {relation} WHERE event_key IN (SELECT event_key FROM {table})"
        f" UNION SELECT event_key FROM (SELECT event_key FROM {relation} GROUP BY event_key HAVING count(*) > 1) AS own"
    )
    contested = int(str(tx.value(f"SELECT count(*) AS keys FROM {CONTESTED}")))
    free = f" WHERE event_key NOT IN (SELECT event_key FROM {CONTESTED})" if contested else ""
    records = tx.one(
        f"SELECT count(*) AS n, CAST(coalesce(sum(source_records), 0) AS BIGINT) AS records FROM {relation}"
    )
    assert records is not None
    touch(tx, table, relation)
    tx.run(f"INSERT INTO {table} BY NAME SELECT * FROM {relation}{free}")
    if not contested:
        counts.accepted += int(str(records["records"]))
        return int(str(records["n"]))
    keyed = f"event_key IN (SELECT event_key FROM {CONTESTED})"
    repeated = tx.one(_repeated(table, relation, keyed))
    assert repeated is not None
    before = _lying(tx, table, keyed)
    tx.run(f"CREATE OR REPLACE TEMP TABLE was AS SELECT * FROM {table} WHERE {keyed}")
    touch(tx, table, "was")
    tx.run(f"INSERT INTO {table}_superseded BY NAME SELECT *, '' AS superseded_by FROM {relation} WHERE {keyed}")
    settle(tx, table)
    duplicates = int(str(repeated["records"]))
    counts.duplicates += duplicates
    counts.accepted += int(str(records["records"])) - duplicates
    counts.superseded += _lying(tx, table, keyed) - before - int(str(repeated["n"]))
    load_id = tx.value(f"SELECT any_value(load_id) AS load_id FROM {relation}")
    return int(str(tx.value(f"SELECT count(*) AS n FROM {table} WHERE load_id = ?", [load_id])))


def _repeated(table: str, relation: str, keyed: str) -> str:
    """SQL: the incoming rows that are identical to a stored one or to an earlier one of the same file."""
    same = f"{natural_key(table)}, row_hash"
    return (
        "SELECT count(*) AS n, CAST(coalesce(sum(source_records), 0) AS BIGINT) AS records FROM ("
        f"SELECT source_records, arriving, row_number() OVER (PARTITION BY {same} ORDER BY arriving, source_row) AS place"
        f" FROM (SELECT {same}, source_records, source_row, 0 AS arriving FROM {table} WHERE {keyed}"
        f" UNION ALL SELECT {same}, source_records, source_row, 0 AS arriving FROM {table}_superseded WHERE {keyed}"
        f" UNION ALL SELECT {same}, source_records, source_row, 1 AS arriving FROM {relation} WHERE {keyed}) AS every_one"
        ") AS placed WHERE arriving = 1 AND place > 1"
    )


def _lying(tx: Transaction, table: str, keyed: str) -> int:
    return int(str(tx.value(f"SELECT count(*) AS n FROM {table}_superseded WHERE {keyed}")))


def _incoming(tx: Transaction, origin: Origin, entry: StagedFact, number: int, people: Pseudonyms | None) -> str:
    """A view of the staged rows as rows of the fact: pseudonyms for people, products by rule."""
    fact = FACTS[entry.table]
    path = str(origin.folder / entry.file).replace("'", "''")
    rows = f"read_parquet('{path}', file_row_number = true)"
    joins, select = [], [f"s.{name}" for name in entry.columns if name not in fact.people and name != "source_row"]
    have = [name for name in fact.people if name in entry.columns]
    if have and people is not None:
        names = _write_people(tx, origin.folder / f"people-{number}.parquet", rows, have, people)
        for name in have:
            joins.append(f"LEFT JOIN {names} AS {name}_as ON {name}_as.stated = s.{name}")
            select.append(f"{name}_as.pseudonym AS {name}")
    else:
        select += [f"s.{name}" for name in have]
    products = _write_products(tx, origin, entry, number, rows)
    joins.append(f"JOIN {products} AS p ON p.source_product = s.source_product AND p.source_system = s.source_system")
    select.append("p.product_id")
    select.append(f"'{origin.load_id}' AS load_id")
    select.append(f"{entry.source_row} AS source_row")
    if entry.table == "interactions":
        user = "user_id_as.pseudonym" if "user_id" in have and people is not None else "s.user_id"
        user = user if "user_id" in have else "CAST(NULL AS VARCHAR)"
        session = "s.session_id" if "session_id" in entry.columns else "CAST(NULL AS VARCHAR)"
        select.append(f"coalesce({user}, 's:' || {session}, 'i:' || s.interaction_id) AS unit_id")
        select.append(f"{user} IS NOT NULL AS user_known")
    view = f"{INCOMING}_{number}"
    absent = [name for name, column in columns_of(entry.table).items() if column.kind is str and column.name != "product_id"]
    select += [f"CAST(NULL AS VARCHAR) AS {name}" for name in absent if name not in entry.columns]
    tx.run(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {', '.join(select)} FROM {rows} AS s {' '.join(joins)}")
    return view


def _write_people(tx: Transaction, path: Path, rows: str, columns: list[str], people: Pseudonyms) -> str:
    """Everybody named in the staged rows with the pseudonym, as a file to join; the SQL that reads it."""
    union = " UNION ".join(f"SELECT DISTINCT {name} AS stated FROM {rows} WHERE {name} IS NOT NULL" for name in columns)
    stated = [str(row["stated"]) for row in tx.rows(union)]
    table = {"stated": pa.array(stated, pa.string()), "pseudonym": pa.array(map(people.of, stated), pa.string())}
    pq.write_table(pa.table(table), path)
    return f"read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"


def _write_products(tx: Transaction, origin: Origin, entry: StagedFact, number: int, rows: str) -> str:
    rules = Rules.of(tx)
    stated = tx.rows(f"SELECT DISTINCT source_system, source_product FROM {rows}")
    systems = [str(row["source_system"]) for row in stated]
    values = [str(row["source_product"]) for row in stated]
    products = [rules.product(system, origin.product_field, value) for system, value in zip(systems, values, strict=True)]
    path = origin.folder / f"products-{number}.parquet"
    columns = {"source_system": systems, "source_product": values, "product_id": products}
    pq.write_table(pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), path)
    return f"read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"


def _remember_feed(tx: Transaction, table: str, relation: str) -> None:
    fact = FACTS[table]
    day = "day" if fact.dated or table == "usage_daily" else f"CAST({fact.happened} AS DATE)"
    tx.run(
        "INSERT INTO feed_days SELECT load_id, ? AS fact, product_id, source_system, source_product, first_day,"
        " max(last_day) OVER () AS last_day, records FROM (SELECT load_id, product_id, source_system, source_product,"
        f" min({day}) AS first_day, max({day}) AS last_day, count(CASE WHEN source_records > 0 THEN 1 END) AS records"
        f" FROM {relation} GROUP BY load_id, product_id, source_system, source_product) AS by_product",
        [table],
    )


def _remember_unmapped(tx: Transaction, origin: Origin) -> int:
    tx.run(
        "INSERT INTO unmapped SELECT load_id, source_system, ?, source_product, CAST(max(records) AS BIGINT) FROM feed_days"
        " WHERE load_id = ? AND product_id NOT IN (SELECT product_id FROM products WHERE valid_to IS NULL)"
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


def _remember_load(
    tx: Transaction, origin: Origin, parsed: Parsed, counts: Counts, written: Mapping[str, int]
) -> None:
    quarantine = str(origin.folder / "quarantine.parquet").replace("'", "''")
    if parsed.quarantined:
        tx.run(f"INSERT INTO quarantine SELECT ?, * FROM read_parquet('{quarantine}')", [origin.load_id])
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
