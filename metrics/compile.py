"""Specs and a scope become one SELECT per reduced table. Pure: the text depends on the question's shape, never on its
values.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from data.settings import Settings
from metrics.periods import buckets, whole
from metrics.reduced import VIEWS
from metrics.spec import Dimension, Grain, MetricError, Ratio, Scope
from metrics.view import View, grain_of, keys_of

SPREAD_SCALE = 10**30  # squared deviations are summed as integers of this scale: the same sum in any order of rows


class Query(NamedTuple):
    """One SELECT with its named parameters."""

    sql: str
    params: dict[str, object]


def column(metric: Ratio) -> str:
    """The prefix of a metric's columns in the answer."""
    return metric.name.replace(".", "_")


def compile_sql(
    metrics: Sequence[Ratio], scope: Scope, by: Sequence[Dimension] = (), settings: Settings | None = None
) -> Query:
    """One SELECT for all `metrics`, which are over one fact: per group their Moments, jackknife sum and count divisors.

    MetricError when the fact cannot be split by a dimension of `by`.
    """
    view = VIEWS[metrics[0].fact]
    if any(metric.fact != view.fact for metric in metrics):
        raise ValueError("one SELECT reads one reduced table: compile the metrics of each fact apart")
    for name in by:
        if name not in view.dimensions:
            raise MetricError(
                f"{metrics[0].name} cannot be split by {name}: {view.unsplit}.",
                f"Use one of {', '.join(sorted(view.dimensions))}.",
            )
    keys = keys_of(by)
    ctes = view.build(scope, tuple(by), keys)
    sql = f"{with_clause([*ctes.parts, *_moments(metrics, view, keys, ctes.source)])}\n{_final(metrics, view, keys)}"
    return Query(sql, bound(sql, scope, grain_of(by), settings or Settings()))


def with_clause(parts: Sequence[tuple[str, str]]) -> str:
    """Named subqueries as the head of a statement."""
    return "WITH\n" + ",\n".join(f"{name} AS ({_indented(body)})" for name, body in parts)


def bound(
    sql: str, scope: Scope, grain: Grain | None, settings: Settings, more: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The parameters that the text names, with their values: the only way a person's words reach the database."""
    periods = buckets(scope.since, scope.until, grain) if grain else [whole(scope.since, scope.until)]
    known: dict[str, object] = {
        "since": scope.since,
        "until": scope.until,
        "products": list(scope.products or ()),
        "pilots": list(scope.pilots or ()),
        "teams": list(scope.teams or ()),
        "visible": sorted(scope.visible or ()),
        "bucket_starts": [bucket.start for bucket in periods],
        "bucket_firsts": [bucket.first for bucket in periods],
        "bucket_lasts": [bucket.last for bucket in periods],
        "escalation_window_days": settings.escalation_window_days,
        "min_known_share": settings.min_known_share,
        "reporting_zone": settings.reporting_zone,
        "probe_share": settings.probe_share,
        "sme_opens": settings.sme_opens,
        "sme_closes": settings.sme_closes,
        "sme_sla_hours": settings.sme_sla_hours,
        **(more or {}),
    }
    return {name: known[name] for name in dict.fromkeys(re.findall(r"\$(\w+)", sql))}


def _moments(metrics: Sequence[Ratio], view: View, keys: tuple[str, ...], source: str) -> list[tuple[str, str]]:
    group = "".join(f"{key}, " for key in keys)
    over = f"OVER (PARTITION BY {', '.join(keys)})" if keys else "OVER ()"
    measured, sums, totals = [], [], []
    for metric in metrics:
        name = column(metric)
        both = f"CASE WHEN counted AND ({metric.hit}) IS NOT NULL AND ({metric.of}) IS NOT NULL THEN"
        measured += [f"{both} ({metric.hit}) END AS {name}_hit", f"{both} ({metric.of}) END AS {name}_of"]
        sums += [_total(f"{name}_hit"), _total(f"{name}_of")]
        if metric.events:
            measured.append(f"{both} ({metric.events}) END AS {name}_events")
            sums.append(_total(f"{name}_events"))
        totals += [f"sum({name}_hit) {over} AS {name}_all_hit", f"sum({name}_of) {over} AS {name}_all_of"]
        if metric.coverage:
            for what in ("known", "among", "stated"):
                measured.append(f"CASE WHEN counted THEN {getattr(metric.coverage, what)} END AS {name}_{what}")
                sums.append(_total(f"{name}_{what}"))
    for what, expression in view.context.items():
        measured.append(f"CASE WHEN counted THEN {expression} END AS context_{what}")
        sums.append(_total(f"context_{what}"))
    unit = metrics[0].unit
    return [
        ("measured", f"\nSELECT {group}{unit}, counted,\n  {_lines(measured)}\nFROM {source}\n"),
        (
            "units",
            f"\nSELECT {group}{unit}, counted,\n  {_lines(sums)}\nFROM measured\nGROUP BY {group}{unit}, counted\n",
        ),
        ("totals", f"\nSELECT *,\n  {_lines(totals)}\nFROM units\n"),
    ]


def _final(metrics: Sequence[Ratio], view: View, keys: tuple[str, ...]) -> str:
    columns = [*keys, "count(CASE WHEN NOT counted THEN 1 END) AS excluded"]
    columns += [_total(f"context_{what}") for what in view.context]
    for metric in metrics:
        name = column(metric)
        hit, of, every_hit, every_of = f"{name}_hit", f"{name}_of", f"{name}_all_hit", f"{name}_all_of"
        apart = (
            f"CAST({of} * {every_hit} - {hit} * {every_of} AS DOUBLE)"
            f" / (CAST({every_of} AS DOUBLE) * CAST({every_of} - {of} AS DOUBLE))"
        )
        columns += [
            f"count(CASE WHEN {of} > 0 THEN 1 END) AS {name}_units",
            _total(hit, f"{name}_hits", of),
            _total(of, f"{name}_of", of),
            _exact(f"{hit} * CAST({hit} AS HUGEINT)", f"{name}_hits2", of),
            _exact(f"{of} * CAST({of} AS HUGEINT)", f"{name}_of2", of),
            _exact(f"{hit} * CAST({of} AS HUGEINT)", f"{name}_cross", of),
            _exact(
                f"CAST({SPREAD_SCALE:.0e} * pow({apart}, 2) AS HUGEINT)",
                f"{name}_spread",
                of,
                f" AND {every_of} > {of}",
            ),
            f"list(DISTINCT CASE WHEN {of} > 0 THEN gcd({hit}, {of}) END) AS {name}_factors",
        ]
        if metric.events:
            columns.append(_total(f"{name}_events", "", of))
        if metric.coverage:
            columns += [_total(f"{name}_{what}") for what in ("known", "among", "stated")]
    end = f"\nGROUP BY {', '.join(keys)}\nORDER BY {', '.join(keys)}" if keys else ""
    return f"SELECT\n  {_lines(columns)}\nFROM totals{end}"


def _total(name: str, alias: str = "", where: str = "") -> str:
    inner = f"CASE WHEN {where} > 0 THEN {name} END" if where else name
    return f"CAST(coalesce(sum({inner}), 0) AS BIGINT) AS {alias or name}"


def _exact(expression: str, alias: str, of: str, more: str = "") -> str:
    return f"CAST(coalesce(sum(CASE WHEN {of} > 0{more} THEN {expression} END), 0) AS VARCHAR) AS {alias}"


def _lines(columns: Sequence[str]) -> str:
    return ",\n  ".join(columns)


def _indented(body: str) -> str:
    return body.rstrip("\n").replace("\n", "\n  ") + "\n"
