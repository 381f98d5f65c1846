"""A change from a page, with what it does to the headline numbers."""

from collections.abc import Callable

import streamlit as st

from data.errors import PlumblineError
from data.warehouse import Warehouse
from pages.parts import desk as desks
from pages.parts.text import plain


def change(store: Warehouse, desk: desks.Desk, said: str, action: Callable[[], object]) -> None:
    """Do it and draw the page anew, which says so with the numbers before and after; a refusal is shown instead."""
    before = desks.headlines(store)
    try:
        action()
    except PlumblineError as refusal:
        st.error(plain(refusal, 1000), icon=":material/block:")
        return
    desk.notices.append((said, before, desks.headlines(store)))
    st.rerun()
