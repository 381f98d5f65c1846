"""What the page of context gaps asks of the numbers, once per scope and version of the data."""

from datetime import date

import streamlit as st

from data.cursor import Row
from data.warehouse import Warehouse
from metrics import Scope
from metrics.expert_load import ExpertLoad, expert_load
from metrics.gap_board import Card, gap_board
from metrics.gap_topics import GapTopic, Unnamed, blocked_interactions, gap_topics
from metrics.loop import Loop, loops
from metrics.published_answers import PublishedAnswer, published_answers
from pages.parts.readings import state


def topics_of(store: Warehouse, scope: Scope) -> tuple[list[GapTopic], Unnamed]:
    """Every topic with what it blocks, and the blocked tasks that name none."""
    return _topics(store, state(store), scope.model_dump_json(), scope)


def blocked_of(store: Warehouse, scope: Scope, product: str, topic: str, limit: int) -> list[Row]:
    """The interactions of the blocked tasks about one topic."""
    return _blocked(store, state(store), scope.model_dump_json(), product, topic, limit, scope)


def board_of(store: Warehouse, scope: Scope) -> list[Card]:
    """Every gap as it stands."""
    return _board(store, state(store), scope.model_dump_json(), scope)


def loops_of(store: Warehouse, scope: Scope) -> list[Loop]:
    """The context loop of each product."""
    return _loops(store, state(store), scope.model_dump_json(), scope)


def loads_of(store: Warehouse, scope: Scope) -> list[ExpertLoad]:
    """What each expert was asked."""
    return _loads(store, state(store), scope.model_dump_json(), scope)


def answers_of(store: Warehouse, scope: Scope) -> list[PublishedAnswer]:
    """What documented answers did."""
    return _answers(store, state(store), scope.model_dump_json(), scope)


@st.cache_data(max_entries=50, show_spinner=False)
def _topics(
    _store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope
) -> tuple[list[GapTopic], Unnamed]:
    return gap_topics(_store, _scope)


@st.cache_data(max_entries=50, show_spinner=False)
def _blocked(
    _store: Warehouse, version: tuple[str, int, date], asked: str, product: str, topic: str, limit: int, _scope: Scope
) -> list[Row]:
    return blocked_interactions(_store, _scope, product, topic, limit)


@st.cache_data(max_entries=50, show_spinner=False)
def _board(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> list[Card]:
    return gap_board(_store, _scope)


@st.cache_data(max_entries=50, show_spinner=False)
def _loops(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> list[Loop]:
    return loops(_store, _scope)


@st.cache_data(max_entries=50, show_spinner=False)
def _loads(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> list[ExpertLoad]:
    return expert_load(_store, _scope)


@st.cache_data(max_entries=50, show_spinner=False)
def _answers(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> list[PublishedAnswer]:
    return published_answers(_store, _scope)
