"""A closer look at one side of a product at a time: only the open tab is computed and drawn."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from pages.parts.backlog import backlog_of
from pages.parts.coverage import coverage_of
from pages.parts.demands import decisions_of, requirements_of
from pages.parts.documents import documents_of
from pages.parts.errors import errors_of
from pages.parts.evals import evals_of
from pages.parts.experts import escalations_of, experts_of
from pages.parts.explained import explained_of
from pages.parts.retained import retained_of
from pages.parts.tabs import opened
from pages.parts.value import value_of_product


@st.fragment
def closer(store: Warehouse, scope: Scope) -> None:
    """Draw the tabs; another one runs this part of the page again, and nothing else."""
    with st.container(border=True, gap="xxsmall"):
        st.header("A closer look", anchor=False)
        opened("closer", {title: partial(draw, store, scope) for title, draw in _drawn().items()})


def _drawn() -> dict[str, Callable[[Warehouse, Scope], None]]:
    return {
        "Errors": errors_of,
        "Evals": evals_of,
        "Why it changed": explained_of,
        "Retention": retained_of,
        "Escalations": escalations_of,
        "Context": coverage_of,
        "Experts": experts_of,
        "Backlog": backlog_of,
        "Cost and value": value_of_product,
        "Requirements": requirements_of,
        "Decisions": decisions_of,
        "Documents": documents_of,
    }
