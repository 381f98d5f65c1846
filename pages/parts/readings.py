"""Readings for a page, asked for once per scope and version of the data."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from data.warehouse import Warehouse
from metrics import Reading, Scope, read, series
from metrics.spec import Grain


def readings(store: Warehouse, metrics: Sequence[str], scope: Scope, by: Sequence[str] = ()) -> list[Reading]:
    """Readings of the metrics per group; the same question about the same data is answered from memory."""
    return _read(store, _state(store), scope.model_dump_json(), tuple(metrics), scope, tuple(by))


def over_time(store: Warehouse, metric: str, scope: Scope, grain: Grain) -> list[Reading]:
    """One metric over the days, weeks or months of the scope."""
    return _series(store, _state(store), scope.model_dump_json(), metric, scope, grain)


def by_name(found: Sequence[Reading]) -> dict[str, Reading]:
    """Readings of one group by the name of their metric."""
    return {reading.metric: reading for reading in found}


@st.cache_data(max_entries=400, show_spinner=False)
def _read(
    _store: Warehouse,
    state: tuple[str, int, date],
    asked: str,
    metrics: tuple[str, ...],
    _scope: Scope,
    by: tuple[str, ...],
) -> list[Reading]:
    return read(_store, metrics, _scope, by)


@st.cache_data(max_entries=400, show_spinner=False)
def _series(
    _store: Warehouse, state: tuple[str, int, date], asked: str, metric: str, _scope: Scope, grain: Grain
) -> list[Reading]:
    return series(_store, metric, _scope, grain)


def _state(store: Warehouse) -> tuple[str, int, date]:
    """What an answer depends on beside the question: the warehouse, its version, and today (data grow stale)."""
    return str(store.path), store.data_version(), store.clock().date()
