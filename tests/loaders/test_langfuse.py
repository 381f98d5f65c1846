import json
from pathlib import Path
from typing import Any

import pytest

from loaders.recognise import identify
from tests.loaders.loaded import FORMATS, Loaded

FOLDER = FORMATS / "langfuse"
TRUTH = json.loads((FOLDER / "truth.json").read_text())
USE = ("interactions", "errors", "distinct_users", "distinct_sessions", "model_calls", "input_tokens", "output_tokens",
       "cost_microusd")  # fmt: skip


class File:
    """Records that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *records: dict[str, Any]) -> Loaded:
        path = self.folder / "x.bin"
        path.write_text("".join(json.dumps(one) + "\n" for one in records))
        return Loaded(path, self.folder / "staged", "langfuse")


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


@pytest.mark.parametrize("name", ["observations.csv", "api.json", "traces.json", "scores.jsonl"])
def test_every_spelling_is_known(name: str, tmp_path: Path) -> None:
    """The blob export's snake_case, the API's camelCase, the UI's traces and the scores, under any name."""
    path = tmp_path / "x.bin"
    path.write_bytes((FOLDER / name).read_bytes())
    assert identify(path, None)[0].name == "langfuse"


@pytest.mark.parametrize("name", ["observations.csv", "api.json"])
def test_tokens_and_dollars_are_those_of_the_calls(name: str, tmp_path: Path) -> None:
    """What the root repeats is not added, a row that a retried export repeats counts once, errors are the root's."""
    loaded = Loaded(FOLDER / name, tmp_path / "s")
    assert {key: loaded.totals[key] for key in USE} == {key: TRUTH[key] for key in USE}
    rows = loaded.of("interactions")
    assert sum(row["pilot_id"] == "legal" for row in rows) == TRUTH["pilot"]
    assert {row["source_product"] for row in rows} == {"corp-chat", "kb-search"}
    assert {row["service_version"] for row in rows} == {"1.4"}
    assert all(1_000 <= row["duration_ms"] <= 20_000 for row in rows)


def test_traces_alone_say_who_and_when(tmp_path: Path) -> None:
    """The UI's export holds no observations: people and sessions are told, errors and tokens are unknown, and said."""
    loaded = Loaded(FOLDER / "traces.json", tmp_path / "s")
    assert loaded.totals["distinct_users"] == TRUTH["distinct_users"]
    assert {row["error"] for row in loaded.of("interactions")} == {None}
    assert any("no observations" in message for message in loaded.parsed.messages)
    assert "secret" not in json.dumps(loaded.rows, default=str)


def test_scores_of_people_and_of_evaluators(tmp_path: Path) -> None:
    """Ratings are feedback on the trace; what an evaluator says is a check of production."""
    loaded = Loaded(FOLDER / "scores.jsonl", tmp_path / "s")
    verdicts = [row["verdict"] for row in loaded.of("feedback")]
    assert (verdicts.count("confirmed"), verdicts.count("failed")) == (TRUTH["up"], TRUTH["down"])
    checks = loaded.of("eval_results")
    assert (len(checks), sum(row["passed"] is False for row in checks)) == (TRUTH["judged"], TRUTH["hallucinated"])
    assert {row["origin"] for row in checks} == {"production_audit"}


def score(**rest: Any) -> dict[str, Any]:
    return {"id": "s", "traceId": "t", "name": "n", "dataType": "NUMERIC", "source": "API", "value": 0.4,
            "timestamp": "2026-03-02T09:00:00Z", **rest}  # fmt: skip


def test_a_graded_score_of_a_person_is_no_verdict(file: File) -> None:
    """Four of five stars say nothing by themselves: a rule may; a score of a session points at the session."""
    rows = file.of(score(), score(id="u", traceId=None, sessionId="c")).of("feedback")
    assert [(row["verdict"], row["target_type"], row["score"]) for row in rows] == [
        (None, "trace", 0.4), (None, "session", 0.4),
    ]  # fmt: skip


def observation(**rest: Any) -> dict[str, Any]:
    return {"id": "o", "traceId": "t", "type": "GENERATION", "startTime": "2026-03-02T09:00:00Z", "level": "DEFAULT",
            "parentObservationId": None, **rest}  # fmt: skip


def test_latency_is_in_seconds_where_no_end_is_told(file: File) -> None:
    """Start and end decide; without an end the latency counts, in seconds."""
    ended = file.of(observation(endTime="2026-03-02T09:00:02Z", latency=2000)).of("model_calls")
    told = file.of(observation(latency=1.5)).of("model_calls")
    assert (ended[0]["duration_ms"], told[0]["duration_ms"]) == (2_000, 1_500)


def test_a_trace_without_its_root_is_said(file: File) -> None:
    """Whether it failed is not known, and that is said."""
    loaded = file.of(observation(parentObservationId="elsewhere"))
    assert loaded.of("interactions")[0]["error"] is None
    assert any("no root observation" in message for message in loaded.parsed.messages)


def test_what_is_no_record_is_quarantined(file: File) -> None:
    """A record of nothing that Langfuse writes waits with its reason."""
    loaded = file.of(observation(), {"hello": "world"})
    assert (loaded.parsed.quarantined, len(loaded.of("interactions"))) == (1, 1)


def test_a_trace_that_states_sums_is_believed_where_no_calls_are_told(file: File) -> None:
    """The UI's newer exports sum the usage of each trace: it counts alone, and not beside the trace's own calls. The
    worst level of its observations is no failure of the whole.
    """
    about = {"timestamp": "2026-03-02T10:00:00Z", "name": "ask", "userId": "ann", "sessionId": "s", "bookmarked": False,
             "tags": [], "level": "ERROR"}  # fmt: skip
    sums = {"usage": {"promptTokens": 30, "completionTokens": 5, "totalTokens": 35}, "totalCost": 0.003}
    call = {"id": "o1", "traceId": "t2", "type": "GENERATION", "startTime": "2026-03-02T10:00:01Z", "level": "DEFAULT",
            "parentObservationId": None, "usageDetails": {"input": 7, "output": 2}, "totalCost": 0.001}  # fmt: skip
    loaded = file.of({"id": "t1", **about, **sums}, {"id": "t2", **about, **sums}, call)
    rows = {row["interaction_id"]: row for row in loaded.of("interactions")}
    told = {name: (row["input_tokens"], row["output_tokens"], row["cost_microusd"]) for name, row in rows.items()}
    assert told == {"t1": (30, 5, 3000), "t2": (7, 2, 1000)}
    assert {row["error"] for row in rows.values()} == {None, False}
