"""The equation of a load, checked by who publishes it: what the child says is held against what it wrote."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from loaders.format import Refused
from loaders.job import Parsed


def check_files(folder: Path, parsed: Parsed) -> None:
    """Raise Refused unless each file of the child is there with as many rows as it says."""
    for entry in (*parsed.facts, *parsed.refused):
        rows = _rows(folder / entry.file)
        if rows != entry.rows:
            raise Refused(
                f"The accounting does not come out even: {entry.file} has {rows:,} rows, not {entry.rows:,}.",
                "Nothing was changed. Please report this file.",
            )


def check(parsed: Parsed, *, accepted: int, duplicates: int, refused: int) -> None:
    """Raise Refused unless rows read = accepted + duplicates + quarantined + blank + ignored.

    `accepted`, `duplicates` and `refused` are source records counted in the warehouse, after publishing and before the
    transaction ends; no part may be below zero, and the ignored must have their reasons.
    """
    parts = {
        "accepted": accepted, "duplicates": duplicates, "quarantined": parsed.quarantined, "blank": parsed.blank,
        "ignored": parsed.ignored,
    }  # fmt: skip
    staged = sum(entry.records for entry in parsed.facts)
    faults = []
    if accepted + duplicates != staged:
        faults.append(f"{accepted + duplicates:,} records reached the tables, {staged:,} were announced")
    if refused != parsed.quarantined:
        faults.append(f"{refused:,} records reached the quarantine, {parsed.quarantined:,} were announced")
    if sum(parsed.ignored_reasons.values()) != parsed.ignored:
        faults.append(f"{parsed.ignored:,} are ignored, {sum(parsed.ignored_reasons.values()):,} with a reason")
    if faults or sum(parts.values()) != parsed.rows_read or min(parts.values()) < 0:
        found = " + ".join(f"{number:,} {name}" for name, number in parts.items())
        raise Refused(
            f"The accounting does not come out even: {parsed.rows_read:,} records were read, but {found} were found"
            f"{''.join(f'; {fault}' for fault in faults)}.",
            "Nothing was changed. Please report this file.",
        )


def _rows(path: Path) -> int:
    """The rows a Parquet file has by its own footer; none when it cannot be read."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, ValueError):
        return 0
