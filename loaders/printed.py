"""What the command line prints: rows as a table or JSON, and what became of a file."""

from __future__ import annotations

import json
from collections.abc import Sequence

from data.cursor import Row
from loaders.ingest import Outcome

WIDEST = 60
"""Characters of a column."""


def outcome_told(outcome: Outcome) -> None:
    """Print what became of a file, its accounting and its messages."""
    if outcome.status == "refused":
        print(f"{outcome.file}: refused, nothing was changed.")
    else:
        verb = "would load" if outcome.status == "preview" else f"loaded as {outcome.load_id}"
        print(f"{outcome.file}: {verb} ({outcome.format}, {outcome.confidence:.0%} sure, {outcome.seconds:.1f} s)")
        print(
            f"  {outcome.rows_read:,} records = {outcome.accepted:,} accepted + {outcome.duplicates:,} duplicates"
            f" + {outcome.quarantined:,} quarantined + {outcome.blank:,} blank + {outcome.ignored:,} ignored"
        )
        for key, value in outcome.totals.items():
            print(f"  {key}: {value:,}")
    for message in outcome.messages:
        print(f"  {message}")


def rows_told(rows: Sequence[Row], as_json: bool) -> int:
    """Print rows under their names; 0, as a command that was done."""
    if as_json:
        print(json.dumps(list(rows), indent=2, default=str, ensure_ascii=False))
        return 0
    if not rows:
        print("Nothing.")
        return 0
    cells = [[str(name) for name in rows[0]]] + [
        ["" if cell is None else str(cell) for cell in row.values()] for row in rows
    ]
    widths = [min(WIDEST, max(len(row[index]) for row in cells)) for index in range(len(cells[0]))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0
