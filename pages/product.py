"""Product: who one product is for, what it solves, whether it works, and whether it is getting better."""

from collections.abc import Mapping, Sequence

import streamlit as st

from data.settings import settings
from data.warehouse import Warehouse
from metrics import CATALOG, HEADLINES, Reading, Scope
from metrics.compare import Delta, before
from metrics.standing import ProductStanding
from metrics.targets import targets
from pages.parts import computed, empty
from pages.parts.card import cards
from pages.parts.closer import closer
from pages.parts.failures import failed_of, failures_of
from pages.parts.funnel import funnel_of
from pages.parts.header import head
from pages.parts.measured import measured, measured_by
from pages.parts.outcomes import outcomes_of
from pages.parts.profile import profile, profile_of, proposal
from pages.parts.reach import reach
from pages.parts.readings import latest_run
from pages.parts.releases import releases_of
from pages.parts.scope import compared
from pages.parts.state import deltas, portfolio_of
from pages.parts.text import plain
from pages.parts.trend import panel
from reports import answers
from reports.words import period

TITLE = "Product"
ICON = ":material/deployed_code:"
URL = "products"
SCOPE: tuple[str, ...] = ("product", "team", "period", "until", "by", "vs")
ONE = "product"
QUESTION = "task_success"  # what the first line answers, and the chart shows first
COST = "roi.cost_per_success"  # beside the seven: what a success cost is known before what it was worth


def render(store: Warehouse, scope: Scope) -> None:
    """The answer first; then who answers for it, the seven numbers, the way there, and what fails and why."""
    there_is = reach(store)
    if there_is is None:
        head(store, TITLE, there_is)
        empty.no_data(store)
        return
    (product,) = scope.products or ("",)
    known = profile_of(store, product)
    if known is None:
        head(store, TITLE, there_is)
        empty.no_products()
        return
    head(store, plain(known.product.name, 120), there_is)
    answer = st.empty()
    answer.markdown(":gray[Held against its targets, its past and the other products ...]")
    found = measured(store, scope)
    numbers = [found[name] for name in (*HEADLINES, COST) if name in found]
    changes = deltas(store, scope, numbers) if compared() else {}
    profile(known, found.get("adoption.reach"))
    _numbers(store, scope, numbers, changes)
    _trend(store, scope)
    _tasks(store, scope)
    with st.container(border=True, gap="xxsmall"):
        releases_of(store, scope)
    closer(store, scope)
    with answer.container(gap="xxsmall"):  # last: all products are judged for it, and nobody need wait for that
        _answer(store, scope, product, changes.get(QUESTION))


def _answer(store: Warehouse, scope: Scope, product: str, change: Delta | None) -> None:
    stands = _standing(store, scope, product)
    if stands is None:
        st.markdown("**It was retired before this period, so nothing is proposed.**")
        return
    st.markdown(f"**{plain(answers.product(stands, change), 600)}**")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        then = before(scope)
        against = f", against {period(then.since, then.until)}" if compared() else ""
        st.caption(period(scope.since, scope.until) + against, width="content")
        proposal(stands)


def _standing(store: Warehouse, scope: Scope, product: str) -> ProductStanding | None:
    """The product's standing as the portfolio has it: among all products, so that both pages propose the same."""
    everything = portfolio_of(store, scope.model_copy(update={"products": None})).products
    return next((each for each in everything if each.product.product_id == product), None)


def _numbers(store: Warehouse, scope: Scope, found: Sequence[Reading], changes: Mapping[str, Delta]) -> None:
    recent = {name: latest_run(of) for name, of in measured_by(store, scope, "week").items()}
    asked = cards(found, changes if compared() else None, recent, settings(store).currency)
    if asked is not None:
        computed.show(store, asked, scope)


@st.fragment
def _trend(store: Warehouse, scope: Scope) -> None:
    metric = st.segmented_control(
        "Show over time", HEADLINES, format_func=lambda name: CATALOG[name].title, required=True, default=QUESTION,
        key="product-metric", label_visibility="collapsed",
    )  # fmt: skip
    metric = metric or QUESTION
    parts = [name for name in CATALOG if name == metric or name.startswith(f"{metric}.")]
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch", gap=None):
        part = st.selectbox(
            "Part", parts, format_func=lambda name: CATALOG[name].title, key=f"product-part-{metric}", width=260,
            label_visibility="collapsed",
        )  # fmt: skip
        goal = targets(store).of(part or metric, scope.products[0] if scope.products else None)
        panel(store, part or metric, scope, height=236, bar=goal.target if goal else None)
    with right.container(border=True, height="stretch", gap=None):
        funnel_of(store, scope)


@st.fragment
def _tasks(store: Warehouse, scope: Scope) -> None:
    left, right = st.columns(2)
    with left.container(border=True, height="stretch", gap=None):
        outcomes_of(store, scope)
    with right.container(border=True, height="stretch", gap=None):
        cause = failures_of(store, scope)
    if cause is not None:
        with st.container(border=True, gap="small"):
            failed_of(store, scope, cause)
