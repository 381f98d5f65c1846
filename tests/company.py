"""A small company for the tests of pages: four products that differ in every way a page has to show."""

import csv
import io
import random
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from data.people import Member
from data.registry_store import save
from data.warehouse import Warehouse
from loaders import mapping
from loaders.ingest import load

COLUMNS = (
    "interaction_id", "occurred_at", "product_id", "user_id", "session_id", "outcome", "outcome_source", "escalated",
    "error",
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A product of the company: how many people use it, how often it succeeds, how often it asks a human."""

    name: str
    people: int
    success: float
    escalated: float


PRODUCTS = (
    Made("chat", 60, 0.88, 0.05),
    Made("search", 40, 0.62, 0.15),
    Made("coder", 18, 0.70, 0.20),
    Made("notes", 6, 0.90, 0.02),
)
FIRST, WEEKS = date(2026, 7, 13), 12  # Monday; the last day of data is Friday 2 October 2026


def usage(products: tuple[Made, ...] = PRODUCTS, first: date = FIRST, weeks: int = WEEKS, seed: int = 5) -> bytes:
    """Interactions of these products as one CSV of the canonical format."""
    chance = random.Random(seed)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    number = 0
    for product in products:
        for person in range(product.people):
            habit, skill = chance.random() * 0.5, chance.betavariate(product.success * 12, (1 - product.success) * 12)
            for day in (first + timedelta(each) for each in range(weeks * 7)):
                if day.weekday() > 4 or chance.random() > habit:
                    continue
                number += 1
                writer.writerow({
                    "interaction_id": f"{seed}-{number}", "occurred_at": f"{day}T{8 + number % 9:02d}:15:00Z",
                    "product_id": product.name, "user_id": f"{product.name}{person}@example.com",
                    "session_id": f"s-{seed}-{number}", "outcome": "confirmed" if chance.random() < skill else "failed",
                    "outcome_source": "rating", "escalated": str(chance.random() < product.escalated).lower(),
                    "error": "false",
                })  # fmt: skip
    return text.getvalue().encode()


def furnish(store: Warehouse, folder: Path) -> None:
    """Load the company's usage, register its products, and say who they are for (nobody said so of the notes)."""
    file = folder / "usage.csv"
    file.write_bytes(usage())
    outcome = load(store, file, who="Ann")
    assert outcome.status == "published", outcome.messages
    mapping.register(store, [product.name for product in PRODUCTS], "Ann")
    with store.write("audience", "Ann") as tx:
        save(tx, [
            Member(product_id=product.name, user_id=f"{product.name}{person}@example.com", granted_on=date(2026, 7, 1))
            for product in PRODUCTS[:3] for person in range(product.people + 10)
        ], "Ann")  # fmt: skip


def copy_warehouse(source: Path, target: Path) -> None:
    """Copy a closed warehouse with what belongs to it."""
    shutil.copy(source, target)
    shutil.copytree(f"{source}.d", f"{target}.d")
