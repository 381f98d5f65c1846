"""Which version of a record is in force: decided by the records alone, so any order of loading ends in the same tables.

The greater version_at stands, then the greater row hash; of identical records the one loaded first. All others lie in
<fact>_superseded, with the load of the version that stands above them.
"""

from __future__ import annotations

from data.cursor import Transaction
from data.facts import key_columns
from data.reduction import touch_pointed, touch_rivals

CONTESTED = "contested"
"""Temporary table of the event keys to settle."""


def settle(tx: Transaction, table: str) -> None:
    """Decide anew, for each key in `contested`, which of all its versions is in force."""
    keyed = f"event_key IN (SELECT event_key FROM {CONTESTED})"
    tx.run(
        f"CREATE OR REPLACE TEMP TABLE pool AS SELECT *, "
        f" row_number() OVER same AS place, first_value(load_id) OVER same AS above FROM ("
        f"  SELECT * FROM {table} WHERE {keyed}"
        f"  UNION ALL BY NAME SELECT * EXCLUDE (superseded_by) FROM {table}_superseded WHERE {keyed}) AS versions"
        f" WINDOW same AS (PARTITION BY {key_columns(table)}"
        f" ORDER BY version_at DESC, row_hash DESC, load_id, source_row)"
    )
    tx.run(f"DELETE FROM {table} WHERE {keyed}")
    tx.run(f"DELETE FROM {table}_superseded WHERE {keyed}")
    tx.run(f"INSERT INTO {table} BY NAME SELECT * EXCLUDE (place, above) FROM pool WHERE place = 1")
    tx.run(
        f"INSERT INTO {table}_superseded BY NAME SELECT * EXCLUDE (place, above), above AS superseded_by FROM pool"
        f" WHERE place > 1"
    )
    tx.run("DROP TABLE pool")


def touch(tx: Transaction, table: str, relation: str, days: str | None = None) -> None:
    """List the partitions of user_days that rows of a fact belong to; `relation` is a table of rows of the fact, `days`
    one of their products and days, where there is such.
    """
    if table == "interactions":
        tx.run(f"INSERT INTO touched SELECT DISTINCT product_id, day FROM {days or relation}")
        touch_rivals(tx, relation)
        return
    if table in ("feedback", "tickets"):
        touch_pointed(tx, "feedback" if table == "feedback" else "tickets", relation)
