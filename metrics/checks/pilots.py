"""Checks of pilots: whether the business takes part, whether they end, and whether their bars stay where they were."""

from metrics import views
from metrics.checks.check import Check, query

# Pilots that have begun, with the last day that can count. Without a first day nobody knows whether it has begun.
BEGUN = """
SELECT p.pilot_id AS pilot, p.product_id AS product, p.name AS called, p.team_id AS own_team,
  p.scenario_id AS own_scenario, p.starts_on AS first_day,
  coalesce(p.ends_on, CAST($as_of AS DATE)) AS last_day
FROM pilots AS p JOIN shelf AS s ON s.product = p.product_id
WHERE p.valid_to IS NULL AND p.starts_on <= CAST($as_of AS DATE)
"""

OWNED = """
SELECT b.pilot FROM begun AS b JOIN roles AS r ON r.scenario_id = b.own_scenario
WHERE r.role = 'scenario_owner' AND r.valid_to IS NULL
UNION
SELECT b.pilot FROM begun AS b JOIN roles AS r ON r.pilot_id = b.pilot
WHERE r.role = 'scenario_owner' AND r.valid_to IS NULL
"""

# Everybody who was ever meant to take part: who left when the pilot ended did.
MEMBERS = """
SELECT DISTINCT b.pilot, b.product, b.first_day, b.last_day, b.own_team, c.unit_id AS person, c.team
FROM begun AS b JOIN crowd AS c ON c.pilot = b.pilot AND c.product = b.product
WHERE c.counted AND (c.left_on IS NULL OR c.left_on > b.first_day)
"""

HEARD = f"""
SELECT m.pilot
FROM feedback AS f LEFT JOIN alias AS a ON a.alias = f.user_id
JOIN members AS m ON m.person = coalesce(a.person, f.user_id) AND m.product = f.product_id
  AND {views.local_day("f.given_at")} BETWEEN m.first_day AND m.last_day
UNION
SELECT m.pilot
FROM (SELECT DISTINCT product_id, user_id, day FROM interactions
  WHERE outcome_source = 'rating' AND user_id IS NOT NULL
    AND product_id IN (SELECT product FROM members) AND day >= (SELECT min(first_day) FROM members)) AS i
LEFT JOIN alias AS a ON a.alias = i.user_id
JOIN members AS m ON m.person = coalesce(a.person, i.user_id) AND m.product = i.product_id
  AND i.day BETWEEN m.first_day AND m.last_day
"""

BUSINESS_ABSENT = Check(
    id="business-absent",
    title="The business is absent",
    rule="Of a pilot that has begun, the scenario has an owner, somebody of the audience is of the pilot's team, and"
    " somebody of the audience has given feedback on the product or rated a result within the pilot's dates.",
    about="pilot",
    sql=query(
        """
SELECT j.pilot AS subject, j.product, j.pilot, 'Pilot ' || j.called || ': ' || substr(j.reasons, 3) || '.' AS what
FROM (
  SELECT b.pilot, b.product, b.called,
    CASE WHEN o.pilot IS NULL THEN '; its scenario has no owner' ELSE '' END
    || CASE WHEN b.own_team IS NOT NULL AND t.pilot IS NULL
      THEN '; nobody of its audience is of team ' || b.own_team ELSE '' END
    || CASE WHEN h.pilot IS NULL THEN '; nobody of its audience has given feedback' ELSE '' END AS reasons
  FROM begun AS b
  LEFT JOIN owned AS o ON o.pilot = b.pilot
  LEFT JOIN (SELECT DISTINCT m.pilot FROM members AS m WHERE m.team = m.own_team) AS t ON t.pilot = b.pilot
  LEFT JOIN heard AS h ON h.pilot = b.pilot) AS j
WHERE j.reasons <> ''
""",
        alias=views.ALIAS,
        staff=views.STAFF,
        crowd=views.AUDIENCE,
        begun=BEGUN,
        owned=OWNED,
        members=MEMBERS,
        heard=HEARD,
    ),
)

PILOT_OVERDUE = Check(
    id="pilot-overdue",
    title="Pilot overdue",
    rule="A decision names each pilot whose planned end lies behind the last day with data.",
    about="pilot",
    sql=query("""
SELECT p.pilot_id AS subject, p.product_id AS product, p.pilot_id AS pilot,
  'Pilot ' || p.name || ' was to end on ' || CAST(p.ends_on AS VARCHAR) || ', and no decision names it.' AS what
FROM pilots AS p JOIN shelf AS s ON s.product = p.product_id
WHERE p.valid_to IS NULL AND p.ends_on < CAST($as_of AS DATE) AND p.pilot_id NOT IN (
  SELECT d.pilot_id FROM decisions AS d WHERE d.valid_to IS NULL AND d.pilot_id IS NOT NULL)
"""),
)

CRITERIA_CHANGED_AFTER_START = Check(
    id="criteria-changed-after-start",
    title="Criteria changed after the start",
    rule="No criterion of a pilot has a version that is valid from a day after the pilot's first.",
    about="pilot",
    sql=query("""
SELECT p.pilot_id AS subject, p.product_id AS product, p.pilot_id AS pilot,
  'Pilot ' || p.name || ' began on ' || CAST(p.starts_on AS VARCHAR) || ', and criterion ' || min(c.criterion_id)
    || CASE WHEN count(DISTINCT c.criterion_id) > 1
      THEN ' and ' || CAST(count(DISTINCT c.criterion_id) - 1 AS VARCHAR) || ' more' ELSE '' END
    || ' changed after that, last on ' || CAST(max(c.valid_from) AS VARCHAR) || '.' AS what
FROM pilots AS p JOIN shelf AS s ON s.product = p.product_id
JOIN criteria AS c ON c.pilot_id = p.pilot_id AND c.valid_from > p.starts_on
WHERE p.valid_to IS NULL
GROUP BY p.pilot_id, p.product_id, p.name, p.starts_on
"""),
)
