"""A table of rows with its download: what a person sees, a spreadsheet gets."""

from collections.abc import Callable, Sequence

import streamlit as st

from data.cursor import Row
from pages.parts.downloads import downloads


def table(
    rows: Sequence[Row], name: str, download: Sequence[Row] = (), beside: Callable[[], None] | None = None
) -> None:
    """Draw the rows and offer them as CSV and XLSX, or in their place the rows to `download`.

    `name` says what they are: it is read aloud, and names the file. `beside` draws what stands next to the offer.
    """
    if not rows:
        return
    slug = name.replace(" ", "-").replace(".", "-")
    st.dataframe([{key: _shown(value) for key, value in row.items()} for row in rows],
                 hide_index=True, alt=name.capitalize(), key=f"table-{slug}", placeholder="",
                 column_config={"Line": st.column_config.NumberColumn(width=60, format="%d"),
                                "Why": st.column_config.TextColumn(width=760)})  # fmt: skip
    downloads(download or rows, slug, beside=beside)


def picked_row(rows: Sequence[Row], name: str, beside: Callable[[], None] | None = None) -> int | None:
    """Draw the rows so that one can be selected; the place of the selected one."""
    slug = name.replace(" ", "-").replace(".", "-")
    state = st.dataframe(
        [{key: _shown(value) for key, value in row.items()} for row in rows], hide_index=True, alt=name.capitalize(),
        key=f"pick-{slug}", on_select="rerun", selection_mode="single-row", placeholder="",
    )  # fmt: skip
    downloads(rows, slug, beside=beside)
    picked = state["selection"]["rows"]
    return picked[0] if picked else None


def _shown(value: object) -> object:
    return value if isinstance(value, int | float | str | None) else str(value)
