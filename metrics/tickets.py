"""Tickets to experts as readings see them: who asked, on which local day, for which pilot, and what the expert's
business clock said when the ticket was opened, answered or closed, and where the data end.
"""

from metrics import panel, views
from metrics.business_clock import CALENDAR_OF, EDGE, OFFICE, clocked, open_days, waited
from metrics.spec import Dimension, Scope
from metrics.view import Behind, Ctes, View, grain_of

MOMENTS = ("opened_at", "first_response_at", "closed_at", EDGE)
OWN = (
    "ticket_id", "topic_id", "kind", "assignee_id", "source_system", "load_id", "source_row", "beyond", *MOMENTS,
    *(f"{moment}_clock" for moment in MOMENTS),
)  # fmt: skip
SHOWN = (
    "ticket_id", "opened_at", "first_response_at",
    f"round({waited('opened_at', 'first_response_at', 'closed_at')} / 3600.0, 4) AS business_hours",
    "CASE WHEN first_response_at IS NOT NULL THEN 'answered' WHEN closed_at IS NOT NULL THEN 'closed unanswered'"
    " ELSE 'open' END AS state",
    "assignee_id", "topic_id", "kind", "source_system", "load_id", "source_row",
)  # fmt: skip


def asked(scope: Scope) -> str:
    """Tickets to experts that were opened in the period and of which a source tells whether they were answered: every
    kind but incidents, with the person who asked as `unit_id`.

    One that ended without an answer was closed when its source says it was resolved, else when the source last touched
    it. `beyond`: some of its time lies where the expert's calendar names no days any more, or none yet.
    """
    teams = "\n  AND list_contains(CAST($teams AS VARCHAR[]), staff.team)" if scope.teams is not None else ""
    last = _local_day("coalesce(t.first_response_at, t.closed_at, t.edge_at)")
    return f"""
SELECT t.*, coalesce(asker.person, t.requester_id) AS unit_id, t.requester_id IS NOT NULL AS user_known, staff.team,
  coalesce(staff.kind, 'employee') = 'employee' AS counted, coalesce(keeps.calendar, '{OFFICE}') AS calendar,
  coalesce(t.day < keeps.first_day
    OR {last} > keeps.last_day, false) AS beyond
FROM (
  SELECT t.source_system, t.ticket_id, t.load_id, t.source_row, t.product_id AS product, t.pilot_id AS stated_pilot,
    t.topic_id, t.kind, t.requester_id, t.assignee_id, t.opened_at, t.first_response_at, reach.edge_at,
    {_local_day("t.opened_at")} AS day,
    CASE WHEN t.first_response_at IS NULL AND t.status IN ('done', 'cancelled')
      THEN least(coalesce(t.resolved_at, greatest(t.version_at, t.opened_at)), reach.edge_at) END AS closed_at
  FROM ({views.TICKETS.rstrip()}) AS t
  JOIN shelf ON shelf.product = t.product_id
  JOIN reach ON reach.product = t.product_id
  WHERE t.kind <> 'incident' AND t.told) AS t
LEFT JOIN alias AS asker ON asker.alias = t.requester_id
LEFT JOIN staff ON staff.person = coalesce(asker.person, t.requester_id)
LEFT JOIN alias AS expert ON expert.alias = t.assignee_id
LEFT JOIN calendar_of AS keeps ON keeps.person = coalesce(expert.person, t.assignee_id)
WHERE t.day BETWEEN $since AND $until{teams}
"""


def build(scope: Scope, by: tuple[Dimension, ...], keys: tuple[str, ...]) -> Ctes:
    """The subqueries of the view. Its rows are tickets, by pilot a ticket in each of its pilots, and `unit_id` is the
    ticket.
    """
    parts = [
        ("shelf", views.shelf(scope)),
        ("reach", views.TICKET_REACH),
        ("alias", views.ALIAS),
        ("staff", views.STAFF),
        ("calendar_of", CALENDAR_OF),
        ("asked", asked(scope)),
        ("open_days", open_days("asked")),
        ("use", clocked("asked", MOMENTS)),
    ]
    source, only = "use", ""
    if panel.in_pilots(by, scope):
        parts += [("roster", views.AUDIENCE), ("pilot_dates", views.PILOT_DATES), ("pilot_days", views.PILOT_DAYS)]
        source, body = ("use_by_pilot", views.USE_BY_PILOT) if "pilot" in by else ("use_of_pilots", views.USE_OF_PILOTS)
        parts.append((source, body))
        if "pilot" in by and scope.pilots is not None:
            only = " WHERE list_contains(CAST($pilots AS VARCHAR[]), pilot)"
    bucket = f"CAST(date_trunc('{grain_of(by)}', day) AS DATE) AS bucket"
    columns = ["source_system || '/' || ticket_id AS unit_id", "counted", *OWN]
    columns += [bucket if key == "bucket" else key for key in keys]
    lines = ",\n  ".join(columns)
    parts.append(("rows_in_scope", f"\nSELECT\n  {lines}\nFROM {source}{only}\n"))
    return Ctes(parts, "rows_in_scope")


def _local_day(moment: str) -> str:
    return f"CAST(timezone($reporting_zone, timezone('UTC', {moment})) AS DATE)"


VIEW = View(
    fact="tickets",
    feeds=("tickets",),
    dimensions=frozenset(("product", "pilot", "team", "day", "week", "month")),
    units_are="tickets",
    unsplit="a ticket says who asked and for which product or pilot, not in which scenario, release or mode",
    context={},
    build=build,
    behind=Behind(
        SHOWN,
        "coalesce(first_response_at, closed_at, edge_at) >= opened_at",
        "strftime(opened_at, '%Y-%m-%dT%H:%M:%S.%f') || '/' || unit_id",
        newest_first=True,
    ),
)
