"""Context gaps: which missing knowledge blocks tasks, who answers it, and whether the answer helped."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from data.settings import settings
from data.warehouse import Warehouse
from metrics import CATALOG, Scope, read
from metrics.expert_load import expert_load
from metrics.gap_board import gap_board
from metrics.gap_topics import GapTopic, gap_topics
from metrics.loop import loops
from metrics.published_answers import published_answers
from pages.parts import computed
from pages.parts.asked import asked
from pages.parts.begun import begun
from pages.parts.card import cards
from pages.parts.gap_board import board, returns, stages
from pages.parts.gap_experts import answers, experts
from pages.parts.gap_topics import blocked, matrix, orphans, ranking
from pages.parts.names import names_of
from pages.parts.readings import by_period, latest_run
from pages.parts.scope import compared
from pages.parts.state import deltas
from pages.parts.tabs import opened
from pages.parts.text import plain
from pages.parts.trend import panel
from pages.parts.workings import How, worked
from reports import knowledge
from reports.words import period

TITLE = "Context gaps"
ICON = ":material/psychology_alt:"
URL = "knowledge"
SCOPE: tuple[str, ...] = ("product", "period", "until", "by", "vs")  # what is answered is answered for every team
ONE = ""
CARDS = (
    "context_coverage", "context_coverage.unregistered", "sme_response_time", "sme_response_time.p90",
)  # fmt: skip
TREND = "sme_response_time"
Asked = Callable[..., How]  # a name of a working and its question


def render(store: Warehouse, scope: Scope) -> None:
    """The answer first; then what blocks tasks, where each gap stands, who answers, and what the answers did."""
    there_is = begun(store, TITLE)
    if there_is is None:
        return
    products, people = dict(there_is.products), names_of(store)
    if scope.products is not None:
        products = {each: products.get(each, each) for each in scope.products}
    currency = settings(store).currency
    topics, unnamed = asked(store, scope, gap_topics)
    gaps, published, loop = (asked(store, scope, gap_board), asked(store, scope, published_answers),
                             asked(store, scope, loops))  # fmt: skip
    with st.container(gap="xxsmall"):
        said = knowledge.answer(topics, gaps, published, products, people, currency=currency)
        st.markdown(f"**{plain(said, 600)}**")
        st.caption(period(scope.since, scope.until))
    called = {each.topic: each.name for each in topics}

    def how(name: str, question: Callable[[Warehouse, Scope], object], key: str = "") -> How:
        return partial(worked, store, scope, name, partial(question, store, scope), key)

    _numbers(store, scope)
    with st.container(border=True, gap="small"):
        picked = ranking(topics, unnamed, products, people, currency, how=how("gap topics", gap_topics))
    if picked is not None:
        with st.container(border=True, gap="small"):
            blocked(store, scope, picked)
    with st.container(border=True, gap="small"):
        names = {"products": products, "topics": called, "people": people}
        board(store, gaps, names, how("gap board", gap_board))
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch", gap="small"):
        st.header("How long it takes, and whether it comes back", anchor=False)
        opened("gaps-loop", {
            "The loop, stage by stage": lambda: stages(loop, products, how("loop", loops)),
            "Asked again, reopened": lambda: returns(loop, products, how("returns", loops)),
        })  # fmt: skip
    with right.container(border=True, height="stretch", gap="small"):
        panel(store, TREND, scope)
    with st.container(border=True, gap="small"):
        experts(asked(store, scope, expert_load), people, how("experts", expert_load))
    with st.container(border=True, gap="small"):
        answers(published, products, called, how("published answers", published_answers))
    _coverage(topics, products, how)


def _numbers(store: Warehouse, scope: Scope) -> None:
    found = read(store, [name for name in CARDS if name in CATALOG], scope)
    recent = {name: latest_run(of) for name, of in by_period(store, CARDS, scope, "week").items()}
    asked = cards(found, deltas(store, scope, found) if compared() else None, recent)
    if asked is not None:
        computed.show(store, asked, scope)


def _coverage(topics: list[GapTopic], products: Mapping[str, str], how: Asked) -> None:
    with st.container(border=True, gap="small"):
        st.header("What products know", anchor=False)
        opened("gaps-known", {
            "Coverage by topic and product": lambda: matrix(topics, products, how("coverage matrix", gap_topics)),
            "Topics without expert": lambda: orphans(topics, products, how("gap topics", gap_topics, "orphans")),
        })  # fmt: skip
