"""The scorecards of pilots, judged once per version of the data."""

from datetime import date

import streamlit as st

from data.warehouse import Warehouse
from metrics.scorecard import Scorecard, scorecard, scorecards
from pages.parts.readings import state


def scorecards_of(store: Warehouse) -> list[Scorecard]:
    """Every pilot's scorecard, those first that are to be decided."""
    return _scorecards(store, state(store))


def scorecard_of(store: Warehouse, pilot: str) -> Scorecard:
    """The scorecard of one pilot. MetricError when the registry does not know it."""
    return _scorecard(store, state(store), pilot)


@st.cache_data(max_entries=10, show_spinner="Judging the pilots ...")
def _scorecards(_store: Warehouse, version: tuple[str, int, date]) -> list[Scorecard]:
    return scorecards(_store)


@st.cache_data(max_entries=100, show_spinner="Judging the pilot ...")
def _scorecard(_store: Warehouse, version: tuple[str, int, date], pilot: str) -> Scorecard:
    return scorecard(_store, pilot)
