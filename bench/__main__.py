"""`python -m bench [--rows N]`: a load against a bare typed read_csv of the same file, in turn, and readings against
the same sums by hand, as ratios.

Seconds by the clock and seconds of computing: the latter leave out the waiting on a busy machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.company import bare_read, write_events, write_log
from bench.readings import measured, register
from data.warehouse import Warehouse
from loaders.ingest import load


class Cost(NamedTuple):
    """What a piece of work took, in seconds: by the clock, and of computing in all processes."""

    clock: float
    computing: float


def main() -> int:
    """Run the rounds and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "usage.csv"
        write_log(log, given.rows)
        rounds = [_round(Path(folder), log, number) for number in range(given.rounds + 1)][1:]
        asked = _readings(Path(folder), log, given.rows)
        write_log(log, given.rows // 10)
        tenth = _readings(Path(folder) / "tenth", log, given.rows // 10)
    report = {
        "rows": given.rows, "rounds": given.rounds,
        "bare_read_csv_seconds": round(statistics.median(bare.clock for bare, _ in rounds), 2),
        "load_seconds": round(statistics.median(loaded.clock for _, loaded in rounds), 2),
        "load_rate_of_bare": _spread([bare.clock / loaded.clock for bare, loaded in rounds]),
        "bare_read_csv_computing": round(statistics.median(bare.computing for bare, _ in rounds), 2),
        "load_computing": round(statistics.median(loaded.computing for _, loaded in rounds), 2),
        "load_computing_rate_of_bare": _spread([bare.computing / loaded.computing for bare, loaded in rounds]),
        **asked, "readings_for_ten_times_the_rows": round(asked["readings_seconds"] / tenth["readings_seconds"], 2),
    }  # fmt: skip
    print(json.dumps(report, indent=2))
    return 0


def _readings(folder: Path, log: Path, rows: int) -> dict[str, float]:
    """What the same question takes in four ways, and what a row takes on the disk."""
    folder.mkdir(exist_ok=True)
    events = folder / "events.parquet"
    write_events(log, events)
    store = Warehouse.create(folder / "asked.duckdb")
    try:
        register(store)
        _loaded(store, log)
        first, kept, sql, frame = measured(store, events)
    finally:
        store.close()
    size = (folder / "asked.duckdb").stat().st_size
    return {
        "readings_seconds": round(first, 4), "readings_kept_seconds": round(kept, 6),
        "sql_by_hand_of_readings": round(sql / first, 2), "pandas_of_readings": round(frame / first, 2),
        "warehouse_bytes_a_row": round(size / rows, 1),
        "warehouse_of_zstd_parquet": round(size / events.stat().st_size, 2),
    }  # fmt: skip


def _spread(ratios: list[float]) -> dict[str, float]:
    return {"min": round(min(ratios), 2), "median": round(statistics.median(ratios), 2), "max": round(max(ratios), 2)}


def _round(folder: Path, log: Path, number: int) -> tuple[Cost, Cost]:
    bare = _timed(lambda: bare_read(log, folder / f"bare-{number}.duckdb"))
    store = Warehouse.create(folder / f"warehouse-{number}.duckdb")
    try:
        loaded = _timed(lambda: _loaded(store, log))
    finally:
        store.close()
    return bare, loaded


def _loaded(store: Warehouse, log: Path) -> None:
    outcome = load(store, log, who="bench")
    if outcome.status != "published" or outcome.rows_read != outcome.accepted:
        raise SystemExit(f"The bench file was not loaded whole: {outcome.messages}")


def _timed(work: Callable[[], None]) -> Cost:
    computed, began = _computed(), time.perf_counter()
    work()
    return Cost(time.perf_counter() - began, _computed() - computed)


def _computed() -> float:
    """Seconds of computing of this process and those it started, with what they waited for; Linux only.

    A reader is a fork of a process that stays, so what it took is asked of that process and not of this one.
    """
    children = [number for task in Path("/proc/self/task").glob("*/children") for number in task.read_text().split()]
    ticks = sum(
        int(told)
        for number in ("self", *children)
        for told in Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[11:15]
    )
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
