"""Technical failures held against what they were: the control chart of the product's first eight weeks."""

from functools import partial

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from metrics.failure_chart import Chart, failure_charts, wolf
from pages.parts.absent import absent
from pages.parts.asked import asked
from pages.parts.chart import chart
from pages.parts.marks import marks
from pages.parts.rows import table
from pages.parts.text import plain
from pages.parts.theme import colours
from pages.parts.workings import worked
from reports.limits import answer, limits_figure, told


def limits_of(store: Warehouse, scope: Scope) -> None:
    """Draw the chart of the one product into the current container, or say why there is none."""
    found: list[Chart] = asked(store, scope, failure_charts)
    if not found:
        absent("No interaction of this product lies in this period.", "interactions", "limits")
        return
    (own,) = found
    if not own.points:
        st.markdown(f":gray[{plain(own.missing)}]")
        worked(store, scope, "control chart", partial(failure_charts, store, scope))
        return
    st.markdown(f"**{plain(answer(own), 500)}**")
    st.caption(f"{wolf(found)} Dashed: the baseline; band: the limits; a triangle left them; dotted: releases.")
    said = "; ".join(told(each, own.grain) for each in own.points[-12:])
    chart("chart-limits", said, limits_figure, own, colours(), marks(store, scope))
    with st.expander("As a table"):
        table(
            [{"From": each.name, "Failed": each.hits, "Of": each.of, "Share": each.share, "Low": max(each.low, 0.0),
              "High": each.high, "Left the limits": each.side or "no"} for each in own.points],
            name="control chart",
            beside=partial(worked, store, scope, "control chart", partial(failure_charts, store, scope)),
        )  # fmt: skip
