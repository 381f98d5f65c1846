"""The pilots: what is due to be decided, each over time in the word of its decision; a row leads to its scorecard."""

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from metrics.scorecard import Scorecard
from metrics.standing import ProductStanding
from pages.parts.chart import chart
from pages.parts.links import go_to
from pages.parts.scope import choose
from pages.parts.scorecards import scorecards_of
from pages.parts.text import plain
from pages.parts.theme import colours
from reports.signs import DECISIONS, TONES
from reports.timeline import Span, timeline
from reports.words import count, listed


def pilots(store: Warehouse, scope: Scope, found: Sequence[ProductStanding]) -> None:
    """Draw decisions due, the timeline, and the table of pilots of the products in scope."""
    shown = {each.product.product_id: each.product.name for each in found}
    states = [each for each in scorecards_of(store) if each.pilot.product_id in shown]
    if not states:
        st.markdown("No pilot is registered. One has a product, a team, dates and criteria; add it to the registry.")
        return
    due = [each for each in states if each.overdue]
    if due:
        names = plain(listed([each.pilot.name for each in due]))
        st.markdown(f":material/event_busy: **{count(len(due), 'decision')} overdue:** {names}")
    dated = [each for each in states if each.pilot.starts_on and each.pilot.ends_on]
    today = store.clock().date()
    spans = [
        Span(
            each.pilot.name, each.pilot.starts_on or today, each.pilot.ends_on or today + timedelta(days=1),
            word(each), TONES[DECISIONS.get(each.decided, DECISIONS[each.verdict.decision]).colour],
        )
        for each in dated
    ]  # fmt: skip
    if spans:
        told = "; ".join(f"{s.name}: {s.starts_on} to {s.ends_on}, {s.word}" for s in spans)[:900]
        chart("chart-pilots", told, timeline, spans, today, colours())
    rows = [
        {
            "Pilot": each.pilot.name, "Product": shown[each.pilot.product_id], "Proposal": word(each),
            "Why": each.verdict.reasons[0] if each.verdict.reasons else "", "Decided": each.decided or "",
        }
        for each in states
    ]  # fmt: skip
    picked = st.dataframe(
        rows, hide_index=True, key="pilots", on_select="rerun", selection_mode="single-row",
        alt="Pilots with what their criteria propose",
        column_config={"Why": st.column_config.TextColumn(width="large")},
    )["selection"]["rows"]  # fmt: skip
    if picked:
        choose("pilot", states[picked[0]].pilot.pilot_id)
        go_to("scorecard")


def word(each: Scorecard) -> str:
    """The decision taken, else the proposal in a word, with what is late."""
    if each.decided:
        return f"Decided: {each.decided}"
    return f"{DECISIONS[each.verdict.decision].word}{', overdue' if each.overdue else ''}"
