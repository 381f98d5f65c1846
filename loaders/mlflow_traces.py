"""MLflow's traces told into interactions, calls of models, ratings of people and checks of judges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loaders.figures import finite, moment, whole
from loaders.jsontext import text, unwrapped
from loaders.score_table import SLASHED

INTERACTIONS = (
    "interaction_id", "product_id", "pilot_id", "scenario_id", "topic_id", "team_id", "user_id", "session_id",
    "trace_id", "occurred_at", "duration_ms", "request_model", "service_version", "input_tokens", "output_tokens",
    "error", "error_type", "retrieved_source_count",
)  # fmt: skip
CALLS = (
    "call_id", "trace_id", "interaction_id", "product_id", "occurred_at", "operation_name", "provider_name",
    "request_model", "input_tokens", "output_tokens", "duration_ms", "error_type",
)  # fmt: skip
_MODELS = ("CHAT_MODEL", "LLM", "EMBEDDING")
_TRUE, _FALSE = ("true", "yes", "1", "1.0"), ("false", "no", "0", "0.0", "-1", "-1.0")
Told = dict[str, str | None]


class NotATraceError(ValueError):
    """A record that is no trace of MLflow."""


def is_trace(document: object) -> bool:
    """Whether a document is a trace: its info and data, a row of search_traces, or a row of version 2."""
    if not isinstance(document, dict) or any(SLASHED.fullmatch(str(name)) for name in document):
        return False
    info = document.get("info")
    if isinstance(info, dict):
        return bool({"trace_id", "request_id"} & info.keys()) and "data" in document
    return "trace" in document and bool({"trace_id", "request_id"} & document.keys())


class Trace:
    """One trace, from whichever shape it came in. Raises NotATraceError."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        whole_trace = unwrapped(record.get("trace")) if "trace" in record else record
        if not isinstance(whole_trace, dict):
            raise NotATraceError("The column trace holds no trace.")
        info, data = unwrapped(whole_trace.get("info")), unwrapped(whole_trace.get("data"))
        self._info = info if isinstance(info, dict) else {}
        self._row = record
        spans = data.get("spans") if isinstance(data, dict) else None
        self.spans: list[dict[str, Any]] = [span for span in spans or () if isinstance(span, dict)]
        self.id = text(self._info.get("trace_id") or self._info.get("request_id") or record.get("trace_id"))
        if not self.id:
            raise NotATraceError("A trace has a trace_id.")
        self._said = _strings(self._info.get("trace_metadata") or self._info.get("request_metadata"))
        self._tags = _strings(self._info.get("tags"))

    @property
    def product(self) -> str | None:
        """The tag product, else the experiment."""
        place = self._info.get("trace_location")
        experiment = place.get("mlflow_experiment") if isinstance(place, dict) else None
        number = experiment.get("experiment_id") if isinstance(experiment, dict) else self._info.get("experiment_id")
        return self._tags.get("product") or text(number)

    def interaction(self) -> Told:
        """The trace as one interaction: tokens as MLflow summed them, else those of the calls."""
        calls = list(self.calls())
        usage = unwrapped(self._said.get("mlflow.trace.tokenUsage"))
        told = usage if isinstance(usage, dict) else {}
        state = text(self._info.get("state") or self._info.get("status") or self._row.get("state"))
        failed = [call["error_type"] for call in calls if call["error_type"]]
        root = next((span for span in self.spans if not span.get("parent_span_id") and not span.get("parent_id")), None)
        model = next((call["request_model"] for call in reversed(calls) if call["request_model"]), None)
        return {
            "interaction_id": self.id, "trace_id": self.id, "product_id": self.product,
            **{f"{name}_id": self._tags.get(name) or None for name in ("pilot", "scenario", "topic", "team")},
            "user_id": self._said.get("mlflow.trace.user"), "session_id": self._said.get("mlflow.trace.session"),
            "occurred_at": moment(self._row.get("request_time") or self._row.get("timestamp_ms"))
            or moment(self._info.get("request_time") or self._info.get("timestamp_ms")),
            "duration_ms": whole(self._info.get("execution_duration_ms") or self._info.get("execution_time_ms")),
            "request_model": model, "service_version": self._tags.get("version") or self._said.get("mlflow.modelId"),
            "input_tokens": whole(told.get("input_tokens")) or _sum(calls, "input_tokens"),
            "output_tokens": whole(told.get("output_tokens")) or _sum(calls, "output_tokens"),
            "error": {"OK": "false", "ERROR": "true"}.get((state or "").rpartition("_")[2] or (state or "")),
            "error_type": (failed[0] if failed else _error(root) or "ERROR") if state == "ERROR" else None,
            "retrieved_source_count": self._retrieved(),
        }  # fmt: skip

    def calls(self) -> Iterator[Told]:
        """The calls of models: spans of a model, whose tokens are no roll-up."""
        for span in self.spans:
            attributes = _attributes(span)
            kind = attributes.get("mlflow.spanType")
            usage = attributes.get("mlflow.chat.tokenUsage")
            if kind not in _MODELS:
                continue
            told = usage if isinstance(usage, dict) else {}
            began, ended = (_nanoseconds(span, name) for name in ("start_time", "end_time"))
            yield {
                "call_id": text(span.get("span_id")) or text((span.get("context") or {}).get("span_id")),
                "trace_id": self.id, "interaction_id": self.id, "product_id": self.product,
                "occurred_at": moment(began), "operation_name": "embeddings" if kind == "EMBEDDING" else "chat",
                "provider_name": _word(attributes.get("mlflow.llm.provider")),
                "request_model": _word(attributes.get("mlflow.llm.model") or attributes.get("gen_ai.request.model")),
                "input_tokens": whole(told.get("input_tokens")), "output_tokens": whole(told.get("output_tokens")),
                "duration_ms": str(max(0, int(ended) - int(began)) // 10**6) if began and ended else None,
                "error_type": _error(span),
            }  # fmt: skip

    def _retrieved(self) -> str | None:
        found = [
            len(outputs)
            for span in self.spans
            if _attributes(span).get("mlflow.spanType") == "RETRIEVER"
            and isinstance(outputs := _attributes(span).get("mlflow.spanOutputs"), list)
        ]
        return str(sum(found)) if found else None

    def assessments(self) -> Iterator[tuple[bool, Told]]:
        """What people and judges said of the trace: (whether a person did, the row); expectations are neither."""
        for entry in self._info.get("assessments") or ():
            said = entry.get("feedback") if isinstance(entry, dict) else None
            if not isinstance(said, dict) or entry.get("valid") is False:
                continue
            source = entry.get("source") or {}
            value, at = said.get("value"), moment(entry.get("create_time"))
            word = (text(value) or "").casefold() if not isinstance(value, bool) else str(value).casefold()
            passed = "true" if word in _TRUE else "false" if word in _FALSE else None
            score = {"true": "1", "false": "0"}.get(word) or finite(word)
            name, by = text(entry.get("assessment_name")), text(source.get("source_id"))
            if source.get("source_type") == "HUMAN":
                yield True, {
                    "feedback_id": text(entry.get("assessment_id")), "target_type": "trace", "target_id": self.id,
                    "product_id": self.product, "user_id": by, "given_at": at, "name": name, "score": score,
                    "label": None if score else word[:200] or None, "evidence": "rating" if passed else None,
                    "verdict": {"true": "confirmed", "false": "failed"}.get(passed or ""),
                }  # fmt: skip
                continue
            error = said.get("error")
            yield False, {
                "run_id": f"assessments-{(at or '')[:10]}", "run_at": at, "product_id": self.product,
                "origin": "production_audit", "suite": "mlflow assessments", "case_id": self.id,
                "interaction_id": self.id, "metric_name": name, "score": None if error else score,
                "passed": None if error else passed, "eval_error": _failure(error), "evaluator": by,
                "evaluator_kind": "code" if source.get("source_type") == "CODE" else "llm",
            }  # fmt: skip


def _failure(error: object) -> str | None:
    if not error:
        return None
    said = error.get("error_code") or error.get("error_message") if isinstance(error, dict) else error
    return (text(said) or "error")[:200]


def _strings(found: object) -> dict[str, str]:
    if isinstance(found, list):  # version 2 lists keys and values
        found = {entry.get("key"): entry.get("value") for entry in found if isinstance(entry, dict)}
    return (
        {str(key): value for key, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}
    )


def _attributes(span: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a span, each of which is JSON once more."""
    found = span.get("attributes")
    return {str(key): unwrapped(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _nanoseconds(span: Mapping[str, Any], name: str) -> str | None:
    found = text(span.get(f"{name}_unix_nano") or span.get(name))
    return found if found and found.isdecimal() else None


def _error(span: Mapping[str, Any] | None) -> str | None:
    """What went wrong in a span: the type of its last exception, else that it failed."""
    status = span.get("status") if span else None
    code = status.get("code") if isinstance(status, dict) else text(span.get("status_code")) if span else None
    if span is None or (code or "").rpartition("_")[2] != "ERROR":
        return None
    for event in reversed(span.get("events") or ()):
        told = event.get("attributes") if isinstance(event, dict) else None
        if isinstance(told, dict) and told.get("exception.type"):
            return str(told["exception.type"])[:200]
    return "ERROR"


def _sum(calls: list[Told], column: str) -> str | None:
    told = [int(call[column] or 0) for call in calls if call[column]]
    return str(sum(told)) if told else None
