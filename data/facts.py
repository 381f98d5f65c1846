"""What a row of each fact must be: the contract between import formats and the warehouse.

Each model names the columns a format may fill, their types and bounds, the natural key by which two records are one
and the same, and the column that dates the row. The loaders generate SQL checks from these models; no model is ever
built per row. Columns that the load itself adds (event_key, load_id, day, ...) are not part of the contract.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=4_000)]
Key = Annotated[str, Field(min_length=1, max_length=1_000)]
Count = Annotated[int, Field(ge=0, le=10**15)]
Share = Annotated[float, Field(gt=0, le=1)]
Outcome = Literal["confirmed", "implied", "failed", "unknown"]
Evidence = Literal["verified", "accepted", "rating", "rule", "judge"]


class Fact(BaseModel):
    """A row of a fact table as a format fills it; subclasses are read for their fields, not built."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: ClassVar[str]
    natural_key: ClassVar[tuple[str, ...]]
    """Columns that, with source_system, say that two records are the same thing."""
    happened: ClassVar[str]
    """The column whose local date is the row's day."""
    dated: ClassVar[bool] = True
    """Whether the table has a `day` column derived from `happened`."""
    people: ClassVar[tuple[str, ...]] = ("user_id",)
    """Columns that name people and are stored as pseudonyms."""
    sign: ClassVar[frozenset[str]]
    """Columns by which a header is recognised as this fact: a file of ours names all of them."""

    source_system: Text | None = None
    version_at: datetime | None = None
    product_id: Text | None = None


class Interaction(Fact):
    """One user-visible exchange with a product: a request with its answer, a trace, a message pair."""

    table: ClassVar[str] = "interactions"
    natural_key: ClassVar[tuple[str, ...]] = ("source_product", "interaction_id")
    happened: ClassVar[str] = "occurred_at"
    sign: ClassVar[frozenset[str]] = frozenset({"interaction_id", "occurred_at"})

    interaction_id: Key
    occurred_at: datetime
    pilot_id: Text | None = None
    scenario_id: Text | None = None
    topic_id: Text | None = None
    team_id: Text | None = None
    user_id: Text | None = None
    session_id: Text | None = None
    task_key: Text | None = None
    trace_id: Text | None = None
    duration_ms: Count | None = None
    operation_name: Text | None = None
    request_model: Text | None = None
    service_version: Text | None = None
    prompt_version: Text | None = None
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cost_microusd: Count | None = None
    cost_basis: Literal["reported", "price_table"] | None = None
    error: bool | None = None
    error_type: Text | None = None
    outcome: Outcome | None = None
    outcome_source: Evidence | None = None
    escalated: bool | None = None
    escalation_planned: bool | None = None
    escalated_at: datetime | None = None
    mode: Literal["shadow", "review", "assist", "autonomous"] | None = None
    synthetic: bool | None = None
    retrieved_source_count: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


class ModelCall(Fact):
    """One call of a model: the leaf that consumed tokens."""

    table: ClassVar[str] = "model_calls"
    natural_key: ClassVar[tuple[str, ...]] = ("source_product", "call_id", "trace_id")
    happened: ClassVar[str] = "occurred_at"
    people: ClassVar[tuple[str, ...]] = ()
    sign: ClassVar[frozenset[str]] = frozenset({"call_id", "occurred_at"})

    call_id: Key
    occurred_at: datetime
    trace_id: Text | None = None
    interaction_id: Text | None = None
    operation_name: Text | None = None
    provider_name: Text | None = None
    request_model: Text | None = None
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cost_microusd: Count | None = None
    duration_ms: Count | None = None
    error_type: Text | None = None


class Feedback(Fact):
    """A judgement of an interaction, a trace or a session that came later or from elsewhere."""

    table: ClassVar[str] = "feedback"
    natural_key: ClassVar[tuple[str, ...]] = ("source_product", "feedback_id")
    happened: ClassVar[str] = "given_at"
    dated: ClassVar[bool] = False
    sign: ClassVar[frozenset[str]] = frozenset({"feedback_id", "target_type", "target_id", "given_at"})

    feedback_id: Key
    target_type: Literal["interaction", "trace", "session"]
    target_id: Key
    given_at: datetime
    user_id: Text | None = None
    name: Text | None = None
    score: float | None = None
    label: Text | None = None
    evidence: Evidence | None = None
    verdict: Literal["confirmed", "implied", "failed", "escalated"] | None = None


class UsageDay(Fact):
    """Activity of one person (or of nobody named) on one day, as an aggregate feed reports it."""

    table: ClassVar[str] = "usage_daily"
    natural_key: ClassVar[tuple[str, ...]] = (
        "source_product", "user_id", "team_id", "day", "period_days", "feature", "request_model",
    )  # fmt: skip
    happened: ClassVar[str] = "day"
    dated: ClassVar[bool] = False
    sign: ClassVar[frozenset[str]] = frozenset({"day", "period_days"})

    day: date
    period_days: Annotated[int, Field(ge=1, le=366)]
    user_id: Text | None = None
    team_id: Text | None = None
    feature: Text | None = None
    request_model: Text | None = None
    active: bool | None = None
    last_activity_on: date | None = None
    interactions: Count | None = None
    accepted: Count | None = None
    suggested: Count | None = None
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cost_microusd: Count | None = None
    licensed: bool | None = None
    active_users: Count | None = None


class EvalResult(Fact):
    """One check of one case in one run: a score, a verdict, or the error of the check itself."""

    table: ClassVar[str] = "eval_results"
    natural_key: ClassVar[tuple[str, ...]] = (
        "source_product", "run_id", "suite", "case_id", "epoch", "metric_name", "evaluator", "request_model",
        "prompt_version", "interaction_id",
    )  # fmt: skip
    happened: ClassVar[str] = "run_at"
    dated: ClassVar[bool] = False
    people: ClassVar[tuple[str, ...]] = ()
    sign: ClassVar[frozenset[str]] = frozenset({"run_id", "run_at", "case_id", "metric_name"})

    run_id: Key
    run_at: datetime
    case_id: Key
    metric_name: Key
    run_status: Text | None = None
    scenario_id: Text | None = None
    topic_id: Text | None = None
    origin: Literal["suite", "production_audit", "calibration", "probe"] | None = None
    suite: Text | None = None
    suite_version: Text | None = None
    epoch: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    interaction_id: Text | None = None
    sampling_probability: Share | None = None
    score: float | None = None
    threshold: float | None = None
    passed: bool | None = None
    eval_error: Text | None = None
    error_type: Literal["incorrect", "unsupported", "unsafe", "technical", "missed_escalation"] | None = None
    severity: Annotated[int, Field(ge=1, le=4)] | None = None
    evaluator_kind: Literal["code", "llm", "human"] | None = None
    evaluator: Text | None = None
    request_model: Text | None = None
    prompt_version: Text | None = None
    service_version: Text | None = None
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cost_microusd: Count | None = None
    duration_ms: Count | None = None


class Ticket(Fact):
    """A question or report to a person, in its latest state."""

    table: ClassVar[str] = "tickets"
    natural_key: ClassVar[tuple[str, ...]] = ("ticket_id",)
    happened: ClassVar[str] = "opened_at"
    dated: ClassVar[bool] = False
    people: ClassVar[tuple[str, ...]] = ("requester_id", "assignee_id")
    sign: ClassVar[frozenset[str]] = frozenset({"ticket_id", "opened_at"})

    ticket_id: Key
    opened_at: datetime
    pilot_id: Text | None = None
    topic_id: Text | None = None
    kind: Literal["context_gap", "incident", "request", "escalation", "other"] | None = None
    assigned_at: datetime | None = None
    first_response_at: datetime | None = None
    response_basis: Literal["native", "metric", "comment", "changelog", "started", "none"] | None = None
    resolved_at: datetime | None = None
    status: Literal["new", "in_progress", "waiting", "done", "cancelled"] | None = None
    requester_id: Text | None = None
    assignee_id: Text | None = None
    priority: Text | None = None
    reopened_count: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    satisfaction: float | None = None
    knowledge_captured: bool | None = None
    documented_at: datetime | None = None
    eval_added_at: datetime | None = None
    linked_interaction_id: Text | None = None
    linked_session_id: Text | None = None


def key_columns(table: str) -> str:
    """SQL: the columns by which two rows of a fact table are one record, the hash of them first."""
    return ", ".join(["event_key", "source_system", *FACTS[table].natural_key])


FACTS: dict[str, type[Fact]] = {
    fact.table: fact for fact in (Interaction, ModelCall, Feedback, UsageDay, EvalResult, Ticket)
}
