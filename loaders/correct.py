"""From answers about refused cells to a load of their own: the records with the answers in place, read like a file."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.cursor import Reader, Row
from data.errors import did_you_mean
from data.settings import settings
from data.warehouse import Warehouse
from loaders import FORMATS, process
from loaders.contract import columns_of
from loaders.corrections import SETTLED, origin_of
from loaders.format import Options, Refused
from loaders.incoming import Origin
from loaders.ingest import Preview, new_load
from loaders.job import Job
from loaders.literal import literal
from loaders.quarantine import PERSON, pictured
from loaders.sheet import CORRECT, LEAVE_OUT, Answer

_ANSWERS = pa.schema(
    [("sheet_line", pa.int64()), ("record", pa.int64()), ("line", pa.int64()), ("column_name", pa.string()),
     ("code", pa.string()), ("found", pa.string()), ("action", pa.string()), ("corrected", pa.string())]
)  # fmt: skip


def read_corrections(store: Warehouse, load_id: str, answers: Sequence[Answer]) -> Preview:
    """The records of a load's quarantine that the answers settle, read again in a child process; nothing is changed.

    A record is given again when each of its refused cells has an answer; the others stay where they are and are named.
    Raises Refused, using none of the answers, when one of them is of no record, no column, a record that was not told
    into cells, or contradicts another; or when nothing is left to give again.
    """
    began = time.monotonic()
    if not answers:
        raise Refused("Nothing was corrected.", "Fill the column corrected, or say empty or leave out as the action.")
    made, folder, _ = new_load(store)
    given = folder / "given.parquet"
    try:
        with store.reading() as reader:
            row = origin_of(reader, load_id)
            _write_answers(folder / "answers.parquet", answers)
            messages = _Answered(reader, load_id, folder).write(given)
            digest = str(reader.value(
                "SELECT sha256($load || string_agg(CAST(hash(source_row, left_out, cells) AS VARCHAR), ','"
                f" ORDER BY source_row)) AS digest FROM read_parquet({literal(given)})", {"load": load_id},
            ))  # fmt: skip
            zone = settings(reader).reporting_zone
        form, stated = str(row["format"]), str(row["options"])
        if form not in FORMATS:
            raise Refused(f"This Plumbline does not read {form} any more.", "Correct the file and load it again.")
        child = process.start(
            Job(str(given), str(folder), form, Options(**json.loads(stated)), zone, resubmission=True)
        )
        try:
            parsed = process.finish(child)
        finally:
            process.end(child)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    name = f"corrections of {row['file_name']}"
    origin = Origin(made, digest, name, stated, FORMATS[form].product_field, folder, load_id)
    parsed = replace(parsed, messages=(*messages, *parsed.messages))
    return Preview(origin, parsed, given, time.monotonic() - began)


def _write_answers(path: Path, answers: Sequence[Answer]) -> None:
    rows = [{**asdict(answer), "column_name": answer.column, "line": answer.line} for answer in answers]
    pq.write_table(pa.Table.from_pylist(rows, _ANSWERS), path)


class _Answered:
    """Answers held against one quarantine, in temporary tables of one reader that end with it."""

    def __init__(self, reader: Reader, load_id: str, folder: Path) -> None:
        self._reader = reader
        self._said = {"load": load_id}
        self._folder = folder
        self._load_id = load_id

    def _rows(self, sql: str) -> list[Row]:
        return self._reader.rows(sql, self._said if "$load" in sql else ())

    def write(self, given: Path) -> list[str]:
        """Write the records to give again, and which they are; what a person should know of the others."""
        answers = f"read_parquet({literal(self._folder / 'answers.parquet')})"
        self._check(answers)
        self._match(answers)
        self._check_cells()
        self._rows(
            "CREATE TEMP TABLE lacking AS SELECT q.record, min(q.line) AS line, min(q.column_name) AS column_name"
            " FROM quarantine AS q WHERE q.load_id = $load AND q.record IN (SELECT record FROM answered)"
            " AND q.record NOT IN (SELECT record FROM answered WHERE action = 'leave out')"
            " AND NOT EXISTS (SELECT 1 FROM answered AS a WHERE a.record = q.record"
            " AND a.column_name = coalesce(q.column_name, '')) GROUP BY q.record"
        )
        self._rows(
            "COPY (SELECT r.fact, r.record AS source_row, r.line, r.source_records, a.left_out,"
            " map_concat(coalesce(r.cells, MAP {}), a.cells) AS cells FROM quarantine_records AS r JOIN ("
            f"  SELECT record, bool_or(action = '{LEAVE_OUT}') AS left_out, map_from_entries(list("
            f"   {{'name': column_name, 'cell': CASE WHEN action = '{CORRECT}' THEN corrected END}})) AS cells"
            "   FROM answered WHERE record NOT IN (SELECT record FROM lacking) GROUP BY record) AS a"
            f" ON a.record = r.record WHERE r.load_id = $load ORDER BY r.record) TO {literal(given)}"
        )
        done = f"read_parquet({literal(given)})"
        self._rows(
            f"COPY (SELECT source_row AS record, left_out FROM {done}) TO"
            f" {literal(self._folder / 'corrections.parquet')}"
        )
        counts = self._rows(f"SELECT count(*) AS n, count(CASE WHEN left_out THEN 1 END) AS gone FROM {done}")[0]
        return self._messages(int(str(counts["n"])), int(str(counts["gone"])))

    def _check(self, answers: str) -> None:
        """Every answer is of a record that there is, on the line that it says."""
        for row in self._rows(
            f"SELECT g.sheet_line, g.record, g.line, r.record IS NULL AS unknown, r.line AS really FROM {answers} AS g"
            " LEFT JOIN quarantine_records AS r ON r.load_id = $load AND r.record = g.record"
            " WHERE g.record IS NOT NULL AND (r.record IS NULL OR g.line <> r.line) ORDER BY g.sheet_line LIMIT 1"
        ):
            what = (
                f"no record {row['record']} is in the quarantine of {self._load_id}"
                if row["unknown"]
                else f"record {row['record']} is of line {row['really']} of the file, not of line {row['line']}"
            )
            raise Refused(f"{_where(row)}{what}.", "Leave the columns load, record, line and column as they came.")

    def _match(self, answers: str) -> None:
        """`answered`: what is said of each cell of the open records, a word for one record before one for many."""
        self._rows(
            "CREATE TEMP TABLE said AS"
            " SELECT g.sheet_line, g.record, g.column_name, g.action, g.corrected, FALSE AS many"
            f" FROM {answers} AS g WHERE g.record IS NOT NULL UNION ALL"
            " SELECT g.sheet_line, q.record, g.column_name, g.action, g.corrected, TRUE AS many"
            f" FROM {answers} AS g JOIN quarantine AS q ON q.load_id = $load AND q.code = g.code"
            f" AND coalesce(q.column_name, '') = g.column_name AND {pictured('q.value')} = g.found"
            " WHERE g.record IS NULL"
        )
        self._rows(f"CREATE TEMP TABLE settled AS SELECT record, by_load FROM ({SETTLED}) AS s WHERE of_load = $load")
        self._rows(
            "CREATE TEMP TABLE answered AS SELECT record, column_name, arg_min(action, many) AS action,"
            " arg_min(corrected, many) AS corrected, min(sheet_line) AS sheet_line FROM said"
            " WHERE record NOT IN (SELECT record FROM settled) GROUP BY record, column_name"
        )
        for row in self._rows(
            "SELECT max(sheet_line) AS sheet_line, record, column_name FROM said GROUP BY record, column_name, many"
            " HAVING count(DISTINCT concat_ws(chr(0), action, corrected)) > 1 ORDER BY 1 LIMIT 1"
        ):
            raise Refused(
                f"{_where(row)}the {row['column_name'] or 'whole'} of record {row['record']} is answered twice, and not"
                " alike.",
                "Keep one of the answers.",
            )

    def _check_cells(self) -> None:
        """What is corrected is a column of the record's fact, of a record that has cells, and no name for many."""
        for row in self._rows(
            "SELECT min(a.sheet_line) AS sheet_line, min(a.record) AS record, r.fact, r.cells IS NULL AS untold,"
            " a.column_name, min(r.line) AS line FROM answered AS a"
            " JOIN quarantine_records AS r ON r.load_id = $load AND r.record = a.record"
            f" WHERE a.action <> '{LEAVE_OUT}' GROUP BY r.fact, r.cells IS NULL, a.column_name ORDER BY 1"
        ):
            if row["untold"]:
                raise Refused(
                    f"{_where(row)}the cells of line {row['line']} are not kept, so nothing in it can be corrected"
                    " here.",
                    f'Correct it in the file and load that again (what is in counts once), or say "{LEAVE_OUT}".',
                )
            known = columns_of(str(row["fact"]))
            if row["column_name"] not in known:
                raise Refused(
                    f'{_where(row)}{row["fact"]} has no column "{row["column_name"]}".'
                    f"{did_you_mean(str(row['column_name']), known)}",
                    f"Its columns: {', '.join(known)}.",
                )
        named = self._rows(
            "SELECT min(s.sheet_line) AS sheet_line FROM said AS s"
            " JOIN quarantine AS q ON q.load_id = $load AND q.record = s.record"
            f" AND q.column_name = s.column_name WHERE s.many AND s.action = '{CORRECT}' AND q.value = '{PERSON}'"
        )[0]
        if named["sheet_line"] is not None:
            raise Refused(f"{_where(named)}one name cannot be right for many people.", "Correct record by record.")

    def _messages(self, records: int, left_out: int) -> list[str]:
        messages = []
        for row in self._rows(
            "SELECT s.by_load, count(DISTINCT s.record) AS n FROM settled AS s WHERE s.record IN"
            " (SELECT record FROM said) GROUP BY s.by_load ORDER BY s.by_load"
        ):
            messages.append(f"{row['n']:,} of the records were settled by load {row['by_load']} already.")
        lacking = self._rows("SELECT count(*) AS n, arg_min(line, record) AS line,"
                             " arg_min(column_name, record) AS column_name FROM lacking")[0]  # fmt: skip
        if lacking["n"]:
            messages.append(
                f"{lacking['n']:,} of the records stay in the quarantine: another cell of them needs an answer, too"
                f" (first {lacking['column_name']} on line {lacking['line']})."
            )
        if not records:
            raise Refused(
                " ".join(["Nothing is left to give again.", *messages]),
                f"See what is open: python -m loaders quarantine {self._load_id}.",
            )
        given = f"{records - left_out:,} records given again, {left_out:,} left out"
        return [f"Corrections of load {self._load_id}: {given}.", *messages]


def _where(row: Row) -> str:
    return f"Line {row['sheet_line']} of the sheet: " if row["sheet_line"] else ""
