"""Kill -9 in every step of a load: what was acknowledged is there, what was not is there whole or not at all."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from data.check import check
from data.errors import PlumblineError
from data.side import side_of
from data.warehouse import Warehouse
from tests.torture.count import Tally
from tests.torture.exports import exports, write
from tests.torture.model import Model, differences, held, leftovers
from tests.torture.steps import STEPS, Board
from tests.torture.victim import Death, Plan

ROOT = Path(__file__).parents[2]
REOPENED_WITHIN = 2.0
FILES = 16
"""Files of one warehouse; when most are loaded, the next victims get a new one."""
AFTER_WHICH_RECOVERY = ("commit", "journal fsync", "CHECKPOINT", "reduction")


@dataclass
class Scene:
    """One warehouse, the files it is fed from, and the truth about it."""

    path: Path
    files: Path
    said: Path
    model: Model
    read: int = 0
    """How many lines of `said` were judged already."""
    by_name: dict[str, object] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path, seed: int) -> "Scene":
        """An empty warehouse in a new folder, and its files."""
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "files").mkdir(parents=True)
        scene = cls(folder / "w.duckdb", folder / "files", folder / "said.jsonl", Model(b""))
        for file in exports(seed, FILES):
            write(file, scene.files)
            scene.by_name[file.name] = file
        Warehouse.create(scene.path).close()
        scene.model = Model((side_of(scene.path) / "secret").read_bytes())
        scene.said.write_bytes(b"")
        return scene

    @property
    def full(self) -> bool:
        """Whether the next victim should get another one."""
        return len(self.model.loads) >= FILES - 2


def kills(count: int, seed: int, folder: Path, until: float) -> Tally:
    """Kill `count` victims, the step that was hit least so far being aimed at next; no further one after `until`."""
    tally = Tally("kill -9", count)
    random = Random(seed)
    board = Board(folder / "board")
    scene, made = Scene.make(folder / "scene", seed), 1
    aimed_after: str | None = None
    with _victims(folder / "board") as victims:
        misses = 0
        while tally.times < count and misses < 20 + count and time.monotonic() < until:
            if scene.full:
                scene, made = Scene.make(folder / "scene", seed + made), made + 1
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
                problems += judge(scene, tally)
            tally.met(board.step, problems)
            if problems:  # one fault must not be counted again and again
                scene, made = Scene.make(folder / "scene", seed + made), made + 1
                aimed_after = None
    return tally


def judge(scene: Scene, tally: Tally) -> list[str]:
    """Open what the killed process left and hold it against the truth; a sentence for each thing that is wrong."""
    began = time.perf_counter()
    try:
        store = Warehouse.open(scene.path)
    except PlumblineError as error:
        return [f"does not open: {error}"]
    took = time.perf_counter() - began
    tally.took("reopened", took)
    problems = [f"reopened in {took:.1f} s"] if took > REOPENED_WITHIN else []
    try:
        problems += _history(scene, store)
        problems += differences(scene.model.tables(), held(store))
        problems += leftovers(store.side, scene.model.ids("undone"))
        problems += [finding.sentence for finding in check(store)[1] if not finding.well]
        lines = [(entry.version, entry.cause) for entry in store.journal.entries()]
        if lines != list(enumerate(scene.model.causes, 1)):
            problems.append("the journal is not the history of the file")
    except Exception as error:
        problems.append(f"cannot be read: {type(error).__name__}: {error}")
    finally:
        store.close()
    return problems


def _history(scene: Scene, store: Warehouse) -> list[str]:
    """Let the model live through what the file says has happened; it must be what was acknowledged, or was begun."""
    said = [json.loads(line) for line in scene.said.read_text().splitlines()][scene.read :]
    scene.read += len(said)
    done = [(change, of) for what, change, of in said if what == "done"]
    names = {str(row["load_id"]): str(row["file_name"]) for row in store.rows("SELECT load_id, file_name FROM loads")}
    problems, unsaid = [], []
    causes = [str(row["cause"]) for row in store.rows("SELECT cause FROM data_versions ORDER BY version")]
    if causes[: len(scene.model.causes)] != scene.model.causes:
        return ["what was stored before is not the beginning of what is stored now"]
    for cause in causes[len(scene.model.causes) :]:
        change, load_id = cause.split()
        if (change, load_id) in done:
            done.remove((change, load_id))
        else:
            unsaid.append([change, Path(names[load_id]).name if change == "load" else load_id])
        if change == "load":
            scene.model.load(load_id, scene.by_name[names[load_id]])  # type: ignore[arg-type]
        else:
            (scene.model.undo if change == "undo" else scene.model.redo)(load_id)
    problems += [f"lost although acknowledged: {change} {load_id}" for change, load_id in done]
    begun = [[change, Path(of).name] for what, change, of in said if what == "began"]
    problems += [f"stored, but nobody had begun it: {change} {of}" for change, of in unsaid if [change, of] not in begun]
    return problems


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
