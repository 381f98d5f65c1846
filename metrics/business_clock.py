"""The business clock in SQL: how many open microseconds of a calendar have passed at a moment, so that the business
time between two moments is a difference.

F(t) = before(last opening) + what has passed since, at most the length of that day; BH(a, b) = F(b) - F(a). Opening
and closing are local times of the reporting zone, counted as instants: a day on which the clocks change is as long as
it was.
"""

from collections.abc import Sequence

SECOND = 1_000_000
EDGE = "edge_at"  # the column that says up to where a row was followed
OFFICE = ""  # the calendar of whoever has none: the office hours of the settings, Monday to Friday

# Which calendar a person keeps, and its first and last day; one that the registry does not describe is none. A calendar
# is closed on every day it does not name.
CALENDAR_OF = """
SELECT p.person, p.calendar, c.first_day, c.last_day
FROM (
  SELECT user_id AS person, min(calendar_id) AS calendar
  FROM people WHERE valid_to IS NULL
  GROUP BY user_id) AS p
JOIN (
  SELECT calendar_id AS calendar, min(day) AS first_day, max(day) AS last_day
  FROM calendars WHERE valid_to IS NULL
  GROUP BY calendar_id) AS c ON c.calendar = p.calendar
"""


def open_days(source: str) -> str:
    """Each calendar's openings in order, as microseconds since 1970: when, how long, and how much lay before.

    Office hours are laid out over the days from the first `opened_at` to the last `edge_at` of `source`.
    """
    return f"""
SELECT calendar, opens, length,
  CAST(sum(length) OVER (PARTITION BY calendar ORDER BY opens) AS BIGINT) - length AS before
FROM (
  SELECT calendar, opens, greatest(closes - opens, 0) AS length
  FROM (
    SELECT calendar, epoch_us(timezone($reporting_zone, day + opens)) AS opens,
      epoch_us(timezone($reporting_zone, day + closes)) AS closes
    FROM (
      SELECT calendar_id AS calendar, day, min(opens) AS opens, max(closes) AS closes
      FROM calendars WHERE valid_to IS NULL
      GROUP BY calendar_id, day
      UNION ALL
      SELECT '{OFFICE}' AS calendar, CAST(day AS DATE) AS day, CAST($sme_opens AS TIME) AS opens,
        CAST($sme_closes AS TIME) AS closes
      FROM (
        SELECT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS day
        FROM (
          SELECT CAST(min(opened_at) AS DATE) - 1 AS first_day, CAST(max({EDGE}) AS DATE) + 1 AS last_day
          FROM {source}) AS reach) AS days
      WHERE isodow(day) <= 5) AS hours) AS instants
  WHERE opens IS NOT NULL) AS openings
"""


def clocked(source: str, moments: Sequence[str]) -> str:
    """The rows of `source` with what each moment's clock says, <moment>_clock; NULL where there is no moment.

    `source` has `calendar`; the openings are those of the subquery open_days.
    """
    columns, joins = [], []
    for moment in moments:
        day, at = moment.removesuffix("_at"), f"epoch_us(t.{moment})"
        passed = f"coalesce({day}.before + least({at} - {day}.opens, {day}.length), 0)"
        columns.append(f"CASE WHEN t.{moment} IS NOT NULL\n    THEN {passed} END AS {moment}_clock")
        joins.append(f"ASOF LEFT JOIN open_days AS {day}\n  ON {day}.calendar = t.calendar AND {day}.opens <= {at}")
    lines, joined = ",\n  ".join(columns), "\n".join(joins)
    return f"\nSELECT t.*,\n  {lines}\nFROM {source} AS t\n{joined}\n"


def waited(start: str, end: str, stop: str) -> str:
    """SQL: whole business seconds from `start` to `end`, else to where it stopped, else to the edge of the data."""
    return f"(coalesce({end}_clock, {stop}_clock, {EDGE}_clock) - {start}_clock) // {SECOND}"
