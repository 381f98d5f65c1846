"""Claude Code: session transcripts, and its OpenTelemetry events and metrics."""

from __future__ import annotations

from pathlib import Path

from loaders.claude_code_events import Events
from loaders.claude_code_sessions import PRODUCT, Sessions, is_session, is_summary
from loaders.format import Format, Head, Match, Refused, Stage
from loaders.head import read_head
from loaders.jsontext import documents
from loaders.otlp_metrics import TokenSums
from loaders.relation import relation

_EVENTS = ('"claude_code.user_prompt"', '"claude_code.api_request"', '"claude_code.api_error"')
_METRIC = '"claude_code.token.usage"'
EXPORT_AGAIN = "Export the logs (resourceLogs) or the metrics (resourceMetrics) as OTLP/JSON."
_ONE_ANSWER = """
    CREATE TEMP TABLE answers AS
    SELECT call_id, min(CAST(source_row AS BIGINT)) AS source_row, min(CAST(line AS BIGINT)) AS line, count(*) AS lines,
        arg_min(prompt_id, CAST(source_row AS BIGINT)) AS prompt_id, min(told_at) AS told_at,
        max(told_at) AS last_at,
        max(model) AS model, max(TRY_CAST(input_tokens AS BIGINT)) AS input_tokens,
        max(TRY_CAST(output_tokens AS BIGINT)) AS output_tokens,
        max(TRY_CAST(cached_tokens AS BIGINT)) AS cached_tokens,
        max(TRY_CAST(cost AS BIGINT)) AS cost, max(TRY_CAST(duration_ms AS BIGINT)) AS duration_ms,
        max(error_type) AS error_type
    FROM calls GROUP BY call_id
"""
"""An answer is streamed in several lines that repeat its id and its tokens: it counts once, with the last of them."""
_ONE_PROMPT = """
    (SELECT asked.*, summed.calls, summed.model, summed.input_tokens, summed.output_tokens, summed.cost, summed.last_at,
        summed.error_type, summed.failed
    FROM (SELECT DISTINCT ON (prompt_id) *, count(*) OVER (PARTITION BY prompt_id) AS lines FROM prompts
        ORDER BY prompt_id, CAST(source_row AS BIGINT)) AS asked
    LEFT JOIN (
        SELECT prompt_id, count(*) AS calls, arg_max(model, told_at) AS model, sum(input_tokens) AS input_tokens,
            sum(output_tokens) AS output_tokens,
            CASE WHEN count(cost) = count(CASE WHEN error_type IS NULL THEN 1 END) THEN sum(cost) END AS cost,
            max(last_at) AS last_at, arg_max(error_type, told_at) AS error_type,
            arg_max(error_type IS NOT NULL, told_at) AS failed
        FROM answers GROUP BY prompt_id) AS summed USING (prompt_id)) AS asked
"""
_MILLISECONDS = "date_diff('millisecond', TRY_CAST(asked_at AS TIMESTAMPTZ), TRY_CAST(last_at AS TIMESTAMPTZ))"
_INTERACTIONS = {
    "interaction_id": "prompt_id", "product_id": f"'{PRODUCT}'", "user_id": "user_id", "session_id": "session_id",
    "task_key": "prompt_id", "occurred_at": "asked_at",
    "duration_ms": f"CAST(CASE WHEN {_MILLISECONDS} >= 0 THEN {_MILLISECONDS} END AS VARCHAR)",
    "operation_name": "'invoke_agent'", "request_model": "model", "service_version": "version",
    "input_tokens": "CAST(input_tokens AS VARCHAR)", "output_tokens": "CAST(output_tokens AS VARCHAR)",
    "cost_microusd": "CAST(cost AS VARCHAR)", "cost_basis": "CASE WHEN cost IS NOT NULL THEN 'reported' END",
    "error": "CASE WHEN calls IS NULL THEN NULL WHEN failed THEN 'true' ELSE 'false' END",
    "error_type": "CASE WHEN failed THEN error_type END",
}  # fmt: skip
_MODEL_CALLS = {
    "call_id": "call_id", "interaction_id": "prompt_id", "product_id": f"'{PRODUCT}'", "occurred_at": "told_at",
    "operation_name": "'chat'", "provider_name": "'anthropic'", "request_model": "model",
    "input_tokens": "CAST(input_tokens AS VARCHAR)", "output_tokens": "CAST(output_tokens AS VARCHAR)",
    "cache_read_input_tokens": "CAST(cached_tokens AS VARCHAR)", "cost_microusd": "CAST(cost AS VARCHAR)",
    "duration_ms": "CAST(duration_ms AS VARCHAR)", "error_type": "error_type",
}  # fmt: skip


def _recognise(head: Head) -> Match:
    if head.kind != "json":
        return Match(0.0)
    first = next((document for document in head.documents if document and not is_summary(document)), None)
    if is_session(first) or (first is None and any(is_summary(document) for document in head.documents)):
        return Match(0.95)
    if not head.documents and head.text.startswith("{") and '"sessionId"' in head.text and '"isSidechain"' in head.text:
        return Match(0.8)
    return Match(0.99 if any(name in head.text for name in (*_EVENTS, _METRIC)) and _is_otlp(head) else 0.0)


def _is_otlp(head: Head) -> bool:
    return any(f'"{name}"' in head.text for name in ("resourceLogs", "scopeLogs", "resourceMetrics", "scopeMetrics"))


def _parse(path: Path, stage: Stage) -> None:
    head = read_head(path)
    if not _is_otlp(head):
        sessions = Sessions(stage)
        for row, (line, document) in enumerate(documents(path), start=1):
            sessions.take(row, line, document)
        if "user_id" not in stage.options.values:
            stage.note("A transcript does not say whose it is: it counts for nobody. Say it with --set user_id=...")
        _fill(stage)
        return
    if _METRIC in head.text and not any(name in head.text for name in _EVENTS):
        _sum_up(path, stage)
        return
    told = Events(stage)
    for line, document in documents(path):
        if isinstance(document, dict) and ("resourceMetrics" in document or "scopeMetrics" in document):
            stage.read()
            stage.ignore("OTLP metrics beside events")
            continue
        try:
            told.take(line, document)
        except ValueError as error:
            raise Refused(f"Line {line}: {error}", EXPORT_AGAIN) from None
    _fill(stage)


def _sum_up(path: Path, stage: Stage) -> None:
    sums = TokenSums(stage)
    for line, document in documents(path):
        try:
            sums.take(document, line)
        except ValueError as error:
            raise Refused(f"Line {line}: {error}", EXPORT_AGAIN) from None
    sums.fill()


def _fill(stage: Stage) -> None:
    stage.rows(_ONE_ANSWER)
    stage.fill("interactions", _INTERACTIONS, relation(_INTERACTIONS, _ONE_PROMPT, "lines"))
    stage.fill("model_calls", _MODEL_CALLS, relation(_MODEL_CALLS, "answers", "lines"))


FORMAT = Format(
    name="claude_code",
    title="Claude Code (session transcripts, OpenTelemetry events and metrics)",
    facts=("interactions", "model_calls", "usage_daily"),
    product_field="always claude-code",
    recognise=_recognise,
    parse=_parse,
    fills="prompts as interactions with their session, time, duration, model, tokens (of the cache, too), release and"
    " errors; every call; from events also the person and the list-price dollars; from metrics tokens and dollars by"
    " day",
    lacks="outcome, escalation; a transcript does not say whose it is (--set user_id=...) and holds no dollars",
    asks=("user_id",),
)
