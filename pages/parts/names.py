"""What people are called, asked once per version of the data."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from data.names import names
from data.warehouse import Warehouse
from pages.parts.readings import state


def names_of(store: Warehouse) -> Mapping[str, str]:
    """The names of people by user id; whoever has none is not there."""
    return _names(store, state(store))


@st.cache_data(max_entries=5, show_spinner=False)
def _names(_store: Warehouse, version: tuple[str, int, date]) -> dict[str, str]:
    return names(_store)
