import csv
import json
from datetime import date
from pathlib import Path

import pytest

from loaders.format import Refused
from loaders.recognise import identify
from tests.loaders.loaded import FORMATS, Loaded

RAGAS, MLFLOW = FORMATS / "ragas", FORMATS / "mlflow"
TRUTH = json.loads((RAGAS / "truth.json").read_text())
AT = "2026-11-22T16:00:00Z"


class File:
    """A table that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *rows: dict[str, object], **values: str) -> Loaded:
        path = self.folder / "x.bin"
        with path.open("w", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return Loaded(path, self.folder / "staged", **(values or {"run_at": AT}))


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


@pytest.mark.parametrize("name", ["ragas_results_with_index.csv", "ragas_results.jsonl"])
def test_ragas_scores_are_those_of_the_run(name: str, tmp_path: Path) -> None:
    """Blank cells are judges that failed, zeros beside them are scores, the number of a row is no metric."""
    other = tmp_path / "x.bin"
    other.write_bytes((RAGAS / name).read_bytes())
    assert identify(other, None)[0].name == "ragas"
    loaded = Loaded(other, tmp_path / "s", run_at=AT)
    assert {key: loaded.totals[key] for key in TRUTH} == TRUTH
    faithful = [row for row in loaded.of("eval_results") if row["metric_name"] == "faithfulness"]
    assert sum(1 for row in faithful if row["eval_error"]) == 9
    assert sum(1 for row in faithful if row["score"] == 0) == 9
    assert {row["metric_name"] for row in loaded.of("eval_results")} == {
        "overall", "faithfulness", "exact_match", "non_llm_string_similarity",
    }  # fmt: skip


def test_a_graded_score_needs_a_bar(file: File) -> None:
    """Without one it has no verdict, and that is said; with one, for all or for a metric, it has."""
    rows = [{"question": n, "answer": "a", "faithfulness": s} for n, s in enumerate(("0.9", "0.5", ""))]
    loaded = file.of(*rows)
    assert {row["passed"] for row in loaded.of("eval_results")} == {None}
    assert any("graded scores without a bar" in message for message in loaded.parsed.messages)
    for said in ({"threshold": "0.7"}, {"threshold.faithfulness": "0.7"}):
        every = file.of(*rows, run_at=AT, **said).of("eval_results")
        found = [row for row in every if row["metric_name"] == "faithfulness"]
        assert [row["passed"] for row in found] == [True, False, None]
        assert [row["error_type"] for row in found] == [None, "unsupported", None]


def test_the_same_question_again_is_an_epoch(file: File) -> None:
    """A case is told apart by its input: asked twice it is one case with two epochs."""
    rows = file.of(*[{"question": q, "answer": "a", "exact_match": 1} for q in ("x", "y", "x")]).of("eval_results")
    whole = [row for row in rows if row["metric_name"] == "overall"]
    assert [row["epoch"] for row in whole] == [0, 0, 1]
    assert whole[0]["case_id"] == whole[2]["case_id"] != whole[1]["case_id"]


def test_a_table_asks_when(file: File) -> None:
    """It does not say when the evaluation ran: refused until somebody does."""
    with pytest.raises(Refused, match="does not say when"):
        file.of({"question": "x", "answer": "a", "exact_match": 1}, suite="s")


def test_mlflow_tables_of_both_kinds(tmp_path: Path) -> None:
    """An eval table's metrics, and those of a genai run, whose expectations are no scores and which knows its time."""
    loaded = Loaded(MLFLOW / "eval_results_table.json", tmp_path / "a", run_at=AT)
    assert loaded.totals["metric_exact_passed"] == 14
    genai = Loaded(MLFLOW / "genai_eval_results.json", tmp_path / "b")
    assert genai.parsed.format == "mlflow"
    assert (genai.totals["metric_correct_passed"], genai.totals["metric_correct_failed"]) == (14, 11)
    rows = genai.of("eval_results")
    assert {row["metric_name"] for row in rows} == {"overall", "correct", "faithfulness"}
    assert sum(1 for row in rows if row["metric_name"] == "faithfulness" and row["eval_error"]) == 3
    assert {row["run_at"].date() for row in rows} == {date(2026, 11, 22)}


def test_a_score_named_after_what_it_judges_is_a_metric(tmp_path: Path) -> None:
    """Ragas' own columns, old and new: texts are none, nor are tokens; what stands blank is an error."""
    path = tmp_path / "x.bin"
    path.write_text(
        "question,contexts,answer,ground_truth,faithfulness,answer_relevancy,context_precision,context_recall,"
        "answer_correctness,answer_tokens,reference_score\n"
        "q1,\"['c1']\",a1,g1,0.5,0.9,1.0,0.5,0.25,12,1\nq2,\"['c1']\",a2,g2,,0.8,0.0,,0.75,13,1\n"
    )
    rows = Loaded(path, tmp_path / "s", run_at="2026-03-02T10:00:00Z").of("eval_results")
    scores = {
        (row["metric_name"], place): row["score"]
        for name in {row["metric_name"] for row in rows} - {"overall"}
        for place, row in enumerate(row for row in rows if row["metric_name"] == name)
    }
    assert scores == {
        ("faithfulness", 0): 0.5, ("faithfulness", 1): None, ("answer_relevancy", 0): 0.9, ("answer_relevancy", 1): 0.8,
        ("context_precision", 0): 1.0, ("context_precision", 1): 0.0, ("context_recall", 0): 0.5,
        ("context_recall", 1): None, ("answer_correctness", 0): 0.25, ("answer_correctness", 1): 0.75,
    }  # fmt: skip
    assert sum(row["eval_error"] is not None for row in rows if row["metric_name"] != "overall") == 2
