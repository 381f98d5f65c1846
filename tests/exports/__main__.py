"""`python -m tests.exports [DIR]`: each value that DIR/MANIFEST.tsv states of its files, and what the loaders make of
it; exit 1 when one differs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.exports.compare import EXPORTS, compared, manifest


def main() -> int:
    """Print a line a value."""
    parser = argparse.ArgumentParser(prog="python -m tests.exports", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=EXPORTS)
    given = parser.parse_args()
    if not (given.folder / "MANIFEST.tsv").is_file():
        print(f"There is no MANIFEST.tsv in {given.folder}.", file=sys.stderr)
        return 2
    values = differing = 0
    for row in manifest(given.folder):
        for value in compared(row, given.folder):
            values += 1
            differing += not value.equal
            mark = "=" if value.equal else "DIFFERS"
            print(f"{value.file}  {value.name}  {value.expected}  {str(value.got)[:160]}  {mark}", flush=True)
    print(f"\n{values:,} values: {values - differing:,} equal, {differing:,} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
