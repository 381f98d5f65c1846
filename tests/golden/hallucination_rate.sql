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
  FROM products
  WHERE valid_to IS NULL AND (retired_on IS NULL OR retired_on > $since)
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
),
rows_in_scope AS (
  SELECT unit_id, counted, aged, user_known, product_id, task, interaction_id, case_id, audited_at, human_error, judge_error, incorrect, unsupported, unsafe, human_weight, judge_weight, judges
  FROM use
),
measured AS (
  SELECT unit_id, counted,
    CASE WHEN counted AND (judge_weight * judge_error) IS NOT NULL AND (judge_weight) IS NOT NULL THEN (judge_weight * judge_error) END AS hallucination_rate_judged_hit,
    CASE WHEN counted AND (judge_weight * judge_error) IS NOT NULL AND (judge_weight) IS NOT NULL THEN (judge_weight) END AS hallucination_rate_judged_of,
    CASE WHEN counted AND (judge_weight * judge_error) IS NOT NULL AND (judge_weight) IS NOT NULL THEN (1) END AS hallucination_rate_judged_events,
    CASE WHEN counted AND (human_weight * human_error) IS NOT NULL AND (human_weight) IS NOT NULL THEN (human_weight * human_error) END AS hallucination_rate_audited_hit,
    CASE WHEN counted AND (human_weight * human_error) IS NOT NULL AND (human_weight) IS NOT NULL THEN (human_weight) END AS hallucination_rate_audited_of,
    CASE WHEN counted AND (human_weight * human_error) IS NOT NULL AND (human_weight) IS NOT NULL THEN (1) END AS hallucination_rate_audited_events,
    CASE WHEN counted THEN 1 END AS context_interactions,
    CASE WHEN counted THEN CASE WHEN user_known THEN 1 ELSE 0 END END AS context_named
  FROM rows_in_scope
),
units AS (
  SELECT unit_id, counted,
    CAST(coalesce(sum(hallucination_rate_judged_hit), 0) AS BIGINT) AS hallucination_rate_judged_hit,
    CAST(coalesce(sum(hallucination_rate_judged_of), 0) AS BIGINT) AS hallucination_rate_judged_of,
    CAST(coalesce(sum(hallucination_rate_judged_events), 0) AS BIGINT) AS hallucination_rate_judged_events,
    CAST(coalesce(sum(hallucination_rate_audited_hit), 0) AS BIGINT) AS hallucination_rate_audited_hit,
    CAST(coalesce(sum(hallucination_rate_audited_of), 0) AS BIGINT) AS hallucination_rate_audited_of,
    CAST(coalesce(sum(hallucination_rate_audited_events), 0) AS BIGINT) AS hallucination_rate_audited_events,
    CAST(coalesce(sum(context_interactions), 0) AS BIGINT) AS context_interactions,
    CAST(coalesce(sum(context_named), 0) AS BIGINT) AS context_named
  FROM measured
  GROUP BY unit_id, counted
),
totals AS (
  SELECT *,
    sum(hallucination_rate_judged_hit) OVER () AS hallucination_rate_judged_all_hit,
    sum(hallucination_rate_judged_of) OVER () AS hallucination_rate_judged_all_of,
    sum(hallucination_rate_audited_hit) OVER () AS hallucination_rate_audited_all_hit,
    sum(hallucination_rate_audited_of) OVER () AS hallucination_rate_audited_all_of
  FROM units
)
SELECT
  count(CASE WHEN NOT counted THEN 1 END) AS excluded,
  CAST(coalesce(sum(context_interactions), 0) AS BIGINT) AS context_interactions,
  CAST(coalesce(sum(context_named), 0) AS BIGINT) AS context_named,
  count(CASE WHEN hallucination_rate_judged_of > 0 THEN 1 END) AS hallucination_rate_judged_units,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_judged_of > 0 THEN hallucination_rate_judged_hit END), 0) AS BIGINT) AS hallucination_rate_judged_hits,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_judged_of > 0 THEN hallucination_rate_judged_of END), 0) AS BIGINT) AS hallucination_rate_judged_of,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_judged_of > 0 THEN hallucination_rate_judged_hit * CAST(hallucination_rate_judged_hit AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_judged_hits2,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_judged_of > 0 THEN hallucination_rate_judged_of * CAST(hallucination_rate_judged_of AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_judged_of2,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_judged_of > 0 THEN hallucination_rate_judged_hit * CAST(hallucination_rate_judged_of AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_judged_cross,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_judged_of > 0 AND hallucination_rate_judged_all_of > hallucination_rate_judged_of THEN CAST(1e+30 * pow(CAST(hallucination_rate_judged_of * hallucination_rate_judged_all_hit - hallucination_rate_judged_hit * hallucination_rate_judged_all_of AS DOUBLE) / (CAST(hallucination_rate_judged_all_of AS DOUBLE) * CAST(hallucination_rate_judged_all_of - hallucination_rate_judged_of AS DOUBLE)), 2) AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_judged_spread,
  list(DISTINCT CASE WHEN hallucination_rate_judged_of > 0 THEN gcd(hallucination_rate_judged_hit, hallucination_rate_judged_of) END) AS hallucination_rate_judged_factors,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_judged_of > 0 THEN hallucination_rate_judged_events END), 0) AS BIGINT) AS hallucination_rate_judged_events,
  count(CASE WHEN hallucination_rate_audited_of > 0 THEN 1 END) AS hallucination_rate_audited_units,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_hit END), 0) AS BIGINT) AS hallucination_rate_audited_hits,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_of END), 0) AS BIGINT) AS hallucination_rate_audited_of,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_hit * CAST(hallucination_rate_audited_hit AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_audited_hits2,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_of * CAST(hallucination_rate_audited_of AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_audited_of2,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_hit * CAST(hallucination_rate_audited_of AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_audited_cross,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 AND hallucination_rate_audited_all_of > hallucination_rate_audited_of THEN CAST(1e+30 * pow(CAST(hallucination_rate_audited_of * hallucination_rate_audited_all_hit - hallucination_rate_audited_hit * hallucination_rate_audited_all_of AS DOUBLE) / (CAST(hallucination_rate_audited_all_of AS DOUBLE) * CAST(hallucination_rate_audited_all_of - hallucination_rate_audited_of AS DOUBLE)), 2) AS HUGEINT) END), 0) AS VARCHAR) AS hallucination_rate_audited_spread,
  list(DISTINCT CASE WHEN hallucination_rate_audited_of > 0 THEN gcd(hallucination_rate_audited_hit, hallucination_rate_audited_of) END) AS hallucination_rate_audited_factors,
  CAST(coalesce(sum(CASE WHEN hallucination_rate_audited_of > 0 THEN hallucination_rate_audited_events END), 0) AS BIGINT) AS hallucination_rate_audited_events
FROM totals;

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
  FROM products
  WHERE valid_to IS NULL AND (retired_on IS NULL OR retired_on > $since)
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
),
rows_in_scope AS (
  SELECT unit_id, counted, aged, user_known, product_id, task, interaction_id, case_id, audited_at, human_error, judge_error, incorrect, unsupported, unsafe, human_weight, judge_weight, judges
  FROM use
),
of_people AS (
  SELECT unit_id, coalesce(sum(judge_weight * judge_error), 0) AS judged_hit,
    coalesce(sum(judge_weight), 0) AS judged_of,
    coalesce(sum(CASE WHEN human_error IS NOT NULL AND judge_error IS NOT NULL THEN human_weight * human_error END), 0) AS found_hit,
    coalesce(sum(CASE WHEN human_error IS NOT NULL AND judge_error IS NOT NULL THEN human_weight * judge_error END), 0) AS flagged_hit,
    coalesce(sum(CASE WHEN human_error IS NOT NULL AND judge_error IS NOT NULL THEN human_weight END), 0) AS both_of,
    count(CASE WHEN true THEN 1 END) AS tasks,
    count(CASE WHEN user_known THEN 1 END) AS named,
    count(CASE WHEN judge_error IS NOT NULL THEN 1 END) AS read,
    count(CASE WHEN human_error IS NOT NULL THEN 1 END) AS looked,
    count(CASE WHEN human_error = 1 AND judge_error = 1 THEN 1 END) AS flagged,
    count(CASE WHEN human_error = 1 AND judge_error = 0 THEN 1 END) AS overlooked,
    count(CASE WHEN human_error = 0 AND judge_error = 1 THEN 1 END) AS accused,
    count(CASE WHEN human_error = 0 AND judge_error = 0 THEN 1 END) AS passed
  FROM rows_in_scope
  WHERE counted
  GROUP BY unit_id
),
totals AS (
  SELECT *, sum(judged_hit) OVER () AS all_judged_hit,
    sum(judged_of) OVER () AS all_judged_of,
    sum(found_hit) OVER () AS all_found_hit,
    sum(flagged_hit) OVER () AS all_flagged_hit,
    sum(both_of) OVER () AS all_both_of
  FROM of_people
),
influences AS (
  SELECT *, coalesce((judged_hit - judged_of * (CAST(all_judged_hit AS DOUBLE) / nullif(CAST(all_judged_of AS DOUBLE), 0))) / CAST(all_judged_of AS DOUBLE), 0)
      - coalesce((flagged_hit - both_of * (CAST(all_flagged_hit AS DOUBLE) / nullif(CAST(all_both_of AS DOUBLE), 0))) / CAST(all_both_of AS DOUBLE), 0) AS on_judge,
    coalesce((found_hit - both_of * (CAST(all_found_hit AS DOUBLE) / nullif(CAST(all_both_of AS DOUBLE), 0))) / CAST(all_both_of AS DOUBLE), 0) AS on_people
  FROM totals
),
summed AS (
  SELECT count(CASE WHEN both_of > 0 THEN 1 END) AS people,
    CAST(sum(tasks) AS BIGINT) AS tasks,
    CAST(sum(named) AS BIGINT) AS named,
    CAST(sum(read) AS BIGINT) AS read,
    CAST(sum(looked) AS BIGINT) AS looked,
    CAST(sum(flagged) AS BIGINT) AS flagged,
    CAST(sum(overlooked) AS BIGINT) AS overlooked,
    CAST(sum(accused) AS BIGINT) AS accused,
    CAST(sum(passed) AS BIGINT) AS passed,
    CAST(sum(judged_hit) AS VARCHAR) AS judged_hit,
    CAST(sum(judged_of) AS VARCHAR) AS judged_of,
    CAST(sum(found_hit) AS VARCHAR) AS found_hit,
    CAST(sum(flagged_hit) AS VARCHAR) AS flagged_hit,
    CAST(sum(both_of) AS VARCHAR) AS both_of,
    CAST(sum(CAST(1e+30 * on_judge * on_judge AS HUGEINT)) AS VARCHAR) AS spread_judge,
    CAST(sum(CAST(1e+30 * on_judge * on_people AS HUGEINT)) AS VARCHAR) AS spread_both,
    CAST(sum(CAST(1e+30 * on_people * on_people AS HUGEINT)) AS VARCHAR) AS spread_people
  FROM influences
),
read_by AS (
  SELECT list(DISTINCT judges) AS judges,
    list(DISTINCT CASE WHEN judge_error IS NOT NULL THEN product_id END) AS products
  FROM rows_in_scope
  WHERE counted
)
SELECT summed.*, read_by.judges, read_by.products
FROM summed JOIN read_by ON true;

WITH
shelf AS (
  SELECT DISTINCT product_id AS product
  FROM products
  WHERE valid_to IS NULL AND (retired_on IS NULL OR retired_on > $since)
),
checks AS (
  SELECT e.product_id, e.task, e.human, e.judge, e.epoch, e.interaction_id, e.case_id, e.scenario_id, e.service_version, e.run_at,
    CASE WHEN e.sampling_probability > 0 THEN CAST(round(1000000 / e.sampling_probability) AS BIGINT)
      ELSE 1000000 END AS weight,
    CASE WHEN NOT e.passed AND (e.error_type IS NULL OR e.error_type IN ('incorrect', 'unsupported', 'unsafe')) THEN 1 ELSE 0 END AS wrong, CASE WHEN NOT e.passed AND coalesce(e.error_type, '') = 'incorrect' THEN 1 ELSE 0 END AS incorrect, CASE WHEN NOT e.passed AND coalesce(e.error_type, '') = 'unsupported' THEN 1 ELSE 0 END AS unsupported, CASE WHEN NOT e.passed AND coalesce(e.error_type, '') = 'unsafe' THEN 1 ELSE 0 END AS unsafe
  FROM (
    SELECT e.*, row_number() OVER (
      PARTITION BY e.product_id, e.task, e.human, e.judge, e.suite, e.metric_name, e.epoch
      ORDER BY e.run_at DESC, e.event_key DESC) AS place
    FROM (
      SELECT e.*, coalesce('i:' || e.interaction_id, 'c:' || e.case_id) AS task, coalesce(e.evaluator_kind = 'human', false) AS human, coalesce(e.evaluator, 'a judge without a name') || coalesce(' (prompt ' || e.prompt_version || ')', '') AS judge
      FROM eval_results AS e
      WHERE e.origin = 'calibration' AND e.passed IS NOT NULL AND e.eval_error IS NULL AND coalesce(lower(e.run_status), '') NOT IN ('cancelled', 'canceled', 'error', 'errored', 'started', 'unfinished')) AS e) AS e
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
)
SELECT v.product_id AS product, v.task, v.human, v.judge, v.wrong
FROM votes AS v JOIN shelf ON shelf.product = v.product_id
ORDER BY product, task, human, judge
