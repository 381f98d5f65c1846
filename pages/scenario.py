"""Scenario value: is a piece of work done better, faster or cheaper than the current way, and does that pay?"""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from data.portfolio import Pilot, Scenario
from data.registry_store import current
from data.settings import settings
from data.warehouse import Warehouse
from metrics import Scope
from metrics.scenario_value import ScenarioValue, pilots_of, scenario_value
from pages.parts import books, empty, rollout
from pages.parts.absent import absent
from pages.parts.addressed import addressed
from pages.parts.aspects import aspects
from pages.parts.header import head
from pages.parts.reach import reach
from pages.parts.readings import state
from pages.parts.text import plain
from reports.signs import badge
from reports.value import ROLLOUTS, answer
from reports.words import period

TITLE = "Scenario value"
ICON = ":material/balance:"
URL = "value"
SCOPE: tuple[str, ...] = ("product", "period", "until")
ONE = "product"
WHOLE = ""  # the whole product, where no pilot is chosen


def render(store: Warehouse, scope: Scope) -> None:
    """The answer first; then the three comparisons, the ledger with what it hangs on, and what its owner decided."""
    there_is = reach(store)
    (product,) = scope.products or ("",)
    if there_is is None or not product:
        head(store, TITLE, there_is)
        empty.no_data(store) if there_is is None else empty.no_products()
        return
    own = sorted((row for row in current(store, Scenario) if row.product_id == product), key=lambda row: row.name)
    head(store, TITLE, there_is)
    if not own:
        st.markdown("**No scenario of this product is registered, so there is no current way to hold it against.**")
        with st.container(border=True):
            absent(
                "A scenario is a piece of work with a baseline: how well, how long and at what cost it is done today.",
                "scenarios", "scenarios",
            )  # fmt: skip
            absent("Its baselines are task_success and minutes_per_task, each with low and high.", "baselines", "base")
        return
    answer_at = st.empty()
    chosen, pilot = _choose(store, own)
    found = _value(store, state(store), f"{scope.model_dump_json()} {chosen.scenario_id} {pilot}", chosen, pilot, scope)
    money = settings(store).currency
    with answer_at.container(gap="xxsmall"):
        st.markdown(f"**{plain(answer(found, money), 900)}**")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(period(found.scope.since, found.scope.until), width="content")
            proposed = found.proposal
            st.markdown(badge(ROLLOUTS[proposed.rollout]), width="content", help=plain(proposed.reason))
            st.caption(plain(proposed.reason), width="content")
    aspects(store, found, money)
    books.drawn(store, found, money)
    rollout.recorded(store, found)


def _choose(store: Warehouse, own: Sequence[Scenario]) -> tuple[Scenario, Pilot | None]:
    """The scenario and whose value it is, by the address, a choice, or the first; both are written into the address."""
    by_id = {row.scenario_id: row for row in own}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = by_id[addressed("Scenario", "scenario", list(by_id), lambda each: by_id[each].name)]
        tried = {row.pilot_id: row for row in pilots_of(store, chosen)}
        if not tried:
            return chosen, None
        whose = addressed(
            "Costs and value of", "of", [WHOLE, *tried],
            lambda each: (tried[each].name or each) if each else "The whole product",
        )  # fmt: skip
    return chosen, tried.get(whose)


@st.cache_data(max_entries=50, show_spinner=False)
def _value(
    _store: Warehouse,
    version: tuple[str, int, date],
    asked: str,
    _scenario: Scenario,
    _pilot: Pilot | None,
    _scope: Scope,
) -> ScenarioValue:
    return scenario_value(_store, _scope, _scenario, _pilot)
