"""The stage a format fills in the child process: text tables, then typed Parquet, with every source record counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data.literal import literal
from loaders.contract import columns_of
from loaders.explain import explain
from loaders.format import Format
from loaders.job import Job, Parsed, StagedFact
from loaders.plan import Plan
from loaders.refused import invalid_cells, refused, sound_cells
from loaders.totals import period, totals

_BATCH = 50_000
_PARQUET = "(FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 15000)"
QUARANTINE = pa.schema(
    [("line", pa.int64()), ("column_name", pa.string()), ("code", pa.string()), ("message", pa.string()),
     ("value", pa.string()), ("record", pa.int64())]
)  # fmt: skip
LONGEST_SHOWN = 500
"""Characters of a refused cell that are kept."""


class TextTable:
    """Rows of text written to a Parquet file batch by batch, so that memory stays bounded."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self._schema = pa.schema([(name, pa.string()) for name in columns])
        self._rows: list[tuple[str | None, ...]] = []
        self._writer = pq.ParquetWriter(path, self._schema)

    def add(self, *values: str | None) -> None:
        """Add one row; values in the order of the columns."""
        self._rows.append(values)
        if len(self._rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            columns = [pa.array(values, pa.string()) for values in zip(*self._rows, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))
            self._rows = []

    def close(self) -> None:
        """Write what is left and close the file."""
        self._flush()
        self._writer.close()


class DuckStage:
    """The Stage of loaders/format.py over a hardened in-memory database and a staging folder."""

    def __init__(self, connection: Any, job: Job, source: Format) -> None:
        folder = Path(job.folder)
        self.options = job.options
        self.careful = job.careful
        self._connection = connection
        self._folder = folder
        self._format = source
        self._zone = job.reporting_zone
        self._open: dict[str, TextTable] = {}
        self._facts: list[StagedFact] = []
        self._refused: list[StagedFact] = []
        self._records = 0
        self._counts: Counter[str] = Counter()
        self._ignored: Counter[str] = Counter()
        self._notes: list[str] = []
        self._seen: dict[str, int] = {}
        self._quarantine_path = folder / "quarantine.parquet"
        self._quarantine = pq.ParquetWriter(self._quarantine_path, QUARANTINE)
        self._bad: list[dict[str, object]] = []
        self._totals: dict[str, float] = {}
        self._fast = False
        self._commas = 0

    # what a format counts --------------------------------------------------------------------------------------------
    def read(self, records: int = 1) -> None:
        """Count source records of the file."""
        self._counts["rows_read"] += records

    def so_far(self) -> int:
        """Source records counted until now."""
        return self._counts["rows_read"]

    def blank(self, records: int = 1) -> None:
        """Count records that hold nothing."""
        self._counts["blank"] += records

    def ignore(self, reason: str, records: int = 1) -> None:
        """Count records that a named rule of the format leaves out."""
        if records:
            self._counts["ignored"] += records
            self._ignored[reason] += records

    def broken(self, line: int | None, column: str | None, code: str, message: str, value: str | None = None) -> None:
        """Quarantine one record that could not be read at all."""
        self._counts["quarantined"] += 1
        self._records += 1
        self._remember(line=line, column_name=column, code=code, message=message, value=value, record=self._records)

    def note(self, message: str) -> None:
        """Tell the person something about the file."""
        self._notes.append(message)

    def total(self, key: str, value: int) -> None:
        """State a total of the file that the staged rows do not tell."""
        self._totals[key] = value

    # what a format hands over ----------------------------------------------------------------------------------------
    def table(self, name: str, columns: Sequence[str]) -> TextTable:
        """A table of text for SQL to read under `name`."""
        self._open[name] = TextTable(self._folder / f"text-{len(self._open)}-{len(self._seen)}.parquet", columns)
        self._seen[name] = len(self._seen)
        return self._open[name]

    def _publish_tables(self) -> None:
        for name, table in self._open.items():
            table.close()
            self._connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({literal(table.path)})')
        self._open = {}

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Ask the tables made so far."""
        self._publish_tables()
        return list(self._connection.execute(sql).fetchall())

    def fill(self, fact: str, columns: Iterable[str], relation: str) -> None:
        """Hand over located rows of a fact; rows that break the contract go to the quarantine with their cells."""
        self._publish_tables()
        plan = self._plan(fact, columns, located=True)
        name = f"given_{len(self._facts)}"
        self._connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM ({relation}) AS given")
        self._set_aside(plan, f"SELECT * FROM {name}")
        self._write(plan, plan.staged(f"SELECT * FROM {name}"), "s.source_row")
        self._connection.execute(f"DROP TABLE {name}")

    def fill_file(
        self, fact: str, columns: Iterable[str], relation: str, *, expected: int | None = None,
        native: frozenset[str] = frozenset(),
    ) -> bool:  # fmt: skip
        """Hand over a clean file in one pass, its order kept; False when it is not clean, or rows are missing."""
        plan = self._plan(fact, columns, located=False)
        plan = replace(plan, one_line=expected is None, native=native - set(plan.constants) & set(plan.columns))
        try:
            entry = self._write(plan, plan.staged_whole(relation), "s.file_row_number + 1")
        except Exception:  # the reader's refusal or the contract's: record by record will tell which line it was
            return False
        if expected is not None and entry.rows != expected:
            self._facts.pop()
            return False
        self._fast = expected is None
        self.read(entry.rows)
        return True

    def _plan(self, fact: str, columns: Iterable[str], *, located: bool) -> Plan:
        constants = {key: value for key, value in self.options.values.items() if key in columns_of(fact)}
        if self.options.pilot and "pilot_id" in columns_of(fact):
            constants["pilot_id"] = self.options.pilot
        given = list(columns)
        if self.options.product:
            given = [name for name in given if name != "product_id"]
            constants["product_id"] = self.options.product
        system = self._format.name
        return Plan(fact, tuple(given), constants, system, self._zone, located, said=self.options.values)

    def _write(self, plan: Plan, select: str, source_row: str) -> StagedFact:
        file = f"{plan.table}-{len(self._facts)}.parquet"
        self._connection.execute(f"COPY ({select}) TO {literal(self._folder / file)} {_PARQUET}")
        from_file = f"read_parquet({literal(self._folder / file)})"
        names = [row[0] for row in self._connection.execute(f"DESCRIBE SELECT * FROM {from_file}").fetchall()]
        folded = "CAST(coalesce(sum(source_records), 0) AS BIGINT)" if plan.located else "count(*)"
        rows, records = self._connection.execute(f"SELECT count(*), {folded} FROM {from_file}").fetchall()[0]
        entry = StagedFact(plan.table, file, tuple(names), source_row, rows, records)
        self._facts.append(entry)
        return entry

    # quarantine ------------------------------------------------------------------------------------------------------
    def _set_aside(self, plan: Plan, relation: str) -> None:
        """The rows that break the contract: what is wrong with them into the quarantine, their other cells beside it,
        so that the record can be given again without the file.
        """
        name = f"refused_{len(self._facts)}"
        self._connection.execute(f"CREATE TEMP TABLE {name} AS {refused(plan, relation)}")
        bad = self._connection.execute(invalid_cells(plan, name))
        rows = records = 0
        while found := bad.fetchmany(1_000):
            rows += len(found)
            for record, line, source_records, cells in found:
                records += source_records
                for cell in cells:
                    self._reject(plan, self._records + record, line, cell["name"], cell["cell"])
        if rows:
            file = f"refused-{len(self._facts)}.parquet"
            path = literal(self._folder / file)
            self._connection.execute(f"COPY ({sound_cells(plan, name, self._records)}) TO {path} {_PARQUET}")
            columns = pq.read_schema(self._folder / file).names
            self._refused.append(StagedFact(plan.table, file, tuple(columns), "s.source_row", rows, records))
        self._connection.execute(f"DROP TABLE {name}")
        self._records += rows
        self._counts["quarantined"] += records

    def _reject(self, plan: Plan, record: int, line: int | None, name: str, cell: str | None) -> None:
        column, person = columns_of(plan.table)[name], name in plan.fact.people
        number, sign = column.kind in (int, float), self.options.values.get("decimal")
        if cell and number:
            self._commas += sign is None and "," in cell
            cell = cell.rstrip()  # which written.as_iso put there
        code, message = explain(column, cell, hidden=person)
        message += f' The decimal sign was said to be "{sign}".' if cell and number and sign else ""
        shown = "(a person)" if person and cell else cell
        self._remember(line=line, column_name=name, code=code, message=message, value=shown, record=record)

    def _remember(self, **cell: object) -> None:
        value = cell["value"]
        if isinstance(value, str) and len(value) > LONGEST_SHOWN:
            cell["value"] = value[:LONGEST_SHOWN] + "…"
        self._bad.append(cell)
        if len(self._bad) >= _BATCH:
            self._flush_quarantine()

    def _flush_quarantine(self) -> None:
        self._quarantine.write_table(pa.Table.from_pylist(self._bad, QUARANTINE))
        self._bad = []

    # the end ---------------------------------------------------------------------------------------------------------
    def staged(self, table: str) -> str:
        """SQL: all rows staged for a fact so far."""
        files = ", ".join(f"{literal(self._folder / entry.file)}" for entry in self._facts if entry.table == table)
        return f"read_parquet([{files}], union_by_name = true)"

    def finish(self, confidence: float) -> Parsed:
        """Close everything and say what was found."""
        if self._commas:
            self.note(
                f"{self._commas:,} numbers with a comma were not taken. If it is the decimal sign, say --set decimal=,"
                " (1.234 then means 1234); if it stands between thousands, say --set decimal=."
            )
        self._publish_tables()
        self._flush_quarantine()
        self._quarantine.close()
        have = {entry.table for entry in self._facts if entry.rows}
        found = totals(have, self.staged, self.rows) | self._totals
        first, last = period(have, self.staged, self.rows)
        return Parsed(
            format=self._format.name,
            confidence=confidence,
            rows_read=self._counts["rows_read"],
            quarantined=self._counts["quarantined"],
            blank=self._counts["blank"],
            ignored=self._counts["ignored"],
            ignored_reasons=dict(self._ignored),
            facts=tuple(self._facts),
            totals=found,
            first_at=first,
            last_at=last,
            refused=tuple(self._refused),
            messages=tuple(self._notes),
            fast=self._fast,
        )
