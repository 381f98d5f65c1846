"""Tabs of which only the open one is computed and drawn."""

from collections.abc import Callable, Mapping

import streamlit as st


def opened(key: str, drawn: Mapping[str, Callable[[], None]]) -> None:
    """Draw the tabs by their titles, and within the open one what belongs to it; another one runs the script again."""
    for tab, draw in zip(st.tabs(list(drawn), key=key, on_change="rerun"), drawn.values(), strict=True):
        if tab.open:
            with tab:
                draw()
