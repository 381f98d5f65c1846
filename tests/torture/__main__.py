"""`python -m tests.torture --count N`: kill, fill, damage and crowd a warehouse, and count what comes of it.

N kills, N/5 full disks, 3N/10 damaged files and N/10 uploads of one file, as a table; exit 1 when anything is not as it
must be. `--seed` makes the same plans again: what is loaded, where a process is to die, which bytes are damaged.
"""

import argparse
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.torture.count import Tally
from tests.torture.kills import kills

KINDS = ("kills",)


def main() -> int:
    """Run the tortures that are asked for; 0 when all of them went well."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--count", type=int, default=100, metavar="N", help="how many kills; the others in proportion")
    parser.add_argument("--minutes", type=float, default=600, metavar="M", help="begin nothing after so many minutes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    given = parser.parse_args()
    tallies = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        tallies.append(kills(given.count, given.seed, Path(folder), began + 60 * given.minutes))
    for tally in tallies:
        print(tally.row(), tally.problems[:5])
    print(time.monotonic() - began, datetime.now(UTC), platform.machine())
    return 1 if any(tally.failed for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
