"""OTLP metrics of generative AI: tokens by service, person, model and day. A sum is no event and never becomes one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from loaders.format import Stage
from loaders.jsontext import text
from loaders.otlp_spans import NAMES, scalars
from loaders.relation import relation

TOKENS = "gen_ai.client.token.usage"
_KIND_OF = {TOKENS: "gen_ai.token.type", "claude_code.token.usage": "type", "claude_code.cost.usage": ""}
"""The metrics that are read, and the attribute that tells what a point counts; without one it is dollars."""
_KINDS = ("histogram", "sum", "exponentialHistogram")
_DELTA = ("1", "AGGREGATION_TEMPORALITY_DELTA")
_READ = {"input": "input", "output": "output", "cacheRead": "input", "cacheCreation": "input", "": "usd"}
"""What is counted, as we add it up: what a cache holds is input, as the conventions have it."""
COLUMNS = (
    "source_row", "line", "series", "service_name", "user_id", "operation", "model", "token_type", "started", "ended",
    "delta", "tokens",
)  # fmt: skip
_GROWN = """
    CREATE TEMP TABLE grown AS
    WITH points AS (
        SELECT DISTINCT ON (series, ended) * EXCLUDE (source_row, line, started, ended, tokens),
            CAST(source_row AS BIGINT) AS source_row, CAST(line AS BIGINT) AS line, delta = 'true' AS is_delta,
            nullif(TRY_CAST(started AS BIGINT), 0) AS started, CAST(ended AS BIGINT) AS ended,
            CAST(round(TRY_CAST(tokens AS DOUBLE) * CASE WHEN token_type = 'usd' THEN 1000000 ELSE 1 END) AS BIGINT)
                AS tokens
        FROM token_points
        ORDER BY series, ended, CAST(source_row AS BIGINT) DESC
    ), beside AS (
        SELECT *, lag(tokens) OVER series_in_time AS before, lag(ended) OVER series_in_time AS before_ended,
            lag(started) OVER series_in_time AS before_started
        FROM points
        WINDOW series_in_time AS (PARTITION BY series ORDER BY ended)
    ), told AS (
        SELECT *, is_delta OR before IS NULL OR tokens < before
            OR coalesce(started > before_started, false) AS anew
        FROM beside
    )
    SELECT source_row, line, service_name, user_id, operation, model, token_type,
        CAST(make_timestamp_ns(ended) AS DATE) AS day,
        CAST(make_timestamp_ns(coalesce(CASE WHEN anew THEN started ELSE before_ended END, ended)) AS DATE) AS since,
        CASE WHEN NOT anew THEN tokens - before WHEN coalesce(started, before) IS NULL THEN 0 ELSE tokens END AS growth
    FROM told
"""
"""What each point adds to its series: a delta its value, a cumulative one what it grew since the point before; a series
that falls or starts later begins anew, and the first point of one that does not say when it started adds nothing."""
_BY_DAY = """
    (SELECT min(source_row) AS source_row, min(line) AS line, service_name, user_id, operation, model, day,
        greatest(1, least(366, day - since + 1)) AS period_days, count(*) AS points,
        CAST(sum(CASE WHEN token_type = 'input' THEN growth END) AS BIGINT) AS input_tokens,
        CAST(sum(CASE WHEN token_type = 'output' THEN growth END) AS BIGINT) AS output_tokens,
        CAST(sum(CASE WHEN token_type = 'usd' THEN growth END) AS BIGINT) AS cost
    FROM grown GROUP BY service_name, user_id, operation, model, day, since) AS by_day
"""
_DAYS = {
    "product_id": "service_name", "user_id": "user_id", "day": "CAST(day AS VARCHAR)",
    "period_days": "CAST(period_days AS VARCHAR)", "feature": "operation", "request_model": "model",
    "active": "CASE WHEN coalesce(input_tokens, 0) + coalesce(output_tokens, 0) > 0 THEN 'true' ELSE 'false' END",
    "input_tokens": "CAST(input_tokens AS VARCHAR)", "output_tokens": "CAST(output_tokens AS VARCHAR)",
    "cost_microusd": "CAST(cost AS VARCHAR)",
}  # fmt: skip


class Point(NamedTuple):
    """One point of one series, its value and times as text. `series` tells it apart from every other series."""

    metric: str
    series: str
    resource: Mapping[str, str]
    attributes: Mapping[str, str]
    started: str | None
    ended: str | None
    delta: bool
    value: str | None


def points(document: object) -> Iterator[Point]:
    """Every point of the sums and histograms of a document. ValueError for what is not shaped as OTLP says."""
    try:
        groups = document.get("resourceMetrics") or [document] if isinstance(document, dict) else []
        for group in groups:
            resource = scalars((group.get("resource") or {}).get("attributes"))
            for scope in group.get("scopeMetrics") or ():
                for metric in scope.get("metrics") or ():
                    yield from _points(metric, resource)
    except (AttributeError, KeyError, TypeError):
        raise ValueError("A group of metrics is not shaped as OTLP says.") from None


def _points(metric: Mapping[str, object], resource: Mapping[str, str]) -> Iterator[Point]:
    name = str(metric["name"])
    for kind in _KINDS:
        data = metric.get(kind)
        if not isinstance(data, dict):
            continue
        delta = text(data.get("aggregationTemporality")) in _DELTA
        for point in data.get("dataPoints") or ():
            attributes = scalars(point.get("attributes"))
            value = next((text(point[key]) for key in ("sum", "asInt", "asDouble") if key in point), None)
            yield Point(
                name, json.dumps([name, sorted(resource.items()), sorted(attributes.items())]), resource, attributes,
                text(point.get("startTimeUnixNano")), text(point.get("timeUnixNano")), delta, value,
            )  # fmt: skip


class TokenSums:
    """The token metrics of one file on their way to daily use."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._table = stage.table("token_points", COLUMNS)
        self._row = 0
        self._others = 0

    def take(self, document: object, line: int) -> int:
        """Take a document of metrics; how many points of tokens it held. ValueError as `points`."""
        taken = 0
        for point in points(document):
            named = _KIND_OF.get(point.metric)
            kind = None if named is None else _READ.get(point.attributes.get(named, ""))
            if kind is None or not (point.ended or "").isdigit():
                self._others += 1
                continue
            self._row += 1
            taken += 1
            self._table.add(
                str(self._row), str(line), point.series, point.resource.get("service.name"), _first(point, "user_id"),
                point.attributes.get("gen_ai.operation.name"), _first(point, "request_model"), kind, point.started,
                point.ended, "true" if point.delta else "false", point.value,
            )  # fmt: skip
        return taken

    def fill(self) -> None:
        """Hand over the days, every point accounted for."""
        stage = self._stage
        stage.read(self._row + self._others)
        if self._others:
            stage.ignore("point of a metric that counts no tokens", self._others)
        stage.rows(_GROWN)
        kept = int(str(stage.rows("SELECT count(*) FROM grown")[0][0]))
        if self._row - kept:
            stage.ignore("repeated point", self._row - kept)
        stage.note(
            "Metrics are sums: they tell tokens by day (UTC) and model, and never become interactions. Load the traces"
            " of the same services instead where you have them."
        )
        stage.fill("usage_daily", _DAYS, relation(_DAYS, _BY_DAY, "points"))


def _first(point: Point, column: str) -> str | None:
    """What a point says of a person or a model, under any of the names of spans; its resource else."""
    told = {**point.resource, **point.attributes}
    names = ("user.email", *NAMES[column]) if column == "user_id" else ("model", *NAMES[column])
    return next((told[name] for name in names if name in told), None)
