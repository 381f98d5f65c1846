import ast
import csv
import json
from pathlib import Path
from typing import Any

import pytest

from loaders.recognise import identify
from tests.loaders.loaded import FORMATS, Loaded

FOLDER = FORMATS / "mlflow"
TRUTH = json.loads((FOLDER / "truth.json").read_text())
LINES = [json.loads(line) for line in (FOLDER / "traces.jsonl").read_text().splitlines()]


def span(name: str, kind: str, parent: str | None = None, **attributes: Any) -> dict[str, Any]:
    """A span as MLflow 3 writes it: attribute values are JSON once more."""
    told = {"mlflow.spanType": kind, **{key.replace("__", "."): value for key, value in attributes.items()}}
    return {
        "span_id": name, "parent_span_id": parent, "status": {"code": "STATUS_CODE_OK"}, "events": [],
        "start_time_unix_nano": 1774848329000001000, "end_time_unix_nano": 1774848330690006000,
        "attributes": {key: json.dumps(value) for key, value in told.items()},
    }  # fmt: skip


def trace(*spans: dict[str, Any], **info: Any) -> dict[str, Any]:
    about = {
        "trace_id": "tr-1",
        "request_time": "2026-03-30T05:25:29Z",
        "state": "OK",
        "trace_metadata": {},
        "tags": {},
    }
    return {"info": about | info, "data": {"spans": list(spans)}}


class File:
    """Traces that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *traces: dict[str, Any]) -> Loaded:
        path = self.folder / "x.bin"
        path.write_text("".join(json.dumps(one) + "\n" for one in traces))
        assert identify(path, None)[0].name == "mlflow"
        return Loaded(path, self.folder / "staged")


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


def test_the_sample_is_what_was_traced(tmp_path: Path) -> None:
    """Traces, errors, people, tokens and thumbs of the run; no prompt and no answer is kept."""
    loaded = Loaded(FOLDER / "traces.jsonl", tmp_path / "s")
    rows = loaded.of("interactions")
    assert len(rows) == TRUTH["traces"]
    assert sum(row["error"] for row in rows) == TRUTH["errors"]
    assert len({row["user_id"] for row in rows}) == TRUTH["users"]
    assert sum(row["input_tokens"] or 0 for row in rows) == TRUTH["input_tokens"]
    assert {key: loaded.totals[key] for key in ("thumbs_up", "thumbs_down")} == {
        key: TRUTH[key] for key in ("thumbs_up", "thumbs_down")
    }
    assert "Frage" not in json.dumps(loaded.rows, default=str)


def test_a_table_of_traces_is_the_traces(tmp_path: Path) -> None:
    """search_traces as CSV holds each trace as JSON in a cell: the same rows come out of it."""
    path = tmp_path / "x.bin"
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["trace_id", "trace", "state", "request_time", "tags"])
        for line in LINES:
            info = line["info"]
            writer.writerow([info["trace_id"], json.dumps(line), info["state"], "", str(ast.literal_eval("{}"))])
    assert identify(path, None)[0].name == "mlflow"
    table, lines = Loaded(path, tmp_path / "a"), Loaded(FOLDER / "traces.jsonl", tmp_path / "b")
    for fact in ("interactions", "model_calls", "feedback"):
        assert [row | {"row": 0} for row in table.of(fact)] == [row | {"row": 0} for row in lines.of(fact)]


def test_tokens_are_mlflows_sum_or_the_calls(file: File) -> None:
    """The trace's own sum counts once; without it the calls of models do, and agents repeat nothing."""
    usage = {"input_tokens": 10, "output_tokens": 3}
    spans = [
        span("r", "AGENT", mlflow__chat__tokenUsage={"input_tokens": 20, "output_tokens": 6}),
        span("a", "CHAT_MODEL", "r", mlflow__chat__tokenUsage=usage, mlflow__llm__model="m-1"),
        span("b", "LLM", "r", mlflow__chat__tokenUsage=usage),
        span("d", "RETRIEVER", "r", mlflow__spanOutputs=[{"page_content": "x"}, {"page_content": "y"}]),
    ]
    (row,) = file.of(trace(*spans)).of("interactions")
    assert (row["input_tokens"], row["output_tokens"], row["retrieved_source_count"]) == (20, 6, 2)
    summed = {"mlflow.trace.tokenUsage": json.dumps({"input_tokens": 7, "output_tokens": 1})}
    loaded = file.of(trace(*spans, trace_metadata=summed))
    assert loaded.of("interactions")[0]["input_tokens"] == 7
    assert {(call["call_id"], call["request_model"]) for call in loaded.of("model_calls")} == {
        ("a", "m-1"),
        ("b", None),
    }


def test_what_people_and_judges_say(file: File) -> None:
    """A person's rating is feedback, a judge's a check of production; what is expected or withdrawn is neither."""
    human, judge = {"source_type": "HUMAN", "source_id": "ann"}, {"source_type": "LLM_JUDGE", "source_id": "j"}
    said = [
        ("thumbs", human, {"feedback": {"value": False}}), ("grounded", judge, {"feedback": {"value": 0.4}}),
        ("safe", judge, {"feedback": {"error": {"error_code": "TIMEOUT"}}}),
        ("expected", human, {"expectation": {"value": "42"}}),
        ("old", human, {"feedback": {"value": True}, "valid": False}),
    ]  # fmt: skip
    entries = [
        {
            "assessment_id": name,
            "assessment_name": name,
            "source": source,
            "create_time": "2026-03-30T06:00:00Z",
            **rest,
        }
        for name, source, rest in said
    ]
    loaded = file.of(trace(assessments=entries))
    (rating,) = loaded.of("feedback")
    assert (rating["name"], rating["verdict"], rating["score"], rating["target_id"]) == (
        "thumbs",
        "failed",
        0.0,
        "tr-1",
    )
    checks = {row["metric_name"]: (row["score"], row["passed"], row["eval_error"]) for row in loaded.of("eval_results")}
    assert checks == {"grounded": (0.4, None, None), "safe": (None, None, "TIMEOUT")}
    assert {row["origin"] for row in loaded.of("eval_results")} == {"production_audit"}


def test_traces_of_version_2_are_read(file: File) -> None:
    """Older traces name request_id, timestamp_ms, status and list their metadata."""
    info = {
        "request_id": "tr-9", "experiment_id": "3", "timestamp_ms": 1774848329000, "execution_time_ms": 1690,
        "status": "ERROR", "request_metadata": [{"key": "mlflow.trace.user", "value": "ann"}],
        "tags": [{"key": "product", "value": "chat"}],
    }  # fmt: skip
    (row,) = file.of({"info": info, "data": {"spans": []}}).of("interactions")
    assert (row["interaction_id"], row["user_id"], row["source_product"]) == ("tr-9", "ann", "chat")
    assert (row["error"], row["duration_ms"]) == (True, 1690)


def test_what_is_no_trace_is_quarantined(file: File) -> None:
    """A record without an id waits with its reason."""
    bad = {"info": {"request_time": "x"}, "data": {}}
    loaded = file.of(trace(), bad)
    assert (loaded.parsed.quarantined, len(loaded.of("interactions"))) == (1, 1)
