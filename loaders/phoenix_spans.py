"""Phoenix's records of spans written as OTLP spans, so that one reader makes interactions of both."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from loaders.jsontext import text

_ATTRIBUTES = "attributes."
_KIND = "openinference.span.kind"
_DOCUMENTS = "retrieval.documents"
_WIRE = "gen_ai.retrieval.documents"
_VALUES = ("string_value", "int_value", "double_value", "bool_value")
_LONGEST = 1 << 20


def spans(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The spans in a record: itself, or those that an answer of the API wraps, each as OTLP has it."""
    listed = document.get("data") if isinstance(document.get("data"), list) else [document]
    for record in listed or ():
        yield span(record) if isinstance(record, dict) else {}


def is_span(record: object) -> bool:
    """Whether a record is a span of the data frame, of the REST interface, or of its OTLP-like one."""
    if not isinstance(record, dict):
        return False
    flat = {"context.trace_id", "context.span_id"} <= record.keys() and "span_kind" in record
    nested = isinstance(record.get("context"), dict) and "span_kind" in record and "attributes" in record
    wire = {"trace_id", "span_id", "start_time_unix_nano"} <= record.keys() and isinstance(
        record.get("attributes"), list
    )
    return flat or nested or wire


def span(record: Mapping[str, Any]) -> dict[str, Any]:
    """One span as OTLP/JSON has it."""
    context = record.get("context")
    place = context if isinstance(context, dict) else {}
    attributes = dict(_told(record))
    kind = text(record.get("span_kind"))
    if kind and _KIND not in attributes:
        attributes[_KIND] = kind
    if attributes.get(_KIND) == "RETRIEVER" and not any(name.startswith((_DOCUMENTS, _WIRE)) for name in attributes):
        attributes[_WIRE] = "[]"  # Phoenix always lists what was retrieved: nothing listed is nothing found
    status = record.get("status")
    code = text(status.get("code")) if isinstance(status, dict) else text(record.get("status_code"))
    return {
        "traceId": text(record.get("context.trace_id") or place.get("trace_id") or record.get("trace_id")),
        "spanId": text(record.get("context.span_id") or place.get("span_id") or record.get("span_id")),
        "parentSpanId": text(record.get("parent_id") or record.get("parent_span_id")),
        "startTimeUnixNano": text(record.get("start_time_unix_nano")) or _nanoseconds(record.get("start_time")),
        "endTimeUnixNano": text(record.get("end_time_unix_nano")) or _nanoseconds(record.get("end_time")),
        "status": {"code": "STATUS_CODE_ERROR" if code in ("ERROR", "2", "STATUS_CODE_ERROR") else "STATUS_CODE_OK"},
        "attributes": [{"key": name, "value": {"stringValue": value}} for name, value in attributes.items()],
        "events": list(_events(record.get("events"))),
    }  # fmt: skip


def _told(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The attributes by name, from columns, an object, or a list of keys and values; only what is a scalar or counts
    documents.
    """
    attributes = record.get("attributes")
    if isinstance(attributes, list):
        for entry in attributes:
            value = entry.get("value") if isinstance(entry, dict) else None
            told = next((value[name] for name in _VALUES if value.get(name) is not None), None) if value else None
            if told is not None:
                yield str(entry["key"]), _scalar(told)
        return
    named = attributes if isinstance(attributes, dict) else {}
    columns = {name[len(_ATTRIBUTES) :]: value for name, value in record.items() if name.startswith(_ATTRIBUTES)}
    for name, value in {**named, **columns}.items():
        if value is None or value == "":
            continue
        if name == _DOCUMENTS:
            yield _WIRE, json.dumps([0] * _length(value))
        elif name == "metadata":
            told = _literal(value)
            yield name, json.dumps(told) if isinstance(told, dict) else str(value)
        elif not isinstance(value, list | dict):
            yield name, _scalar(value)


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _literal(value: object) -> object:
    """A value, or what its text says: JSON, or lists and dicts as Python writes them, as data frames do."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return value
    for read in (json.loads, ast.literal_eval):
        try:
            return read(value)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return value


def _length(value: object) -> int:
    found = _literal(value)
    return len(found) if isinstance(found, list) else 0


def _nanoseconds(value: object) -> str | None:
    """A moment as nanoseconds since 1970; the text as it is where it is no moment, for the contract to refuse."""
    stated = text(value)
    if not stated:
        return None
    try:
        found = datetime.fromisoformat(stated)
    except ValueError:
        return stated
    if found.tzinfo is None:
        found = datetime.fromisoformat(f"{stated}+00:00")
    whole = int(found.replace(microsecond=0).timestamp())
    return str(whole * 10**9 + found.microsecond * 1_000)


def _events(value: object) -> Iterator[dict[str, Any]]:
    """The type of every exception that a span recorded."""
    found = _literal(value)
    for event in found if isinstance(found, list) else ():
        attributes = event.get("attributes") if isinstance(event, dict) else None
        kind = attributes.get("exception.type") if isinstance(attributes, dict) else None
        if kind:
            yield {"attributes": [{"key": "exception.type", "value": {"stringValue": str(kind)}}]}
