"""What a panel says when it has nothing to show: why, what to load, and a file to start from."""

import streamlit as st

from data.registry import REGISTRY
from pages.parts.text import plain
from reports.tables import csv_bytes
from reports.templates import TITLES, template


def absent(why: str, table: str, key: str) -> None:
    """Say why there is nothing and offer the template of the kind of record, or of the registry table, that lacks."""
    st.markdown(f":gray[{plain(why)}]")
    fact = table in TITLES
    st.download_button(
        f"Template: {table.replace('_', ' ')}",
        template(table) if fact else csv_bytes([], REGISTRY[table].columns()),
        file_name=f"plumbline-{table}.csv" if fact else f"{table}.csv", mime="text/csv", key=f"absent-{key}",
        icon=":material/download:", type="tertiary", on_click="ignore",
        help="Drop it on the Data page when it is filled" if fact else "Fill it, then: python -m data import FILE",
    )  # fmt: skip
