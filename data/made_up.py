"""The made-up company in a warehouse: how it is marked, and how its part of the registry leaves."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from data.cursor import Rows, Transaction
from data.facts import FACTS
from data.operation import Setting
from data.people import PersonRecord
from data.record import Record
from data.registry import REFERENCES, REGISTRY
from data.registry_store import current

DEMO = "demo company"
"""Who loads the demo company and says what its registry says: what marks it. No person may sign so."""
PROGRAM = "plumbline"
"""Who says the defaults of the methodology."""
Identity = tuple[object, ...]
Used = Mapping[type[Record], Collection[str]]
"""The products, pilots and scenarios that people's own files tell of, by id."""


class Own(NamedTuple):
    """What people said beside the demo company: rows that stay, and rows that leave with it."""

    staying: list[Record]
    leaving: list[Record]


def present(store: Rows) -> bool:
    """Whether anything of the demo company is in the warehouse."""
    return bool(store.value(
        "SELECT (SELECT count(*) FROM loads WHERE loaded_by = ?)"
        " + (SELECT count(*) FROM products WHERE changed_by = ? AND valid_to IS NULL) AS n", [DEMO, DEMO]
    ))  # fmt: skip


def about(store: Rows, product: str) -> bool:
    """Whether the demo company told anything of a product: its row of the registry, or a row of its files."""
    files = " UNION ALL ".join(
        f'SELECT 1 AS told FROM "{table}" AS f JOIN loads AS l ON l.load_id = f.load_id'
        " WHERE l.loaded_by = $demo AND f.product_id = $product"
        for table in FACTS
    )
    said = "SELECT 1 AS told FROM products WHERE changed_by = $demo AND product_id = $product"
    return bool(store.rows(f"{said} UNION ALL {files} LIMIT 1", {"demo": DEMO, "product": product}))


def own(store: Rows, used: Used, *, edits: bool = False) -> Own:
    """The rows in force that people stored. With `edits` those leave that are versions of the demo's own rows or name
    its products, pilots, scenarios or initiatives, unless people's own files tell of these.
    """
    theirs = {model: _of_demo(store, model) for model in REFERENCES.values()} if edits else {}
    found = Own([], [])
    for model in REGISTRY.values():
        same = _quoted(model.natural_key)
        rows = store.rows(
            f"SELECT * FROM (SELECT {_quoted(model.columns())}, changed_by, valid_to,"
            f" bool_or(changed_by = ?) OVER (PARTITION BY {same}) AS made_up"
            f' FROM "{model.table}") AS versions WHERE valid_to IS NULL AND changed_by NOT IN (?, ?)',
            [DEMO, DEMO, PROGRAM],
        )
        for each in rows:
            row = model.model_validate({column: each[column] for column in model.columns()})
            named = {(other, str(each[column])) for column, other in REFERENCES.items()
                     if column in model.columns() and each[column] is not None}  # fmt: skip
            about = any(name in theirs.get(other, ()) and name not in used.get(other, ()) for other, name in named)
            (found.leaving if edits and (each["made_up"] or about) else found.staying).append(row)
    return found


def take_away(tx: Transaction, used: Used, *, edits: bool = False) -> dict[str, int]:
    """Remove the demo company's rows from the registry; rows removed by table. What it had replaced is in force again.

    What people said stays, with what that names; so does what their files tell of, and where anything of people stays,
    the settings it was stored under.
    """
    said = own(tx, used, edits=edits)
    kept = _kept(tx, said.staying, used)
    removed = {}
    for model in REGISTRY.values():
        _list(tx, "staying", model, {row.identity() for row in said.staying if type(row) is model} | kept[model])
        _list(tx, "leaving", model, {row.identity() for row in said.leaving if type(row) is model})
        gone = 0 if model is Setting and (any(used.values()) or said.staying) else _remove(tx, model)
        if gone:
            removed[model.table] = gone
    return removed


def _of_demo(store: Rows, model: type[Record]) -> set[str]:
    (key,) = model.natural_key
    rows = store.rows(f'SELECT DISTINCT "{key}" AS id FROM "{model.table}" WHERE changed_by = ?', [DEMO])
    return {str(row["id"]) for row in rows}


def _kept(tx: Transaction, staying: Iterable[Record], used: Used) -> dict[type[Record], set[Identity]]:
    """What rows that stay name, and what that names in its turn."""
    named: dict[type[Record], set[Identity]] = {model: set() for model in REGISTRY.values()}
    for model, ids in used.items():
        named[model] |= {(each,) for each in ids}
    models: list[type[Record]] = [*REFERENCES.values(), PersonRecord]
    there: dict[type[Record], list[Record]] = {model: list(current(tx, model)) for model in models}
    look = list(staying)
    while look:
        for row in look:
            cells = row.row()
            for column, model in REFERENCES.items():
                if cells.get(column) is not None:
                    named[model].add((cells[column],))
            named[PersonRecord] |= {(cells[column],) for column in row.people if cells[column] is not None}
        seen = {(type(row), row.identity()) for row in look}
        look = [
            row
            for model, rows in there.items()
            for row in rows
            if row.identity() in named[model] and (model, row.identity()) not in seen
        ]
        for model, rows in there.items():
            there[model] = [row for row in rows if row not in look]
    return named


def _list(tx: Transaction, name: str, model: type[Record], identities: Collection[Identity]) -> None:
    tx.run(f'CREATE OR REPLACE TEMP TABLE {name} AS SELECT {_quoted(model.natural_key)} FROM "{model.table}" LIMIT 0')
    tx.add(name, [dict(zip(model.natural_key, each, strict=True)) for each in identities])


def _remove(tx: Transaction, model: type[Record]) -> int:
    """Delete the demo's versions of what does not stay, and all of what people said of it that leaves."""
    keys = _quoted(model.natural_key)
    tx.run(
        f'CREATE OR REPLACE TEMP TABLE made_up AS SELECT DISTINCT {keys} FROM "{model.table}" AS t'
        f" WHERE changed_by = '{DEMO}' AND NOT EXISTS (SELECT 1 FROM staying AS s WHERE {_same(model, 's', 't')})"
    )
    gone = tx.run(
        f"DELETE FROM \"{model.table}\" AS t WHERE changed_by = '{DEMO}'"
        f" AND EXISTS (SELECT 1 FROM made_up AS m WHERE {_same(model, 'm', 't')})"
    )
    gone += tx.run(
        f"DELETE FROM \"{model.table}\" AS t WHERE changed_by <> '{PROGRAM}'"
        f" AND EXISTS (SELECT 1 FROM leaving AS l WHERE {_same(model, 'l', 't')})"
    )
    tx.run(
        f"UPDATE \"{model.table}\" AS t SET valid_to = NULL WHERE changed_by = '{PROGRAM}' AND valid_to IS NOT NULL"
        f" AND EXISTS (SELECT 1 FROM made_up AS m WHERE {_same(model, 'm', 't')})"
        f' AND NOT EXISTS (SELECT 1 FROM "{model.table}" AS o WHERE {_same(model, "o", "t")}'
        f" AND (o.valid_to IS NULL OR o.changed_by <> '{PROGRAM}'))"
    )
    return gone


def _same(model: type[Record], one: str, other: str) -> str:
    return " AND ".join(f'{one}."{column}" IS NOT DISTINCT FROM {other}."{column}"' for column in model.natural_key)


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
