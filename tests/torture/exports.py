"""Files as a tool would export them again and again: records come back, some as they were, some in a later state."""

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.torture.model import File

PRODUCTS = ("chat", "code")
PEOPLE = ("ann@example.com", "bob", "eve", "")


def exports(seed: int, count: int, largest: int = 300) -> Iterator[File]:
    """`count` files of 1 to `largest` rows; the same seed gives the same files.

    What a record says follows from its key and version: rows of the same key and version are the same row.
    """
    random = Random(seed)
    for number in range(count):
        table = "feedback" if number % 5 == 4 else "interactions"
        size = random.randint(1, largest if table == "interactions" else max(2, largest // 10))
        make = _judgement if table == "feedback" else _use
        rows = tuple(make(random.randrange(2 * largest), random.randint(1, 4)) for _ in range(size))
        yield File(f"{number:04}-{table}.csv", table, rows)


def write(file: File, folder: Path) -> Path:
    """The file as CSV in a folder."""
    path = folder / file.name
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(file.rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(file.rows)
    return path


def _use(record: int, version: int) -> dict[str, str]:
    says = Random(f"use {record} {version}")
    product = PRODUCTS[record % 2]
    return {
        "interaction_id": f"i{record}", "product_id": product, "user_id": says.choice(PEOPLE),
        "session_id": says.choice(("", f"c{record % 50}")), "version_at": f"2026-04-0{version}T00:00:00",
        "occurred_at": f"2026-03-0{1 + record % 5}T{says.randint(0, 23):02}:30:00",
        "outcome": says.choice(("confirmed", "failed", "")), "outcome_source": says.choice(("rule", "rating", "")),
        "error": says.choice(("true", "false", "")), "input_tokens": says.choice(("", "0", "17", "4000")),
    }  # fmt: skip


def _judgement(record: int, version: int) -> dict[str, str]:
    says = Random(f"judgement {record} {version}")
    return {
        "feedback_id": f"f{record}", "product_id": PRODUCTS[record % 2], "target_type": "interaction",
        "target_id": f"i{record}", "given_at": f"2026-03-0{1 + record % 9}T12:00:00",
        "version_at": f"2026-04-0{version}T00:00:00", "evidence": says.choice(("verified", "judge", "")),
        "verdict": says.choice(("confirmed", "failed", "escalated", "")),
    }  # fmt: skip
