"""Text becomes typed columns, or a reason why not: SQL generated from the models of data/facts.py.

The rules are those of a round trip: nothing is rounded, no offset is dropped, no word is guessed to be a truth value. The
models are read once and never built per row.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Literal, Union, get_args, get_origin

from data.facts import FACTS, Fact

MOMENT = r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z| UTC|[+-]\d\d(:?\d\d)?)?)?"
WHOLE = r"[+-]?\d{1,18}(\.0*)?"
NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
EARLIEST, LATEST = "1990-01-01", "2100-01-01"
TRUE, FALSE = ("true", "1"), ("false", "0")

VERSION = {
    "interactions": "occurred_at",
    "model_calls": "occurred_at",
    "feedback": "given_at",
    "usage_daily": "CAST(day AS TIMESTAMP)",
    "eval_results": "run_at",
    "tickets": "greatest(opened_at, assigned_at, first_response_at, resolved_at, documented_at, eval_added_at)",
}
"""What dates a version of a record whose file states no version_at."""
DEFAULTS = {
    ("interactions", "task_key"): "coalesce(session_id, interaction_id)",
    ("eval_results", "origin"): "'suite'",
    ("eval_results", "epoch"): "0",
    ("tickets", "kind"): "'other'",
    ("tickets", "status"): "CASE WHEN resolved_at IS NULL THEN 'new' ELSE 'done' END",
}
"""What stands where the file leaves a column empty that the table needs, over the other typed columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a fact's contract, as its model declares it."""

    name: str
    kind: type
    required: bool
    words: tuple[str, ...] = ()
    low: float | None = None
    above: float | None = None
    high: float | None = None
    longest: int | None = None

    @property
    def expected(self) -> str:
        """What a cell must be, in words."""
        if self.words:
            return " or ".join([", ".join(self.words[:-1]), self.words[-1]]) if len(self.words) > 1 else self.words[0]
        if self.kind is bool:
            return "true or false"
        if self.kind is datetime:
            return f"a moment like 2026-03-01T09:30:00Z between {EARLIEST} and {LATEST}"
        if self.kind is date:
            return f"a day like 2026-03-01 between {EARLIEST} and {LATEST}"
        if self.kind is str:
            return f"text of at most {self.longest} characters without line breaks"
        limits = ((" from ", self.low), (" above ", self.above), (" up to ", self.high))
        bounds = "".join(f"{word}{limit:,.0f}" for word, limit in limits if limit is not None)
        return ("a whole number" if self.kind is int else "a number") + bounds


@cache
def columns_of(table: str) -> Mapping[str, Column]:
    """The contract of a table by column name, read from its model."""
    found = {}
    for name, info in FACTS[table].model_fields.items():
        annotation = info.annotation
        marks = list(info.metadata)
        if get_origin(annotation) in (Union, types.UnionType):
            annotation = next(part for part in get_args(annotation) if part is not type(None))
        if hasattr(annotation, "__metadata__"):
            for mark in annotation.__metadata__:
                marks += getattr(mark, "metadata", [mark])
            annotation = get_args(annotation)[0]
        words = tuple(str(word) for word in get_args(annotation)) if get_origin(annotation) is Literal else ()
        found[name] = Column(
            name=name,
            kind=str if words or not isinstance(annotation, type) else annotation,
            required=info.is_required(),
            words=words,
            low=_mark(marks, "ge"),
            above=_mark(marks, "gt"),
            high=_mark(marks, "le"),
            longest=int(_mark(marks, "max_length") or 0) or None,
        )
    return found


def _mark(marks: Iterable[object], name: str) -> float | None:
    return next((float(getattr(mark, name)) for mark in marks if hasattr(mark, name)), None)


def valid(column: Column) -> str:
    """SQL: whether the trimmed text of this column (NULL where empty) obeys the contract; never NULL."""
    name = f'"{column.name}"'
    empty = "FALSE" if column.required else "TRUE"
    return f"CASE WHEN {name} IS NULL THEN {empty} ELSE {_obeys(column, name)} END"


def _obeys(column: Column, name: str) -> str:
    if column.words:
        return f"lower({name}) IN ({_quoted(column.words)})"
    if column.kind is bool:
        return f"lower({name}) IN ({_quoted(TRUE + FALSE)})"
    if column.kind is str:
        return f"strlen({name}) <= {column.longest} AND NOT contains({name}, chr(10)) AND NOT contains({name}, chr(0))"
    if column.kind in (datetime, date):
        pattern = MOMENT if column.kind is datetime else r"\d{4}-\d\d-\d\d"
        value = _value(column, name)
        return (
            f"regexp_full_match({name}, '{pattern}')"
            f" AND coalesce({value} BETWEEN '{EARLIEST}' AND '{LATEST}', FALSE)"
        )
    pattern, cast = (WHOLE, "BIGINT") if column.kind is int else (NUMBER, "DOUBLE")
    bounds = [f"{_value(column, name)} {sign} {bound:.0f}" for sign, bound in (
        (">=", column.low), (">", column.above), ("<=", column.high)) if bound is not None]  # fmt: skip
    inside = "coalesce(" + " AND ".join(bounds or [f"TRY_CAST({name} AS {cast}) IS NOT NULL"]) + ", FALSE)"
    return f"regexp_full_match({name}, '{pattern}') AND {inside}"


def _value(column: Column, name: str) -> str:
    """SQL: the typed value of a trimmed text that obeys the contract."""
    if column.words:
        return f"lower({name})"
    if column.kind is bool:
        return f"lower({name}) IN ({_quoted(TRUE)})"
    if column.kind is datetime:
        return f"TRY_CAST({name} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    if column.kind is date:
        return f"TRY_CAST({name} AS DATE)"
    if column.kind is int:
        return f"TRY_CAST({name} AS BIGINT)"
    if column.kind is float:
        return f"TRY_CAST({name} AS DOUBLE)"
    return name


def _quoted(words: Iterable[str]) -> str:
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the text rows of one relation become staged rows of one fact."""

    table: str
    columns: tuple[str, ...]
    """Contract columns which the relation yields, in any order."""
    constants: Mapping[str, str]
    """Text for contract columns that the person stated; used where the relation has none."""
    source_system: str
    reporting_zone: str
    located: bool
    """Whether the relation also yields source_row, line and source_records."""

    @property
    def fact(self) -> type[Fact]:
        """The model of the table."""
        return FACTS[self.table]

    def _present(self) -> list[Column]:
        have = set(self.columns) | set(self.constants)
        return [column for name, column in columns_of(self.table).items() if name in have or column.required]

    def trimmed(self, relation: str) -> str:
        """SQL: every column of the plan as trimmed text, NULL where empty, stated constants filled in."""
        parts = []
        for column in self._present():
            cell = f"nullif(trim(\"{column.name}\"), '')" if column.name in self.columns else "CAST(NULL AS VARCHAR)"
            if column.name in self.constants:
                cell = f"coalesce({cell}, {_quoted([self.constants[column.name]])})"
            if column.name in self.fact.people:
                cell = f"CASE WHEN contains({cell}, '@') THEN lower({cell}) ELSE {cell} END"
            parts.append(f'{cell} AS "{column.name}"')
        parts += ["source_row", "line", "source_records"] if self.located else []
        return f"SELECT {', '.join(parts)} FROM ({relation}) AS raw"

    def all_valid(self) -> str:
        """SQL over `trimmed`: whether a row obeys the contract in every column."""
        return " AND ".join(f"({valid(column)})" for column in self._present())

    def invalid_cells(self, relation: str) -> str:
        """SQL: line, column and text of every cell that breaks the contract, with its row's source_records."""
        cells = ", ".join(
            f"CASE WHEN NOT ({valid(column)}) THEN {{'name': '{column.name}', 'cell': \"{column.name}\"}} END"
            for column in self._present()
        )
        return (
            "SELECT source_row, line, source_records, list_filter("
            f"[{cells}], lambda found: found IS NOT NULL) AS cells FROM ({self.trimmed(relation)}) AS text"
            f" WHERE NOT ({self.all_valid()}) ORDER BY source_row"
        )

    def staged(self, relation: str, extra: str = "") -> str:
        """SQL: the typed rows with their keys; `extra` is a further expression list over `trimmed`."""
        present = {column.name: column for column in self._present()}
        typed = [
            f'{_value(column, chr(34) + name + chr(34))} AS "{name}"'
            for name, column in present.items()
            if name not in ("product_id", "source_system", "version_at")
        ]
        typed.append(_stated(present, "product_id", "''") + " AS source_product")
        typed.append(_stated(present, "source_system", _quoted([self.source_system])) + " AS source_system")
        stated_version = _value(present["version_at"], '"version_at"') if "version_at" in present else "NULL"
        typed.append(f"{stated_version} AS stated_version")
        if self.fact.dated:
            typed.append(f"{self._day()} AS day")
        typed += ["source_row", "source_records"] if self.located else []
        typed += [extra] if extra else []
        inner = f"SELECT {', '.join(typed)} FROM ({self.trimmed(relation)}) AS text"
        return self._keyed(inner, present)

    def _keyed(self, inner: str, present: Mapping[str, Column]) -> str:
        """SQL: rows of `inner` with defaults, version_at and the two hashes."""
        content = [name for name in present if name not in ("product_id", "source_system", "version_at")]
        replaced, added = [], []
        for (table, name), default in DEFAULTS.items():
            if table == self.table:
                default = _known(default, content)
                if name in content:
                    replaced.append(f"coalesce({name}, {default}) AS {name}")
                else:
                    added.append(f"{default} AS {name}")
        if self.table == "interactions" and "duration_ms" in content:
            added.append("CAST(floor(8 * log2(duration_ms + 1)) AS SMALLINT) AS duration_bucket")
        have = {*content, "source_product"}
        key = ["source_system", *(name if name in have else "NULL" for name in self.fact.natural_key)]
        version = _known(VERSION[self.table], content)
        replace = f" REPLACE ({', '.join(replaced)})" if replaced else ""
        whole = ", ".join(["source_system", "source_product", "stated_version", *(f'"{name}"' for name in content)])
        return (
            f"SELECT * EXCLUDE (stated_version){replace}{''.join(', ' + part for part in added)},"
            f" coalesce(stated_version, {version}) AS version_at,"
            f" hash({', '.join(key)}) AS event_key, hash({whole}) AS row_hash FROM ({inner}) AS typed"
        )

    def _day(self) -> str:
        moment = f'TRY_CAST("{self.fact.happened}" AS TIMESTAMPTZ) AT TIME ZONE {_quoted([self.reporting_zone])}'
        return f"CAST({moment} AS DATE)"


def _stated(present: Mapping[str, Column], name: str, otherwise: str) -> str:
    return f'coalesce("{name}", {otherwise})' if name in present else otherwise


def _known(expression: str, content: Iterable[str]) -> str:
    """The expression with the contract columns that are not there replaced by NULL."""
    have = set(content)
    every = {name for table in FACTS for name in FACTS[table].model_fields}
    return re.sub(r"[a-z_]+", lambda m: "NULL" if m[0] in every and m[0] not in have else m[0], expression)
