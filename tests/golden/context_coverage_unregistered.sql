WITH
questions AS (
  SELECT i.day, i.product_id, i.pilot_id, i.scenario_id, i.service_version, i.team_id, i.mode, i.unit_id, i.user_known,
    i.interaction_id, i.occurred_at, i.event_key, i.topic_id,
    CASE WHEN listed.topic_id IS NULL THEN 1 ELSE 0 END AS unlisted
  FROM interactions AS i
  JOIN (SELECT DISTINCT product_id FROM topics WHERE valid_to IS NULL) AS kept ON kept.product_id = i.product_id
  LEFT JOIN (SELECT DISTINCT product_id, topic_id FROM topics WHERE valid_to IS NULL) AS listed
    ON listed.product_id = i.product_id AND listed.topic_id = i.topic_id
  WHERE i.topic_id IS NOT NULL AND NOT coalesce(i.synthetic, false)
),
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
    u.product_id, u.interaction_id, u.occurred_at, u.event_key, u.topic_id, u.unlisted
  FROM questions AS u
  JOIN edges ON edges.product = u.product_id
  LEFT JOIN alias ON alias.alias = u.unit_id
  LEFT JOIN staff ON staff.person = coalesce(alias.person, u.unit_id)
  WHERE u.day BETWEEN $since AND $until AND (u.mode IS NULL OR u.mode <> 'shadow')
),
rows_in_scope AS (
  SELECT unit_id, counted, aged, user_known, product_id, interaction_id, occurred_at, event_key, topic_id, unlisted, product, CAST(date_trunc('week', day) AS DATE) AS bucket
  FROM use
),
measured AS (
  SELECT product, bucket, unit_id, counted,
    CASE WHEN counted AND (unlisted) IS NOT NULL AND (1) IS NOT NULL THEN (unlisted) END AS context_coverage_unregistered_hit,
    CASE WHEN counted AND (unlisted) IS NOT NULL AND (1) IS NOT NULL THEN (1) END AS context_coverage_unregistered_of,
    CASE WHEN counted THEN 1 END AS context_interactions,
    CASE WHEN counted THEN CASE WHEN user_known THEN 1 ELSE 0 END END AS context_named
  FROM rows_in_scope
),
units AS (
  SELECT product, bucket, unit_id, counted,
    CAST(coalesce(sum(context_coverage_unregistered_hit), 0) AS BIGINT) AS context_coverage_unregistered_hit,
    CAST(coalesce(sum(context_coverage_unregistered_of), 0) AS BIGINT) AS context_coverage_unregistered_of,
    CAST(coalesce(sum(context_interactions), 0) AS BIGINT) AS context_interactions,
    CAST(coalesce(sum(context_named), 0) AS BIGINT) AS context_named
  FROM measured
  GROUP BY product, bucket, unit_id, counted
),
totals AS (
  SELECT *,
    sum(context_coverage_unregistered_hit) OVER (PARTITION BY product, bucket) AS context_coverage_unregistered_all_hit,
    sum(context_coverage_unregistered_of) OVER (PARTITION BY product, bucket) AS context_coverage_unregistered_all_of
  FROM units
)
SELECT
  product,
  bucket,
  count(CASE WHEN NOT counted THEN 1 END) AS excluded,
  CAST(coalesce(sum(context_interactions), 0) AS BIGINT) AS context_interactions,
  CAST(coalesce(sum(context_named), 0) AS BIGINT) AS context_named,
  count(CASE WHEN context_coverage_unregistered_of > 0 THEN 1 END) AS context_coverage_unregistered_units,
  CAST(coalesce(sum(CASE WHEN context_coverage_unregistered_of > 0 THEN context_coverage_unregistered_hit END), 0) AS BIGINT) AS context_coverage_unregistered_hits,
  CAST(coalesce(sum(CASE WHEN context_coverage_unregistered_of > 0 THEN context_coverage_unregistered_of END), 0) AS BIGINT) AS context_coverage_unregistered_of,
  CAST(coalesce(sum(CASE WHEN context_coverage_unregistered_of > 0 THEN context_coverage_unregistered_hit * CAST(context_coverage_unregistered_hit AS HUGEINT) END), 0) AS VARCHAR) AS context_coverage_unregistered_hits2,
  CAST(coalesce(sum(CASE WHEN context_coverage_unregistered_of > 0 THEN context_coverage_unregistered_of * CAST(context_coverage_unregistered_of AS HUGEINT) END), 0) AS VARCHAR) AS context_coverage_unregistered_of2,
  CAST(coalesce(sum(CASE WHEN context_coverage_unregistered_of > 0 THEN context_coverage_unregistered_hit * CAST(context_coverage_unregistered_of AS HUGEINT) END), 0) AS VARCHAR) AS context_coverage_unregistered_cross,
  CAST(coalesce(sum(CASE WHEN context_coverage_unregistered_of > 0 AND context_coverage_unregistered_all_of > context_coverage_unregistered_of THEN CAST(1e+30 * pow(CAST(context_coverage_unregistered_of * context_coverage_unregistered_all_hit - context_coverage_unregistered_hit * context_coverage_unregistered_all_of AS DOUBLE) / (CAST(context_coverage_unregistered_all_of AS DOUBLE) * CAST(context_coverage_unregistered_all_of - context_coverage_unregistered_of AS DOUBLE)), 2) AS HUGEINT) END), 0) AS VARCHAR) AS context_coverage_unregistered_spread,
  list(DISTINCT CASE WHEN context_coverage_unregistered_of > 0 THEN gcd(context_coverage_unregistered_hit, context_coverage_unregistered_of) END) AS context_coverage_unregistered_factors
FROM totals
GROUP BY product, bucket
ORDER BY product, bucket
