"""Specs and a scope become one SELECT per reduced table. Pure: the text depends on the question's shape, never on its
values.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from data.settings import Settings
from metrics import panel, views
from metrics.periods import buckets, whole
from metrics.spec import GRAINS, Dimension, Fact, Grain, MetricError, Ratio, Scope

MEASURES = (
    "interactions", "tasks", "tasks_confirmed", "tasks_implied", "tasks_failed", "tasks_unknown", "technical_errors",
    "escalation_known", "escalated_planned", "escalated_unplanned", "escalated_unplanned_1d",
)  # fmt: skip
SPREAD_SCALE = 10**30  # squared deviations are summed as integers of this scale: the same sum in any order of rows


class Query(NamedTuple):
    """One SELECT with its named parameters."""

    sql: str
    params: dict[str, object]


class Ctes(NamedTuple):
    """Named subqueries in order, and the one that holds the rows to measure."""

    parts: list[tuple[str, str]]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A reduced table as readings see it: one row per unit and more, with `unit_id`, `counted` and the dimension
    columns.
    """

    fact: Fact
    feeds: tuple[str, ...]  # the facts whose loads carry it: data_through is judged by them
    dimensions: frozenset[Dimension]
    units_are: str
    unsplit: str  # why it cannot be grouped by anything else
    context: Mapping[str, str]  # sums beside the metrics: name -> expression
    build: Callable[[Scope, tuple[Dimension, ...], tuple[str, ...]], Ctes]


def keys_of(by: Sequence[Dimension]) -> tuple[str, ...]:
    """The columns a grouping has in the answer: a grain of time is the first day of its bucket."""
    return tuple("bucket" if name in GRAINS else name for name in by)


def grain_of(by: Sequence[Dimension]) -> Grain | None:
    """The grain of time in a grouping."""
    return next((cast(Grain, name) for name in by if name in GRAINS), None)


def use_ctes(
    scope: Scope, by: tuple[Dimension, ...], keys: tuple[str, ...], table: str, columns: Sequence[str]
) -> Ctes:
    """The rows of a table that has user_days' dimension columns, in scope, by pilot where asked."""
    parts = [
        ("shelf", views.shelf(scope)),
        ("edges", views.edges("interactions")),
        ("alias", views.ALIAS),
        ("staff", views.STAFF),
        ("use", views.scoped_use(scope, table, columns)),
    ]
    source = "use"
    if panel.in_pilots(by, scope):
        parts += [("roster", views.AUDIENCE), ("pilot_dates", views.PILOT_DATES), ("pilot_days", views.PILOT_DAYS)]
        if "pilot" in by:
            parts.append(("use_by_pilot", views.USE_BY_PILOT))
            source = "use_by_pilot"
        else:
            parts.append(("use_of_pilots", views.USE_OF_PILOTS))
            source = "use_of_pilots"
    grain = grain_of(by)
    chosen = ["unit_id", "counted", "aged", "user_known", *columns]
    chosen += [f"CAST(date_trunc('{grain}', day) AS DATE) AS bucket" if key == "bucket" else key for key in keys]
    only = (
        " WHERE list_contains(CAST($pilots AS VARCHAR[]), pilot)" if "pilot" in by and scope.pilots is not None else ""
    )
    parts.append(("rows_in_scope", f"\nSELECT {', '.join(chosen)}\nFROM {source}{only}\n"))
    return Ctes(parts, "rows_in_scope")


def _use(scope: Scope, by: tuple[Dimension, ...], keys: tuple[str, ...]) -> Ctes:
    return use_ctes(scope, by, keys, "user_days", MEASURES)


def _audience(scope: Scope, by: tuple[Dimension, ...], keys: tuple[str, ...]) -> Ctes:
    parts = [
        ("shelf", views.shelf(scope)),
        ("edges", views.edges("interactions", "usage_daily")),
        ("alias", views.ALIAS),
        ("staff", views.STAFF),
        ("roster", views.AUDIENCE),
        ("anonymous", panel.ANONYMOUS),
        ("periods", panel.PERIODS),
        ("active_days", panel.ACTIVE_DAYS),
    ]
    if panel.in_pilots(by, scope):
        parts.append(("pilot_dates", views.PILOT_DATES))
    parts += [("clock", panel.clock(by, scope)), ("panel", panel.panel(keys, by, scope))]
    return Ctes(parts, "panel")


VIEWS: dict[Fact, View] = {
    "user_days": View(
        fact="user_days",
        feeds=("interactions",),
        dimensions=frozenset(("product", "pilot", "scenario", "team", "release", "mode", "day", "week", "month")),
        units_are="people",
        unsplit="",
        context={"interactions": "interactions", "named": "CASE WHEN user_known THEN interactions ELSE 0 END"},
        build=_use,
    ),
    "audience": View(
        fact="audience",
        feeds=("interactions", "usage_daily"),
        dimensions=frozenset(("product", "pilot", "team", "week", "month")),
        units_are="people",
        unsplit="an audience is granted a product or a pilot and is judged over weeks",
        context={},
        build=_audience,
    ),
}


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
