"""Taking a load back, and putting it in again: the tables then equal a fresh load of what remains.

An undone load's rows wait as Parquet under `<warehouse>.d/undone/<load_id>/`, pseudonyms in place and without content:
redo needs no uploaded file.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from data.cursor import Transaction
from data.errors import PlumblineError, did_you_mean
from data.facts import FACTS
from data.literal import literal
from data.reduction import make_touched, rebuild_touched
from data.warehouse import Warehouse
from loaders.corrections import expect_only
from loaders.format import Refused
from loaders.mapping import remap
from loaders.publish import Counts, in_force, insert
from loaders.room import room
from loaders.settle import CONTESTED, settle, touch


@room()
def undo(store: Warehouse, load_id: str, who: str) -> dict[str, int]:
    """Take a published load back; rows removed by table.

    Versions that it had superseded are in force again. Raises Refused for an unknown or already undone load.
    """
    folder = store.side / "undone" / load_id
    try:
        with store.write(f"undo {load_id}", who) as tx:
            _expect(tx, load_id, "published")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            make_touched(tx)
            removed = {table: gone for table in FACTS if (gone := take_out(tx, table, [load_id], folder))}
            rebuild_touched(tx)
            tx.run("UPDATE loads SET status = 'undone' WHERE load_id = ?", [load_id])
            tx.run(
                f"COPY (SELECT * FROM feed_days WHERE load_id = '{load_id}') TO {literal(folder / 'feed_days.parquet')}"
            )
            tx.run("DELETE FROM feed_days WHERE load_id = ?", [load_id])
            _to_disk(folder)
            tx.audit("undo", before={"load_id": load_id}, after=removed)
    except BaseException:
        with suppress(PlumblineError):  # where it cannot be asked, the next opening tells kept rows from leftovers
            if store.value("SELECT status FROM loads WHERE load_id = ?", [load_id]) == "published":
                shutil.rmtree(folder, ignore_errors=True)
        raise
    return removed


@room()
def redo(store: Warehouse, load_id: str, who: str) -> dict[str, int]:
    """Put an undone load in again, under today's mapping rules; rows in force by table.

    Raises Refused for an unknown load, one that is not undone, one whose file was loaded again since, or one whose rows
    are gone.
    """
    folder = store.side / "undone" / load_id
    with store.write(f"redo {load_id}", who) as tx:
        _expect(tx, load_id, "undone")
        _expect_only(tx, load_id)
        if not (folder / "feed_days.parquet").exists():
            raise Refused(f"The rows of {load_id} are no longer kept.", "Load the file again.")
        make_touched(tx)
        written, counts = {}, Counts()
        for table in FACTS:
            file = folder / f"{table}.parquet"
            if file.exists():
                tx.run(f"CREATE OR REPLACE TEMP VIEW again AS SELECT * FROM read_parquet({literal(file)})")
                insert(tx, table, "again", counts)
                written[table] = in_force(tx, table, load_id)
        rebuild_touched(tx)
        tx.run(f"INSERT INTO feed_days SELECT * FROM read_parquet({literal(folder / 'feed_days.parquet')})")
        tx.run(
            "UPDATE loads SET status = 'published', accepted = ?, duplicates = ?, superseded = ? WHERE load_id = ?",
            [counts.accepted, counts.duplicates, counts.superseded, load_id],
        )
        expect_only(tx, load_id)
        remap(tx)
        tx.audit("redo", after={"load_id": load_id, **written})
    shutil.rmtree(folder, ignore_errors=True)
    return written


def take_out(tx: Transaction, table: str, loads: Sequence[str], folder: Path | None = None) -> int:
    """Remove the rows of loads of one fact, live and superseded, and settle what they leave; the number removed.

    They are kept as Parquet in `folder` where one is given. The partitions they leave are in `touched` then.
    """
    these = f"load_id IN ({', '.join(literal(load_id) for load_id in loads)})"
    tx.run(
        f"CREATE OR REPLACE TEMP TABLE going AS SELECT * FROM {table} WHERE {these}"
        f" UNION ALL BY NAME SELECT * EXCLUDE (superseded_by) FROM {table}_superseded WHERE {these}"
    )
    gone = int(str(tx.value("SELECT count(*) AS n FROM going")))
    if gone:
        if folder is not None:
            tx.run(f"COPY going TO {literal(folder / f'{table}.parquet')}")
        touch(tx, table, "going")
        tx.run(
            f"CREATE OR REPLACE TEMP TABLE {CONTESTED} AS SELECT DISTINCT event_key FROM {table}_superseded"
            " WHERE event_key IN (SELECT event_key FROM going)"
        )
        tx.run(f"DELETE FROM {table} WHERE {these}")
        tx.run(f"DELETE FROM {table}_superseded WHERE {these}")
        if tx.value(f"SELECT count(*) AS n FROM {CONTESTED}"):
            settle(tx, table)
            tx.run(
                f"CREATE OR REPLACE TEMP TABLE back AS SELECT * FROM {table}"
                f" WHERE event_key IN (SELECT event_key FROM {CONTESTED})"
            )
            touch(tx, table, "back")
    tx.run("DROP TABLE going")
    return gone


def _to_disk(folder: Path) -> None:
    """Wait until what was kept is on the disk: the rows go only after that."""
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _expect(tx: Transaction, load_id: str, status: str) -> None:
    found = tx.one("SELECT status, file_name FROM loads WHERE load_id = ?", [load_id])
    if found is None:
        known = [str(row["load_id"]) for row in tx.rows("SELECT load_id FROM loads")]
        raise Refused(f"There is no load {load_id}.{did_you_mean(load_id, known)}", "See python -m loaders list.")
    if found["status"] != status:
        verb = "undo" if status == "published" else "redo"
        raise Refused(
            f"Load {load_id} ({found['file_name']}) is {found['status']}: there is nothing to {verb}.",
            "See python -m loaders list.",
        )


def _expect_only(tx: Transaction, load_id: str) -> None:
    found = tx.one(
        "SELECT again.load_id FROM loads AS again JOIN loads AS undone ON again.sha256 = undone.sha256"
        " AND again.format = undone.format AND CAST(again.options AS VARCHAR) = CAST(undone.options AS VARCHAR)"
        " WHERE again.status = 'published' AND undone.load_id = ?",
        [load_id],
    )
    if found:
        raise Refused(
            f"Already loaded as {found['load_id']}: the file of {load_id} was loaded again since.",
            f"To put {load_id} in instead, take that one back first: python -m loaders undo {found['load_id']}.",
        )
