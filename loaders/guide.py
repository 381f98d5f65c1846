"""The columns of our own tables for people who fill them: generated from the contract that files are held against."""

from __future__ import annotations

from datetime import date, datetime

from data.cursor import Row
from data.errors import did_you_mean
from data.facts import FACTS
from data.meanings import meaning
from loaders import FORMATS
from loaders.contract import Column, columns_of
from loaders.format import Refused

UNITS = {
    "duration_ms": "milliseconds", "cost_microusd": "millionths of a US dollar", "period_days": "days",
    "input_tokens": "tokens", "output_tokens": "tokens", "cache_read_input_tokens": "tokens",
}  # fmt: skip


def guide(table: str) -> list[Row]:
    """Every column of a table, the needed ones first: name, whether it is needed, meaning, example, unit, type."""
    columns = sorted(columns_of(table).values(), key=lambda column: not column.required)
    return [
        {
            "column": column.name, "needed": "yes" if column.required else "",
            "meaning": meaning(table, column.name).text, "example": meaning(table, column.name).example,
            "unit": _unit(column), "expected": column.expected,
        }
        for column in columns
    ]  # fmt: skip


def asked(format: str, table: str | None) -> list[Row]:
    """The columns of our own format, of one table or of all. Raises Refused for another format or no table."""
    if format != "canonical":
        near = "" if format in FORMATS else did_you_mean(format, FORMATS)
        raise Refused(
            f'The columns of "{format}" are not ours to say.{near}',
            "Write formats --columns canonical; of a file: python -m loaders columns FILE.",
        )
    if table and table not in FACTS:
        raise Refused(f'There is no table "{table}".{did_you_mean(table, FACTS)}', f"Tables: {', '.join(FACTS)}.")
    return [{"table": name, **row} for name in ([table] if table else FACTS) for row in guide(name)]


def _unit(column: Column) -> str:
    if column.kind is datetime:
        return "UTC"
    if column.kind is date:
        return "local day"
    return UNITS.get(column.name, "")
