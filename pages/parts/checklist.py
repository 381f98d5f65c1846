"""The registry checks: what the registry leaves open or contradicts, by check, each with its rule in words."""

from collections.abc import Sequence

import streamlit as st

from metrics.checks import CHECKS, Finding
from metrics.standing import ProductStanding
from pages.parts.downloads import downloads
from pages.parts.links import go_to
from pages.parts.text import plain
from reports.words import count

REGISTERED = {"product": "products", "pilot": "pilots", "initiative": "initiatives", "topic": "topics",
              "requirement": "requirements", "incident": "incidents", "scenario": "scenarios"}  # fmt: skip
"""The table of the registry that holds what a check is about; tickets and eval cases come from files."""


def checklist(findings: Sequence[Finding], found: Sequence[ProductStanding]) -> None:
    """Offer the checks that something breaks, most rows first, and draw the rows of one; count those that hold."""
    if not findings:
        st.markdown(":material/check_circle: Nothing breaks any check of the registry.")
        return
    names = {each.product.product_id: each.product.name for each in found}
    broken = {check.id: [each for each in findings if each.check == check.id] for check in CHECKS}
    held = sum(not rows for rows in broken.values())
    st.caption(
        f"{count(len(findings), 'open point')} in {len(CHECKS) - held} checks; {held} checks hold. Select a row to mend"
        " it in the registry."
    )
    order = sorted((check for check in CHECKS if broken[check.id]), key=lambda check: -len(broken[check.id]))
    titles = {check.id: f"{plain(check.title)} · {len(broken[check.id])}" for check in order}
    chosen = st.selectbox("Check", order, format_func=lambda check: titles[check.id], key="check")
    rows = broken[chosen.id]
    st.caption(f"`{chosen.id}` {plain(chosen.rule, 400)}")
    state = st.dataframe(
        [{"Product": names.get(row.product or "", row.product or ""), "What": row.what} for row in rows],
        hide_index=True, key=f"check-{chosen.id}", alt=f"{chosen.title}: {count(len(rows), 'row')}",
        column_config={"What": st.column_config.TextColumn(width="large")},
        on_select="rerun" if chosen.about in REGISTERED else "ignore", selection_mode="single-row",
    )  # fmt: skip
    picked = state["selection"]["rows"] if isinstance(state, dict) else []
    if picked:
        go_to("registry", **place(chosen.about, rows[picked[0]]))
    downloads(
        [{"check": f.check, "product": f.product, "pilot": f.pilot, "subject": f.subject, "what": f.what}
         for f in findings],
        "registry-checks", "checks",
    )  # fmt: skip


def place(about: str, row: Finding) -> dict[str, str]:
    """Where in the registry a finding is mended: table and row, as the Registry page's address names them."""
    subject = row.product or row.subject if about == "product" else row.subject
    key = f"{subject}:{row.product or ''}" if about == "topic" else subject
    return {"table": REGISTERED[about], "row": key}
