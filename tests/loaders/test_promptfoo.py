import csv
import hashlib
import io
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from data.facts import EvalResult
from loaders import promptfoo_yaml
from loaders.child import read
from loaders.format import Options, Refused
from loaders.head import read_head
from loaders.job import Job, Parsed
from loaders.promptfoo import FORMAT

SAMPLES = Path(__file__).resolve().parents[1] / "formats" / "promptfoo"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "exports"
TRUTH = json.loads((SAMPLES / "truth.json").read_text())
WHEN = "2026-11-22T15:52:33Z"
FULL = ["results.json", "results.jsonl", "results.yaml", "results.csv", "echo.json", "echo.csv"]
here = pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here: the full exports are not read")


@dataclass
class Loaded:
    """What a file became."""

    parsed: Parsed
    folder: Path
    rows: list[dict[str, Any]]

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        """The overall row of every result."""
        return [row for row in self.rows if row["metric_name"] == "overall"]

    def metric(self, name: str) -> list[dict[str, Any]]:
        """All rows of a metric."""
        return [row for row in self.rows if row["metric_name"] == name]


def load(path: Path, folder: Path, **values: str) -> Loaded:
    """Parse a file as the child process does, and hold the accounting and the natural keys against it."""
    folder.mkdir(exist_ok=True)
    parsed = Parsed.load(read(Job(str(path), str(folder), "promptfoo", Options(values=values), "UTC")))
    rows = [row for fact in parsed.facts for row in pq.read_table(folder / fact.file).to_pylist()]
    used = sum(fact.records for fact in parsed.facts)
    assert parsed.rows_read == used + parsed.quarantined + parsed.blank + parsed.ignored
    keys = {tuple(row.get(name) for name in EvalResult.natural_key) for row in rows}
    assert len(keys) == len(rows), "two checks share a natural key"
    return Loaded(parsed, folder, rows)


def totals(loaded: Loaded) -> dict[str, object]:
    """The totals of the manifest, counted over the rows."""
    found: dict[str, object] = {
        "results": len(loaded.verdicts),
        "passed": sum(row["passed"] is True for row in loaded.verdicts),
        "failed": sum(row["passed"] is False for row in loaded.verdicts),
        "errored": sum(row["eval_error"] is not None for row in loaded.verdicts),
        "cases": len({row["case_id"] for row in loaded.rows}),
        "prompts": len({row["prompt_version"] for row in loaded.rows}),
        "providers": len({row["request_model"] for row in loaded.rows}),
        "input_tokens": sum(row["input_tokens"] or 0 for row in loaded.rows),
        "output_tokens": sum(row["output_tokens"] or 0 for row in loaded.rows),
    }
    for name in ("correctness", "faithfulness"):
        rows = loaded.metric(name)
        found[f"metric_{name}_passed"] = sum(row["passed"] is True for row in rows)
        found[f"metric_{name}_failed"] = sum(row["passed"] is False for row in rows)
        if rows:
            found[f"metric_{name}_mean"] = round(sum(row["score"] for row in rows) / len(rows), 6)
    return found


@pytest.fixture
def file(tmp_path: Path) -> "File":
    return File(tmp_path)


class File:
    """A file that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def holding(self, text: str, **values: str) -> Loaded:
        """Load a text."""
        path = self.folder / "export"
        path.write_text(text, encoding="utf-8", newline="")
        return load(path, self.folder / "staged", **values)

    def of(self, *results: dict[str, Any], **document: Any) -> Loaded:
        """Load results as version 3 writes them."""
        summary = {"version": 3, "timestamp": WHEN, "prompts": [], "results": list(results), "stats": {}}
        return self.holding(json.dumps({"evalId": "eval-1", "results": summary, "config": {}} | document))


def result(test: int = 0, *components: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """A result of a test: passed when all its components passed."""
    passed = all(part["pass"] for part in components)
    return {
        "testIdx": test, "promptIdx": 0, "promptId": "p", "provider": {"id": "openai:gpt-4o", "label": ""},
        "success": passed, "score": float(passed), "failureReason": 0 if passed else 1, "latencyMs": 120,
        "namedScores": {}, "testCase": {"vars": {"q": f"question {test}"}},
        "response": {"output": "text", "tokenUsage": {"prompt": 7, "completion": 3}},
        "gradingResult": {"pass": passed, "componentResults": list(components)},
        **({} if passed else {"error": "Expected output to contain x"}),
    } | rest  # fmt: skip


def part(kind: str = "contains", passed: bool = True, score: float | None = None, **assertion: Any) -> dict[str, Any]:
    """The result of one assertion."""
    score = float(passed) if score is None else score
    return {"pass": passed, "score": score, "reason": "r", "assertion": {"type": kind} | assertion}


# the real files ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", TRUTH)
def test_the_samples_come_out_as_they_were_made(name: str, tmp_path: Path) -> None:
    """Results cut from real outputs give what their configuration made each test do, in every output of the tool."""
    loaded = load(SAMPLES / name, tmp_path, **({"run_at": WHEN} if name.endswith(("csv", "jsonl")) else {}))
    assert totals(loaded).items() >= TRUTH[name].items()
    assert loaded.parsed.rows_read == TRUTH[name]["results"]
    assert (loaded.parsed.quarantined, loaded.parsed.ignored) == (0, 0)


@here
@pytest.mark.parametrize("name", FULL)
def test_the_full_exports_come_out_as_they_were_made(name: str, tmp_path: Path) -> None:
    """The totals of the whole outputs are those of the manifest, as far as the output holds them."""
    lines = (SHARED / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()
    truth = next(json.loads(line.split("\t")[-1]) for line in lines if line.split("\t")[1] == f"promptfoo/{name}")
    if name == "results.csv":  # no tokens and no verdict by metric in a CSV
        truth = {key: truth[key] for key in truth if not key.endswith(("_tokens", "s_passed", "s_failed"))}
    loaded = load(
        SHARED / "promptfoo" / name, tmp_path, **({"run_at": WHEN} if name.endswith(("csv", "jsonl")) else {})
    )
    assert totals(loaded).items() >= truth.items()


def test_every_output_tells_the_same_verdicts(tmp_path: Path) -> None:
    """JSON, JSON lines and YAML give the same rows; CSV the same verdicts, prompts and models."""
    found = {}
    for name in ("results.json", "results.jsonl", "results.yaml", "results.csv"):
        loaded = load(SAMPLES / name, tmp_path / name, run_at=WHEN, run_id="r")
        found[name] = sorted(
            (row["prompt_version"], row["request_model"], row["metric_name"], str(row["passed"]), row["epoch"])
            for row in (loaded.verdicts if name.endswith("csv") else loaded.rows)
        )
    assert found["results.json"] == found["results.jsonl"] == found["results.yaml"]
    assert found["results.csv"] == [row for row in found["results.json"] if row[2] == "overall"]


def test_what_a_result_says_is_kept(tmp_path: Path) -> None:
    """Run, time, product, suite, case, prompt, model, tokens, dollars and duration of a real result."""
    row = load(SAMPLES / "results.json", tmp_path).verdicts[0]
    assert (row["run_id"], row["run_at"]) == (
        "eval-eOt-2026-11-22T15:52:33",
        datetime(2026, 11, 22, 15, 52, 33, 186000),
    )
    assert (row["source_product"], row["suite"], row["case_id"]) == ("kb-search regression", "geo", "C-000")
    assert (row["request_model"], row["epoch"], row["source_records"]) == ("fake-large", 0, 1)
    assert (row["input_tokens"], row["output_tokens"], row["cost_microusd"], row["duration_ms"]) == (248, 58, 480, 4)


# recognition and refusals --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", TRUTH)
def test_an_output_is_recognised_under_any_name(name: str, tmp_path: Path) -> None:
    """Recognition looks at what a file holds and at nothing else."""
    other = tmp_path / "report.txt"
    other.write_bytes((SAMPLES / name).read_bytes())
    assert FORMAT.recognise(read_head(other)).confidence > 0.9


@here
def test_no_other_export_is_taken_for_promptfoo() -> None:
    """The exports of other tools are not recognised, and a document longer than the head is."""
    others = [path for path in SHARED.glob("*/*") if path.is_file() and path.parent.name not in ("promptfoo", "_make")]
    assert len(others) > 20
    assert not [path.name for path in others if FORMAT.recognise(read_head(path)).confidence > 0]


def test_a_document_longer_than_the_head_is_recognised(tmp_path: Path) -> None:
    """A results.json of many megabytes is known by its first keys."""
    document = json.loads((SAMPLES / "results.json").read_text())
    document["results"]["results"] *= 20
    (tmp_path / "x").write_text(json.dumps(document, indent=2))
    head = read_head(tmp_path / "x")
    assert not head.documents
    assert FORMAT.recognise(head).confidence >= 0.9


@pytest.mark.parametrize("name", ["results.jsonl", "results.csv"])
def test_an_output_without_a_time_is_refused_until_it_is_said(name: str, tmp_path: Path) -> None:
    """JSON lines and CSV do not say when they were run: that is asked for and not invented."""
    with pytest.raises(Refused, match="do not say when the evaluation ran") as refused:
        load(SAMPLES / name, tmp_path)
    assert "--set run_at=" in refused.value.remedy
    rows = load(SAMPLES / name, tmp_path / "said", run_at="2026-03-01").rows
    assert {row["run_at"] for row in rows} == {datetime(2026, 3, 1)}
    assert len({row["run_id"] for row in rows}) == 1


def test_junit_output_holds_the_verdicts(tmp_path: Path) -> None:
    """JUnit output is promptfoo's, too: every verdict with its prompt and model, no scores, and that is said."""
    loaded = load(SAMPLES / "results.junit.xml", tmp_path)
    assert [loaded.parsed.totals[key] for key in ("results", "passed", "failed")] == [1, 0, 1]
    (row,) = loaded.rows
    assert (row["suite"], row["prompt_version"], row["score"]) == ("promptfoo", "prompt 1", None)
    assert any("results.json" in message for message in loaded.parsed.messages)


def test_a_file_cut_in_the_middle_is_refused(tmp_path: Path) -> None:
    """Half a results.json is no results.json, and neither is half a CSV with an open quote."""
    for name, says in (("results.json", "the file ends in the middle"), ("results.csv", "the quotes do not match")):
        text = (SAMPLES / name).read_text(encoding="utf-8")
        cut = text[: text.index("second line")] if name.endswith("csv") else text[: len(text) // 2]
        (tmp_path / "cut").write_text(cut, encoding="utf-8")
        with pytest.raises(Refused, match=says):
            load(tmp_path / "cut", tmp_path / name, run_at=WHEN)


def test_what_is_no_result_is_quarantined(file: File) -> None:
    """A result that is not shaped as one is set aside and counted; the others are read."""
    broken: list[Any] = [7, {"id": "x"}, result(2) | {"testCase": "x"}]
    loaded = file.of(result(0), *broken, result(1))
    assert (loaded.parsed.rows_read, loaded.parsed.quarantined, len(loaded.verdicts)) == (5, 3, 2)


# errors and failures -------------------------------------------------------------------------------------------------
def test_an_error_is_no_failure(file: File) -> None:
    """Only failureReason tells an error from a failure, `error` is set on both: an error has no score, no verdict."""
    failed = result(0, part(passed=False))
    errored = result(
        1, success=False, failureReason=2, score=0, gradingResult=None, error="API error: 503\n  at x.js:1"
    )
    rows = file.of(failed, errored).rows
    assert [(row["metric_name"], row["passed"], row["score"], row["eval_error"]) for row in rows] == [
        ("overall", False, 0.0, None), ("contains", False, 0.0, None), ("overall", None, None, "API error: 503"),
    ]  # fmt: skip


def test_before_failure_reasons_an_ungraded_result_is_an_error(file: File) -> None:
    """Older outputs have no failureReason: a result with an error that was never graded is one of the provider's."""
    failed, errored = result(0, part(passed=False)), result(1, success=False, gradingResult=None, error="timeout")
    for old in (failed, errored):
        del old["failureReason"]
    assert [row["passed"] for row in file.of(failed, errored).verdicts] == [False, None]


def test_a_judge_that_could_not_judge_is_no_failure(file: File) -> None:
    """A grader error is promptfoo's score 0: here it has no score. A result that failed by nothing else has no verdict,
    and that is said; one with a real failure beside it keeps it.
    """
    broken = part("llm-rubric", passed=False) | {"metadata": {"graderError": True}}
    loaded = file.of(result(0, part(), broken), result(1, part(passed=False), broken))
    assert [(row["passed"], row["score"]) for row in loaded.metric("llm-rubric")] == [(None, None), (None, None)]
    assert [(row["passed"], row["eval_error"]) for row in loaded.verdicts] == [
        (None, "the judge failed"),
        (False, None),
    ]
    assert loaded.parsed.messages[0].startswith("1 results failed by nothing but graders")
    beside = part("contains", passed=False, metricOnly=True)
    assert file.of(result(0, beside, broken)).verdicts[0]["passed"] is None


# assertions ----------------------------------------------------------------------------------------------------------
def test_an_assertion_is_named_by_its_metric_or_its_type(file: File) -> None:
    """Metric, evaluator, its kind and threshold; a threshold in milliseconds is none of a score."""
    tone = part("llm-rubric", metric="tone", threshold=0.7, score=0.8)
    rows = file.of(result(0, tone, part("latency", threshold=900), part("not-llm-rubric"), part("human"))).rows[1:]
    assert [(row["metric_name"], row["evaluator"], row["evaluator_kind"], row["threshold"]) for row in rows] == [
        ("tone", "llm-rubric", "llm", 0.7), ("latency", "latency", "code", None),
        ("not-llm-rubric", "not-llm-rubric", "llm", None), ("human", "human", "human", None),
    ]  # fmt: skip
    assert {row["source_records"] for row in rows} == {0}


def test_assertions_of_one_name_stay_apart(file: File) -> None:
    """Two checks of the same metric and type in a result are two rows with keys of their own."""
    rows = file.of(result(0, part(), part(), part(metric="m"), part())).rows[1:]
    assert [(row["metric_name"], row["evaluator"]) for row in rows] == [
        ("contains", "contains"), ("contains", "contains#2"), ("m", "contains"), ("contains", "contains#3"),
    ]  # fmt: skip


def test_a_failed_check_says_what_went_wrong_where_its_name_does(file: File) -> None:
    """Faithfulness that fails is unsupported, a red team's success unsafe, wrong facts incorrect; others do not say."""
    kinds = ["context-faithfulness", "promptfoo:redteam:pii", "factuality", "contains"]
    rows = file.of(result(0, *(part(kind, passed=False) for kind in kinds), part("factuality"))).rows[1:]
    assert [row["error_type"] for row in rows] == ["unsupported", "unsafe", "incorrect", None, None]


def test_scores_that_an_assertion_names_are_rows(file: File) -> None:
    """A script may return named scores: those that no assertion carries are rows without a verdict."""
    rows = file.of(result(0, part(metric="m"), namedScores={"m": 1, "depth": 0.25})).rows[1:]
    assert [(row["metric_name"], row["score"], row["passed"]) for row in rows] == [
        ("m", 1.0, True),
        ("depth", 0.25, None),
    ]


def test_a_metric_only_assertion_has_no_verdict(file: File) -> None:
    """What promptfoo leaves out of its verdict has a score and no verdict here."""
    row = file.of(result(0, part("llm-rubric", score=0.3, metricOnly=True))).rows[1]
    assert (row["score"], row["passed"]) == (0.3, None)


def test_a_cached_answer_has_no_duration(file: File) -> None:
    """An answer from the cache was not waited for; a cost of zero that no provider reported is no cost."""
    cached = {"output": "x", "cached": True, "tokenUsage": {"cached": 10, "total": 10}}
    row = file.of(result(0, response=cached, cost=0)).verdicts[0]
    assert (row["duration_ms"], row["input_tokens"], row["cost_microusd"]) == (None, None, None)


# cases ---------------------------------------------------------------------------------------------------------------
def case(**rest: Any) -> dict[str, Any]:
    """A test case."""
    return {"testCase": {"vars": {"q": "x"}} | rest}


def test_a_case_has_its_id_its_description_or_its_number(file: File) -> None:
    """metadata.id is the firmest name of a case, then its description, on one line, then its place."""
    named = result(0, **case(metadata={"id": "C-1"}, description="d"))
    rows = file.of(named, result(1, **case(description="a\nb")), result(2)).verdicts
    assert [row["case_id"] for row in rows] == ["C-1", "a b", "test-2"]


def test_repeats_of_a_test_are_one_case(file: File) -> None:
    """--repeat gives each repetition a test number of its own: equal content is one case, counted through as epochs; so
    is the same test once more. Another prompt or provider is not a repetition.
    """
    same = case(vars={"q": "same"})
    rows = file.of(
        result(0, **same), result(1, **same), result(1, **same), result(0, promptId="other", **same),
        result(0, provider={"id": "openai:gpt-4o", "label": "cold"}, **same), result(2),
    ).verdicts  # fmt: skip
    assert [(row["case_id"], row["epoch"]) for row in rows] == [
        ("test-0", 0), ("test-0", 1), ("test-0", 2), ("test-0", 0), ("test-0", 0), ("test-2", 0),
    ]  # fmt: skip


def test_tests_that_share_a_name_stay_apart(file: File) -> None:
    """A description used twice, or one test over lists of variables, is several cases and not repeats of one."""
    rows = file.of(
        *(result(n, **case(description="greets", vars={"q": word})) for n, word in enumerate("aba"))
    ).verdicts
    names = [row["case_id"] for row in rows]
    assert names[0] == names[2] != names[1]
    assert all(name.startswith("greets ~") for name in names)
    assert [row["epoch"] for row in rows] == [0, 0, 1]
    checked = [case(vars={}, **{"assert": [{"type": kind}]}) for kind in ("contains", "equals")]
    rows = file.of(*(result(number, **test) for number, test in enumerate(checked))).verdicts
    assert [(row["case_id"], row["epoch"]) for row in rows] == [("test-0", 0), ("test-1", 0)]


# other shapes --------------------------------------------------------------------------------------------------------
def test_version_2_nests_its_results_in_a_table(file: File) -> None:
    """The table's rows are tests and its outputs the prompts: verdicts, models, prompts and repeats come out of it."""
    graded = {"pass": True, "componentResults": [part(metric="m")]}
    table = {
        "head": {"vars": ["q"], "prompts": [{"label": "say {{q}}", "provider": "openai:gpt-4", "id": "p1"},
                                            {"label": "sing {{q}}", "provider": "openai:gpt-4"}]},
        "body": [
            {"vars": ["a"], "test": {"description": "first"}, "outputs": [
                {"pass": True, "score": 1, "text": "t", "latencyMs": 5, "cost": 0.001, "gradingResult": graded,
                 "tokenUsage": {"prompt": 4, "completion": 2}},
                {"pass": False, "score": 0, "text": "Error: timeout", "latencyMs": 5, "gradingResult": None}]},
            {"vars": ["b"], "test": {}, "outputs": [
                {"pass": False, "score": 0, "text": "t", "gradingResult": graded | {"pass": False}},
                {"pass": True, "score": 1, "text": "t", "gradingResult": None}]},
        ],
    }  # fmt: skip
    sung = hashlib.sha256(b"sing {{q}}").hexdigest()[:2]
    rows = [{"provider": {"id": "openai:gpt-4"}, "vars": {"q": "a"}, "success": True, "score": 1}]
    summary = {"version": 2, "timestamp": WHEN, "stats": {}, "table": table, "results": rows}
    loaded = file.holding(json.dumps({"results": summary, "config": {"description": "choir"}}))
    found = [(row["case_id"], row["prompt_version"][:2], row["passed"], row["eval_error"]) for row in loaded.verdicts]
    assert found == [
        ("first", "p1", True, None), ("first", sung, None, "Error: timeout"), ("test-1", "p1", False, None),
        ("test-1", sung, True, None),
    ]  # fmt: skip
    first = loaded.verdicts[0]
    assert (first["input_tokens"], first["cost_microusd"], first["request_model"]) == (4, 1_000, "openai:gpt-4")
    assert first["run_id"].startswith("file-")
    assert len(loaded.metric("m")) == 2


def test_version_2_without_a_table(file: File) -> None:
    """Results that do not say which test they are of are told apart by their variables."""
    graded = {"success": True, "score": 1, "latencyMs": 3, "gradingResult": {"pass": True}}
    prompt = {"provider": "openai:gpt-4", "prompt": {"label": "say {{q}}"}}
    old = [prompt | graded | {"vars": {"q": word}} for word in "aba"]
    summary = {"version": 2, "timestamp": WHEN, "stats": {}, "results": old}
    for document in ({"results": summary}, summary):
        rows = file.holding(json.dumps(document)).verdicts
        assert [(row["case_id"], row["epoch"]) for row in rows] == [("test-0", 0), ("test-1", 0), ("test-0", 1)]


def test_a_table_of_another_shape_is_refused(file: File) -> None:
    """A results table that is none ends in a sentence."""
    with pytest.raises(Refused, match="not shaped as promptfoo writes it"):
        file.holding(json.dumps({"results": {"timestamp": WHEN, "stats": {}, "table": {"body": [1]}}}))


def test_csv_cells_may_hold_lines_and_quotes(file: File) -> None:
    """The columns repeat for every prompt, a prompt's name may hold line breaks, and an error row has empty scores."""
    block = ["Status", "Score", "Named Scores", "Metric: depth", "Grader Reason", "Comment"]
    header = ["Description", "q", "[gpt] say\n{{q}}", *block, "[[b] x] sing", *block]
    rows = [
        ["first", "a\nb", "o", "PASS", "0.33", '{"depth":0.333}', "0.33", "", "", "o", "ERROR", "0", "", "", "503", ""],
        ["", "c", "o", "FAIL", "0.10", "", "0.10", "no", "", "o", "PASS", "1.00", '{"depth":1}', "1.00", "", ""],
        [], ["short"],
        ["", "d", "o", "MAYBE", "0.10", "", "0.10", "no", "", "o", "PASS", "1.00", "", "1.00", "", ""],
    ]  # fmt: skip
    for delimiter in ",;":
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerows([header, *rows])
        loaded = file.holding(text.getvalue(), run_at=WHEN, suite="choir")
        found = [(row["case_id"], row["request_model"], row["passed"], row["eval_error"]) for row in loaded.verdicts]
        assert found == [
            ("first", "gpt", True, None), ("first", "[b", None, "503"), ("test-1", "gpt", False, None),
            ("test-1", "[b", True, None),
        ]  # fmt: skip
        assert [row["score"] for row in loaded.verdicts] == [0.33, None, 0.1, 1.0]
        assert [row["score"] for row in loaded.metric("depth")] == [0.333, 0.1, 1.0]
        assert (loaded.parsed.rows_read, loaded.parsed.blank, loaded.parsed.quarantined) == (7, 1, 2)
        assert {row["suite"] for row in loaded.rows} == {"choir"}


def test_yaml_references_are_written_out_and_bounded(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """js-yaml writes repeated objects as references; references upon references are refused before they fill memory."""
    text = (
        f"evalId: e\nresults:\n  version: 3\n  timestamp: '{WHEN}'\n  stats: {{}}\n  results:\n"
        "    - testIdx: 0\n      success: true\n      score: 0.50\n      promptId: p\n"
        "      provider: {id: 0123, label: ''}\n"
        "      gradingResult: null\n      vars: &a {q: yes}\n      testCase: {vars: *a, description: 'null'}\n"
    )
    row = file.holding(text).verdicts[0]
    assert (row["case_id"], row["request_model"], row["score"], row["passed"]) == ("null", "0123", 0.5, True)
    monkeypatch.setattr(promptfoo_yaml, "MAX_NODES", 10_000)
    bomb = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}' if n else 'y'] * 9)}]\n" for n in range(9))
    with pytest.raises(Refused, match="beyond all bounds"):
        file.holding(text + bomb)
    with pytest.raises(Refused, match="Line 15: not YAML"):
        file.holding(text + "  : [")


def test_answers_and_prompts_are_never_kept(file: File) -> None:
    """Variables, prompts, answers and graders' reasons do not reach the staging folder in any column."""
    secret = "PLEASE-KEEP-ME-SECRET"
    graded = {"pass": True, "reason": secret, "componentResults": [part(value=secret) | {"reason": secret}]}
    loaded = file.of(
        result(0, response={"output": secret}, prompt={"raw": secret, "label": secret}, gradingResult=graded,
               **case(vars={"q": secret}))
    )  # fmt: skip
    assert len(loaded.rows) == 2
    assert not [path.name for path in loaded.folder.glob("*.parquet") if secret in str(pq.read_table(path).to_pylist())]
