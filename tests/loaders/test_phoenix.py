import csv
import json
from pathlib import Path
from typing import Any

import pytest

from loaders.phoenix import LIMIT
from loaders.recognise import identify
from tests.loaders.loaded import FORMATS, Loaded

FOLDER = FORMATS / "phoenix"
TRUTH = json.loads((FOLDER / "truth.json").read_text())
SAID = TRUTH.pop("said")


def span(name: str, kind: str, parent: str | None = None, trace: str = "a", **attributes: Any) -> dict[str, Any]:
    """A span as the REST interface gives it."""
    told = {key.replace("__", "."): value for key, value in attributes.items()}
    return {
        "name": name, "context": {"trace_id": trace * 32, "span_id": name * 16}, "span_kind": kind, "status_code": "OK",
        "parent_id": parent * 16 if parent else None, "start_time": "2026-03-27T21:52:54.000001+00:00",
        "end_time": "2026-03-27T21:52:55.000001+00:00", "attributes": told, "events": [],
    }  # fmt: skip


class File:
    """Spans that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *spans: dict[str, Any]) -> Loaded:
        path = self.folder / "x.bin"
        path.write_text(json.dumps({"data": list(spans), "next_cursor": None}))
        assert identify(path, None)[0].name == "phoenix"
        return Loaded(path, self.folder / "staged")


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


@pytest.mark.parametrize("name", ["spans.csv", "spans_rest.jsonl", "spans_otlp_rest.jsonl"])
def test_every_export_tells_the_same_traces(name: str, tmp_path: Path) -> None:
    """Interactions, errors, people, sessions and tokens of the data frame with its repeated column, of REST, and of the
    interface that only looks like OTLP.
    """
    path = tmp_path / "x.bin"
    path.write_bytes((FOLDER / name).read_bytes())
    loaded = Loaded(path, tmp_path / "s")
    assert loaded.parsed.format == "phoenix"
    assert {key: loaded.totals[key] for key in TRUTH} == TRUTH
    assert "Frage" not in json.dumps(loaded.rows, default=str)


def test_agents_and_chains_repeat_no_tokens(file: File) -> None:
    """Only leaf calls count; person, session and pilot may stand on any span of the trace."""
    counts = {"llm__token_count__prompt": 12.0, "llm__token_count__completion": 3.0, "llm__model_name": "m-1"}
    loaded = file.of(
        span("b", "LLM", "a", **counts), span("a", "AGENT", **counts),
        span("c", "TOOL", "a", user__id="ann", session__id="s1", metadata='{"pilot": "legal"}'),
    )  # fmt: skip
    (row,) = loaded.of("interactions")
    assert (row["input_tokens"], row["output_tokens"], row["request_model"]) == (12, 3, "m-1")
    assert (row["user_id"], row["session_id"], row["pilot_id"]) == ("ann", "s1", "legal")
    assert row["interaction_id"] == "a" * 16


def test_a_retriever_that_lists_nothing_found_nothing(file: File) -> None:
    """Documents are counted where they are listed, none where a retriever lists none; no retriever says nothing."""
    documents = {f"retrieval__documents__{n}__document__id": "d" for n in range(3)}
    rows = file.of(
        span("a", "RETRIEVER", **documents), span("b", "RETRIEVER", trace="b"), span("c", "LLM", trace="c")
    ).of("interactions")  # fmt: skip
    assert {row["interaction_id"][0]: row["retrieved_source_count"] for row in rows} == {"a": 3, "b": 0, "c": None}


def test_an_export_cut_at_its_default_limit_is_suspected(file: File) -> None:
    """Exactly a thousand spans is what Phoenix gives when nobody says otherwise: that is said."""
    spans = [
        span("a", "LLM") | {"context": {"trace_id": f"{n:032x}", "span_id": f"{n:016x}"}} for n in range(1, LIMIT + 1)
    ]
    assert any("default limit" in message for message in file.of(*spans).parsed.messages)
    assert not any("default limit" in message for message in file.of(*spans[1:]).parsed.messages)


def test_annotations_point_at_the_root_of_their_trace(tmp_path: Path) -> None:
    """People's thumbs are feedback and the judge's labels checks, each of an interaction that the spans tell."""
    said, spans = Loaded(FOLDER / "annotations.csv", tmp_path / "a"), Loaded(FOLDER / "spans.csv", tmp_path / "b")
    assert {key: said.totals[key] for key in SAID} == SAID
    known = {row["interaction_id"] for row in spans.of("interactions")}
    assert {row["target_id"] for row in said.of("feedback")} <= known
    assert {row["interaction_id"] for row in said.of("eval_results")} <= known
    with (FOLDER / "annotations.csv").open(newline="") as file:
        labels = {row["span_id"]: row["result.label"] for row in csv.DictReader(file) if row["annotator_kind"] == "LLM"}
    for row in said.of("eval_results"):
        assert row["passed"] == (labels[row["interaction_id"]] == "factual")
        assert row["error_type"] == (None if row["passed"] else "unsupported")


def test_annotations_of_the_rest_interface(tmp_path: Path) -> None:
    """Nested results are read as the data frame's columns are; a score without a label decides only at 0 and 1."""
    notes = [
        {"id": str(n), "span_id": "a" * 16, "name": "quality", "annotator_kind": kind,
         "created_at": "2026-03-27T10:00:00Z", "result": {"label": None, "score": score, "explanation": "x"}}
        for n, (kind, score) in enumerate((("HUMAN", 1), ("LLM", 0.5), ("CODE", 0)))
    ]  # fmt: skip
    path = tmp_path / "x.bin"
    path.write_text(json.dumps({"data": notes}))
    loaded = Loaded(path, tmp_path / "s")
    assert loaded.of("feedback")[0]["verdict"] == "confirmed"
    assert [(row["evaluator_kind"], row["passed"]) for row in loaded.of("eval_results")] == [
        ("llm", None),
        ("code", False),
    ]


def test_a_span_without_a_trace_is_quarantined(file: File) -> None:
    """What cannot be told to a trace waits with its reason."""
    loaded = file.of(span("a", "LLM"), span("b", "LLM") | {"context": {"span_id": "b" * 16}})
    assert (loaded.parsed.quarantined, len(loaded.of("interactions"))) == (1, 1)
