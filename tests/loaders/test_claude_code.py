import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from loaders.format import Refused
from loaders.head import read_head
from loaders.recognise import identify
from tests.loaders.loaded import FORMATS, Loaded

FOLDER = FORMATS / "claude_code"
TRUTH = json.loads((FOLDER / "truth.json").read_text())


def line(kind: str, at: int, content: object = "", **rest: Any) -> dict[str, Any]:
    """A line of a transcript, so many seconds after ten."""
    about = {
        "type": kind, "uuid": f"u{at}", "parentUuid": None, "sessionId": "s1", "isSidechain": False, "version": "2.0.1",
        "timestamp": f"2026-03-02T10:{at // 60:02}:{at % 60:02}.000Z",
    }  # fmt: skip
    return {**about, "message": {"role": kind, "content": content}, **rest}


def answer(at: int, name: str, tokens: tuple[int, int, int, int], **rest: Any) -> dict[str, Any]:
    """A line of an answer: its id, and its input, cache writing, cache reading and output tokens."""
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
    message = {"id": name, "model": "claude-x", "content": [], "usage": dict(zip(names, tokens, strict=True))}
    return line("assistant", at, requestId=f"r-{name}", message=message, **rest)


@pytest.fixture
def file(tmp_path: Path) -> "File":
    return File(tmp_path)


class File:
    """A file that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *documents: dict[str, Any], **values: str) -> Loaded:
        path = self.folder / "x.bin"
        path.write_text("".join(json.dumps(one) + "\n" for one in documents))
        assert identify(path, None)[0].name == "claude_code"
        return Loaded(path, self.folder / "staged", **values)


@pytest.mark.parametrize("name", TRUTH)
def test_the_samples_are_told_as_they_were_written(name: str, tmp_path: Path) -> None:
    """Prompts, calls and tokens of transcripts counted by hand; what is no transcript's line is quarantined."""
    loaded = Loaded(FOLDER / name, tmp_path / "s")
    assert {key: loaded.totals[key] for key in TRUTH[name]} == TRUTH[name]
    assert any("does not say whose" in message for message in loaded.parsed.messages)


def test_a_streamed_answer_counts_once(file: File) -> None:
    """Lines that repeat an answer's id and request repeat its tokens: the last of them are the answer's."""
    loaded = file.of(
        line("user", 0, "why?"),
        answer(5, "m1", (10, 20, 30, 1)),
        answer(6, "m1", (10, 20, 30, 40)),
        answer(9, "m2", (5, 0, 0, 2)),
        user_id="ann",
    )
    (row,) = loaded.of("interactions")
    assert (row["input_tokens"], row["output_tokens"], row["duration_ms"]) == (65, 42, 9_000)
    assert (row["user_id"], row["session_id"], row["source_product"]) == ("ann", "s1", "claude-code")
    assert (row["request_model"], row["service_version"], row["error"]) == ("claude-x", "2.0.1", False)
    calls = {call["call_id"]: (call["input_tokens"], call["cache_read_input_tokens"]) for call in
             loaded.of("model_calls")}  # fmt: skip
    assert calls == {"m1/r-m1": (60, 30), "m2/r-m2": (5, 0)}


def test_only_what_a_person_wrote_is_a_prompt(file: File) -> None:
    """Results of tools, tasks of sub-agents, local commands and notes of the program are none, and each is named."""
    loaded = file.of(
        line("user", 0, [{"type": "text", "text": "go"}]),
        line("user", 1, [{"type": "tool_result", "content": "x"}]),
        line("user", 2, "look around", isSidechain=True),
        answer(3, "m1", (1, 0, 0, 1), isSidechain=True),
        line("user", 4, "<command-name>/clear</command-name>"),
        line("user", 5, "Caveat", isMeta=True),
        line("user", 6, "[Request interrupted by user]"),
        line("system", 7, "x"),
        {"type": "summary", "summary": "t", "leafUuid": "u3"},
    )
    assert [row["interaction_id"] for row in loaded.of("interactions")] == ["u0"]
    assert loaded.parsed.ignored_reasons == {
        "result of a tool": 1, "task given to a sub-agent": 1, "local command or note of the program": 3,
        "system line": 1, "summary line": 1,
    }  # fmt: skip
    assert [call["interaction_id"] for call in loaded.of("model_calls")] == ["u0"]


def test_an_error_is_the_last_word_s(file: File) -> None:
    """A prompt ends in an error when its last answer is one; an unanswered one says nothing of errors."""
    bad = {"id": "e", "model": "<synthetic>", "content": [], "usage": {}}
    loaded = file.of(
        line("user", 0, "a"), line("assistant", 1, message=bad, isApiErrorMessage=True), answer(2, "m1", (1, 0, 0, 1)),
        line("user", 3, "b"), line("assistant", 4, message={**bad, "id": "f"}, isApiErrorMessage=True),
        line("user", 5, "c"),
    )  # fmt: skip
    errors = {row["interaction_id"]: row["error"] for row in loaded.of("interactions")}
    assert errors == {"u0": False, "u3": True, "u5": None}


# OpenTelemetry ------------------------------------------------------------------------------------------------------
def attributes(**told: str) -> list[dict[str, Any]]:
    return [{"key": key.replace("__", "."), "value": {"stringValue": value}} for key, value in told.items()]


def event(name: str, second: int, **told: str) -> dict[str, Any]:
    """A log record of an event; names are written with two underscores for a dot."""
    about = {"event__name": name, "session__id": "s1", "user__email": "ann@corp.example"}
    about["event__timestamp"] = f"2026-03-02T10:00:{second:02}.000Z"
    return {
        "timeUnixNano": "1",
        "body": {"stringValue": f"claude_code.{name}"},
        "attributes": attributes(**about, **told),
    }


def logs(*records: dict[str, Any]) -> dict[str, Any]:
    resource = {"attributes": attributes(service__name="claude-code", service__version="2.0.1")}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": list(records)}]}]}


def test_events_tell_the_person_and_the_dollars(file: File) -> None:
    """A prompt with its calls by prompt id; cached tokens are input; tools and decisions are ignored by name."""
    call = {"model": "claude-x", "output_tokens": "7", "duration_ms": "900"}
    loaded = file.of(
        logs(
            event("user_prompt", 0, prompt__id="p1", prompt_length="12"),
            event(
                "api_request", 2, prompt__id="p1", cost_usd="0.0125", input_tokens="10", cache_read_tokens="90", **call
            ),
            event("tool_result", 3, prompt__id="p1", success="true"),
        ),
        logs(
            event("api_error", 4, prompt__id="p1", status_code="529", model="claude-x"),
            event("user_prompt", 5, prompt__id="p2"),
        ),
    )
    rows = {row["interaction_id"]: row for row in loaded.of("interactions")}
    assert set(rows) == {"p1", "p2"}
    first = rows["p1"]
    assert (first["user_id"], first["input_tokens"], first["output_tokens"]) == ("ann@corp.example", 100, 7)
    assert (first["cost_microusd"], first["cost_basis"]) == (12_500, "reported")
    assert (first["error"], first["error_type"], first["service_version"]) == (True, "529", "2.0.1")
    assert first["occurred_at"] == datetime(2026, 3, 2, 10)
    assert loaded.parsed.ignored_reasons == {"event tool_result": 1}


def test_metrics_without_events_are_sums_of_days(file: File) -> None:
    """Tokens of every kind and dollars by day, person and model; no interaction is made of them."""

    def metric(name: str, value: float, **told: str) -> dict[str, Any]:
        at = {"startTimeUnixNano": "1772409600000000000", "timeUnixNano": "1772445600000000000"}
        point = {**at, "asDouble": value, "attributes": attributes(user__email="ann@corp.example", model="m", **told)}
        return {"name": name, "sum": {"aggregationTemporality": 1, "dataPoints": [point]}}

    metrics = [metric("claude_code.token.usage", 10, type=kind) for kind in ("input", "cacheRead", "cacheCreation")]
    metrics += [metric("claude_code.token.usage", 4, type="output"), metric("claude_code.cost.usage", 0.25)]
    metrics += [metric("claude_code.session.count", 1)]
    resource = {"attributes": attributes(service__name="claude-code")}
    loaded = file.of({"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": metrics}]}]})
    (row,) = loaded.of("usage_daily")
    assert (row["day"], row["user_id"], row["request_model"]) == (date(2026, 3, 2), "ann@corp.example", "m")
    assert (row["input_tokens"], row["output_tokens"], row["cost_microusd"]) == (30, 4, 250_000)
    assert loaded.of("interactions") == []


def test_logs_of_others_are_not_taken(tmp_path: Path) -> None:
    """OTLP logs that hold no event of Claude Code are none of its."""
    path = tmp_path / "x"
    path.write_text(json.dumps(logs({"body": {"stringValue": "hello"}, "attributes": []})))
    assert read_head(path).kind == "json"
    with pytest.raises(Refused):
        Loaded(path, tmp_path / "s")
