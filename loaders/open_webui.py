"""Open WebUI: chats (of one person or of all) and ratings (the feedback export), as JSON or JSON lines."""

from __future__ import annotations

from pathlib import Path

from loaders.format import Format, Head, Match, Refused, Stage
from loaders.jsontext import documents
from loaders.open_webui_chats import (
    ANSWERS,
    RATINGS,
    TURNS,
    NotAChatError,
    is_accounts,
    is_chat,
    is_feedback,
    rating,
    turns,
)
from loaders.relation import relation

ACCOUNTS = "This is Open WebUI's list of accounts: it tells of nobody what they did."
_INTERACTIONS = {
    "interaction_id": "turn", "product_id": "product", "pilot_id": "pilot", "user_id": "user_id", "session_id": "chat",
    "occurred_at": "asked", "version_at": "changed",
    "duration_ms": "CAST(greatest(0, epoch_ms(TRY_CAST(answered AS TIMESTAMPTZ))"
    " - epoch_ms(TRY_CAST(asked AS TIMESTAMPTZ))) AS VARCHAR)",
    "operation_name": "'chat'", "request_model": "product", "input_tokens": "input_tokens",
    "output_tokens": "output_tokens", "error": "error", "error_type": "error_type", "retrieved_source_count": "sources",
}  # fmt: skip
_MODEL_CALLS = {
    "call_id": "answer", "interaction_id": "turn", "product_id": "product", "occurred_at": "asked",
    "version_at": "changed", "operation_name": "'chat'", "request_model": "product", "input_tokens": "input_tokens",
    "output_tokens": "output_tokens", "error_type": "error_type",
}  # fmt: skip
_FEEDBACK = {
    "feedback_id": "rating", "target_type": "target_type", "target_id": "target", "product_id": "product",
    "user_id": "user_id", "given_at": "given_at", "version_at": "changed", "name": "'rating'", "score": "score",
    "label": "label", "evidence": "'rating'",
    "verdict": "CASE WHEN TRY_CAST(score AS DOUBLE) < 0 THEN 'failed' WHEN TRY_CAST(score AS DOUBLE) > 0"
    " THEN 'confirmed' END",
}  # fmt: skip


def _recognise(head: Head) -> Match:
    first = next((document for document in head.documents if document), None)
    if first is not None:
        if is_chat(first):
            return Match(0.97)
        if is_feedback(first):
            return Match(0.95)
        return Match(0.9, ACCOUNTS) if is_accounts(first) else Match(0.0)
    cut = head.kind == "json" and all(f'"{name}"' in head.text for name in ("history", "messages", "childrenIds"))
    return Match(0.8) if cut else Match(0.0)


def _parse(path: Path, stage: Stage) -> None:
    tables = {
        "turn": stage.table("turns", TURNS),
        "answer": stage.table("answers", ANSWERS),
        "rating": stage.table("ratings", RATINGS),
    }
    chats = 0
    for row, (line, document) in enumerate(documents(path), start=1):
        if is_accounts(document):
            raise Refused(ACCOUNTS, "Load the chats, and import people and audience with python -m data import.")
        stage.read()
        if not document:
            stage.blank()
        elif isinstance(document, dict) and is_feedback(document):
            tables["rating"].add(*rating(document, row, line))
        elif isinstance(document, dict) and is_chat(document):
            try:
                for kind, cells in turns(document, row, line):
                    tables[kind].add(*cells)
                chats += 1
            except NotAChatError:
                stage.ignore("chat in which nobody has asked anything")
        else:
            stage.broken(line, None, "not_a_chat", "A document that is neither a chat nor a rating of Open WebUI.")
    _fill(stage, chats)


def _fill(stage: Stage, chats: int) -> None:
    """A chat is one record: it counts with its first turn."""
    stage.fill("interactions", _INTERACTIONS, relation(_INTERACTIONS, "turns", "first"))
    stage.fill("model_calls", _MODEL_CALLS, relation(_MODEL_CALLS, "answers", "0"))
    stage.fill("feedback", _FEEDBACK, relation(_FEEDBACK, "ratings", "own"))
    again, up, down = (
        int(str(n))
        for n in stage.rows(
            "SELECT (SELECT count(*) FROM answers) - (SELECT count(DISTINCT turn) FROM answers),"
            " count(CASE WHEN TRY_CAST(score AS DOUBLE) > 0 THEN 1 END),"
            " count(CASE WHEN TRY_CAST(score AS DOUBLE) < 0 THEN 1 END) FROM ratings"
        )[0]
    )
    for key, value in (("chats", chats), ("regenerated", again), ("thumbs_up", up), ("thumbs_down", down)):
        stage.total(key, value)
    if again:
        stage.note(f"{again:,} answers were generated again: their tokens count, their questions count once.")


FORMAT = Format(
    name="open_webui",
    title="Open WebUI chats and feedback (JSON, JSON lines)",
    facts=("interactions", "model_calls", "feedback"),
    product_field="model",
    recognise=_recognise,
    parse=_parse,
    fills="a question with its answers as one interaction, person, chat, model, tokens of all answers, errors, sources"
    " found, pilot from a tag pilot-…, ratings as evidence of the outcome",
    lacks="dollars, escalation, outcome of what nobody rated; questions and answers are never kept",
)
