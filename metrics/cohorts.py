"""The people of products by the week in which they began, followed week by week: from the warehouse to cohorts."""

from datetime import date, timedelta
from typing import cast

from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics import panel, views
from metrics.compile import bound, with_clause
from metrics.retention import Cohort
from metrics.spec import MetricError, Scope

WEEK = timedelta(days=7)

# The weeks in which each person was active, counted by the week of the first: people are distinct over the products of
# the scope. Only whole weeks of data: where products differ, those that all have that hold data of the period.
_WEEKS = """
SELECT DISTINCT a.unit_id, CAST(date_trunc('week', a.day) AS DATE) AS week
FROM active_days AS a
LEFT JOIN staff ON staff.person = a.unit_id
WHERE coalesce(staff.kind, 'employee') = 'employee'
"""
_REACH = """
SELECT CAST(date_trunc('week', min(begins)) AS DATE) AS first_week,
  CAST(date_trunc('week', min(through) + 1) AS DATE) - 7 AS last_week
FROM edges
WHERE begins <= $until AND through >= $since
"""
_BEGAN = "\nSELECT unit_id, min(week) AS began\nFROM weeks\nGROUP BY unit_id\n"
_COUNTED = """
SELECT b.began, (w.week - b.began) // 7 AS later, count(*) AS people, max(r.first_week) AS first_week,
  max(r.last_week) AS last_week
FROM began AS b
JOIN weeks AS w ON w.unit_id = b.unit_id
CROSS JOIN reach AS r
WHERE w.week <= r.last_week AND b.began + 6 >= $since AND b.began <= $until
GROUP BY b.began, later
ORDER BY b.began, later
"""


def compile_cohorts(scope: Scope) -> str:
    """The SELECT of cohorts: a row for each week people began in and each number of weeks later, with how many were
    active. MetricError for a scope of teams or pilots: of whom somebody was when they began, is not known.
    """
    if scope.teams is not None or scope.pilots is not None:
        raise MetricError(
            "Retention is of products: who began in a team or a pilot is not known.", "Leave teams and pilots out."
        )
    parts = [
        ("shelf", views.shelf(scope)),
        ("edges", views.edges("interactions", "usage_daily")),
        ("alias", views.ALIAS),
        ("staff", views.STAFF),
        ("active_days", panel.active_days("DATE '1900-01-01'", "DATE '9999-12-31'")),
        ("reach", _REACH),
        ("weeks", _WEEKS),
        ("began", _BEGAN),
    ]
    return with_clause(parts) + _COUNTED


def cohorts(store: Warehouse, scope: Scope) -> list[Cohort]:
    """The people who began in a week of the period, the oldest cohort first; their weeks after it are all that the data
    hold. People are those with a name; accounts of services, tests and the product team are left out, shadow mode is.
    """
    sql = compile_cohorts(scope)
    with store.reading() as reader:
        rows = reader.rows(sql, bound(sql, scope, None, settings_of(reader)))
    active: dict[date, dict[int, int]] = {}
    for row in rows:
        active.setdefault(cast(date, row["began"]), {})[cast(int, row["later"])] = cast(int, row["people"])
    if not rows:
        return []
    first, last = cast(date, rows[0]["first_week"]), cast(date, rows[0]["last_week"])
    return [
        Cohort(week, tuple(seen.get(later, 0) for later in range((last - week) // WEEK + 1)), week == first)
        for week, seen in active.items()
    ]
