"""Files to start from, and what each of their columns means."""

import streamlit as st

from loaders.guide import guide
from pages.parts.empty import templates
from pages.parts.rows import table
from reports.templates import TITLES

NAMES = {
    "column": "Column", "needed": "Needed", "meaning": "Meaning", "example": "Example", "unit": "Unit",
    "expected": "Expected",
}  # fmt: skip


def show() -> None:
    """The templates, and below them the columns of one of our tables."""
    templates()
    with st.expander("What each column means", icon=":material/menu_book:", key="column-guide"):
        chosen = st.selectbox(
            "Each row is", list(TITLES), format_func=lambda name: TITLES[name], key="guide-table", width=420
        )
        st.caption("Moments without an offset are UTC, or of the time zone that is chosen for the file.")
        table([{NAMES[name]: cell for name, cell in row.items()} for row in guide(chosen)], f"columns of {chosen}")
