"""Readings kept: what a version of the data answered is not asked again, neither by this process nor, of the standard
views, by the next one.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

from data.versions import TELLING
from data.warehouse import Warehouse
from metrics.spec import Dimension, Reading, Scope

MOST = 20_000
"""Readings that a process keeps of a warehouse, about a kilobyte each; those asked for longest ago go first."""
FOLDER = "readings"
Ask = Callable[[], list[Reading]]


class Question(NamedTuple):
    """All that an answer depends on."""

    metrics: tuple[str, ...]
    scope: str
    by: tuple[Dimension, ...]
    version: int
    today: date


class Kept:
    """The answers of one warehouse. From any thread; who asks what is being asked already waits for that answer."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: OrderedDict[Question, tuple[Reading, ...]] = OrderedDict()
        self._asking: dict[Question, Lock] = {}
        self._readings = 0

    def get(self, question: Question) -> tuple[Reading, ...] | None:
        """The answer, if it is kept."""
        with self._lock:
            return self._get(question)

    def put(self, question: Question, answer: tuple[Reading, ...]) -> None:
        """Keep an answer; an older version's go, nobody can ask for them again."""
        with self._lock:
            for old in [old for old in self._answers if old.version != question.version] + [question]:
                self._readings -= len(self._answers.pop(old, ()))
            self._answers[question] = answer
            self._readings += len(answer)
            while self._readings > MOST and len(self._answers) > 1:
                self._readings -= len(self._answers.popitem(last=False)[1])

    def turn(self, question: Question) -> Lock:
        """The lock of whoever finds the answer."""
        with self._lock:
            return self._asking.setdefault(question, Lock())

    def over(self, question: Question) -> None:
        """Nobody looks for the answer any more."""
        with self._lock:
            self._asking.pop(question, None)

    def _get(self, question: Question) -> tuple[Reading, ...] | None:
        if question in self._answers:
            self._answers.move_to_end(question)
        return self._answers.get(question)


_KEPT: WeakKeyDictionary[Warehouse, Kept] = WeakKeyDictionary()
_MAKING = Lock()


def answered(
    store: Warehouse, metrics: Sequence[str], scope: Scope, by: tuple[Dimension, ...], ask: Ask
) -> list[Reading]:  # fmt: skip
    """The kept answer to a question of metrics of the catalogue, else what `ask` finds, which is kept then."""
    asked, kept = _question(store, metrics, scope, by), _of(store)
    if (found := kept.get(asked)) is not None:
        return list(found)
    with kept.turn(asked):
        try:
            if (found := kept.get(asked) or _stored(store, asked)) is None:
                found = tuple(ask())
            if _is_of(found, asked) and store.data_version() == asked.version:
                kept.put(asked, found)
        finally:
            kept.over(asked)
    return list(found)


def write(store: Warehouse, views: Sequence[tuple[Sequence[str], Scope, tuple[Dimension, ...]]]) -> None:
    """Keep the answers to these questions, which this process has, in files for the next one; other files go.

    A full disk keeps none.
    """
    folder, names = store.side / FOLDER, set()
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        for metrics, scope, by in views:
            question = _question(store, metrics, scope, by)
            if (found := _of(store).get(question)) is None:
                continue
            path = _path(store, question)
            draft = path.with_suffix(".new")
            draft.write_text(json.dumps([asdict(reading) for reading in found]), encoding="utf-8")
            draft.replace(path)
            names.add(path.name)
        for path in folder.iterdir():
            if path.name not in names:
                path.unlink(missing_ok=True)


def _of(store: Warehouse) -> Kept:
    with _MAKING:
        return _KEPT.setdefault(store, Kept())


def _question(store: Warehouse, metrics: Sequence[str], scope: Scope, by: tuple[Dimension, ...]) -> Question:
    return Question(tuple(metrics), scope.model_dump_json(), by, store.data_version(), store.clock().date())


def _is_of(found: tuple[Reading, ...], asked: Question) -> bool:
    """Whether no change came between: the readings say of which version they are."""
    return all(reading.data_version == asked.version for reading in found)


def _stored(store: Warehouse, question: Question) -> tuple[Reading, ...] | None:
    """The answer in a file; a file that cannot be read is none."""
    with suppress(OSError, ValueError, TypeError):
        return tuple(Reading(**row) for row in json.loads(_path(store, question).read_text(encoding="utf-8")))
    return None


def _path(store: Warehouse, question: Question) -> Path:
    """A name of what the answer depends on, this program and the moment of the version included: a restored backup may
    count up to the same number with other data. What was published since is no part of it.
    """
    made = store.value(f"SELECT CAST(max(made_at) AS VARCHAR) AS made FROM data_versions WHERE cause <> '{TELLING}'")
    parts = json.dumps([question, _program(), made], default=str)
    return store.side / FOLDER / f"{hashlib.sha256(parts.encode()).hexdigest()[:24]}.json"


@cache
def _program() -> str:
    """The text of everything that makes readings: another program may answer otherwise."""
    room = Path(__file__).parent
    texts = [path.read_bytes() for folder in (room, room.parent / "data") for path in sorted(folder.rglob("*.py"))]
    texts += [path.read_bytes() for path in sorted((room.parent / "data").glob("*.sql"))]
    return hashlib.sha256(b"".join(texts)).hexdigest()
