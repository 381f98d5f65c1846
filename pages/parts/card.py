"""The card of one reading: value, change, interval, what it counts, its status, and the way to its origin."""

from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st

from metrics import CATALOG, Reading
from metrics.compare import Delta
from metrics.spec import Better
from pages.parts.text import plain
from reports.words import change, interval_in_full, sign, units_of, value_of

GOOD: dict[Better, Literal["normal", "inverse", "off"]] = {"higher": "normal", "lower": "inverse", "band": "off"}
"""Whether more is shown as good news, as bad news, or as neither."""


def badge(reading: Reading) -> str:
    """The status of a reading as a badge: an icon and a word."""
    mark = sign(reading)
    return f":{mark.colour}-badge[:material/{mark.icon}: {mark.word}]"


def cards(
    found: Sequence[Reading],
    deltas: Mapping[str, Delta] | None = None,
    recent: Mapping[str, list[float]] | None = None,
    currency: str = "",
) -> Reading | None:
    """Draw a grid of cards; the reading whose "How computed" was pressed. `deltas` and `recent` are by metric."""
    asked = None
    with st.grid(len(found), min_column_width=220, gap="small"):
        for reading in found:
            if card(reading, (deltas or {}).get(reading.metric), (recent or {}).get(reading.metric, []), currency):
                asked = reading
    return asked


def card(reading: Reading, delta: Delta | None = None, recent: Sequence[float] = (), currency: str = "") -> bool:
    """Draw one card; whether "How computed" was pressed. A reading without a value shows the reason, never a number.

    `recent` is a run of weekly values without gaps, drawn as a line when it has three or more.
    """
    metric = CATALOG[reading.metric]
    with st.container(border=True, height="stretch", gap="xsmall", key=f"card-{reading.metric}"):
        if reading.value is None:
            st.markdown(metric.title, help=metric.question)
            st.caption(plain(reading.missing))
        else:
            _metric(reading, delta, recent, currency)
            st.caption(f"{interval_in_full(reading)} · {units_of(reading)}")
        st.space("stretch")
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(badge(reading), width="content", help=plain(reading.missing) or sign(reading).means)
            return st.button(
                "How computed", key=f"how-{reading.metric}", type="tertiary", icon=":material/function:",
                help=f"How {metric.title.lower()} is computed",
            )  # fmt: skip


def _metric(reading: Reading, delta: Delta | None, recent: Sequence[float], currency: str) -> None:
    metric = CATALOG[reading.metric]
    value = f"{value_of(reading)} {currency}".rstrip() if metric.measure == "money" else value_of(reading)
    lines = list(recent) if len(recent) >= 3 else None
    if delta is None or delta.value is None:
        st.metric(metric.title, value, help=metric.question, chart_data=lines)
        if delta is not None:
            st.caption(plain(delta.refused))
        return
    st.metric(
        metric.title, value, change(delta.value, metric.measure),
        delta_color=GOOD[metric.better] if delta.clear else "off",
        delta_description="vs before" if delta.clear or delta.low is None else "may be chance",
        help=metric.question, chart_data=lines,
    )  # fmt: skip
