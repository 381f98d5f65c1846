"""How registry rows are read and changed: a new version closes the former one, and no fact is ever rewritten."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from data.cursor import Row, Rows, Transaction
from data.errors import RegistryError
from data.pseudonym import Pseudonyms
from data.record import Record
from data.registry import TRACKING
from data.settings import settings

R = TypeVar("R", bound=Record)
AUDITED_ROWS = 200


def current(store: Rows, model: type[R], on: date | None = None) -> list[R]:
    """The rows in force now, or those that were so `on` a day, in the order of their natural key."""
    if on is None:
        return [model.model_validate(row) for row in _rows(store, model, "valid_to IS NULL", [])]
    within = "valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)"
    return [model.model_validate(row) for row in _rows(store, model, within, [on, on])]


def history(store: Rows, model: type[Record], **key: object) -> list[Row]:
    """Every version of the rows whose columns equal `key`, oldest first, with who said so and when."""
    where = " AND ".join(f'"{column}" IS NOT DISTINCT FROM ?' for column in key) or "TRUE"
    columns = _quoted([*model.columns()[:-1], *TRACKING])
    order = f"changed_at, valid_from, {_quoted(model.natural_key)}"
    return store.rows(f'SELECT {columns} FROM "{model.table}" WHERE {where} ORDER BY {order}', list(key.values()))


def save(tx: Transaction, rows: Iterable[Record], who: str) -> int:
    """Store rows of any registry tables; the number that were new or different.

    A row that says what is in force already changes nothing. Otherwise it is in force from its valid_from (today, in
    the reporting zone, when it has none), the versions of the same natural key end there, and the audit keeps both.
    User ids become pseudonyms. Raises RegistryError for two rows of the same key, or a valid_from in the future.
    """
    rules = settings(tx)
    today = rules.day_of(tx.at)
    by_model: dict[type[Record], list[Record]] = defaultdict(list)
    for row in rows:
        by_model[type(row)].append(row)
    pseudonyms = Pseudonyms(tx.side) if rules.pseudonymise and any(model.people for model in by_model) else None
    return sum(
        _save_table(tx, model, [_hidden(row, pseudonyms) for row in given], who, today)
        for model, given in by_model.items()
    )


def as_stored(store: Rows, side: Path, rows: Iterable[Record]) -> list[Record]:
    """The rows as `save` would store them: user ids as pseudonyms, where the installation wants them so."""
    found = list(rows)
    hide = settings(store).pseudonymise and any(row.people for row in found)
    pseudonyms = Pseudonyms(side) if hide else None
    return [_hidden(row, pseudonyms) for row in found]


def retire(tx: Transaction, rows: Sequence[Record], who: str) -> int:
    """End rows as of today without a new version; the number that were in force. A row ended stays in the history."""
    today = settings(tx).day_of(tx.at)
    by_model: dict[type[Record], list[Record]] = defaultdict(list)
    for row in rows:
        by_model[type(row)].append(row)
    ended = 0
    for model, given in by_model.items():
        count = _close(tx, model, [{**row.row(), "valid_from": today} for row in given])
        tx.audit(f"registry: {model.table} ended by {who}", before=_short([row.row() for row in given]))
        ended += count
    return ended


def _save_table(tx: Transaction, model: type[Record], given: list[Record], who: str, today: date) -> int:
    seen: set[tuple[object, ...]] = set()
    for row in given:
        if row.identity() in seen:
            raise RegistryError(f"{model.table}: two rows are about {_named(row)}.", "Keep one of them.")
        if row.valid_from and row.valid_from > today:
            raise RegistryError(
                f"{model.table}: {_named(row)} is valid from {row.valid_from}, which is after today, {today}.",
                "Store it on the day it comes into force.",
            )
        seen.add(row.identity())
    known = {row.identity(): row for row in current(tx, model)}
    changed = [row for row in given if differs(row, known.get(row.identity()))]
    if not changed:
        return 0
    fresh = [
        {**row.row(), "valid_from": row.valid_from or today, "valid_to": None, "changed_by": who, "changed_at": tx.at}
        for row in changed
    ]
    _close(tx, model, fresh)
    tx.add(model.table, fresh)
    tx.counts[model.table] = tx.counts.get(model.table, 0) + len(fresh)
    before = [known[row.identity()].row() for row in changed if row.identity() in known]
    tx.audit(f"registry: {model.table}", before=_short(before), after=_short([row.row() for row in changed]))
    return len(changed)


def _close(tx: Transaction, model: type[Record], ending: list[Row]) -> int:
    """End every version of these natural keys that reaches beyond the valid_from given with the key."""
    keys = _quoted(model.natural_key)
    shape = f'SELECT {keys}, valid_from AS ends FROM "{model.table}" LIMIT 0'
    tx.run(f"CREATE OR REPLACE TEMP TABLE registry_ending AS {shape}")
    until = [{**{column: row[column] for column in model.natural_key}, "ends": row["valid_from"]} for row in ending]
    tx.add("registry_ending", until)
    same = " AND ".join(
        f'"{model.table}"."{column}" IS NOT DISTINCT FROM registry_ending."{column}"' for column in model.natural_key
    )
    return tx.run(
        f'UPDATE "{model.table}" SET valid_to = greatest(valid_from, ends) FROM registry_ending'
        f" WHERE {same} AND (valid_to IS NULL OR valid_to > ends)"
    )


def differs(row: Record, known: Record | None) -> bool:
    """Whether a row says something else than the one in force: other content, or another first day."""
    if known is None or row.content() != known.content():
        return True
    return row.valid_from is not None and row.valid_from != known.valid_from


def _hidden(row: Record, pseudonyms: Pseudonyms | None) -> Record:
    if pseudonyms is None or not row.people:
        return row
    named = {column: getattr(row, column) for column in row.people}
    return row.model_copy(update={column: pseudonyms.of(name) for column, name in named.items() if name is not None})


def _rows(store: Rows, model: type[Record], where: str, params: list[object]) -> list[Row]:
    columns, key = _quoted(model.columns()), _quoted(model.natural_key)
    return store.rows(f'SELECT {columns} FROM "{model.table}" WHERE {where} ORDER BY {key}', params)


def _named(row: Record) -> str:
    return ", ".join(f"{column} '{value}'" for column, value in zip(row.natural_key, row.identity(), strict=True))


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _short(rows: list[Row]) -> object:
    return rows if len(rows) <= AUDITED_ROWS else {"rows": len(rows)}
