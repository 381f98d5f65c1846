"""The board of products: one row each with owner, stage, health, verdict, the seven readings, freshness; a row leads to
its product.
"""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from data.people import Role
from data.registry_store import current
from data.warehouse import Warehouse
from metrics import CATALOG, HEADLINES
from metrics.standing import ProductStanding
from pages.parts.downloads import downloads
from pages.parts.links import go_to
from pages.parts.names import names_of
from pages.parts.scope import choose
from reports.signs import FATES, HEALTHS, label, labels
from reports.standing import SHORT, cell, download
from reports.words import Sign


def board(store: Warehouse, found: Sequence[ProductStanding], recent: Mapping[str, list[float]]) -> None:
    """Draw the board. `recent` are the weekly values of task success by product."""
    owners = people(store, "product_owner")
    rows = []
    for each in found:
        rows.append(
            {
                "Product": each.product.name,
                "Verdict": [label(FATES, each.verdict.decision)],
                "Health": [label(HEALTHS, each.health.colour)],
                **{SHORT[name]: cell(each.readings.get(name)) for name in HEADLINES},
                "Success by week": recent.get(each.product.product_id, []),
                "Owner": owners.get(each.product.product_id, "nobody"),
                "Stage": (each.product.stage or "not said").replace("_", " "),
                "Registry": f"{each.complete} of 11",
            }
        )
    state = st.dataframe(
        rows, hide_index=True, key="board", on_select="rerun", selection_mode="single-row", row_height=40,
        height="content",
        alt="; ".join(f"{each.product.name}: {FATES[each.verdict.decision].word}" for each in found),
        column_config={
            "Product": st.column_config.TextColumn(width=170, pinned=True),
            "Verdict": _words(FATES, 95),
            "Health": _words(HEALTHS, 135),
            **{short: st.column_config.TextColumn(width=128, help=CATALOG[name].question)
               for name, short in SHORT.items() if name in CATALOG},
            "Success by week": st.column_config.LineChartColumn(width=110),
        },
    )  # fmt: skip
    downloads(download(found), "portfolio")
    picked = state["selection"]["rows"]
    if picked:
        choose("product", found[picked[0]].product.product_id)
        go_to("products")


def _words(signs: Mapping[str, Sign], width: int) -> ColumnConfig:
    options, colours = labels(signs)
    return st.column_config.MultiselectColumn(width=width, options=options, color=colours)


def people(store: Warehouse, role: str) -> dict[str, str]:
    """Who holds a role, by product: the names people gave, joined with a comma."""
    names = names_of(store)
    found: dict[str, list[str]] = {}
    for held in current(store, Role):
        if held.role == role and held.product_id:
            found.setdefault(held.product_id, []).append(names.get(held.user_id, held.user_id))
    return {product: ", ".join(sorted(who)) for product, who in found.items()}
