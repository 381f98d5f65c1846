"""Reliability: can a product be used safely, stably, every day, without heroics?"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope, read
from metrics.human_review import human_review
from metrics.incident_record import incident_record
from metrics.service_times import latencies
from metrics.targets import targets
from pages.parts import computed
from pages.parts.asked import asked
from pages.parts.begun import begun
from pages.parts.card import cards
from pages.parts.limits import limits_of
from pages.parts.names import names_of
from pages.parts.readings import by_name, by_period, latest_run
from pages.parts.releases import releases_of
from pages.parts.scope import compared
from pages.parts.service import available, drifts, incidents, latency, reviews
from pages.parts.service_facts import FAILURES, WATCHED, availability_of, watched
from pages.parts.state import deltas
from pages.parts.tabs import opened
from pages.parts.text import plain
from pages.parts.trend import panel
from pages.parts.workings import How, worked
from reports import service
from reports.words import period

TITLE = "Reliability"
ICON = ":material/monitor_heart:"
URL = "operations"
SCOPE: tuple[str, ...] = ("product", "period", "until", "by", "vs")
ONE = "product"
CARDS = (FAILURES, "task_success", "hallucination_rate", "escalation_rate")


def render(store: Warehouse, scope: Scope) -> None:
    """The answer first; then failures, latency, availability, drift, review, incidents and what releases did."""
    there_is = begun(store, TITLE)
    if there_is is None:
        return
    product = scope.products[0] if scope.products else next(iter(there_is.products))
    scope = scope.model_copy(update={"products": (product,)})
    found = read(store, CARDS, scope)
    served, drifted, happened = (asked(store, scope, availability_of), asked(store, scope, watched),
                                 asked(store, scope, incident_record))  # fmt: skip
    with st.container(gap="xxsmall"):
        name = there_is.products.get(product, product)
        said = service.answer(name, by_name(found)[FAILURES], drifted, served, happened)
        st.markdown(f"**{plain(said, 600)}**")
        st.caption(f"{plain(name)} · {period(scope.since, scope.until)}")
    recent = {metric: latest_run(of) for metric, of in by_period(store, CARDS, scope, "week").items()}
    pressed = cards(found, deltas(store, scope, found) if compared() else None, recent)
    if pressed is not None:
        computed.show(store, pressed, scope)
    goal = targets(store).of(FAILURES, product)

    def how(name: str, question: Callable[[Warehouse, Scope], object]) -> How:
        return partial(worked, store, scope, name, partial(question, store, scope))

    left, right = st.columns(2)
    with left.container(border=True, height="stretch", gap=None):
        opened("failures", {
            "With interval": lambda: panel(store, FAILURES, scope, height=236, bar=goal.target if goal else None),
            "Control chart": lambda: limits_of(store, scope),
        })  # fmt: skip
    with right.container(border=True, height="stretch", gap=None):
        latency(store, scope, asked(store, scope, latencies), how("latency", latencies))
    with st.container(border=True, gap="small"):
        available(served, how("availability", availability_of))
    with st.container(border=True, gap="small"):
        drifts(drifted, WATCHED, how("drift", watched))
    with st.container(border=True, gap="xxsmall"):
        releases_of(store, scope)
    with st.container(border=True, gap="small"):
        reviews(store, scope, asked(store, scope, human_review), how("human review", human_review))
    with st.container(border=True, gap="small"):
        incidents(happened, dict(names_of(store)), how("incidents", incident_record))
