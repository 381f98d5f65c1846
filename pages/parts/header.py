"""The head of a page: its title, how fresh the data are, what was refused, and what waits to be assigned."""

import streamlit as st

from data.warehouse import Warehouse
from loaders.history import history
from loaders.quarantine import open_records
from metrics import waiting
from pages.parts import departure
from pages.parts.links import link_to
from pages.parts.scope import Reach
from reports.words import count


def head(store: Warehouse, title: str, reach: Reach | None) -> None:
    """Draw title and state of the data; a link leads to the Data page where something waits there."""
    with st.container(gap=None):
        st.title(title, anchor=False)
        _state(store, reach)


def _state(store: Warehouse, reach: Reach | None) -> None:
    loads = [load for load in history(store) if load["status"] == "published"]
    if not loads or reach is None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            departure.mark(store)
        return
    read = sum(_number(load["rows_read"]) for load in loads if not load["corrects"])
    refused = open_records(store)
    share = f"{100 * refused / read:.1f}% of {count(read, 'record')} quarantined" if read else "nothing quarantined"
    unassigned = waiting(store)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        departure.mark(store)
        st.caption(f"Data through {reach.last.day} {reach.last:%b %Y} · {share}", width="content")
        if unassigned:
            link_to("files", f"{count(unassigned, 'interaction')} without a product", ":material/inbox:")


def _number(value: object) -> int:
    return int(str(value or 0))
