"""A process like the server's that loads, takes back and puts in again until it is killed; and who starts such ones.

`python -m tests.torture.victim BOARD` takes one plan a line on standard input, lets a process of its own live by it and
answers with a line when that one is dead and none of its children is left.
"""

import ctypes
import json
import os
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import NoReturn

from data.warehouse import Warehouse
from loaders.ingest import load
from loaders.undo import redo, undo
from tests.torture.steps import Board, Tracer

MOST = 8
"""Changes after which a victim that is still alive gives up: the shot missed."""


@dataclass(frozen=True)
class Plan:
    """What one victim does and where it dies: the `nth` time it is in `step`."""

    warehouse: str
    files: str
    said: str
    """The file in which it writes, at once and unbuffered, what it begins and what it acknowledges."""
    step: str
    nth: int
    seed: int


@dataclass(frozen=True)
class Death:
    """How it ended: the signal (0: it was not killed), what was on its standard error, children that outlived it."""

    signal: int
    orphans: int


def live(plan: Plan, board: Board) -> None:
    """One life: open, then change after change."""
    random = Random(plan.seed)
    tracer = Tracer(board, plan.step, plan.nth, plan.seed)
    tracer.staging = Path(plan.warehouse + ".d") / "staging"
    tracer.follow()
    said = os.open(plan.said, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def say(what: str, change: str, of: str) -> None:
        os.write(said, (json.dumps([what, change, of]) + "\n").encode())

    with tracer.inside("reopen"):
        store = Warehouse.open(plan.warehouse)
    changes = [plan.step] if plan.step in ("undo", "redo") else []
    for _ in range(MOST):
        rows = store.rows("SELECT load_id, file_name, status FROM loads ORDER BY load_id")
        loaded = {row["file_name"] for row in rows}
        waiting = [path for path in sorted(Path(plan.files).iterdir()) if path.name not in loaded]
        can: dict[str, list[str]] = {
            "load": [str(path) for path in waiting[:1]],
            "undo": [str(row["load_id"]) for row in rows if row["status"] == "published"],
            "redo": [str(row["load_id"]) for row in rows if row["status"] == "undone"],
        }
        wanted = changes.pop() if changes else random.choice(("load", "load", "undo", "redo"))
        if plan.step in ("receive", "scan", "child reading", "staging", "publish insert", "reduction"):
            wanted = "load"
        change = wanted if can[wanted] else ("undo" if can["undo"] else "load")
        if wanted == "redo" != change:
            changes.append("redo")
        if not can[change]:
            return
        of = random.choice(can[change])
        say("began", change, of)
        if change == "load":
            outcome = load(store, Path(of), who="victim")
            if outcome.status != "published":
                raise AssertionError(f"{of}: {outcome.messages}")
            of = f"{outcome.load_id}"
        else:
            with tracer.inside(change):
                (undo if change == "undo" else redo)(store, of, "victim")
        say("done", change, of)
    store.close()


def _end(plan: Plan, board: Board) -> NoReturn:
    os.setpgid(0, 0)
    try:
        live(plan, board)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _reaped(process: int, patience: float = 5.0) -> Death:
    """Wait for a process and for what it leaves behind; what is there after `patience` seconds has outlived it."""
    _, status = os.waitpid(process, 0)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            child, _ = os.waitpid(-process, os.WNOHANG)
        except ChildProcessError:
            return Death(os.waitstatus_to_exitcode(status), 0)
        if not child:
            time.sleep(0.005)
    os.killpg(process, 9)
    return Death(os.waitstatus_to_exitcode(status), 1)


def main() -> None:
    """Start victims, one after another, by fork: everything is imported already and no database is open here."""
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans of a victim come to this process
    board = Board(Path(sys.argv[1]))
    for line in sys.stdin:
        plan = Plan(**json.loads(line))
        process = os.fork()
        if not process:
            _end(plan, board)
        print(json.dumps(asdict(_reaped(process))), flush=True)


if __name__ == "__main__":
    main()
