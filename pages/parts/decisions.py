"""What people decided about a pilot: every decision as it was recorded, and a form for the next one."""

from datetime import date

import streamlit as st

from data.decisions import CHOICES, Draft, faults, record
from data.errors import PlumblineError
from data.names import names
from data.portfolio import Decision
from data.warehouse import Warehouse
from metrics.scorecard import Scorecard
from pages.parts.readings import state
from pages.parts.text import plain
from pages.parts.theme import main_action
from reports.signs import DECISIONS, badge
from reports.tables import csv_bytes
from reports.words import listed

NOTICE, OPEN, TRIED = "decision-notice", "decision-open", "decision-tried"
FIELDS = ("choice", "reason", "second", "conditions")


def recorded(store: Warehouse, card: Scorecard) -> None:
    """Draw the decisions, the newest first."""
    st.header("Decision record", anchor=False)
    if not card.decisions:
        late = ":orange[:material/event_busy: Overdue: the pilot has ended.] " if card.overdue else ""
        st.markdown(f"{late}:gray[Nobody has recorded a decision yet.]")
        return
    st.caption("Records are never changed; a new decision is a new record.")
    called = _names(store, state(store))
    for row in reversed(card.decisions):
        who = listed([_called(called, user) for user in (row.user_id, row.second_id) if user])
        with st.container(gap=None, key=f"decision-{row.decision_id}"):
            st.markdown(f"{_word(row.decision)} {row.decided_at:%-d %b %Y} by **{plain(who, 120)}** · {_then(row)}")
            for title, said in (("Reason", row.reason), ("Conditions", row.conditions)):
                if said:
                    st.markdown(f":gray[{title}:] {plain(said, 2000)}")
    st.download_button(
        "Download CSV", csv_bytes([row.row() for row in reversed(card.decisions)]),
        file_name=f"decisions-{card.pilot.pilot_id}.csv", mime="text/csv", key="csv-decisions",
        icon=":material/download:", type="tertiary", on_click="ignore",
    )  # fmt: skip


def ask(card: Scorecard) -> None:
    """Offer to record a decision, and say once what was just recorded."""
    if notice := st.session_state.pop(NOTICE, ""):
        st.toast(notice, icon=":material/check:")
    st.button(
        "Record decision", key="decision-begin", type=main_action(), icon=":material/gavel:", on_click=_open,
        args=(card.pilot.pilot_id,),
    )  # fmt: skip


def form(store: Warehouse, card: Scorecard) -> None:
    """Draw the form where it was asked for; what is missing is said beside its field."""
    if st.session_state.get(OPEN) != card.pilot.pilot_id:
        return
    with st.container(border=True, gap="small", key="decision-form"):
        st.header("Record a decision", anchor=False)
        _fields(store, card)


def _fields(store: Warehouse, card: Scorecard) -> None:
    recommended = card.verdict.decision
    sign = DECISIONS[recommended]
    st.markdown(f"{badge(sign, f'Recommended: {sign.word}')} :gray[It is kept with the recommendation as it is now.]")
    left, right = st.columns(2, gap="medium")
    with left:
        who = st.text_input("Who decides", key="decision-who", placeholder="Your name", max_chars=80)
        beside_who = st.empty()
        choice = st.segmented_control(
            "Decision", CHOICES, format_func=lambda each: DECISIONS[each].word, key="decision-choice"
        )
        beside_choice = st.empty()
        against = choice is not None and choice != recommended
        second = ""
        if against:
            second = st.text_input("Second name", key="decision-second", placeholder="Who agrees", max_chars=80)
            st.caption(":material/info: Not what is recommended: it needs a reason and a second name.")
        beside_second = st.empty()
    with right:
        label = "Reason" if against else "Reason (optional)"
        reason = st.text_area(label, key="decision-reason", max_chars=2000, height=80)
        beside_reason = st.empty()
        conditions = st.text_area("Conditions (optional)", key="decision-conditions", max_chars=2000, height=68)
    with st.container(horizontal=True, gap="small"):
        pressed = st.button("Record", key="decision-save", type=main_action(), icon=":material/check:")
        st.button("Cancel", key="decision-cancel", on_click=_close)
    if not pressed and TRIED not in st.session_state:
        return
    st.session_state[TRIED] = True
    draft = Draft(who or "", choice or "", reason or "", second or "", conditions or "")
    missing = faults(draft, recommended)
    places = {"who": beside_who, "decision": beside_choice, "reason": beside_reason, "second": beside_second}
    for name, sentence in missing.items():
        places[name].markdown(f":red[:material/error: {plain(sentence)}]")
    if pressed and not missing:
        _store(store, card, draft)


def _open(pilot: str) -> None:
    _close()
    st.session_state[OPEN] = pilot


def _close() -> None:
    for name in (OPEN, TRIED, *(f"decision-{field}" for field in FIELDS)):
        st.session_state.pop(name, None)


def _store(store: Warehouse, card: Scorecard, draft: Draft) -> None:
    try:
        record(store, card.pilot, draft, recommended=card.verdict.decision, readings_hash=card.readings_hash())
    except PlumblineError as refusal:
        st.error(plain(refusal, 1000), icon=":material/block:")
        return
    _close()
    st.session_state[NOTICE] = f"Recorded: {draft.decision}."
    st.rerun()


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


def _called(called: dict[str, str], user: str) -> str:
    return called.get(user, "a person without a name")


@st.cache_data(max_entries=5, show_spinner=False)
def _names(_store: Warehouse, version: tuple[str, int, date]) -> dict[str, str]:
    return names(_store)
