"""The board of products: one row each with owner, stage, health, verdict, the seven readings, freshness; a row leads to
its product.
"""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from data.people import Role
from data.registry_store import current
from data.warehouse import Warehouse
from metrics import CATALOG, HEADLINES, Reading
from metrics.standing import ProductStanding
from pages.parts.links import go_to
from pages.parts.names import names_of
from pages.parts.scope import choose
from reports.signs import FATES, HEALTHS, label, labels
from reports.tables import csv_bytes
from reports.words import NOTHING, Sign, interval, sign, value_of

SHORT = {
    "adoption": "Adoption", "task_success": "Success", "hallucination_rate": "Errors", "escalation_rate": "Escalated",
    "context_coverage": "Context", "sme_response_time": "SME answer", "roi": "ROI",
}  # fmt: skip


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
    st.download_button(
        "Download CSV", csv_bytes(download(found)), file_name="portfolio.csv", mime="text/csv", key="csv-portfolio",
        icon=":material/download:", type="tertiary", on_click="ignore",
    )  # fmt: skip
    picked = state["selection"]["rows"]
    if picked:
        choose("product", found[picked[0]].product.product_id)
        go_to("products")


def _words(signs: Mapping[str, Sign], width: int) -> ColumnConfig:
    options, colours = labels(signs)
    return st.column_config.MultiselectColumn(width=width, options=options, color=colours)


def cell(reading: Reading | None) -> str:
    """A reading in a narrow cell: value and interval, or the word of its status."""
    if reading is None or reading.value is None:
        return NOTHING if reading is None else sign(reading).word.lower()
    bounds = interval(reading)
    return f"{value_of(reading)}{f' ({bounds})' if bounds else ''}{'' if reading.decides else ' ○'}"


def people(store: Warehouse, role: str) -> dict[str, str]:
    """Who holds a role, by product: the names people gave, joined with a comma."""
    names = names_of(store)
    found: dict[str, list[str]] = {}
    for held in current(store, Role):
        if held.role == role and held.product_id:
            found.setdefault(held.product_id, []).append(names.get(held.user_id, held.user_id))
    return {product: ", ".join(sorted(who)) for product, who in found.items()}


def download(found: Sequence[ProductStanding]) -> list[dict[str, object]]:
    """The board as plain rows: every reading with its interval and status, the verdict with its reason."""
    return [
        {
            "product": each.product.product_id, "name": each.product.name, "verdict": each.verdict.decision,
            "reason": each.verdict.reason, "health": each.health.colour, "registry_complete": each.complete,
            **{f"{name}_{part}": getattr(each.readings[name], part)
               for name in HEADLINES if name in each.readings for part in ("value", "low", "high", "status")},
        }
        for each in found
    ]  # fmt: skip
