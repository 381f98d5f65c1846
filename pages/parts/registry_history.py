"""Who changed what in the registry and when, cell by cell."""

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from data.record import Record
from data.registry import REGISTRY
from data.registry_changes import Change, changes, recent
from data.warehouse import Warehouse
from pages.parts.names import names_of
from pages.parts.readings import state
from pages.parts.registry_field import UNSAID, Kind, kinds
from pages.parts.rows import table
from pages.parts.text import plain

SHOWN = 50


def of_row(store: Warehouse, row: Record) -> None:
    """Every version of one row, the newest first."""
    names, asked = names_of(store), kinds(type(row))
    st.header("History of the row", anchor=False)
    for change in changes(store, row):
        st.markdown(f"**{change.kind.capitalize()}** by **{plain(change.who, 80)}** · {change.at:%Y-%m-%d %H:%M} UTC"
                    f" · valid from {change.since}")  # fmt: skip
        if change.kind == "changed" and change.cells:
            st.markdown("\n".join(
                f"- {asked[column].label('').strip(' *()')}: :gray[{plain(_cell(asked[column], was, names), 200)}] →"
                f" {plain(_cell(asked[column], now, names), 200)}"
                for column, (was, now) in change.cells.items()
            ))  # fmt: skip


def of_table(store: Warehouse, model: type[Record]) -> None:
    """The newest changes of a table: a line a cell, a line an added or ended row."""
    lines = _recent(store, state(store), model.table)
    if not lines:
        st.markdown(":gray[Nothing was ever changed here.]")
        return
    table(lines, f"changes of {model.table}")


@st.cache_data(max_entries=50, show_spinner=False)
def _recent(_store: Warehouse, version: tuple[str, int, date], name: str) -> list[dict[str, object]]:
    """The lines of a table's newest changes, asked once per version of the data."""
    model = REGISTRY[name]
    return _lines(recent(_store, model, SHOWN), names_of(_store), kinds(model))


def _lines(found: Sequence[Change], names: Mapping[str, str], asked: Mapping[str, Kind]) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    for change in found:
        row = " · ".join(names.get(str(part), str(part)) for part in change.identity if part is not None)
        common = {"When": f"{change.at:%Y-%m-%d %H:%M}", "Who": change.who, "Row": row}
        if change.kind != "changed" or not change.cells:
            since = f"valid from {change.since}" if change.kind != "ended" else ""
            lines.append({**common, "What": change.kind, "Before": "", "After": since})
        lines += [
            {**common, "What": asked[column].label("").strip(" *()"), "Before": _cell(asked[column], was, names),
             "After": _cell(asked[column], now, names)}
            for column, (was, now) in change.cells.items() if change.kind == "changed"
        ]  # fmt: skip
    return lines


def _cell(kind: Kind, value: object, names: Mapping[str, str]) -> str:
    shown = kind.shown(value, names)
    return UNSAID if shown is None else str(shown)
