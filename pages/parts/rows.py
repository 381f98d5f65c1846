"""A table of rows with its download: what a person sees, a spreadsheet gets."""

from collections.abc import Sequence

import streamlit as st

from data.cursor import Row
from reports.tables import csv_bytes


def table(rows: Sequence[Row], name: str, download: Sequence[Row] = ()) -> None:
    """Draw the rows and offer them as CSV, or in their place the rows to `download`.

    `name` says what they are: it is read aloud, and names the file.
    """
    if not rows:
        return
    slug = name.replace(" ", "-").replace(".", "-")
    st.dataframe([{key: _shown(value) for key, value in row.items()} for row in rows],
                 hide_index=True, alt=name.capitalize(), key=f"table-{slug}", placeholder="",
                 column_config={"Line": st.column_config.NumberColumn(width=60, format="%d"),
                                "Why": st.column_config.TextColumn(width=760)})  # fmt: skip
    st.download_button(
        "Download CSV", csv_bytes(download or rows), file_name=f"{slug}.csv", mime="text/csv", key=f"csv-{slug}",
        icon=":material/download:", type="tertiary", on_click="ignore",
    )  # fmt: skip


def _shown(value: object) -> object:
    return value if isinstance(value, int | float | str | None) else str(value)
