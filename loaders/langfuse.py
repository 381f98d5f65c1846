"""Langfuse: traces, observations and scores, as its UI, its API and its blob export write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from loaders.annotations import Said
from loaders.format import Format, Head, Match, Stage
from loaders.jsontext import text
from loaders.langfuse_rows import SPANS, TRACES, kind_of, observation, plain, score, trace
from loaders.relation import relation
from loaders.tables import columns_of, rows_of

_OWN = frozenset({
    "bookmarked", "public", "release", "environment", "parentobservationid", "usagedetails", "costdetails",
    "promptname", "completionstarttime", "providedmodelname", "modelparameters", "timetofirsttoken",
    "statusmessage",
    "observationid", "configid", "queueid", "authoruserid", "stringvalue", "datatype", "calculatedtotalcost",
    "htmlpath", "projectid", "tracename", "sessionid",
})  # fmt: skip
_CALLS = "kind IN ('GENERATION', 'EMBEDDING')"
_ONCE = """
    CREATE TEMP TABLE told AS
    SELECT DISTINCT ON (span_id) *, count(*) OVER (PARTITION BY span_id) AS copies
    FROM observations ORDER BY span_id, CAST(source_row AS BIGINT)
"""
_ONE_TRACE = """
    CREATE TEMP TABLE asked AS
    WITH stated AS (
        SELECT DISTINCT ON (trace_id) *, count(*) OVER (PARTITION BY trace_id) AS copies
        FROM traces ORDER BY trace_id, CAST(source_row AS BIGINT)
    ), summed AS (
        SELECT trace_id, min(CAST(source_row AS BIGINT)) AS source_row, min(CAST(line AS BIGINT)) AS line,
            sum(copies) AS records, min(began) AS began, max(user_id) AS user_id, max(session_id) AS session_id,
            max(release) AS release, max(product) AS product, max(pilot) AS pilot,
            max(prompt_version) AS prompt_version,
            arg_min(model, began) FILTER (WHERE {calls} AND model IS NOT NULL) AS model,
            sum(CASE WHEN {calls} THEN TRY_CAST(input_tokens AS BIGINT) END) AS input_tokens,
            sum(CASE WHEN {calls} THEN TRY_CAST(output_tokens AS BIGINT) END) AS output_tokens,
            sum(CASE WHEN {calls} THEN TRY_CAST(cost AS BIGINT) END) AS cost,
            bool_or(parent_id IS NULL AND failed = 'true') AS failed, bool_or(parent_id IS NULL) AS rooted,
            max(CASE WHEN parent_id IS NULL THEN TRY_CAST(duration_ms AS BIGINT) END) AS duration_ms
        FROM told GROUP BY trace_id
    )
    SELECT coalesce(stated.trace_id, summed.trace_id) AS trace_id,
        coalesce(CAST(stated.source_row AS BIGINT), summed.source_row) AS source_row,
        coalesce(CAST(stated.line AS BIGINT), summed.line) AS line,
        coalesce(stated.copies, 0) + coalesce(summed.records, 0) AS records,
        coalesce(stated.product, summed.product) AS product, coalesce(stated.pilot, summed.pilot) AS pilot,
        stated.scenario, stated.topic, coalesce(stated.user_id, summed.user_id) AS user_id,
        coalesce(stated.session_id, summed.session_id) AS session_id,
        coalesce(stated.release, summed.release) AS release, coalesce(stated.asked_at, summed.began) AS asked_at,
        coalesce(TRY_CAST(stated.duration_ms AS BIGINT), summed.duration_ms) AS duration_ms, summed.prompt_version,
        summed.model, coalesce(summed.input_tokens, TRY_CAST(stated.input_tokens AS BIGINT)) AS input_tokens,
        coalesce(summed.output_tokens, TRY_CAST(stated.output_tokens AS BIGINT)) AS output_tokens,
        coalesce(summed.cost, TRY_CAST(stated.cost AS BIGINT)) AS cost,
        CASE WHEN summed.rooted THEN summed.failed END AS failed,
        summed.trace_id IS NOT NULL AND NOT summed.rooted AS rootless
    FROM stated FULL JOIN summed USING (trace_id)
""".replace("{calls}", _CALLS)
"""A trace once: as it states itself, and as its observations tell; tokens and dollars of the calls of models alone."""
_INTERACTIONS = {
    "interaction_id": "trace_id", "trace_id": "trace_id", "product_id": "product", "pilot_id": "pilot",
    "scenario_id": "scenario", "topic_id": "topic", "user_id": "user_id", "session_id": "session_id",
    "occurred_at": "asked_at", "duration_ms": "CAST(duration_ms AS VARCHAR)", "request_model": "model",
    "service_version": "release", "prompt_version": "prompt_version", "input_tokens": "CAST(input_tokens AS VARCHAR)",
    "output_tokens": "CAST(output_tokens AS VARCHAR)", "cost_microusd": "CAST(cost AS VARCHAR)",
    "cost_basis": "CASE WHEN cost IS NOT NULL THEN 'reported' END", "error": "CAST(failed AS VARCHAR)",
}  # fmt: skip
_MODEL_CALLS = {
    "call_id": "span_id", "trace_id": "trace_id", "interaction_id": "trace_id", "product_id": "whose",
    "occurred_at": "began", "request_model": "model",
    "operation_name": "CASE kind WHEN 'EMBEDDING' THEN 'embeddings' ELSE 'chat' END",
    "input_tokens": "input_tokens", "output_tokens": "output_tokens", "cache_read_input_tokens": "cached_tokens",
    "cost_microusd": "cost", "duration_ms": "duration_ms", "error_type": "error_type",
}  # fmt: skip
_CALLED = f"""(
    SELECT told.*, asked.product AS whose FROM told JOIN asked ON asked.trace_id = told.trace_id WHERE {_CALLS}
) AS calls"""


def _recognise(head: Head) -> Match:
    names = {name.strip().lower().replace("_", "") for name in columns_of(head)}
    inner = next((record for document in head.documents for record in _inside(document)), None)
    named = plain(inner) if isinstance(inner, dict) else dict.fromkeys(names, "")
    kind = kind_of(named) if isinstance(inner, dict) else _kind_of_table(names)
    own = len(_OWN & named.keys())
    if kind == "other" or own < 2:
        return Match(0.0)
    return Match(min(0.97, 0.8 + 0.05 * own))


def _kind_of_table(names: set[str]) -> str:
    if {"traceid", "type", "starttime"} <= names and {"parentobservationid", "usagedetails", "level"} & names:
        return "observation"
    if {"traceid", "name", "value", "source"} <= names and {"datatype", "observationid"} & names:
        return "score"
    return (
        "trace" if {"id", "timestamp", "sessionid", "userid"} <= names and {"bookmarked", "tags"} & names else "other"
    )


def _inside(document: object) -> list[Any]:
    """The records of a document: itself, or those an answer of the API wraps, a trace's own observations among them."""
    if not isinstance(document, dict):
        return [document]
    inner = document.get("data")
    return inner if isinstance(inner, list) and "meta" in document else [document]


def _parse(path: Path, stage: Stage) -> None:
    spans = stage.table("observations", ("source_row", "line", *SPANS))
    traces = stage.table("traces", ("source_row", "line", *TRACES))
    said = Said(stage)
    for row, (line, record) in enumerate(_records(path, stage), start=1):
        named = plain(record)
        kind = kind_of(named)
        if kind == "trace":
            told = trace(named)
            traces.add(str(row), str(line), *(told[name] for name in TRACES))
        elif kind == "observation":
            told = observation(named)
            spans.add(str(row), str(line), *(told[name] for name in SPANS))
        elif kind == "score":
            said.add(row, line, *score(named))
        else:
            stage.broken(line, None, "not_a_record", "A record that is no trace, no observation and no score.")
    _fill(stage)
    said.fill()


def _records(path: Path, stage: Stage) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Every record; what an answer of the API or a trace holds inside is a record, too."""
    for _, line, values in rows_of(path, stage):
        records = _inside(values)
        if len(records) != 1 or records[0] is not values:
            stage.read(len(records) - 1)
        for record in records:
            if not isinstance(record, dict):
                stage.broken(line, None, "not_an_object", "A record of Langfuse is an object.")
                continue
            yield line, record
            for name in ("observations", "scores"):
                for inner in record.get(name) or () if kind_of(plain(record)) == "trace" else ():
                    if isinstance(inner, dict):
                        stage.read()
                        yield line, {"traceId": record.get("id"), **inner}


def _fill(stage: Stage) -> None:
    stage.rows(_ONCE)
    stage.rows(_ONE_TRACE)
    stage.fill("interactions", _INTERACTIONS, relation(_INTERACTIONS, "asked", "records"))
    stage.fill("model_calls", _MODEL_CALLS, relation(_MODEL_CALLS, _CALLED, "0"))
    rootless, bare = (
        int(text(found) or 0)
        for found in stage.rows(
            "SELECT count(CASE WHEN rootless THEN 1 END), count(CASE WHEN failed IS NULL THEN 1 END) FROM asked"
        )[0]
    )
    if rootless:
        stage.note(f"{rootless} traces have no root observation in the file: whether they failed is not known.")
    if bare > rootless:
        stage.note(
            "The export of traces holds no observations: models and errors are not known from it, and tokens only where"
            " it states their sums."
        )


FORMAT = Format(
    name="langfuse",
    title="Langfuse traces, observations and scores (UI, API, blob export; CSV, JSON, Parquet)",
    facts=("interactions", "model_calls", "feedback", "eval_results"),
    product_field="tag product:, else metadata, else the trace's name",
    recognise=_recognise,
    parse=_parse,
    fills="a trace as one interaction: person, session, time, duration, release, product and pilot (tags, metadata);"
    " from observations tokens and dollars of calls, model, prompt, errors and every call; scores of people as"
    " feedback, of evaluators as checks",
    lacks="escalation; from an export of traces alone models and errors, and tokens where it states no sums",
)
