"""The weekly course of what a pilot must show, within its own days, with the bar drawn."""

import streamlit as st

from data.warehouse import Warehouse
from metrics import CATALOG, Reading, Scope, read
from metrics.catalog import dimensions_of
from metrics.scorecard import Judged, Scorecard
from pages.parts.chart import chart
from pages.parts.marks import marks
from pages.parts.text import plain
from pages.parts.theme import colours
from reports.trend import first_day, trend
from reports.words import in_full


def course(store: Warehouse, card: Scorecard) -> None:
    """Draw a panel for each must that can be read by week."""
    musts = {each.criterion.metric: each for each in card.judged if each.criterion.role == "must" and each.reading}
    weekly = [name for name in musts if "week" in dimensions_of(CATALOG[name])[0]]
    if card.scope is None or not weekly:
        return
    found: dict[str, list[Reading]] = {name: [] for name in weekly}
    for reading in read(store, weekly, card.scope, by=("week",)):
        found[reading.metric].append(reading)
    shown = {name: of for name, of in found.items() if any(reading.value is not None for reading in of)}
    columns = st.columns(2) if len(shown) > 1 else [st.container()]
    for place, (name, of) in enumerate(shown.items()):
        with columns[place % len(columns)].container(border=True, gap=None):
            _panel(store, card.scope, musts[name], of)


def _panel(store: Warehouse, scope: Scope, each: Judged, found: list[Reading]) -> None:
    title = CATALOG[each.criterion.metric].title
    days = [first_day(reading.group["week"] or "", "week") for reading in found]
    happened = [mark for mark in marks(store, scope) if scope.since <= mark.day <= scope.until]
    ragged = any(reading.status == "partial" for reading in found)
    st.header(f"{plain(title)} by week of the pilot", anchor=False)
    st.caption(
        f"Line and {found[0].level:.0%} band; dashed: the bar; a gap has no value"
        + "; grey: the week is not complete" * ragged
        + "; dotted: releases" * bool(happened)
    )
    last = next(reading for reading in reversed(found) if reading.value is not None)
    chart(
        f"course-{each.criterion.metric}", f"{title} by week of the pilot, last {in_full(last)}",
        trend, found, days, "week", colours(), height=230, marks=happened, bar=each.criterion.bar,
    )  # fmt: skip
