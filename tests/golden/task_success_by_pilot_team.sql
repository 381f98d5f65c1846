WITH
shelf AS (
  SELECT DISTINCT product_id AS product
  FROM products
  WHERE valid_to IS NULL AND (retired_on IS NULL OR retired_on > $since)
),
edges AS (
  SELECT span.product, min(span.begins) AS begins, max(span.through) AS through
  FROM (
    SELECT f.product_id AS product, min(f.first_day) AS begins, max(f.last_day) AS through
    FROM feed_days AS f JOIN loads AS l ON l.load_id = f.load_id
    WHERE l.status = 'published' AND f.fact = 'interactions'
    GROUP BY f.product_id
    UNION ALL
    SELECT u.product_id AS product, min(u.day) AS begins, max(u.day) AS through
    FROM user_days AS u
    WHERE u.product_id NOT IN (
      SELECT f.product_id FROM feed_days AS f JOIN loads AS l ON l.load_id = f.load_id
      WHERE l.status = 'published' AND f.fact = 'interactions')
    GROUP BY u.product_id
    ) AS span JOIN shelf ON shelf.product = span.product
  GROUP BY span.product
),
alias AS (
  SELECT alias, person
  FROM (
    SELECT source_user AS alias, min(user_id) AS person, max(user_id) AS other
    FROM person_aliases WHERE valid_to IS NULL
    GROUP BY source_user) AS claim
  WHERE person = other
),
staff AS (
  SELECT user_id AS person, min(team_id) AS team, min(kind) AS kind
  FROM people WHERE valid_to IS NULL
  GROUP BY user_id
),
use AS (
  SELECT u.day, u.product_id AS product, u.pilot_id AS stated_pilot, u.scenario_id AS scenario,
    u.service_version AS release, u.mode, coalesce(alias.person, u.unit_id) AS unit_id, u.user_known,
    coalesce(staff.team, u.team_id) AS team, coalesce(staff.kind, 'employee') = 'employee' AS counted,
    u.day + CAST($escalation_window_days AS INTEGER) <= edges.through AS aged,
    u.interactions, u.tasks, u.tasks_confirmed, u.tasks_implied, u.tasks_failed, u.tasks_unknown, u.technical_errors, u.escalation_known, u.escalated_planned, u.escalated_unplanned, u.escalated_unplanned_1d
  FROM user_days AS u
  JOIN edges ON edges.product = u.product_id
  LEFT JOIN alias ON alias.alias = u.unit_id
  LEFT JOIN staff ON staff.person = coalesce(alias.person, u.unit_id)
  WHERE u.day BETWEEN $since AND $until AND (u.mode IS NULL OR u.mode <> 'shadow')
),
roster AS (
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
    FROM (
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
    AND held.product_id NOT IN (SELECT product_id FROM audience WHERE valid_to IS NULL AND pilot_id IS NULL)) AS licensed) AS a
  LEFT JOIN alias ON alias.alias = a.user_id
  LEFT JOIN staff ON staff.person = coalesce(alias.person, a.user_id)
),
pilot_dates AS (
  SELECT pilot_id AS pilot, product_id AS product, coalesce(starts_on, DATE '1900-01-01') AS starts_on,
    coalesce(ends_on, DATE '9999-12-31') AS ends_on
  FROM pilots WHERE valid_to IS NULL
),
pilot_days AS (
  SELECT DISTINCT p.pilot, u.product, u.unit_id, u.day
  FROM (SELECT DISTINCT product, unit_id, day FROM use WHERE user_known) AS u
  JOIN pilot_dates AS p ON p.product = u.product AND u.day BETWEEN p.starts_on AND p.ends_on
  JOIN roster AS r ON r.product = u.product AND r.pilot = p.pilot AND r.unit_id = u.unit_id
    AND r.granted_on <= u.day AND (r.left_on IS NULL OR r.left_on > u.day)
),
use_by_pilot AS (
  SELECT u.*, u.stated_pilot AS pilot FROM use AS u WHERE u.stated_pilot IS NOT NULL
  UNION ALL
  SELECT u.*, d.pilot FROM use AS u
  JOIN pilot_days AS d ON d.product = u.product AND d.unit_id = u.unit_id AND d.day = u.day
  WHERE u.stated_pilot IS NULL OR u.stated_pilot <> d.pilot
),
rows_in_scope AS (
  SELECT unit_id, counted, aged, user_known, interactions, tasks, tasks_confirmed, tasks_implied, tasks_failed, tasks_unknown, technical_errors, escalation_known, escalated_planned, escalated_unplanned, escalated_unplanned_1d, pilot, team
  FROM use_by_pilot
),
measured AS (
  SELECT pilot, team, unit_id, counted,
    CASE WHEN counted AND (tasks_confirmed) IS NOT NULL AND (tasks_confirmed + tasks_failed) IS NOT NULL THEN (tasks_confirmed) END AS task_success_hit,
    CASE WHEN counted AND (tasks_confirmed) IS NOT NULL AND (tasks_confirmed + tasks_failed) IS NOT NULL THEN (tasks_confirmed + tasks_failed) END AS task_success_of,
    CASE WHEN counted THEN tasks_confirmed + tasks_failed END AS task_success_known,
    CASE WHEN counted THEN tasks END AS task_success_among,
    CASE WHEN counted THEN tasks_confirmed + tasks_implied + CASE WHEN tasks_failed > technical_errors THEN tasks_failed - technical_errors ELSE 0 END END AS task_success_stated,
    CASE WHEN counted THEN interactions END AS context_interactions,
    CASE WHEN counted THEN CASE WHEN user_known THEN interactions ELSE 0 END END AS context_named
  FROM rows_in_scope
),
units AS (
  SELECT pilot, team, unit_id, counted,
    CAST(coalesce(sum(task_success_hit), 0) AS BIGINT) AS task_success_hit,
    CAST(coalesce(sum(task_success_of), 0) AS BIGINT) AS task_success_of,
    CAST(coalesce(sum(task_success_known), 0) AS BIGINT) AS task_success_known,
    CAST(coalesce(sum(task_success_among), 0) AS BIGINT) AS task_success_among,
    CAST(coalesce(sum(task_success_stated), 0) AS BIGINT) AS task_success_stated,
    CAST(coalesce(sum(context_interactions), 0) AS BIGINT) AS context_interactions,
    CAST(coalesce(sum(context_named), 0) AS BIGINT) AS context_named
  FROM measured
  GROUP BY pilot, team, unit_id, counted
),
totals AS (
  SELECT *,
    sum(task_success_hit) OVER (PARTITION BY pilot, team) AS task_success_all_hit,
    sum(task_success_of) OVER (PARTITION BY pilot, team) AS task_success_all_of
  FROM units
)
SELECT
  pilot,
  team,
  count(CASE WHEN NOT counted THEN 1 END) AS excluded,
  CAST(coalesce(sum(context_interactions), 0) AS BIGINT) AS context_interactions,
  CAST(coalesce(sum(context_named), 0) AS BIGINT) AS context_named,
  count(CASE WHEN task_success_of > 0 THEN 1 END) AS task_success_units,
  CAST(coalesce(sum(CASE WHEN task_success_of > 0 THEN task_success_hit END), 0) AS BIGINT) AS task_success_hits,
  CAST(coalesce(sum(CASE WHEN task_success_of > 0 THEN task_success_of END), 0) AS BIGINT) AS task_success_of,
  CAST(coalesce(sum(CASE WHEN task_success_of > 0 THEN task_success_hit * CAST(task_success_hit AS HUGEINT) END), 0) AS VARCHAR) AS task_success_hits2,
  CAST(coalesce(sum(CASE WHEN task_success_of > 0 THEN task_success_of * CAST(task_success_of AS HUGEINT) END), 0) AS VARCHAR) AS task_success_of2,
  CAST(coalesce(sum(CASE WHEN task_success_of > 0 THEN task_success_hit * CAST(task_success_of AS HUGEINT) END), 0) AS VARCHAR) AS task_success_cross,
  CAST(coalesce(sum(CASE WHEN task_success_of > 0 AND task_success_all_of > task_success_of THEN CAST(1e+30 * pow(CAST(task_success_of * task_success_all_hit - task_success_hit * task_success_all_of AS DOUBLE) / (CAST(task_success_all_of AS DOUBLE) * CAST(task_success_all_of - task_success_of AS DOUBLE)), 2) AS HUGEINT) END), 0) AS VARCHAR) AS task_success_spread,
  list(DISTINCT CASE WHEN task_success_of > 0 THEN gcd(task_success_hit, task_success_of) END) AS task_success_factors,
  CAST(coalesce(sum(task_success_known), 0) AS BIGINT) AS task_success_known,
  CAST(coalesce(sum(task_success_among), 0) AS BIGINT) AS task_success_among,
  CAST(coalesce(sum(task_success_stated), 0) AS BIGINT) AS task_success_stated
FROM totals
GROUP BY pilot, team
ORDER BY pilot, team
