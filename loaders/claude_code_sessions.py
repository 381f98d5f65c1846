"""Claude Code's session transcripts (~/.claude/projects/*/*.jsonl): who asked is a line, what answered several."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from loaders.format import Stage
from loaders.jsontext import text

PROMPTS = ("source_row", "line", "prompt_id", "session_id", "user_id", "asked_at", "version")
CALLS = (
    "source_row", "line", "call_id", "prompt_id", "told_at", "model", "input_tokens", "output_tokens", "cached_tokens",
    "cost", "duration_ms", "error_type",
)  # fmt: skip
PRODUCT = "claude-code"
_NO_PROMPT = re.compile(
    r"\s*(<(local-command-|command-(name|message|stdout)|bash-|system-reminder)|\[Request interrupted)"
)
_SYNTHETIC = "<synthetic>"


def is_session(document: object) -> bool:
    """Whether a document is a line of a transcript."""
    return (
        isinstance(document, dict)
        and "sessionId" in document
        and {"uuid", "timestamp", "type"} <= document.keys()
        and ("message" in document or "isSidechain" in document)
    ) or is_summary(document)


def is_summary(document: object) -> bool:
    """Whether a document is the line that names a conversation."""
    return isinstance(document, dict) and document.get("type") == "summary" and "leafUuid" in document


class Sessions:
    """Transcript lines told into prompts and calls of the model, every line accounted for."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._prompts = stage.table("prompts", PROMPTS)
        self._calls = stage.table("calls", CALLS)
        self._asked: dict[str, str] = {}
        self.calls = 0

    def take(self, row: int, line: int, document: object) -> None:
        """One line of a transcript."""
        stage = self._stage
        stage.read()
        if not document:
            stage.blank()
        elif not isinstance(document, dict):
            stage.broken(line, None, "not_an_object", "A line of a transcript is an object.")
        elif document.get("type") == "assistant":
            self._answered(row, line, document)
        elif document.get("type") == "user":
            self._asks(row, line, document)
        else:
            stage.ignore(f"{text(document.get('type')) or 'other'} line", 1)

    def _asks(self, row: int, line: int, document: Mapping[str, Any]) -> None:
        stage = self._stage
        if document.get("isSidechain") is True:
            stage.ignore("task given to a sub-agent")
            return
        said = _said(document)
        if said is None:
            stage.ignore("result of a tool")
        elif document.get("isMeta") is True or document.get("isCompactSummary") is True or _NO_PROMPT.match(said):
            stage.ignore("local command or note of the program")
        elif not (name := text(document.get("uuid"))):
            stage.broken(line, "uuid", "missing", "A prompt has a uuid.")
        else:
            session = text(document.get("sessionId"))
            self._asked[session or ""] = name
            self._prompts.add(
                str(row), str(line), name, session, None, text(document.get("timestamp")),
                text(document.get("version")),
            )  # fmt: skip

    def _answered(self, row: int, line: int, document: Mapping[str, Any]) -> None:
        message = document.get("message")
        if not isinstance(message, dict):
            self._stage.broken(line, "message", "missing", "An answer has a message.")
            return
        usage = message.get("usage")
        usage = usage if isinstance(usage, dict) else {}
        model = text(message.get("model"))
        failed = document.get("isApiErrorMessage") is True or model == _SYNTHETIC
        cached = _count(usage, "cache_read_input_tokens")
        spent = (_count(usage, "input_tokens"), _count(usage, "cache_creation_input_tokens"), cached)
        told = [count for count in spent if count is not None]
        name = "/".join(filter(None, (text(message.get("id")), text(document.get("requestId")))))
        self.calls += 1
        prompt = self._asked.get(text(document.get("sessionId")) or "")
        self._calls.add(
            str(row), str(line), name or text(document.get("uuid")), prompt,
            text(document.get("timestamp")), None if model == _SYNTHETIC else model, str(sum(told)) if told else None,
            text(usage.get("output_tokens")), None if cached is None else str(cached), None, None,
            "api_error" if failed else None,
        )  # fmt: skip


def _said(document: Mapping[str, Any]) -> str | None:
    """What a person wrote in a user line; None where it hands over the result of a tool."""
    message = document.get("message")
    content = message.get("content") if isinstance(message, dict) else message
    if isinstance(content, str):
        return content
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    if not parts or any(part.get("type") == "tool_result" for part in parts):
        return None
    return " ".join(str(part.get("text", "")) for part in parts)


def _count(usage: Mapping[str, Any], name: str) -> int | None:
    found = text(usage.get(name))
    return int(found) if found and found.isdecimal() else None
