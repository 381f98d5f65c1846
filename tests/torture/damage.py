"""Damaged files: each is noticed with a sentence, or what is read is the truth; never a wrong number or a traceback."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from data.warehouse import Warehouse
from loaders.ingest import load
from loaders.undo import undo
from tests.torture.count import Tally
from tests.torture.model import differences, held
from tests.torture.scene import Scene

ROOT = Path(__file__).parents[2]
PAGE = 4096
LOADS = 5


def flip(path: Path, _: Path, random: Random) -> None:
    """A few bits are turned."""
    content = bytearray(path.read_bytes())
    for _turn in range(random.randint(1, 3)):
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    path.write_bytes(content)


def cut(path: Path, _: Path, random: Random) -> None:
    """The end is missing."""
    content = path.read_bytes()
    path.write_bytes(content[: random.randrange(len(content))])


def blank(path: Path, _: Path, random: Random) -> None:
    """A page that held something is all zeros."""
    content = bytearray(path.read_bytes())
    at = random.choice([at for at in range(0, len(content), PAGE) if any(content[at : at + PAGE])])
    content[at : at + PAGE] = bytes(len(content[at : at + PAGE]))
    path.write_bytes(content)


def older(path: Path, former: Path, _: Random) -> None:
    """What lay there some loads ago lies there again; where nothing lay, nothing."""
    path.unlink()
    if former.exists():
        shutil.copyfile(former, path)


DAMAGES: dict[str, Callable[[Path, Path, Random], None]] = {
    "bits flipped": flip, "cut short": cut, "page zeroed": blank, "older copy": older,
}  # fmt: skip
PARTS = {"database": "", "log": ".wal", "journal": ".d/journal.jsonl"}


def damages(count: int, seed: int, folder: Path, until: float) -> list[Tally]:
    """Damage copies of one warehouse, `count` in all, in every part and way in turn, and open them."""
    tally = Tally("damaged files", count)
    random = Random(seed)
    truth = _pattern(folder, seed)
    opener = _Opener()
    try:
        for number in range(count):
            if time.monotonic() > until:
                break
            part = list(PARTS)[number % len(PARTS)]
            kind = list(DAMAGES)[number // len(PARTS) % len(DAMAGES)]
            state = "with log" if part == "log" or number % 2 else "folded"
            path = _copied(folder / state, folder / "damaged")
            former = folder / "former" / path.name
            DAMAGES[kind](Path(f"{path}{PARTS[part]}"), Path(f"{former}{PARTS[part]}"), random)
            answer = opener(path)
            tally.met(f"{part} {kind}: {_class(answer)}", _wrong(answer, truth))
    finally:
        opener.close()
    return [tally]


def _pattern(folder: Path, seed: int) -> dict[str, list[str]]:
    """A warehouse as it was (`former`), as it is with its log folded in and with the log beside it; what it holds."""
    scene = Scene.make(folder / "folded", folder / "uploads", seed)
    store = Warehouse.open(scene.path)
    ids = []
    for number, name in enumerate(list(scene.by_name)[:LOADS]):
        if number == LOADS - 2:
            shutil.copytree(scene.path.parent, folder / "former")
        if number == LOADS - 1:
            store._fold = lambda: None  # type: ignore[method-assign]  # from here on the log stays, as after a kill
        ids.append(str(load(store, scene.files / name, who="uploader").load_id))
    undo(store, ids[0], "uploader")
    shutil.copytree(scene.path.parent, folder / "with log")
    assert (folder / "with log" / "w.duckdb.wal").stat().st_size > PAGE
    del store._fold
    store._fold()
    truth = held(store)
    store.close()
    return truth


def _copied(source: Path, dest: Path) -> Path:
    shutil.rmtree(dest, ignore_errors=True)
    shutil.copytree(source, dest)
    return dest / "w.duckdb"


def _class(answer: dict[str, object]) -> str:
    if "refused" in answer:
        return "refused"
    return "found by the check" if answer.get("ill") else "read" if "held" in answer else "failed"


def _wrong(answer: dict[str, object], truth: dict[str, list[str]]) -> list[str]:
    """What must not be: a traceback, an end of the process, a number that is not the truth."""
    if "refused" in answer:
        return [] if len(str(answer["refused"])) > 40 else [f"no sentence: {answer['refused']}"]
    if "held" not in answer:
        return [str(answer["traceback"])]
    found = answer["held"]
    assert isinstance(found, dict)
    return differences(truth, found)


class _Opener:
    """A process that opens them; another one when it is ended by what it opened."""

    def __init__(self) -> None:
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.torture.opener"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def __call__(self, path: Path) -> dict[str, object]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            code = self._process.wait()
            self._process = self._start()
            return {"traceback": f"the process was ended: {code}"}
        found: dict[str, object] = json.loads(answer)
        return found

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
