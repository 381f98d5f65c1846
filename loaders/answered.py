"""Answers about refused cells, held against the quarantine that they are of: which records they settle, and how."""

from __future__ import annotations

import json
from pathlib import Path

from data.cursor import Reader, Row
from data.errors import did_you_mean
from data.literal import literal
from loaders import FORMATS
from loaders.contract import columns_of
from loaders.corrections import SETTLED
from loaders.format import Refused
from loaders.quarantine import PERSON, pictured
from loaders.sheet import CORRECT, LEAVE_OUT


class Answered:
    """Answers held against one quarantine, in temporary tables of one reader that end with it."""

    def __init__(self, reader: Reader, load: Row, folder: Path) -> None:
        """`load` is the row of the load; `folder` holds answers.parquet, and is where the records go."""
        self._reader = reader
        self._load_id = str(load["load_id"])
        self._said = {"load": self._load_id}
        self._folder = folder
        self._fact = self._only_fact(load)

    def _rows(self, sql: str) -> list[Row]:
        return self._reader.rows(sql, self._said if "$load" in sql else ())

    def _only_fact(self, load: Row) -> str | None:
        """The fact of records that could not be told into cells, where the load holds no other."""
        seen = {str(row["fact"]) for row in self._rows(
            "SELECT DISTINCT fact FROM quarantine_records WHERE load_id = $load AND fact IS NOT NULL")}  # fmt: skip
        seen |= set(json.loads(str(load["written"])))
        facts = seen or set(FORMATS[str(load["format"])].facts)
        return facts.pop() if len(facts) == 1 else None

    def write(self, given: Path) -> list[str]:
        """Write the records to give again, and which they are; what a person should know of the others."""
        answers = f"read_parquet({literal(self._folder / 'answers.parquet')})"
        self._check(answers)
        self._match(answers)
        self._check_cells()
        self._rows(
            "CREATE TEMP TABLE lacking AS SELECT q.record, min(q.line) AS line, min(q.column_name) AS column_name"
            " FROM quarantine AS q JOIN quarantine_records AS r ON r.load_id = q.load_id AND r.record = q.record"
            " WHERE q.load_id = $load AND r.cells IS NOT NULL AND q.record IN (SELECT record FROM answered)"
            f" AND q.record NOT IN (SELECT record FROM answered WHERE action = '{LEAVE_OUT}')"
            " AND NOT EXISTS (SELECT 1 FROM answered AS a WHERE a.record = q.record"
            " AND a.column_name = q.column_name) GROUP BY q.record"
        )
        self._rows(
            f"COPY (SELECT coalesce(r.fact, {literal(self._fact or '')}) AS fact, r.record AS source_row, r.line,"
            " r.source_records, a.left_out,"
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
        """What is corrected is a column of the record's fact, and no name is given to many."""
        for row in self._rows(
            "SELECT min(a.sheet_line) AS sheet_line, min(a.record) AS record, r.fact, r.cells IS NULL AS untold,"
            " a.column_name, min(r.line) AS line FROM answered AS a"
            " JOIN quarantine_records AS r ON r.load_id = $load AND r.record = a.record"
            f" WHERE a.action <> '{LEAVE_OUT}' GROUP BY r.fact, r.cells IS NULL, a.column_name ORDER BY 1"
        ):
            fact = row["fact"] or self._fact
            known = columns_of(str(fact)) if fact else {}
            if row["untold"] and row["column_name"] not in known:
                raise Refused(
                    f"{_where(row)}the cells of line {row['line']} are not kept: it could not be told into cells.",
                    "Correct it in its file and load that again (what is in counts once), write the record into the"
                    f' sheet, a line for each column, or say "{LEAVE_OUT}".',
                )
            if row["column_name"] not in known:
                raise Refused(
                    f'{_where(row)}{fact} has no column "{row["column_name"]}".'
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
