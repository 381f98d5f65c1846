"""LangSmith: runs (JSON, JSON lines, CSV, Parquet), feedback, and experiments as a table of scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from loaders.annotations import Said, judgement, rating
from loaders.eval_rows import Told
from loaders.figures import finite, microusd, utc, whole
from loaders.format import Format, Head, Match, Stage
from loaders.head import read_head
from loaders.jsontext import text, unwrapped
from loaders.relation import relation
from loaders.score_table import SAY_WHEN, parse_scores, plain_metrics
from loaders.tables import columns_of, rows_of

RUNS = (
    "run_id", "trace_id", "root", "run_type", "product", "pilot", "user_id", "session_id", "began", "duration_ms",
    "model", "input_tokens", "output_tokens", "cost", "error", "release",
)  # fmt: skip
_RUN = {"run_type", "trace_id", "start_time", "id"}
_FEEDBACK = {"run_id", "key", "score"}
_THREADS = ("session_id", "thread_id", "conversation_id")
_SPENT = """
    CREATE TEMP TABLE asked AS
    WITH told AS (
        SELECT DISTINCT ON (run_id) *, count(*) OVER (PARTITION BY run_id) AS copies
        FROM runs ORDER BY run_id, CAST(source_row AS BIGINT)
    ), spent AS (
        SELECT trace_id, count(*) AS runs, sum(copies) AS records, arg_min(model, began) AS model,
            sum(CASE WHEN run_type = 'llm' THEN TRY_CAST(input_tokens AS BIGINT) END) AS input_tokens,
            sum(CASE WHEN run_type = 'llm' THEN TRY_CAST(output_tokens AS BIGINT) END) AS output_tokens,
            sum(CASE WHEN run_type = 'llm' THEN TRY_CAST(cost AS BIGINT) END) AS cost,
            max(user_id) AS user_id, max(session_id) AS session_id,
            count(CASE WHEN run_type = 'llm' THEN 1 END) AS calls
        FROM told GROUP BY trace_id
    )
    SELECT roots.source_row, roots.line, roots.trace_id, roots.product, roots.pilot, roots.began, roots.duration_ms,
        roots.error, roots.release, coalesce(roots.user_id, spent.user_id) AS user_id,
        coalesce(roots.session_id, spent.session_id) AS session_id, spent.model, spent.records,
        CASE WHEN calls > 0 THEN spent.input_tokens ELSE TRY_CAST(roots.input_tokens AS BIGINT) END AS input_tokens,
        CASE WHEN calls > 0 THEN spent.output_tokens ELSE TRY_CAST(roots.output_tokens AS BIGINT) END AS output_tokens,
        CASE WHEN calls > 0 THEN spent.cost ELSE TRY_CAST(roots.cost AS BIGINT) END AS cost
    FROM told AS roots JOIN spent USING (trace_id) WHERE roots.root = 'true'
"""
"""Root runs are what was asked; tokens and dollars are of the model runs below, which their parents repeat."""
_INTERACTIONS = {
    "interaction_id": "trace_id", "trace_id": "trace_id", "product_id": "product", "pilot_id": "pilot",
    "user_id": "user_id", "session_id": "session_id", "occurred_at": "began", "duration_ms": "duration_ms",
    "request_model": "model", "service_version": "release", "input_tokens": "CAST(input_tokens AS VARCHAR)",
    "output_tokens": "CAST(output_tokens AS VARCHAR)", "cost_microusd": "CAST(cost AS VARCHAR)",
    "cost_basis": "CASE WHEN cost IS NOT NULL THEN 'reported' END",
    "error": "CASE WHEN error IS NULL THEN 'false' ELSE 'true' END", "error_type": "error",
}  # fmt: skip
_MODEL_CALLS = {
    "call_id": "run_id", "trace_id": "trace_id", "interaction_id": "trace_id", "product_id": "whose",
    "occurred_at": "began", "operation_name": "'chat'", "request_model": "model", "input_tokens": "input_tokens",
    "output_tokens": "output_tokens", "cost_microusd": "cost", "duration_ms": "duration_ms", "error_type": "error",
}  # fmt: skip
_CALLED = """(
    SELECT runs.*, asked.product AS whose
    FROM (SELECT DISTINCT ON (run_id) * FROM runs ORDER BY run_id, CAST(source_row AS BIGINT)) AS runs
    JOIN asked USING (trace_id) WHERE runs.run_type = 'llm'
) AS calls"""
_ROOTLESS = "SELECT count(*), count(DISTINCT trace_id) FROM runs WHERE trace_id NOT IN (SELECT trace_id FROM asked)"


def _recognise(head: Head) -> Match:
    names = {name.strip() for name in columns_of(head)}
    if names >= _RUN and names & {"dotted_order", "session_id", "parent_run_id", "inputs", "reference_example_id"}:
        return Match(0.97)
    if names >= _FEEDBACK and names & {"feedback_source", "correction", "comment", "trace_id"}:
        return Match(0.93)
    inputs = [name for name in names if name == "inputs" or name.startswith(("inputs.", "inputs/", "input."))]
    outputs = [name for name in names if name == "outputs" or name.startswith(("outputs.", "outputs/", "output."))]
    if head.kind == "csv" and inputs and outputs and plain_metrics(sorted(names)):
        return Match(0.7, SAY_WHEN)
    start = head.text[:65_536]
    long = head.kind == "json" and not head.documents and '"dotted_order"' in start and '"run_type"' in start
    return Match(0.9 if long else 0.0)


def _parse(path: Path, stage: Stage) -> None:
    names = {name.strip() for name in columns_of(read_head(path))}
    if names and not names >= _RUN and not names >= _FEEDBACK and "run_type" not in names:
        parse_scores(path, stage, plain_metrics(columns_of(read_head(path))))
        return
    runs = stage.table("runs", ("source_row", "line", *RUNS))
    said = Said(stage)
    for row, line, values in rows_of(path, stage):
        if "run_type" in values:
            if not text(values.get("id")):
                stage.broken(line, "id", "missing", "A run has an id.")
                continue
            told = _run(values)
            runs.add(str(row), str(line), *(told[name] for name in RUNS))
        elif "key" in values and "run_id" in values:
            said.add(row, line, *_feedback(values))
        else:
            stage.broken(line, None, "not_a_run", "A record that is no run and no feedback on one.")
    stage.rows(_SPENT)
    stage.fill("interactions", _INTERACTIONS, relation(_INTERACTIONS, "asked", "records"))
    stage.fill("model_calls", _MODEL_CALLS, relation(_MODEL_CALLS, _CALLED, "0"))
    said.fill()
    left, traces = (int(str(found)) for found in stage.rows(_ROOTLESS)[0])
    if left:
        stage.ignore("run of a trace whose root is not in the file", left)
        stage.note(
            f"{traces} traces have no root run in the file: export root runs, too (is_root, or the whole trace)."
        )
    if not said.count:
        stage.note("A project is no conversation: sessions are those of the metadata session_id, thread_id, ...")


def _run(values: Mapping[str, Any]) -> Told:
    extra = unwrapped(values.get("extra"))
    metadata = unwrapped(values.get("metadata")) or (extra.get("metadata") if isinstance(extra, dict) else None)
    about: Mapping[str, Any] = metadata if isinstance(metadata, dict) else {}
    tags = list(_tags(values.get("tags")))
    began, ended = utc(values.get("start_time")), utc(values.get("end_time"))
    parent = text(values.get("parent_run_id"))
    return {
        "run_id": text(values.get("id")), "trace_id": text(values.get("trace_id")) or text(values.get("id")),
        "root": "false" if parent else "true", "run_type": text(values.get("run_type")),
        "product": _tagged(tags, "product") or _word(about.get("product")) or text(values.get("session_name"))
        or text(values.get("name")),
        "pilot": _tagged(tags, "pilot") or _word(about.get("pilot")), "user_id": _word(about.get("user_id")),
        "session_id": next((found for name in _THREADS if (found := _word(about.get(name)))), None), "began": began,
        "duration_ms": _duration(began, ended), "model": _word(about.get("ls_model_name")),
        "input_tokens": whole(values.get("prompt_tokens")), "output_tokens": whole(values.get("completion_tokens")),
        "cost": microusd(finite(values.get("total_cost"))), "error": _error(values), "release": _word(
            about.get("revision_id")
        ),
    }  # fmt: skip


def _error(values: Mapping[str, Any]) -> str | None:
    """The kind of an error: what stands before its text; the text itself may hold what people wrote."""
    said = text(values.get("error"))
    if not said and (text(values.get("status")) or "") != "error":
        return None
    kind = (said or "error").partition("(")[0].partition(":")[0].strip()
    return kind[:100] if kind and " " not in kind else "error"


def _feedback(values: Mapping[str, Any]) -> tuple[bool, Told]:
    """Feedback on a run: of a person, or of an evaluator that a model is or code."""
    source = unwrapped(values.get("feedback_source"))
    kind = text(source.get("type")) if isinstance(source, dict) else text(values.get("feedback_source_type"))
    run, key = text(values.get("trace_id")) or text(values.get("run_id")), text(values.get("key"))
    at = utc(values.get("created_at")) or utc(values.get("modified_at"))
    value = values.get("value")
    label = value if isinstance(value, str) else None
    score = values.get("score")
    stated = "1" if score is True else "0" if score is False else text(score)
    if kind in ("model", "auto_eval"):
        about: Told = {
            "run_id": f"feedback-{(at or '')[:10]}", "run_at": at, "suite": "langsmith feedback", "case_id": run,
            "interaction_id": run, "evaluator_kind": "llm", "evaluator": key,
        }  # fmt: skip
        return False, judgement(about, key, label, stated)
    about = {
        "feedback_id": text(values.get("id")) or f"{run}/{key}", "target_type": "trace", "target_id": run,
        "user_id": text(source.get("user_id")) if isinstance(source, dict) else None, "given_at": at,
    }  # fmt: skip
    return True, rating(about, key, label, stated)


def _duration(began: str | None, ended: str | None) -> str | None:
    try:
        seconds = (datetime.fromisoformat(ended or "") - datetime.fromisoformat(began or "")).total_seconds()
    except ValueError:
        return None
    return str(max(0, round(seconds * 1000)))


def _tags(value: object) -> Iterator[str]:
    found = unwrapped(value)
    yield from (tag for tag in (found if isinstance(found, list) else ()) if isinstance(tag, str))


def _tagged(tags: list[str], name: str) -> str | None:
    return next((tag.partition(":")[2] for tag in tags if tag.startswith(f"{name}:")), None)


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


FORMAT = Format(
    name="langsmith",
    title="LangSmith runs, feedback and experiments",
    facts=("interactions", "model_calls", "feedback", "eval_results"),
    product_field="tag product:, metadata, else the run's name",
    recognise=_recognise,
    parse=_parse,
    fills="root runs as interactions: person and conversation (metadata), time, duration, error, revision; tokens and"
    " dollars of the model runs below; every call; feedback of people, checks of evaluators; of experiments every"
    " metric",
    lacks="escalation; traces whose root is not in the file; of experiments the time: --set run_at=...",
    asks=("run_at", "suite", "threshold"),
)
