"""`python -m bench [--rows N]`: a load against a bare typed read_csv of the same file, one of Parquet against CREATE
TABLE AS, in turn, and readings against the same sums by hand, as ratios.

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

from bench.company import bare_read, bare_table, write_events, write_log
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
        events = Path(folder) / "usage.parquet"
        write_events(log, events)
        rounds = [_round(Path(folder), log, bare_read, number) for number in range(given.rounds + 1)][1:]
        typed = [_round(Path(folder), events, bare_table, number) for number in range(given.rounds + 1)][1:]
        asked = _readings(Path(folder), log, given.rows)
        write_log(log, given.rows // 10)
        tenth = _readings(Path(folder) / "tenth", log, given.rows // 10)
    report = {
        "rows": given.rows, "rounds": given.rounds,
        **_costs("read_csv", "load", rounds), **_costs("create_table_as_of_parquet", "load_of_parquet", typed),
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


def _costs(bare: str, load: str, rounds: list[tuple[Cost, Cost]]) -> dict[str, float | dict[str, float]]:
    """The costs of a load and of what it is measured against, and the one's rate of the other's."""
    return {
        f"bare_{bare}_seconds": round(statistics.median(plain.clock for plain, _ in rounds), 2),
        f"{load}_seconds": round(statistics.median(loaded.clock for _, loaded in rounds), 2),
        f"{load}_rate_of_bare": _spread([plain.clock / loaded.clock for plain, loaded in rounds]),
        f"bare_{bare}_computing": round(statistics.median(plain.computing for plain, _ in rounds), 2),
        f"{load}_computing": round(statistics.median(loaded.computing for _, loaded in rounds), 2),
        f"{load}_computing_rate_of_bare": _spread([plain.computing / loaded.computing for plain, loaded in rounds]),
    }


def _spread(ratios: list[float]) -> dict[str, float]:
    return {"min": round(min(ratios), 2), "median": round(statistics.median(ratios), 2), "max": round(max(ratios), 2)}


def _round(folder: Path, file: Path, bare_way: Callable[[Path, Path], None], number: int) -> tuple[Cost, Cost]:
    name = f"{file.suffix[1:]}-{number}.duckdb"
    bare = _timed(lambda: bare_way(file, folder / f"bare-{name}"))
    store = Warehouse.create(folder / f"warehouse-{name}")
    try:
        loaded = _timed(lambda: _loaded(store, file))
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
