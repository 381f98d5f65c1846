"""Who a product is for, what it is for, and who answers for it: the lines under its name."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import streamlit as st

from data.people import Role
from data.portfolio import Product, Scenario
from data.registry_store import current
from data.warehouse import Warehouse
from metrics import CATALOG, Reading
from metrics.standing import ProductStanding
from pages.parts.names import names_of
from pages.parts.readings import state
from pages.parts.text import plain
from reports.signs import FATES, HEALTHS, badge
from reports.words import count, listed

ROLES = {"product_owner": "Owner", "technical_owner": "Technical owner", "support": "Support"}
WORDS = {
    "connection_rules": "How to connect", "constraints": "Constraints", "piloting_process": "How it is piloted",
    "handover_process": "How it is handed over",
}  # fmt: skip


class Profile(NamedTuple):
    """What the registry says of a product: itself, who holds which role by name, and its scenarios."""

    product: Product
    held: dict[str, list[str]]
    scenarios: list[Scenario]


def profile_of(store: Warehouse, product: str) -> Profile | None:
    """The profile of a product; None when the registry does not know it."""
    return _profile(store, state(store), product)


def profile(found: Profile, audience: Reading | None) -> None:
    """Draw the profile: who answers for it and how many it is for, then what for; the rest on request.

    `audience` is a reading of its audience (adoption.reach).
    """
    product = found.product
    with st.container(gap="xxsmall", key="profile"):
        st.markdown(" · ".join([*_people(found), _audience(audience)]))
        purpose = [text for text in (product.purpose, _for(product.audience_description), _solves(found)) if text]
        if purpose:
            st.caption(plain(" ".join(purpose), 600))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("  ".join(_badges(product)), width="content")
            with st.popover("About the product", icon=":material/info:", type="tertiary"):
                _about(found)


def proposal(standing: ProductStanding) -> None:
    """Draw what the numbers propose and how the product stands, with the reason one click away."""
    verdict, health = FATES[standing.verdict.decision], HEALTHS[standing.health.colour]
    badges = [badge(verdict, f"Proposal: {verdict.word.lower()}"), badge(health, f"Health: {health.word.lower()}")]
    st.markdown("  ".join(badges), width="content")
    with st.popover("Why", icon=":material/gavel:", type="tertiary"):
        _why(standing)


def _badges(product: Product) -> list[str]:
    stage = (product.stage or "stage not said").replace("_", " ").capitalize()
    found = [f":{'blue' if product.stage else 'orange'}-badge[:material/flag: {plain(stage)}]"]
    if product.class_:
        found.append(f":gray-badge[{plain(product.class_, 40)}]")
    if product.risk_tier:
        found.append(f":gray-badge[{product.risk_tier} risk]")
    return found


def _people(found: Profile) -> list[str]:
    lines = []
    for role, title in ROLES.items():
        names = found.held.get(role, [])
        who = f"**{plain(listed(names, 2), 80)}**" if names else ":orange[nobody]"
        if role == "support" and found.product.support_channel:
            channel = plain(found.product.support_channel, 60)
            who = f"{who} ({channel})" if names else f"**{channel}**"
        lines.append(f"{title} {who}")
    return lines


def _audience(reading: Reading | None) -> str:
    if reading is None or not reading.events:
        return ":orange[no audience registered]"
    return f"for {count(reading.events, 'person', 'people')}"


def _for(words: str | None) -> str:
    return f"For: {words.rstrip('.')}." if words else ""


def _solves(found: Profile) -> str:
    names = [scenario.name for scenario in found.scenarios]
    return f"Solves: {listed(names, 6)}." if names else ""


def _about(found: Profile) -> None:
    for scenario in found.scenarios:
        before = f" Until now: {scenario.current_process}" if scenario.current_process else ""
        st.markdown(f"**{plain(scenario.name, 120)}**  \n{plain((scenario.problem or 'No problem stated.') + before)}")
    if not found.scenarios:
        st.markdown("**No scenario is registered:** say what work it is for, in the registry's scenarios table.")
    for column, title in WORDS.items():
        said = getattr(found.product, column)
        st.markdown(f"**{title}**  \n{plain(said, 600) if said else ':gray[not said]'}")
    launched = found.product.launched_on
    st.caption(f"Launched on {launched}" if launched else "No day of launch is registered")


def _why(standing: ProductStanding) -> None:
    verdict = standing.verdict
    st.markdown(f"{badge(FATES[verdict.decision])} {plain(verdict.reason, 800)}")
    st.caption(f"Rule `{verdict.rule}`: the first that matches. The numbers propose, a person decides.")
    for name, health in standing.healths.items():
        if health.known:
            st.markdown(f"{badge(HEALTHS[health.colour], _title(name))} {plain(health.sentence, 400)}")
    if verdict.unknown:
        st.caption(f"Not known: {plain(listed(list(verdict.unknown), 9))}.")
    gaps = [finding.what for finding in standing.findings]
    st.caption(f"The registry says {standing.complete} of 11 things that it should. {_open(gaps)}")


def _title(name: str) -> str:
    return CATALOG[name].title if name in CATALOG else plain(name)


def _open(gaps: Sequence[str]) -> str:
    return f"Open: {plain(' '.join(gaps), 900)}" if gaps else ""


@st.cache_data(max_entries=50, show_spinner=False)
def _profile(_store: Warehouse, version: tuple[str, int, date], product: str) -> Profile | None:
    found = next((each for each in current(_store, Product) if each.product_id == product), None)
    if found is None:
        return None
    roles = [
        held for held in current(_store, Role)
        if held.product_id == product and held.role in ROLES and not held.pilot_id and not held.scenario_id
    ]  # fmt: skip
    names = names_of(_store) if roles else {}
    held: dict[str, list[str]] = {}
    for role in roles:
        held.setdefault(role.role, []).append(names.get(role.user_id, role.user_id))
    scenarios = [each for each in current(_store, Scenario) if each.product_id == product]
    return Profile(found, held, scenarios)
