"""What people are called: the names the registry gives to the pseudonyms it stores."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from data.people import PersonRecord
from data.registry_store import current
from data.warehouse import Warehouse
from pages.parts.readings import state


def names_of(store: Warehouse) -> Mapping[str, str]:
    """The names of people by user id; whoever has none is not there."""
    return _names(store, state(store))


@st.cache_data(max_entries=5, show_spinner=False)
def _names(_store: Warehouse, version: tuple[str, int, date]) -> dict[str, str]:
    return {person.user_id: person.display_name for person in current(_store, PersonRecord) if person.display_name}
