"""What failed and why: causes, the interactions of a cause, and everything that is known of one of them."""

from datetime import date
from functools import partial

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from metrics.failures import Cause, Failures, failed_interactions, failures
from pages.parts.absent import absent
from pages.parts.chart import QUIET
from pages.parts.interaction import interaction
from pages.parts.readings import state
from pages.parts.rows import picked_row
from pages.parts.text import plain
from pages.parts.theme import colours
from pages.parts.workings import worked
from reports.pareto import MOST, pareto, told, words_of
from reports.words import count

CHOSEN = "failure-cause"
CHART = "chart-failures"
ROWS = 100


def failures_of(store: Warehouse, scope: Scope) -> Cause | None:
    """Draw the causes into the current container; the cause that was picked, by its bar or by its word."""
    st.header("Why interactions failed", anchor=False)
    found = _failures(store, state(store), scope.model_dump_json(), scope)
    if not found.interactions:
        absent("No interaction of this product lies in this period.", "interactions", "failures")
        return None
    if not found.causes:
        absent(
            f"Of {count(found.interactions, 'interaction')} none is known to have failed. Where no source states errors"
            " or outcomes, that says nothing.", "feedback", "failures",
        )  # fmt: skip
        return None
    rare = len(found.causes) - MOST
    st.caption(
        f"{found.failed:,} of {count(found.interactions, 'interaction')} failed, by somebody's verdict or (grey) for a"
        f" technical error{f'; {rare} rarer causes are not drawn' if rare > 0 else ''}"
    )
    causes = found.causes[:MOST]
    chosen = st.session_state.get(CHOSEN)
    chosen = chosen if chosen in range(len(causes)) else None
    st.plotly_chart(
        pareto(causes, colours(), chosen=chosen), config=QUIET, key=CHART,
        on_select=_pick, selection_mode="points",
        alt="; ".join(f"{words_of(cause)}: {told(cause)}" for cause in causes),
    )  # fmt: skip
    if chosen is None:
        st.session_state.pop(CHOSEN, None)
    worked(store, scope, "failures", partial(failures, store, scope))
    place = st.pills(
        "Show the interactions of", range(len(causes)), format_func=lambda each: plain(words_of(causes[each])),
        key=CHOSEN,
    )  # fmt: skip
    return None if place is None else causes[place]


def failed_of(store: Warehouse, scope: Scope, cause: Cause) -> None:
    """Draw the interactions of a cause; one that is selected with everything that is known of it."""
    found = failed_interactions(store, scope, cause.kind, cause.name, limit=ROWS)
    st.header(f"{plain(words_of(cause))}: {told(cause)}", anchor=False)
    newest = f"The newest {ROWS}" if len(found) == ROWS else "All of them"
    st.caption(f"{newest}, through the same filter as the numbers. Select one to see all that is known of it.")
    picked = picked_row(found, name=f"failed interactions {cause.kind} {cause.name}")
    if picked is not None:
        interaction(store, str(found[picked]["product_id"]), str(found[picked]["interaction_id"]))


def _pick() -> None:
    points = st.session_state[CHART]["selection"]["points"]
    if points:
        st.session_state[CHOSEN] = points[0]["point_index"]


@st.cache_data(max_entries=100, show_spinner=False)
def _failures(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> Failures:
    return failures(_store, _scope)
