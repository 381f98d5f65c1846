"""Spans of one file become interactions and model calls: SQL over the text table `span_rows` of loaders/otlp_spans.py.

Tokens are summed on the calls of a model only: agents and workflows repeat the tokens of the calls below them, on every
level again. A trace is grouped over the whole file, because its spans lie scattered over batches.
"""

from __future__ import annotations

SPANS = """
    CREATE TEMP TABLE spans AS
    SELECT CAST(source_row AS BIGINT) AS source_row, CAST(line AS BIGINT) AS line, trace_id, span_id, parent_id,
           started AS started_text,
           CASE WHEN regexp_full_match(started, '[0-9]+') THEN nullif(TRY_CAST(started AS BIGINT), 0) END AS started,
           CASE WHEN regexp_full_match(ended, '[0-9]+') THEN nullif(TRY_CAST(ended AS BIGINT), 0) END AS ended,
           failed = 'true' AS failed, service_name, service_version, operation, role,
           CAST(documents AS BIGINT) AS documents, user_id, session_id, provider_name, request_model,
           TRY_CAST(input_tokens AS BIGINT) AS input_tokens, TRY_CAST(output_tokens AS BIGINT) AS output_tokens,
           TRY_CAST(cache_read_tokens AS BIGINT) AS cache_read_tokens,
           CASE WHEN TRY_CAST(cost_usd AS DECIMAL(24, 12)) >= 0 THEN TRY_CAST(cost_usd AS DECIMAL(24, 12)) * 1000000
                END AS microusd,
           error_type, prompt_version, pilot_id,
           coalesce(TRY_CAST(input_tokens AS BIGINT), TRY_CAST(output_tokens AS BIGINT)) IS NOT NULL AS counted
    FROM span_rows
    QUALIFY row_number() OVER (
        PARTITION BY trace_id, span_id
        ORDER BY TRY_CAST(ended AS BIGINT) DESC NULLS LAST, CAST(source_row AS BIGINT)) = 1
"""
"""Each span once: of spans that repeat a trace and span id the one that ends last, else the first."""

ANCESTORS = """
    CREATE TEMP TABLE ancestors AS
    WITH RECURSIVE climb AS (
        SELECT trace_id, span_id, parent_id AS ancestor, 1 AS steps
        FROM spans WHERE parent_id IS NOT NULL AND (role = 'call' OR (role = 'other' AND counted))
        UNION ALL
        SELECT climb.trace_id, climb.span_id, spans.parent_id, climb.steps + 1
        FROM climb JOIN spans ON spans.trace_id = climb.trace_id AND spans.span_id = climb.ancestor
        WHERE spans.parent_id IS NOT NULL AND climb.steps < 64
    )
    SELECT DISTINCT trace_id, span_id, ancestor FROM climb WHERE ancestor <> span_id
"""
"""What stands above a span that tells tokens; 64 steps at most, so that a circle of parents ends."""

MARKED = """
    CREATE TEMP TABLE marked AS
    WITH wrappers AS (
        SELECT DISTINCT above.trace_id, above.span_id
        FROM ancestors
        JOIN spans AS below ON below.trace_id = ancestors.trace_id AND below.span_id = ancestors.span_id
        JOIN spans AS above ON above.trace_id = ancestors.trace_id AND above.span_id = ancestors.ancestor
        WHERE below.role = 'call' AND above.role = 'call' AND below.counted
          AND (below.operation = 'embeddings') = (above.operation = 'embeddings')
    ), nested AS (
        SELECT DISTINCT below.trace_id, below.span_id
        FROM ancestors
        JOIN spans AS below ON below.trace_id = ancestors.trace_id AND below.span_id = ancestors.span_id
        JOIN spans AS above ON above.trace_id = ancestors.trace_id AND above.span_id = ancestors.ancestor
        WHERE below.role = 'other' AND below.counted AND above.role = 'other' AND above.counted
    )
    SELECT spans.*, coalesce(spans.input_tokens, 0) + coalesce(spans.output_tokens, 0) AS tokens,
           spans.role = 'call' AND wrappers.span_id IS NULL AS leaf,
           spans.role = 'other' AND spans.counted AND nested.span_id IS NULL AS rollup,
           CASE WHEN spans.parent_id IS NULL THEN 0 WHEN parents.span_id IS NULL THEN 1 ELSE 2 END AS standing
    FROM spans
    LEFT JOIN wrappers ON wrappers.trace_id = spans.trace_id AND wrappers.span_id = spans.span_id
    LEFT JOIN nested ON nested.trace_id = spans.trace_id AND nested.span_id = spans.span_id
    LEFT JOIN spans AS parents ON parents.trace_id = spans.trace_id AND parents.span_id = spans.parent_id
    WHERE spans.trace_id IN (SELECT trace_id FROM spans WHERE role IS NOT NULL)
"""
"""Spans of traces with a generative-AI operation. A call around another call of its kind that tells tokens (a framework
around a client, a gateway behind one) is no leaf; of nested roll-ups only the outermost counts."""

TRACES = """
    CREATE TEMP TABLE traces AS
    WITH roots AS (
        SELECT DISTINCT ON (trace_id) * FROM marked ORDER BY trace_id, standing, started NULLS LAST, source_row
    ), sums AS (
        SELECT trace_id, count(*) AS spans, min(started) AS first_started, max(ended) AS last_ended,
               bool_or(leaf AND counted) AS by_leaf,
               sum(CASE WHEN leaf THEN input_tokens END) AS leaf_input,
               sum(CASE WHEN leaf THEN output_tokens END) AS leaf_output,
               sum(CASE WHEN rollup THEN input_tokens END) AS rollup_input,
               sum(CASE WHEN rollup THEN output_tokens END) AS rollup_output,
               sum(CASE WHEN leaf THEN microusd END) AS leaf_cost,
               count(CASE WHEN leaf AND counted AND microusd IS NULL THEN 1 END) AS uncosted,
               sum(CASE WHEN rollup THEN microusd END) AS rollup_cost,
               sum(documents) AS documents,
               first(user_id ORDER BY started, source_row) FILTER (WHERE user_id IS NOT NULL) AS any_user,
               first(session_id ORDER BY started, source_row) FILTER (WHERE session_id IS NOT NULL) AS any_session,
               first(service_name ORDER BY started, source_row) FILTER (WHERE service_name IS NOT NULL) AS any_service,
               min(pilot_id) AS any_pilot,
               first(prompt_version ORDER BY started, source_row)
                   FILTER (WHERE prompt_version IS NOT NULL) AS prompt_version,
               first(operation ORDER BY started, source_row)
                   FILTER (WHERE operation IN ('invoke_workflow', 'invoke_agent')) AS agent_operation,
               first(operation ORDER BY leaf DESC, tokens DESC, started, source_row)
                   FILTER (WHERE role IS NOT NULL) AS main_operation,
               first(request_model ORDER BY leaf DESC, tokens DESC, started, source_row)
                   FILTER (WHERE request_model IS NOT NULL) AS main_model,
               first(error_type ORDER BY ended DESC, source_row)
                   FILTER (WHERE failed AND error_type <> '_OTHER') AS any_error
        FROM marked GROUP BY trace_id
    )
    SELECT sums.*, roots.source_row, roots.line, roots.standing, roots.started_text, roots.started, roots.ended,
           roots.failed, roots.span_id AS root_id, coalesce(roots.pilot_id, any_pilot) AS pilot_id,
           coalesce(roots.service_name, any_service) AS service_name, roots.service_version,
           coalesce(roots.user_id, any_user) AS user_id, coalesce(roots.session_id, any_session) AS session_id,
           CASE WHEN roots.failed THEN coalesce(nullif(roots.error_type, '_OTHER'), any_error, '_OTHER')
                END AS error_type
    FROM sums JOIN roots ON roots.trace_id = sums.trace_id
"""
"""One row a trace: its root is the span without a parent, else the earliest whose parent is not in the file."""


def _moment(nanoseconds: str) -> str:
    return f"strftime(make_timestamp({nanoseconds} // 1000), '%Y-%m-%dT%H:%M:%S.%fZ')"


_DURATION = "CASE WHEN ended >= started THEN CAST((ended - started + 500000) // 1000000 AS VARCHAR) END"
_COST = "CASE WHEN by_leaf THEN CASE WHEN uncosted = 0 THEN leaf_cost END ELSE coalesce(leaf_cost, rollup_cost) END"

INTERACTIONS: dict[str, str] = {
    "interaction_id": "trace_id",
    "trace_id": "trace_id",
    "product_id": "service_name",
    "pilot_id": "pilot_id",
    "occurred_at": f"coalesce({_moment('coalesce(started, first_started)')}, started_text)",
    "version_at": _moment("last_ended"),
    "user_id": "user_id",
    "session_id": "session_id",
    "duration_ms": _DURATION,
    "operation_name": "coalesce(agent_operation, main_operation)",
    "request_model": "main_model",
    "service_version": "service_version",
    "prompt_version": "prompt_version",
    "input_tokens": "CAST(CASE WHEN by_leaf THEN leaf_input ELSE rollup_input END AS VARCHAR)",
    "output_tokens": "CAST(CASE WHEN by_leaf THEN leaf_output ELSE rollup_output END AS VARCHAR)",
    "cost_microusd": f"CAST(CAST(round({_COST}) AS BIGINT) AS VARCHAR)",
    "cost_basis": f"CASE WHEN {_COST} IS NOT NULL THEN 'reported' END",
    "error": "CAST(failed AS VARCHAR)",
    "error_type": "error_type",
    "retrieved_source_count": "CAST(documents AS VARCHAR)",
}
"""Contract column of an interaction -> SQL over `traces`."""

LEAVES = """(
    SELECT marked.*, traces.service_name AS product, traces.root_id
    FROM marked JOIN traces ON traces.trace_id = marked.trace_id WHERE marked.leaf
) AS leaves"""
"""Every call of a model, with the product of its interaction: a call behind a gateway is the product's that asked."""

MODEL_CALLS: dict[str, str] = {
    "call_id": "span_id",
    "trace_id": "trace_id",
    "interaction_id": "trace_id",
    "product_id": "product",
    "occurred_at": f"coalesce({_moment('started')}, started_text)",
    "version_at": _moment("ended"),
    "operation_name": "operation",
    "provider_name": "provider_name",
    "request_model": "request_model",
    "input_tokens": "CAST(input_tokens AS VARCHAR)",
    "output_tokens": "CAST(output_tokens AS VARCHAR)",
    "cache_read_input_tokens": "CAST(cache_read_tokens AS VARCHAR)",
    "cost_microusd": "CAST(CAST(round(microusd) AS BIGINT) AS VARCHAR)",
    "duration_ms": _DURATION,
    "error_type": "error_type",
}
"""Contract column of a model call -> SQL over LEAVES."""


COUNTS = """
    SELECT (SELECT count(*) FROM span_rows), (SELECT count(*) FROM spans), (SELECT count(*) FROM marked),
           (SELECT count(DISTINCT trace_id) FROM spans), (SELECT count(*) FROM traces),
           (SELECT count(*) FROM traces WHERE standing <> 0),
           (SELECT count(*) FROM marked WHERE ended < started),
           (SELECT count(*) FROM span_rows WHERE '?' IN (input_tokens, output_tokens, cache_read_tokens))
"""
"""Spans as they came, once, used; traces, used, rootless; spans that end before they start, with unread tokens."""
