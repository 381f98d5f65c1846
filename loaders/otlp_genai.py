"""OpenTelemetry traces of generative AI, as OTLP/JSON: the GenAI conventions, OpenInference and OpenLLMetry names."""

from __future__ import annotations

from pathlib import Path

from loaders.format import Format, Head, Match, Refused, Stage
from loaders.jsontext import documents
from loaders.otlp_metrics import TOKENS, TokenSums
from loaders.otlp_spans import COLUMNS, NotASpanError, flat, resources, spans
from loaders.otlp_traces import (
    ANCESTORS,
    COUNTS,
    INTERACTIONS,
    LEAVES,
    MARKED,
    MODEL_CALLS,
    SPANS,
    TRACES,
)
from loaders.relation import relation

_SIGNS = ("resourceSpans", "scopeSpans", "instrumentationLibrarySpans")
_METRICS = ("resourceMetrics", "scopeMetrics")
_AGGREGATES = (*_METRICS, "resourceLogs", "scopeLogs")
_GENERATIVE = ('"gen_ai.', '"openinference.', '"llm.', '"traceloop.')
NOT_TRACES = "These OTLP logs or metrics tell neither traces nor tokens of generative AI."
EXPORT_TRACES = "Export the traces (resourceSpans) as OTLP/JSON."
BINARY = "This looks like OTLP in binary protobuf, which is not read."
EXPORT_JSON = (
    "Export the same spans as OTLP/JSON, for example with the Collector's file exporter (format: json)"
    " or opentelemetry-exporter-otlp-json-file."
)


def _recognise(head: Head) -> Match:
    if head.kind == "unknown":
        return Match(0.8, f"{BINARY} {EXPORT_JSON}") if _is_protobuf(head.path) else Match(0.0)
    if head.kind != "json":
        return Match(0.0)
    first = next((document for document in head.documents if document), None)
    traces = resources(first) is not None if first is not None else _starts_with(head.text, _SIGNS)
    if traces:
        return Match(0.98 if any(name in head.text for name in _GENERATIVE) else 0.9)
    if TOKENS in head.text and (_is_aggregate(first) if first is not None else _starts_with(head.text, _METRICS)):
        return Match(0.95)
    aggregates = _is_aggregate(first) if first is not None else _starts_with(head.text, _AGGREGATES)
    return Match(0.7, f"{NOT_TRACES} {EXPORT_TRACES}") if aggregates else Match(0.0)


def _starts_with(text: str, names: tuple[str, ...]) -> bool:
    """Whether one of the names is a key in the beginning of a document longer than the head."""
    return any(f'"{name}"' in text[:65_536] for name in names)


def _is_aggregate(document: object) -> bool:
    return isinstance(document, dict) and any(name in document for name in _AGGREGATES)


def _is_protobuf(path: Path) -> bool:
    """Whether a file begins as an ExportTraceServiceRequest does: field 1, with the attributes of a resource."""
    with path.open("rb") as file:
        head = file.read(4_096)
    return head.startswith(b"\n") and head[1:].lstrip()[:1] not in (b"{", b"[") and (
        b"service.name" in head or b"telemetry.sdk" in head
    )  # fmt: skip


def _parse(path: Path, stage: Stage) -> None:
    if _is_protobuf(path):
        raise Refused(BINARY, EXPORT_JSON)
    found, aggregates = _flatten(path, stage)
    if not found and aggregates:
        _sum_up(path, stage)
        return
    if aggregates:
        stage.read(aggregates)
        stage.ignore("OTLP metrics or logs", aggregates)
    if not found:
        return
    fill_traces(stage)


def fill_traces(stage: Stage, named: str = "trace_id") -> None:
    """Make interactions and calls of the spans in `span_rows`, whatever they came in, every one accounted for. `named`
    is what an interaction is called by: its trace, or the span that is its root (root_id).
    """
    for step in (SPANS, ANCESTORS, MARKED, TRACES):
        stage.rows(step)
    _account(stage)
    interactions, calls = INTERACTIONS | {"interaction_id": named}, MODEL_CALLS | {"interaction_id": named}
    stage.fill("interactions", interactions, relation(interactions, "traces", "spans"))
    stage.fill("model_calls", calls, relation(calls, LEAVES, "0"))


def _sum_up(path: Path, stage: Stage) -> None:
    """A file without traces: the tokens that its metrics tell, by day."""
    sums = TokenSums(stage)
    taken = 0
    for line, document in documents(path):
        if not _is_aggregate(document):
            continue  # told already
        try:
            taken += sums.take(document, line)
        except ValueError as error:
            raise Refused(f"Line {line}: {error}", EXPORT_TRACES) from None
    if not taken:
        raise Refused(NOT_TRACES, EXPORT_TRACES)
    sums.fill()


def _flatten(path: Path, stage: Stage) -> tuple[int, int]:
    """Every span of the file into the text table; the numbers of spans and of documents that are metrics or logs, which
    are left to be accounted for.
    """
    table = stage.table("span_rows", COLUMNS)
    found = aggregates = row = 0
    for line, document in documents(path):
        groups = resources(document)
        if groups is None:
            if _is_aggregate(document):
                aggregates += 1
                continue
            stage.read()
            if not document:
                stage.blank()
            else:
                stage.broken(line, None, "not_otlp", "A JSON document that holds no OTLP spans (resourceSpans).")
            continue
        for group in groups:
            try:
                for resource, span in spans(group):
                    row += 1
                    try:
                        table.add(*flat(resource, span, row, line))
                        found += 1
                    except NotASpanError as error:
                        stage.read()
                        stage.broken(line, error.column, "not_a_span", error.message, error.value)
            except NotASpanError as error:
                stage.read()
                stage.broken(line, error.column, "not_a_span", error.message, error.value)
    stage.read(found)
    return found, aggregates


def _account(stage: Stage) -> None:
    """Count what is left out, and say what a person should know about the traces."""
    came, once, used, traces, told, rootless, backwards, unread = (int(str(n)) for n in stage.rows(COUNTS)[0])
    stage.ignore("repeated span", came - once)
    stage.ignore("trace without a generative AI operation", once - used)
    if not told:
        stage.note(
            f"None of the {traces} traces holds a generative AI operation: no span has gen_ai.operation.name,"
            " openinference.span.kind or a model's name."
        )
    if rootless:
        stage.note(
            f"{rootless} of {told} traces begin outside this file: each is dated by its earliest span here. Load whole"
            " days, or the parts of a rotated export put together, so that no trace is cut in two."
        )
    if backwards:
        stage.note(f"{backwards} spans end before they start: their duration is left out.")
    if unread:
        stage.note(f"{unread} spans state tokens that are not whole numbers: those are left out.")


FORMAT = Format(
    name="otlp_genai",
    title="OpenTelemetry GenAI traces (OTLP/JSON), also OpenInference and OpenLLMetry",
    facts=("interactions", "model_calls", "usage_daily"),
    product_field="service.name",
    recognise=_recognise,
    parse=_parse,
    fills="product (service.name), user, session, time, duration, error, tokens, model, release, retrieved sources,"
    " every model call; from metrics without traces tokens by day and model",
    lacks="outcome, feedback, escalation; dollars, unless the instrumentation reports them; prompts and answers are"
    " never kept",
)
