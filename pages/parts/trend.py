"""One metric over time with its marks, as a panel: title, what the line shows, the chart or why there is none."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from data.warehouse import Warehouse
from metrics import CATALOG, Reading, Scope
from metrics.catalog import dimensions_of
from metrics.spec import Grain
from pages.parts.chart import chart
from pages.parts.marks import marks
from pages.parts.readings import over_time
from pages.parts.scope import grain
from pages.parts.text import plain
from pages.parts.theme import colours
from reports.trend import first_day, period_words, trend
from reports.words import in_full, value_of


def panel(store: Warehouse, metric: str, scope: Scope, *, height: int = 260, bar: float | None = None) -> None:
    """Draw the panel into the current container. A metric that is not made by day is drawn by week, and so on."""
    step = fitting(metric, grain(scope))
    title = CATALOG[metric].title
    if step is None:
        st.header(f"{title} over time", anchor=False)
        st.markdown(f":gray[{title} is not made by day, week or month: {plain(dimensions_of(CATALOG[metric])[1])}.]")
        return
    found = over_time(store, metric, scope, step)
    days = [first_day(reading.group[step] or "", step) for reading in found]
    st.header(f"{title} by {step}", anchor=False)
    ragged = any(reading.status == "partial" for reading in found)
    happened = marks(store, scope)
    st.caption(
        f"Line and {found[0].level:.0%} band; a gap has no value" * bool(found)
        + f"; grey: the {step} is not complete" * ragged
        + "; dashed: target" * (bar is not None)
        + "; dotted: releases" * bool(happened)
    )
    if not any(reading.value is not None for reading in found):
        st.markdown(f":gray[{plain(found[-1].missing) if found else 'No period to show.'}]")
        return
    chart(
        f"trend-{metric}", _told(found, days, step),
        trend, found, days, step, colours(), height=height, marks=happened, bar=bar,
    )  # fmt: skip


def fitting(metric: str, step: Grain) -> Grain | None:
    """The granularity asked for, else the next coarser one that the metric can be read by; None without any."""
    allowed = dimensions_of(CATALOG[metric])[0]
    order: tuple[Grain, ...] = ("day", "week", "month")
    coarser = order[order.index(step) :]
    return next((each for each in (*coarser, *order) if each in allowed), None)


def _told(found: Sequence[Reading], days: Sequence[date], step: str) -> str:
    shown = [(day, reading) for day, reading in zip(days, found, strict=True) if reading.value is not None]
    (first, begun), (last, ended) = shown[0], shown[-1]
    return (
        f"{CATALOG[begun.metric].title} by {step}: {value_of(begun)} in the {period_words(first, step)},"
        f" {in_full(ended)} in the {period_words(last, step)}"
    )
