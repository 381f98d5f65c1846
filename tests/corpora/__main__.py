"""`python -m tests.corpora DIR [--workers N]`: what became of every file; exit 1 when one crashed, hung, spoke Python,
lost count or differs from the truth its corpus tells.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from tests.corpora.run import run


def main() -> int:
    """Judge the folder and print a line a file."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpora", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    faulty = 0
    try:
        for found in run(given.folder, given.workers):
            counts[found.became] += 1
            faulty += bool(found.faults)
            print(f"{found.became:<11}  {found.file}  {found.told[:240]}")
            for fault in found.faults:
                print(f"{'FAULT':<11}  {found.file}  {fault}", flush=True)
    except NotADirectoryError as error:
        print(error, file=sys.stderr)
        return 2
    told = ", ".join(f"{count:,} {became}" for became, count in sorted(counts.items())) or "no files"
    print(f"\n{sum(counts.values()):,} files: {told}; {faulty:,} with a fault")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
