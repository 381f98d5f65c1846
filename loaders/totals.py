"""What a file holds in sum, over the rows staged from it: the figures a person can hold against the source."""

from __future__ import annotations

from collections.abc import Callable

from data.facts import FACTS

Ask = Callable[[str], list[tuple[object, ...]]]


def _minutes(total: str, ended: str) -> str:
    """SQL: minutes by the clock from the opening to `ended`, over the tickets that have one."""
    return f"round(CAST({total}(date_diff('second', opened_at, {ended})) AS DOUBLE) / 60, 3)"


_SUMS: dict[str, dict[str, tuple[str, ...]]] = {
    # table: {total: the columns it needs, then its SQL}
    "interactions": {
        "interactions": ("count(*)",),
        "distinct_users": ("user_id", "count(DISTINCT user_id)"),
        "interactions_without_user": ("user_id", "count(*) - count(user_id)"),
        "distinct_sessions": ("session_id", "count(DISTINCT session_id)"),
        "input_tokens": ("input_tokens", "sum(input_tokens)"),
        "output_tokens": ("output_tokens", "sum(output_tokens)"),
        "cost_microusd": ("cost_microusd", "sum(cost_microusd)"),
        "errors": ("error", "count(CASE WHEN error THEN 1 END)"),
        "escalated": ("escalated", "count(CASE WHEN escalated THEN 1 END)"),
    },
    "model_calls": {
        "model_calls": ("count(*)",),
        "failed_model_calls": ("error_type", "count(error_type)"),
        "cache_read_input_tokens": ("cache_read_input_tokens", "sum(cache_read_input_tokens)"),
    },
    "feedback": {"feedback": ("count(*)",)},
    "usage_daily": {
        "user_days": ("count(*)",),
        "distinct_users": ("user_id", "count(DISTINCT user_id)"),
        "input_tokens": ("input_tokens", "sum(input_tokens)"),
        "output_tokens": ("output_tokens", "sum(output_tokens)"),
        "active_user_days": ("active", "count(CASE WHEN active THEN 1 END)"),
    },
    "eval_results": {
        "eval_rows": ("count(*)",),
        "cases": ("count(DISTINCT case_id)",),
    },
    "tickets": {
        "tickets": ("count(*)",),
        "answered": ("first_response_at", "count(first_response_at)"),
        "unanswered": ("first_response_at", "count(*) - count(first_response_at)"),
        "first_response_minutes_sum": ("first_response_at", _minutes("sum", "first_response_at")),
        "first_response_minutes_median": ("first_response_at", _minutes("median", "first_response_at")),
        "resolved": ("resolved_at", "count(resolved_at)"),
        "open": ("resolved_at", "count(*) - count(resolved_at)"),
        "resolution_minutes_sum": ("resolved_at", _minutes("sum", "resolved_at")),
        "resolution_minutes_median": ("resolved_at", _minutes("median", "resolved_at")),
        "resolved_without_answer": (
            "first_response_at", "resolved_at", "count(CASE WHEN first_response_at IS NULL THEN resolved_at END)",
        ),
        "reopened": ("reopened_count", "count(CASE WHEN reopened_count > 0 THEN 1 END)"),
        "unassigned": ("assignee_id", "count(*) - count(assignee_id)"),
        "smes": ("assignee_id", "count(DISTINCT assignee_id)"),
        "kb_added": ("knowledge_captured", "count(CASE WHEN knowledge_captured THEN 1 END)"),
        "linked_sessions": ("linked_session_id", "count(linked_session_id)"),
    },
}  # fmt: skip
_OVERALL = """
    SELECT count(*) AS results, count(CASE WHEN passed THEN 1 END) AS passed,
        count(CASE WHEN NOT passed THEN 1 END) AS failed, count(eval_error) AS errored,
        count(DISTINCT prompt_version) AS prompts, count(DISTINCT request_model) AS providers,
        CAST(sum(input_tokens) AS BIGINT) AS input_tokens, CAST(sum(output_tokens) AS BIGINT) AS output_tokens
    FROM {rows} WHERE metric_name = 'overall'
"""
_BY_METRIC = """
    SELECT metric_name, count(CASE WHEN passed THEN 1 END) AS passed, count(CASE WHEN NOT passed THEN 1 END) AS failed,
        round(avg(CAST(score AS DOUBLE)), 4) AS mean
    FROM {rows} WHERE metric_name <> 'overall' GROUP BY metric_name ORDER BY metric_name LIMIT 50
"""
_OVERALL_COLUMNS = frozenset(
    ["passed", "eval_error", "score", "prompt_version", "request_model", "input_tokens", "output_tokens", "metric_name"]
)


def totals(tables: set[str], staged: Callable[[str], str], ask: Ask) -> dict[str, float]:
    """Totals by the keys of the exports' manifests, for each fact that has rows."""
    found: dict[str, float] = {}
    for table in (name for name in FACTS if name in tables):
        have = {str(row[0]) for row in ask(f"DESCRIBE SELECT * FROM {staged(table)}")}
        wanted = {
            key: parts[-1]
            for key, parts in _SUMS[table].items()
            if all(part in have for part in parts[:-1]) and key not in found
        }
        values = ask(f"SELECT {', '.join(wanted.values())} FROM {staged(table)}")[0]
        found |= {key: _number(value) for key, value in zip(wanted, values, strict=True) if value is not None}
        if table == "eval_results":
            untold = "".join(f", NULL AS {column}" for column in sorted(_OVERALL_COLUMNS - have))
            found |= _of_evals(f"(SELECT *{untold} FROM {staged(table)})", ask)
    return found


def period(tables: set[str], staged: Callable[[str], str], ask: Ask) -> tuple[str | None, str | None]:
    """The first and the last moment of all staged rows, ISO text."""
    spans = [
        f"SELECT CAST(min({FACTS[table].happened}) AS TIMESTAMP) AS first_at,"
        f" CAST(max({FACTS[table].happened}) AS TIMESTAMP) AS last_at FROM {staged(table)}"
        for table in tables
    ]
    if not spans:
        return None, None
    first, last = ask(
        "SELECT CAST(min(first_at) AS VARCHAR), CAST(max(last_at) AS VARCHAR) FROM (" + " UNION ALL ".join(spans) + ")"
    )[0]
    return (str(first), str(last)) if first is not None else (None, None)


def _of_evals(rows: str, ask: Ask) -> dict[str, float]:
    """The sums of an eval file: its results by verdict, and each metric's verdicts and mean score."""
    keys = ("results", "passed", "failed", "errored", "prompts", "providers", "input_tokens", "output_tokens")
    values = ask(_OVERALL.format(rows=rows))[0]
    found: dict[str, float] = {
        key: int(str(value)) for key, value in zip(keys, values, strict=True) if value is not None and values[0]
    }
    for metric, passed, failed, mean in ask(_BY_METRIC.format(rows=rows)):
        if passed or failed:  # a file that tells no verdict by metric has no such totals
            found |= {f"metric_{metric}_passed": int(str(passed)), f"metric_{metric}_failed": int(str(failed))}
        if mean is not None:
            found[f"metric_{metric}_mean"] = float(str(mean))
    return found


def _number(value: object) -> float:
    if isinstance(value, int):
        return value
    number = float(str(value))
    return int(number) if number.is_integer() else number
