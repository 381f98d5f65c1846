"""The documents of a product, written when somebody asks for one."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from data.operation import Incident
from data.registry_store import current
from data.warehouse import Warehouse
from metrics import Scope
from pages.parts.text import plain
from reports.document import Document
from reports.document_facts import Facts, facts_of
from reports.documents import KINDS, incident


def documents_of(store: Warehouse, scope: Scope) -> None:
    """Offer each document of the product, and the report of each of its incidents, as Markdown."""
    (product,) = scope.products or ("",)
    st.caption("Filled from the registry and the last twelve weeks; what is not known is listed as a gap.")
    with st.container(horizontal=True, gap="small"):
        for kind, (title, write) in KINDS.items():
            _offer(store, title, write, product, f"{product}-{kind}")
    found = [each for each in current(store, Incident) if each.product_id == product]
    if found:
        st.caption("Reports of its incidents")
    with st.container(horizontal=True, gap="small"):
        for each in found:
            _offer(store, each.incident_id, partial(_of, each), product, f"incident-{each.incident_id}")


def _of(each: Incident, facts: Facts) -> Document:
    return incident(facts, each)


def _offer(store: Warehouse, title: str, write: Callable[[Facts], Document], product: str, name: str) -> None:
    st.download_button(
        plain(title), lambda: write(facts_of(store, product)).markdown().encode(), file_name=f"{name}.md",
        mime="text/markdown", key=f"document-{name}", icon=":material/description:", type="secondary",
        on_click="ignore",
    )  # fmt: skip
