"""What a pilot set out to show, with whom and under which conditions: the lines under its name, and the whole of it."""

from datetime import date
from typing import NamedTuple

import streamlit as st

from data.names import names
from data.people import Member, Role
from data.portfolio import Pilot, Product, Readiness, Scenario
from data.registry_store import current
from data.warehouse import Warehouse
from metrics.scorecard import Scorecard
from pages.parts.readings import state
from pages.parts.text import plain
from reports.scorecard import week_of
from reports.words import count, listed, period

MODES = {
    "shadow": "Shadow: nobody acts on the answers", "review": "Review: a person checks each answer",
    "assist": "Assist: a person uses what helps", "autonomous": "Autonomous: it acts by itself",
}  # fmt: skip
WORDS = {"goal": "Goal", "hypothesis": "Hypothesis"}
LIMITS = {"constraints": "Constraints", "risks": "Risks", "conclusions": "Conclusions"}
NOT_SAID = ":gray[not said]"
READY, OPEN = ":green[:material/check_circle:] Ready:", ":orange[:material/pending:] Open:"


class Charter(NamedTuple):
    """What the registry says around a pilot: names of the product, owners and champions, and the scenario."""

    product: str
    owners: list[str]
    champions: list[str]
    scenario: Scenario | None


def charter_of(store: Warehouse, pilot: Pilot) -> Charter:
    """The names behind the ids of a pilot."""
    return _charter(store, state(store), pilot.pilot_id, pilot)


def heading(card: Scorecard, found: Charter) -> None:
    """Draw who tries what, in which mode, and how far it has come."""
    pilot = card.pilot
    team = f"team {plain(pilot.team_id, 60)}" if pilot.team_id else ":orange[no team]"
    owner = f"owner **{plain(listed(found.owners, 2), 80)}**" if found.owners else "owner :orange[nobody]"
    mode = f"{pilot.mode} mode" if pilot.mode else ":orange[mode not said]"
    active = f"{card.case.users} of " if card.case.users is not None else ""
    people = f"{active}{count(card.roster, 'person', 'people')}" if card.roster else ":orange[nobody in its audience]"
    week = week_of(card) or ":orange[no dates]"
    days = period(card.scope.since, card.scope.until) if card.scope else ""
    parts = [f"Product **{plain(found.product, 80)}**", team, owner, mode, week, days, people]
    st.markdown(" · ".join(filter(None, parts)))


def charter(card: Scorecard, found: Charter) -> None:
    """Draw what it set out to show, with whom, what is ready and what stands in the way."""
    pilot = card.pilot
    st.header("What was agreed", anchor=False)
    left, right = st.columns(2, gap="medium")
    with left:
        for column, title in WORDS.items():
            _said(title, getattr(pilot, column))
        _scenario(found.scenario)
        _said("Mode", MODES.get(pilot.mode or "", ""))
        champions = f"{count(len(found.champions), 'person', 'people')}: {listed(found.champions, 6)}"
        _said("Champion group", champions if found.champions else "")
    with right:
        _ready(card)
        for column, title in LIMITS.items():
            _said(title, getattr(pilot, column))


def _said(title: str, words: str | None) -> None:
    st.markdown(f"**{title}**  \n{plain(words, 900) if words else NOT_SAID}")


def _scenario(scenario: Scenario | None) -> None:
    if scenario is None:
        _said("Scenario", "")
        return
    parts = [
        scenario.name,
        scenario.problem,
        f"Until now: {scenario.current_process}" if scenario.current_process else "",
    ]
    words = ". ".join(part.rstrip(".") for part in parts if part)
    review = " A person must review each result." if scenario.human_review_required else ""
    _said("Scenario", f"{words}.{review}")


def _ready(card: Scorecard) -> None:
    if not card.readiness:
        needed = listed(list(card.gates.checklist), 9)
        _said("Readiness", f"No checklist has been filled in; scaling needs {needed}.")
        return
    lines = [f"{READY if row.done else OPEN} {plain(row.item)}{_proof(row)}" for row in card.readiness]
    st.markdown("**Readiness**  \n" + "  \n".join(lines))


def _proof(row: Readiness) -> str:
    return f" ({plain(row.evidence, 120)})" if row.evidence else ""


@st.cache_data(max_entries=100, show_spinner=False)
def _charter(_store: Warehouse, version: tuple[str, int, date], pilot_id: str, _pilot: Pilot) -> Charter:
    with _store.reading() as reader:
        called = names(reader)
        owners = [
            row.user_id for row in current(reader, Role) if row.role == "pilot_owner" and row.pilot_id == pilot_id
        ]
        champions = [row.user_id for row in current(reader, Member) if row.pilot_id == pilot_id and row.is_champion]
        products = {row.product_id: row.name for row in current(reader, Product)}
        scenarios = {row.scenario_id: row for row in current(reader, Scenario)}
    return Charter(
        products.get(_pilot.product_id, _pilot.product_id),
        [called.get(user) or "a person without a name" for user in owners],
        sorted({called.get(user) or "a person without a name" for user in champions}),
        scenarios.get(_pilot.scenario_id or ""),
    )
