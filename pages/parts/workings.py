"""How a table came about: what it counts, its interval, what it leaves out, the statement as it runs, and the loads."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from data.overheard import Statement, overhearing
from data.warehouse import Warehouse
from metrics import Scope
from metrics.workings import WORKINGS
from pages.parts import computed
from pages.parts.tabs import opened
from pages.parts.text import plain
from reports.words import period

MOST = 8  # statements that are shown
How = Callable[[], None]
"""Draws the way to how a table came about."""
FACTS = ("interactions", "user_days", "usage_daily", "eval_results", "tickets", "feedback", "model_calls")
"""A statement that reads one of these is shown; the others look names and settings up."""


def worked(store: Warehouse, scope: Scope, name: str, question: Callable[[], object], key: str = "") -> None:
    """Offer how the table was computed; `question` asks for it again, when somebody wants to see the statement."""
    if st.button("How computed", icon=":material/function:", type="tertiary", key=f"worked-{key or name}"):
        _show(store, scope, name, question)


@st.dialog("How this is computed", width="large")
def _show(store: Warehouse, scope: Scope, name: str, question: Callable[[], object]) -> None:
    working = WORKINGS[name]
    st.markdown(f"**{plain(working.title)}** · {period(scope.since, scope.until)}")
    opened("workings", {
        "Definition": partial(_definition, name),
        "SQL": partial(_sql, question),
        "Loads": partial(computed.loads_behind, store, scope, name),
    })  # fmt: skip


def _definition(name: str) -> None:
    working = WORKINGS[name]
    st.markdown(plain(working.counts, 2000))
    st.markdown(f"**Interval:** {plain(working.interval, 1000)}")
    st.markdown(f"**Left out:** {plain(working.left_out, 1000)}")


def _sql(question: Callable[[], object]) -> None:
    with st.spinner("Asking again ..."), overhearing() as said:
        question()
    asked = list({each.sql: each for each in said if any(fact in each.sql for fact in FACTS)}.values())
    if not asked:
        st.caption("It is made of the registry alone: no statement reads a file's rows.")
        return
    more = f" The first {MOST} of {len(asked)} are shown." if len(asked) > MOST else ""
    st.caption(f"As it ran just now; whatever a person chose is a parameter.{more}")
    for each in asked[:MOST]:
        st.code(each.sql, language="sql", height=340 if len(asked) == 1 else 240, wrap_lines=True)
        if told := _given(each):
            st.code(told, language=None, wrap_lines=True)


def _given(each: Statement) -> str:
    if isinstance(each.params, Mapping):
        return "\n".join(f"${name} = {value}" for name, value in each.params.items())
    return "\n".join(f"? = {value}" for value in each.params)
