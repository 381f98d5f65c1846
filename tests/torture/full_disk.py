"""A disk that fills up at any point of a change: it is refused with a sentence or stored, and all is well with room."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from data.errors import PlumblineError
from data.warehouse import Warehouse
from loaders.ingest import load
from loaders.undo import redo, undo
from tests.torture.count import Tally
from tests.torture.scene import Scene

MEGABYTES = 64
ANSWERS_WITHIN = 10.0
"""Seconds after there is room again, without a restart of the process."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A disk of its own, in memory; None where this machine does not let us have one."""
    folder.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "torture", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mounted, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def full_disks(count: int, seed: int, folder: Path, until: float) -> list[Tally]:
    """Fill the disk `count` times, to leave any room between none and enough, and change something."""
    tally = Tally("disk full", count)
    random = Random(seed)
    with small_disk(folder / "disk") as disk:
        if disk is None:
            tally.note = "skipped: this user may not mount a small disk"
            return [tally]
        made = 0
        while tally.times < count and time.monotonic() < until:
            scene, made = Scene.make(disk / "scene", folder / "uploads", seed + made), made + 1
            store = Warehouse.open(scene.path)
            try:
                while tally.times < count and not scene.worn and time.monotonic() < until:
                    met, problems = _fill(scene, store, disk, random, tally)
                    tally.met(met, problems)
                    if problems:
                        break
            finally:
                store.close()
    return [tally]


def _fill(scene: Scene, store: Warehouse, disk: Path, random: Random, tally: Tally) -> tuple[str, list[str]]:
    """One trial: what became of the change on the full disk, and what was wrong."""
    ballast = disk / "ballast"
    left = int(random.choice((20_000, 300_000, 1_000_000, 4_000_000)) * random.random())
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free - left))
    change, begin = _change(scene, store, random)
    problems = []
    try:
        refusal = begin()
    except Exception as error:
        refusal, problems = "", [f"{change}: {type(error).__name__}: {error}"]
    if refusal and "room" not in refusal:
        problems.append(f"{change}: the sentence does not say what to do: {refusal}")
    with suppress(PlumblineError):  # without room it may be silent; it has to answer when there is some
        store.value("SELECT count(*) AS n FROM interactions")
    ballast.unlink()
    began = time.perf_counter()
    problems += _answers(scene, store, random)
    took = time.perf_counter() - began
    tally.took("answering again", took)
    if took > ANSWERS_WITHIN:
        problems.append(f"answering again after {took:.1f} s")
    versions = len(scene.model.causes)
    problems += scene.judge(store)
    if refusal and len(scene.model.causes) - versions > 1:
        problems.append(f"{change} was stored, although the answer was: {refusal}")
    return f"{change} {'refused' if refusal else 'stored'}", problems


def _answers(scene: Scene, store: Warehouse, random: Random) -> list[str]:
    """With room, a read and a change have to work at once."""
    try:
        store.value("SELECT count(*) AS n FROM interactions")
        change, begin = _change(scene, store, random)
        refusal = begin()
    except Exception as error:
        return [f"with room: {type(error).__name__}: {error}"]
    return [f"with room, {change} was refused: {refusal}"] if refusal else []


def _change(scene: Scene, store: Warehouse, random: Random) -> tuple[str, Callable[[], str]]:
    """A change to make, and the function that makes it and returns the sentence of a refusal, "" when it was stored."""
    rows = store.rows("SELECT load_id, status FROM loads ORDER BY load_id")
    loaded = {str(row["file_name"]) for row in store.rows("SELECT file_name FROM loads")}
    waiting = [scene.files / name for name in scene.by_name if name not in loaded]
    published = [str(row["load_id"]) for row in rows if row["status"] == "published"]
    undone = [str(row["load_id"]) for row in rows if row["status"] == "undone"]
    change = random.choice(["load"] + ["undo"] * bool(published) + ["redo"] * 2 * bool(undone))
    of = str(waiting[0]) if change == "load" else random.choice(published if change == "undo" else undone)

    def begin() -> str:
        scene.say("began", change, of)
        try:
            if change == "load":
                outcome = load(store, Path(of), who="uploader")
                if outcome.status == "refused":
                    return " ".join(outcome.messages)
                scene.say("done", change, str(outcome.load_id))
            else:
                (undo if change == "undo" else redo)(store, of, "uploader")
                scene.say("done", change, of)
        except PlumblineError as error:
            return str(error)
        return ""

    return change, begin
