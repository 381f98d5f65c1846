"""Checks of what products must know: topics without an expert, answers nobody wrote down, gaps nobody works on."""

from metrics.checks.check import ALL_SEEN, PATIENCE_DAYS, Check, blank, dated, late, query
from metrics.views import CHECKED, local_day

TOPIC_WITHOUT_SME = Check(
    id="topic-without-sme",
    title="Topic without expert",
    rule="Each required topic names the expert who keeps it.",
    about="topic",
    sql=query(f"""
SELECT t.topic_id AS subject, t.product_id AS product, CAST(NULL AS VARCHAR) AS pilot,
  'Topic "' || t.name || '"' || coalesce(' of ' || s.called, '') || ' is required and has no expert.' AS what
FROM topics AS t LEFT JOIN shelf AS s ON s.product = t.product_id
WHERE t.valid_to IS NULL AND t.required AND {blank("t.sme_id")}
  AND (s.product IS NOT NULL OR (t.product_id IS NULL AND {ALL_SEEN}))
"""),
)

ANSWER_NEVER_DOCUMENTED = Check(
    id="answer-never-documented",
    title="Answer never documented",
    rule=f"What a context-gap ticket was resolved with is documented within {PATIENCE_DAYS} days.",
    about="ticket",
    sql=query(f"""
SELECT k.ticket_id AS subject, k.product_id AS product, k.pilot_id AS pilot,
  'Ticket ' || k.ticket_id || ' of ' || s.called || ' was resolved on ' || {dated("k.resolved_at")}
    || ', and its answer was never documented.' AS what
FROM tickets AS k JOIN shelf AS s ON s.product = k.product_id
WHERE k.kind = 'context_gap' AND k.status <> 'cancelled' AND {late("k.resolved_at")}
  AND k.documented_at IS NULL AND coalesce(k.knowledge_captured, FALSE) = FALSE
"""),
)

# A case fails a run when its overall verdict says so; where nobody gave one, when any of its checks does. A check that
# broke says nothing, and neither does a run that was cancelled or in which all checks broke.
VERDICTS = f"""
SELECT e.product_id AS product, e.suite AS suite_name, e.run_id AS run, e.case_id AS test_case,
  CASE WHEN count(CASE WHEN e.metric_name = 'overall' THEN 1 END) > 0
    THEN max(CASE WHEN e.metric_name = 'overall' AND NOT e.passed THEN 1 ELSE 0 END)
    ELSE max(CASE WHEN NOT e.passed THEN 1 ELSE 0 END) END AS failed
FROM eval_results AS e JOIN shelf AS s ON s.product = e.product_id
WHERE e.origin = 'suite' AND e.suite IS NOT NULL AND {CHECKED}
GROUP BY e.product_id, e.suite, e.run_id, e.case_id
"""

RUNS = f"""
SELECT e.product_id AS product, e.suite AS suite_name, e.run_id AS run, min(e.run_at) AS started
FROM eval_results AS e
WHERE e.origin = 'suite' AND e.suite IS NOT NULL AND {CHECKED}
GROUP BY e.product_id, e.suite, e.run_id
"""

TRIED = """
SELECT v.product, v.suite_name, v.test_case, v.run, v.failed, r.started
FROM verdicts AS v JOIN runs AS r ON r.product = v.product AND r.suite_name = v.suite_name AND r.run = v.run
"""

# Of each case the runs since it last passed; where they span days, they are two or more.
STREAKS = """
SELECT t.product, t.suite_name, t.test_case, min(t.started) AS failing_since, max(t.started) AS last_failed,
  count(DISTINCT t.run) AS failures
FROM tried AS t
JOIN (
  SELECT product, suite_name, test_case, max(CASE WHEN failed = 0 THEN started END) AS last_pass
  FROM tried
  GROUP BY product, suite_name, test_case) AS p
  ON p.product = t.product AND p.suite_name = t.suite_name AND p.test_case = t.test_case
WHERE p.last_pass IS NULL OR t.started > p.last_pass
GROUP BY t.product, t.suite_name, t.test_case
"""

GAPS_NOT_IN_BACKLOG = Check(
    id="gaps-not-in-backlog",
    title="Gaps not in the backlog",
    rule=f"A context-gap ticket has somebody to work on it within {PATIENCE_DAYS} days, and for an eval case that has"
    f" failed in every run for {PATIENCE_DAYS} days or longer a context-gap ticket of the product was opened.",
    about="eval case",
    sql=query(
        f"""
SELECT k.ticket_id AS subject, k.product_id AS product, k.pilot_id AS pilot,
  'Ticket ' || k.ticket_id || ' of ' || s.called || ' has been open since ' || {dated("k.opened_at")}
    || ', and nobody works on it.' AS what
FROM tickets AS k JOIN shelf AS s ON s.product = k.product_id
WHERE k.kind = 'context_gap' AND {late("k.opened_at")} AND {blank("k.assignee_id")}
  AND k.resolved_at IS NULL AND k.status NOT IN ('done', 'cancelled')
UNION ALL
SELECT f.test_case AS subject, f.product, CAST(NULL AS VARCHAR) AS pilot,
  'Case ' || f.test_case || ' of suite "' || f.suite_name || '" of ' || s.called || ' has failed in its last '
    || CAST(f.failures AS VARCHAR) || ' runs, since ' || {dated("f.failing_since")}
    || ', and no context gap of the product was opened since.' AS what
FROM streaks AS f JOIN shelf AS s ON s.product = f.product
JOIN newest AS n ON n.product = f.product AND n.suite_name = f.suite_name AND n.started = f.last_failed
LEFT JOIN gaps AS g ON g.product = f.product
WHERE {local_day("f.last_failed")} - {local_day("f.failing_since")} >= {PATIENCE_DAYS}
  AND (g.last_opened IS NULL OR g.last_opened < f.failing_since)
""",
        verdicts=VERDICTS,
        runs=RUNS,
        tried=TRIED,
        streaks=STREAKS,
        newest="\nSELECT product, suite_name, max(started) AS started FROM runs GROUP BY product, suite_name\n",
        gaps="\nSELECT product_id AS product, max(opened_at) AS last_opened FROM tickets"
        "\nWHERE kind = 'context_gap' GROUP BY product_id\n",
    ),
)
