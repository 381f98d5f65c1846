"""Langfuse's records in their three spellings: the UI's export, the API's camelCase, the blob export's snake_case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from loaders.annotations import judgement, rating
from loaders.eval_rows import Told
from loaders.figures import finite, microusd, number, utc, whole
from loaders.jsontext import text, unwrapped

SPANS = (
    "span_id", "trace_id", "parent_id", "kind", "began", "duration_ms", "model", "input_tokens", "output_tokens",
    "cached_tokens", "cost", "failed", "error_type", "user_id", "session_id", "release", "product", "pilot",
    "prompt_version", "documents",
)  # fmt: skip
TRACES = (
    "trace_id", "name", "user_id", "session_id", "release", "asked_at", "duration_ms", "product", "pilot", "scenario",
    "topic", "cost", "input_tokens", "output_tokens",
)  # fmt: skip
_CALLS = ("GENERATION", "EMBEDDING")
_KINDS = frozenset({
    "SPAN", "GENERATION", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EVALUATOR", "EMBEDDING", "GUARDRAIL",
})  # fmt: skip


def plain(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record by plain names: traceId, trace_id and TRACE_ID are one."""
    return {str(name).strip().lower().replace("_", ""): value for name, value in record.items()}


def kind_of(named: Mapping[str, Any]) -> str:
    """What a record is: observation, score, trace or other."""
    if named.get("type") in _KINDS and ("traceid" in named or "starttime" in named):
        return "observation"
    if {"value", "name"} <= named.keys() and ("datatype" in named or "source" in named) and "traceid" in named:
        return "score"
    if "id" in named and "timestamp" in named and {"sessionid", "userid"} & named.keys():
        return "trace"
    return "other"


def observation(named: Mapping[str, Any]) -> Told:
    """An observation as a row of SPANS."""
    usage = _first(named, "usagedetails", "usage")
    counts = {str(key).lower(): value for key, value in usage.items()} if isinstance(usage, dict) else {}
    costs = _first(named, "costdetails")
    about = _metadata(named)
    level = text(named.get("level")) or ""
    told = whole(
        counts.get("input") or counts.get("prompttokens") or named.get("prompttokens") or named.get("inputusage")
    )
    cached = sum(int(whole(counts[name]) or 0) for name in counts if name.startswith("input_cache"))
    return {
        "span_id": text(named.get("id")), "trace_id": text(named.get("traceid")) or text(named.get("id")),
        "parent_id": text(named.get("parentobservationid")), "kind": text(named.get("type")),
        "began": utc(named.get("starttime")), "duration_ms": _duration(named),
        "model": text(_first(named, "model", "providedmodelname", "modelid")),
        "input_tokens": str(int(told) + cached) if told is not None and "input_cached_tokens" in counts else told,
        "output_tokens": whole(
            counts.get("output") or counts.get("completiontokens") or named.get("completiontokens")
            or named.get("outputusage")
        ),
        "cached_tokens": str(cached) if cached else None,
        "cost": microusd(finite(_first(named, "totalcost", "calculatedtotalcost"))
                         or finite(costs.get("total") if isinstance(costs, dict) else None)),
        "failed": "true" if level == "ERROR" else "false", "error_type": "ERROR" if level == "ERROR" else None,
        "user_id": text(named.get("userid")), "session_id": text(named.get("sessionid")),
        "release": text(named.get("release")) or text(named.get("version")), **_place(named, about),
        "prompt_version": _prompt(named), "documents": None,
    }  # fmt: skip


def trace(named: Mapping[str, Any]) -> Told:
    """A trace as a row of TRACES; its latency is in seconds. Its level is the worst of its observations: a call that
    failed and was tried again, and no failure of the whole.
    """
    about, seconds = _metadata(named), finite(named.get("latency"))
    usage = _first(named, "usage", "usagedetails")
    counts = {str(key).lower(): value for key, value in usage.items()} if isinstance(usage, dict) else {}
    place = _place(named, about)
    return {
        "trace_id": text(named.get("id")), "name": text(named.get("name")), "user_id": text(named.get("userid")),
        "session_id": text(named.get("sessionid")), "release": text(named.get("release")) or text(named.get("version")),
        "asked_at": utc(named.get("timestamp")),
        "duration_ms": str(round(float(seconds) * 1000)) if seconds and float(seconds) > 0 else None,
        "product": place["product"] or text(named.get("name")), "pilot": place["pilot"],
        "scenario": _word(about.get("scenario")), "topic": _word(about.get("topic")),
        "cost": microusd(finite(named.get("totalcost"))),
        "input_tokens": whole(counts.get("prompttokens") or counts.get("input") or named.get("inputtokens")),
        "output_tokens": whole(counts.get("completiontokens") or counts.get("output") or named.get("outputtokens")),
    }  # fmt: skip


def score(named: Mapping[str, Any]) -> tuple[bool, Told]:
    """A score: whether a person gave it, and the row; of a trace, else of the session."""
    label = text(named.get("stringvalue"))
    value = named.get("value")
    stated = finite("1" if value is True else "0" if value is False else value)
    label = label or (None if stated else text(value))
    target = text(named.get("traceid"))
    at = utc(named.get("timestamp")) or utc(named.get("createdat"))
    name, source = text(named.get("name")), (text(named.get("source")) or "").upper()
    boolean = (text(named.get("datatype")) or "").upper() == "BOOLEAN"
    if source in ("EVAL",) or (source == "API" and "evaluator" in (text(named.get("comment")) or "").casefold()):
        about: Told = {
            "run_id": f"scores-{(at or '')[:10]}", "run_at": at, "suite": "langfuse scores", "case_id": target,
            "interaction_id": target, "evaluator_kind": "llm", "evaluator": text(named.get("configid")) or name,
        }  # fmt: skip
        return False, judgement(about, name, label, stated)
    about = {
        "feedback_id": text(named.get("id")), "target_type": "trace" if target else "session",
        "target_id": target or text(named.get("sessionid")), "user_id": text(named.get("authoruserid")), "given_at": at,
    }  # fmt: skip
    told = rating(about, name, label, stated)
    if not boolean and not label and stated not in ("1.0", "0.0", "-1.0"):
        told |= {"evidence": None, "verdict": None}
    return True, told


def _duration(named: Mapping[str, Any]) -> str | None:
    """Milliseconds from start to end; without both the latency, which is in seconds."""
    began, ended = (_parsed(named.get(name)) for name in ("starttime", "endtime"))
    if began and ended:
        return str(max(0, round((ended - began).total_seconds() * 1000)))
    seconds = finite(named.get("latency"))
    return str(round(float(seconds) * 1000)) if seconds else None


def _parsed(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(utc(value) or "")
    except ValueError:
        return None


def _metadata(named: Mapping[str, Any]) -> dict[str, Any]:
    found = unwrapped(named.get("metadata"))
    return found if isinstance(found, dict) else {}


def _place(named: Mapping[str, Any], about: Mapping[str, Any]) -> Told:
    """Product and pilot, from tags product:x and pilot:x, else from metadata."""
    tags = list(_tags(named.get("tags")))
    told = {name: next((tag.partition(":")[2] for tag in tags if tag.startswith(f"{name}:")), None) for name in
            ("product", "pilot")}  # fmt: skip
    return {name: value or _word(about.get(name)) for name, value in told.items()}


def _tags(value: object) -> Iterator[str]:
    found = unwrapped(value)
    if isinstance(found, list):
        yield from (tag for tag in found if isinstance(tag, str))


def _prompt(named: Mapping[str, Any]) -> str | None:
    name, version = text(named.get("promptname")), number(named.get("promptversion"))
    return f"{name} v{version}" if name and version else name


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _first(named: Mapping[str, Any], *names: str) -> Any:
    return next((unwrapped(named[name]) for name in names if named.get(name) not in (None, "")), None)


def is_call(kind: str | None) -> bool:
    """Whether an observation is a call of a model: the only ones whose tokens and dollars are no roll-up."""
    return kind in _CALLS
