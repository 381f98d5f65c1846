"""Gaps in what a product knows, as the context loop follows them: when each was opened, answered, documented, given an
eval case, and when that case came to pass, on the business clock of the expert.
"""

from metrics import views
from metrics.audits import JUDGE
from metrics.business_clock import CALENDAR_OF, EDGE, OFFICE, SECOND, clocked, open_days
from metrics.compile import with_clause
from metrics.spec import Scope

AGAIN_DAYS = 30
"""So many days after an answer or a documentation a gap may come back."""

# Stage: from where, to where, what ends it without that, and up to where the data tell of it.
STAGES: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "answered": ("opened_at", "answered_at", ("closed_at", "dropped_at"), "told_at"),
    "documented": ("answered_at", "documented_at", ("dropped_at",), "told_at"),
    "eval_added": ("documented_at", "added_at", ("dropped_at",), "told_at"),
    "eval_improved": ("added_at", "improved_at", ("dropped_at", "passed_at"), "tested_at"),
    "loop": ("opened_at", "improved_at", ("dropped_at", "passed_at"), "tested_at"),
}
MOMENTS = (
    "opened_at", "answered_at", "documented_at", "added_at", "improved_at", "passed_at", "dropped_at", "closed_at",
    "told_at", "tested_at",
)  # fmt: skip

# A case is tried once a run: a trial is good when all of its checks are, the case when more than half of its trials.
_TRIES = f"""
SELECT product, suite, case_id, run_id, max(ran) AS ran, 2 * sum(good) > count(*) AS passes,
  list_sort(list_distinct(flatten(list(judges)))) AS judges, max(version) AS version, max(release) AS release
FROM (
  SELECT e.product_id AS product, coalesce(e.suite, '') AS suite, e.case_id, e.run_id, e.epoch, max(e.run_at) AS ran,
    min(CASE WHEN e.passed THEN 1 ELSE 0 END) AS good, list(DISTINCT {JUDGE}) AS judges,
    max(e.suite_version) AS version, max(e.service_version) AS release
  FROM eval_results AS e
  JOIN shelf ON shelf.product = e.product_id
  WHERE e.origin = 'suite' AND {views.CHECKED}
  GROUP BY e.product_id, coalesce(e.suite, ''), e.case_id, e.run_id, e.epoch) AS trial
GROUP BY product, suite, case_id, run_id
"""

# It improved when it passed after a failure, by the same judge, in the same version of the cases, and on another
# release where both runs name theirs.
_CASES = """
SELECT f.product, f.suite, f.case_id, min(f.ran) AS first_at, count(CASE WHEN NOT f.passes THEN 1 END) AS failures,
  min((
    SELECT min(l.ran) FROM tries AS l
    WHERE l.product = f.product AND l.suite = f.suite AND l.case_id = f.case_id AND l.ran > f.ran AND l.passes
      AND NOT f.passes AND l.judges = f.judges AND l.version IS NOT DISTINCT FROM f.version
      AND (l.release <> f.release OR l.release IS NULL OR f.release IS NULL))) AS improved_at
FROM tries AS f
GROUP BY f.product, f.suite, f.case_id
"""

# A case is a gap's when its name is 'gap:' and the ticket's id, or holds the id set apart by other than letters,
# digits and hyphens; an id that is a bare number would meet cases that are merely numbered, so it needs the 'gap:'.
_NAMES = r"""
SELECT DISTINCT product, suite, case_id, ticket_id
FROM (
  SELECT product, suite, case_id, unnest([case_id, regexp_replace(case_id, '^gap:', '')]
    || regexp_split_to_array(case_id, '[^A-Za-z0-9-]+')) AS ticket_id
  FROM cases) AS called
WHERE ticket_id <> '' AND (NOT regexp_full_match(ticket_id, '[0-9]+') OR case_id = 'gap:' || ticket_id)
"""

# A gap with several cases improved when all that ever failed have; where none did, nothing was to improve.
_PROOFS = """
SELECT n.product, n.ticket_id, min(c.first_at) AS first_at,
  CASE WHEN count(CASE WHEN c.failures > 0 THEN 1 END) = count(c.improved_at)
    THEN max(c.improved_at) END AS improved_at,
  CASE WHEN max(c.failures) = 0 THEN max(c.first_at) END AS passed_at
FROM names AS n
JOIN cases AS c ON c.product = n.product AND c.suite = n.suite AND c.case_id = n.case_id
GROUP BY n.product, n.ticket_id
"""

_REACH = f"""
SELECT r.product, r.told_at, coalesce(t.tested_at, r.told_at) AS tested_at
FROM (
  SELECT told.product, max(greatest(told.edge_at, t.documented_at, t.eval_added_at)) AS told_at
  FROM ({views.TICKET_REACH.rstrip()}) AS told
  JOIN tickets AS t ON t.product_id = told.product
  GROUP BY told.product) AS r
LEFT JOIN (SELECT product, max(ran) AS tested_at FROM tries GROUP BY product) AS t ON t.product = r.product
"""


def _asked(scope: Scope) -> str:
    teams = "\n  AND list_contains(CAST($teams AS VARCHAR[]), staff.team)" if scope.teams is not None else ""
    return f"""
SELECT t.product_id AS product, t.ticket_id, t.topic_id, coalesce(asker.person, t.requester_id) AS asker,
  coalesce(expert.person, t.assignee_id) AS expert, t.linked_interaction_id, t.opened_at,
  t.first_response_at AS answered_at, t.documented_at, coalesce(t.eval_added_at, p.first_at) AS added_at,
  p.improved_at, p.passed_at, t.reopened_count, reach.told_at,
  CASE WHEN t.status = 'cancelled' THEN {_ended("t.resolved_at")} END AS dropped_at,
  CASE WHEN t.status = 'done' AND t.first_response_at IS NULL THEN {_ended("t.resolved_at")} END AS closed_at,
  greatest(reach.tested_at, t.opened_at) AS tested_at, greatest(reach.told_at, reach.tested_at) AS {EDGE},
  {views.local_day("t.opened_at")} BETWEEN CAST($since AS DATE) AND CAST($until AS DATE) AS new,
  coalesce(keeps.calendar, '{OFFICE}') AS calendar
FROM tickets AS t
JOIN shelf ON shelf.product = t.product_id
JOIN reach ON reach.product = t.product_id
LEFT JOIN proofs AS p ON p.product = t.product_id AND p.ticket_id = t.ticket_id
LEFT JOIN alias AS asker ON asker.alias = t.requester_id
LEFT JOIN staff ON staff.person = coalesce(asker.person, t.requester_id)
LEFT JOIN alias AS expert ON expert.alias = t.assignee_id
LEFT JOIN calendar_of AS keeps ON keeps.person = coalesce(expert.person, t.assignee_id)
WHERE t.kind = 'context_gap' AND coalesce(staff.kind, 'employee') = 'employee'{teams}
"""


def _ended(resolved: str) -> str:
    return f"least(coalesce({resolved}, greatest(t.version_at, t.opened_at)), reach.told_at)"


def gaps(scope: Scope) -> list[tuple[str, str]]:
    """The subqueries up to `clocked`: every gap of the products asked about, whenever it was opened; `new`: within the
    period, by which stages are told. Gaps of services, tests and the product team are left out.
    """
    return [
        ("shelf", views.shelf(scope)), ("alias", views.ALIAS), ("staff", views.STAFF), ("calendar_of", CALENDAR_OF),
        ("tries", _TRIES), ("cases", _CASES), ("names", _NAMES), ("proofs", _PROOFS), ("reach", _REACH),
        ("asked", _asked(scope)), ("open_days", open_days("asked")), ("clocked", clocked("asked", MOMENTS)),
    ]  # fmt: skip


def stages_sql(scope: Scope) -> str:
    """A row for each product and stage: the survival table in business seconds of the gaps opened in the period, and
    how many ended, were ended otherwise, are open, or have moments in the wrong order.
    """
    timed = "UNION ALL".join(_timed(name, *stage) for name, stage in STAGES.items())
    counts = """
SELECT product, stage, CASE WHEN state <> 'disordered' THEN seconds END AS time,
  count(CASE WHEN state = 'ended' THEN 1 END) AS ended, count(CASE WHEN state = 'stopped' THEN 1 END) AS stopped,
  count(CASE WHEN state = 'open' THEN 1 END) AS open, count(CASE WHEN state = 'disordered' THEN 1 END) AS disordered
FROM timed
GROUP BY product, stage, time
"""
    curve = """
SELECT *, CAST(sum(ended + stopped + open) OVER (PARTITION BY product, stage ORDER BY time DESC NULLS LAST) AS BIGINT)
  AS waiting
FROM counts
"""
    final = """
SELECT product, stage, CAST(sum(ended) AS BIGINT) AS ended, CAST(sum(stopped) AS BIGINT) AS stopped,
  CAST(sum(open) AS BIGINT) AS open, CAST(sum(disordered) AS BIGINT) AS disordered,
  list(time ORDER BY time) FILTER (WHERE time IS NOT NULL) AS times,
  list(ended ORDER BY time) FILTER (WHERE time IS NOT NULL) AS events,
  list(waiting ORDER BY time) FILTER (WHERE time IS NOT NULL) AS at_risk
FROM curve
GROUP BY product, stage
ORDER BY product, stage"""
    return with_clause([*gaps(scope), ("timed", timed), ("counts", counts), ("curve", curve)]) + final


def _timed(name: str, start: str, end: str, stops: tuple[str, ...], edge: str) -> str:
    stop = f"least({', '.join(stops)})" if len(stops) > 1 else stops[0]
    stop_clock = f"least({', '.join(f'{each}_clock' for each in stops)})" if len(stops) > 1 else f"{stop}_clock"
    return f"""
SELECT product, '{name}' AS stage,
  greatest(coalesce({end}_clock, {stop_clock}, {edge}_clock) - {start}_clock, 0) // {SECOND} AS seconds,
  CASE WHEN {end} < {start} THEN 'disordered' WHEN {end} IS NOT NULL THEN 'ended' WHEN {stop} IS NOT NULL THEN 'stopped'
    ELSE 'open' END AS state
FROM clocked
WHERE new AND {start} IS NOT NULL
"""


def returns_sql(scope: Scope) -> str:
    """A row for each product: of its new gaps how many were reopened, came back on a documented topic, or were asked
    again by the same person; and which moments its tickets and suites state at all.
    """
    marked = f"""
SELECT g.*, EXISTS (
    SELECT 1 FROM asked AS o
    WHERE o.product = g.product AND o.topic_id = g.topic_id AND o.documented_at < g.opened_at) AS known,
  EXISTS (
    SELECT 1 FROM asked AS o
    WHERE o.product = g.product AND o.topic_id = g.topic_id AND o.asker = g.asker AND o.opened_at > g.answered_at
      AND o.opened_at <= g.answered_at + INTERVAL {AGAIN_DAYS} DAY) AS again,
  g.topic_id IS NOT NULL AND g.asker IS NOT NULL AND g.answered_at + INTERVAL {AGAIN_DAYS} DAY <= g.told_at AS followed
FROM asked AS g
"""
    final = f"""
SELECT product, count(CASE WHEN new THEN 1 END) AS gaps,
  count(CASE WHEN new AND answered_at IS NOT NULL AND reopened_count IS NOT NULL THEN 1 END) AS reopen_of,
  count(CASE WHEN new AND answered_at IS NOT NULL AND reopened_count > 0 THEN 1 END) AS reopened,
  count(CASE WHEN new AND topic_id IS NOT NULL THEN 1 END) AS recur_of,
  count(CASE WHEN new AND topic_id IS NOT NULL AND known THEN 1 END) AS recurred,
  count(CASE WHEN new AND followed THEN 1 END) AS again_of,
  count(CASE WHEN new AND followed AND again THEN 1 END) AS again,
  count(CASE WHEN new AND documented_at IS NOT NULL THEN 1 END) AS yield_of,
  count(CASE WHEN new AND documented_at IS NOT NULL AND improved_at IS NOT NULL THEN 1 END) AS yielded,
  count(CASE WHEN {views.local_day("improved_at")} BETWEEN CAST($since AS DATE) AND CAST($until AS DATE) THEN 1 END)
    AS finished,
  count(CASE WHEN improved_at IS NULL AND passed_at IS NULL AND dropped_at IS NULL THEN 1 END) AS unfinished,
  count(answered_at) AS states_answered, count(documented_at) AS states_documented,
  count(added_at) AS states_eval_added,
  count(CASE WHEN improved_at IS NOT NULL OR passed_at IS NOT NULL OR proved THEN 1 END) AS states_eval_improved
FROM (
  SELECT m.*, EXISTS (SELECT 1 FROM proofs AS p WHERE p.product = m.product AND p.ticket_id = m.ticket_id) AS proved
  FROM marked AS m) AS m
GROUP BY product
ORDER BY product"""
    return with_clause([*gaps(scope)[:-2], ("marked", marked)]) + final
