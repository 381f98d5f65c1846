"""What a product must do and whether its evals show it, and what was decided about it."""

from datetime import date
from functools import partial

import streamlit as st

from data.portfolio import Decision, Pilot, Scenario
from data.registry_store import current
from data.warehouse import Warehouse
from metrics import Scope
from metrics.requirements import Checked, State, requirements
from pages.parts.absent import absent
from pages.parts.names import names_of
from pages.parts.readings import state
from pages.parts.rows import table
from pages.parts.workings import worked
from reports.words import NOTHING, count, percent

STATES: dict[State, str] = {
    "passes": "✓ Passes", "fails": "✕ Fails", "no results": "– No results", "no check": "– No check named",
}  # fmt: skip


def requirements_of(store: Warehouse, scope: Scope) -> None:
    """Draw the requirements, what fails first, or say that there are none."""
    (product,) = scope.products or ("",)
    found = _checked(store, state(store), product, scope.until)
    if not found:
        absent("No requirement of this product is registered.", "requirements", "requirements")
        return
    met = sum(each.state == "passes" for each in found)
    st.caption(
        f"{met} of {count(len(found), 'requirement')} pass: every case that they name passed in its suite's newest run."
    )
    table(
        [_row(each) for each in found], name="requirements",
        beside=partial(worked, store, scope, "requirements", partial(_ask, store, product, scope.until)),
    )  # fmt: skip


def decisions_of(store: Warehouse, scope: Scope) -> None:
    """Draw the decisions about the product and its pilots, the newest first, or say that there are none."""
    (product,) = scope.products or ("",)
    pilots = {each.pilot_id: each.name for each in current(store, Pilot) if each.product_id == product}
    work = {each.scenario_id: each.name for each in current(store, Scenario) if each.product_id == product}
    found = [
        each for each in current(store, Decision)
        if each.product_id == product or each.pilot_id in pilots or each.scenario_id in work
    ]  # fmt: skip
    if not found:
        absent("No decision about this product was ever recorded.", "decisions", "decisions")
        return
    names = names_of(store)
    st.caption("Who decided what, on which recommendation. A record is never changed; a new decision is a new row.")
    rows: list[dict[str, object]] = [
        {
            "Decided": each.decided_at.date(),
            "About": pilots.get(each.pilot_id or "") or work.get(each.scenario_id or "") or "the product",
            "Decision": each.decision.replace("_", " "),
            "Numbers proposed": each.recommendation or NOTHING,
            "Reason": each.reason or NOTHING,
            "Conditions": each.conditions or NOTHING,
            "Who": names.get(each.user_id, each.user_id),
            "Second": names.get(each.second_id or "", each.second_id) or NOTHING,
        }
        for each in sorted(found, key=lambda each: each.decided_at, reverse=True)
    ]
    table(rows, name="decisions")


def _row(each: Checked) -> dict[str, object]:
    asked = each.requirement
    share = NOTHING
    if each.low is not None and each.high is not None:
        share = f"{each.passed} of {each.cases} ({100 * each.low:.1f}–{percent(each.high)})"
    return {
        "Requirement": asked.text,
        "State": STATES[each.state],
        "Cases passed": share,
        "Newest run": each.ran.date() if each.ran else NOTHING,
        "Suite": asked.suite or NOTHING,
        "Cases": asked.case_tag or ("all" if asked.suite else NOTHING),
        "Risk": asked.risk_tier or NOTHING,
        "Id": asked.requirement_id,
    }


@st.cache_data(max_entries=50, show_spinner=False)
def _checked(_store: Warehouse, version: tuple[str, int, date], product: str, until: date) -> list[Checked]:
    return _ask(_store, product, until)


def _ask(store: Warehouse, product: str, until: date) -> list[Checked]:
    with store.reading() as reader:
        return requirements(reader, product, until)
