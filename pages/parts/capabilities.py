"""What exists for my task: every scenario with the product that serves it, and under which conditions."""

from collections.abc import Sequence

import streamlit as st

from data.portfolio import Scenario
from data.registry_store import current
from data.warehouse import Warehouse
from metrics import Scope, read
from metrics.standing import ProductStanding
from pages.parts.board import people
from pages.parts.rows import table
from reports.signs import FATES
from reports.words import NOTHING, in_full


def capabilities(store: Warehouse, scope: Scope, found: Sequence[ProductStanding]) -> None:
    """Draw the table, with a search over its words: is there something ready, something to enhance, or to build?"""
    scenarios = current(store, Scenario)
    if not scenarios:
        st.markdown("No scenario is registered: say what work each product is for, in the registry's scenarios table.")
        return
    st.caption("Ready: a product to keep or scale serves it. Enhance: one to fix, merge or measure. Build: none does.")
    products = {each.product.product_id: each for each in found}
    support = people(store, "support")
    success = {
        (r.group["product"], r.group["scenario"]): r
        for r in read(store, ("task_success",), scope, by=("product", "scenario"))
    }
    rows: list[dict[str, object]] = []
    for scenario in scenarios:
        each = products.get(scenario.product_id or "")
        if each is None and scenario.product_id:
            continue
        reading = success.get((scenario.product_id, scenario.scenario_id))
        product = each.product if each else None
        rows.append(
            {
                "Task": scenario.name,
                "Capability": _capability(each),
                "Product": product.name if product else NOTHING,
                "Stage": (product.stage or "not said").replace("_", " ") if product else NOTHING,
                "Task success": in_full(reading) if reading else "No use yet",
                "Human review": {True: "required", False: "not required", None: "not said"}[
                    scenario.human_review_required
                ],
                "Constraints": (product.constraints or "none said") if product else NOTHING,
                "How to connect": (product.connection_rules or "not said") if product else NOTHING,
                "Support": (support.get(product.product_id) or product.support_channel or "nobody")
                if product
                else NOTHING,
            }
        )
    asked = st.text_input("Search", placeholder="What is to be done?", key="capability-search", width=320,
                          label_visibility="collapsed", icon=":material/search:")  # fmt: skip
    words = asked.casefold().split()
    shown = [row for row in rows if all(word in " ".join(map(str, row.values())).casefold() for word in words)]
    if not shown:
        st.markdown(f"Nothing registered matches: {len(rows)} scenarios are known. It is to be built, or described.")
        return
    table(sorted(shown, key=lambda row: str(row["Task"]).casefold()), name="capabilities")


def _capability(each: ProductStanding | None) -> str:
    if each is None:
        return "Build"
    word = FATES[each.verdict.decision].word.lower()
    return f"{'Ready' if each.verdict.decision in ('keep', 'scale') else 'Enhance'} ({word})"
