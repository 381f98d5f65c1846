"""What each column of the contract means, with an example: for people who fill a table of ours."""

from typing import NamedTuple


class Meaning(NamedTuple):
    """A column in words, and a cell of it as a file may have it."""

    text: str
    example: str


def meaning(table: str, column: str) -> Meaning:
    """What a column of a table means."""
    return SPECIAL.get((table, column)) or SHARED[column]


SHARED: dict[str, Meaning] = {
    "source_system": Meaning("the system the record comes from; records of two systems are never the same", "gateway"),
    "version_at": Meaning("when the record was last changed: the later version counts", "2026-10-06T08:00:00Z"),
    "product_id": Meaning("the AI product, as the registry or a mapping rule knows it", "my-assistant"),
    "pilot_id": Meaning("the pilot, where the file knows it; else the pilot's audience says", "my-pilot"),
    "scenario_id": Meaning("the scenario of the registry that the work belongs to", "answer-a-customer"),
    "topic_id": Meaning("the topic of the registry that it is about", "returns"),
    "team_id": Meaning("the person's team, where the people directory does not say", "sales"),
    "user_id": Meaning("the person; stored as a pseudonym. Empty: nobody is named", "ann@example.com"),
    "session_id": Meaning("the conversation or visit it is part of", "s-001"),
    "trace_id": Meaning("the trace it is part of", "t-001"),
    "interaction_id": Meaning("the interaction it belongs to", "i-0001"),
    "occurred_at": Meaning("when it began", "2026-10-05T09:30:00Z"),
    "duration_ms": Meaning("how long it took", "1850"),
    "operation_name": Meaning("what was done: chat, embeddings, a tool's name", "chat"),
    "provider_name": Meaning("who runs the model", "provider-a"),
    "request_model": Meaning("the model that was asked for", "model-a"),
    "service_version": Meaning("the release of the product", "1.4.0"),
    "prompt_version": Meaning("the version of the prompt", "7"),
    "input_tokens": Meaning("tokens sent to models", "1200"),
    "output_tokens": Meaning("tokens that models answered", "310"),
    "cache_read_input_tokens": Meaning("of the input tokens those that came from a cache", "400"),
    "cost_microusd": Meaning("what it cost", "3100"),
    "cost_basis": Meaning("where the cost comes from", "reported"),
    "outcome": Meaning("how the task ended; empty: not known", "confirmed"),
    "outcome_source": Meaning("what the outcome rests on, the strongest first", "accepted"),
    "escalated": Meaning("whether a human was asked; empty: not known", "false"),
    "escalation_planned": Meaning("whether the process requires to ask", "false"),
    "escalated_at": Meaning("when a human was asked", "2026-10-05T09:40:00Z"),
    "mode": Meaning("what the product may do; shadow never counts", "assist"),
    "synthetic": Meaning("whether a test or a monitor made it: then it never counts", "false"),
    "retrieved_source_count": Meaning("how many sources were found", "3"),
    "interactions": Meaning("how many there were", "12"),
    "active": Meaning("whether the person used the product in the period", "true"),
    "metric_name": Meaning("what the check measures", "answer_correct"),
    "score": Meaning("the number it gives", "0.75"),
}  # fmt: skip
"""Columns that mean the same wherever they stand."""

SPECIAL: dict[tuple[str, str], Meaning] = {
    ("interactions", "interaction_id"): Meaning("what tells this interaction from all others of its system", "i-0001"),
    ("interactions", "task_key"): Meaning("the task it is part of; else the session, else itself", "task-17"),
    ("interactions", "error"): Meaning("whether it failed technically", "false"),
    ("interactions", "error_type"): Meaning("how it failed", "timeout"),
    ("model_calls", "call_id"): Meaning("what tells this call from all others of its trace", "c-0001"),
    ("model_calls", "error_type"): Meaning("how the call failed; empty: it did not", "rate_limit"),
    ("feedback", "feedback_id"): Meaning("what tells this feedback from all other of its system", "f-0001"),
    ("feedback", "target_type"): Meaning("what the feedback is about", "interaction"),
    ("feedback", "target_id"): Meaning("the id of what it is about", "i-0001"),
    ("feedback", "given_at"): Meaning("when it was given", "2026-10-05T10:02:00Z"),
    ("feedback", "user_id"): Meaning("who gave it; stored as a pseudonym", "ann@example.com"),
    ("feedback", "name"): Meaning("what was asked: a rule may say what its answers mean", "stars"),
    ("feedback", "label"): Meaning("the answer in words", "helpful"),
    ("feedback", "evidence"): Meaning("what kind of judgement it is, the strongest first", "rating"),
    ("feedback", "verdict"): Meaning("what it says of the task; empty: a rule decides, or nothing", "confirmed"),
    ("usage_daily", "day"): Meaning("the day, or the last day of the period", "2026-10-05"),
    ("usage_daily", "period_days"): Meaning("the length of the period: 1 is a day, more a snapshot", "1"),
    ("usage_daily", "feature"): Meaning("the part of the product", "complete"),
    ("usage_daily", "last_activity_on"): Meaning("the person's last day of use, of a snapshot", "2026-10-05"),
    ("usage_daily", "accepted"): Meaning("suggestions that were taken", "4"),
    ("usage_daily", "suggested"): Meaning("suggestions that were made", "9"),
    ("usage_daily", "licensed"): Meaning("whether the person holds a licence", "true"),
    ("usage_daily", "active_users"): Meaning("how many people were active, where nobody is named", "25"),
    ("eval_results", "run_id"): Meaning("the run of the evaluation", "run-12"),
    ("eval_results", "run_at"): Meaning("when the run was made", "2026-10-05T02:00:00Z"),
    ("eval_results", "run_status"): Meaning("how the run ended; failed or cancelled: it counts nowhere", "done"),
    ("eval_results", "case_id"): Meaning("the case that was checked", "case-7"),
    ("eval_results", "origin"): Meaning("where the case comes from; empty: suite", "suite"),
    ("eval_results", "suite"): Meaning("the set of cases", "regression"),
    ("eval_results", "suite_version"): Meaning("its version", "3"),
    ("eval_results", "epoch"): Meaning("which repetition of the case, from 0", "0"),
    ("eval_results", "interaction_id"): Meaning("the interaction that was checked, of audits of production", "i-0001"),
    ("eval_results", "sampling_probability"): Meaning("how probable it was that this case was drawn", "0.05"),
    ("eval_results", "threshold"): Meaning("the score from which a case passes", "0.7"),
    ("eval_results", "passed"): Meaning("whether the case passed; empty: a score without a verdict", "true"),
    ("eval_results", "eval_error"): Meaning("why the check itself failed; then nothing is said of the case", "timeout"),
    ("eval_results", "error_type"): Meaning("what was wrong with the answer", "unsupported"),
    ("eval_results", "severity"): Meaning("how bad it is, 1 the worst", "3"),
    ("eval_results", "evaluator_kind"): Meaning("who judged", "human"),
    ("eval_results", "evaluator"): Meaning("the name of the judge or the check", "judge-1"),
    ("tickets", "ticket_id"): Meaning("what tells this ticket from all others of its system", "T-481"),
    ("tickets", "opened_at"): Meaning("when it was opened", "2026-10-05T11:15:00Z"),
    ("tickets", "kind"): Meaning("what it is about; empty: other", "context_gap"),
    ("tickets", "assigned_at"): Meaning("when an expert was given it", "2026-10-05T11:30:00Z"),
    ("tickets", "first_response_at"): Meaning("when an expert first answered", "2026-10-05T14:00:00Z"),
    ("tickets", "response_basis"): Meaning("how the first answer is known; none: there surely is none", "native"),
    ("tickets", "resolved_at"): Meaning("when it was done", "2026-10-06T09:00:00Z"),
    ("tickets", "status"): Meaning("where it stands; empty: new, or done where it is resolved", "in_progress"),
    ("tickets", "requester_id"): Meaning("who asked; stored as a pseudonym", "ann@example.com"),
    ("tickets", "assignee_id"): Meaning("the expert; stored as a pseudonym", "expert@example.com"),
    ("tickets", "priority"): Meaning("how urgent it is, in the words of the system", "high"),
    ("tickets", "reopened_count"): Meaning("how often it was opened again", "0"),
    ("tickets", "satisfaction"): Meaning("what the requester gave the answer, as the system counts", "4.5"),
    ("tickets", "knowledge_captured"): Meaning("whether the answer was written down", "true"),
    ("tickets", "documented_at"): Meaning("when the answer was written down", "2026-10-07T10:00:00Z"),
    ("tickets", "eval_added_at"): Meaning("when a test case was made of it", "2026-10-08T10:00:00Z"),
    ("tickets", "linked_interaction_id"): Meaning("the interaction that led to it", "i-0001"),
    ("tickets", "linked_session_id"): Meaning("the session that led to it", "s-001"),
}  # fmt: skip
"""Columns that mean something of their own in a table."""
