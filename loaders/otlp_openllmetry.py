"""OpenLLMetry (Traceloop): OTLP/JSON traces that its names mark; read as every OTLP trace is."""

from __future__ import annotations

from dataclasses import replace

from loaders.format import Head, Match
from loaders.otlp_genai import FORMAT as OTLP_GENAI

_NAMES = ('"traceloop.', '"opentelemetry.instrumentation.openai.v1"', '"opentelemetry.instrumentation.langchain"')


def _recognise(head: Head) -> Match:
    found = OTLP_GENAI.recognise(head)
    marked = any(name in head.text for name in _NAMES)
    return Match(0.99) if marked and found.confidence > 0.9 and not found.needs else Match(0.0)


FORMAT = replace(
    OTLP_GENAI,
    name="otlp_openllmetry",
    title="OpenLLMetry (Traceloop) traces (OTLP/JSON)",
    recognise=_recognise,
    fills="what OpenTelemetry GenAI traces fill; person and session from Traceloop's association properties",
    lacks="outcome, feedback, escalation; dollars; prompts, answers and request headers are never kept",
)
