"""The doors to a number: read, series, breakdown. One SELECT per reduced table, then pure arithmetic and the status
rules.
"""

from collections.abc import Iterable, Mapping, Sequence

from data.cursor import Rows
from data.warehouse import Warehouse
from metrics import durations, kept, ratios
from metrics.catalog import CATALOG, dimensions_of, resolve
from metrics.compile import compile_sql
from metrics.definition import definition_hash
from metrics.ground import Ground, survey
from metrics.groups import Place, places
from metrics.spec import (
    GRAINS,
    Asked,
    Derived,
    Dimension,
    Duration,
    Fact,
    Grain,
    Inputs,
    Key,
    Metric,
    MetricError,
    Part,
    Ratio,
    Reading,
    Scope,
    dimensions,
)
from metrics.view import keys_of


def read(store: Warehouse, metrics: Iterable[str | Metric], scope: Scope, by: Sequence[str] = ()) -> list[Reading]:
    """Readings of the metrics for every group, groups in order and metrics as given.

    All of one version of the data. With a grain of time in `by`, periods without data are there with value None.
    MetricError for an unknown metric or dimension, or one that the metric cannot be split by.
    """
    chosen, grouping = resolve(metrics), dimensions(by)
    every = resolve([*(need for metric in chosen for need in _needs(metric)), *chosen])
    for metric in every:
        _can_be_split(metric, grouping)
    if isinstance(store, Warehouse) and all(CATALOG.get(metric.name) is metric for metric in chosen):
        names = [metric.name for metric in chosen]
        return kept.answered(store, names, scope, grouping, lambda: _read(store, chosen, every, scope, grouping))
    return _read(store, chosen, every, scope, grouping)


def _read(
    store: Warehouse, chosen: Sequence[Metric], every: Sequence[Metric], scope: Scope, grouping: tuple[Dimension, ...]
) -> list[Reading]:
    facts = list(dict.fromkeys(fact for metric in every for fact in facts_of(metric)))
    with store.reading() as reader:
        ground = survey(reader, scope, store.clock().date(), facts)
        found = _ask(reader, every, Asked(scope, grouping, ground))
    keys = keys_of(grouping)
    observed = [dict(zip(keys, key, strict=True)) for answers in found.values() for key in answers] if grouping else []
    readings = []
    for place in places(ground, grouping, observed):
        parts: dict[str, Part] = {}
        for metric in every:
            parts[metric.name] = _part(metric, place, found[metric.name], parts, ground)
        readings += [parts[metric.name].reading for metric in chosen]
    return readings


def series(
    store: Warehouse, metric: str | Metric, scope: Scope, grain: Grain = "week", by: Sequence[str] = ()
) -> list[Reading]:
    """One metric over time, every day, week or month of the period: a gap is a reading without a value, never a
    zero.
    """
    if grain not in GRAINS:
        raise MetricError(f"'{grain}' is not a grain of time.", "Use day, week or month.")
    return read(store, [metric], scope, (*by, grain))


def breakdown(
    store: Warehouse, metric: str | Metric, scope: Scope, over: Dimension, by: Sequence[str] = ()
) -> list[Reading]:
    """One metric split by a dimension, within each group of `by` the part with most events first (a Pareto order)."""
    readings = read(store, [metric], scope, (*by, over))
    order = {tuple(reading.group[name] for name in by): place for place, reading in reversed(list(enumerate(readings)))}
    return sorted(readings, key=lambda reading: (order[tuple(reading.group[name] for name in by)], -reading.events))


def facts_of(metric: Metric) -> tuple[Fact, ...]:
    """The reduced tables whose reach in time a metric is judged by."""
    return metric.facts if isinstance(metric, Derived) else (metric.fact,)


def _needs(metric: Metric) -> list[str]:
    """The metrics that have to be read before this one, theirs first."""
    if not isinstance(metric, Derived):
        return []
    return [name for need in metric.needs for name in (*_needs(resolve([need])[0]), need)]


def _can_be_split(metric: Metric, by: Sequence[Dimension]) -> None:
    allowed, unsplit = dimensions_of(metric)
    for name in by:
        if name not in allowed:
            raise MetricError(
                f"{metric.name} cannot be split by {name}: {unsplit}.",
                f"Use one of {', '.join(sorted(allowed))}." if allowed else "Leave --by out.",
            )


def _ask(reader: Rows, metrics: Sequence[Metric], asked: Asked) -> dict[str, Mapping[Key, object]]:
    """What the warehouse answers, by metric and group key: one SELECT a fact for all its ratios."""
    found: dict[str, Mapping[Key, object]] = {}
    keys = keys_of(asked.by)
    together: dict[Fact, list[Ratio]] = {}
    loaded: dict[object, Mapping[Key, object]] = {}  # metrics that load alike load once
    for metric in metrics:
        if isinstance(metric, Ratio):
            together.setdefault(metric.fact, []).append(metric)
        elif isinstance(metric, Derived) and metric.load:
            if metric.load not in loaded:
                loaded[metric.load] = metric.load(reader, asked)
            found[metric.name] = loaded[metric.load]
        elif isinstance(metric, Derived):
            found[metric.name] = {}
    for of_fact in together.values():
        query = compile_sql(of_fact, asked.scope, asked.by, asked.ground.settings)
        rows = {tuple(row[key] for key in keys): row for row in reader.rows(query.sql, query.params)}
        found |= {metric.name: rows for metric in of_fact}
    timed = [metric for metric in metrics if isinstance(metric, Duration)]
    return found | durations.ask(reader, timed, asked)


def _part(metric: Metric, place: Place, found: Mapping[Key, object], parts: Mapping[str, Part], ground: Ground) -> Part:
    group, bucket, key = place
    if isinstance(metric, Ratio):
        return ratios.part(metric, place, found.get(key), ground)
    if isinstance(metric, Duration):
        return durations.part(metric, place, found.get(key), ground)
    needed = {name: parts[name] for name in metric.needs}
    estimate, judged = metric.conclude(Inputs(group, bucket, needed, found.get(key), ground))
    reading = Reading(
        metric=metric.name,
        group=group,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        level=judged.level or ground.settings.level,
        units=judged.units,
        events=judged.events,
        method=estimate.method,
        status=judged.status,
        decides=judged.decides,
        missing=judged.missing,
        definition_hash=definition_hash(metric, ground.settings),
        data_version=ground.version,
    )
    return Part(reading, None, estimate)
