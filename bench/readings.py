"""What the readings of a portfolio take beside the same sums by hand, in SQL over the raw events and in pandas: task
success, escalation and technical failures of every product over twelve weeks, clustered by person.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

import pandas as pd

from data.portfolio import Product
from data.registry_store import save
from data.warehouse import Warehouse
from metrics import Scope, default_scope, read

T = TypeVar("T")
METRICS = ("task_success", "escalation_rate", "hallucination_rate.technical_failure")
PRODUCTS = 20
_BY_HAND = """
SELECT product_id, count(*) AS people, sum(rows) AS interactions, sum(failed) AS failures,
  sum(successes) AS hits, sum(of_success) AS tasks, sum(escalations) AS escalations,
  sum(successes * successes) AS hits2, sum(successes * of_success) AS cross, sum(of_success * of_success) AS tasks2,
  sum(escalations * escalations) AS escalations2
FROM (
  SELECT product_id, user_id, count(*) AS rows,
    count(*) FILTER (outcome IN ('confirmed', 'implied')) AS successes,
    count(*) FILTER (outcome IN ('confirmed', 'implied', 'failed')) AS of_success,
    count(*) FILTER (error) AS failed, count(*) FILTER (escalated) AS escalations
  FROM interactions
  WHERE occurred_at >= $since AND occurred_at < $until AND mode <> 'shadow'
  GROUP BY product_id, user_id) AS people
GROUP BY product_id ORDER BY product_id
"""


class Answers(NamedTuple):
    """Seconds for the same question: read with nothing kept, kept, by hand in SQL, by hand in pandas."""

    read: float
    kept: float
    sql: float
    pandas: float


def register(store: Warehouse) -> None:
    """The products of the log as the registry has them."""
    with store.write("products", "bench") as tx:
        save(tx, [Product(product_id=f"product-{n}", name=f"Product {n}") for n in range(PRODUCTS)], "bench")


def measured(store: Warehouse, events: Path) -> Answers:
    """The question in four ways, of a warehouse that holds the log, and of the same events as a Parquet file."""
    scope = default_scope(store)
    found, first = _timed(lambda: read(store, METRICS, scope, ("product",)))
    again, kept = _timed(lambda: read(store, METRICS, scope, ("product",)))
    if again != found or sum(reading.value is not None for reading in found) != len(METRICS) * PRODUCTS:
        raise SystemExit("The readings of the bench are not all there.")
    span = {"since": scope.since, "until": scope.until + timedelta(days=1)}
    by_hand, sql = _timed(lambda: store.rows(_BY_HAND, span))
    frame, pandas = _timed(lambda: _frame(events, scope))
    counted = {reading.group["product"]: reading.events for reading in found if reading.metric == METRICS[-1]}
    if {row["product_id"]: row["interactions"] for row in by_hand} != counted or frame != counted:
        raise SystemExit("The readings of the bench are not those of the sums by hand.")
    return Answers(first, kept, sql, pandas)


def _frame(events: Path, scope: Scope) -> dict[str, int]:
    """The same sums in pandas, reading the columns from the file included; the interactions of each product."""
    names = ["product_id", "user_id", "occurred_at", "outcome", "error", "escalated"]
    log = pd.read_parquet(events, columns=names)
    since, until = pd.Timestamp(scope.since), pd.Timestamp(scope.until) + timedelta(days=1)
    log = log[(log["occurred_at"] >= since) & (log["occurred_at"] < until)]
    said = log["outcome"].isin(("confirmed", "implied", "failed"))
    log = log.assign(success=log["outcome"].isin(("confirmed", "implied")), of_success=said, rows=1)
    people = log.groupby(["product_id", "user_id"])[["success", "of_success", "error", "escalated", "rows"]].sum()
    squares = people.assign(hits2=people["success"] ** 2, cross=people["success"] * people["of_success"],
                            tasks2=people["of_success"] ** 2, escalations2=people["escalated"] ** 2)  # fmt: skip
    return {str(name): int(rows) for name, rows in squares.groupby("product_id").sum()["rows"].items()}


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began
