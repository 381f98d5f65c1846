"""What is kept of records that were refused: why, cell by cell, and their sound cells, people as pseudonyms."""

from __future__ import annotations

import pyarrow.parquet as pq

from data.cursor import Transaction
from data.facts import FACTS
from data.literal import literal
from data.pseudonym import Pseudonyms
from loaders.contract import columns_of
from loaders.incoming import Origin, write_people
from loaders.job import Parsed, StagedFact

_NUMBERED = "refused_records"


def keep(tx: Transaction, origin: Origin, parsed: Parsed, people: Pseudonyms | None) -> int:
    """Store the quarantine of a load, its records numbered in the order of the file; the source records in it."""
    file = origin.folder / "quarantine.parquet"
    if not pq.read_metadata(file).num_rows:
        return 0
    cells = f"read_parquet({literal(file)})"
    tx.run(
        f"CREATE OR REPLACE TEMP TABLE {_NUMBERED} AS SELECT given, line,"
        " row_number() OVER (ORDER BY line NULLS LAST, given) AS record"
        f" FROM (SELECT record AS given, min(line) AS line FROM {cells} GROUP BY record) AS records"
    )
    tx.run(
        "INSERT INTO quarantine BY NAME SELECT ? AS load_id, c.* REPLACE (n.record AS record)"
        f" FROM {cells} AS c JOIN {_NUMBERED} AS n ON n.given = c.record",
        [origin.load_id],
    )
    for number, entry in enumerate(parsed.refused):
        _keep_rows(tx, origin, entry, number, people)
    tx.run(
        "INSERT INTO quarantine_records (load_id, record, line, source_records) SELECT ?, record, line, 1"
        f" FROM {_NUMBERED} WHERE record NOT IN (SELECT record FROM quarantine_records WHERE load_id = ?)",
        [origin.load_id, origin.load_id],
    )
    total = "SELECT CAST(coalesce(sum(source_records), 0) AS BIGINT) AS n FROM quarantine_records WHERE load_id = ?"
    return int(str(tx.value(total, [origin.load_id])))


def _keep_rows(tx: Transaction, origin: Origin, entry: StagedFact, number: int, people: Pseudonyms | None) -> None:
    rows = f"read_parquet({literal(origin.folder / entry.file)})"
    named = [name for name in FACTS[entry.table].people if name in entry.columns] if people is not None else []
    cells = {name: f's."{name}"' for name in entry.columns if name in columns_of(entry.table)}
    joins = ""
    if people is not None and named:
        names = write_people(tx, origin.folder / f"refused-people-{number}.parquet", rows, named, people)
        joins = "".join(f" LEFT JOIN {names} AS {name}_as ON {name}_as.stated = s.{name}" for name in named)
        cells |= {name: f"{name}_as.pseudonym" for name in named}
    entries = ", ".join(f"{{'name': '{name}', 'cell': {cell}}}" for name, cell in cells.items())
    tx.run(
        "INSERT INTO quarantine_records SELECT ?, n.record, ?, s.source_row, s.line, s.source_records,"
        f" map_from_entries(list_filter([{entries}], lambda found: found.cell IS NOT NULL))"
        f" FROM {rows} AS s JOIN {_NUMBERED} AS n ON n.given = s.record{joins}",
        [origin.load_id, entry.table],
    )
