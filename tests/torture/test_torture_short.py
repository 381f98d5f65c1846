"""A short run of each torture; `make torture` runs them in earnest."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.torture.count import Tally
from tests.torture.damage import damages
from tests.torture.full_disk import full_disks
from tests.torture.kills import kills
from tests.torture.uploads import uploads

SEED = 11


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests run on the same processors meanwhile: how fast it opens is measured by `make torture`."""
    monkeypatch.setattr("tests.torture.kills.REOPENED_WITHIN", 60.0)
    monkeypatch.setattr("tests.torture.full_disk.ANSWERS_WITHIN", 120.0)


def run(torture: Callable[[int, int, Path, float], list[Tally]], count: int, folder: Path) -> list[Tally]:
    """The torture, with nothing that went wrong."""
    tallies = torture(count, SEED, folder, time.monotonic() + 600)
    assert [problem for tally in tallies for problem in tally.problems] == []
    return tallies


def test_killed_processes_lose_nothing(tmp_path: Path) -> None:
    """Processes killed in steps of a load, an undo and a redo leave a warehouse that opens whole and cleaned up."""
    (tally,) = run(kills, 4, tmp_path)
    assert tally.well == 4
    assert len(tally.where) > 2


def test_a_full_disk_refuses_and_goes_on(tmp_path: Path) -> None:
    """Whatever room is left, a change is stored or refused with a sentence, and works when there is room."""
    (tally,) = run(full_disks, 3, tmp_path)
    if tally.note:
        pytest.skip(tally.note)
    assert tally.well == 3


def test_damaged_files_are_noticed(tmp_path: Path) -> None:
    """A damaged database, log or journal is refused with a sentence, or what is read is the truth."""
    (tally,) = run(damages, 12, tmp_path)
    assert tally.well == 12
    assert sum(times for met, times in tally.where.items() if met.endswith("refused")) > 3


def test_many_uploaders_and_readers(tmp_path: Path) -> None:
    """Eight people with one file make one load, with eight files eight loads, and every read is of one version."""
    same, different, reads = run(uploads, 8, tmp_path)
    assert same.where["loaded"] == 1
    assert different.where["loaded"] == 8
    assert reads.well == reads.times > 10
