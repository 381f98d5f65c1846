"""`python -m bench [--rows N]`: a load against a bare typed read_csv of the same file, in turn, as ratios."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.company import bare_read, write_log
from data.warehouse import Warehouse
from loaders.ingest import load


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
    ratios = sorted(bare / loaded for bare, loaded in rounds)
    report = {
        "rows": given.rows, "rounds": given.rounds,
        "bare_read_csv_seconds": round(statistics.median(bare for bare, _ in rounds), 2),
        "load_seconds": round(statistics.median(loaded for _, loaded in rounds), 2),
        "load_rate_of_bare": {"min": round(ratios[0], 2), "median": round(statistics.median(ratios), 2),
                              "max": round(ratios[-1], 2)},
    }  # fmt: skip
    print(json.dumps(report, indent=2))
    return 0


def _round(folder: Path, log: Path, number: int) -> tuple[float, float]:
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


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
