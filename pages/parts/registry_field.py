"""One cell of a registry row as a person reads it, and as a person types it."""

import types
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, Union, get_args, get_origin

import streamlit as st

from data.economics import Assumption
from data.operation import Setting
from data.record import Record
from data.registry import REFERENCES
from data.settings import Settings
from metrics import CATALOG
from metrics.beliefs import NAMES as BELIEFS

UNSAID = "–"
MICRO = 1_000_000
LONG = {"purpose", "audience_description", "connection_rules", "constraints", "piloting_process", "handover_process",
        "goal", "hypothesis", "risks", "conclusions", "problem", "current_process", "escalation_path", "text", "note",
        "summary", "root_cause", "fix", "prevention", "evidence", "reason", "conditions"}  # fmt: skip


class Kind:
    """What a column takes: its type, whether it must be said, the words it may be, whom it names."""

    def __init__(self, model: type[Record], column: str) -> None:
        self.model, self.column = model, column
        field = next(f for name, f in model.model_fields.items() if (f.alias or name) == column)
        told = field.annotation
        parts = get_args(told) if get_origin(told) in (Union, types.UnionType) else (told,)
        self.needed = field.is_required()
        self.default = None if field.is_required() else field.default
        self.optional = type(None) in parts
        inner = next(part for part in parts if part is not type(None))
        self.plain = get_args(inner)[0] if get_origin(inner) is Annotated else inner
        self.options = tuple(get_args(self.plain)) if get_origin(self.plain) is Literal else ()
        self.key = column in model.natural_key
        self.person = column in model.people and model.table not in ("people", "person_aliases")
        self.money = column.endswith("_microusd")
        self.names = REFERENCES.get(column) if REFERENCES.get(column) is not model else None
        self.long = column in LONG and self.plain is str
        self.known = self._known()

    def _known(self) -> dict[object, str]:
        """What the column may be and how people call it, where that is a closed list; {} where it is free."""
        if self.plain is bool:
            return {True: "Yes", False: "No"}
        if self.options:
            return {each: str(each).replace("_", " ").capitalize() for each in self.options}
        if self.column == "metric":
            return {name: f"{entry.title} ({name})" for name, entry in CATALOG.items()}
        if (self.model, self.column) == (Setting, "key"):
            return {name: name.replace("_", " ").capitalize() for name in Settings.model_fields}
        return {}

    def label(self, currency: str) -> str:
        """The column's name as people say it; a star where something must be said."""
        words = self.column.removesuffix("_microusd").removesuffix("_id").replace("_", " ")
        words = f"{words} ({currency})" if self.money else words
        if self.column == "valid_from":
            words = "valid from"
        return words[:1].upper() + words[1:] + (" *" if self.needed else "")

    def shown(self, value: object, names: Mapping[str, str]) -> object:
        """The cell as a table shows it: people and what is named by their names, money in the currency."""
        if value is None or isinstance(value, bool | float):
            return value
        if self.money:
            return int(str(value)) / MICRO
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M}"
        return names.get(str(value), value) if self.person else value if isinstance(value, int) else str(value)

    def typed(self, value: object, names: Mapping[str, str]) -> object:
        """The value as its field holds it."""
        if self.known or self.names or self.plain is date:
            return value
        if value is None:
            return ""
        if self.money:
            return f"{Decimal(int(str(value))) / MICRO:f}"
        if self.person:
            return names.get(str(value), str(value))
        return value.strftime("%H:%M") if isinstance(value, time) and not value.second else str(value)

    def meant(self, typed: object, ids: Mapping[str, str]) -> object:
        """The cell that somebody's input means: a name of the people table is its id, money millionths."""
        if isinstance(typed, str) and not typed.strip():
            return None
        if self.person and isinstance(typed, str):
            return ids.get(typed.strip().casefold(), typed)
        if self.money and isinstance(typed, str):
            try:
                amount = Decimal(typed.strip()) * MICRO
                return int(amount) if amount == int(amount) else typed
            except (InvalidOperation, ValueError, OverflowError):
                return typed
        return typed

    def ask(
        self, key: str, value: object, choices: Mapping[str, Mapping[str, str]], *, locked: bool, label: str
    ) -> object:
        """Draw the field; what stands in it."""
        if self.known or self.names:
            words = dict(self.known)
            for each, name in choices[self.names.table].items() if self.names else ():
                words[each] = name
            if value not in (None, "") and value not in words:
                words[value] = str(value)
            return st.selectbox(
                label, [None, *words], key=key, disabled=locked, format_func=lambda each: words.get(each, UNSAID),
                index=0 if value in (None, "") else [None, *words].index(value),
            )  # fmt: skip
        if self.plain is date:
            shown = value if isinstance(value, date) else None
            return st.date_input(label, value=shown, key=key, disabled=locked, format="YYYY-MM-DD",
                                 min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))  # fmt: skip
        if self.long:
            return st.text_area(label, str(value or ""), key=key, disabled=locked, max_chars=10_000, height=68)
        hint = {datetime: "2026-10-05 09:30 (UTC)", time: "09:00"}.get(self.plain, "")
        if self.person:
            hint = "name in the people table, or user id"
        about = f"ROI reads: {', '.join(BELIEFS)}" if (self.model, self.column) == (Assumption, "name") else None
        return st.text_input(
            label, str(value or ""), key=key, disabled=locked, placeholder=hint, max_chars=10_000, help=about
        )


def kinds(model: type[Record]) -> dict[str, Kind]:
    """The kind of each column, valid_from last."""
    return {column: Kind(model, column) for column in model.columns()}
