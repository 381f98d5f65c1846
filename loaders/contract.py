"""Text becomes typed columns, or a reason why not: SQL generated from the models of data/facts.py.

The rules are those of a round trip: nothing is rounded, no offset is dropped, no word is guessed to be a truth value.
The models are read once and never built per row.
"""

from __future__ import annotations

import re
import types
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from data.facts import FACTS
from data.literal import literal

MOMENT = r"(199\d|20\d\d)-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z| UTC|[+-](0\d|1[0-4])(:?[0-5]\d)?)?)?"
DAY = r"(199\d|20\d\d)-\d\d-\d\d([T ]00:00:00(\.0+)?)?"
WHOLE = r"[+-]?\d{1,18}(\.0*)?"
NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
EARLIEST, LATEST = "1990-01-01", "2099-12-31"
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
LATER = frozenset({("usage_daily", "active_users")})
"""Columns that came when warehouses were filled already: a row that leaves them empty has the hash it always had."""


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
        annotation: Any = info.annotation
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


NATIVE: Mapping[type, tuple[str, ...]] = {
    int: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"),
    bool: ("BOOLEAN",), float: ("DOUBLE",), date: ("DATE",), datetime: ("TIMESTAMP WITH TIME ZONE",),
}  # fmt: skip
"""Types of DuckDB that hold the values of a kind of column and nothing else: what they hold need not become text."""
NAIVE = "TIMESTAMP"
"""Holds moments, too, of a zone that somebody else must know."""


def valid(column: Column, *, one_line: bool = False, value: str | None = None, native: bool = False) -> str:
    """SQL: whether the text of this column (NULL where empty) obeys the contract; FALSE or NULL when it does not.

    `one_line`: the text is known to hold no line break and no NUL, and need not be searched for them. `value`: where
    its typed value stands, when that was told before. `native`: it is no text but of a type in NATIVE.
    """
    name = f'"{column.name}"'
    obeys = (_in_range if native else _obeys)(column, name, value or typed(column, name), one_line)
    return f"({name} {'IS NOT NULL AND' if column.required else 'IS NULL OR'} ({obeys}))"


def _obeys(column: Column, name: str, value: str, one_line: bool) -> str:
    if column.words:
        return f"{value} IN ({quoted(column.words)})"
    if column.kind is bool:
        return f"{value} IS NOT NULL"
    if column.kind is str:
        unbroken = "" if one_line else f" AND NOT contains({name}, chr(10)) AND NOT contains({name}, chr(0))"
        return f"(strlen({name}) <= {column.longest} OR length({name}) <= {column.longest}){unbroken}"
    if column.kind in (datetime, date):
        pattern = MOMENT if column.kind is datetime else DAY
        return f"regexp_full_match({name}, '{pattern}') AND {value} IS NOT NULL"
    bounds = _bounds(column, value)
    if column.kind is int:  # most whole numbers are written as they would be written again: no pattern needed
        again = f"CAST({value} AS VARCHAR) = {name}"
        return f"CASE WHEN {again} THEN TRUE ELSE regexp_full_match({name}, '{WHOLE}') END{bounds}"
    return f"regexp_full_match({name}, '{NUMBER}') AND isfinite({value}){bounds}"


def _in_range(column: Column, name: str, value: str, one_line: bool) -> str:
    """SQL: whether a value that never was text obeys the contract."""
    if column.kind in (datetime, date):
        return f"{name} >= DATE '{EARLIEST}' AND {name} < DATE '{LATEST}' + INTERVAL '1' DAY"
    return (f"isfinite({value})" if column.kind is float else f"{value} IS NOT NULL") + _bounds(column, value)


def _bounds(column: Column, value: str) -> str:
    return "".join(
        f" AND {value} {sign} {bound:.0f}"
        for sign, bound in ((">=", column.low), (">", column.above), ("<=", column.high))
        if bound is not None
    )


def typed_already(column: Column, name: str) -> str:
    """SQL: the value of a column that is of a type in NATIVE."""
    if column.kind is datetime:
        return f"make_timestamp(epoch_us({name}))"
    return f"CAST({name} AS BIGINT)" if column.kind is int else name


def typed(column: Column, name: str) -> str:
    """SQL: the typed value of a text that obeys the contract."""
    if column.words:
        return f"lower({name})"
    if column.kind is bool:
        told = (
            f"CASE WHEN lower({name}) IN ({quoted(TRUE)}) THEN TRUE WHEN lower({name}) IN ({quoted(FALSE)}) THEN FALSE"
        )
        return f"CASE {name} WHEN '{TRUE[0]}' THEN TRUE WHEN '{FALSE[0]}' THEN FALSE ELSE {told} END END"
    if column.kind is datetime:  # by way of the epoch: the same moment, without a calendar's help
        return f"make_timestamp(epoch_us(TRY_CAST({name} AS TIMESTAMPTZ)))"
    if column.kind is date:
        return f"TRY_CAST({name} AS DATE)"
    if column.kind is int:
        return f"TRY_CAST({name} AS BIGINT)"
    if column.kind is float:
        return f"TRY_CAST({name} AS DOUBLE)"
    return name


def quoted(words: Iterable[str]) -> str:
    """SQL: the texts as a list of literals."""
    return ", ".join(map(literal, words))


ABOUT = frozenset({"product_id", "source_system", "version_at"})
"""Columns of the contract that are about the record and not its content; they are staged under names of their own."""


def hashes(table: str, staged: Iterable[str]) -> dict[str, str]:
    """event_key and row_hash as SQL over staged columns: what the record is, and all that it says. A column that the
    file did not have counts as empty, so that the same record is the same from a wider or a narrower file.
    """
    have = {*staged}
    stands = {name: text for name, text in derived(table, have).items() if (table, name) in DEFAULTS}
    there = {name: name for name in have} | stands
    key = ["source_system", *(there.get(name, "NULL") for name in FACTS[table].natural_key)]
    names = [name for name in columns_of(table) if name not in ABOUT and (table, name) not in LATER]
    about = ["source_system", "source_product", "stated_version" if "stated_version" in have else "NULL"]
    row_hash = f"hash({', '.join([*about, *(_there(name, have) for name in names)])})"
    for name in (name for fact, name in sorted(LATER) if fact == table and name in have):
        row_hash = f'CASE WHEN "{name}" IS NULL THEN {row_hash} ELSE hash({row_hash}, "{name}") END'
    return {"event_key": f"hash({', '.join(key)})", "row_hash": row_hash}


def _there(name: str, have: Collection[str]) -> str:
    return f'"{name}"' if name in have else "NULL"


def derived(table: str, staged: Iterable[str]) -> dict[str, str]:
    """Columns of a fact table that follow from the staged ones: SQL over these by column name."""
    have = [name for name in staged if name in columns_of(table)]
    found = {"version_at": _known(VERSION[table], have)}
    if "stated_version" in staged:
        found["version_at"] = f"coalesce(stated_version, {found['version_at']})"
    for (fact, name), default in DEFAULTS.items():
        if fact == table:
            found[name] = f"coalesce({name}, {_known(default, have)})" if name in have else _known(default, have)
    if table == "interactions" and "duration_ms" in have:
        found["duration_bucket"] = "CAST(floor(8 * log2(duration_ms + 1)) AS SMALLINT)"
    return found


def _known(expression: str, content: Iterable[str]) -> str:
    """The expression with the contract columns that are not there replaced by NULL."""
    have = set(content)
    every = {name for table in FACTS for name in FACTS[table].model_fields}
    return re.sub(r"'[a-z_]*'|[a-z_]+", lambda m: "NULL" if m[0] in every - have else m[0], expression)
