"""Readings of one kind beside each other: each a dot on its interval with its target, and the reasons of those that
have no value.
"""

from collections.abc import Mapping

import streamlit as st

from data.warehouse import Warehouse
from metrics import Reading, Scope
from metrics.targets import targets
from pages.parts.chart import chart
from pages.parts.how import how
from pages.parts.measured import measured
from pages.parts.text import plain
from pages.parts.theme import colours
from reports.intervals import intervals
from reports.words import in_full, sign


def known(store: Warehouse, scope: Scope, labels: Mapping[str, str]) -> dict[str, Reading]:
    """The readings of the metrics that have labels, by name."""
    every = measured(store, scope)
    return {name: every[name] for name in labels if name in every}


def beside(store: Warehouse, scope: Scope, found: Mapping[str, Reading], labels: Mapping[str, str], key: str) -> None:
    """Draw the readings under their labels; those without a value are told below."""
    shown = [reading for reading in found.values() if reading.value is not None]
    goals, product = targets(store), scope.products[0] if scope.products else None
    bars = [goal.target if (goal := goals.of(reading.metric, product)) else None for reading in shown]
    chart(
        f"chart-{key}", "; ".join(f"{labels[r.metric]}: {in_full(r)}" for r in shown),
        intervals, shown, [labels[r.metric] for r in shown], colours(), bars,
    )  # fmt: skip
    weak = [f"{labels[r.metric]}: {sign(r).word.lower()}" for r in shown if not r.decides]
    silent = [f"{labels[r.metric]}: {r.missing}" for r in found.values() if r.value is None]
    said = ([f"May not decide: {'; '.join(weak)}."] if weak else []) + silent
    if said:
        st.caption(plain(" ".join(said), 800))
    how(store, list(found.values()), scope, key)
