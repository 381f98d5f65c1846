"""The shared views a question is asked of: which products, which people, how far the data reach, who belongs to which
pilot.

Every view is SQL text with named parameters ($since); nothing a person typed is ever in the text.
"""

from collections.abc import Iterable

from metrics.spec import Scope

NOT_SHADOW = "(u.mode IS NULL OR u.mode <> 'shadow')"

# One person a name, also where two systems use two: an alias that two people claim is nobody's.
ALIAS = """
SELECT alias, person
FROM (
  SELECT source_user AS alias, min(user_id) AS person, max(user_id) AS other
  FROM person_aliases WHERE valid_to IS NULL
  GROUP BY source_user) AS claim
WHERE person = other
"""

# One row a person, whatever the registry holds, so that no join can multiply use.
STAFF = """
SELECT user_id AS person, min(team_id) AS team, min(kind) AS kind
FROM people WHERE valid_to IS NULL
GROUP BY user_id
"""

# Licences that usage feeds tell of are the audience of a product for which the registry names nobody. A licence counts
# from the first day it is told of (a snapshot: from the first day it is about) until the day that says it ended, or
# until a later snapshot of its source does not list it.
LICENSED = """
SELECT held.product_id AS product, held.user_id, held.granted_on,
  least(
    CASE WHEN held.ended_on >= held.last_on THEN held.ended_on END,
    (SELECT min(s.day) FROM usage_daily AS s
     WHERE s.licensed AND s.period_days > 1 AND s.day > held.last_listed AND s.product_id = held.product_id
       AND s.source_system = held.source_system)) AS left_on
FROM (
  SELECT product_id, source_system, user_id, min(CASE WHEN licensed THEN day - (period_days - 1) END) AS granted_on,
    max(CASE WHEN licensed THEN day END) AS last_on, max(CASE WHEN NOT licensed THEN day END) AS ended_on,
    max(CASE WHEN licensed AND period_days > 1 THEN day END) AS last_listed
  FROM usage_daily
  WHERE licensed IS NOT NULL AND user_id IS NOT NULL
  GROUP BY product_id, source_system, user_id) AS held
WHERE held.granted_on IS NOT NULL
  AND held.product_id NOT IN (SELECT product_id FROM audience WHERE valid_to IS NULL AND pilot_id IS NULL)
"""

# Without a date of access, the day the registry first said so: today's roster says nothing about last month, and a
# later edit of a row does not make the person new.
AUDIENCE = f"""
SELECT a.product, a.pilot, coalesce(alias.person, a.user_id) AS unit_id, a.granted_on, a.left_on,
  staff.team, coalesce(staff.kind, 'employee') = 'employee' AS counted
FROM (
  SELECT product_id AS product, pilot_id AS pilot, user_id, coalesce(granted_on, first_known) AS granted_on, left_on
  FROM (
    SELECT *, min(valid_from) OVER (PARTITION BY product_id, pilot_id, user_id) AS first_known
    FROM audience) AS said
  WHERE valid_to IS NULL
  UNION ALL
  SELECT product, NULL, user_id, granted_on, left_on
  FROM ({LICENSED.rstrip()}) AS licensed) AS a
LEFT JOIN alias ON alias.alias = a.user_id
LEFT JOIN staff ON staff.person = coalesce(alias.person, a.user_id)
"""

PILOT_DATES = """
SELECT pilot_id AS pilot, product_id AS product, coalesce(starts_on, DATE '1900-01-01') AS starts_on,
  coalesce(ends_on, DATE '9999-12-31') AS ends_on
FROM pilots WHERE valid_to IS NULL
"""


# Which days of a fact each product's loads cover. A load reaches as far as its last record, of whatever product.
def loaded_spans(fact: str) -> str:
    """First and last day of each product's data of a fact, by its published loads."""
    return f"""
SELECT f.product_id AS product, min(f.first_day) AS begins, max(f.last_day) AS through
FROM feed_days AS f JOIN loads AS l ON l.load_id = f.load_id
WHERE l.status = 'published' AND f.fact = '{fact}'
GROUP BY f.product_id
"""


# Events that no load tells of (a warehouse filled by hand) cover the days of their rows.
EVENT_SPANS = f"""{loaded_spans("interactions")}UNION ALL
SELECT u.product_id AS product, min(u.day) AS begins, max(u.day) AS through
FROM user_days AS u
WHERE u.product_id NOT IN (
  SELECT f.product_id FROM feed_days AS f JOIN loads AS l ON l.load_id = f.load_id
  WHERE l.status = 'published' AND f.fact = 'interactions')
GROUP BY u.product_id
"""

# Daily usage reports count from their own rows; a count of people who are not named tells of nobody. A snapshot says
# nothing about days but each person's last one: it tells of its own days where it states them, else from the first of
# those last days to the last.
REPORT_SPANS = """
SELECT product, min(first_day) AS begins, max(last_day) AS through
FROM (
  SELECT d.product_id AS product, d.day AS first_day, d.day AS last_day
  FROM usage_daily AS d
  WHERE d.period_days = 1 AND d.active_users IS NULL AND (d.active IS NOT NULL OR d.licensed IS NULL)
  UNION ALL
  SELECT d.product_id, CASE WHEN d.period_days > 1 THEN d.day - (d.period_days - 1) ELSE d.last_activity_on END,
    CASE WHEN d.period_days > 1 THEN d.day ELSE d.last_activity_on END
  FROM usage_daily AS d WHERE d.last_activity_on IS NOT NULL) AS told
GROUP BY product
"""

# Products whose use is known by each person's last day only, with the most weeks of use that anybody could show.
SNAPSHOTS_ONLY = """
SELECT product, max(weeks) AS weeks
FROM (
  SELECT d.product_id AS product, d.user_id, count(DISTINCT date_trunc('week', d.last_activity_on)) AS weeks
  FROM usage_daily AS d
  WHERE d.last_activity_on IS NOT NULL AND d.user_id IS NOT NULL
  GROUP BY d.product_id, d.user_id) AS shown
WHERE product NOT IN (SELECT product_id FROM user_days)
  AND product NOT IN (SELECT product_id FROM usage_daily WHERE period_days = 1 AND active)
GROUP BY product
"""

# Products of which a vendor counts the people who used them, and names nobody.
COUNTED = "SELECT DISTINCT product_id AS product FROM usage_daily WHERE active_users IS NOT NULL AND user_id IS NULL"

# Tickets as all that was loaded tells of them: what the version in force cannot say of the response, the newest other
# version that can says. `told`: whether anybody can: the version names how it is known, its load tells of responses
# without naming that, or another version does. An export without comments is silent: that is no missing answer.
TICKETS = """
SELECT t.* REPLACE (
    coalesce(t.first_response_at, other.first_response_at) AS first_response_at,
    coalesce(t.response_basis, other.response_basis) AS response_basis,
    coalesce(t.resolved_at, CASE WHEN t.status IN ('done', 'cancelled') THEN other.resolved_at END) AS resolved_at),
  coalesce(t.response_basis, other.response_basis) IS NOT NULL
    OR coalesce(t.first_response_at, other.first_response_at) IS NOT NULL
    OR coalesce(loaded.answers > 0 AND loaded.bases = 0, false) AS told
FROM tickets AS t
LEFT JOIN (
  SELECT event_key, arg_max(first_response_at, version_at) AS first_response_at,
    arg_max(response_basis, version_at) AS response_basis, arg_max(resolved_at, version_at) AS resolved_at
  FROM tickets_superseded
  WHERE response_basis IS NOT NULL OR first_response_at IS NOT NULL
  GROUP BY event_key) AS other
  ON other.event_key = t.event_key AND t.response_basis IS NULL AND t.first_response_at IS NULL
LEFT JOIN (
  SELECT load_id, count(first_response_at) AS answers, count(response_basis) AS bases
  FROM tickets GROUP BY load_id) AS loaded ON loaded.load_id = t.load_id
"""

# A load of tickets reaches as far as the last moment that any of its tickets tells of, of whatever product: it shows
# each ticket as it stood then, so one without an answer had none until then. What a later load replaced was told, too.
TICKET_REACH = """
SELECT product, min(opened_at) AS first_at, max(last_at) AS edge_at
FROM (
  SELECT product_id AS product, opened_at,
    max(greatest(opened_at, assigned_at, first_response_at, resolved_at)) OVER (PARTITION BY load_id) AS last_at
  FROM (
    SELECT product_id, load_id, opened_at, assigned_at, first_response_at, resolved_at FROM tickets
    UNION ALL
    SELECT coalesce(standing.product_id, replaced.product_id), replaced.load_id, replaced.opened_at,
      replaced.assigned_at, replaced.first_response_at, replaced.resolved_at
    FROM tickets_superseded AS replaced
    LEFT JOIN tickets AS standing ON standing.event_key = replaced.event_key) AS versions) AS told
GROUP BY product
"""

TICKET_SPANS = f"""
SELECT reach.product, CAST(timezone($reporting_zone, timezone('UTC', reach.first_at)) AS DATE) AS begins,
  CAST(timezone($reporting_zone, timezone('UTC', reach.edge_at)) AS DATE) AS through
FROM ({TICKET_REACH.rstrip()}) AS reach
"""

# A check that was made and came to a verdict; one that failed says nothing, least of all "wrong", and a run that did
# not come to its end says nothing of the whole. Of eval_results AS e.
CHECKED = (
    "e.passed IS NOT NULL AND e.eval_error IS NULL"
    " AND coalesce(lower(e.run_status), '')"
    " NOT IN ('cancelled', 'canceled', 'error', 'errored', 'started', 'unfinished')"
)


def local_day(moment: str) -> str:
    """SQL: the day of a moment in the reporting zone."""
    return f"CAST(timezone($reporting_zone, timezone('UTC', {moment})) AS DATE)"


# Of eval results only audits of production reach over days of use: back to the first, and on to the last audit.
AUDIT_SPANS = f"""
SELECT audit.product, least(audit.first_day, used.first_day) AS begins, audit.last_day AS through
FROM (
  SELECT e.product_id AS product, {local_day("min(e.run_at)")} AS first_day, {local_day("max(e.run_at)")} AS last_day
  FROM eval_results AS e
  WHERE e.origin = 'production_audit' AND {CHECKED}
  GROUP BY e.product_id) AS audit
LEFT JOIN (SELECT product_id AS product, min(day) AS first_day FROM user_days GROUP BY product_id) AS used
  ON used.product = audit.product
"""


def shelf(scope: Scope) -> str:
    """The products asked about: those named, else all in the registry that were not retired before the period; if
    visible.
    """
    visible = " AND list_contains(CAST($visible AS VARCHAR[]), product_id)" if scope.visible is not None else ""
    if scope.products is not None:
        named = "SELECT unnest(CAST($products AS VARCHAR[])) AS product_id"
        return f"\nSELECT DISTINCT product_id AS product\nFROM ({named}) AS named\nWHERE true{visible}\n"
    return (
        "\nSELECT DISTINCT product_id AS product\nFROM products"
        f"\nWHERE valid_to IS NULL AND (retired_on IS NULL OR retired_on > $since){visible}\n"
    )


def edges(*facts: str) -> str:
    """First and last day of data of every product on the shelf, over one fact or several."""
    spans = {
        "interactions": EVENT_SPANS,
        "usage_daily": REPORT_SPANS,
        "tickets": TICKET_SPANS,
        "eval_results": AUDIT_SPANS,
    }
    body = "UNION ALL".join(spans.get(fact) or loaded_spans(fact) for fact in facts)
    return (
        "\nSELECT span.product, min(span.begins) AS begins, max(span.through) AS through"
        f"\nFROM ({_indent(body)}) AS span JOIN shelf ON shelf.product = span.product"
        "\nGROUP BY span.product\n"
    )


def scoped_use(
    scope: Scope, table: str, columns: Iterable[str], *, period: str = "u.day BETWEEN $since AND $until"
) -> str:
    """Rows of user_days (or of interactions) in scope, with person, team and dimension columns as readings know them.

    `counted` is false for service, test and product-team accounts. `aged`: the escalation window lies within the data.
    """
    teams = (
        "\n  AND list_contains(CAST($teams AS VARCHAR[]), coalesce(staff.team, u.team_id))"
        if scope.teams is not None
        else ""
    )
    return (
        "\nSELECT u.day, u.product_id AS product, u.pilot_id AS stated_pilot, u.scenario_id AS scenario,"
        "\n  u.service_version AS release, u.mode, coalesce(alias.person, u.unit_id) AS unit_id, u.user_known,"
        "\n  coalesce(staff.team, u.team_id) AS team, coalesce(staff.kind, 'employee') = 'employee' AS counted,"
        "\n  u.day + CAST($escalation_window_days AS INTEGER) <= edges.through AS aged,"
        f"\n  {', '.join(f'u.{column}' for column in columns)}"
        f"\nFROM {table} AS u"
        "\nJOIN edges ON edges.product = u.product_id"
        "\nLEFT JOIN alias ON alias.alias = u.unit_id"
        "\nLEFT JOIN staff ON staff.person = coalesce(alias.person, u.unit_id)"
        f"\nWHERE {period} AND {NOT_SHADOW}{teams}\n"
    )


PILOT_DAYS = """
SELECT DISTINCT p.pilot, u.product, u.unit_id, u.day
FROM (SELECT DISTINCT product, unit_id, day FROM use WHERE user_known) AS u
JOIN pilot_dates AS p ON p.product = u.product AND u.day BETWEEN p.starts_on AND p.ends_on
JOIN roster AS r ON r.product = u.product AND r.pilot = p.pilot AND r.unit_id = u.unit_id
  AND r.granted_on <= u.day AND (r.left_on IS NULL OR r.left_on > u.day)
"""

# A row is of a pilot when its file says so, or when the pilot's audience holds that person that day. A person in two
# pilots counts in both; a row counts once in each.
USE_BY_PILOT = """
SELECT u.*, u.stated_pilot AS pilot FROM use AS u WHERE u.stated_pilot IS NOT NULL
UNION ALL
SELECT u.*, d.pilot FROM use AS u
JOIN pilot_days AS d ON d.product = u.product AND d.unit_id = u.unit_id AND d.day = u.day
WHERE u.stated_pilot IS NULL OR u.stated_pilot <> d.pilot
"""

USE_OF_PILOTS = """
SELECT u.* FROM use AS u
WHERE list_contains(CAST($pilots AS VARCHAR[]), u.stated_pilot) OR EXISTS (
  SELECT 1 FROM pilot_days AS d
  WHERE d.product = u.product AND d.unit_id = u.unit_id AND d.day = u.day
    AND list_contains(CAST($pilots AS VARCHAR[]), d.pilot))
"""


def _indent(text: str) -> str:
    return text.replace("\n", "\n  ")
