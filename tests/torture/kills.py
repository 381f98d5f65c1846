"""Kill -9 in every step of a load: what was acknowledged is there, what was not is there whole or not at all."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from random import Random

from data.errors import PlumblineError
from data.warehouse import Warehouse
from tests.torture.count import Tally
from tests.torture.scene import Scene
from tests.torture.steps import STEPS, Board
from tests.torture.victim import Death, Plan

ROOT = Path(__file__).parents[2]
REOPENED_WITHIN = 2.0
AFTER_WHICH_RECOVERY = ("commit", "journal fsync", "CHECKPOINT", "reduction")


def kills(count: int, seed: int, folder: Path, until: float) -> list[Tally]:
    """Kill `count` victims, the step that was hit least so far being aimed at next; no further one after `until`."""
    tally = Tally("kill -9", count)
    random = Random(seed)
    board = Board(folder / "board")
    scene, made = Scene.make(folder / "scene", folder / "files", seed), 1
    aimed_after: str | None = None
    with _victims(folder / "board") as victims:
        misses = 0
        while tally.times < count and misses < 20 + count and time.monotonic() < until:
            if scene.worn:
                scene, made = Scene.make(folder / "scene", folder / "files", seed + made), made + 1
            aim = "reopen" if aimed_after else min(STEPS, key=lambda step: (tally.where[step], random.random()))
            if aim == "reopen" and not aimed_after:
                aimed_after = random.choice(AFTER_WHICH_RECOVERY)  # something must be left to recover from
                aim = aimed_after
            else:
                aimed_after = None
            nth = random.randint(1, 2) if aim in AFTER_WHICH_RECOVERY else 1
            death = victims(Plan(str(scene.path), str(scene.files), str(scene.said), aim, nth, random.getrandbits(32)))
            if death.signal != -9:
                misses += 1
                if death.signal:
                    tally.met("failed by itself", [f"a victim aimed at in {aim} ended with {death.signal}"])
                continue
            problems = ["a child outlived its parent"] * death.orphans
            if not aimed_after:
                problems += reopened(scene, tally)
            tally.met(board.step, problems)
            if problems:  # one fault must not be counted again and again
                scene, made = Scene.make(folder / "scene", folder / "files", seed + made), made + 1
                aimed_after = None
    return [tally]


def reopened(scene: Scene, tally: Tally) -> list[str]:
    """Open what the killed process left and hold it against the truth; a sentence for each thing that is wrong."""
    began = time.perf_counter()
    try:
        store = Warehouse.open(scene.path)
    except PlumblineError as error:
        return [f"does not open: {error}"]
    took = time.perf_counter() - began
    tally.took("reopened", took)
    try:
        problems = scene.judge(store)
    except Exception as error:
        problems = [f"cannot be read: {type(error).__name__}: {error}"]
    finally:
        store.close()
    return problems + ([f"reopened in {took:.1f} s"] if took > REOPENED_WITHIN else [])


@contextmanager
def _victims(board: Path) -> Iterator["_Victims"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.victim", str(board)], cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield _Victims(process)
    finally:
        process.kill()
        process.wait()


class _Victims:
    """Calling it with a plan lets one victim live and tells how it ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, plan: Plan) -> Death:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(plan)) + "\n")
        self._process.stdin.flush()
        return Death(**json.loads(self._process.stdout.readline()))
