"""What became of one file, and whether anything about it is a fault of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loaders.ingest import Outcome

SECONDS = 30
"""Longer than this, a file hangs."""
_PYTHON = re.compile(r"Traceback|\b[A-Z]\w*(Error|Exception)\b|could not be read to its end|ended by signal|<class '")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One line of the table."""

    file: str
    became: str
    """accepted | quarantined | refused | crashed"""
    told: str
    """The counts, or the reason."""
    faults: tuple[str, ...] = ()


def judge(file: str, outcome: Outcome, seconds: float) -> Judgement:
    """Read an outcome as its promise: the equation holds, a refusal has a reason and changes nothing, nobody waits."""
    faults = []
    if seconds > SECONDS:
        faults.append(f"it took {seconds:.0f} s")
    for message in outcome.messages:
        if found := _PYTHON.search(message):
            faults.append(f"its message speaks of {found[0]!r}")
    if outcome.status == "refused":
        if not outcome.messages or not outcome.messages[0].strip():
            faults.append("refused without a reason")
        if outcome.load_id or outcome.written:
            faults.append("refused and yet written")
        return Judgement(file, "refused", " ".join(outcome.messages), tuple(faults))
    parts = (outcome.accepted, outcome.duplicates, outcome.quarantined, outcome.blank, outcome.ignored)
    if outcome.rows_read != sum(parts):
        faults.append(f"{outcome.rows_read} records were read and {sum(parts)} accounted for")
    told = ", ".join(
        f"{count:,} {word}"
        for count, word in zip(parts, ("accepted", "duplicates", "quarantined", "blank", "ignored"), strict=True)
        if count
    )
    became = "accepted" if outcome.accepted + outcome.duplicates else "quarantined"
    return Judgement(
        file, became, f"{outcome.format}: {outcome.rows_read:,} read, {told or 'nothing in it'}", tuple(faults)
    )


def crashed(file: str, error: BaseException) -> Judgement:
    """What no file may do: end in an exception that is no refusal."""
    return Judgement(file, "crashed", repr(error)[:200], ("an exception came through",))
