"""Readings for a page: of a scope, over time, by name."""

from collections.abc import Sequence
from datetime import date

from data.warehouse import Warehouse
from metrics import CATALOG, Reading, Scope, read, series
from metrics.catalog import dimensions_of
from metrics.periods import buckets
from metrics.spec import Grain


def over_time(store: Warehouse, metric: str, scope: Scope, grain: Grain) -> list[Reading]:
    """One metric over the days, weeks or months of the scope that it holds from their beginning."""
    return series(store, metric, from_whole(scope, grain), grain)


def from_whole(scope: Scope, grain: Grain) -> Scope:
    """The scope from the first week or month that it holds from its beginning: a few days before it would be drawn as
    a week, and their rate jumps. A scope shorter than that stays as it is.
    """
    first, *later = buckets(scope.since, scope.until, grain)
    if first.start == first.first or not later:
        return scope
    return scope.model_copy(update={"since": later[0].start})


def by_name(found: Sequence[Reading]) -> dict[str, Reading]:
    """Readings of one group by the name of their metric."""
    return {reading.metric: reading for reading in found}


def by_period(store: Warehouse, metrics: Sequence[str], scope: Scope, grain: Grain) -> dict[str, list[Reading]]:
    """The metrics that can be read by day, week or month, each over those that the scope holds whole, by name."""
    fit = [name for name in metrics if grain in dimensions_of(CATALOG[name])[0]]
    found: dict[str, list[Reading]] = {name: [] for name in fit}
    for reading in read(store, fit, from_whole(scope, grain), by=(grain,)) if fit else []:
        found[reading.metric].append(reading)
    return found


def latest_run(found: Sequence[Reading]) -> list[float]:
    """The newest run of complete periods without a gap: what a small line may show without lying."""
    run: list[float] = []
    for reading in reversed(found):
        if reading.status == "partial" and not run:
            continue
        if reading.value is None:
            break
        run.append(reading.value)
    return run[::-1]


def state(store: Warehouse) -> tuple[str, int, date]:
    """What any answer depends on beside the question: the warehouse, its version, and today (data grow stale)."""
    return str(store.path), store.data_version(), store.clock().date()
