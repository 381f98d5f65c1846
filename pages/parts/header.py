"""The head of a page: its title, how fresh the data are, what was refused, and what waits to be assigned."""

import streamlit as st

from data.warehouse import Warehouse
from loaders.history import history
from loaders.quarantine import open_records
from metrics import waiting
from pages.parts.scope import Reach
from reports.words import count

DEMO = "demo"  # who loads the demo company
MADE_UP = "Made up, to look at. Start an empty warehouse for your own numbers: the README says how."
FRAME = "frame"  # the session's copy of the pages by URL, for links between them


def head(store: Warehouse, title: str, reach: Reach | None) -> None:
    """Draw title and state of the data; a link leads to the Data page where something waits there."""
    with st.container(gap=None):
        st.title(title, anchor=False)
        _state(store, reach)


def _state(store: Warehouse, reach: Reach | None) -> None:
    loads = [load for load in history(store) if load["status"] == "published"]
    if not loads or reach is None:
        return
    read = sum(_number(load["rows_read"]) for load in loads if not load["corrects"])
    refused = open_records(store)
    share = f"{100 * refused / read:.1f}% of {count(read, 'record')} quarantined" if read else "nothing quarantined"
    unassigned = waiting(store)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if any(load["loaded_by"] == DEMO for load in loads):
            st.markdown(":violet-badge[:material/theater_comedy: Demo company]", width="content", help=MADE_UP)
        st.caption(f"Data through {reach.last.day} {reach.last:%b %Y} · {share}", width="content")
        if unassigned:
            link_to("files", f"{count(unassigned, 'interaction')} without a product", ":material/inbox:")


def link_to(url: str, label: str, icon: str) -> None:
    """A link to another page of ours that keeps the session; plain text where there is no frame around."""
    page = st.session_state.get(FRAME, {}).get(url)
    if page is None:
        st.caption(f"{icon} {label}")
    else:
        st.page_link(page, label=label, icon=icon)


def go_to(url: str) -> None:
    """Open another page of ours now, with the scope as it was just set; nothing happens where no frame is around."""
    page = st.session_state.get(FRAME, {}).get(url)
    if page is not None:
        st.switch_page(page)


def _number(value: object) -> int:
    return int(str(value or 0))
