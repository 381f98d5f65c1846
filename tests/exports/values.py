"""How each value that a manifest states of an export is found again in what was staged from it.

A value is one of the totals by its own name, or SQL over the staged tables (`interactions`, `tickets`, ...), or one of
`ABOUT` and `Told.outside`: said of how a file was made, and no part of what is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the files of one format."""

    values: dict[str, str] = field(default_factory=dict)
    """Key of the manifest -> SQL of one value."""
    read: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    """Key -> how the value that is stated reads in the terms of what is kept."""
    outside: frozenset[str] = frozenset()
    answers: dict[str, str] = field(default_factory=dict)
    """What whoever loads it says (--set, and timezone)."""
    refused: dict[str, str] = field(default_factory=dict)
    """End of a file's name -> the words of its refusal."""
    together: tuple[str, ...] = ()
    """Files that one zip holds: the manifest states the values of all of them together."""
    absent: dict[str, frozenset[str]] = field(default_factory=dict)
    """End of a file's name -> keys that the manifest states of the whole run and this one output does not hold."""


ABOUT = frozenset({"note", "must", "locale", "timezone_of_cells"})


def per(table: str, column: str, where: str = "TRUE") -> str:
    """SQL: how many rows of a table for each value of a column."""
    counted = f"SELECT {column} AS k, count(*) AS n FROM {table} WHERE {where} GROUP BY {column}"
    return f"SELECT map(list(k), list(n)) FROM ({counted})"


def one(expression: str, table: str, where: str = "TRUE") -> str:
    """SQL: an aggregate over the rows of a table."""
    return f"SELECT {expression} FROM {table} WHERE {where}"


MOMENT = "strftime({}, '%Y-%m-%dT%H:%M:%S+00:00')"
TICKETS = {
    "per_product": per("tickets", "source_product"),
    "per_topic": per("tickets", "topic_id"),
    "per_kind": per("tickets", "kind"),
    "first_created_utc": one(MOMENT.format("min(opened_at)"), "tickets"),
    "last_created_utc": one(MOMENT.format("max(opened_at)"), "tickets"),
}
SPANS = {
    "root_errors": one("count(*)", "interactions", "error"),
    "users": one("count(DISTINCT user_id)", "interactions"),
    "sessions": one("count(DISTINCT session_id)", "interactions"),
    "retrieved_docs": one("sum(retrieved_source_count)", "interactions"),
    "interactions_with_no_docs": one("count(*)", "interactions", "retrieved_source_count = 0"),
    "first_day": one("CAST(CAST(min(occurred_at) AS DATE) AS VARCHAR)", "interactions"),
    "last_day": one("CAST(CAST(max(occurred_at) AS DATE) AS VARCHAR)", "interactions"),
}
RELEASED = """
    SELECT map(list(k), list(v)) FROM (
        SELECT source_product || '|' || service_version AS k, {
            n: count(*), errors: count(CASE WHEN error THEN 1 END), input: CAST(sum(input_tokens) AS BIGINT),
            output: CAST(sum(output_tokens) AS BIGINT), users: count(DISTINCT user_id)} AS v
        FROM interactions GROUP BY source_product, service_version)"""
FAILED = """
    SELECT map(list(k), list(v)) FROM (
        SELECT {column} AS k, {{n: count(*), failed: count(CASE WHEN error THEN 1 END)}} AS v
        FROM interactions GROUP BY {column})"""
JUDGED = frozenset({"thumbs_up", "thumbs_down", "judged", "hallucinated"})
OF_SPANS = frozenset({
    "interactions", "errors", "users", "interactions_without_user", "sessions", "input_tokens", "output_tokens",
    "retrieved_docs", "interactions_with_no_docs", "pilot_legal",
})  # fmt: skip
THUMBS = frozenset({"thumbs_up", "thumbs_down"})


def milliseconds(moment: str) -> int:
    """A moment as milliseconds since 1970, to which databases keep it."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def without_environment(per_service: dict[str, Any]) -> dict[str, Any]:
    """Values by product|version|environment: where a service ran is not kept."""
    return {key.rpartition("|")[0]: value for key, value in per_service.items()}


def cases(how: str) -> str:
    """SQL: how many cases passed in all or in any of their epochs."""
    whole = "SELECT case_id FROM eval_results WHERE metric_name = 'match' GROUP BY case_id"
    return f"SELECT count(*) FROM ({whole} HAVING {how}(passed)) AS passed"


def passes(key: str, *metrics: str) -> dict[str, str]:
    """What the checks of one metric came to, under whichever name a file has it, by the names of the manifest."""
    rows = f"metric_name IN ({', '.join(map(repr, metrics))})"
    return {
        f"{key}_passed": one("count(*)", "eval_results", f"{rows} AND passed"),
        f"{key}_failed": one("count(*)", "eval_results", f"{rows} AND NOT passed"),
        f"{key}_errored": one("count(eval_error)", "eval_results", rows),
        f"{key}_scored": one("count(score)", "eval_results", rows),
        f"{key}_blank_failed_judge": one("count(eval_error)", "eval_results", rows),
        f"{key}_zero_but_real": one("count(*)", "eval_results", f"{rows} AND score = 0"),
        f"{key}_mean": one("avg(score)", "eval_results", rows),
        f"{key}_mean_of_scored": one("avg(score)", "eval_results", rows),
        f"{key}_ge_0_7": one("count(*)", "eval_results", f"{rows} AND score >= 0.7"),
    }


FORMATS: dict[str, Told] = {
    "jira_csv": Told(
        values=TICKETS,
        answers={"timezone": "Europe/Berlin"},
        outside=frozenset({
            "sla_column_trap", "sla_goal_minutes", "chart_first_response_column", "bot_comments",
            "done_with_empty_Resolved", "created_in_ambiguous_dst_hour", "comment_columns",
        }),
    ),
    "servicenow_csv": Told(
        values=TICKETS
        | {
            "knowledge_true": one("count(*)", "tickets", "knowledge_captured"),
        },
        answers={"timezone": "Europe/Berlin"},
        outside=frozenset({
            "first_response_available", "date_format", "event_rows", "first_response_definition",
            "answered_definition_note", "closed",
        }),
        absent={"incident.csv": frozenset({"resolved_without_answer"})},
    ),
    "zendesk_json": Told(
        values=TICKETS
        | {
            "answered_where_metrics_exist": one("count(first_response_at)", "tickets"),
            "reply_seconds_calendar_sum_where_metrics_exist": one(
                "sum(date_diff('second', opened_at, first_response_at))", "tickets"
            ),
            "satisfaction_good": one("count(*)", "tickets", "satisfaction = 1"),
            "satisfaction_bad": one("count(*)", "tickets", "satisfaction = 0"),
        },
        together=("incremental_tickets_page1.json", "incremental_tickets_page2.json", "ticket_metrics.json"),
        outside=frozenset({  # of tickets without metrics nobody can tell these
            "answered", "unanswered", "first_response_minutes_sum", "first_response_minutes_median", "resolved", "open",
            "resolution_minutes_sum", "resolution_minutes_median", "deleted_tickets_to_drop", "stale_duplicate_rows",
            "tickets_without_metrics_row",
        }),
    ),
    "github_issues": Told(
        values=TICKETS
        | {"closed_completed": one("count(*)", "tickets", "status = 'done'")},
        together=("issues.json", "issue_comments.json"),
        outside=frozenset({
            "pull_requests_to_drop", "bot_comments", "comments", "closed_duplicate", "closed_not_planned",
        }),
    ),
    "otlp_genai": Told(
        values=SPANS
        | {
            "per_product": RELEASED,
            "spans_input_tokens_for_reference": one("CAST(sum(input_tokens) AS BIGINT)", "usage_daily"),
        },
        read={"per_product": without_environment},
        outside=frozenset({
            "tool_calls", "failed_tool_calls", "retrievals", "retrievals_empty", "spans", "traces",
            "noise_traces_not_interactions", "invoke_agent_spans", "workflow_spans",
        }),
        refused={"spans_truncated_midwrite.jsonl": "line", "spans_otlp.pb": "OTLP in binary protobuf"},
        absent={  # documents are listed only where content is captured
            "spans_all_services.jsonl": frozenset({"retrieved_docs"}),
            "spans_protojson_base64.json": frozenset({"retrieved_docs"}),
        },
    ),
    "otlp_openllmetry": Told(values=SPANS, outside=frozenset({"spans"})),
    "litellm_spendlogs": Told(
        values={
            "failed_interactions": one("count(*)", "interactions", "error"),
            "billed_attempt_rows_not_interactions": one("count(*)", "model_calls", "call_id LIKE '%-attempt-%'"),
            "distinct_end_users": one("count(DISTINCT user_id)", "interactions"),
            "distinct_sessions_given": one("count(DISTINCT session_id)", "interactions"),
            "interactions_with_given_session": one("count(session_id)", "interactions"),
            "prompt_tokens_without_cache_hits_and_attempts": one("sum(input_tokens)", "interactions"),
            "completion_tokens_without_cache_hits": one("sum(output_tokens)", "interactions"),
            "provider_cached_prompt_tokens": one("sum(cache_read_input_tokens)", "model_calls"),
            "attempt_prompt_tokens": one("sum(input_tokens)", "model_calls", "call_id LIKE '%-attempt-%'"),
            "pilot_tagged": one("count(pilot_id)", "interactions"),
            "spend_sum_as_written_by_litellm": one("round(sum(cost_microusd) / 1e6, 2)", "interactions"),
            "first": one("CAST(round(epoch(min(occurred_at)) * 1000) AS BIGINT)", "interactions"),
            "last": one("CAST(round(epoch(max(occurred_at)) * 1000) AS BIGINT)", "interactions"),
            "per_team": FAILED.format(column="team_id"),
            "per_product": FAILED.format(column="source_product"),
        },
        read={
            "spend_sum_as_written_by_litellm": lambda dollars: round(dollars, 2),
            "first": milliseconds,
            "last": milliseconds,
        },
        outside=frozenset({
            "rows_without_end_user", "prompt_tokens_of_cache_hits", "completion_tokens_of_cache_hits",
        }),
    ),
    "open_webui": Told(
        values={
            "users": one("count(DISTINCT user_id)", "interactions"),
            "user_turns": one("count(*)", "interactions"),
            "assistant_messages_all_branches": one("count(*)", "model_calls"),
            "errored_assistant_messages": one("count(error_type)", "model_calls"),
            "input_tokens_all_branches": one("sum(input_tokens)", "model_calls"),
            "output_tokens_all_branches": one("sum(output_tokens)", "model_calls"),
            "chats_tagged_pilot": one("count(DISTINCT session_id)", "interactions", "pilot_id IS NOT NULL"),
            "per_model": per("(SELECT DISTINCT source_product, session_id FROM interactions)", "source_product"),
        },
        absent={
            "all-chats-db-export.json": THUMBS,
            "one-user-chat-export.json": THUMBS,
            "feedback-export.json": frozenset({
                "chats", "users", "user_turns", "assistant_messages_all_branches", "regenerated",
                "errored_assistant_messages", "input_tokens_all_branches", "output_tokens_all_branches",
                "chats_tagged_pilot", "per_model",
            }),
        },
        refused={"users.json": "list of accounts"},
    ),
    "promptfoo": Told(
        answers={"run_at": "2026-11-22T16:00:00Z"},
        absent={
            "results.csv": frozenset({
                "metric_correctness_passed", "metric_correctness_failed", "metric_faithfulness_passed",
                "metric_faithfulness_failed", "input_tokens", "output_tokens",
            }),
            "results.junit.xml": frozenset({
                "metric_correctness_passed", "metric_correctness_failed", "metric_faithfulness_passed",
                "metric_faithfulness_failed", "metric_faithfulness_mean", "input_tokens", "output_tokens",
            }),
        },
    ),
    "deepeval": Told(
        values={
            **passes("exact_match", "Exact Match"),
            **passes("faithfulness", "Faithfulness (custom)"),
            **passes("hallucination", "Hallucination"),
            "cases_all_metrics_passed": one("count(*)", "eval_results", "metric_name = 'overall' AND passed"),
        },
        answers={"run_at": "2026-11-22T16:03:06Z"},
        outside=frozenset({"hallucination_direction"}),
        refused={".deepeval-cache.json": "cache of judgements"},
    ),
    "ragas": Told(
        values=passes("exact_match", "exact_match") | passes("faithfulness", "faithfulness"),
        answers={"run_at": "2026-11-22T16:00:00Z"},
    ),
    "mlflow": Told(
        values=SPANS
        | passes("correct", "correct", "exact")
        | passes("faithfulness", "faithfulness")
        | {
            "first_day_utc": SPANS["first_day"],
            "last_day_utc": SPANS["last_day"],
            "traces": one("count(*)", "interactions"),
            "pilot_legal": one("count(*)", "interactions", "pilot_id = 'legal'"),
        },
        answers={"run_at": "2026-11-22T16:07:00Z"},
        outside=frozenset({"metrics_reported_by_mlflow"}),
    ),
    "inspect_ai": Told(
        values={
            "match_correct": one("count(*)", "eval_results", "metric_name = 'match' AND passed"),
            "match_incorrect": one("count(*)", "eval_results", "metric_name = 'match' AND NOT passed"),
            "groundedness_mean": one("avg(score)", "eval_results", "metric_name = 'groundedness'"),
            "cases_correct_in_all_epochs": cases("bool_and"),
            "cases_correct_in_any_epoch": cases("bool_or"),
            "run_status": one("any_value(run_status)", "eval_results"),
            "samples_finished_before_interrupt": one("count(*)", "eval_results", "metric_name = 'match'"),
        },
        outside=frozenset({"zip_members", "samples_started_or_finished"}),
    ),
    "copilot_usage_metrics": Told(
        values={
            "users": one("count(DISTINCT user_id)", "usage_daily"),
            "cli_prompt_tokens": one("CAST(sum(input_tokens) AS BIGINT)", "usage_daily"),
            "active_users_per_first_day": one(
                "count(DISTINCT user_id)", "usage_daily", "active AND day = (SELECT min(day) FROM usage_daily)"
            ),
        },
        outside=frozenset({"both_files_after_upsert_by_user_and_day_later_wins"}),
    ),
    "m365_copilot": Told(
        values={
            "active_7d": one("count(*)", "usage_daily", "day - last_activity_on < 7"),
            "active_30d": one("count(*)", "usage_daily", "day - last_activity_on < 30"),
            "prompts": one("CAST(coalesce(sum(interactions), 0) AS BIGINT)", "usage_daily"),
        },
        outside=frozenset({"active_7d_definition", "concealed_names"}),
    ),
    "phoenix": Told(
        values=SPANS
        | {
            "errors": one("count(*)", "interactions", "error"),
            "pilot_legal": one("count(*)", "interactions", "pilot_id = 'legal'"),
            "hallucinated": one("count(*)", "eval_results", "metric_name = 'hallucination' AND NOT passed"),
        },
        outside=frozenset({"spans", "spans_in_store"}),
        absent={
            "annotations.csv": OF_SPANS,
            "annotations.parquet": OF_SPANS,
            **dict.fromkeys(("spans.csv", "spans.parquet", "spans_rest.jsonl", "spans_otlp_rest.jsonl"), JUDGED),
        },
    ),
    "lm_eval": Told(
        values={
            "task": one("any_value(suite)", "eval_results"),
            "correct": one("count(*)", "eval_results", "metric_name = 'overall' AND passed"),
            "acc": one("avg(score)", "eval_results", "metric_name = 'acc'"),
        },
        answers={"run_at": "2026-11-22T16:22:25Z", "suite": "geo_mc", "request_model": "fake"},
        absent={".json": frozenset({"correct"})},
    ),
    "junit": Told(outside=frozenset({"xfailed_reported_as_skipped"})),
}  # fmt: skip


def told(name: str) -> Told:
    """What is known of a format's files."""
    return FORMATS.get(name, Told())


def same(expected: Any, got: Any) -> bool:
    """Whether two values are equal, numbers to the digits that the manifest writes."""
    if isinstance(expected, dict) and isinstance(got, dict):
        return {k: v for k, v in expected.items() if v}.keys() == {k: v for k, v in got.items() if v}.keys() and all(
            same(expected[key], got[key]) for key in expected if expected[key]
        )
    if isinstance(expected, float) or isinstance(got, float):
        digits = len(repr(expected).partition(".")[2])
        return got is not None and abs(float(expected) - float(got)) <= 0.5000001 * 10**-digits
    return bool(expected == got)
