"""The audience as a panel: one row a person and period, saying who was eligible and who came back. The view of
adoption.

A person granted several products, or a product twice, is one person: weeks and people are counted distinct, never
added up.
"""

from metrics.spec import Dimension, Scope
from metrics.views import NOT_SHADOW

# Products of which nearly all use is without a name: that somebody did not return cannot be said there.
ANONYMOUS = f"""
SELECT product
FROM (
  SELECT u.product_id AS product, sum(u.interactions) AS interactions,
    sum(CASE WHEN u.user_known THEN u.interactions ELSE 0 END) AS named
  FROM user_days AS u
  WHERE u.day BETWEEN $since AND $until AND {NOT_SHADOW}
  GROUP BY u.product_id) AS traffic
WHERE named < CAST($min_known_share AS DOUBLE) * interactions
"""

PERIODS = """
SELECT unnest(CAST($bucket_starts AS DATE[])) AS bucket, unnest(CAST($bucket_firsts AS DATE[])) AS first_day,
  unnest(CAST($bucket_lasts AS DATE[])) AS last_day
"""


# A snapshot tells one day a person: the last one. It was a day of use, and that others were none it does not say.
_LAST_DAYS = """
  UNION ALL
  SELECT d.product_id AS product, d.user_id AS unit_id, d.last_activity_on AS day
  FROM usage_daily AS d
  WHERE d.user_id IS NOT NULL AND d.last_activity_on BETWEEN {first} AND {last}
    AND NOT EXISTS (SELECT 1 FROM user_days AS u WHERE u.product_id = d.product_id AND u.day = d.last_activity_on)"""


def active_days(first: str, last: str = "$until", *, last_days: bool = False) -> str:
    """The days of qualifying use of each named person and product, between two days that are SQL: at least one
    interaction that was not a technical error, or a daily report that says active; with `last_days` also the last day
    of use that a snapshot tells. Where a product has events on a day, what reports tell of that day is not used.
    """
    snapshots = _LAST_DAYS.format(first=first, last=last) if last_days else ""
    return f"""
SELECT DISTINCT used.product, coalesce(alias.person, used.unit_id) AS unit_id, used.day
FROM (
  SELECT u.product_id AS product, u.unit_id, u.day
  FROM user_days AS u
  WHERE u.user_known AND u.interactions > u.technical_errors AND {NOT_SHADOW}
    AND u.day BETWEEN {first} AND {last}
  UNION ALL
  SELECT d.product_id AS product, d.user_id AS unit_id, d.day
  FROM usage_daily AS d
  WHERE d.period_days = 1 AND d.active AND d.user_id IS NOT NULL AND d.day BETWEEN {first} AND {last}
    AND NOT EXISTS (SELECT 1 FROM user_days AS u WHERE u.product_id = d.product_id AND u.day = d.day){snapshots}
) AS used
JOIN edges ON edges.product = used.product
LEFT JOIN alias ON alias.alias = used.unit_id
"""


ACTIVE_DAYS = active_days("CAST($since AS DATE) - 34", last_days=True)


def clock(by: tuple[Dimension, ...], scope: Scope) -> str:
    """For each product (or pilot) and period: its days, and the Sunday that ends its last complete ISO week.

    Where products stand in one group they share the earliest edge of data, so that no product is judged on weeks that
    another has and it has not. `ready`: four full weeks of data (and of the pilot) lie behind.
    """
    of_pilots = in_pilots(by, scope)
    apart = "product" in by or "pilot" in by
    edge = "e.through" if apart else "min(e.through) OVER (PARTITION BY b.bucket)"
    pilot, dates = (
        ("p.pilot, ", "p.starts_on, p.ends_on")
        if of_pilots
        else ("", "b.first_day AS starts_on, b.last_day AS ends_on")
    )
    overlap = "p.starts_on <= b.last_day AND p.ends_on >= b.first_day"
    join = f"\n      JOIN pilot_dates AS p ON p.product = e.product AND {overlap}" if of_pilots else ""
    if scope.pilots is not None:
        join += " AND list_contains(CAST($pilots AS VARCHAR[]), p.pilot)"
    started = " AND starts_on <= week_end - 27" if of_pilots else ""
    return f"""
SELECT *, CAST(date_trunc('week', begins) AS DATE) <= week_end - 27{started} AND week_end >= bucket AS ready
FROM (
  SELECT *, CAST(date_trunc('week', final_day + 1) AS DATE) - 1 AS week_end
  FROM (
    SELECT span.*, greatest(span.since, span.starts_on) AS first_day,
      least(span.until, span.edge, span.ends_on) AS final_day
    FROM (
      SELECT e.product, {pilot}b.bucket, b.first_day AS since, b.last_day AS until, e.begins, {edge} AS edge,
        {dates}
      FROM edges AS e
      JOIN periods AS b ON e.begins <= b.last_day AND e.through >= b.first_day{join}
      WHERE e.product IN (SELECT product FROM roster)
        AND e.product NOT IN (SELECT product FROM anonymous)) AS span) AS days
  WHERE final_day >= first_day) AS weeks
"""


def panel(keys: tuple[str, ...], by: tuple[Dimension, ...], scope: Scope) -> str:
    """One row per group and person of the audience: eligible and active in the period, eligible and active by four
    weeks.
    """
    columns = {"product": "r.product", "pilot": "r.pilot", "team": "r.team", "bucket": "c.bucket"}
    match = "r.product = c.product AND r.pilot = c.pilot" if in_pilots(by, scope) else "r.product = c.product"
    teams = "\n  WHERE list_contains(CAST($teams AS VARCHAR[]), r.team)" if scope.teams is not None else ""
    selected = "".join(f"{columns[key]} AS {key}, " for key in keys)
    return f"""
SELECT {"".join(f"{key}, " for key in keys)}unit_id, counted,
  max(CASE WHEN eligible THEN 1 ELSE 0 END) AS eligible,
  max(CASE WHEN eligible AND day BETWEEN first_day AND final_day THEN 1 ELSE 0 END) AS active,
  max(CASE WHEN eligible_4w THEN 1 ELSE 0 END) AS eligible_4w,
  count(DISTINCT CASE WHEN eligible_4w AND day BETWEEN week_end - 27 AND week_end THEN date_trunc('week', day) END)
    AS active_weeks
FROM (
  SELECT {selected}r.unit_id, r.counted, c.first_day, c.final_day, c.week_end, a.day,
    r.granted_on <= c.final_day AND (r.left_on IS NULL OR r.left_on > c.first_day) AS eligible,
    c.ready AND r.granted_on <= c.week_end - 27 AND (r.left_on IS NULL OR r.left_on > c.week_end) AS eligible_4w
  FROM roster AS r
  JOIN clock AS c ON {match}
  LEFT JOIN active_days AS a ON a.product = r.product AND a.unit_id = r.unit_id
    AND a.day BETWEEN least(c.first_day, c.week_end - 27) AND c.final_day{teams}) AS seen
GROUP BY {"".join(f"{key}, " for key in keys)}unit_id, counted
"""


def in_pilots(by: tuple[Dimension, ...], scope: Scope) -> bool:
    """Whether people count by the pilot's roster rather than by the product's."""
    return "pilot" in by or scope.pilots is not None
