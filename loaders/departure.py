"""How the demo company leaves a warehouse: its loads and its registry in one change, what people brought stays."""

from __future__ import annotations

import shutil
from typing import NamedTuple

from data.cursor import Rows, Transaction
from data.facts import FACTS
from data.literal import literal
from data.made_up import DEMO, Own, own, take_away
from data.record import Record
from data.reduction import make_touched, rebuild_touched
from data.registry import REFERENCES
from data.warehouse import Warehouse
from loaders.contract import columns_of
from loaders.mapping import remap
from loaders.room import room
from loaders.undo import take_out

ABOUT_LOADS = ("loads", "quarantine", "quarantine_records", "corrections", "unmapped", "feed_days")
DEMOS = (
    f"SELECT load_id FROM loads WHERE loaded_by = '{DEMO}' UNION SELECT c.load_id FROM corrections AS c"
    f" JOIN loads AS l ON l.load_id = c.of_load WHERE l.loaded_by = '{DEMO}'"
)
"""SQL: the loads of the demo company, and those that correct its refused records."""


class Held(NamedTuple):
    """What a warehouse holds of the demo company and of people: loads, and what people said."""

    loads: int
    own_loads: int
    said: Own


def held(store: Rows, *, edits: bool = False) -> Held:
    """What would leave and what would stay, as far as it can be said beforehand."""
    loads = len(store.rows(DEMOS))
    every = int(str(store.value("SELECT count(*) AS n FROM loads")))
    return Held(loads, every - loads, own(store, _used(store), edits=edits))


@room()
def leave(store: Warehouse, who: str, *, edits: bool = False) -> dict[str, int]:
    """Take the demo company out of the warehouse, without redo; rows removed by table.

    Own loads, and what people said in the registry, stay with what they name. With `edits` what people said of the
    demo's own products, pilots, scenarios and initiatives leaves, too.
    """
    with store.write("the demo company leaves", who) as tx:
        loads = [str(row["load_id"]) for row in tx.rows(f"SELECT load_id FROM ({DEMOS}) AS demos ORDER BY load_id")]
        removed = _facts(tx, loads) if loads else {}
        theirs = {str(row["id"]) for row in tx.rows(f"SELECT DISTINCT product_id AS id FROM products"
                                                    f" WHERE changed_by = '{DEMO}'")}  # fmt: skip
        removed |= take_away(tx, _used(tx), edits=edits)
        theirs -= {str(row["id"]) for row in tx.rows("SELECT DISTINCT product_id AS id FROM products")}
        published = tx.run(
            "DELETE FROM readings_log WHERE published_by = ? OR list_contains(CAST(? AS VARCHAR[]), product_id)",
            [DEMO, sorted(theirs)],
        )
        if published:
            removed["readings_log"] = published
        remap(tx)
        tx.audit("the demo company leaves", before={"loads": loads}, after=removed)
    for load_id in loads:
        shutil.rmtree(store.side / "undone" / load_id, ignore_errors=True)
    shutil.rmtree(store.side / "demo", ignore_errors=True)
    return removed


def _facts(tx: Transaction, loads: list[str]) -> dict[str, int]:
    make_touched(tx)
    removed = {table: gone for table in FACTS if (gone := take_out(tx, table, loads))}
    rebuild_touched(tx)
    listed = ", ".join(literal(load_id) for load_id in loads)
    for table in ABOUT_LOADS:
        tx.run(f"DELETE FROM {table} WHERE load_id IN ({listed})")
    return removed


def _used(store: Rows) -> dict[type[Record], set[str]]:
    """What people's files tell of: the ids of products, pilots and scenarios."""
    return {
        model: {
            str(row["id"])
            for table in FACTS
            if column in columns_of(table)
            for row in store.rows(
                f"SELECT DISTINCT {column} AS id FROM {table} WHERE {column} IS NOT NULL AND load_id NOT IN ({DEMOS})"
            )
        }
        for column, model in REFERENCES.items()
    }
