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
    UNION ALL
    SELECT product, min(first_day) AS begins, max(last_day) AS through
    FROM (
      SELECT d.product_id AS product, d.day AS first_day, d.day AS last_day
      FROM usage_daily AS d
      WHERE d.period_days = 1 AND d.active_users IS NULL AND (d.active IS NOT NULL OR d.licensed IS NULL)
      UNION ALL
      SELECT d.product_id, CASE WHEN d.period_days > 1 THEN d.day - (d.period_days - 1) ELSE d.last_activity_on END,
        CASE WHEN d.period_days > 1 THEN d.day ELSE d.last_activity_on END
      FROM usage_daily AS d WHERE d.last_activity_on IS NOT NULL) AS told
    GROUP BY product
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
anonymous AS (
  SELECT product
  FROM (
    SELECT u.product_id AS product, sum(u.interactions) AS interactions,
      sum(CASE WHEN u.user_known THEN u.interactions ELSE 0 END) AS named
    FROM user_days AS u
    WHERE u.day BETWEEN $since AND $until AND (u.mode IS NULL OR u.mode <> 'shadow')
    GROUP BY u.product_id) AS traffic
  WHERE named < CAST($min_known_share AS DOUBLE) * interactions
),
periods AS (
  SELECT unnest(CAST($bucket_starts AS DATE[])) AS bucket, unnest(CAST($bucket_firsts AS DATE[])) AS first_day,
    unnest(CAST($bucket_lasts AS DATE[])) AS last_day
),
active_days AS (
  SELECT DISTINCT used.product, coalesce(alias.person, used.unit_id) AS unit_id, used.day
  FROM (
    SELECT u.product_id AS product, u.unit_id, u.day
    FROM user_days AS u
    WHERE u.user_known AND u.interactions > u.technical_errors AND (u.mode IS NULL OR u.mode <> 'shadow')
      AND u.day BETWEEN CAST($since AS DATE) - 34 AND $until
    UNION ALL
    SELECT d.product_id AS product, d.user_id AS unit_id, d.day
    FROM usage_daily AS d
    WHERE d.period_days = 1 AND d.active AND d.user_id IS NOT NULL AND d.day BETWEEN CAST($since AS DATE) - 34 AND $until
      AND NOT EXISTS (SELECT 1 FROM user_days AS u WHERE u.product_id = d.product_id AND u.day = d.day)
    UNION ALL
    SELECT d.product_id AS product, d.user_id AS unit_id, d.last_activity_on AS day
    FROM usage_daily AS d
    WHERE d.user_id IS NOT NULL AND d.last_activity_on BETWEEN CAST($since AS DATE) - 34 AND $until
      AND NOT EXISTS (SELECT 1 FROM user_days AS u WHERE u.product_id = d.product_id AND u.day = d.last_activity_on)
  ) AS used
  JOIN edges ON edges.product = used.product
  LEFT JOIN alias ON alias.alias = used.unit_id
),
clock AS (
  SELECT *, CAST(date_trunc('week', begins) AS DATE) <= week_end - 27 AND week_end >= bucket AS ready
  FROM (
    SELECT *, CAST(date_trunc('week', final_day + 1) AS DATE) - 1 AS week_end
    FROM (
      SELECT span.*, greatest(span.since, span.starts_on) AS first_day,
        least(span.until, span.edge, span.ends_on) AS final_day
      FROM (
        SELECT e.product, b.bucket, b.first_day AS since, b.last_day AS until, e.begins, e.through AS edge,
          b.first_day AS starts_on, b.last_day AS ends_on
        FROM edges AS e
        JOIN periods AS b ON e.begins <= b.last_day AND e.through >= b.first_day
        WHERE e.product IN (SELECT product FROM roster)
          AND e.product NOT IN (SELECT product FROM anonymous)) AS span) AS days
    WHERE final_day >= first_day) AS weeks
),
panel AS (
  SELECT product, bucket, unit_id, counted,
    max(CASE WHEN eligible THEN 1 ELSE 0 END) AS eligible,
    max(CASE WHEN eligible AND day BETWEEN first_day AND final_day THEN 1 ELSE 0 END) AS active,
    max(CASE WHEN eligible_4w THEN 1 ELSE 0 END) AS eligible_4w,
    count(DISTINCT CASE WHEN eligible_4w AND day BETWEEN week_end - 27 AND week_end THEN date_trunc('week', day) END)
      AS active_weeks
  FROM (
    SELECT r.product AS product, c.bucket AS bucket, r.unit_id, r.counted, c.first_day, c.final_day, c.week_end, a.day,
      r.granted_on <= c.final_day AND (r.left_on IS NULL OR r.left_on > c.first_day) AS eligible,
      c.ready AND r.granted_on <= c.week_end - 27 AND (r.left_on IS NULL OR r.left_on > c.week_end) AS eligible_4w
    FROM roster AS r
    JOIN clock AS c ON r.product = c.product
    LEFT JOIN active_days AS a ON a.product = r.product AND a.unit_id = r.unit_id
      AND a.day BETWEEN least(c.first_day, c.week_end - 27) AND c.final_day) AS seen
  GROUP BY product, bucket, unit_id, counted
),
measured AS (
  SELECT product, bucket, unit_id, counted,
    CASE WHEN counted AND (CASE WHEN active_weeks >= 2 THEN 1 ELSE 0 END) IS NOT NULL AND (eligible_4w) IS NOT NULL THEN (CASE WHEN active_weeks >= 2 THEN 1 ELSE 0 END) END AS adoption_hit,
    CASE WHEN counted AND (CASE WHEN active_weeks >= 2 THEN 1 ELSE 0 END) IS NOT NULL AND (eligible_4w) IS NOT NULL THEN (eligible_4w) END AS adoption_of
  FROM panel
),
units AS (
  SELECT product, bucket, unit_id, counted,
    CAST(coalesce(sum(adoption_hit), 0) AS BIGINT) AS adoption_hit,
    CAST(coalesce(sum(adoption_of), 0) AS BIGINT) AS adoption_of
  FROM measured
  GROUP BY product, bucket, unit_id, counted
),
totals AS (
  SELECT *,
    sum(adoption_hit) OVER (PARTITION BY product, bucket) AS adoption_all_hit,
    sum(adoption_of) OVER (PARTITION BY product, bucket) AS adoption_all_of
  FROM units
)
SELECT
  product,
  bucket,
  count(CASE WHEN NOT counted THEN 1 END) AS excluded,
  count(CASE WHEN adoption_of > 0 THEN 1 END) AS adoption_units,
  CAST(coalesce(sum(CASE WHEN adoption_of > 0 THEN adoption_hit END), 0) AS BIGINT) AS adoption_hits,
  CAST(coalesce(sum(CASE WHEN adoption_of > 0 THEN adoption_of END), 0) AS BIGINT) AS adoption_of,
  CAST(coalesce(sum(CASE WHEN adoption_of > 0 THEN adoption_hit * CAST(adoption_hit AS HUGEINT) END), 0) AS VARCHAR) AS adoption_hits2,
  CAST(coalesce(sum(CASE WHEN adoption_of > 0 THEN adoption_of * CAST(adoption_of AS HUGEINT) END), 0) AS VARCHAR) AS adoption_of2,
  CAST(coalesce(sum(CASE WHEN adoption_of > 0 THEN adoption_hit * CAST(adoption_of AS HUGEINT) END), 0) AS VARCHAR) AS adoption_cross,
  CAST(coalesce(sum(CASE WHEN adoption_of > 0 AND adoption_all_of > adoption_of THEN CAST(1e+30 * pow(CAST(adoption_of * adoption_all_hit - adoption_hit * adoption_all_of AS DOUBLE) / (CAST(adoption_all_of AS DOUBLE) * CAST(adoption_all_of - adoption_of AS DOUBLE)), 2) AS HUGEINT) END), 0) AS VARCHAR) AS adoption_spread,
  list(DISTINCT CASE WHEN adoption_of > 0 THEN gcd(adoption_hit, adoption_of) END) AS adoption_factors
FROM totals
GROUP BY product, bucket
ORDER BY product, bucket
