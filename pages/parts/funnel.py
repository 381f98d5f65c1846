"""The adoption funnel of a product: who is eligible, tried it, came back, and made it a habit."""

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from metrics.funnel import STEPS, WEEKS, Step, funnel
from pages.parts.absent import absent
from pages.parts.card import badge
from pages.parts.chart import chart
from pages.parts.how import how
from pages.parts.measured import measured
from pages.parts.theme import colours
from reports.funnel import Rung
from reports.funnel import funnel as figure
from reports.words import interval, percent


def funnel_of(store: Warehouse, scope: Scope) -> None:
    """Draw the funnel into the current container, or say why there is none."""
    st.header("Adoption funnel", anchor=False)
    every = measured(store, scope)
    found = {name: every[name] for name in STEPS}
    steps = funnel(found)
    if not steps:
        absent(found["adoption"].missing, "audience", "funnel")
        return
    lost = max(steps[1:], key=lambda step: step.lost)
    st.caption(
        f"The same people over the last four complete weeks, {found['adoption'].level:.0%} intervals."
        + (f" Most are lost before “{lost.name.lower()}”: {lost.lost:,}." if lost.lost else "")
    )
    rungs = [_rung(step) for step in steps]
    chart("chart-funnel", "; ".join(f"{rung.name}: {rung.text}" for rung in rungs), figure, rungs, colours())
    st.space("stretch")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(badge(found["adoption"]), width="content")
        how(store, list(found.values()), scope, "funnel")


def _rung(step: Step) -> Rung:
    share = step.share
    if share is None:
        return Rung(step.name, 1.0, None, None, f"{step.people:,} people")
    bounds = interval(share)
    weeks = WEEKS[share.metric]
    return Rung(
        f"{step.name}, {weeks} week{'s' * (weeks > 1)} or more", share.value, share.low, share.high,
        f"{step.people:,} · {percent(share.value)}{f' ({bounds})' if bounds else ''}", share.decides,
    )  # fmt: skip
