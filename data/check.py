"""Whether a warehouse is whole: everything can be read, and everything that must agree does."""

from typing import NamedTuple

from data.backup import contents
from data.cursor import Rows
from data.facts import FACTS, key_columns
from data.reduction import differing
from data.versions import last_change
from data.warehouse import Warehouse


class Finding(NamedTuple):
    """One thing that was checked: whether it is well, and a sentence about it."""

    well: bool
    sentence: str


def check(store: Warehouse) -> tuple[dict[str, int], list[Finding]]:
    """The rows of each table and what was found, at one version of the data. Raises WarehouseError for damage."""
    version = last_change(store)
    last = store.journal.last_version()
    with store.reading() as reader:
        rows = {table: count for table, (count, _) in contents(reader).items()}
        wrong = differing(reader)
        findings = [
            _finding(wrong, f"user_days equals a full rebuild ({rows['user_days']:,} rows)",
                     "{n} rows of user_days differ from a full rebuild"),
            *_loads(reader),
        ]  # fmt: skip
    journal = f"the journal and the file stand at version {version}"
    if last != version:
        journal = f"the journal stands at version {last}, the file at {version}"
    return rows, [*findings, Finding(last == version, journal)]


def _loads(reader: Rows) -> list[Finding]:
    unequal = reader.rows(
        "SELECT load_id, rows_read, accepted, duplicates, quarantined, blank, ignored FROM loads"
        " WHERE rows_read <> accepted + duplicates + quarantined + blank + ignored ORDER BY load_id"
    )
    loads = reader.value("SELECT count(*) AS n FROM loads")
    found = [
        Finding(
            False,
            f"load {row['load_id']} read {row['rows_read']} records, but accepted {row['accepted']} + duplicates"
            f" {row['duplicates']} + quarantined {row['quarantined']} + blank {row['blank']} + ignored {row['ignored']}"
            " is another number",
        )
        for row in unequal
    ] or [Finding(True, f"every record of {loads} loads is accounted for")]
    strays = twice = 0
    for table in FACTS:
        strays += _count(reader, f"SELECT count(*) AS n FROM {table} WHERE load_id NOT IN"
                         " (SELECT load_id FROM loads WHERE status = 'published')")  # fmt: skip
        twice += _count(reader, f"SELECT count(*) AS n FROM {table}")
        twice -= _count(
            reader, f"SELECT count(*) AS n FROM (SELECT DISTINCT {key_columns(table)} FROM {table}) AS records"
        )
    return [
        *found,
        _finding(strays, "every fact belongs to a published load", "{n} facts belong to no published load"),
        _finding(twice, "no record is stored twice", "{n} records are stored twice"),
    ]


def _count(reader: Rows, sql: str) -> int:
    return int(str(reader.value(sql)))


def _finding(wrong: int, well: str, ill: str) -> Finding:
    return Finding(not wrong, well if not wrong else ill.format(n=wrong))
