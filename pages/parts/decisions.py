"""What people decided about a pilot: every decision as it was recorded, and a form for the next one."""

from collections.abc import Mapping

import streamlit as st

from data.decisions import CHOICES, Draft, record
from data.portfolio import Decision
from data.warehouse import Warehouse
from metrics.scorecard import Scorecard
from pages.parts.decision_form import DecisionForm
from pages.parts.downloads import downloads
from pages.parts.names import names_of
from pages.parts.text import plain
from reports.signs import DECISIONS, badge
from reports.words import listed


def recorded(store: Warehouse, card: Scorecard) -> None:
    """Draw the decisions, the newest first."""
    st.header("Decision record", anchor=False)
    if not card.decisions:
        late = ":orange[:material/event_busy: Overdue: the pilot has ended.] " if card.overdue else ""
        st.markdown(f"{late}:gray[Nobody has recorded a decision yet.]")
        return
    st.caption("Records are never changed; a new decision is a new record.")
    called = names_of(store)
    for row in reversed(card.decisions):
        who = listed([_called(called, user) for user in (row.user_id, row.second_id) if user])
        with st.container(gap=None, key=f"decision-{row.decision_id}"):
            st.markdown(f"{_word(row.decision)} {row.decided_at:%-d %b %Y} by **{plain(who, 120)}** · {_then(row)}")
            for title, said in (("Reason", row.reason), ("Conditions", row.conditions)):
                if said:
                    st.markdown(f":gray[{title}:] {plain(said, 2000)}")
    downloads([row.row() for row in reversed(card.decisions)], f"decisions-{card.pilot.pilot_id}", "decisions")


def ask(card: Scorecard) -> None:
    """Offer to record a decision, and say once what was just recorded."""
    form_of = _form()
    form_of.told()
    form_of.button("Record decision", card.pilot.pilot_id)


def form(store: Warehouse, card: Scorecard) -> None:
    """Draw the form where it was asked for."""
    if not _form().asked_for(card.pilot.pilot_id):
        return
    advice = card.verdict.decision

    def keep(draft: Draft, _: str) -> None:
        record(store, card.pilot, draft, recommended=advice, readings_hash=card.readings_hash())

    with st.container(border=True, gap="small", key="decision-form"):
        st.header("Record a decision", anchor=False)
        _form().draw(advice, keep)


def _form() -> DecisionForm:
    return DecisionForm("decision", "Decision", CHOICES, DECISIONS, "recommended")


def _word(decision: str) -> str:
    return badge(DECISIONS[decision]) if decision in DECISIONS else plain(decision, 40)


def _then(row: Decision) -> str:
    """What was recommended then, marked where the decision went against it."""
    if not row.recommendation:
        return ":gray[the recommendation then is not known]"
    known = row.recommendation in DECISIONS
    said = DECISIONS[row.recommendation].word.lower() if known else plain(row.recommendation, 40)
    if row.recommendation == row.decision:
        return f"as recommended then: {said}"
    return f":orange[:material/alt_route: against the recommendation then: {said}]"


def _called(called: Mapping[str, str], user: str) -> str:
    return called.get(user, "a person without a name")
