"""One record of LiteLLM's spend log read as what it is: an answer, an attempt that was billed, or a lesser call."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from loaders.jsontext import text

COLUMNS = (
    "source_row", "line", "kind", "request_id", "base_id", "product", "pilot", "scenario", "topic", "team", "user_id",
    "session_id", "fresh", "occurred_at", "duration_ms", "operation", "model", "provider", "input_tokens",
    "output_tokens", "cached_tokens", "cost", "error", "error_type", "hit",
)  # fmt: skip
_ATTEMPT = re.compile(r"(.+)-attempt-\d+")
_HIT = re.compile(r"(.+)_cache_hit[\d.]*")
_TAG = re.compile(r"(product|pilot|scenario|topic)[:=](.+)")
_LESSER = (
    "embedding",
    "rerank",
    "moderation",
    "mcp_tool",
    "token_count",
    "list_",
    "retrieve_",
    "create_file",
    "health",
)
"""Calls that nobody sees the answer of: part of an interaction, never one."""
_CHAT = ("completion", "acompletion", "aresponses", "responses", "anthropic_messages")


class NotASpendError(ValueError):
    """A record that is none of the spend log, with the column at fault."""

    def __init__(self, column: str, code: str, message: str, value: str | None = None) -> None:
        super().__init__(message)
        self.column, self.code, self.message, self.value = column, code, message, value


def plain(name: str) -> str:
    """A column's name as exports of every database write it: startTime, start_time, STARTTIME."""
    return name.strip().lower().replace("_", "")


def told(record: Mapping[str, object], row: int, line: int, owner: str) -> tuple[str | None, ...]:
    """The values of COLUMNS. `record` is by plain name; `owner` says who the owner of a key is: a person, nobody, or
    (auto) a person when it is an e-mail address. Raises NotASpendError.
    """
    request = text(record.get("requestid")) or ""
    if not request:
        raise NotASpendError("request_id", "missing", "A record of the spend log has a request_id.")
    metadata, tags = _document(record, "metadata"), _document(record, "requesttags")
    metadata = metadata if isinstance(metadata, dict) else {}
    attempt = _ATTEMPT.fullmatch(request)
    call = text(record.get("calltype")) or ""
    hit = (text(record.get("cachehit")) or "").lower() == "true" or bool(_HIT.fullmatch(request))
    failed = (text(record.get("status")) or text(metadata.get("status")) or "success").lower() == "failure"
    said = {match[1]: match[2] for tag in reversed(_tags(tags)) if (match := _TAG.fullmatch(tag))}  # the first counts
    session = text(record.get("sessionid")) or None
    return (
        str(row), str(line), "attempt" if attempt else "call" if any(part in call for part in _LESSER) else "answer",
        request, attempt[1] if attempt else request,
        said.get("product") or _first(metadata, "user_api_key_alias", "user_api_key_team_alias")
        or _first(record, "teamid", "apikey"),
        said.get("pilot"), said.get("scenario"), said.get("topic"),
        _first(record, "teamid") or _first(metadata, "user_api_key_team_id"),
        _person(record, metadata, owner), session, "true" if session and _generated(session) else "false",
        _moment(record.get("starttime")), _duration(record), "chat" if call in _CHAT else call or None,
        _first(record, "model", "modelgroup"), _first(record, "customllmprovider"),
        *(("0", "0", "0") if hit else _tokens(record, metadata)),
        _microusd(record.get("spend")), "true" if failed else "false", _error(metadata) if failed else None,
        "true" if hit else "false",
    )  # fmt: skip


def _first(values: Mapping[str, object], *names: str) -> str | None:
    return next((found for name in names if (found := text(values.get(name)))), None)


def _document(record: Mapping[str, object], name: str) -> object:
    """A JSON cell: an object already, its text, or the text of its text, as payload sinks write it."""
    found = record.get(name)
    for _ in range(2):
        if not isinstance(found, str):
            break
        if not found.strip():
            return None
        try:
            found = json.loads(found, parse_int=str, parse_float=str)
        except (ValueError, RecursionError):
            raise NotASpendError(name, "not_json", f"The {name} of a record is a JSON document.", found) from None
    return found


def _tags(found: object) -> list[str]:
    return [tag for tag in found if isinstance(tag, str)] if isinstance(found, list) else []


def _person(record: Mapping[str, object], metadata: Mapping[str, object], owner: str) -> str | None:
    """Who asked: the end user the caller named, else the key's owner where that is a person."""
    caller = _first(record, "enduser")
    if caller or owner == "nobody":
        return caller
    holder = _first(record, "user") or _first(metadata, "user_api_key_user_id")
    return holder if holder and (owner == "person" or "@" in holder) else None


def _generated(session: str) -> bool:
    """Whether an id has the shape of those the proxy makes for a call that names no session."""
    try:
        return str(UUID(session)) == session.lower()
    except ValueError:
        return False


def _tokens(record: Mapping[str, object], metadata: Mapping[str, object]) -> tuple[str | None, str | None, str | None]:
    usage = metadata.get("usage_object")
    details = usage.get("prompt_tokens_details") if isinstance(usage, dict) else None
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return text(record.get("prompttokens")), text(record.get("completiontokens")), text(cached)


def _error(metadata: Mapping[str, object]) -> str:
    found = metadata.get("error_information")
    return (_first(found, "error_class", "error_code") if isinstance(found, dict) else None) or "failure"


def _microusd(value: object) -> str | None:
    """Dollars as whole micro-dollars, rounded half to even; what is no number is left for the contract to refuse."""
    stated = text(value)
    if not stated:
        return None
    try:
        return str(round(Decimal(stated) * 1_000_000))
    except (InvalidOperation, ValueError, OverflowError):
        return stated


def _moment(value: object) -> str | None:
    """A moment with its offset: the log's own column has none and is UTC; a sink may write seconds since 1970."""
    stated = value.isoformat() if isinstance(value, datetime) else (text(value) or "").strip()
    if re.fullmatch(r"\d{10}(\.\d+)?", stated):
        return datetime.fromtimestamp(float(stated), UTC).isoformat()
    if re.fullmatch(r"\d{13}", stated):
        return datetime.fromtimestamp(int(stated) / 1000, UTC).isoformat()
    bare = re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?", stated)
    return f"{stated}Z" if bare else re.sub(r"([+-]\d\d)$", r"\1:00", stated) or None


def _duration(record: Mapping[str, object]) -> str | None:
    stated = text(record.get("requestdurationms"))
    if stated:
        return stated
    try:
        began, ended = (datetime.fromisoformat(_moment(record.get(name)) or "") for name in ("starttime", "endtime"))
        return str(max(0, round((ended - began).total_seconds() * 1000)))
    except (ValueError, TypeError):
        return None
