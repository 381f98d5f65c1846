"""Questions to experts that nobody has answered yet, whenever they were asked, the oldest first."""

from datetime import date, datetime
from typing import NamedTuple, cast

from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics import tickets
from metrics.business_clock import EDGE, waited
from metrics.compile import bound, with_clause
from metrics.spec import Scope

EVER = date(1970, 1, 1)
_WAITING = f"""
SELECT r.ticket_id, r.opened_at, r.topic_id, r.kind, coalesce(alias.person, r.assignee_id) AS expert,
  {waited("r.opened_at", "r.first_response_at", "r.closed_at")} / 3600.0 AS hours, count(*) OVER () AS every
FROM rows_in_scope AS r
LEFT JOIN alias ON alias.alias = r.assignee_id
WHERE r.counted AND r.first_response_at IS NULL AND r.closed_at IS NULL AND r.{EDGE} >= r.opened_at
ORDER BY r.opened_at, r.unit_id
LIMIT $waiting_limit"""


class WaitingTicket(NamedTuple):
    """A ticket without an answer at the end of its product's data. `hours` are business hours of its expert; `every` is
    how many such tickets there are in all.
    """

    ticket: str
    opened: datetime
    topic: str
    kind: str
    expert: str
    hours: float
    every: int


def waiting_tickets(store: Warehouse, scope: Scope, limit: int = 200) -> list[WaitingTicket]:
    """The oldest tickets of all kinds but incidents that were opened up to the last day and have no answer; the period
    does not cut them off at its beginning, for the oldest are what matters.
    """
    asked = scope.model_copy(update={"since": EVER})
    sql = with_clause(tickets.build(asked, (), ()).parts) + _WAITING
    with store.reading() as reader:
        rows = reader.rows(sql, bound(sql, asked, None, settings_of(reader), {"waiting_limit": limit}))
    return [
        WaitingTicket(
            str(row["ticket_id"]), cast(datetime, row["opened_at"]), str(row["topic_id"] or ""), str(row["kind"] or ""),
            str(row["expert"] or ""), float(str(row["hours"])), cast(int, row["every"]),
        )
        for row in rows
    ]  # fmt: skip
