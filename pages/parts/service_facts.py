"""What the page of reliability asks of the numbers, once per scope and version of the data."""

from datetime import date

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from metrics.human_review import Review, human_review
from metrics.incident_record import IncidentRecord, incident_record
from metrics.service_times import Availability, Latency, availability, latencies
from metrics.targets import targets
from metrics.watch import Watched, watch
from pages.parts.readings import state

FAILURES = "hallucination_rate.technical_failure"
WATCHED = ("task_success", FAILURES, "escalation_rate")


def latencies_of(store: Warehouse, scope: Scope) -> list[Latency]:
    """Latency of the period and of each week."""
    return _latencies(store, state(store), scope.model_dump_json(), scope)


def availability_of(store: Warehouse, scope: Scope) -> Availability:
    """Availability, held against the floor of technical failures where one is set."""
    return _availability(store, state(store), scope.model_dump_json(), scope)


def watched_of(store: Warehouse, scope: Scope) -> list[Watched]:
    """Each watched metric against its baseline."""
    return _watched(store, state(store), scope.model_dump_json(), scope)


def reviews_of(store: Warehouse, scope: Scope) -> list[Review]:
    """Human review of the scenarios that require it."""
    return _reviews(store, state(store), scope.model_dump_json(), scope)


def incidents_of(store: Warehouse, scope: Scope) -> list[IncidentRecord]:
    """Incidents that touch the period."""
    return _incidents(store, state(store), scope.model_dump_json(), scope)


@st.cache_data(max_entries=50, show_spinner=False)
def _latencies(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> list[Latency]:
    return latencies(_store, _scope)


@st.cache_data(max_entries=50, show_spinner=False)
def _availability(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> Availability:
    goal = targets(_store).of(FAILURES, _scope.products[0] if _scope.products else None)
    return availability(_store, _scope, goal.floor if goal else None)


@st.cache_data(max_entries=50, show_spinner=False)
def _watched(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> list[Watched]:
    return [watch(_store, metric, _scope)[0] for metric in WATCHED]


@st.cache_data(max_entries=50, show_spinner=False)
def _reviews(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> list[Review]:
    return human_review(_store, _scope)


@st.cache_data(max_entries=50, show_spinner=False)
def _incidents(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> list[IncidentRecord]:
    return incident_record(_store, _scope)
