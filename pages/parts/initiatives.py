"""The business initiatives, and whether what they rest on holds."""

from collections.abc import Mapping, Sequence

import streamlit as st

from data.settings import settings
from data.warehouse import Warehouse
from metrics import Scope
from metrics.initiatives import Ground, InitiativeStanding
from metrics.initiatives import initiatives as resting
from metrics.standing import ProductStanding
from pages.parts.names import names_of
from pages.parts.rows import table
from pages.parts.text import plain
from reports.signs import FATES
from reports.words import NOTHING, amount, count, listed

GROUNDS: dict[Ground, str] = {
    "failing": "✕ Failing", "nothing": "○ No product", "unproven": "? Not proven", "sound": "✓ Sound",
}  # fmt: skip


def initiatives(store: Warehouse, scope: Scope, found: Sequence[ProductStanding]) -> None:
    """Draw the answer and the table, those that rest on failing products first; or say that there are none."""
    each_of = resting(store, found, whole=scope.products is None and scope.visible is None)
    if not each_of:
        st.markdown("No initiative is registered that these products serve: name it in the registry's initiatives.")
        return
    names, currency = names_of(store), settings(store).currency
    st.markdown(f"**{plain(answer(each_of, currency), 600)}**")
    st.caption(
        "Failing: one of its products is to be fixed, merged or retired. What each shall bring its owner stated."
    )
    table([_row(each, names, currency) for each in each_of], name="initiatives")


def answer(found: Sequence[InitiativeStanding], currency: str) -> str:
    """How many rest on failing products, and what they were to bring."""
    failing = [each for each in found if each.ground == "failing"]
    nothing = [each.initiative.name for each in found if each.ground == "nothing"]
    stake = sum(each.initiative.expected_value or 0.0 for each in failing)
    worth = f", with {currency} {amount(stake, 'money')} expected of them" if stake else ""
    many = f"{len(failing)} of {count(len(found), 'initiative')}"
    said = f"{many} {'rests' if len(failing) == 1 else 'rest'} on failing products{worth}."
    return f"{said} No product serves {listed(nothing)}." if nothing else said


def _row(each: InitiativeStanding, names: Mapping[str, str], currency: str) -> dict[str, object]:
    stated, value = each.initiative, each.initiative.expected_value
    return {
        "Initiative": stated.name,
        "Rests on": GROUNDS[each.ground],
        "Products": ", ".join(f"{of.product.name} ({FATES[of.verdict.decision].word.lower()})" for of in each.products)
        or NOTHING,
        "Shall bring": f"{currency} {amount(value, 'money')}" if value is not None else "not said",
        "Owner": names.get(stated.owner_id or "", stated.owner_id) or "nobody",
        "Why": " ".join(f"{of.product.name}: {of.verdict.reason}" for of in each.failing) or NOTHING,
    }
