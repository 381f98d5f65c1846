"""The way from a panel to the origin of each number in it."""

from collections.abc import Sequence

import streamlit as st

from data.warehouse import Warehouse
from metrics import CATALOG, Reading, Scope
from pages.parts import computed


def how(store: Warehouse, found: Sequence[Reading], scope: Scope, key: str) -> None:
    """Offer "How computed" for each of the readings of a panel; the chosen one opens over the page."""
    asked = None
    with st.popover("How computed", icon=":material/function:", type="tertiary", key=f"how-of-{key}"):
        for reading in found:
            if st.button(CATALOG[reading.metric].title, key=f"how-{key}-{reading.metric}", type="tertiary"):
                asked = reading
    if asked is not None:
        computed.show(store, asked, scope)
