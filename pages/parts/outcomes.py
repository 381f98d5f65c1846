"""How all tasks of a product ended over time: confirmed, implied, unknown and failed, with the headline in words."""

from collections.abc import Mapping

import streamlit as st

from data.warehouse import Warehouse
from metrics import Reading, Scope
from pages.parts.absent import absent
from pages.parts.chart import chart
from pages.parts.how import how
from pages.parts.measured import measured, measured_by
from pages.parts.scope import grain
from pages.parts.text import plain
from pages.parts.theme import colours
from reports.band import PARTS, band, last_shares
from reports.trend import first_day
from reports.words import count, interval, percent

BOUNDS = ("task_success", "task_success.worst", "task_success.best", "task_success.outcome_coverage")


def outcomes_of(store: Warehouse, scope: Scope) -> None:
    """Draw the band into the current container, or say why there is none."""
    step = grain(scope)
    st.header(f"How tasks ended, by {step}", anchor=False)
    found = measured(store, scope)
    if found["task_success.unknown"].value is None:
        absent(found["task_success.unknown"].missing, "interactions", "outcomes")
        return
    st.caption(_in_words(found))
    over = measured_by(store, scope, step)
    of = {name: over[name] for name in PARTS}
    days = [first_day(reading.group[step] or "", step) for reading in next(iter(of.values()))]
    shares = ", ".join(f"{name} {percent(share)}" for name, share in last_shares(of).items())
    told = f"Shares of all tasks in the last complete {step}: {shares}"
    chart("chart-outcomes", told, band, of, days, step, colours())
    st.space("stretch")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        pale = any(each.value is not None and each.status != "ok" for each in next(iter(of.values())))
        st.caption(f"Pale: {step} not complete, or too few people" if pale else "Shares of all tasks", width="content")
        how(store, [found[name] for name in (*BOUNDS, *PARTS)], scope, "outcomes")


def _in_words(found: Mapping[str, Reading]) -> str:
    success, coverage = found["task_success"], found["task_success.outcome_coverage"]
    if success.value is None:
        return f"Task success is not known: {plain(success.missing)}"
    bounds = f" ({interval(success)})" if interval(success) else ""
    known = f"of {count(coverage.events, 'task')} the end of {percent(coverage.value)} is known"
    if coverage.value == 1.0:
        return (
            f"Task success {percent(success.value)}{bounds}; the end of all {count(coverage.events, 'task')} is known."
        )
    worst, best = found["task_success.worst"], found["task_success.best"]
    if worst.value is None or best.value is None:
        return f"Task success {percent(success.value)}{bounds}; {known}."
    return (
        f"Task success {percent(success.value)}{bounds}; {known}. Whatever became of the others, between"
        f" {percent(worst.value)} and {percent(best.value)} of all ended well."
    )
