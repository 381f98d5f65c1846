"""A registry table page by page: the rows in force that fit a search, found where they are stored."""

from collections.abc import Sequence
from typing import NamedTuple

from data.cursor import Row, Rows
from data.record import Record
from data.registry import REGISTRY


class Search(NamedTuple):
    """What is looked for: words that some cell holds, whatever their case; the product that a row names."""

    text: str = ""
    product: str | None = None
    called: tuple[str, ...] = ()
    """Ids of people whose names hold the words: a row that names one of them fits, too."""


def matching(store: Rows, model: type[Record], search: Search) -> int:
    """How many rows in force fit."""
    where, params = _where(model, search)
    return int(str(store.value(f'SELECT count(*) AS n FROM "{model.table}" WHERE {where}', params)))


def rows(store: Rows, model: type[Record], search: Search, *, after: int = 0, limit: int = 50) -> list[Record]:
    """The rows in force that fit, in the order of their natural key, from the `after`th on, at most `limit`."""
    where, params = _where(model, search)
    columns, key = _quoted(model.columns()), _quoted(model.natural_key)
    found = store.rows(
        f'SELECT {columns} FROM "{model.table}" WHERE {where} ORDER BY {key} LIMIT {int(limit)} OFFSET {int(after)}',
        params,
    )
    return [model.model_validate(row) for row in found]


def called(store: Rows, model: type[Record], said: str) -> Record | None:
    """The row in force whose natural key reads so (see `address`); None when there is none."""
    key = " || ':' || ".join(f"coalesce(CAST(\"{column}\" AS VARCHAR), '')" for column in model.natural_key)
    columns = _quoted(model.columns())
    found = store.one(f'SELECT {columns} FROM "{model.table}" WHERE {key} = ? AND valid_to IS NULL', [said])
    return model.model_validate(found) if found else None


def address(row: Record) -> str:
    """The natural key as it stands in an address: its parts with colons between."""
    return ":".join("" if part is None else str(part) for part in row.identity())


def in_force(store: Rows, row: Record) -> Row | None:
    """The version in force of a row's natural key with who said it and when; None when there is none."""
    same = " AND ".join(f'"{column}" IS NOT DISTINCT FROM ?' for column in row.natural_key)
    columns = _quoted([*row.columns(), "changed_by", "changed_at"])
    return store.one(
        f'SELECT {columns} FROM "{row.table}" WHERE {same} AND valid_to IS NULL', list(row.identity())
    )  # fmt: skip


def sizes(store: Rows) -> dict[str, int]:
    """How many rows of each table are in force."""
    each = " UNION ALL ".join(
        f"SELECT '{table}' AS name, count(*) AS n FROM \"{table}\" WHERE valid_to IS NULL" for table in REGISTRY
    )
    return {str(row["name"]): int(str(row["n"])) for row in store.rows(each)}


def last_change(store: Rows) -> Row | None:
    """Table, who and when of the newest row that a person stored; None when nobody has stored any."""
    each = " UNION ALL ".join(
        f"SELECT '{table}' AS name, changed_by, changed_at FROM \"{table}\" WHERE changed_by <> 'plumbline'"
        for table in REGISTRY
    )
    return store.one(f"SELECT name, changed_by, changed_at FROM ({each}) AS found ORDER BY changed_at DESC LIMIT 1")


def _where(model: type[Record], search: Search) -> tuple[str, list[object]]:
    parts, params = ["valid_to IS NULL"], list[object]()
    if search.product and "product_id" in model.columns():
        parts.append("product_id = ?")
        params.append(search.product)
    if search.text:
        cells = [f'contains(lower(CAST("{column}" AS VARCHAR)), lower(?))' for column in model.columns()]
        params += [search.text] * len(cells)
        for column in model.people if search.called else ():
            cells.append(f'list_contains(CAST(? AS VARCHAR[]), "{column}")')
            params.append(list(search.called))
        parts.append(f"({' OR '.join(cells)})")
    return " AND ".join(parts), params


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
