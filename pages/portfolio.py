"""Portfolio: which products there are, which work, and what to decide about them next."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from data.made_up import about
from data.settings import settings
from data.warehouse import Warehouse
from metrics import CATALOG, HEADLINES, Reading, Scope, read
from metrics.standing import ProductStanding
from metrics.targets import targets
from pages.parts import beginning, computed, empty
from pages.parts.board import board
from pages.parts.capabilities import capabilities
from pages.parts.card import cards
from pages.parts.chart import chart
from pages.parts.checklist import checklist
from pages.parts.exported import exported
from pages.parts.header import head
from pages.parts.initiatives import initiatives
from pages.parts.lifecycle import lifecycle
from pages.parts.pilots import pilots
from pages.parts.reach import reach
from pages.parts.readings import by_period, from_whole, latest_run
from pages.parts.scope import compared
from pages.parts.scorecards import scorecards_of
from pages.parts.state import deltas, portfolio_of
from pages.parts.tabs import opened
from pages.parts.text import plain
from pages.parts.theme import colours
from pages.parts.trend import panel
from pages.parts.use_cases import use_cases
from reports import answers
from reports.intervals import height_for, intervals
from reports.portfolio_report import portfolio_report
from reports.quadrant import quadrant
from reports.report import Report
from reports.words import count, in_full, listed, period

TITLE = "Portfolio"
ICON = ":material/space_dashboard:"
URL = "overview"
SCOPE: tuple[str, ...] = ("product", "team", "period", "until", "by", "vs")  # what the scope bar above it offers
ONE = ""
CARDS = (*HEADLINES, "roi.cost_per_success")


def render(store: Warehouse, scope: Scope) -> None:
    """Three acts: where we stand, what works and what fails, what we do. The answer comes first."""
    there_is = reach(store)
    head(store, TITLE, there_is)
    if there_is is None:
        beginning.begin(store)
        return
    names = {product: plain(name) for product, name in there_is.products.items()}
    found = portfolio_of(store, scope).products if names else []
    with st.container(gap="xxsmall"):
        st.markdown(f"**{plain(answers.portfolio(found), 600)}**")
        st.caption(f"{period(scope.since, scope.until)} · {_whose(scope, names)}")
        if found:
            exported(store, "portfolio", partial(_report, store, scope))
    beginning.welcome()
    _where_we_stand(store, scope)
    if not found:
        empty.no_products()
        return
    _what_works(store, scope, found, dict(there_is.products))
    _what_we_do(store, scope, found)


def _report(store: Warehouse, scope: Scope) -> Report:
    shown = portfolio_of(store, scope)
    products = {each.product.product_id for each in shown.products}
    cards = [card for card in scorecards_of(store) if card.pilot.product_id in products]
    made_up = any(about(store, product) for product in products)
    return portfolio_report(shown, cards, scope, store.data_version(), made_up=made_up)


def _whose(scope: Scope, names: dict[str, str]) -> str:
    if scope.products is None:
        return count(len(names), "registered product")
    return ", ".join(names.get(product, plain(product)) for product in scope.products)


def _where_we_stand(store: Warehouse, scope: Scope) -> None:
    found = read(store, CARDS, scope)
    recent = {name: latest_run(of) for name, of in by_period(store, HEADLINES, scope, "week").items()}
    asked = cards(found, deltas(store, scope, found) if compared() else None, recent, settings(store).currency)
    if asked is not None:
        computed.show(store, asked, scope)


def _what_works(store: Warehouse, scope: Scope, found: Sequence[ProductStanding], names: dict[str, str]) -> None:
    with st.container(border=True, gap="small"):
        st.header("What works and what fails", anchor=False)
        st.caption("What most needs action first. ○ may not decide. Select a row to open the product.")
        over = {product: latest_run(of) for product, of in _by_product(store, scope).items()}
        board(store, found, over)
    left, right = st.columns(2)
    with left.container(border=True, height="stretch", gap=None):
        _quadrant(store, found)
    with right.container(border=True, height="stretch", gap=None):
        _side_by_side(store, scope, names)


def _by_product(store: Warehouse, scope: Scope) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = {}
    for reading in read(store, ("task_success",), from_whole(scope, "week"), by=("product", "week")):
        found.setdefault(reading.group["product"] or "", []).append(reading)
    return found


def _quadrant(store: Warehouse, found: Sequence[ProductStanding]) -> None:
    st.header("Use against success", anchor=False)
    both = [each for each in found if {"adoption", "task_success"} <= each.readings.keys()]
    placed = [each for each in both if _placed(each)]
    absent = [each.product.name for each in found if each not in placed]
    st.caption(f"Dashed: targets. Not placed: {plain(listed(absent))}." if absent else "Dashed: targets.")
    if not placed:
        st.markdown(":gray[Adoption and task success are not measured together for any product yet.]")
        return
    goals = targets(store)
    bars = [goals.of(name) for name in ("adoption", "task_success")]
    use, success = ([each.readings[name] for each in placed] for name in ("adoption", "task_success"))
    chart(
        "chart-quadrant",
        "; ".join(f"{e.product.name}: adoption {in_full(u)}, success {in_full(s)}"
                  for e, u, s in zip(placed, use, success, strict=True))[:900],
        quadrant, use, success, [each.product.name for each in placed], colours(),
        bars=(bars[0].target if bars[0] else None, bars[1].target if bars[1] else None),
    )  # fmt: skip


def _placed(each: ProductStanding) -> bool:
    return all(each.readings[name].value is not None for name in ("adoption", "task_success"))


def _side_by_side(store: Warehouse, scope: Scope, names: dict[str, str]) -> None:
    st.header("Side by side", anchor=False)
    metric = st.selectbox(
        "Metric", HEADLINES, format_func=lambda name: CATALOG[name].title, key="portfolio-metric",
        label_visibility="collapsed", width=260,
    )  # fmt: skip
    opened("side", {
        "By product": partial(_each, store, scope, names, metric),
        "Over time": partial(_all, store, scope, names, metric),
    })  # fmt: skip


def _each(store: Warehouse, scope: Scope, names: dict[str, str], metric: str) -> None:
    found = read(store, (metric,), scope, by=("product",))
    labels = [names.get(reading.group["product"] or "", reading.group["product"] or "") for reading in found]
    goals = targets(store)
    bars = [goal.target if (goal := goals.of(metric, r.group["product"])) else None for r in found]
    st.caption("Dot and interval; an open dot may not decide; tick: target")
    told = "; ".join(f"{label}: {in_full(each)}" for label, each in zip(labels, found, strict=True))[:900]
    chart("chart-intervals", told, intervals, found, labels, colours(), bars)


def _all(store: Warehouse, scope: Scope, names: dict[str, str], metric: str) -> None:
    goal = targets(store).of(metric)
    panel(store, metric, scope, height=height_for(len(names)), bar=goal.target if goal else None)


def _what_we_do(store: Warehouse, scope: Scope, found: Sequence[ProductStanding]) -> None:
    with st.container(border=True, gap="small"):
        st.header("What we do", anchor=False)
        opened("do", {
            "Pilots and decisions": partial(pilots, store, scope, found),
            "Registry checks": lambda: checklist(portfolio_of(store, scope).findings, found),
            "What exists for my task": partial(capabilities, store, scope, found),
            "Use cases": partial(use_cases, store, scope),
            "Lifecycle": partial(lifecycle, store, scope),
            "Initiatives": partial(initiatives, store, scope, found),
        })  # fmt: skip
