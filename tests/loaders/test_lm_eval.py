import json
from pathlib import Path

import pytest

from loaders.format import Refused
from tests.loaders.loaded import FORMATS, SAMPLES, Loaded

FOLDER = FORMATS / "lm_eval"
TRUTH = json.loads((FOLDER / "truth.json").read_text())
SAID = {"run_at": "2026-11-22T16:22:25Z", "suite": "geo_mc", "request_model": "fake"}


@pytest.mark.parametrize("name", TRUTH)
def test_the_samples_come_out_as_they_were_made(name: str, tmp_path: Path) -> None:
    """The tasks' scores and the cases' verdicts are those of the run."""
    loaded = Loaded(FOLDER / name, tmp_path / "s", **SAID)
    assert {key: loaded.totals[key] for key in TRUTH[name]} == TRUTH[name]


def test_results_are_scores_without_cases(tmp_path: Path) -> None:
    """Keys that are no metric, standard errors and N/A are no scores; the date is the run's own."""
    document = json.loads((FOLDER / "results.json").read_text())
    document["results"]["other"] = {"alias": "o", "f1,strict": 0.5, "f1_stderr,strict": "N/A", "ppl,none": "N/A"}
    path = tmp_path / "x.bin"
    path.write_text(json.dumps(document))
    rows = Loaded(path, tmp_path / "s").of("eval_results")
    assert {(row["suite"], row["metric_name"], row["score"]) for row in rows} == {
        ("geo_mc", "acc", 13 / 30), ("other", "f1 (strict)", 0.5),
    }  # fmt: skip
    assert {row["passed"] for row in rows} == {None}
    assert {row["run_at"].date().isoformat() for row in rows} == {"2026-11-22"}


def test_repeats_of_a_sample_are_epochs(tmp_path: Path) -> None:
    """A document asked twice is one case; a filter of its own names its metric; a graded score has no verdict."""
    line = json.loads((FOLDER / "samples.jsonl").read_text().splitlines()[0])
    path = tmp_path / "x.bin"
    path.write_text("\n".join(json.dumps(one) for one in (line, line, {**line, "filter": "strict", "acc": 0.5})))
    rows = Loaded(path, tmp_path / "s", **SAID).of("eval_results")
    assert [(row["epoch"], row["metric_name"], row["passed"]) for row in rows] == [
        (0, "overall", False), (0, "acc", False), (1, "overall", False), (1, "acc", False),
        (0, "overall", None), (0, "acc (strict)", None),
    ]  # fmt: skip


def test_samples_ask_when(tmp_path: Path) -> None:
    """They say neither when nor what: refused until somebody does."""
    with pytest.raises(Refused, match="do not say when"):
        Loaded(FOLDER / "samples.jsonl", tmp_path / "s")


@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared is not here: the file cut in the middle is not read")
def test_a_file_cut_in_the_middle_is_refused(tmp_path: Path) -> None:
    """Results that were being written when the run died are never half loaded."""
    (cut,) = (SAMPLES / "lm_eval").glob("*.json")
    with pytest.raises(Refused, match="in the middle"):
        Loaded(cut, tmp_path / "s")
