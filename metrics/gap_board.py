"""The board of gaps: where each one stands on its way from opened over answered and documented to a better eval, and
for how long it has been waiting there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, cast

from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.business_clock import SECOND
from metrics.compile import bound, with_clause
from metrics.gaps import gaps
from metrics.spec import Scope

Column = Literal["opened", "answered", "documented", "improved", "stopped"]
COLUMNS: tuple[Column, ...] = ("opened", "answered", "documented", "improved")
AGES = (7, 14, 28)
"""Days at which a gap comes into the next age."""

# A gap stands where its last moment put it; one that was cancelled, or closed without an answer, stands nowhere. One
# whose cases passed from the start has nothing to improve.
_BOARD = f"""
SELECT product, ticket_id, topic_id, expert, linked_interaction_id, opened_at, at_column, since_at, edge,
  date_diff('day', since_at, edge) AS days, greatest(edge_clock - since_clock, 0) // {SECOND} AS seconds
FROM (
  SELECT product, ticket_id, topic_id, expert, linked_interaction_id, opened_at,
    CASE WHEN improved_at IS NOT NULL THEN 'improved'
      WHEN dropped_at IS NOT NULL OR passed_at IS NOT NULL OR (closed_at IS NOT NULL AND answered_at IS NULL)
      THEN 'stopped'
      WHEN documented_at IS NOT NULL THEN 'documented' WHEN answered_at IS NOT NULL THEN 'answered'
      ELSE 'opened' END AS at_column,
    coalesce(documented_at, answered_at, opened_at) AS since_at,
    coalesce(documented_at_clock, answered_at_clock, opened_at_clock) AS since_clock,
    CASE WHEN documented_at IS NOT NULL THEN greatest(tested_at, told_at) ELSE told_at END AS edge,
    CASE WHEN documented_at IS NOT NULL THEN greatest(tested_at_clock, told_at_clock) ELSE told_at_clock END
      AS edge_clock,
    improved_at
  FROM clocked) AS placed
WHERE at_column <> 'improved' OR CAST(timezone($reporting_zone, timezone('UTC', improved_at)) AS DATE)
  BETWEEN CAST($since AS DATE) AND CAST($until AS DATE)
ORDER BY product, since_at, ticket_id"""


class Card(NamedTuple):
    """A gap on the board. `since`: since when it stands there; `days` and business `hours` to the end of its data."""

    product: str
    ticket: str
    topic: str
    expert: str
    interaction: str
    opened: datetime
    column: Column
    since: datetime
    days: int
    hours: float


def gap_board(store: Warehouse, scope: Scope) -> list[Card]:
    """Every gap of the products asked about as it stands at the end of the data, whenever it was opened, and those
    whose eval improved in the period; the longest waiting first within a product.
    """
    sql = with_clause(gaps(scope.model_copy(update={"pilots": None}))) + _BOARD
    with store.reading() as reader:
        rows = reader.rows(sql, bound(sql, scope, None, settings_of(reader)))
    return [
        Card(
            str(row["product"]), str(row["ticket_id"]), str(row["topic_id"] or ""), str(row["expert"] or ""),
            str(row["linked_interaction_id"] or ""), cast(datetime, row["opened_at"]), cast(Column, row["at_column"]),
            cast(datetime, row["since_at"]), cast(int, row["days"]), cast(int, row["seconds"]) / 3600,
        )
        for row in rows
    ]  # fmt: skip


def ages(cards: Sequence[Card], column: Column) -> tuple[int, ...]:
    """How many gaps of a column are in each age: under 7 days there, under 14, under 28, and longer."""
    there = [card.days for card in cards if card.column == column]
    edges = (0, *AGES)
    return tuple(
        sum(low <= days and (high is None or days < high) for days in there)
        for low, high in zip(edges, (*AGES, None), strict=True)
    )
