"""Staged rows seen as rows of their fact: pseudonyms for people, products by rule, keys and derived columns added."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from data.cursor import Transaction
from data.facts import FACTS
from data.literal import literal
from data.pseudonym import Pseudonyms
from loaders.contract import columns_of, derived, hashes
from loaders.job import StagedFact
from loaders.mapping import Rules


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a load comes from."""

    load_id: str
    sha256: str
    file_name: str
    options: str
    product_field: str
    folder: Path
    corrects: str | None = None
    """The load whose quarantine these records come from."""


class Incoming(NamedTuple):
    """Two temporary views of one staged file."""

    rows: str
    """All columns of the fact table."""
    keys: str
    """Of each row its key, product, source and day: cheap to ask, for nobody's pseudonym is looked up."""


def incoming(tx: Transaction, origin: Origin, entry: StagedFact, number: int, people: Pseudonyms | None) -> Incoming:
    """One staged file as rows of its fact table."""
    fact = FACTS[entry.table]
    rows = f"read_parquet({literal(origin.folder / entry.file)}, file_row_number = true)"
    named = [name for name in fact.people if name in entry.columns]
    joins, select = [], [f"s.{name}" for name in entry.columns if name not in named and name != "source_row"]
    if named and people is not None:
        names = write_people(tx, origin.folder / f"people-{number}.parquet", rows, named, people)
        who = [f"LEFT JOIN {names} AS {name}_as ON {name}_as.stated = s.{name}" for name in named]
        persons = [f"{name}_as.pseudonym AS {name}" for name in named]
    else:
        who, persons = [], [f"s.{name}" for name in named]
    products = _write_products(tx, origin, entry, number, rows)
    if products:
        on = "p.source_product = s.source_product AND p.source_system = s.source_system"
        joins.append(f"JOIN {products} AS p ON {on}")
    select += ["p.product_id" if products else "s.source_product AS product_id"]
    select += [f"'{origin.load_id}' AS load_id", f"{entry.source_row} AS source_row"]
    select += ["1 AS source_records"] if "source_records" not in entry.columns else []
    texts = [name for name, column in columns_of(entry.table).items() if column.kind is str]
    absent = [name for name in texts if name not in (*entry.columns, "product_id", "source_system")]
    select += [f"CAST(NULL AS VARCHAR) AS {name}" for name in absent]
    view, keys = f"incoming_{number}", f"incoming_keys_{number}"
    inner = f"SELECT {', '.join([*select, *persons])} FROM {rows} AS s {' '.join([*who, *joins])}"
    tx.run(f"CREATE OR REPLACE TEMP VIEW {view} AS {_finished(entry, inner, absent)}")
    if set(fact.people) & set(fact.natural_key):
        return Incoming(view, view)
    inner = f"SELECT {', '.join(select)} FROM {rows} AS s {' '.join(joins)}"
    when = dict.fromkeys([fact.happened, *(["day"] if fact.dated else [])])
    plain = ["load_id", "product_id", "source_system", "source_product", "source_records", *when]
    key = hashes(entry.table, entry.columns)["event_key"]
    tx.run(
        f"CREATE OR REPLACE TEMP VIEW {keys} AS SELECT {', '.join(plain)}, {key} AS event_key FROM ({inner}) AS named"
    )
    return Incoming(view, keys)


def _finished(entry: StagedFact, inner: str, absent: list[str]) -> str:
    """SQL: the named rows with what follows from them."""
    finished = derived(entry.table, entry.columns)
    if entry.table == "interactions":
        finished |= {
            "unit_id": "coalesce(user_id, 's:' || session_id, 'i:' || interaction_id)",
            "user_known": "user_id IS NOT NULL",
        }
    finished |= hashes(entry.table, entry.columns)
    there = {*entry.columns, *absent}
    replaced = ", ".join(f"{expression} AS {name}" for name, expression in finished.items() if name in there)
    added = "".join(f", {expression} AS {name}" for name, expression in finished.items() if name not in there)
    without = " EXCLUDE (stated_version)" if "stated_version" in entry.columns else ""
    return f"SELECT *{without}{f' REPLACE ({replaced})' if replaced else ''}{added} FROM ({inner}) AS named"


def write_people(tx: Transaction, path: Path, rows: str, columns: list[str], people: Pseudonyms) -> str:
    """Everybody named in the staged rows with the pseudonym, as a file to join; the SQL that reads it."""
    union = " UNION ".join(f"SELECT DISTINCT {name} AS stated FROM {rows} WHERE {name} IS NOT NULL" for name in columns)
    stated = [str(row["stated"]) for row in tx.rows(union)]
    table = {"stated": pa.array(stated, pa.string()), "pseudonym": pa.array(map(people.of, stated), pa.string())}
    pq.write_table(pa.table(table), path)
    return f"read_parquet({literal(path)})"


def _write_products(tx: Transaction, origin: Origin, entry: StagedFact, number: int, rows: str) -> str:
    """What each stated product means by rule, as a file to join; '' when every one means itself."""
    rules = Rules.of(tx)
    stated = tx.rows(f"SELECT DISTINCT source_system, source_product FROM {rows}")
    systems = [str(row["source_system"]) for row in stated]
    values = [str(row["source_product"]) for row in stated]
    products = [
        rules.product(system, origin.product_field, value) for system, value in zip(systems, values, strict=True)
    ]
    if products == values:
        return ""
    path = origin.folder / f"products-{number}.parquet"
    columns = {"source_system": systems, "source_product": values, "product_id": products}
    pq.write_table(pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), path)
    return f"read_parquet({literal(path)})"
