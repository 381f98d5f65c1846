"""`python -m bench.pages`: the heaviest page of the demo company beside a hello-world app, in one run, as ratios."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.served import Served, served
from bench.tab import browser, tab
from bench.visitor import Run, visiting

ROOT = Path(__file__).parents[1]
HELLO = """
import streamlit as st
chosen = st.selectbox("Product", ["All products", "Corporate LLM"])
st.title("Hello")
st.write("You chose", chosen)
"""
PAGE = "overview"
QUERIES = ("", "period=8w")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one app costs."""

    computing: float
    """Seconds of computing a rerun takes the server when everything was asked before."""
    size: int
    """Bytes a rerun sends."""
    crowd: float
    """Seconds that 95 of 100 reruns take at most with everybody at it."""
    memory_mb: float
    errors: tuple[str, ...]


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--reruns", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hello, warehouse = folder / "hello.py", folder / "plumbline.duckdb"
        hello.write_text(HELLO)
        subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "data", "demo", "--warehouse", str(warehouse)], cwd=ROOT, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with (
            served(hello, folder, {}, folder / "hello.log") as simple,
            served(ROOT / "serve.py", ROOT, {"PLUMBLINE_WAREHOUSE": str(warehouse)}, folder / "ours.log") as ours,
        ):
            print(json.dumps(_report(simple, ours, given.people, given.reruns), indent=2))
    return 0


def _report(simple: Served, ours: Served, people: int, reruns: int) -> dict[str, object]:
    drawn = _in_browser(simple, ours)
    plain = asyncio.run(_measured(simple, "", people, reruns))
    full = asyncio.run(_measured(ours, PAGE, people, reruns))
    return {
        "page": PAGE, "people": people, "reruns": reruns,
        "computing_of_a_rerun": _ratio(full.computing, plain.computing, "s"),
        "rerun_in_the_browser": _ratio(*drawn["rerun"], "ms"),
        "first_visit_in_the_browser": _ratio(*drawn["first"], "ms"),
        "p95_with_everybody_at_it": _ratio(full.crowd, plain.crowd, "s"),
        "layout_shift_of_a_rerun": round(drawn["shift"][0], 4),
        "kilobytes_of_a_rerun": round(full.size / 1000, 1),
        "megabytes_of_memory": round(full.memory_mb),
        "errors": [*plain.errors, *full.errors],
    }  # fmt: skip


def _ratio(ours: float, hello: float, unit: str) -> dict[str, float]:
    return {"of_hello": round(ours / hello, 2), f"ours_{unit}": round(ours, 3), f"hello_{unit}": round(hello, 3)}


def _in_browser(simple: Served, ours: Served) -> dict[str, tuple[float, float]]:
    """Milliseconds of a first visit to a warm server and of a rerun after a filter changed, ours and hello's in turn;
    the median of each, and the largest layout shift of a rerun.
    """
    first: dict[str, list[float]] = {"ours": [], "hello": []}
    again: dict[str, list[float]] = {"ours": [], "hello": []}
    shifts = [0.0]
    with browser() as running:
        for number in range(4):
            for which, address in (("hello", simple.url), ("ours", f"{ours.url}/{PAGE}")):
                with tab(running) as seen:
                    took = seen.visit(address)
                    changes = [seen.choose("Product", name) for name in ("Corporate LLM", "All products") * 2]
                if number:  # the round before warms the server and the readings
                    first[which].append(took)
                    again[which] += [change for change, _ in changes]
                    shifts += [shift for _, shift in changes if which == "ours"]
    middle = statistics.median
    return {
        "first": (middle(first["ours"]), middle(first["hello"])),
        "rerun": (middle(again["ours"]), middle(again["hello"])),
        "shift": (max(shifts), 0.0),
    }


async def _measured(server: Served, page: str, people: int, reruns: int) -> Measured:
    async with visiting(server.url, page) as one:
        for query in QUERIES * 2:
            await one.run(query)
        before = server.computed()
        alone = [await one.run(QUERIES[number % len(QUERIES)]) for number in range(reruns)]
        computing = (server.computed() - before) / reruns
    crowd = await asyncio.gather(*[_somebody(server, page, reruns // 2) for _ in range(people)])
    together = [run for runs in crowd for run in runs]
    return Measured(
        computing, max(run.size for run in alone), _p95([run.seconds for run in together]), server.memory_mb(),
        tuple(sorted({error for run in [*alone, *together] for error in run.errors})),
    )  # fmt: skip


async def _somebody(server: Served, page: str, reruns: int) -> list[Run]:
    async with visiting(server.url, page) as each:
        await each.run("")
        return [await each.run(QUERIES[number % len(QUERIES)]) for number in range(reruns)]


def _p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


if __name__ == "__main__":
    sys.exit(main())
