"""Critical errors of a pilot: what people who audited its tasks found, with a bound that may be looked at every day."""

from collections.abc import Mapping

from data.cursor import Rows
from data.settings import Settings
from metrics import audits, views
from metrics.anytime import share_sequence
from metrics.compile import bound, with_clause
from metrics.pilot_case import Harm
from metrics.spec import Scope
from metrics.windows import BY, KEYS, TABLE, windows, within

CRITICAL = 1  # of the severities 1 to 4
TUNED_FOR = 300  # audited tasks at which the bound is tightest: enough to show a rate under one in a hundred

# Of the audited tasks that a person looked at: how many, and of how many a person found a content error that is
# critical. As audits have it: of a check that was repeated the last one counts, one that failed itself says nothing,
# and technical failures are no content.
_COUNTED = f"""
SELECT a.pilot, count(*) AS looked, count(c.task) AS critical
FROM tasks_in_scope AS a
LEFT JOIN (
  SELECT DISTINCT product_id, task
  FROM (
    SELECT e.product_id, coalesce('i:' || e.interaction_id, 'c:' || e.case_id) AS task, e.severity, e.passed,
      e.error_type IS NULL OR e.error_type IN ('incorrect', 'unsupported', 'unsafe') AS content,
      row_number() OVER (
        PARTITION BY e.product_id, e.interaction_id, e.case_id, e.evaluator, e.suite, e.metric_name, e.epoch
        ORDER BY e.run_at DESC, e.event_key DESC) AS place
    FROM eval_results AS e
    WHERE e.origin = 'production_audit' AND e.evaluator_kind = 'human' AND {views.CHECKED}) AS e
  WHERE e.place = 1 AND e.severity = {CRITICAL} AND NOT e.passed AND e.content) AS c
  ON c.product_id = a.product_id AND c.task = a.task AND a.human_error = 1
GROUP BY a.pilot
"""


def critical_errors(reader: Rows, scopes: Mapping[str, Scope], settings: Settings) -> dict[str, Harm]:
    """The critical errors among the tasks of each pilot that people audited, by pilot id; nothing is known of one where
    nobody looked.

    Each task counts once and alike, so the bound holds as far as tasks were drawn at random. How many were agreed to
    be bearable, the registry does not say.
    """
    found = {pilot: Harm() for pilot in scopes}
    if not scopes:
        return found
    asked = windows(scopes)
    parts, source = audits.build(asked.scope, BY, KEYS)
    own = [("windows", TABLE), ("tasks_in_scope", within(source, "r.counted AND r.human_error IS NOT NULL"))]
    sql = with_clause([*parts, *own]) + _COUNTED
    for row in reader.rows(sql, bound(sql, asked.scope, "day", settings, asked.params)):
        looked, critical = int(str(row["looked"])), int(str(row["critical"]))
        found[str(row["pilot"])] = Harm(low=lower_bound(critical, looked, settings.level), count=critical)
    return found


def lower_bound(hits: int, of: int, level: float, tuned_for: float = TUNED_FOR) -> float:
    """The lower end of a confidence sequence for a share: it holds at all numbers of observations at once, so looking
    at it after each is no way to be fooled by chance. `tuned_for` is the number at which it is tightest.
    """
    return share_sequence(hits, of, 1 - level, tuned_for)[0]
