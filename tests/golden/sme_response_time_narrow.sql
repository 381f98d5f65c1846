WITH
shelf AS (
  SELECT DISTINCT product_id AS product
  FROM (SELECT unnest(CAST($products AS VARCHAR[])) AS product_id) AS named
  WHERE true AND list_contains(CAST($visible AS VARCHAR[]), product_id)
),
reach AS (
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
calendar_of AS (
  SELECT p.person, p.calendar, c.first_day, c.last_day
  FROM (
    SELECT user_id AS person, min(calendar_id) AS calendar
    FROM people WHERE valid_to IS NULL
    GROUP BY user_id) AS p
  JOIN (
    SELECT calendar_id AS calendar, min(day) AS first_day, max(day) AS last_day
    FROM calendars WHERE valid_to IS NULL
    GROUP BY calendar_id) AS c ON c.calendar = p.calendar
),
asked AS (
  SELECT t.*, coalesce(asker.person, t.requester_id) AS unit_id, t.requester_id IS NOT NULL AS user_known, staff.team,
    coalesce(staff.kind, 'employee') = 'employee' AS counted, coalesce(keeps.calendar, '') AS calendar,
    coalesce(t.day < keeps.first_day
      OR CAST(timezone($reporting_zone, timezone('UTC', coalesce(t.first_response_at, t.closed_at, t.edge_at))) AS DATE) > keeps.last_day, false) AS beyond
  FROM (
    SELECT t.source_system, t.ticket_id, t.load_id, t.source_row, t.product_id AS product, t.pilot_id AS stated_pilot,
      t.topic_id, t.kind, t.requester_id, t.assignee_id, t.opened_at, t.first_response_at, reach.edge_at,
      CAST(timezone($reporting_zone, timezone('UTC', t.opened_at)) AS DATE) AS day,
      CASE WHEN t.first_response_at IS NULL AND t.status IN ('done', 'cancelled')
        THEN least(coalesce(t.resolved_at, greatest(t.version_at, t.opened_at)), reach.edge_at) END AS closed_at
    FROM (
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
    FROM tickets GROUP BY load_id) AS loaded ON loaded.load_id = t.load_id) AS t
    JOIN shelf ON shelf.product = t.product_id
    JOIN reach ON reach.product = t.product_id
    WHERE t.kind <> 'incident' AND t.told) AS t
  LEFT JOIN alias AS asker ON asker.alias = t.requester_id
  LEFT JOIN staff ON staff.person = coalesce(asker.person, t.requester_id)
  LEFT JOIN alias AS expert ON expert.alias = t.assignee_id
  LEFT JOIN calendar_of AS keeps ON keeps.person = coalesce(expert.person, t.assignee_id)
  WHERE t.day BETWEEN $since AND $until
    AND list_contains(CAST($teams AS VARCHAR[]), staff.team)
),
open_days AS (
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
        SELECT '' AS calendar, CAST(day AS DATE) AS day, CAST($sme_opens AS TIME) AS opens,
          CAST($sme_closes AS TIME) AS closes
        FROM (
          SELECT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS day
          FROM (
            SELECT CAST(min(opened_at) AS DATE) - 1 AS first_day, CAST(max(edge_at) AS DATE) + 1 AS last_day
            FROM asked) AS reach) AS days
        WHERE isodow(day) <= 5) AS hours) AS instants
    WHERE opens IS NOT NULL) AS openings
),
use AS (
  SELECT t.*,
    CASE WHEN t.opened_at IS NOT NULL
      THEN coalesce(opened.before + least(epoch_us(t.opened_at) - opened.opens, opened.length), 0) END AS opened_at_clock,
    CASE WHEN t.first_response_at IS NOT NULL
      THEN coalesce(first_response.before + least(epoch_us(t.first_response_at) - first_response.opens, first_response.length), 0) END AS first_response_at_clock,
    CASE WHEN t.closed_at IS NOT NULL
      THEN coalesce(closed.before + least(epoch_us(t.closed_at) - closed.opens, closed.length), 0) END AS closed_at_clock,
    CASE WHEN t.edge_at IS NOT NULL
      THEN coalesce(edge.before + least(epoch_us(t.edge_at) - edge.opens, edge.length), 0) END AS edge_at_clock
  FROM asked AS t
  ASOF LEFT JOIN open_days AS opened
    ON opened.calendar = t.calendar AND opened.opens <= epoch_us(t.opened_at)
  ASOF LEFT JOIN open_days AS first_response
    ON first_response.calendar = t.calendar AND first_response.opens <= epoch_us(t.first_response_at)
  ASOF LEFT JOIN open_days AS closed
    ON closed.calendar = t.calendar AND closed.opens <= epoch_us(t.closed_at)
  ASOF LEFT JOIN open_days AS edge
    ON edge.calendar = t.calendar AND edge.opens <= epoch_us(t.edge_at)
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
  SELECT
    source_system || '/' || ticket_id AS unit_id,
    counted,
    ticket_id,
    topic_id,
    kind,
    assignee_id,
    source_system,
    load_id,
    source_row,
    beyond,
    opened_at,
    first_response_at,
    closed_at,
    edge_at,
    opened_at_clock,
    first_response_at_clock,
    closed_at_clock,
    edge_at_clock,
    pilot,
    CAST(date_trunc('week', day) AS DATE) AS bucket
  FROM use_by_pilot WHERE list_contains(CAST($pilots AS VARCHAR[]), pilot)
),
timed AS (
  SELECT pilot, bucket, beyond, (coalesce(first_response_at_clock, closed_at_clock, edge_at_clock) - opened_at_clock) // 1000000 AS seconds,
    CASE WHEN NOT counted THEN 'excluded' WHEN coalesce(first_response_at, closed_at) < opened_at THEN 'left_out'
      WHEN first_response_at IS NOT NULL THEN 'answered' WHEN closed_at IS NOT NULL THEN 'closed' ELSE 'open' END AS state
  FROM rows_in_scope
),
counts AS (
  SELECT pilot, bucket, CASE WHEN state NOT IN ('excluded', 'left_out') THEN seconds END AS time,
    count(CASE WHEN beyond AND state NOT IN ('excluded', 'left_out') THEN 1 END) AS beyond,
    count(CASE WHEN state = 'answered' THEN 1 END) AS answered,
    count(CASE WHEN state = 'closed' THEN 1 END) AS closed,
    count(CASE WHEN state = 'open' THEN 1 END) AS open,
    count(CASE WHEN state = 'excluded' THEN 1 END) AS excluded,
    count(CASE WHEN state = 'left_out' THEN 1 END) AS left_out
  FROM timed
  GROUP BY pilot, bucket, time
),
curve AS (
  SELECT *, sum(answered + closed + open) OVER (PARTITION BY pilot, bucket ORDER BY time DESC NULLS LAST) AS waiting
  FROM counts
)
SELECT
  pilot,
  bucket,
  CAST(coalesce(sum(answered), 0) AS BIGINT) AS answered,
  CAST(coalesce(sum(closed), 0) AS BIGINT) AS closed,
  CAST(coalesce(sum(open), 0) AS BIGINT) AS open,
  CAST(coalesce(sum(excluded), 0) AS BIGINT) AS excluded,
  CAST(coalesce(sum(left_out), 0) AS BIGINT) AS left_out,
  CAST(coalesce(sum(beyond), 0) AS BIGINT) AS beyond,
  max(CASE WHEN open > 0 THEN time END) AS oldest,
  list(time ORDER BY time) FILTER (WHERE time IS NOT NULL) AS times,
  list(answered ORDER BY time) FILTER (WHERE time IS NOT NULL) AS events,
  list(CAST(waiting AS BIGINT) ORDER BY time) FILTER (WHERE time IS NOT NULL) AS at_risk
FROM curve
GROUP BY pilot, bucket
ORDER BY pilot, bucket
