"""What the numbers mean: the catalogue of metrics and the doors to them - read, series, breakdown, evidence."""

from datetime import timedelta

from data.warehouse import Warehouse
from metrics.catalog import CATALOG, HEADLINES
from metrics.compile import Query, compile_sql
from metrics.engine import breakdown, read, series
from metrics.evidence import evidence
from metrics.ground import waiting
from metrics.origin import origin
from metrics.reach import last_day
from metrics.spec import DIMENSIONS, MetricError, Reading, Scope

__all__ = [
    "CATALOG",
    "DIMENSIONS",
    "HEADLINES",
    "MetricError",
    "Query",
    "Reading",
    "Scope",
    "breakdown",
    "compile_sql",
    "default_scope",
    "evidence",
    "origin",
    "read",
    "series",
    "waiting",
]


def default_scope(store: Warehouse) -> Scope:
    """Twelve weeks ending on the last day with data of use, all products; without data, ending today."""
    until = last_day(store) or store.clock().date()
    return Scope(since=until - timedelta(days=83), until=until)
