"""python -m tests.reference FILE.json ...: run reference cases through the product's own functions."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.reference.cases import Malformed, read
from tests.reference.run import verdict


def main(arguments: Sequence[str] | None = None) -> int:
    """One line a case and how many passed. 0: all did; 1: some did not; 2: a file holds no cases."""
    parser = argparse.ArgumentParser(prog="python -m tests.reference", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.json", help="default: the cases of this folder")
    options = parser.parse_args(arguments)
    passed = failed = 0
    for file in options.files or [Path(__file__).with_name("cases.json")]:
        try:
            cases = read(file)
        except Malformed as error:
            print(error, file=sys.stderr)
            return 2
        for case in cases:
            fault = verdict(case)
            passed, failed = passed + (not fault), failed + bool(fault)
            print(f"FAIL {case.name} ({case.routine or 'no routine'}): {fault}" if fault else f"ok   {case.name}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
