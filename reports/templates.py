"""Files to start from: for each kind of record a CSV with every column Plumbline understands and a row of example."""

from data.facts import FACTS
from reports.tables import csv_bytes

TITLES: dict[str, str] = {
    "interactions": "Interactions: one row per question and answer",
    "feedback": "Feedback: a rating or verdict that came later",
    "usage_daily": "Usage by day: one row per person and day",
    "eval_results": "Eval results: one row per checked case",
    "tickets": "Tickets: questions and reports to experts",
    "model_calls": "Model calls: one row per call of a model",
}
EXAMPLES: dict[str, dict[str, str]] = {
    "interactions": {
        "interaction_id": "i-0001", "occurred_at": "2026-10-05T09:30:00Z", "product_id": "my-assistant",
        "user_id": "ann@example.com", "session_id": "s-001", "duration_ms": "1850", "error": "false",
        "outcome": "confirmed", "outcome_source": "accepted", "escalated": "false",
    },
    "feedback": {
        "feedback_id": "f-0001", "target_type": "interaction", "target_id": "i-0001",
        "given_at": "2026-10-05T10:02:00Z", "product_id": "my-assistant", "user_id": "ann@example.com",
        "evidence": "rating", "verdict": "confirmed",
    },
    "usage_daily": {
        "day": "2026-10-05", "period_days": "1", "product_id": "my-assistant", "user_id": "ann@example.com",
        "active": "true", "interactions": "12",
    },
    "eval_results": {
        "run_id": "run-12", "run_at": "2026-10-05T02:00:00Z", "case_id": "case-7", "metric_name": "answer_correct",
        "product_id": "my-assistant", "suite": "regression", "suite_version": "3", "passed": "true",
        "evaluator_kind": "human",
    },
    "tickets": {
        "ticket_id": "T-481", "opened_at": "2026-10-05T11:15:00Z", "product_id": "my-assistant", "kind": "context_gap",
        "status": "in_progress", "requester_id": "ann@example.com", "assignee_id": "expert@example.com",
    },
    "model_calls": {
        "call_id": "c-0001", "occurred_at": "2026-10-05T09:30:01Z", "product_id": "my-assistant", "trace_id": "t-001",
        "interaction_id": "i-0001", "request_model": "model-a", "input_tokens": "1200", "output_tokens": "310",
    },
}  # fmt: skip


def template(table: str) -> bytes:
    """The template of a kind of record as CSV: the columns of its contract, the needed and the usual ones first."""
    example = EXAMPLES[table]
    columns = [*example, *(name for name in FACTS[table].model_fields if name not in example)]
    return csv_bytes([example], columns)
