"""How the text rows of one relation become typed rows of one fact, as SQL over the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.facts import FACTS, Fact
from loaders.contract import ABOUT, Column, columns_of, quoted, typed, typed_already, valid
from loaders.written import as_iso


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
    one_line: bool = False
    """Whether each record is known to be one line of text."""
    said: Mapping[str, str] = field(default_factory=dict)
    """How the person said that numbers and days are written."""
    native: frozenset[str] = frozenset()
    """Columns that come as values (contract.NATIVE) and not as text."""

    @property
    def fact(self) -> type[Fact]:
        """The model of the table."""
        return FACTS[self.table]

    def present(self) -> list[Column]:
        """The columns of the contract that a row of the plan has or must have."""
        have = set(self.columns) | set(self.constants)
        return [column for name, column in columns_of(self.table).items() if name in have or column.required]

    def text(self, relation: str) -> str:
        """SQL: every column of the plan as text, NULL where empty, stated constants filled in. Text columns stand as
        they are; space around a number, a moment or a word of a list means nothing.
        """
        parts = []
        for column in self.present():
            cell = f'"{column.name}"' if column.name in self.columns else "CAST(NULL AS VARCHAR)"
            if self.located and column.name in self.columns:
                plain = column.kind is str and not column.words
                cell = f"nullif({cell}, '')" if plain else f"nullif(trim({cell}), '')"
            if column.name in self.columns and column.name not in self.native:
                cell = as_iso(column.kind, cell, self.said)
            if column.name in self.constants:
                cell = f"coalesce({cell}, {quoted([self.constants[column.name]])})"
            if column.name in self.fact.people:
                cell = f"CASE WHEN contains({cell}, '@') THEN lower({cell}) ELSE {cell} END"
            parts.append(f'{cell} AS "{column.name}"')
        parts += ["source_row", "line", "source_records"] if self.located else []
        return f"SELECT {', '.join(parts)} FROM ({relation}) AS raw"

    def all_valid(self) -> str:
        """SQL over `text`: whether a row obeys the contract in every column; TRUE or FALSE."""
        tests = " AND ".join(valid(column, one_line=self.one_line) for column in self.present())
        return f"coalesce({tests}, FALSE)"

    def staged(self, relation: str) -> str:
        """SQL: the rows that obey the contract, typed."""
        values = {column.name: typed(column, f'"{column.name}"') for column in self.present()}
        return f"SELECT {', '.join(self._row(values))} FROM ({self.text(relation)}) AS text WHERE {self.all_valid()}"

    def staged_whole(self, relation: str) -> str:
        """SQL: all rows, typed; the first that does not obey the contract is an error. Each value is told from its
        text once, for the test and for the row, which a WHERE would do twice.
        """
        there = {column.name: column for column in self.present()}
        told = {
            name: (typed_already if name in self.native else typed)(column, f'"{name}"')
            for name, column in there.items()
        }
        values = {name: sql if sql == f'"{name}"' else f'"{name} as told"' for name, sql in told.items()}
        ahead = "".join(f", {told[name]} AS {value}" for name, value in values.items() if value != told[name])
        tests = " AND ".join(
            valid(column, one_line=self.one_line, value=values[name], native=name in self.native)
            for name, column in there.items()
        )
        row = ", ".join(self._row(values, f"CASE WHEN {tests} THEN TRUE ELSE error('a row breaks the contract') END"))
        return f"SELECT {row} FROM (SELECT *{ahead} FROM ({self.text(relation)}) AS text) AS told"

    def _row(self, values: Mapping[str, str], test: str = "") -> list[str]:
        """SQL of every staged column, from that of the typed values; what `test` raises, staging raises."""
        row = [f'{value} AS "{name}"' for name, value in values.items() if name not in ABOUT]
        product = _stated(values, "product_id", "''")
        row.append(f"{f'CASE WHEN {test} THEN {product} END' if test else product} AS source_product")
        row.append(_stated(values, "source_system", quoted([self.source_system])) + " AS source_system")
        if "version_at" in values:
            row.append(values["version_at"] + " AS stated_version")
        if self.fact.dated:
            row.append(f"{self._day(values[self.fact.happened])} AS day")
        return row + (["source_row", "source_records"] if self.located else [])

    def _day(self, value: str) -> str:
        if self.reporting_zone == "UTC":
            return f"CAST({value} AS DATE)"
        moment = f'TRY_CAST("{self.fact.happened}" AS TIMESTAMPTZ)'
        return f"CAST({moment} AT TIME ZONE {quoted([self.reporting_zone])} AS DATE)"


def _stated(values: Mapping[str, str], name: str, otherwise: str) -> str:
    return f"coalesce({values[name]}, {otherwise})" if name in values else otherwise
