import json
from pathlib import Path
from typing import Any

import pytest

from loaders.format import Refused
from loaders.recognise import identify
from tests.loaders.loaded import FORMATS, Loaded

FOLDER = FORMATS / "deepeval"
TRUTH = json.loads((FOLDER / "truth.json").read_text())
AT = "2026-11-22T16:03:06Z"


def case(name: str, *metrics: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"name": name, "input": name, "success": all(m["success"] for m in metrics), "metricsData": metrics, **rest}


def metric(name: str, success: bool, **rest: Any) -> dict[str, Any]:
    return {"name": name, "success": success, "threshold": 0.5, **rest}


class File:
    """A run that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *cases: dict[str, Any], **rest: Any) -> Loaded:
        run = {"testCases": cases, "metricsScores": [], "testPassed": 0, "testFailed": 0, "hyperparameters": {}, **rest}
        path = self.folder / "x.bin"
        path.write_text(json.dumps(run))
        return Loaded(path, self.folder / "staged", run_at=AT)


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_sample_is_what_was_run(wrapped: bool, tmp_path: Path) -> None:
    """Verdicts by metric and by case are DeepEval's, however the run is wrapped; a failed judge is an error."""
    run = json.loads((FOLDER / "latest_run_full.json").read_text())
    path = tmp_path / "x.bin"
    path.write_text(json.dumps({"testRunData": run} if wrapped else run))
    assert identify(path, None)[0].name == "deepeval"
    loaded = Loaded(path, tmp_path / "s", run_at=AT)
    assert {key: loaded.totals[key] for key in TRUTH} == TRUTH
    faithful = [row for row in loaded.of("eval_results") if row["metric_name"] == "Faithfulness (custom)"]
    broken = [row for row in faithful if row["eval_error"]]
    assert (len(broken), {row["score"] for row in broken}, {row["passed"] for row in broken}) == (5, {None}, {None})
    assert sum(row["score"] for row in faithful if row["score"] is not None) / 25 == pytest.approx(0.498)
    assert {row["request_model"] for row in faithful} == {"fake-1"}
    assert {row["prompt_version"] for row in faithful} == {"p3"}


def test_of_some_metrics_less_is_better(file: File) -> None:
    """A low score of hallucination passed because DeepEval says so: scores are never compared here."""
    rows = file.of(case("a", metric("Hallucination", True, score=0.1), metric("Bias", False, score=0.9))).of(
        "eval_results"
    )
    assert [(row["metric_name"], row["passed"], row["error_type"]) for row in rows] == [
        ("overall", False, None), ("Hallucination", True, None), ("Bias", False, "unsafe"),
    ]  # fmt: skip


def test_a_judge_that_failed_fails_no_case(file: File) -> None:
    """A case that fails by nothing but its judge is an error of the evaluation, and that is said."""
    loaded = file.of(case("a", metric("Correctness", False, error="ValueError: bad JSON\nmore"), metric("X", True)))
    whole, broken, _ = loaded.of("eval_results")
    assert whole["passed"] is None
    assert whole["eval_error"] == broken["eval_error"] == "ValueError: bad JSON"
    assert any("judges that could not judge" in message for message in loaded.parsed.messages)


def test_one_name_for_different_cases_is_told_apart(file: File) -> None:
    """Cases of one name with other inputs are other cases; the same case again is an epoch."""
    cases = [case("a"), case("a"), case("a", input="else")]
    rows = file.of(*cases).of("eval_results")
    assert len({row["case_id"] for row in rows}) == 2
    assert sorted(row["epoch"] for row in rows) == [0, 0, 1]


def test_the_time_is_asked_for_and_the_cache_is_refused(tmp_path: Path) -> None:
    """A run does not say when it ran; the cache is no run, and is refused by name with what to load."""
    with pytest.raises(Refused, match="does not say when"):
        Loaded(FOLDER / "latest_run_full.json", tmp_path / "s")
    with pytest.raises(Refused, match="cache of judgements") as refused:
        Loaded(FOLDER / "deepeval-cache.json", tmp_path / "t")
    assert ".latest_run_full.json" in refused.value.remedy
