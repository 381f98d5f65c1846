"""What a page says when there is nothing to show: what to load, and files to start from."""

import streamlit as st

from data.warehouse import Warehouse
from pages.parts.links import link_to
from reports.templates import TITLES, template


def no_data(store: Warehouse) -> None:
    """Nothing has been loaded: say what to load, and offer the templates."""
    st.markdown("**No product can be judged yet: nothing has been loaded into this warehouse.**")
    with st.container(border=True):
        st.header("Load a first file", anchor=False)
        st.markdown(
            "Usage logs, eval results or tickets, as the tools export them. The Portfolio asks what you have and leads"
            " to a first number; before anything is stored it says what the file is and what it would change."
        )
        link_to("overview", "Begin with what you have", ":material/flag:")
        st.caption(f"They are stored in {store.path.name} on this machine.")
    templates()


def no_products() -> None:
    """There are data, but of no registered product."""
    with st.container(border=True):
        st.markdown("**The data that were loaded belong to no registered product, so no reading counts them yet.**")
        link_to("files", "Assign them on the Data page", ":material/inbox:")


def templates() -> None:
    """Templates of every kind of record, for those whose tool exports something else."""
    with st.container(border=True):
        st.header("Templates", anchor=False)
        st.caption("CSV with every column there is; only the first ones of each have an example, most may stay empty.")
        with st.container(horizontal=True, gap="small"):
            for table, title in TITLES.items():
                name, _, what = title.partition(": ")
                st.download_button(
                    name, template(table), file_name=f"plumbline-{table}.csv", mime="text/csv", help=what,
                    icon=":material/download:", key=f"template-{table}", on_click="ignore",
                )  # fmt: skip
