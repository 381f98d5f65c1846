"""`python -m tests.torture --count N`: kill, fill, damage and crowd a warehouse, and count what comes of it.

N kills, N/5 full disks, 3N/10 damaged files and N/10 uploads of one file by eight people, as a table in Markdown; exit
1 when anything is not as it must be. `--seed` draws the same files, changes and damages again;
the microsecond at which a process dies is the machine's.
"""

import argparse
import os
import platform
import shlex
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from tests.torture.count import Tally
from tests.torture.damage import damages
from tests.torture.full_disk import full_disks
from tests.torture.kills import kills
from tests.torture.uploads import uploads

Torture = Callable[[int, int, Path, float], list[Tally]]
KINDS: dict[str, tuple[Torture, float]] = {
    "kills": (kills, 1.0), "disk": (full_disks, 0.2), "damage": (damages, 0.3), "uploads": (uploads, 0.1),
}  # fmt: skip
"""Each torture, and how many of it there are for one kill."""


def main() -> int:
    """Run the tortures that are asked for; 0 when all of them went well."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--count", type=int, default=100, metavar="N", help="how many kills; the others in proportion")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=600, metavar="M", help="begin nothing after so many minutes")
    parser.add_argument("--only", action="append", choices=KINDS, default=[], metavar="KIND", help=", ".join(KINDS))
    given = parser.parse_args()
    until = time.monotonic() + 60 * given.minutes
    print(_heading(), flush=True)
    failed = False
    for kind, (torture, share) in KINDS.items():
        if given.only and kind not in given.only:
            continue
        with tempfile.TemporaryDirectory(prefix="torture-") as folder:
            for tally in torture(max(1, round(share * given.count)), given.seed, Path(folder), until):
                print("| " + " | ".join(tally.row()) + " |", flush=True)
                for problem in tally.problems[:20]:
                    print(problem, file=sys.stderr)
                failed = failed or bool(tally.failed)
    return 1 if failed else 0


def _heading() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs,"
        f" {memory:.0f} GiB, Python {platform.python_version()}, duckdb {duckdb.__version__}:"
        f" `python -m tests.torture {shlex.join(sys.argv[1:])}`\n\n"
        "| torture | well | of which |\n|---|---|---|"
    )


if __name__ == "__main__":
    sys.exit(main())
