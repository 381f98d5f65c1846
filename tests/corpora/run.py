"""The loader over a folder: every file for itself, the real way, several at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from data.warehouse import Warehouse
from loaders.ingest import load
from tests.corpora.judgement import Judgement, crashed, judge
from tests.corpora.truths import wrong


def files_of(folder: Path) -> list[Path]:
    """Every file under a folder, in order. Raises NotADirectoryError."""
    if not folder.is_dir():
        raise NotADirectoryError(f"There is no folder {folder}.")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def run(folder: Path, workers: int = 2) -> Iterator[Judgement]:
    """Judge every file of a folder, in order; each load has a warehouse for itself while it runs."""
    free: SimpleQueue[Warehouse] = SimpleQueue()

    def one(path: Path) -> Judgement:
        store = free.get()
        try:
            return _one(store, path, str(path.relative_to(folder)))
        finally:
            free.put(store)

    with TemporaryDirectory() as place, ExitStack() as stores:
        for number in range(workers):
            free.put(stores.enter_context(closing(Warehouse.create(Path(place) / f"{number}.duckdb"))))
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(one, files_of(folder))


def _one(store: Warehouse, path: Path, shown: str) -> Judgement:
    began = time.monotonic()
    before = _state(store)
    try:
        outcome = load(store, path, who="corpora")
        found = judge(shown, outcome, time.monotonic() - began)
        differs = tuple(wrong(path))
    except Exception as error:  # what this is for: no file may end so
        return crashed(shown, error)
    if outcome.status == "refused" and _state(store) != before:
        differs += ("refused, and yet the warehouse changed",)
    left = [entry.name for name in ("uploads", "staging") for entry in (store.side / name).iterdir()]
    if left:
        differs += (f"left behind: {', '.join(left)}",)
    return replace(found, faults=found.faults + differs)


def _state(store: Warehouse) -> tuple[object, object]:
    return (
        store.value("SELECT max(version) AS version FROM data_versions"),
        store.value("SELECT count(*) AS n FROM loads"),
    )
