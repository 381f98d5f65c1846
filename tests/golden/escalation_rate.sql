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
rows_in_scope AS (
  SELECT unit_id, counted, aged, user_known, interactions, tasks, tasks_confirmed, tasks_implied, tasks_failed, tasks_unknown, technical_errors, escalation_known, escalated_planned, escalated_unplanned, escalated_unplanned_1d
  FROM use
),
measured AS (
  SELECT unit_id, counted,
    CASE WHEN counted AND (CASE WHEN aged THEN escalated_unplanned_1d END) IS NOT NULL AND (CASE WHEN aged THEN escalation_known END) IS NOT NULL THEN (CASE WHEN aged THEN escalated_unplanned_1d END) END AS escalation_rate_hit,
    CASE WHEN counted AND (CASE WHEN aged THEN escalated_unplanned_1d END) IS NOT NULL AND (CASE WHEN aged THEN escalation_known END) IS NOT NULL THEN (CASE WHEN aged THEN escalation_known END) END AS escalation_rate_of,
    CASE WHEN counted THEN escalation_known END AS escalation_rate_known,
    CASE WHEN counted THEN tasks END AS escalation_rate_among,
    CASE WHEN counted THEN escalation_known END AS escalation_rate_stated,
    CASE WHEN counted AND (CASE WHEN aged THEN escalated_planned END) IS NOT NULL AND (CASE WHEN aged THEN escalation_known END) IS NOT NULL THEN (CASE WHEN aged THEN escalated_planned END) END AS escalation_rate_planned_hit,
    CASE WHEN counted AND (CASE WHEN aged THEN escalated_planned END) IS NOT NULL AND (CASE WHEN aged THEN escalation_known END) IS NOT NULL THEN (CASE WHEN aged THEN escalation_known END) END AS escalation_rate_planned_of,
    CASE WHEN counted THEN escalation_known END AS escalation_rate_planned_known,
    CASE WHEN counted THEN tasks END AS escalation_rate_planned_among,
    CASE WHEN counted THEN escalation_known END AS escalation_rate_planned_stated,
    CASE WHEN counted THEN interactions END AS context_interactions,
    CASE WHEN counted THEN CASE WHEN user_known THEN interactions ELSE 0 END END AS context_named
  FROM rows_in_scope
),
units AS (
  SELECT unit_id, counted,
    CAST(coalesce(sum(escalation_rate_hit), 0) AS BIGINT) AS escalation_rate_hit,
    CAST(coalesce(sum(escalation_rate_of), 0) AS BIGINT) AS escalation_rate_of,
    CAST(coalesce(sum(escalation_rate_known), 0) AS BIGINT) AS escalation_rate_known,
    CAST(coalesce(sum(escalation_rate_among), 0) AS BIGINT) AS escalation_rate_among,
    CAST(coalesce(sum(escalation_rate_stated), 0) AS BIGINT) AS escalation_rate_stated,
    CAST(coalesce(sum(escalation_rate_planned_hit), 0) AS BIGINT) AS escalation_rate_planned_hit,
    CAST(coalesce(sum(escalation_rate_planned_of), 0) AS BIGINT) AS escalation_rate_planned_of,
    CAST(coalesce(sum(escalation_rate_planned_known), 0) AS BIGINT) AS escalation_rate_planned_known,
    CAST(coalesce(sum(escalation_rate_planned_among), 0) AS BIGINT) AS escalation_rate_planned_among,
    CAST(coalesce(sum(escalation_rate_planned_stated), 0) AS BIGINT) AS escalation_rate_planned_stated,
    CAST(coalesce(sum(context_interactions), 0) AS BIGINT) AS context_interactions,
    CAST(coalesce(sum(context_named), 0) AS BIGINT) AS context_named
  FROM measured
  GROUP BY unit_id, counted
),
totals AS (
  SELECT *,
    sum(escalation_rate_hit) OVER () AS escalation_rate_all_hit,
    sum(escalation_rate_of) OVER () AS escalation_rate_all_of,
    sum(escalation_rate_planned_hit) OVER () AS escalation_rate_planned_all_hit,
    sum(escalation_rate_planned_of) OVER () AS escalation_rate_planned_all_of
  FROM units
)
SELECT
  count(CASE WHEN NOT counted THEN 1 END) AS excluded,
  CAST(coalesce(sum(context_interactions), 0) AS BIGINT) AS context_interactions,
  CAST(coalesce(sum(context_named), 0) AS BIGINT) AS context_named,
  count(CASE WHEN escalation_rate_of > 0 THEN 1 END) AS escalation_rate_units,
  CAST(coalesce(sum(CASE WHEN escalation_rate_of > 0 THEN escalation_rate_hit END), 0) AS BIGINT) AS escalation_rate_hits,
  CAST(coalesce(sum(CASE WHEN escalation_rate_of > 0 THEN escalation_rate_of END), 0) AS BIGINT) AS escalation_rate_of,
  CAST(coalesce(sum(CASE WHEN escalation_rate_of > 0 THEN escalation_rate_hit * CAST(escalation_rate_hit AS HUGEINT) END), 0) AS VARCHAR) AS escalation_rate_hits2,
  CAST(coalesce(sum(CASE WHEN escalation_rate_of > 0 THEN escalation_rate_of * CAST(escalation_rate_of AS HUGEINT) END), 0) AS VARCHAR) AS escalation_rate_of2,
  CAST(coalesce(sum(CASE WHEN escalation_rate_of > 0 THEN escalation_rate_hit * CAST(escalation_rate_of AS HUGEINT) END), 0) AS VARCHAR) AS escalation_rate_cross,
  CAST(coalesce(sum(CASE WHEN escalation_rate_of > 0 AND escalation_rate_all_of > escalation_rate_of THEN CAST(1e+30 * pow(CAST(escalation_rate_of * escalation_rate_all_hit - escalation_rate_hit * escalation_rate_all_of AS DOUBLE) / (CAST(escalation_rate_all_of AS DOUBLE) * CAST(escalation_rate_all_of - escalation_rate_of AS DOUBLE)), 2) AS HUGEINT) END), 0) AS VARCHAR) AS escalation_rate_spread,
  list(DISTINCT CASE WHEN escalation_rate_of > 0 THEN gcd(escalation_rate_hit, escalation_rate_of) END) AS escalation_rate_factors,
  CAST(coalesce(sum(escalation_rate_known), 0) AS BIGINT) AS escalation_rate_known,
  CAST(coalesce(sum(escalation_rate_among), 0) AS BIGINT) AS escalation_rate_among,
  CAST(coalesce(sum(escalation_rate_stated), 0) AS BIGINT) AS escalation_rate_stated,
  count(CASE WHEN escalation_rate_planned_of > 0 THEN 1 END) AS escalation_rate_planned_units,
  CAST(coalesce(sum(CASE WHEN escalation_rate_planned_of > 0 THEN escalation_rate_planned_hit END), 0) AS BIGINT) AS escalation_rate_planned_hits,
  CAST(coalesce(sum(CASE WHEN escalation_rate_planned_of > 0 THEN escalation_rate_planned_of END), 0) AS BIGINT) AS escalation_rate_planned_of,
  CAST(coalesce(sum(CASE WHEN escalation_rate_planned_of > 0 THEN escalation_rate_planned_hit * CAST(escalation_rate_planned_hit AS HUGEINT) END), 0) AS VARCHAR) AS escalation_rate_planned_hits2,
  CAST(coalesce(sum(CASE WHEN escalation_rate_planned_of > 0 THEN escalation_rate_planned_of * CAST(escalation_rate_planned_of AS HUGEINT) END), 0) AS VARCHAR) AS escalation_rate_planned_of2,
  CAST(coalesce(sum(CASE WHEN escalation_rate_planned_of > 0 THEN escalation_rate_planned_hit * CAST(escalation_rate_planned_of AS HUGEINT) END), 0) AS VARCHAR) AS escalation_rate_planned_cross,
  CAST(coalesce(sum(CASE WHEN escalation_rate_planned_of > 0 AND escalation_rate_planned_all_of > escalation_rate_planned_of THEN CAST(1e+30 * pow(CAST(escalation_rate_planned_of * escalation_rate_planned_all_hit - escalation_rate_planned_hit * escalation_rate_planned_all_of AS DOUBLE) / (CAST(escalation_rate_planned_all_of AS DOUBLE) * CAST(escalation_rate_planned_all_of - escalation_rate_planned_of AS DOUBLE)), 2) AS HUGEINT) END), 0) AS VARCHAR) AS escalation_rate_planned_spread,
  list(DISTINCT CASE WHEN escalation_rate_planned_of > 0 THEN gcd(escalation_rate_planned_hit, escalation_rate_planned_of) END) AS escalation_rate_planned_factors,
  CAST(coalesce(sum(escalation_rate_planned_known), 0) AS BIGINT) AS escalation_rate_planned_known,
  CAST(coalesce(sum(escalation_rate_planned_among), 0) AS BIGINT) AS escalation_rate_planned_among,
  CAST(coalesce(sum(escalation_rate_planned_stated), 0) AS BIGINT) AS escalation_rate_planned_stated
FROM totals
