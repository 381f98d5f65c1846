"""Pilot scorecard: has the pilot proven the product useful, applicable, ready for the next stage?"""

from functools import partial

import streamlit as st

from data.made_up import about
from data.warehouse import Warehouse
from metrics import Scope
from metrics.scorecard import Scorecard
from pages.parts import bars, decisions, empty, gain
from pages.parts.charter import charter, charter_of, heading
from pages.parts.course import course
from pages.parts.exported import exported
from pages.parts.header import head
from pages.parts.reach import pilots, reach
from pages.parts.recommendation import data_checks, progress, recommendation
from pages.parts.scope import Reach
from pages.parts.scorecards import scorecard_of
from pages.parts.text import plain
from reports.pilot_report import pilot_report
from reports.pilot_template import TEMPLATE
from reports.report import Report
from reports.scorecard import answer

TITLE = "Pilot scorecard"
ICON = ":material/flag:"
URL = "scorecard"
SCOPE: tuple[str, ...] = ("pilot",)
ONE = "pilot"


def render(store: Warehouse, scope: Scope) -> None:
    """The answer first; then what is recommended and why, each criterion against its bar, and what people decided."""
    there_is = reach(store)
    known = pilots(store)
    chosen = next((name for name in scope.pilots or () if name in known), next(iter(known), None))
    if chosen is None:
        head(store, TITLE, there_is)
        _no_pilot()
        if there_is is None:
            empty.no_data(store)
        return
    card = scorecard_of(store, chosen)
    head(store, plain(card.pilot.name, 120), there_is)
    _answer(store, card, there_is)
    if card.scope is not None:
        data_checks(card)
    both = bars.drawable(card)
    left, right = st.columns([5, 7]) if both else (st.container(), st.container())
    with left.container(border=True, height="stretch", gap="small", key="pilot-recommendation"):
        recommendation(card)
    if card.scope is not None:
        with right.container(border=True, gap="small", key="pilot-progress"):
            progress(card)
    if both:
        with right.container(border=True, height="stretch", gap="small", key="pilot-figure"):
            bars.figure(card)
    with st.container(border=True, gap="small", key="pilot-criteria"):
        bars.table(store, card)
    if card.scope is not None:
        left, right = st.columns([7, 5])
        with left.container(border=True, height="stretch", gap="small", key="pilot-gain"):
            gain.against_today(card)
        with right.container(border=True, height="stretch", gap="small", key="pilot-causes"):
            gain.why_failed(card)
        course(store, card)
    with st.container(border=True, gap="small", key="pilot-charter"):
        charter(card, charter_of(store, card.pilot))
    with st.container(border=True, gap="small", key="pilot-decisions"):
        decisions.recorded(store, card)


def _report(store: Warehouse, card: Scorecard, product: str) -> Report:
    made_up = about(store, card.pilot.product_id)
    return pilot_report(card, product, store.data_version(), made_up=made_up)


def _answer(store: Warehouse, card: Scorecard, reached: Reach | None) -> None:
    left, right = st.columns([6, 1], vertical_alignment="top")
    with left.container(gap="xxsmall"):
        st.markdown(f"**{plain(answer(card), 700)}**")
        heading(card, charter_of(store, card.pilot))
        product = reached.products.get(card.pilot.product_id, card.pilot.product_id) if reached else ""
        exported(store, card.pilot.pilot_id, partial(_report, store, card, product))
    with right:
        decisions.ask(card)
    decisions.form(store, card)


def _no_pilot() -> None:
    st.markdown("**No pilot is registered, so there is nothing to decide yet.**")
    with st.container(border=True):
        st.header("Register a first pilot", anchor=False)
        st.markdown(
            "A pilot has a product, a team, a first and a last day, the people who take part, and the criteria it must"
            " meet, agreed before it begins. Fill in the template and store it with"
            " `python -m data import pilot.yaml`."
        )
        st.download_button(
            "Template: pilot", TEMPLATE.encode(), file_name="pilot.yaml", mime="application/yaml",
            key="template-pilot", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
