"""python -m tests.calibrate: how often intervals, bounds and verdicts are right, as a table in Markdown."""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.calibrate.simulations import SIMULATIONS, Result

RUNS = 20_000


def line(result: Result) -> str:
    """A row of the table."""
    asked = "reported" if result.asked is None else f"{'≤' if result.at_most else '≥'} {result.asked:.1%}"
    verdict = "" if result.asked is None else "yes" if result.holds else "**no**"
    return f"| {result.what} | {result.share:.2%} ± {1.96 * result.noise:.2%} | {asked} | {verdict} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """0: every figure is what is asked; 1: one is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.calibrate", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N", help=f"default: {RUNS:,}")
    options = parser.parse_args(arguments)
    began, missed = time.monotonic(), 0
    print(f"Simulated {datetime.now(UTC):%Y-%m-%d}, {options.runs:,} runs each, seeded; ±: noise of the simulation.\n")
    print("| what | share | asked | holds |\n|---|---|---|---|")
    for simulation in SIMULATIONS:
        for result in simulation(options.runs):
            print(line(result), flush=True)
            missed += not result.holds
    print(f"{time.monotonic() - began:.0f} s, {missed} missed", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
