"""The ten facts of export formats that decide whether our numbers are right, each on files of every format it is about.
A test here is never weakened.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from loaders.head import read_head
from loaders.recognise import rank
from tests.exports.values import told
from tests.loaders.loaded import FORMATS, Loaded


def read(name: str, folder: Path, **values: str) -> Loaded:
    """A sample read with the answers that its format asks for."""
    answers = {**told(name.partition("/")[0]).answers, **values}
    return Loaded(FORMATS / name, folder, timezone=answers.pop("timezone", None), **answers)


def truth(name: str) -> Any:
    return json.loads((FORMATS / name / "truth.json").read_text())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("otlp_genai/spans.jsonl", ("spans.jsonl",)), ("phoenix/spans.csv", ()), ("langfuse/observations.csv", ()),
        ("mlflow/traces.jsonl", ()), ("claude_code/todo.jsonl", ("todo.jsonl",)),
    ],
)  # fmt: skip
def test_1_tokens_are_counted_on_the_calls_of_models(name: str, expected: tuple[str, ...], tmp_path: Path) -> None:
    """Roll-ups on agents, chains and roots repeat the tokens of the calls below them: each token counts once."""
    known = truth(name.partition("/")[0])
    for key in expected:
        known = known[key]
    assert read(name, tmp_path / "s").totals["input_tokens"] == known["input_tokens"]


def test_2_what_remained_of_a_service_goal_is_no_response_time(tmp_path: Path) -> None:
    """Jira Service Management's "Time to first response" is time left: the first comment of another person answers."""
    loaded = read("jira_csv/en_jsm.csv", tmp_path / "s")
    assert {row["response_basis"] for row in loaded.of("tickets")} <= {"comment", "none"}
    assert any("what remained of the service goal" in message for message in loaded.parsed.messages)


def test_3_done_without_a_resolution_date_is_resolved(tmp_path: Path) -> None:
    """An empty Resolved on a done ticket: the moment its category changed counts."""
    rows = read("jira_csv/es_jsm.csv", tmp_path / "s").of("tickets")
    assert [row["ticket_id"] for row in rows if row["status"] == "done" and row["resolved_at"] is None] == []
    assert any(row["status"] == "done" for row in rows)


def test_4_and_5_headers_in_four_languages_with_repeated_columns(tmp_path: Path) -> None:
    """The same tickets come out of every language, however often a column is repeated."""
    found = []
    for number, name in enumerate(("de_jsm", "en_jsm", "es_jsm", "fr_jsm")):
        path = FORMATS / "jira_csv" / f"{name}.csv"
        header = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        assert len(set(header)) < len(header), name
        rows = read(f"jira_csv/{name}.csv", tmp_path / str(number)).of("tickets")
        found.append(
            {row["ticket_id"]: (row["opened_at"], row["first_response_at"], row["resolved_at"]) for row in rows}
        )
    assert found[0] == found[1] == found[2] == found[3]


def test_6_a_log_of_changes_is_folded_to_tickets(tmp_path: Path) -> None:
    """ServiceNow's audit log has a row for each update and a ticket for each number."""
    loaded = read("servicenow_csv/incident_event_log.csv", tmp_path / "s")
    assert loaded.totals["tickets"] == len(truth("servicenow_csv")) < loaded.parsed.rows_read


def test_7_json_is_what_stands_in_it(tmp_path: Path) -> None:
    """Pretty-printed objects one after another are read whatever the name says; a file cut in the middle is refused."""
    lines = (FORMATS / "otlp_genai" / "spans.jsonl").read_text().splitlines()
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(json.dumps(json.loads(line), indent=2) for line in lines))
    whole = truth("otlp_genai")["spans.jsonl"]["interactions"]
    assert Loaded(path, tmp_path / "s").totals["interactions"] == whole
    path.write_text(path.read_text()[:-40])
    with pytest.raises(Exception, match="in the middle"):
        Loaded(path, tmp_path / "t")


@pytest.mark.parametrize(
    ("name", "metric", "errors", "mean"),
    [
        ("ragas/ragas_results.jsonl", "faithfulness", 9, 0.5371),
        ("deepeval/latest_run_full.json", "Faithfulness (custom)", 5, 0.498),
        ("mlflow/genai_eval_results.json", "faithfulness", 3, 0.5903),
    ],
)
def test_8_a_missing_score_is_no_zero(name: str, metric: str, errors: int, mean: float, tmp_path: Path) -> None:
    """A judge that failed leaves no score: an error of the evaluation with a count of its own, outside the mean."""
    loaded = read(name, tmp_path / "s")
    rows = [row for row in loaded.of("eval_results") if row["metric_name"] == metric]
    failed = [row for row in rows if row["eval_error"]]
    assert (len(failed), {row["score"] for row in failed}, {row["passed"] for row in failed}) == (
        errors,
        {None},
        {None},
    )
    assert loaded.totals[f"metric_{metric}_mean"] == pytest.approx(mean, abs=6e-5)


@pytest.mark.parametrize(
    ("name", "passed", "failed", "errored"),
    [
        ("promptfoo/results.json", None, None, None), ("junit/pytest_junit.xml", 11, 2, 1),
        ("inspect_ai/some_errors.eval", 15, 3, 2),
    ],
)  # fmt: skip
def test_9_an_error_is_no_failure(
    name: str, passed: int | None, failed: int | None, errored: int | None, tmp_path: Path
) -> None:
    """A case that could not be run or judged has no verdict: it is in neither part of a rate."""
    totals = read(name, tmp_path / "s").totals
    known = truth("promptfoo")["results.json"] if passed is None else {}
    expected = (passed, failed, errored) if passed is not None else tuple(
        known[key] for key in ("passed", "failed", "errored")
    )  # fmt: skip
    assert (totals["passed"], totals["failed"], totals["errored"]) == expected


@pytest.mark.parametrize(
    "name",
    ["copilot_usage_metrics/users_first.ndjson", "copilot_usage_metrics/seats.json", "m365_copilot/d7.csv",
     "litellm_spendlogs/daily_team_spend.csv", "otlp_genai/metrics.jsonl", "copilot_usage_metrics/billing.json"],
)  # fmt: skip
def test_10_sums_never_become_events(name: str, tmp_path: Path) -> None:
    """What is told by day or by period is use of days: no interaction and no call is made of it."""
    rows = read(name, tmp_path / "s").rows
    assert rows["usage_daily"]
    assert not rows.get("interactions")
    assert not rows.get("model_calls")


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx", "parquet", "eval", "txt"])
def test_extensions_lie(extension: str, tmp_path: Path) -> None:
    """Whatever a file is called, its content says what it is."""
    for name in (
        "jira_csv/en_jsm.csv",
        "inspect_ai/success.eval",
        "phoenix/spans_rest.jsonl",
        "junit/pytest_junit.xml",
    ):
        path = tmp_path / f"file.{extension}"
        path.write_bytes((FORMATS / name).read_bytes())
        assert rank(read_head(path))[0][0].name == name.partition("/")[0]
