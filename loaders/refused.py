"""The rows of a relation that break the contract: which of their cells do, and which are sound."""

from __future__ import annotations

from loaders.contract import valid
from loaders.plan import Plan


def refused(plan: Plan, relation: str) -> str:
    """SQL: the rows that break the contract, as text, numbered from 1 in the order of the file."""
    return (
        "SELECT row_number() OVER (ORDER BY source_row) AS record, *"
        f" FROM ({plan.text(relation)}) AS text WHERE NOT {plan.all_valid()}"
    )


def invalid_cells(plan: Plan, rows: str) -> str:
    """SQL: column and text of every cell that breaks the contract, by record of the table of refused `rows`."""
    cells = ", ".join(
        f"CASE WHEN NOT coalesce({valid(column)}, FALSE)"
        f" THEN {{'name': '{column.name}', 'cell': \"{column.name}\"}} END"
        for column in plan.present()
    )
    return (
        "SELECT record, line, source_records, list_filter("
        f"[{cells}], lambda found: found IS NOT NULL) AS cells FROM {rows} ORDER BY record"
    )


def sound_cells(plan: Plan, rows: str, before: int) -> str:
    """SQL: the refused `rows` with the cells that obey the contract and NULL in place of the others; their records are
    numbered on from those that came `before`.
    """
    cells = ", ".join(
        f'CASE WHEN coalesce({valid(column)}, FALSE) THEN "{column.name}" END AS "{column.name}"'
        for column in plan.present()
    )
    return f"SELECT record + {before} AS record, source_row, line, source_records, {cells} FROM {rows}"
