import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from loaders.format import Refused
from loaders.head import read_head
from loaders.recognise import identify
from metrics.views import CHECKED
from tests.loaders.loaded import FORMATS, Loaded

FOLDER = FORMATS / "inspect_ai"
TRUTH = json.loads((FOLDER / "truth.json").read_text())
STATUS = {"success.eval": "success", "some_errors.eval": "success", "cancelled.json": "cancelled",
          "killed.eval": "unfinished"}  # fmt: skip


def log(*samples: dict[str, Any], metrics: list[str] | None = None, **rest: Any) -> dict[str, Any]:
    spec = {
        "eval_id": "e1", "created": "2026-03-02T10:00:00+01:00", "task": "t", "task_version": 3, "model": "m",
        "dataset": {"samples": len(samples)}, "config": {}, "metadata": {"product": "chat", "prompt_version": "p7"},
        "scorers": [{"name": "s", "metrics": [{"name": name} for name in metrics or ()]}],
    }  # fmt: skip
    return {"version": 2, "status": "success", "eval": spec, "results": None, "samples": list(samples), **rest}


def sample(value: object, case: object = 1, **rest: Any) -> dict[str, Any]:
    return {"id": case, "epoch": 1, "scores": {"s": {"value": value}}, **rest}


class File:
    """A log that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, document: dict[str, Any], **values: str) -> Loaded:
        path = self.folder / "x.bin"
        path.write_text(json.dumps(document))
        assert identify(path, None)[0].name == "inspect_ai"
        return Loaded(path, self.folder / "staged", **values)


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


@pytest.mark.parametrize("name", TRUTH)
def test_the_samples_are_what_was_run(name: str, tmp_path: Path) -> None:
    """Verdicts, epochs, errors and tokens of each log, and how its run ended, whatever packs it."""
    path = tmp_path / "x.bin"
    path.write_bytes((FOLDER / name).read_bytes())
    loaded = Loaded(path, tmp_path / "s")
    assert {key: loaded.totals[key] for key in TRUTH[name]} == TRUTH[name]
    assert {row["run_status"] for row in loaded.of("eval_results")} == {STATUS[name]}
    if name == "success.eval":
        assert {row["source_product"] for row in loaded.of("eval_results")} == {"corp-chat"}
    else:
        assert loaded.parsed.messages


@pytest.mark.parametrize("status", ["cancelled", "error", "unfinished", "started"])
def test_a_run_that_did_not_end_counts_nowhere(status: str) -> None:
    """What metrics count as a check leaves out the results of every such run."""
    assert f"'{status}'" in CHECKED


@pytest.mark.parametrize(
    ("value", "score", "passed"),
    [("C", 1.0, True), ("I", 0.0, False), ("P", 0.5, None), ("N", 0.0, False), (True, 1.0, True), ("no", 0.0, False),
     (0.25, 0.25, None), (1, 1.0, None)],
)  # fmt: skip
def test_values_of_every_kind(value: object, score: float, passed: bool | None, file: File) -> None:
    """Letters, flags and words are verdicts; a number is graded."""
    _, check = file.of(log(sample(value))).of("eval_results")
    assert (check["score"], check["passed"]) == (score, passed)


def test_numbers_are_verdicts_where_an_accuracy_is_reported(file: File) -> None:
    """A scorer with an accuracy knows only all or nothing; of another a bar that somebody says decides."""
    assert file.of(log(sample(1), metrics=["inspect_ai/accuracy"])).of("eval_results")[1]["passed"] is True
    rows = file.of(log(sample(0.8), metrics=["mean"]), threshold="0.7").of("eval_results")
    assert (rows[1]["passed"], rows[1]["threshold"]) == (True, 0.7)


def test_a_score_may_hold_several(file: File) -> None:
    """Named and listed values are metrics of their own."""
    names = [
        row["metric_name"]
        for row in file.of(log(sample({"a": "C", "b": 0.5}), sample(["C", "I"], 2))).of("eval_results")
    ]
    assert names == ["overall", "s.a", "s.b", "overall", "s.0", "s.1"]


def test_what_a_log_says_of_itself(file: File) -> None:
    """Task, its version as number or text, model, time with its offset, product and prompt of the metadata."""
    row = file.of(log(sample("C", "case-1", total_time=1.5))).of("eval_results")[0]
    assert (row["suite"], row["suite_version"], row["request_model"]) == ("t", "3", "m")
    assert (row["run_at"].isoformat(), row["source_product"]) == ("2026-03-02T09:00:00", "chat")
    assert (row["prompt_version"], row["case_id"], row["duration_ms"]) == ("p7", "case-1", 1500)


def test_a_sample_that_crashed_is_no_failure(file: File) -> None:
    """Its error is kept, its verdict is none."""
    (row,) = file.of(log({"id": 1, "epoch": 1, "error": {"message": "RuntimeError('x')"}})).of("eval_results")
    assert (row["passed"], row["eval_error"]) == (None, "RuntimeError('x')")


def test_a_log_packed_the_usual_way_and_a_broken_one(tmp_path: Path) -> None:
    """Members may be deflated; a log whose header is no JSON is refused by the member's name."""
    path = tmp_path / "x.bin"
    document = log(sample("C"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_journal/start.json", json.dumps({"eval": document["eval"]}))
        archive.writestr("summaries.json", json.dumps(document["samples"]))
        archive.writestr("header.json", json.dumps({**document, "samples": None}))
    assert "header.json" in read_head(path).members
    assert len(Loaded(path, tmp_path / "s").of("eval_results")) == 2
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_journal/start.json", "{")
    with pytest.raises(Refused, match=r"start\.json of the log is not JSON"):
        Loaded(path, tmp_path / "t")
