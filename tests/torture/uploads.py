"""Many at once: the same file a hundred times is one load, different files are all loaded, and whoever reads meanwhile
sees one version of everything.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random

from data.errors import PlumblineError
from data.warehouse import Warehouse
from loaders.ingest import load
from tests.torture.count import Tally
from tests.torture.scene import Scene

ROOT = Path(__file__).parents[2]
UPLOADERS, COMMANDS, READERS = 8, 2, 3
"""People at once; how many of the uploaders use the command line; people who only look."""
PATIENCE = 60.0
"""Seconds after which a command that waits for the server's turn is left alone."""


def uploads(count: int, seed: int, folder: Path, until: float) -> list[Tally]:
    """Upload one file `count` times by eight people, then as many different ones, with readers all the while."""
    same, different = Tally("the same file by 8", count), Tally("different files by 8", count)
    reads = Tally("reads meanwhile", 0)
    for number in range(count):  # a scene has few files: as many scenes as it takes
        if different.times >= count or time.monotonic() > until:
            break
        scene = Scene.make(folder / "crowd", folder / "uploads", seed + number)
        store = Warehouse.open(scene.path)
        try:
            with _readers(store, reads):
                if not number:
                    _same(scene, store, count, until, same)
                _different(scene, store, different)
        finally:
            store.close()
    reads.wanted = reads.times
    return [same, different, reads]


def _same(scene: Scene, store: Warehouse, count: int, until: float, tally: Tally) -> None:
    path = scene.files / next(iter(scene.by_name))
    scene.say("began", "load", str(path))
    commands = set(range(0, count, UPLOADERS // COMMANDS)) if count >= UPLOADERS else {count - 1}

    def upload(number: int) -> tuple[str, list[str]] | None:
        if time.monotonic() > until:
            return None
        return _by_command(scene, path) if number in commands else _in_process(scene, store, path)

    with ThreadPoolExecutor(UPLOADERS) as people:
        answers = [answer for answer in people.map(upload, range(count)) if answer]
    for met, problems in answers:
        tally.met(met, problems)
    loads = store.value("SELECT count(*) AS n FROM loads")
    problems = scene.judge(store) + ([] if loads == 1 else [f"{loads} loads instead of 1"])
    if problems:
        tally.failed = tally.times
        tally.problems += problems


def _different(scene: Scene, store: Warehouse, tally: Tally) -> None:
    """Every file that is not loaded yet, eight at a time."""
    loaded = {row["file_name"] for row in store.rows("SELECT file_name FROM loads")}
    waiting = [scene.files / name for name in scene.by_name if name not in loaded][: tally.wanted - tally.times]
    for path in waiting:
        scene.say("began", "load", str(path))
    with ThreadPoolExecutor(UPLOADERS) as people:
        answers = list(people.map(lambda path: _in_process(scene, store, path), waiting))
    problems = scene.judge(store)
    for met, wrong in answers:
        tally.met(met, wrong + ([] if met == "loaded" else [f"not loaded: {met}"]) + problems)


def _in_process(scene: Scene, store: Warehouse, path: Path) -> tuple[str, list[str]]:
    """As the server does: in a thread of the process that has the file open."""
    try:
        outcome = load(store, path, who="uploader")
    except PlumblineError as error:
        return "refused", [str(error)]
    except Exception as error:
        return "failed", [f"{type(error).__name__}: {error}"]
    if outcome.status == "published":
        scene.say("done", "load", str(outcome.load_id))
        return "loaded", []
    known = any("Already loaded as" in message for message in outcome.messages)
    return ("already loaded", []) if known else ("refused", outcome.messages)


def _by_command(scene: Scene, path: Path) -> tuple[str, list[str]]:
    """By the command line, which finds the file open: it says who has it, or waits for its turn."""
    command = [sys.executable, "-m", "loaders", "load", str(path), "--json", "--warehouse", str(scene.path)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return "waits for its turn", []
    try:
        (answer,) = json.loads(done.stdout)
    except ValueError:
        return "failed", [f"exit {done.returncode}: {done.stderr[-300:]}"]
    said = " ".join(answer["messages"])
    if done.returncode == 1 and "is in use by" in said:
        return "told who has the file", []
    if answer["status"] == "published" or "Already loaded as" in said:
        return "loaded in its turn", []
    return "failed", [f"exit {done.returncode}: {said}"]


@contextmanager
def _readers(store: Warehouse, tally: Tally) -> Iterator[None]:
    """People who look all the while; every look is one time of the tally."""
    over, gate = threading.Event(), threading.Lock()

    def look(seed: int) -> None:
        random = Random(seed)
        while not over.wait(random.uniform(0.05, 0.2)):
            began = time.perf_counter()
            try:
                wrong = _look(store)
            except Exception as error:
                wrong = [f"{type(error).__name__}: {error}"]
            with gate:
                tally.took("a read", time.perf_counter() - began)
                tally.met("wrong" if wrong else "of one version", wrong)

    people = [threading.Thread(target=look, args=(seed,)) for seed in range(READERS)]
    for person in people:
        person.start()
    try:
        yield
    finally:
        over.set()
        for person in people:
            person.join()


def _look(store: Warehouse) -> list[str]:
    """Sums that must agree in every committed state, and must not move while one person looks."""
    records = "(SELECT count(*) FROM {0}) + (SELECT count(*) FROM {0}_superseded)"
    asked = (
        "SELECT max(version) AS v FROM data_versions",
        "SELECT count(*) AS n FROM interactions",
        "SELECT CAST(coalesce(sum(interactions), 0) AS BIGINT) AS n FROM user_days",
        f"SELECT {records.format('interactions')} + {records.format('feedback')} AS n",
        "SELECT CAST(coalesce(sum(accepted + duplicates), 0) AS BIGINT) AS n FROM loads WHERE status = 'published'",
    )
    with store.reading() as reader:
        first, second = ([reader.value(sql) for sql in asked] for _ in range(2))
    wrong = [] if first == second else [f"two looks in one snapshot: {first} and {second}"]
    if first[1] != first[2]:
        wrong.append(f"{first[1]} interactions and {first[2]} in user_days at version {first[0]}")
    if first[3] != first[4]:
        wrong.append(f"{first[3]} records stored and {first[4]} accounted for at version {first[0]}")
    return wrong
