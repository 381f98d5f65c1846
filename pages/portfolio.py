"""Portfolio: where every product stands, for whoever decides which products there should be."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from data.errors import PlumblineError
from data.warehouse import Warehouse
from metrics import CATALOG, HEADLINES, Reading, Scope
from pages.parts import computed, empty
from pages.parts.card import card
from pages.parts.header import head
from pages.parts.reach import reach
from pages.parts.readings import over_time, readings
from pages.parts.rows import table
from pages.parts.scope import grain
from pages.parts.text import plain
from reports import answers, charts
from reports.words import count, in_full, percent, period, sign

TITLE = "Portfolio"
ICON = ":material/space_dashboard:"
URL = "overview"
SCOPED = True  # the scope bar stands above it


def render(store: Warehouse, scope: Scope) -> None:
    """The answer first, then the headline readings, each product beside the others, and the way there over time."""
    there_is = reach(store)
    head(store, TITLE, there_is)
    if there_is is None:
        empty.no_data(store)
        return
    names = {product: plain(name) for product, name in there_is.products.items()}
    everything = readings(store, HEADLINES, scope)
    by_product = readings(store, HEADLINES, scope, by=("product",))
    with st.container(gap="xxsmall"):
        st.markdown(f"**{answers.portfolio([r for r in by_product if r.metric == 'task_success'], names)}**")
        st.caption(f"{period(scope.since, scope.until)} · {_whose(scope, names)}")
    _cards(store, everything, scope)
    if not by_product:
        empty.no_products()
        return
    _pictures(store, by_product, scope, dict(there_is.products))
    _table(by_product, dict(there_is.products))


def _whose(scope: Scope, names: dict[str, str]) -> str:
    if scope.products is None:
        return count(len(names), "registered product")
    return ", ".join(names.get(product, plain(product)) for product in scope.products)


def _cards(store: Warehouse, found: Sequence[Reading], scope: Scope) -> None:
    asked: Reading | None = None
    with st.grid(len(found), min_column_width=240, gap="small"):
        for reading in found:
            if card(reading):
                asked = reading
    if asked is not None:
        computed.show(store, asked, scope)


def _pictures(store: Warehouse, found: Sequence[Reading], scope: Scope, names: dict[str, str]) -> None:
    metric = st.segmented_control(
        "Show", HEADLINES, format_func=lambda name: CATALOG[name].title, required=True, default=HEADLINES[0],
        key="portfolio-metric", persist_state="session", label_visibility="collapsed",
    )  # fmt: skip
    metric = metric or HEADLINES[0]
    colours = charts.palette(st.context.theme.type == "dark")
    left, right = st.columns(2)
    with left.container(border=True, height="stretch", gap=None):
        st.header(f"{CATALOG[metric].title} by product", anchor=False)
        st.caption("Dot and 95% interval; an open dot may not decide")
        of_metric = [reading for reading in found if reading.metric == metric]
        labels = [names.get(reading.group["product"] or "", reading.group["product"] or "") for reading in of_metric]
        st.plotly_chart(
            charts.intervals(of_metric, labels, colours), config={"displayModeBar": False}, key="chart-intervals",
            alt="; ".join(f"{label}: {in_full(each)}" for label, each in zip(labels, of_metric, strict=True))[:600],
        )  # fmt: skip
    with right.container(border=True, height="stretch", gap=None):
        _trend(store, metric, scope, charts.height_for(len(of_metric)))


def _trend(store: Warehouse, metric: str, scope: Scope, height: int) -> None:
    step = grain(scope)
    try:
        found = over_time(store, metric, scope, step)
    except PlumblineError:  # an audience is judged over weeks
        step = "week"
        found = over_time(store, metric, scope, step)
    days = [_first_day(reading, step) for reading in found]
    st.header(f"{CATALOG[metric].title} by {step}", anchor=False)
    ragged = any(reading.status == "partial" for reading in found)
    st.caption(f"Line and 95% band; a gap has no value{f'; grey: the {step} is not complete' if ragged else ''}")
    if not any(reading.value is not None for reading in found):
        st.markdown(f":gray[{plain(found[-1].missing) if found else 'No period to show.'}]")
        return
    st.plotly_chart(
        charts.trend(found, days, step, charts.palette(st.context.theme.type == "dark"), height), key="chart-trend",
        config={"displayModeBar": False}, alt=_told(found, days, step),
    )  # fmt: skip


def _told(found: Sequence[Reading], days: Sequence[date], step: str) -> str:
    shown = [(day, reading) for day, reading in zip(days, found, strict=True) if reading.value is not None]
    (first_day, first), (last_day, last) = shown[0], shown[-1]
    title = CATALOG[first.metric].title
    return (
        f"{title} by {step}: {percent(first.value)} in the {charts.period_words(first_day, step)},"
        f" {in_full(last)} in the {charts.period_words(last_day, step)}"
    )


def _first_day(reading: Reading, step: str) -> date:
    return charts.first_day(reading.group[step] or "", step)


def _table(found: Sequence[Reading], names: dict[str, str]) -> None:
    rows: dict[str, dict[str, object]] = {}
    for reading in found:
        product = reading.group["product"] or ""
        row = rows.setdefault(product, {"Product": names.get(product, product)})
        number = f"{in_full(reading)} · " if reading.value is not None else ""
        row[CATALOG[reading.metric].title] = number + sign(reading).word
    st.header("Products", anchor=False)
    columns = ("metric", "value", "low", "high", "level", "units", "events", "status", "decides", "missing")
    table(
        list(rows.values()),
        name="products",
        download=[{"product": r.group["product"], **{name: getattr(r, name) for name in columns}} for r in found],
    )
