"""The mark of the demo company on every page, and the way out of it: asked once more, then it is gone."""

from datetime import date

import streamlit as st

from data.errors import PlumblineError
from data.made_up import present
from data.warehouse import Warehouse
from loaders.departure import Held, held, leave
from pages.parts import desk as desks
from pages.parts.links import go_to
from pages.parts.readings import state
from pages.parts.signed import author
from pages.parts.text import plain
from pages.parts.theme import main_action
from reports.words import MADE_UP, count, listed

SHOWN = 6


def mark(store: Warehouse) -> None:
    """Say that the demo company is in the warehouse, where it is, and offer to leave it."""
    if not _present(store, state(store)):
        return
    st.markdown(":violet-badge[:material/theater_comedy: Demo company]", width="content", help=MADE_UP)
    if st.button("Leave the demo", key="demo-leave", type="tertiary", icon=":material/logout:"):
        _ask(store)


@st.cache_data(max_entries=20, show_spinner=False)
def _present(_store: Warehouse, version: tuple[str, int, date]) -> bool:
    return present(_store)


@st.dialog("Leave the demo company")
def _ask(store: Warehouse) -> None:
    found = held(store)
    st.markdown(
        f"Its {count(found.loads, 'file')} and what it says of products, pilots, people and costs leave this warehouse"
        " for good. `python -m data demo` makes it anew, in another warehouse."
    )
    edits = False
    if found.said.staying:
        there = len(found.said.staying)
        edits = st.checkbox(f"Also what people said about the demo’s own products ({count(there, 'row')} looked at)",
                            key="demo-edits")  # fmt: skip
        found = held(store, edits=edits)
    st.markdown(_stays(found))
    if st.button("Remove the demo company", key="demo-gone", icon=":material/delete:", type=main_action()):
        try:
            with st.spinner("The demo company leaves …", show_time=True):
                leave(store, author(), edits=edits)
        except PlumblineError as refusal:
            st.error(plain(refusal, 1000), icon=":material/block:")
            return
        desks.desk().notices.clear()
        go_to("overview")
        st.rerun()


def _stays(found: Held) -> str:
    if not found.own_loads and not found.said.staying:
        return "Nothing of your own is in it: you begin with an empty warehouse."
    own = [f"**{count(found.own_loads, 'file')}**"] if found.own_loads else []
    if found.said.staying:
        rows = [plain(f"{row.table.replace('_', ' ')} {row.identity()[0]}", 60) for row in found.said.staying]
        own.append(f"**{count(len(rows), 'row')}** that people stored ({listed(rows, SHOWN)})")
    return f"{' and '.join(own)} of your own stay, with what they name."
