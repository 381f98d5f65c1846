"""The SELECT that a format hands to Stage.fill: contract columns as expressions over a table of text."""

from __future__ import annotations

from collections.abc import Mapping


def relation(columns: Mapping[str, str], source: str, records: str) -> str:
    """SQL: each contract column by its expression over `source`, with the row's place in the file (its columns
    `source_row` and `line`) and how many source records it stands for (`records`, an expression).
    """
    parts = ", ".join(f'{expression} AS "{name}"' for name, expression in columns.items())
    return (
        f"SELECT {parts}, CAST(source_row AS BIGINT) AS source_row, CAST(line AS BIGINT) AS line,"
        f" CAST({records} AS INTEGER) AS source_records FROM {source}"
    )
