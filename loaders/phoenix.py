"""Phoenix (Arize): spans as data frame (CSV, Parquet) or REST answers, and annotations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from loaders.annotations import Said, judgement, rating
from loaders.eval_rows import Told
from loaders.format import Format, Head, Match, Stage
from loaders.jsontext import text
from loaders.otlp_genai import fill_traces
from loaders.otlp_spans import COLUMNS, NotASpanError, flat
from loaders.phoenix_spans import is_span, spans
from loaders.tables import columns_of, rows_of

LIMIT = 1_000
"""How many spans get_spans_dataframe gives when nobody says otherwise: what lies behind them is silently missing."""
_FRAME = {"context.span_id", "context.trace_id", "span_kind"}
_NOTES = {"annotation_name", "annotator_kind", "span_id"}
_REST = {"annotator_kind", "span_id", "result", "name"}


def _recognise(head: Head) -> Match:
    names = set(columns_of(head))
    if names >= _FRAME:
        return Match(0.97)
    if names >= _NOTES:
        return Match(0.97)
    first = next((document for document in head.documents if document), None)
    inner = first.get("data") if isinstance(first, dict) else None
    record = inner[0] if isinstance(inner, list) and inner else first
    if is_span(record):
        return Match(0.95)
    if isinstance(record, dict) and record.keys() >= _REST:
        return Match(0.95)
    start = head.text[:65_536]
    known = ('"span_kind"' in start and '"context"' in start) or '"start_time_unix_nano"' in start
    return Match(0.85 if head.kind == "json" and not head.documents and known and '"data"' in start else 0.0)


def _parse(path: Path, stage: Stage) -> None:
    table = stage.table("span_rows", COLUMNS)
    said = Said(stage)
    found = row = 0
    for _, line, values in _records(path, stage):
        row += 1
        if "annotator_kind" in values:
            stage.read()
            said.add(row, line, *_annotation(values))
            continue
        for one in spans(values):
            try:
                table.add(*flat({}, one, row, line))
                found += 1
            except NotASpanError as error:
                stage.read()
                stage.broken(line, error.column, "not_a_span", error.message, error.value)
    stage.read(found)
    if found:
        fill_traces(stage, "root_id")
    if found == LIMIT:
        stage.note(
            f"The file holds exactly {LIMIT:,} spans, Phoenix's default limit: it was very likely cut there, and a"
            " trace may have lost its root. Export again with a higher limit (get_spans_dataframe(limit=...))."
        )
    if said.count:
        said.fill()


def _records(path: Path, stage: Stage) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """Every record, wrapped answers opened; those that are read are counted by whoever takes them."""
    uncounted = _Uncounted(stage)
    for row, line, values in rows_of(path, uncounted):
        inner = values.get("data")
        if isinstance(inner, list) and inner and isinstance(inner[0], dict) and not is_span(values):
            for record in inner:
                yield row, line, record if isinstance(record, dict) else {}
        else:
            yield row, line, values


class _Uncounted:
    """A stage for which reading a record counts nothing yet: an answer of the API holds many."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stage, name)

    def read(self, records: int = 1) -> None:
        """Count nothing."""

    def blank(self, records: int = 1) -> None:
        """A record that holds nothing is read and blank."""
        self._stage.read(records)
        self._stage.blank(records)

    def broken(self, *told: Any) -> None:
        """A record that cannot be read at all is read and waits."""
        self._stage.read()
        self._stage.broken(*told)


def _annotation(values: Mapping[str, Any]) -> tuple[bool, Told]:
    """One annotation: whether a person made it, and the row."""
    result = values.get("result")
    told = result if isinstance(result, dict) else {}
    label = text(values.get("result.label") or told.get("label") or values.get("label"))
    score = text(values.get("result.score") if "result.score" in values else told.get("score", values.get("score")))
    name, span = text(values.get("annotation_name") or values.get("name")), text(values.get("span_id"))
    at = text(values.get("updated_at") or values.get("created_at"))
    by = text(values.get("user_id")) or text(values.get("identifier"))
    if values.get("annotator_kind") == "HUMAN":
        about: Told = {
            "feedback_id": text(values.get("id")) or f"{span}/{name}/{by or ''}", "target_type": "interaction",
            "target_id": span, "user_id": text(values.get("user_id")), "given_at": at,
        }  # fmt: skip
        return True, rating(about, name, label, score)
    kind = "code" if values.get("annotator_kind") == "CODE" else "llm"
    about = {
        "run_id": f"annotations-{(at or '')[:10]}", "run_at": at, "suite": "phoenix annotations", "case_id": span,
        "interaction_id": span, "evaluator_kind": kind, "evaluator": by,
    }  # fmt: skip
    return False, judgement(about, name, label, score)


FORMAT = Format(
    name="phoenix",
    title="Phoenix spans (CSV, Parquet, REST) and annotations",
    facts=("interactions", "model_calls", "feedback", "eval_results"),
    product_field="--product",
    recognise=_recognise,
    parse=_parse,
    fills="a trace as one interaction: person and session from any of its spans, time, duration, tokens of leaf calls,"
    " model, error, documents found, pilot (metadata); every call of a model; from annotations people's ratings and"
    " judges' checks",
    lacks="the product (a project is not in its export), the release, escalation; spans behind the default limit of an"
    " export are missing, which is suspected and said",
)
