"""What there is to look at: the registered products, pilots and teams, and the days that the data cover."""

from collections.abc import Iterable
from datetime import date

import streamlit as st

from data.people import PersonRecord
from data.portfolio import Pilot, Product
from data.registry_store import current
from data.warehouse import Warehouse
from loaders.history import history
from metrics import default_scope
from pages.parts.readings import state
from pages.parts.scope import Reach


def products(store: Warehouse) -> dict[str, str]:
    """The names of the registered products by id, in the order of their names."""
    return _by_name((product.product_id, product.name) for product in current(store, Product))


def pilots(store: Warehouse) -> dict[str, str]:
    """The names of the registered pilots by id, in the order of their names."""
    return _by_name((pilot.pilot_id, pilot.name) for pilot in current(store, Pilot))


def reach(store: Warehouse) -> Reach | None:
    """Products, pilots, teams, first and last day of data; None when nothing has been loaded."""
    return _reach(store, state(store))


@st.cache_data(max_entries=20, show_spinner=False)
def _reach(_store: Warehouse, version: tuple[str, int, date]) -> Reach | None:
    store = _store
    loads = [load for load in history(store) if load["status"] == "published"]
    if not loads:
        return None
    last = default_scope(store).until
    firsts = [date.fromisoformat(str(load["first_at"])[:10]) for load in loads if load["first_at"]]
    teams = {person.team_id for person in current(store, PersonRecord) if person.team_id}
    return Reach(products(store), pilots(store), {team: team for team in sorted(teams)}, min([last, *firsts]), last)


def _by_name(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    return dict(sorted(((key, name or key) for key, name in found), key=lambda each: each[1].casefold()))
