"""Which refused records were given again: told by the loads in force, so that taking one back opens its records."""

from __future__ import annotations

from data.cursor import Row, Rows, Transaction
from data.literal import literal
from loaders.format import Refused
from loaders.incoming import Origin

SETTLED = """
    SELECT c.of_load, c.record, c.load_id AS by_load,
        CASE WHEN c.left_out THEN 'left out' WHEN again.source_row IS NULL THEN 'corrected' ELSE 'refused again' END
            AS standing
    FROM corrections AS c JOIN loads AS l ON l.load_id = c.load_id AND l.status = 'published'
    LEFT JOIN (SELECT DISTINCT load_id, source_row FROM quarantine_records) AS again
        ON again.load_id = c.load_id AND again.source_row = c.record
"""
"""SQL: the records that are settled, by which load and how. A load of corrections takes the record's number in the
quarantine it comes from for its source_row, so what is refused again is told by that number."""


def remember(tx: Transaction, origin: Origin) -> None:
    """Write down which records a load of corrections settles. Raises Refused when one of them is settled already."""
    if origin.corrects is None:
        return
    origin_of(tx, origin.corrects)
    settled = literal(origin.folder / "corrections.parquet")
    tx.run(
        f"INSERT INTO corrections SELECT ?, ?, record, left_out FROM read_parquet({settled})",
        [origin.load_id, origin.corrects],
    )
    expect_only(tx, origin.load_id)
    left_out, all_of_them = (
        tx.value("SELECT count(*) AS n FROM corrections WHERE load_id = ? AND (left_out OR ?)", [origin.load_id, every])
        for every in (False, True)
    )
    tx.audit(
        "correct", before={"load_id": origin.corrects},
        after={"load_id": origin.load_id, "records": all_of_them, "left_out": left_out},
    )  # fmt: skip


def expect_only(tx: Transaction, load_id: str) -> None:
    """Raise Refused when a record that this load corrects is settled by another load in force."""
    found = tx.one(
        f"SELECT s.by_load, s.of_load, count(*) AS records FROM ({SETTLED}) AS s JOIN corrections AS mine"
        " ON mine.of_load = s.of_load AND mine.record = s.record AND mine.load_id = ? AND s.by_load <> mine.load_id"
        " GROUP BY s.by_load, s.of_load ORDER BY s.by_load LIMIT 1",
        [load_id],
    )
    if found:
        raise Refused(
            f"{found['records']:,} of these records of {found['of_load']} were corrected by load {found['by_load']}"
            " already.",
            f"To correct them otherwise, take that load back first: python -m loaders undo {found['by_load']}.",
        )


def in_force(store: Rows, load_id: str) -> list[Row]:
    """The loads in force that correct records of a load: load_id, loaded_by, loaded_at, records, left_out."""
    return store.rows(
        "SELECT l.load_id, l.loaded_by, l.loaded_at, count(*) AS records,"
        " count(CASE WHEN c.left_out THEN 1 END) AS left_out FROM corrections AS c JOIN loads AS l"
        " ON l.load_id = c.load_id WHERE c.of_load = ? AND l.status = 'published'"
        " GROUP BY l.load_id, l.loaded_by, l.loaded_at ORDER BY l.load_id",
        [load_id],
    )


def origin_of(store: Rows, load_id: str) -> Row:
    """The load whose quarantine is to be corrected. Raises Refused when it is unknown or taken back."""
    row = store.one("SELECT * FROM loads WHERE load_id = ?", [load_id])
    if row is None:
        raise Refused(f"There is no load {load_id}.", "See python -m loaders list.")
    if row["status"] != "published":
        raise Refused(
            f"Load {load_id} ({row['file_name']}) is {row['status']}: there is nothing to correct in it.",
            f"Put it in again first: python -m loaders redo {load_id}.",
        )
    return row
