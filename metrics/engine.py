"""The doors to a number: read, series, breakdown. One SELECT per reduced table, then pure arithmetic and the status
rules.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import cast

from data.settings import Settings
from data.warehouse import Warehouse
from metrics import statistics
from metrics.catalog import resolve
from metrics.compile import SPREAD_SCALE, VIEWS, column, compile_sql, keys_of
from metrics.ground import FOREVER, Ground, survey
from metrics.groups import Key, Place, in_words, places
from metrics.periods import Bucket
from metrics.spec import (
    GRAINS,
    Dimension,
    Estimate,
    Fact,
    Grain,
    Metric,
    MetricError,
    Moments,
    Ratio,
    Reading,
    Scope,
    dimensions,
)
from metrics.status import Case, Known, judge

Row = Mapping[str, object]


def read(store: Warehouse, metrics: Iterable[str | Metric], scope: Scope, by: Sequence[str] = ()) -> list[Reading]:
    """Readings of the metrics for every group, groups in order and metrics as given.

    All of one version of the data. With a grain of time in `by`, periods without data are there with value None.
    MetricError for an unknown metric or dimension, or one that the metric cannot be split by.
    """
    chosen, grouping = _ratios(resolve(metrics)), dimensions(by)
    facts = list(dict.fromkeys(metric.fact for metric in chosen))
    with store.reading() as reader:
        ground = survey(reader, scope, store.clock().date(), facts)
        rows: dict[Fact, dict[Key, Row]] = {}
        for fact in facts:
            query = compile_sql([metric for metric in chosen if metric.fact == fact], scope, grouping, ground.settings)
            rows[fact] = {
                tuple(row[key] for key in keys_of(grouping)): row for row in reader.rows(query.sql, query.params)
            }
    observed = [row for answers in rows.values() for row in answers.values()] if grouping else []
    return [
        _reading(metric, place, rows[metric.fact].get(place[2], {}), ground)
        for place in places(ground, grouping, observed)
        for metric in chosen
    ]


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


def definition_hash(metric: Ratio, settings: Settings) -> str:
    """12 hex digits that change when what the metric counts changes: its SQL with the shared views, and its
    settings.
    """
    stated = [f"{name}={getattr(settings, name)}" for name in sorted({"level", *metric.settings})]
    return _hashed(replace(metric, name="metric"), tuple(stated))


@lru_cache(maxsize=256)
def _hashed(metric: Ratio, stated: tuple[str, ...]) -> str:
    anytime = Scope(since=date(2000, 1, 1), until=date(2000, 1, 31))
    text = [compile_sql([metric], anytime, by).sql for by in ((), ("pilot",))]
    return hashlib.sha256("\n".join([*text, *stated]).encode()).hexdigest()[:12]


def _ratios(metrics: Sequence[Metric]) -> list[Ratio]:
    for metric in metrics:
        if not isinstance(metric, Ratio):
            raise MetricError(f"{metric.name} cannot be computed by this version.", "Leave it out.")
    return [metric for metric in metrics if isinstance(metric, Ratio)]


def _reading(metric: Ratio, place: Place, row: Row, ground: Ground) -> Reading:
    group = place[0]
    name = column(metric)
    moments = Moments(*(_count(row, f"{name}_{part}") for part in ("units", "hits", "of", "hits2", "of2", "cross")))
    judgement = judge(_case(metric, place, row, moments, ground))
    settings = ground.settings
    estimate = Estimate(None, None, None, None, "")
    if judgement.shown:
        spread = _count(row, f"{name}_spread") / SPREAD_SCALE
        factors = [cast(int, factor) for factor in cast("list[object]", row[f"{name}_factors"]) if factor is not None]
        estimate = statistics.ratio(
            moments,
            statistics.jackknife_variance(moments.units, spread),
            statistics.common_factor(factors),
            settings.level,
        )
    bounded = judgement.bounded
    return Reading(
        metric=metric.name,
        group=group,
        value=estimate.value,
        low=estimate.low if bounded else None,
        high=estimate.high if bounded else None,
        level=settings.level,
        units=moments.units,
        events=moments.of,
        method=_method(metric, place, row, estimate if bounded else None, ground),
        status=judgement.status,
        decides=judgement.decides,
        missing=judgement.missing,
        definition_hash=definition_hash(metric, settings),
        data_version=ground.version,
    )


def _case(metric: Ratio, place: Place, row: Row, moments: Moments, ground: Ground) -> Case:
    group, bucket, _ = place
    settings, pilot, name = ground.settings, ground.pilot_of(group), column(metric)
    first, last = bucket.first, bucket.last
    unmeasured = _unmeasured(metric, place, moments, ground)
    if pilot and pilot.starts_on <= last and pilot.ends_on >= first:
        first, last = max(first, pilot.starts_on), min(last, pilot.ends_on)
    span = ground.span(metric.fact, group, first, last)
    premature, unfinished = ground.weeks_missing(metric.fact, group, bucket) if metric.trailing_weeks else ("", "")
    coverage = metric.coverage
    return Case(
        whose=in_words(ground, group),
        counts=metric.counts,
        units_are=_units_are(metric, row, ground),
        units=moments.units,
        hits=moments.hits,
        events=moments.of,
        first_day=first,
        last_day=last,
        begins=span.begins if span else None,
        through=span.through if span else None,
        today=ground.today,
        due=ground.due(metric.fact, group),
        cut=_cut(metric, bucket),
        unmeasured=unmeasured,
        premature=premature,
        unfinished=unfinished,
        coverage=coverage,
        known=Known(*(_count(row, f"{name}_{part}") for part in ("known", "among", "stated"))) if coverage else None,
        minimum=float(getattr(settings, coverage.minimum)) if coverage else 0.0,
        show_units=settings.show_units,
        decide_units=pilot.gate(settings.show_units, settings.decide_units) if pilot else settings.decide_units,
    )


def _cut(metric: Ratio, bucket: Bucket) -> str:
    """The day, week or month of which the scope holds only a part; trailing weeks look back over a late beginning."""
    begun = bucket.start < bucket.first and not metric.trailing_weeks
    return bucket.name if begun or bucket.end > bucket.last else ""


def _unmeasured(metric: Ratio, place: Place, moments: Moments, ground: Ground) -> str:
    group, bucket, _ = place
    if not ground.products:
        return "The registry has no product that this may count: register one and assign its data to it."
    pilot, whose = ground.pilot_of(group), in_words(ground, group)
    if pilot and (pilot.starts_on > bucket.last or pilot.ends_on < bucket.first) and not moments.of:
        until = "" if pilot.ends_on == FOREVER else f" to {pilot.ends_on}"
        return f"The pilot ran from {pilot.starts_on}{until}, outside this period."
    if metric.fact != "audience" or not any(
        product in ground.spans[metric.fact] for product in ground.products_of(group)
    ):
        return ""
    products = ground.products_of(group)
    if not any(ground.rosters.get(product) for product in products) or (pilot and not pilot.roster):
        return f"No audience is registered for {whose}: say who it is for, in the registry's audience table."
    if not ground.measurable(metric.fact, group):
        share = f"{ground.settings.min_known_share:.0%}"
        return f"Under {share} of the interactions of {whose} name a person, so nobody can be said to have come back."
    return ""


def _units_are(metric: Ratio, row: Row, ground: Ground) -> str:
    return "sessions" if _anonymous(row, ground) else VIEWS[metric.fact].units_are


def _anonymous(row: Row, ground: Ground) -> bool:
    interactions = _count(row, "context_interactions")
    return _count(row, "context_named") < float(ground.settings.min_known_share) * interactions


def _method(metric: Ratio, place: Place, row: Row, estimate: Estimate | None, ground: Ground) -> str:
    group = place[0]
    if estimate and estimate.effective is not None:
        freedom = _count(row, f"{column(metric)}_units") - 1
        words = [f"jackknife Wilson, n_eff {estimate.effective:.4g}, t({freedom})"]
    else:
        words = ["no interval"]
    if _anonymous(row, ground):
        words.append("unit: session")
    if excluded := _count(row, "excluded"):
        words.append(f"{excluded} left out (service, test or product team)")
    measured = len(ground.measurable(metric.fact, {}))
    if not {"product", "pilot"} & set(group) and not ground.scope.pilots and 0 < measured < len(ground.products):
        words.append(f"{measured} of {len(ground.products)} products")
    return "; ".join(words)


def _count(row: Row, name: str) -> int:
    value = row.get(name)
    return int(str(value)) if value is not None else 0
