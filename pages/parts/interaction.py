"""Everything that is known of one interaction: what its file said, and every row that points at it."""

import streamlit as st

from data.warehouse import Warehouse
from metrics.trail import trail


def interaction(store: Warehouse, product: str, interaction_id: str) -> None:
    """Draw the interaction as fields and values, and under it its model calls, feedback, checks and tickets."""
    for title, rows in trail(store, product, interaction_id).items():
        st.markdown(f"**{title}**")
        if len(rows) == 1:
            told = [{"Field": name, "Value": str(value)} for name, value in rows[0].items()]
            st.dataframe(told, hide_index=True, height="content", alt=f"{title} {interaction_id}")
        else:
            st.dataframe(
                [{name: str(value) for name, value in row.items()} for row in rows], hide_index=True,
                alt=f"{title} of {interaction_id}",
            )  # fmt: skip
