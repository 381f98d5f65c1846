"""How rows are read and changed in an open warehouse: a Reader sees one version of the data, a Transaction makes the
next.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from data.overheard import heard

Row = dict[str, object]
Params = Sequence[object] | Mapping[str, object]


class Cursor(Protocol):
    """The part of a database cursor this room uses."""

    @property
    def description(self) -> Any:
        """The columns of the last answer."""
        ...

    def cursor(self) -> Any:
        """Another cursor of the same database."""
        ...

    def execute(self, query: Any, parameters: Any = ...) -> Any:
        """Run a statement."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows of the last answer."""
        ...

    def close(self) -> None:
        """Give the cursor back."""
        ...


class Rows(ABC):
    """rows, one and value over whatever `_fetch` reaches."""

    @abstractmethod
    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """Every row of the answer as a dict by column name. TIMESTAMP is naive UTC, DATE a date."""

    def one(self, sql: str, params: Params = ()) -> Row | None:
        """The first row, or None when there is none."""
        found = self.rows(sql, params)
        return found[0] if found else None

    def value(self, sql: str, params: Params = ()) -> object:
        """The first column of the first row, or None when there is no row."""
        found = self.one(sql, params)
        return next(iter(found.values())) if found else None


def fetch(cursor: Cursor, sql: str, params: Params) -> list[Row]:
    """Run one statement on a cursor and return its rows as dicts."""
    cursor.execute(sql, params if isinstance(params, Mapping) else list(params))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class Reader(Rows):
    """One cursor for a script run: everything read through it is of one version of the data."""

    def __init__(self, run: Callable[[str, Params], list[Row]]) -> None:
        self._run = run

    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """Every row of the answer as a dict by column name."""
        heard(sql, params)
        return self._run(sql, params)


class Transaction(Rows):
    """One write: all of it is stored or none of it. `counts` goes into the journal; callers may add to it."""

    def __init__(self, cursor: Cursor, who: str, at: datetime, side: Path) -> None:
        self._cursor = cursor
        self.who = who
        self.side = side
        self.at = at
        self.counts: dict[str, int] = {}
        self.audited = False

    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """Every row of the answer as a dict, with this transaction's own changes in it."""
        return fetch(self._cursor, sql, params)

    def run(self, sql: str, params: Params = ()) -> int:
        """Run a statement that changes something; the number of rows it changed (0 for DDL)."""
        answer = fetch(self._cursor, sql, params)
        count = answer[0].get("Count") if answer else None
        return count if isinstance(count, int) else 0

    def add(self, table: str, rows: Sequence[Mapping[str, object]]) -> int:
        """Insert dicts with the same keys into a table of the schema, all in one statement; the number of rows."""
        if not rows:
            return 0
        types = {
            str(column["name"]): str(column["type"])
            for column in self.rows(
                "SELECT column_name AS name, data_type AS type FROM duckdb_columns()"
                " WHERE table_name = ? AND database_name IN (current_database(), 'temp')",
                [table],
            )
        }
        columns = list(rows[0])
        unnests = ", ".join(f"unnest(CAST(? AS {types[column]}[]))" for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        return self.run(
            f'INSERT INTO "{table}" ({names}) SELECT {unnests}', [[row[column] for row in rows] for column in columns]
        )

    def audit(self, what: str, before: object = None, after: object = None) -> None:
        """Say in the audit what was done, with the state before and after where that tells something."""
        self.audited = True
        self.run(
            "INSERT INTO audit (happened_at, who, what, before, after) VALUES (?, ?, ?, ?, ?)",
            [self.at, self.who, what, _json(before), _json(after)],
        )


def _json(state: object) -> str | None:
    return None if state is None else json.dumps(state, default=str, ensure_ascii=False)
