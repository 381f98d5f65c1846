"""Chats of Open WebUI read turn by turn: what a person asked, every answer it got, and how the person rated them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from loaders.figures import moment
from loaders.jsontext import text

TURNS = ("source_row", "line", "turn", "product", "pilot", "user_id", "chat", "asked", "answered", "error",
         "error_type", "input_tokens", "output_tokens", "sources", "changed", "first")  # fmt: skip
ANSWERS = ("source_row", "line", "answer", "turn", "product", "asked", "answered", "error_type", "input_tokens",
           "output_tokens", "changed")  # fmt: skip
RATINGS = ("source_row", "line", "rating", "target_type", "target", "product", "user_id", "given_at", "score", "label",
           "changed", "own")  # fmt: skip
Cells = tuple[str | None, ...]
_PILOT = re.compile(r"pilot[-:_/ ]?(.*)", re.IGNORECASE)


class NotAChatError(ValueError):
    """A document that is no chat, with the part at fault."""


def is_chat(document: object) -> bool:
    """Whether a document is a chat, wrapped as exports of the database do or bare."""
    found = _inner(document)
    history = found.get("history") if found else None
    return isinstance(history, dict) and isinstance(history.get("messages"), dict)


def is_feedback(document: object) -> bool:
    """Whether a document is a rating of the feedback export."""
    return (
        isinstance(document, dict) and isinstance(document.get("data"), dict) and isinstance(document.get("meta"), dict)
        and ("rating" in document["data"] or document.get("type") == "rating")
        and ("message_id" in document["meta"] or "chat_id" in document["meta"])
    )  # fmt: skip


def is_accounts(document: object) -> bool:
    """Whether a document is the list of accounts."""
    users = document.get("users") if isinstance(document, dict) else None
    return isinstance(users, list) and all(isinstance(one, dict) and "role" in one and "email" in one for one in users)


def turns(document: Mapping[str, object], row: int, line: int) -> Iterator[tuple[str, Cells]]:
    """Each turn, answer and rating of a chat as ("turn" | "answer" | "rating", cells). Raises NotAChatError."""
    chat = _inner(document) or {}
    messages = _messages(chat)
    own = next((key for key, message in messages.items() if message.get("role") == "user"), None)
    name = text(document.get("id")) or text(chat.get("id")) or own
    person = text(document.get("user_id")) or text(chat.get("userId"))
    changed = moment(document.get("updated_at")) or moment(chat.get("timestamp"))
    asked_for = chat.get("models")
    usual = text(asked_for[0]) if isinstance(asked_for, list) and asked_for else None
    pilot = _pilot(document, chat)
    shown = _branch(messages, text(_dict(chat.get("history")).get("currentId")))
    first = "1"
    for key, message in messages.items():
        if message.get("role") != "user":
            continue
        answers = _answers(messages, key)
        chosen = next((one for one in answers if text(one.get("id")) in shown), answers[-1] if answers else {})
        product = text(chosen.get("model")) or usual
        who = text(message.get("user_id")) or person
        yield "turn", (
            str(row), str(line), key, product, pilot, who, name, moment(message.get("timestamp")),
            moment(chosen.get("timestamp")), _failed(chosen) if answers else None, _error(chosen),
            _sum(answers, "prompt_tokens", "input_tokens", "prompt_eval_count"),
            _sum(answers, "completion_tokens", "output_tokens", "eval_count"), _sources(chosen), changed, first,
        )  # fmt: skip
        first = "0"
        for one in answers:
            spent = (_sum([one], "prompt_tokens", "input_tokens", "prompt_eval_count"),
                     _sum([one], "completion_tokens", "output_tokens", "eval_count"))  # fmt: skip
            yield "answer", (
                str(row), str(line), text(one.get("id")), key, text(one.get("model")) or usual,
                moment(message.get("timestamp")), moment(one.get("timestamp")), _error(one), *spent, changed,
            )  # fmt: skip
            rating = _dict(one.get("annotation"))
            if text(rating.get("rating")):
                feedback = text(one.get("feedbackId")) or f"{text(one.get('id'))}:rating"
                yield "rating", (
                    str(row), str(line), feedback, "interaction", key, text(one.get("model")) or usual, who,
                    moment(one.get("timestamp")), text(rating.get("rating")), _label(rating), changed, "0",
                )  # fmt: skip
    if first == "1":
        raise NotAChatError("The chat holds no question of a person.")


def rating(document: Mapping[str, object], row: int, line: int) -> Cells:
    """One rating of the feedback export; it points at the turn whose answer was rated, or at the chat."""
    data, meta = _dict(document.get("data")), _dict(document.get("meta"))
    answer, chat = text(meta.get("message_id")), text(meta.get("chat_id"))
    snapshot = _inner(_dict(document.get("snapshot")).get("chat")) or {}
    told = _messages(snapshot).get(answer or "", {})
    turn = text(told.get("parentId"))
    at = moment(document.get("created_at"))
    return (
        str(row), str(line), text(document.get("id")), "interaction" if turn else "session", turn or chat,
        text(data.get("model_id")) or text(meta.get("model_id")), text(document.get("user_id")), at,
        text(data.get("rating")), _label(data), moment(document.get("updated_at")) or at, "1",
    )  # fmt: skip


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _inner(document: object) -> dict[str, object] | None:
    """The chat itself: inside `chat` where the export of the database wraps it."""
    if not isinstance(document, dict):
        return None
    inner = document.get("chat")
    return inner if isinstance(inner, dict) else document


def _messages(chat: Mapping[str, object]) -> dict[str, dict[str, object]]:
    found = _dict(_dict(chat.get("history")).get("messages"))
    return {key: {"id": key, **message} for key, message in found.items() if isinstance(message, dict)}


def _answers(messages: Mapping[str, dict[str, object]], turn: str) -> list[dict[str, object]]:
    """The answers to a question, in the order they came: several where it was asked of more models or again."""
    return [one for one in messages.values() if one.get("role") == "assistant" and text(one.get("parentId")) == turn]


def _branch(messages: Mapping[str, dict[str, object]], last: str | None) -> set[str]:
    """The messages a person sees: from the last one up to the first."""
    seen: set[str] = set()
    while last and last not in seen and last in messages:
        seen.add(last)
        last = text(messages[last].get("parentId"))
    return seen


def _pilot(document: Mapping[str, object], chat: Mapping[str, object]) -> str | None:
    tags = chat.get("tags") or _dict(document.get("meta")).get("tags")
    for tag in tags if isinstance(tags, list) else []:
        found = _PILOT.fullmatch((text(_dict(tag).get("name")) if isinstance(tag, dict) else text(tag)) or "")
        if found:
            return found[1] or "pilot"
    return None


def _failed(answer: Mapping[str, object]) -> str:
    return "true" if answer.get("error") else "false"


def _error(answer: Mapping[str, object]) -> str | None:
    return "answer_error" if answer.get("error") else None


def _sum(answers: list[dict[str, object]], *names: str) -> str | None:
    """Tokens of some answers; None where not one of them tells."""
    usages = [_dict(one.get("usage")) for one in answers]
    told = [next((stated for name in names if (stated := text(one.get(name)))), None) for one in usages]
    whole = [int(one) for one in told if one and one.isdecimal()]
    odd = next((one for one in told if one and not one.isdecimal()), None)
    return odd or (str(sum(whole)) if whole else None)


def _sources(answer: Mapping[str, object]) -> str | None:
    sources = answer.get("sources")
    if isinstance(sources, list):
        return str(len(sources))
    history = answer.get("statusHistory")
    counts = [text(_dict(step).get("count")) for step in history] if isinstance(history, list) else []
    return next((count for count in reversed(counts) if count and count.isdecimal()), None)


def _label(data: Mapping[str, object]) -> str | None:
    return " ".join((text(data.get("reason")) or "").split())[:200] or None
