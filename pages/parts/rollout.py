"""What a scenario's owner found of its value and decided for the own area: every record, and a form for the next."""

from collections.abc import Mapping

import streamlit as st

from data.decisions import FINDINGS, ROLLOUTS, Draft, faults, record_rollout
from data.errors import PlumblineError
from data.people import Role
from data.portfolio import Decision
from data.registry_store import current
from data.warehouse import Warehouse
from metrics.scenario_value import ScenarioValue
from pages.parts.names import names_of
from pages.parts.text import plain
from pages.parts.theme import main_action
from reports import value
from reports.signs import badge
from reports.tables import csv_bytes
from reports.words import listed

NOTICE, OPEN, TRIED = "rollout-notice", "rollout-open", "rollout-tried"
FIELDS = ("finding", "choice", "reason", "second", "conditions")


def recorded(store: Warehouse, found: ScenarioValue) -> None:
    """Draw who owns the scenario, the form where it was asked for, and the records, the newest first."""
    scenario = found.scenario.scenario_id
    called = names_of(store)
    owners = [row.user_id for row in current(store, Role)
              if row.role == "scenario_owner" and row.scenario_id == scenario]  # fmt: skip
    if notice := st.session_state.pop(NOTICE, ""):
        st.toast(notice, icon=":material/check:")
    with st.container(border=True, gap="small", key="rollout-record"):
        st.header("Decision of the scenario's owner", anchor=False)
        names = plain(listed([called.get(user, "a person without a name") for user in owners]))
        st.markdown(f"Owner **{names}**" if owners else "Owner :orange[nobody]")
        if st.session_state.get(OPEN) == scenario:
            _form(store, found)
        else:
            st.button("Confirm or refute", key="rollout-begin", type=main_action(), icon=":material/gavel:",
                      on_click=_open, args=(scenario,))  # fmt: skip
        rows = sorted((row for row in current(store, Decision) if row.scenario_id == scenario),
                      key=lambda row: row.decided_at, reverse=True)  # fmt: skip
        if not rows:
            st.markdown(":gray[Nobody has confirmed or refuted the value yet.]")
            return
        st.caption("Records are never changed; a new decision is a new record.")
        for row in rows:
            _record(row, called)
        st.download_button(
            "Download CSV", csv_bytes([row.row() for row in rows]), file_name=f"decisions-{scenario}.csv",
            mime="text/csv", key="csv-rollout", icon=":material/download:", type="tertiary", on_click="ignore",
        )  # fmt: skip


def _record(row: Decision, called: Mapping[str, str]) -> None:
    who = listed([called.get(user, "a person without a name") for user in (row.user_id, row.second_id) if user])
    sign = value.ROLLOUTS.get(row.decision)
    then = ""
    if row.recommendation and row.recommendation in value.ROLLOUTS:
        against = "" if row.recommendation == row.decision else "against "
        then = f" · {against}the proposal then: {value.ROLLOUTS[row.recommendation].word.lower()}"
    st.markdown(
        f"{badge(sign) if sign else plain(row.decision, 40)} {row.decided_at:%-d %b %Y} by **{plain(who, 120)}**{then}"
    )
    if row.decision not in FINDINGS:
        for title, said in (("Reason", row.reason), ("Conditions", row.conditions)):
            if said:
                st.markdown(f":gray[{title}:] {plain(said, 2000)}")


def _form(store: Warehouse, found: ScenarioValue) -> None:
    proposed = found.proposal
    sign = value.ROLLOUTS[proposed.rollout]
    st.markdown(f"{badge(sign, f'Proposed: {sign.word}')} :gray[It is kept with the proposal as it is now.]")
    left, right = st.columns(2, gap="medium")
    with left:
        who = st.text_input("Who decides", key="rollout-who", placeholder="Your name", max_chars=80)
        beside = {"who": st.empty()}
        finding = st.segmented_control("What did you find", FINDINGS, key="rollout-finding", format_func=_word)
        beside["finding"] = st.empty()
        choice = st.segmented_control("For the own area", ROLLOUTS, key="rollout-choice", format_func=_word)
        beside["decision"] = st.empty()
        against = choice is not None and choice != proposed.rollout
        second = ""
        if against:
            second = st.text_input("Second name", key="rollout-second", placeholder="Who agrees", max_chars=80)
            st.caption(":material/info: Not what is proposed: it needs a reason and a second name.")
        beside["second"] = st.empty()
    with right:
        label = "Reason" if against else "Reason (optional)"
        reason = st.text_area(label, key="rollout-reason", max_chars=2000, height=80)
        beside["reason"] = st.empty()
        conditions = st.text_area("Conditions (optional)", key="rollout-conditions", max_chars=2000, height=68)
    with st.container(horizontal=True, gap="small"):
        pressed = st.button("Record", key="rollout-save", type=main_action(), icon=":material/check:")
        st.button("Cancel", key="rollout-cancel", on_click=_close)
    if not pressed and TRIED not in st.session_state:
        return
    st.session_state[TRIED] = True
    draft = Draft(who or "", choice or "", reason or "", second or "", conditions or "")
    missing = faults(draft, proposed.rollout, ROLLOUTS)
    if not finding:
        missing["finding"] = "Say whether the value is confirmed or refuted."
    for name, sentence in missing.items():
        beside[name].markdown(f":red[:material/error: {plain(sentence)}]")
    if pressed and not missing:
        _store(store, found, draft, str(finding))


def _store(store: Warehouse, found: ScenarioValue, draft: Draft, finding: str) -> None:
    try:
        record_rollout(store, found.scenario.scenario_id, draft, finding=finding,
                       recommended=found.proposal.rollout, readings_hash=found.readings_hash())  # fmt: skip
    except PlumblineError as refusal:
        st.error(plain(refusal, 1000), icon=":material/block:")
        return
    _close()
    st.session_state[NOTICE] = f"Recorded: {_word(draft.decision).lower()}."
    st.rerun()


def _word(name: str) -> str:
    return value.ROLLOUTS[name].word


def _open(scenario: str) -> None:
    _close()
    st.session_state[OPEN] = scenario


def _close() -> None:
    for name in (OPEN, TRIED, *(f"rollout-{field}" for field in FIELDS)):
        st.session_state.pop(name, None)
