"""Checks of how well products work: use without success, requirements nobody tests, failures nobody answers for."""

from metrics.audits import TYPES
from metrics.checks.check import ALL_SEEN, AUDIT_DAYS, Check, Judged, Standing, blank, dated, held, query
from metrics.views import CHECKED, local_day


def used_without_success(called: str, stands: Standing) -> str:
    """The sentence about a product that people use while its success is unknown or too low; "" for any other.

    It is used when the whole interval of its reach lies at or above the floor; an interval that is not there says
    nothing.
    """
    reach, success = stands.reach, stands.success
    if reach is None or reach.low is None or stands.reach_floor is None or reach.low < stands.reach_floor:
        return ""
    used = f"{called} reaches at least {reach.low:.1%} of its audience"
    if success is None or success.status == "not_measured":
        return f"{used}, and nobody measures whether it succeeds."
    if success.high is not None and stands.success_floor is not None and success.high < stands.success_floor:
        return f"{used}, and at most {success.high:.1%} of its tasks succeed; the floor is {stands.success_floor:.1%}."
    return ""


USAGE_WITHOUT_SUCCESS = Judged(
    id="usage-without-success",
    title="Usage without success",
    rule="Of a product whose whole interval of reach lies at or above its floor, task success is measured, and its"
    " interval does not lie below its floor.",
    about="product",
    breaks=used_without_success,
)

WANTED = """
SELECT r.requirement_id, r.suite AS suite_name, r.case_tag AS tag, coalesce(r.product_id, n.product_id) AS product
FROM requirements AS r LEFT JOIN scenarios AS n ON n.scenario_id = r.scenario_id AND n.valid_to IS NULL
WHERE r.valid_to IS NULL
"""

REQUIREMENT_WITHOUT_EVAL = Check(
    id="requirement-without-eval",
    title="Requirement without eval",
    rule="Each requirement names an eval suite or a case tag, and a suite that it names has results.",
    about="requirement",
    sql=query(
        f"""
SELECT w.requirement_id AS subject, w.product, CAST(NULL AS VARCHAR) AS pilot,
  'Requirement ' || w.requirement_id || coalesce(' of ' || s.called, '') || CASE WHEN {blank("w.suite_name")}
    THEN ' names no eval suite and no case tag.' ELSE ' names suite "' || w.suite_name || '", which has no results.' END
    AS what
FROM wanted AS w LEFT JOIN shelf AS s ON s.product = w.product
WHERE (s.product IS NOT NULL OR (w.product IS NULL AND {ALL_SEEN})) AND (
  ({blank("w.suite_name")} AND {blank("w.tag")}) OR (NOT {blank("w.suite_name")} AND NOT EXISTS (
    SELECT 1 FROM tested AS t WHERE t.suite_name = w.suite_name AND t.product = coalesce(w.product, t.product))))
""",
        wanted=WANTED,
        tested="\nSELECT DISTINCT suite AS suite_name, product_id AS product FROM eval_results"
        "\nWHERE suite IS NOT NULL\n",
    ),
)

OPEN_INCIDENT_WITHOUT_OWNER = Check(
    id="open-incident-without-owner",
    title="Open incident without owner",
    rule="Somebody answers for each incident until the service is restored.",
    about="incident",
    sql=query(f"""
SELECT i.incident_id AS subject, i.product_id AS product, CAST(NULL AS VARCHAR) AS pilot,
  'Incident ' || i.incident_id || ' of ' || s.called || ' has been open since ' || {dated("i.started_at")}
    || ' and has no owner.' AS what
FROM incidents AS i JOIN shelf AS s ON s.product = i.product_id
WHERE i.valid_to IS NULL AND i.restored_at IS NULL AND {blank("i.owner_id")}
"""),
)

# As the hallucination rate sees it: an error of no stated type is one of content. One output is one, however many
# people or checks found it wrong.
WRONG = f"""
SELECT e.product_id AS product, count(DISTINCT coalesce(e.interaction_id, e.case_id)) AS outputs,
  max(e.run_at) AS last_at
FROM eval_results AS e
WHERE e.origin = 'production_audit' AND e.evaluator_kind = 'human' AND NOT e.passed AND {CHECKED}
  AND (e.error_type IS NULL OR e.error_type IN {TYPES})
  AND {local_day("e.run_at")} >= CAST($as_of AS DATE) - {AUDIT_DAYS}
GROUP BY e.product_id
"""

WRONG_OUTPUTS_WITHOUT_OWNER = Check(
    id="wrong-outputs-without-owner",
    title="Wrong outputs without owner",
    rule=f"A product in which people found a content error within {AUDIT_DAYS} days has a technical owner.",
    about="product",
    sql=query(
        f"""
SELECT s.product AS subject, s.product, CAST(NULL AS VARCHAR) AS pilot,
  'People found ' || CAST(w.outputs AS VARCHAR) || CASE WHEN w.outputs = 1 THEN ' output' ELSE ' outputs' END || ' of '
    || s.called || ' wrong, last on ' || {dated("w.last_at")} || ', and it has no technical owner.' AS what
FROM shelf AS s JOIN wrong AS w ON w.product = s.product
WHERE NOT {held("technical_owner")}
""",
        wrong=WRONG,
    ),
)
