"""The rows of a table as files to take away, each made when somebody asks for it."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from data.cursor import Row
from reports.made import MIME
from reports.tables import csv_bytes, xlsx_bytes


def downloads(
    rows: Sequence[Row], name: str, key: str = "", *, columns: Sequence[str] = (),
    beside: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """Offer the rows as CSV and as a workbook; `name` is that of the files, `beside` draws what stands next to it."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.download_button(
            "Download CSV", partial(csv_bytes, rows, columns), file_name=f"{name}.csv", mime="text/csv",
            key=f"csv-{key or name}", icon=":material/download:", type="tertiary", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "XLSX", partial(xlsx_bytes, rows, name, columns), file_name=f"{name}.xlsx", mime=MIME["xlsx"],
            key=f"xlsx-{key or name}", icon=":material/download:", type="tertiary", on_click="ignore",
            help="The same rows as a workbook",
        )  # fmt: skip
        if beside is not None:
            beside()
