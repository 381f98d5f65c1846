WITH
shelf AS (
  SELECT DISTINCT product_id AS product
  FROM products
  WHERE valid_to IS NULL AND (retired_on IS NULL OR retired_on > $since)
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
    edge_at_clock
  FROM use
),
timed AS (
  SELECT beyond, (coalesce(first_response_at_clock, closed_at_clock, edge_at_clock) - opened_at_clock) // 1000000 AS seconds,
    CASE WHEN NOT counted THEN 'excluded' WHEN coalesce(first_response_at, closed_at) < opened_at THEN 'left_out'
      WHEN first_response_at IS NOT NULL THEN 'answered' WHEN closed_at IS NOT NULL THEN 'closed' ELSE 'open' END AS state
  FROM rows_in_scope
),
counts AS (
  SELECT CASE WHEN state NOT IN ('excluded', 'left_out') THEN seconds END AS time,
    count(CASE WHEN beyond AND state NOT IN ('excluded', 'left_out') THEN 1 END) AS beyond,
    count(CASE WHEN state = 'answered' THEN 1 END) AS answered,
    count(CASE WHEN state = 'closed' THEN 1 END) AS closed,
    count(CASE WHEN state = 'open' THEN 1 END) AS open,
    count(CASE WHEN state = 'excluded' THEN 1 END) AS excluded,
    count(CASE WHEN state = 'left_out' THEN 1 END) AS left_out
  FROM timed
  GROUP BY time
),
curve AS (
  SELECT *, sum(answered + closed + open) OVER (ORDER BY time DESC NULLS LAST) AS waiting
  FROM counts
)
SELECT
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
