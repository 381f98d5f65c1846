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
use AS (
  SELECT u.day, u.product_id AS product, u.pilot_id AS stated_pilot, u.scenario_id AS scenario,
    u.service_version AS release, u.mode, coalesce(alias.person, u.unit_id) AS unit_id, u.user_known,
    coalesce(staff.team, u.team_id) AS team, coalesce(staff.kind, 'employee') = 'employee' AS counted,
    u.day + CAST($escalation_window_days AS INTEGER) <= edges.through AS aged,
    u.topic_id
  FROM questions AS u
  JOIN edges ON edges.product = u.product_id
  LEFT JOIN alias ON alias.alias = u.unit_id
  LEFT JOIN staff ON staff.person = coalesce(alias.person, u.unit_id)
  WHERE u.day BETWEEN $since AND $until AND (u.mode IS NULL OR u.mode <> 'shadow')
),
demand AS (
  SELECT product, topic_id, count(*) AS questions
  FROM use
  WHERE counted
  GROUP BY product, topic_id
),
days AS (
  SELECT shelf.product, least(CAST($until AS DATE), coalesce(edges.through, CAST($until AS DATE))) AS edge
  FROM shelf LEFT JOIN edges ON edges.product = shelf.product
),
runs AS (
  SELECT *
  FROM (
    SELECT *, row_number() OVER (
      PARTITION BY product_id, topic_id, origin, suite ORDER BY ran DESC, run_id DESC) AS place
    FROM (
      SELECT e.product_id, e.topic_id, e.origin, CASE WHEN e.origin = 'suite' THEN coalesce(e.suite, '') ELSE '' END AS suite, e.run_id, max(e.run_at) AS ran
      FROM eval_results AS e
      WHERE e.origin IN ('probe', 'suite') AND e.topic_id IS NOT NULL AND e.passed IS NOT NULL AND e.eval_error IS NULL AND coalesce(lower(e.run_status), '') NOT IN ('cancelled', 'canceled', 'error', 'errored', 'started', 'unfinished')
        AND CAST(timezone($reporting_zone, timezone('UTC', e.run_at)) AS DATE) <= CAST($until AS DATE)
      GROUP BY e.product_id, e.topic_id, e.origin, CASE WHEN e.origin = 'suite' THEN coalesce(e.suite, '') ELSE '' END, e.run_id) AS run) AS run
  WHERE place = 1
),
cases AS (
  SELECT product_id, topic_id, origin, suite, case_id, 2 * sum(good) > count(*) AS good
  FROM (
    SELECT e.product_id, e.topic_id, e.origin, CASE WHEN e.origin = 'suite' THEN coalesce(e.suite, '') ELSE '' END AS suite, e.case_id, e.epoch,
      min(CASE WHEN e.passed THEN 1 ELSE 0 END) AS good
    FROM eval_results AS e
    JOIN runs ON runs.product_id = e.product_id AND runs.topic_id = e.topic_id AND runs.origin = e.origin
      AND runs.suite = CASE WHEN e.origin = 'suite' THEN coalesce(e.suite, '') ELSE '' END AND runs.run_id = e.run_id
    WHERE e.passed IS NOT NULL AND e.eval_error IS NULL AND coalesce(lower(e.run_status), '') NOT IN ('cancelled', 'canceled', 'error', 'errored', 'started', 'unfinished')
    GROUP BY e.product_id, e.topic_id, e.origin, CASE WHEN e.origin = 'suite' THEN coalesce(e.suite, '') ELSE '' END, e.case_id, e.epoch) AS trial
  GROUP BY product_id, topic_id, origin, suite, case_id
),
verdicts AS (
  SELECT product_id AS product, topic_id, count(CASE WHEN origin = 'probe' THEN 1 END) AS probes,
    count(CASE WHEN origin = 'probe' AND good THEN 1 END) AS probes_passed,
    count(CASE WHEN origin = 'suite' THEN 1 END) AS cases,
    count(CASE WHEN origin = 'suite' AND good THEN 1 END) AS cases_passed
  FROM cases
  GROUP BY product_id, topic_id
),
listed AS (
  SELECT t.product_id AS product, t.topic_id, t.name, t.required, t.weight, t.sme_id, coalesce(t.approved, false)
      AS approved, t.indexed_at, t.source_updated_at, t.freshness_days, t.reviewed_on, t.valid_from, days.edge,
    days.edge - CAST(timezone($reporting_zone, timezone('UTC', t.source_updated_at)) AS DATE) AS source_age,
    CAST(timezone($reporting_zone, timezone('UTC', t.source_updated_at)) AS DATE) - CAST(timezone($reporting_zone, timezone('UTC', t.indexed_at)) AS DATE) AS index_behind,
    coalesce(demand.questions, 0) AS questions, coalesce(v.probes, 0) AS probes,
    coalesce(v.probes_passed, 0) AS probes_passed, coalesce(v.cases, 0) AS cases,
    coalesce(v.cases_passed, 0) AS cases_passed
  FROM topics AS t
  JOIN days ON days.product = t.product_id
  LEFT JOIN demand ON demand.product = t.product_id AND demand.topic_id = t.topic_id
  LEFT JOIN verdicts AS v ON v.product = t.product_id AND v.topic_id = t.topic_id
  WHERE t.valid_to IS NULL
),
aged AS (
  SELECT *, approved AND indexed_at IS NOT NULL AND (freshness_days IS NULL
    OR coalesce(source_age <= freshness_days AND index_behind <= freshness_days, false)) AS fresh
  FROM listed
),
probed AS (
  SELECT *, fresh AND probes > 0 AND probes_passed >= CAST($probe_share AS DOUBLE) * probes - 1e-9 AS retrievable
  FROM aged
)
SELECT *, retrievable AND cases_passed >= CAST($probe_share AS DOUBLE) * cases - 1e-9 AS answerable
FROM probed
ORDER BY product, topic_id
