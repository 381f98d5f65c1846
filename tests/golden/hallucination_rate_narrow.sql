WITH
checks AS (
  SELECT e.product_id, e.task, e.human, e.judge, e.epoch, e.interaction_id, e.case_id, e.scenario_id, e.service_version, e.run_at,
    CASE WHEN e.sampling_probability > 0 THEN CAST(round(1000000 / e.sampling_probability) AS BIGINT)
      ELSE 1000000 END AS weight,
    CASE WHEN NOT e.passed AND (e.error_type IS NULL OR e.error_type IN ('incorrect', 'unsupported', 'unsafe')) THEN 1 ELSE 0 END AS wrong, CASE WHEN NOT e.passed AND coalesce(e.error_type, '') = 'incorrect' THEN 1 ELSE 0 END AS incorrect, CASE WHEN NOT e.passed AND coalesce(e.error_type, '') = 'unsupported' THEN 1 ELSE 0 END AS unsupported, CASE WHEN NOT e.passed AND coalesce(e.error_type, '') = 'unsafe' THEN 1 ELSE 0 END AS unsafe
  FROM (
    SELECT e.*, row_number() OVER (
      PARTITION BY e.product_id, e.task, e.human, e.evaluator, e.suite, e.metric_name, e.epoch
      ORDER BY e.run_at DESC, e.event_key DESC) AS place
    FROM (
      SELECT e.*, coalesce('i:' || e.interaction_id, 'c:' || e.case_id) AS task, coalesce(e.evaluator_kind = 'human', false) AS human, coalesce(e.evaluator, 'a judge without a name') || coalesce(' (prompt ' || e.prompt_version || ')', '') AS judge
      FROM eval_results AS e
      WHERE e.origin = 'production_audit' AND e.passed IS NOT NULL AND e.eval_error IS NULL AND coalesce(lower(e.run_status), '') NOT IN ('cancelled', 'canceled', 'error', 'errored', 'started', 'unfinished')) AS e) AS e
  WHERE e.place = 1
),
trials AS (
  SELECT product_id, task, human, judge, epoch, max(wrong) AS wrong, max(incorrect) AS incorrect, max(unsupported) AS unsupported, max(unsafe) AS unsafe, min(interaction_id) AS interaction_id, min(case_id) AS case_id, min(scenario_id) AS scenario_id, min(service_version) AS service_version, max(run_at) AS run_at, max(weight) AS weight
  FROM checks
  GROUP BY product_id, task, human, judge, epoch
),
votes AS (
  SELECT product_id, task, human, judge, CASE WHEN 2 * sum(wrong) >= count(*) THEN 1 ELSE 0 END AS wrong, CASE WHEN 2 * sum(incorrect) >= count(*) THEN 1 ELSE 0 END AS incorrect, CASE WHEN 2 * sum(unsupported) >= count(*) THEN 1 ELSE 0 END AS unsupported, CASE WHEN 2 * sum(unsafe) >= count(*) THEN 1 ELSE 0 END AS unsafe, min(interaction_id) AS interaction_id, min(case_id) AS case_id, min(scenario_id) AS scenario_id, min(service_version) AS service_version, max(run_at) AS run_at, max(weight) AS weight
  FROM trials
  GROUP BY product_id, task, human, judge
),
labels AS (
  SELECT product_id, task, max(CASE WHEN human THEN wrong END) AS human_error,
    max(CASE WHEN NOT human THEN wrong END) AS judge_error,
    max(CASE WHEN human THEN incorrect END) AS incorrect, max(CASE WHEN human THEN unsupported END) AS unsupported, max(CASE WHEN human THEN unsafe END) AS unsafe,
    max(CASE WHEN human THEN weight END) AS human_weight, max(CASE WHEN NOT human THEN weight END) AS judge_weight,
    list(DISTINCT CASE WHEN NOT human THEN judge END) AS judges, min(interaction_id) AS interaction_id,
    min(case_id) AS case_id, min(scenario_id) AS scenario_id, min(service_version) AS service_version,
    max(run_at) AS audited_at
  FROM votes
  GROUP BY product_id, task
),
talks AS (
  SELECT *
  FROM (
    SELECT i.product_id, i.interaction_id, i.day, i.pilot_id, i.scenario_id, i.service_version, i.team_id, i.mode,
      i.unit_id, i.user_known, coalesce(i.synthetic, false) AS synthetic,
      row_number() OVER (PARTITION BY i.product_id, i.interaction_id ORDER BY i.event_key) AS place
    FROM interactions AS i
    JOIN labels AS l ON l.product_id = i.product_id AND l.interaction_id = i.interaction_id) AS linked
  WHERE place = 1
),
audited AS (
  SELECT coalesce(t.day, CAST(timezone($reporting_zone, timezone('UTC', l.audited_at)) AS DATE)) AS day, l.product_id, t.pilot_id,
    coalesce(t.scenario_id, l.scenario_id) AS scenario_id, coalesce(t.service_version, l.service_version)
      AS service_version, t.team_id, t.mode, coalesce(t.unit_id, l.task) AS unit_id,
    coalesce(t.user_known, false) AS user_known, l.task, l.interaction_id, l.case_id, l.audited_at, l.human_error, l.judge_error, l.incorrect, l.unsupported, l.unsafe, l.human_weight, l.judge_weight, l.judges
  FROM labels AS l
  LEFT JOIN talks AS t ON t.product_id = l.product_id AND t.interaction_id = l.interaction_id
  WHERE NOT coalesce(t.synthetic, false)
),
shelf AS (
  SELECT DISTINCT product_id AS product
  FROM (SELECT unnest(CAST($products AS VARCHAR[])) AS product_id) AS named
  WHERE true AND list_contains(CAST($visible AS VARCHAR[]), product_id)
),
edges AS (
  SELECT span.product, min(span.begins) AS begins, max(span.through) AS through
  FROM (
    SELECT audit.product, least(audit.first_day, used.first_day) AS begins, audit.last_day AS through
    FROM (
      SELECT e.product_id AS product, CAST(timezone($reporting_zone, timezone('UTC', min(e.run_at))) AS DATE) AS first_day, CAST(timezone($reporting_zone, timezone('UTC', max(e.run_at))) AS DATE) AS last_day
      FROM eval_results AS e
      WHERE e.origin = 'production_audit' AND e.passed IS NOT NULL AND e.eval_error IS NULL AND coalesce(lower(e.run_status), '') NOT IN ('cancelled', 'canceled', 'error', 'errored', 'started', 'unfinished')
      GROUP BY e.product_id) AS audit
    LEFT JOIN (SELECT product_id AS product, min(day) AS first_day FROM user_days GROUP BY product_id) AS used
      ON used.product = audit.product
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
    u.product_id, u.task, u.interaction_id, u.case_id, u.audited_at, u.human_error, u.judge_error, u.incorrect, u.unsupported, u.unsafe, u.human_weight, u.judge_weight, u.judges
  FROM audited AS u
  JOIN edges ON edges.product = u.product_id
  LEFT JOIN alias ON alias.alias = u.unit_id
  LEFT JOIN staff ON staff.person = coalesce(alias.person, u.unit_id)
  WHERE u.day BETWEEN $since AND $until AND (u.mode IS NULL OR u.mode <> 'shadow')
    AND list_contains(CAST($teams AS VARCHAR[]), coalesce(staff.team, u.team_id))
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
  SELECT unit_id, counted, aged, user_known, product_id, task, interaction_id, case_id, audited_at, human_error, judge_error, incorrect, unsupported, unsafe, human_weight, judge_weight, judges, pilot, CAST(date_trunc('week', day) AS DATE) AS bucket
  FROM use_by_pilot WHERE list_contains(CAST($pilots AS VARCHAR[]), pilot)
),
measured AS (
  SELECT pilot, bucket, unit_id, counted,
    CASE WHEN counted AND (human_weight * human_error) IS NOT NULL AND (human_weight) IS NOT NULL THEN (human_weight * human_error) END AS hallucination_rate_audited_hit,
    CASE WHEN counted AND (human_weight * human_error) IS NOT NULL AND (human_weight) IS NOT NULL THEN (human_weight) END AS hallucination_rate_audited_of,
    CASE WHEN counted AND (human_weight * human_error) IS NOT NULL AND (human_weight) IS NOT NULL THEN (1) END AS hallucination_rate_audited_events,
    CASE WHEN counted THEN 1 END AS context_interactions,
    CASE WHEN counted THEN CASE WHEN user_known THEN 1 ELSE 0 END END AS context_named
  FROM rows_in_scope
),
units AS (
  SELECT pilot, bucket, unit_id, counted,
    CAST(coalesce(sum(hallucination_rate_audited_hit), 0) AS BIGINT) AS hallucination_rate_audited_hit,
    CAST(coalesce(sum(hallucination_rate_audited_of), 0) AS BIGINT) AS hallucination_rate_audited_of,
    CAST(coalesce(sum(hallucination_rate_audited_events), 0) AS BIGINT) AS hallucination_rate_audited_events,
    CAST(coalesce(sum(context_interactions), 0) AS BIGINT) AS context_interactions,
    CAST(coalesce(sum(context_named), 0) AS BIGINT) AS context_named
  FROM measured
  GROUP BY pilot, bucket, unit_id, counted
),
totals AS (
  SELECT *,
    sum(hallucination_rate_audited_hit) OVER (PARTITION BY pilot, bucket) AS hallucination_rate_audited_all_hit,
    sum(hallucination_rate_audited_of) OVER (PARTITION BY pilot, bucket) AS hallucination_rate_audited_all_of
  FROM units
)
SELECT
  pilot,
  bucket,
  count(CASE WHEN NOT counted THEN 1 END) AS excluded,
  CAST(coalesce(sum(context_interactions), 0) AS BIGINT) AS context_interactions,
  CAST(coalesce(sum(context_named), 0) AS BIGINT) AS context_named,
  count(CASE WHEN hallucination_rate_audited_of > 0 THEN 1 END) AS hallucination_rate_audited_units,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_hit END), 0) AS BIGINT) AS hallucination_rate_audited_hits,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_of END), 0) AS BIGINT) AS hallucination_rate_audited_of,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_hit * CAST(hallucination_rate_audited_hit AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_audited_hits2,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_of * CAST(hallucination_rate_audited_of AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_audited_of2,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_hit * CAST(hallucination_rate_audited_of AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_audited_cross,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 AND hallucination_rate_audited_all_of > hallucination_rate_audited_of THEN CAST(1e+30 * pow(CAST(hallucination_rate_audited_of * hallucination_rate_audited_all_hit - hallucination_rate_audited_hit * hallucination_rate_audited_all_of AS DOUBLE) / (CAST(hallucination_rate_audited_all_of AS DOUBLE) * CAST(hallucination_rate_audited_all_of - hallucination_rate_audited_of AS DOUBLE)), 2) AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_audited_spread,
  list(DISTINCT CASE WHEN hallucination_rate_audited_of > 0 THEN gcd(hallucination_rate_audited_hit, hallucination_rate_audited_of) END) AS hallucination_rate_audited_factors,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_events END), 0) AS BIGINT) AS hallucination_rate_audited_events
FROM totals
GROUP BY pilot, bucket
ORDER BY pilot, bucket
