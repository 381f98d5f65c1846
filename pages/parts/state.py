"""What the whole portfolio stands like in a scope, asked once per version of the data."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from data.warehouse import Warehouse
from metrics import Reading, Scope, read
from metrics.compare import Delta, before, delta
from metrics.portfolio import Portfolio, portfolio
from pages.parts.readings import state
from pages.parts.scorecards import scorecards_of


def portfolio_of(store: Warehouse, scope: Scope) -> Portfolio:
    """Every product with its readings, health and verdict, and what breaks a check of the registry."""
    return _portfolio(store, state(store), scope.model_dump_json(), scope)


def deltas(store: Warehouse, scope: Scope, found: Sequence[Reading]) -> dict[str, Delta]:
    """The change of each reading of the whole scope against the period before, by metric."""
    then = {reading.metric: reading for reading in read(store, [r.metric for r in found], before(scope))}
    return {reading.metric: delta(reading, then[reading.metric]) for reading in found}


@st.cache_data(max_entries=100, show_spinner="Reading the portfolio ...")
def _portfolio(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> Portfolio:
    return portfolio(_store, _scope, scorecards_of(_store))
