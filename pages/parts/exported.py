"""A page as a file to take away: made when somebody asks for it, not before."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from data.warehouse import Warehouse
from reports.made import MIME, made
from reports.report import Report


def exported(store: Warehouse, name: str, report: Callable[[], Report]) -> None:
    """Offer the report in every form; `name` is that of the file without its ending."""
    with st.container(horizontal=True, gap="small"):
        for form, mime in MIME.items():
            st.download_button(
                f"Report as {form.upper()}", partial(_file, store, report, form), file_name=f"{name}.{form}",
                mime=mime, key=f"report-{form}", icon=":material/download:", type="tertiary", on_click="ignore",
            )  # fmt: skip


def _file(store: Warehouse, report: Callable[[], Report], form: str) -> bytes:
    return made(report(), form, store.clock())
