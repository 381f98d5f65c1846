"""OTLP/JSON documents flattened: a row of text a span, with what we need of its attributes and never its content."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping

from loaders.jsontext import text

NAMES: dict[str, tuple[str, ...]] = {
    "user_id": ("user.id", "enduser.id", "traceloop.association.properties.user_id", "langfuse.user.id"),
    "session_id": (
        "session.id", "gen_ai.conversation.id", "traceloop.association.properties.session_id", "langfuse.session.id",
    ),
    "provider_name": ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"),
    "request_model": (
        "gen_ai.request.model", "llm.request.model_name", "llm.model_name", "llm.request.model", "embedding.model_name",
        "gen_ai.response.model", "llm.response.model_name", "llm.response.model",
    ),
    "input_tokens": (
        "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt", "llm.usage.prompt_tokens",
    ),
    "output_tokens": (
        "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion",
        "llm.usage.completion_tokens",
    ),
    "cache_read_tokens": (
        "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
        "llm.token_count.prompt_details.cache_read",
    ),
    "cost_usd": ("llm.cost.total", "gen_ai.usage.cost", "gen_ai.usage.total_cost"),
    "error_type": ("error.type",),
    "prompt_version": ("llm.prompt_template.version",),
    "pilot_id": ("pilot.id", "metadata.pilot", "metadata.pilot_id"),
}  # fmt: skip
"""What we look for in a span, each under every name it has had, the newest first."""
_PLACES = {name: (column, rank) for column, names in NAMES.items() for rank, name in enumerate(names)}
_COUNTS = ("input_tokens", "output_tokens", "cache_read_tokens")
RESOURCE = ("service.name", "service.version", "user.id", "enduser.id", "session.id")
COLUMNS = (
    "source_row", "line", "trace_id", "span_id", "parent_id", "started", "ended", "failed", "service_name",
    "service_version", "operation", "role", "documents", *NAMES,
)  # fmt: skip

CALLS = frozenset({"chat", "generate_content", "text_completion", "embeddings"})
"""Operations that are calls of a model; every other one may be a roll-up of calls below it."""
_OPERATION = ("gen_ai.operation.name", "openinference.span.kind", "llm.request.type", "traceloop.span.kind")
_SPOKEN = {
    "LLM": "chat", "EMBEDDING": "embeddings", "AGENT": "invoke_agent", "TOOL": "execute_tool", "RETRIEVER": "retrieval",
    "CHAIN": "chain", "RERANKER": "rerank", "COMPLETION": "text_completion", "WORKFLOW": "invoke_workflow",
}  # fmt: skip
"""What OpenInference and older OpenLLMetry call the operations."""
_DOCUMENTS, _DOCUMENT = "gen_ai.retrieval.documents", "retrieval.documents."
_METADATA = "metadata"
_MODEL_NAMED = (*NAMES["provider_name"], *NAMES["request_model"])
_WANTED = frozenset({name for names in NAMES.values() for name in names} | {*_OPERATION, *RESOURCE, _DOCUMENTS})
_FAILED = ("2", "STATUS_CODE_ERROR", "ERROR", "Error")
_BASE64 = {24: 16, 22: 16, 12: 8, 11: 8}

Row = tuple[str | None, ...]


class NotASpanError(ValueError):
    """A span that cannot be told: `column` and what is wrong with it."""

    def __init__(self, column: str, message: str, value: str | None = None) -> None:
        self.column, self.message, self.value = column, message, value
        super().__init__(message)


def resources(document: object) -> list[object] | None:
    """The resource groups of a document: wrapped, bare, as Tempo's batches; None when it is no OTLP trace document."""
    if not isinstance(document, dict):
        return None
    for wrapper in ("resourceSpans", "batches"):
        if isinstance(document.get(wrapper), list):
            return list(document[wrapper])
    if "scopeSpans" in document or "instrumentationLibrarySpans" in document:
        return [document]
    return resources(document["trace"]) if isinstance(document.get("trace"), dict) else None


def spans(group: object) -> Iterator[tuple[Mapping[str, str], object]]:
    """Every span of a resource group with the attributes of its resource. Raises NotASpanError for what is no group."""
    try:
        if not isinstance(group, dict):
            raise TypeError("not an object")
        resource, _ = _attributes((group.get("resource") or {}).get("attributes"))
        scopes = group.get("scopeSpans") or group.get("instrumentationLibrarySpans") or []
        found = [span for scope in scopes for span in scope.get("spans") or []]
    except (AttributeError, KeyError, TypeError):
        raise NotASpanError("resourceSpans", "A group of spans is not shaped as OTLP says.") from None
    for span in found:
        yield resource, span


def flat(resource: Mapping[str, str], span: object, source_row: int, line: int) -> Row:
    """A span as a row of COLUMNS. Raises NotASpanError."""
    try:
        if not isinstance(span, dict):
            raise TypeError("not an object")
        found, documents = _attributes(span.get("attributes"))
        status = span.get("status") or {}
        failed = status.get("code") in _FAILED
        trace_id, span_id = identifier(span.get("traceId")), identifier(span.get("spanId"))
        parent = identifier(span.get("parentSpanId"))
        started, ended = text(span.get("startTimeUnixNano")), text(span.get("endTimeUnixNano"))
    except (AttributeError, KeyError, TypeError):
        raise NotASpanError("spans", "A span is not shaped as OTLP says.") from None
    if trace_id is None or span_id is None:
        name = "traceId" if trace_id is None else "spanId"
        raise NotASpanError(
            name, f"A span has no {name}; expected 16 or 8 bytes, as hex or base64.", text(span.get(name))
        )
    operation, role = _operation(found)
    told = _by_column(found)
    told["user_id"] = told["user_id"] or resource.get("user.id") or resource.get("enduser.id")
    told["session_id"] = told["session_id"] or resource.get("session.id")
    for column in _COUNTS:
        if (count := told[column]) is not None:
            told[column] = _whole(count)
    if (told["pilot_id"] or "").casefold() in ("none", "null"):
        told["pilot_id"] = None
    if failed or told["error_type"]:
        told["error_type"] = _one_line(told["error_type"] or _exception(span) or "_OTHER")
    return (
        str(source_row), str(line), trace_id, span_id, parent, started, ended, "true" if failed else "false",
        resource.get("service.name"), resource.get("service.version"), operation, role, documents, *told.values(),
    )  # fmt: skip


def _by_column(found: Mapping[str, str]) -> dict[str, str | None]:
    """What was found of each column of NAMES, under the newest name that it has."""
    told: dict[str, str | None] = dict.fromkeys(NAMES)
    ranks: dict[str, int] = {}
    for name, value in found.items():
        if place := _PLACES.get(name):
            column, rank = place
            if rank < ranks.get(column, rank + 1):
                told[column], ranks[column] = value, rank
    return told


def identifier(value: object) -> str | None:
    """A trace or span id in lower-case hex, from hex or from the base64 of protobuf's JSON; None for none or zeros."""
    if not isinstance(value, str):
        return None
    value = value.strip()
    size = _BASE64.get(len(value))
    if size is not None:
        try:
            decoded = urlsafe_b64decode(value.rstrip("=").replace("+", "-").replace("/", "_") + "==")
        except (binascii.Error, ValueError):
            decoded = b""
        if len(decoded) == size:
            value = decoded.hex()
    return value.lower() if value.strip("0") else None


def _attributes(attributes: object) -> tuple[dict[str, str], str | None]:
    """The attributes we know by name, and the number of documents retrieved (None where nothing was said)."""
    found: dict[str, str] = {}
    count: int | None = None
    places: set[str] = set()
    if not isinstance(attributes, list | None):
        raise TypeError("not a list")
    for attribute in attributes or ():
        key = attribute["key"]
        if key in _WANTED:
            if key == _DOCUMENTS:
                count = _documents(attribute.get("value"))
            elif (value := scalar(attribute.get("value"))) is not None:
                found[key] = value
        elif key.startswith(_DOCUMENT):
            places.add(key[len(_DOCUMENT) :].partition(".")[0])
        elif key == _METADATA:
            found |= _metadata(scalar(attribute.get("value")))
    count = len(places) if count is None and places else count
    return found, None if count is None else str(count)


def _metadata(stated: str | None) -> dict[str, str]:
    """What OpenInference's metadata, an object as JSON, says that we look for."""
    try:
        told = json.loads(stated or "")
    except (ValueError, RecursionError):
        return {}
    named = {f"{_METADATA}.{key}": value for key, value in told.items()} if isinstance(told, dict) else {}
    return {key: value for key, value in named.items() if key in _WANTED and isinstance(value, str) and value}


def scalar(value: object) -> str | None:
    """Text of a scalar AnyValue, None for an empty, a list or an object."""
    for kind, inner in value.items() if isinstance(value, dict) else ():
        if inner is not None and kind in ("stringValue", "intValue", "doubleValue", "boolValue"):
            return (text(inner) or "").strip() or None
    return None


def scalars(attributes: object) -> dict[str, str]:
    """The attributes of a list that have a scalar value, as text. TypeError or KeyError for what is no such list."""
    if not isinstance(attributes, list | None):
        raise TypeError("not a list")
    told = ((str(entry["key"]), scalar(entry.get("value"))) for entry in attributes or ())
    return {key: value for key, value in told if value is not None}


def _whole(count: str) -> str:
    """A count of tokens as digits, also where it came as 12.0; "?" where it is none."""
    digits, _, fraction = count.partition(".")
    return digits if digits.isascii() and digits.isdigit() and not fraction.strip("0") else "?"


def _documents(value: object) -> int | None:
    """How many documents an attribute lists: an array, or JSON in a string; None when it was cut off or is neither."""
    for kind, inner in value.items() if isinstance(value, dict) else ():
        if kind == "arrayValue" and isinstance(inner, dict):
            return len(inner.get("values") or ())
        if kind == "stringValue" and isinstance(inner, str):
            try:
                listed = json.loads(inner)
            except (ValueError, RecursionError):
                return None
            return len(listed) if isinstance(listed, list) else None
    return None


def _operation(found: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The generative-AI operation of a span and its role: call of a model, or something above or beside calls."""
    said = next((found[name] for name in _OPERATION if name in found), None)
    if said is None:
        said = "chat" if any(name in found for name in _MODEL_NAMED) else None
    if said is None:
        return None, None
    operation = _SPOKEN.get(said.upper(), said)
    return operation, "call" if operation in CALLS else "other"


def _exception(span: Mapping[str, object]) -> str | None:
    """The type of the last exception recorded on a span."""
    events = span.get("events")
    for event in reversed(events) if isinstance(events, list) else ():
        for attribute in (event.get("attributes") or ()) if isinstance(event, dict) else ():
            if isinstance(attribute, dict) and attribute.get("key") == "exception.type":
                return scalar(attribute.get("value"))
    return None


def _one_line(value: str) -> str:
    return " ".join(value.split())[:200]
