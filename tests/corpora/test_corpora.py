import json
import subprocess
import sys
from pathlib import Path

import pytest

from loaders.ingest import Outcome
from tests.corpora.judgement import SECONDS, judge
from tests.corpora.run import run
from tests.corpora.truths import wrong

ROOT = Path(__file__).parents[2]
CORPORA = ROOT.parent / "shared" / "corpora"
GOOD = "interaction_id,occurred_at,input_tokens\ni1,2026-03-01T09:30:00Z,10\ni2,2026-03-01T09:31:00Z,20\n"
PUBLISHED = Outcome(file="a", load_id="l", format="canonical", status="published", rows_read=3, accepted=2, blank=1)


@pytest.mark.parametrize(
    ("outcome", "seconds", "fault"),
    [
        (PUBLISHED, SECONDS + 1, "it took"),
        (Outcome(file="a", format="canonical", status="published", rows_read=3, accepted=2), 1, "accounted for"),
        (Outcome(file="a"), 1, "without a reason"),
        (Outcome(file="a", messages=["KeyError: 'x'"]), 1, "KeyError"),
        (Outcome(file="a", messages=["Reading the file was ended by signal 11."]), 1, "ended by signal"),
        (Outcome(file="a", messages=["No."], written={"interactions": 1}), 1, "yet written"),
    ],
)
def test_what_counts_as_a_fault(outcome: Outcome, seconds: float, fault: str) -> None:
    """A hang, a lost record, a refusal without a reason or in Python's words, and a refusal that wrote are faults."""
    assert any(fault in told for told in judge("a", outcome, seconds).faults)


def test_what_is_no_fault() -> None:
    """A load that adds up and a refusal that says why are none."""
    assert not judge("a", PUBLISHED, 1).faults
    assert not judge("a", Outcome(file="a", messages=["The file is empty. Export it again."]), 1).faults


def test_each_file_of_a_folder_ends_in_one_of_three_ways(tmp_path: Path) -> None:
    """A file is accepted with its counts, wholly in quarantine, or refused with its reason, whatever it is."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "good.csv").write_text(GOOD)
    (tmp_path / "bad.csv").write_text(GOOD.replace("2026", "1826"))
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 20)
    found = {judgement.file: judgement for judgement in run(tmp_path)}
    assert {file: one.became for file, one in found.items()} == {
        "deep/good.csv": "accepted", "bad.csv": "quarantined", "noise.bin": "refused",
    }  # fmt: skip
    assert "2 accepted" in found["deep/good.csv"].told
    assert not any(one.faults for one in found.values())


def test_the_command_fails_where_a_truth_is_missed(tmp_path: Path) -> None:
    """A corpus whose truth differs from what is read makes the command fail and name the record."""
    (tmp_path / "csvs").mkdir()
    (tmp_path / "json").mkdir()
    (tmp_path / "csvs" / "one.csv").write_text("a,b\n1,2\n")
    (tmp_path / "json" / "one.json").write_text(json.dumps([{"a": "1", "b": "3"}]))
    done = subprocess.run(
        [sys.executable, "-m", "tests.corpora", tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "record 1 is {'a': '1', 'b': '2'}" in done.stdout
    assert "2 files: 2 refused; 1 with a fault" in done.stdout


@pytest.mark.parametrize("corpus", ["csv-spectrum", "JSONTestSuite"])
def test_our_readers_agree_with_the_truth(corpus: str) -> None:
    """What a corpus says its files hold, or must not be, is what our readers make of them."""
    if not (CORPORA / corpus).is_dir():
        pytest.skip(f"the {corpus} corpus lies beside the project's folder (../shared) and is not there")
    files = sorted(path for path in (CORPORA / corpus).rglob("*") if path.is_file())
    assert len(files) > 20
    assert {path.name: list(wrong(path)) for path in files if list(wrong(path))} == {}
