"""What a scenario's owner found of its value and decided for the own area: every record, and a form for the next."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from data.decisions import FINDINGS, ROLLOUTS, Draft, record_rollout
from data.people import Role
from data.portfolio import Decision
from data.registry_store import current
from data.warehouse import Warehouse
from metrics.scenario_value import ScenarioValue
from pages.parts.decision_form import DecisionForm
from pages.parts.downloads import downloads
from pages.parts.names import names_of
from pages.parts.text import plain
from reports import value
from reports.signs import badge
from reports.words import listed


def recorded(store: Warehouse, found: ScenarioValue) -> None:
    """Draw who owns the scenario, the form where it was asked for, and the records, the newest first."""
    scenario = found.scenario.scenario_id
    called = names_of(store)
    owners = [row.user_id for row in current(store, Role)
              if row.role == "scenario_owner" and row.scenario_id == scenario]  # fmt: skip
    form = _form()
    form.told()
    with st.container(border=True, gap="small", key="rollout-record"):
        st.header("Decision of the scenario's owner", anchor=False)
        names = plain(listed([called.get(user, "a person without a name") for user in owners]))
        st.markdown(f"Owner **{names}**" if owners else "Owner :orange[nobody]")
        if form.asked_for(scenario):
            form.draw(found.proposal.rollout, partial(_keep, store, found))
        else:
            form.button("Confirm or refute", scenario)
        rows = sorted((row for row in current(store, Decision) if row.scenario_id == scenario),
                      key=lambda row: row.decided_at, reverse=True)  # fmt: skip
        if not rows:
            st.markdown(":gray[Nobody has confirmed or refuted the value yet.]")
            return
        st.caption("Records are never changed; a new decision is a new record.")
        for row in rows:
            _record(row, called)
        downloads([row.row() for row in rows], f"decisions-{scenario}", "rollout")


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


def _keep(store: Warehouse, found: ScenarioValue, draft: Draft, finding: str) -> None:
    record_rollout(
        store, found.scenario.scenario_id, draft, finding=finding, recommended=found.proposal.rollout,
        readings_hash=found.readings_hash(),
    )  # fmt: skip


def _form() -> DecisionForm:
    return DecisionForm("rollout", "For the own area", ROLLOUTS, value.ROLLOUTS, "proposed", FINDINGS)
