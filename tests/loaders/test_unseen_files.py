"""Files after the tools' documentation that no loader was written against, with truths counted by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from loaders.recognise import identify
from tests.loaders.loaded import Loaded


def attributes(**stated: str | int) -> list[dict[str, Any]]:
    """Attributes as OTLP has them."""
    return [
        {
            "key": name.replace("__", "."),
            "value": {"stringValue": value} if isinstance(value, str) else {"intValue": value},
        }
        for name, value in stated.items()
    ]


def span(number: int, parent: int | None, **stated: str | int) -> dict[str, Any]:
    """A span of one trace."""
    about = {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": f"{number:016x}", "name": f"step {number}",
             "startTimeUnixNano": "1772445600000000000", "endTimeUnixNano": "1772445602000000000",
             "attributes": attributes(**stated), "status": {}}  # fmt: skip
    return about if parent is None else about | {"parentSpanId": f"{parent:016x}"}


BATCH = {
    "resource": {"attributes": attributes(service__name="kb")},
    "scopeSpans": [{"scope": {"name": "x"}, "spans": [
        span(1, None, user__id="ann", session__id="s1"),
        span(2, 1, gen_ai__operation__name="invoke_agent", gen_ai__usage__input_tokens=70),
        span(3, 2, gen_ai__operation__name="chat", gen_ai__usage__input_tokens=70, gen_ai__usage__output_tokens=9),
    ]}],
}  # fmt: skip


@pytest.mark.parametrize("document", [{"batches": [BATCH]}, {"trace": {"resourceSpans": [BATCH]}}])
def test_a_trace_as_tempo_answers_it(document: dict[str, Any], tmp_path: Path) -> None:
    """Both versions of its API wrap the same spans: one interaction, the tokens of its leaf."""
    path = tmp_path / "x.bin"
    path.write_text(json.dumps(document))
    assert identify(path, None)[0].name == "otlp_genai"
    totals = Loaded(path, tmp_path / "s").totals
    assert {name: totals[name] for name in ("interactions", "distinct_users", "input_tokens", "output_tokens")} == {
        "interactions": 1, "distinct_users": 1, "input_tokens": 70, "output_tokens": 9,
    }  # fmt: skip


def test_runs_as_the_langsmith_client_writes_them(tmp_path: Path) -> None:
    """Every field of the client's model, most of them empty; the roots' tokens are roll-ups of their model's."""
    runs = []
    for root, who, error, prompt in ((1, "ann", None, 30), (3, "bob", "TimeoutError()", 100)):
        for number, kind, parent in ((root, "chain", None), (root + 1, "llm", root)):
            runs.append({
                "id": f"{number:08d}-0000-4000-8000-000000000000", "name": kind, "run_type": kind,
                "start_time": f"2026-03-02T10:0{number}:00.123456", "end_time": f"2026-03-02T10:0{number}:02",
                "extra": {"metadata": {"user_id": who, "thread_id": f"t{root}"}, "runtime": {}}, "serialized": None,
                "error": error if kind == "chain" else None, "events": [], "inputs": {}, "outputs": None,
                "reference_example_id": None, "tags": ["product:kb"], "session_id": "p", "child_run_ids": None,
                "parent_run_id": None if parent is None else f"{parent:08d}-0000-4000-8000-000000000000",
                "trace_id": f"{root:08d}-0000-4000-8000-000000000000", "dotted_order": f"2026{number}",
                "status": "error" if error and kind == "chain" else "success", "prompt_tokens": prompt,
                "completion_tokens": 5, "total_tokens": prompt + 5, "total_cost": "0.0011", "feedback_stats": None,
            })  # fmt: skip
    path = tmp_path / "x.bin"
    path.write_text(json.dumps(runs, indent=1))
    assert identify(path, None)[0].name == "langsmith"
    totals = Loaded(path, tmp_path / "s").totals
    wanted = {"interactions": 2, "distinct_users": 2, "distinct_sessions": 2, "input_tokens": 130, "output_tokens": 10,
              "cost_microusd": 2200, "errors": 1, "model_calls": 2}  # fmt: skip
    assert {name: totals[name] for name in wanted} == wanted


def test_a_suite_of_a_runner_that_states_no_time(tmp_path: Path) -> None:
    """Surefire's suites have no timestamp: it is said by hand; an error is no failure, a skipped test is left out."""
    path = tmp_path / "x.bin"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="com.x.KbTest" time="3.1" tests="4" errors="1"'
        ' skipped="1" failures="1"><properties><property name="java.version" value="21"/></properties>'
        '<testcase name="a" classname="c" time="1.0"/><testcase name="b" classname="c" time="1.0"><failure message="no"'
        ' type="E">x</failure></testcase><testcase name="c" classname="c" time="1.0"><error type="IO">x</error>'
        '</testcase><testcase name="d" classname="c" time="0"><skipped/></testcase></testsuite>'
    )
    totals = Loaded(path, tmp_path / "s", run_at="2026-03-02T10:00:00Z").totals
    assert (totals["passed"], totals["failed"], totals["errored"], totals["skipped"]) == (1, 1, 1, 1)
