import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from loaders.recognise import identify
from tests.loaders.loaded import Loaded


def run(name: str, kind: str, parent: str | None = None, **rest: Any) -> dict[str, Any]:
    """A run as the client writes it: naive UTC, the project under session_id."""
    return {
        "id": name, "name": "ask", "run_type": kind, "trace_id": "t1", "dotted_order": "x", "session_id": "project",
        "parent_run_id": parent, "start_time": "2026-03-02T09:00:00.000001", "end_time": "2026-03-02T09:00:02.000001",
        "error": None, "inputs": {"q": "secret"}, "extra": {}, "tags": [], "prompt_tokens": 0, "completion_tokens": 0,
        "total_cost": None, **rest,
    }  # fmt: skip


class File:
    """Records that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *records: dict[str, Any]) -> Loaded:
        path = self.folder / "x.bin"
        path.write_text("".join(json.dumps(one) + "\n" for one in records))
        assert identify(path, None)[0].name == "langsmith"
        return Loaded(path, self.folder / "staged")


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


def test_root_runs_are_questions_and_model_runs_their_tokens(file: File) -> None:
    """What parents repeat is not added; the project is no conversation; person and thread are of the metadata."""
    about = {"metadata": {"user_id": "ann", "thread_id": "c1", "revision_id": "v7", "ls_model_name": "m-1"}}
    loaded = file.of(
        run("t1", "chain", prompt_tokens=30, completion_tokens=9, total_cost=0.5, extra=about, tags=["product:chat"]),
        run("a", "llm", "t1", prompt_tokens=10, completion_tokens=3, total_cost=0.01, extra=about),
        run("b", "llm", "t1", prompt_tokens=20, completion_tokens=6, total_cost=0.02),
        run("b", "llm", "t1", prompt_tokens=20, completion_tokens=6, total_cost=0.02),
        run("c", "tool", "t1", prompt_tokens=99),
    )
    (row,) = loaded.of("interactions")
    assert (row["input_tokens"], row["output_tokens"], row["cost_microusd"]) == (30, 9, 30_000)
    assert (row["user_id"], row["session_id"], row["service_version"]) == ("ann", "c1", "v7")
    assert (row["source_product"], row["duration_ms"], row["error"]) == ("chat", 2_000, False)
    assert row["occurred_at"] == datetime(2026, 3, 2, 9, 0, 0, 1)
    assert {call["call_id"] for call in loaded.of("model_calls")} == {"a", "b"}
    assert "secret" not in json.dumps(loaded.rows, default=str)


def test_a_lone_model_run_is_its_own_question(file: File) -> None:
    """A root that is a model run counts its own tokens once, and its error by kind and never by text."""
    (row,) = file.of(
        run("t1", "llm", prompt_tokens=5, error="RateLimitError('Frage 1')", extra={"metadata": {}})
    ).of("interactions")  # fmt: skip
    assert (row["input_tokens"], row["error"], row["error_type"]) == (5, True, "RateLimitError")


def test_a_trace_without_its_root_is_ignored_and_said(file: File) -> None:
    """Children alone make no question."""
    loaded = file.of(run("t1", "chain"), run("x", "llm", "gone", trace_id="t2"))
    assert loaded.parsed.ignored_reasons == {"run of a trace whose root is not in the file": 1}
    assert any("no root run" in message for message in loaded.parsed.messages)


def test_feedback_of_people_and_of_models(file: File) -> None:
    """A person's score is feedback on the trace; an evaluator's a check of production."""
    said = [
        {"id": "f", "run_id": "r", "trace_id": "t1", "key": "thumbs", "score": 0, "value": None, "comment": "x",
         "created_at": "2026-03-02T10:00:00", "feedback_source": {"type": "app", "user_id": "ann"}},
        {"id": "g", "run_id": "r", "trace_id": "t1", "key": "correctness", "score": 1, "value": None, "comment": "",
         "created_at": "2026-03-02T10:00:00", "feedback_source": {"type": "model"}},
    ]  # fmt: skip
    loaded = file.of(*said)
    (rating,) = loaded.of("feedback")
    assert (rating["verdict"], rating["target_type"], rating["target_id"]) == ("failed", "trace", "t1")
    (check,) = loaded.of("eval_results")
    assert (check["metric_name"], check["passed"], check["origin"]) == ("correctness", True, "production_audit")


def test_an_experiment_is_a_table_of_scores(tmp_path: Path) -> None:
    """The CSV of an experiment: inputs and outputs are no metrics, feedback keys are."""
    path = tmp_path / "x.bin"
    path.write_text("inputs.question,outputs.answer,reference_outputs.answer,correctness,latency,total_tokens\n"
                    "a,b,c,1,0.5,10\nd,e,f,0,0.4,12\n")  # fmt: skip
    assert identify(path, None)[0].name == "langsmith"
    rows = Loaded(path, tmp_path / "s", run_at="2026-03-02T10:00:00Z").of("eval_results")
    assert [(row["metric_name"], row["passed"]) for row in rows if row["metric_name"] != "overall"] == [
        ("correctness", True), ("correctness", False),
    ]  # fmt: skip
