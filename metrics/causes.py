"""Why a pilot's tasks failed, as far as the data say: by cause, the most frequent first."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from data.cursor import Rows
from data.settings import Settings
from data.verdict_rules import judged
from metrics.compile import bound, with_clause
from metrics.spec import Scope
from metrics.view import use_ctes
from metrics.windows import BY, KEYS, TABLE, windows, within

TECHNICAL, KNOWLEDGE, UNKNOWN = "technical error", "missing knowledge", "no cause stated"
FIXABLE = (TECHNICAL, KNOWLEDGE)
COLUMNS = (
    "event_key", "product_id", "interaction_id", "session_id", "trace_id", "task_key", "topic_id", "occurred_at",
    "error", "outcome", "outcome_source",
)  # fmt: skip

# How a task ended, by the rules of the reduction: the best evidence decides, at the same rank a failure wins, and
# nothing but errors is a failure. 10 * rank + (1 if it says failed). `judged` is feedback with the verdicts of rules.
_STRENGTH = """CASE {verdict}
    WHEN 'failed' THEN 1 + 10 * CASE {source}
      WHEN 'verified' THEN 5 WHEN 'rating' THEN 3 WHEN 'rule' THEN 2 WHEN 'judge' THEN 1 ELSE 4 END
    WHEN 'confirmed' THEN 10 * CASE {source}
      WHEN 'verified' THEN 5 WHEN 'rating' THEN 3 WHEN 'rule' THEN 2 WHEN 'judge' THEN 1 ELSE 4 END
    WHEN 'implied' THEN 10 * CASE {source} WHEN 'judge' THEN 1 ELSE 2 END END"""
_SAID = _STRENGTH.format(verdict="f.verdict", source="f.evidence")
VERDICTS = (
    "".join(
        f"\nSELECT i.event_key, {_SAID} AS strength\nFROM judged AS f"
        f" JOIN interactions_in_scope AS i ON i.{target}_id = f.target_id AND f.product_id IN ('', i.product_id)"
        f"\nWHERE f.target_type = '{target}'\nUNION ALL"
        for target in ("interaction", "trace", "session")
    )
    + f"""
SELECT i.event_key, {_STRENGTH.format(verdict="i.outcome", source="i.outcome_source")} AS strength
FROM interactions_in_scope AS i
"""
)

# Knowledge was missing where a ticket about a gap points at the interaction or its session, or is about its topic and
# was not documented by then, be it that the gap was found only later.
GAPS = """
SELECT i.event_key
FROM gaps AS g JOIN interactions_in_scope AS i ON i.interaction_id = g.linked_interaction_id
WHERE g.product_id IN ('', i.product_id)
UNION
SELECT i.event_key
FROM gaps AS g JOIN interactions_in_scope AS i ON i.session_id = g.linked_session_id
WHERE g.product_id IN ('', i.product_id)
UNION
SELECT i.event_key
FROM gaps AS g JOIN interactions_in_scope AS i ON i.topic_id = g.topic_id AND i.product_id = g.product_id
WHERE g.documented_at IS NULL OR g.documented_at > i.occurred_at
"""

# Tasks are those of user_days: by product, unit, day and key. A technical error explains a failure better than a gap.
TASKS = """
SELECT i.pilot, i.product_id, i.unit_id, i.bucket, i.task_key, max(v.strength) AS strength,
  bool_and(coalesce(i.error, false)) AS broken, bool_or(coalesce(i.error, false)) AS erred,
  bool_or(g.event_key IS NOT NULL) AS unknowing
FROM interactions_in_scope AS i
LEFT JOIN (SELECT event_key, max(strength) AS strength FROM verdicts GROUP BY event_key) AS v
  ON v.event_key = i.event_key
LEFT JOIN without_knowledge AS g ON g.event_key = i.event_key
GROUP BY i.pilot, i.product_id, i.unit_id, i.bucket, i.task_key
"""

COUNTED = f"""
SELECT pilot, CASE WHEN erred THEN '{TECHNICAL}' WHEN unknowing THEN '{KNOWLEDGE}' ELSE '{UNKNOWN}' END AS cause,
  CAST(count(*) AS BIGINT) AS failures
FROM tasks
WHERE strength % 10 = 1 OR (strength IS NULL AND broken)
GROUP BY pilot, 2
ORDER BY pilot, failures DESC, cause
"""


class Cause(NamedTuple):
    """A cause and how many tasks failed for it."""

    name: str
    failures: int

    @property
    def fixable(self) -> bool:
        """Whether mending the product's operation or its sources would help: technical errors and knowledge gaps."""
        return self.name in FIXABLE


def causes(reader: Rows, scopes: Mapping[str, Scope], settings: Settings) -> dict[str, list[Cause]]:
    """The causes of the failed tasks of each pilot within its scope, by pilot id; together they are the tasks that task
    success counts as failed.

    A technical error in it; else missing knowledge, where a ticket about a context gap points at it or at its topic;
    else the data state none.
    """
    found: dict[str, list[Cause]] = {pilot: [] for pilot in scopes}
    if not scopes:
        return found
    asked = windows(scopes)
    parts, source = use_ctes(asked.scope, BY, KEYS, "interactions", (*COLUMNS, "synthetic"))
    own = [
        ("windows", TABLE),
        ("interactions_in_scope", within(source, "r.counted AND NOT coalesce(r.synthetic, false)")),
        ("gaps", "\nSELECT * FROM tickets WHERE kind = 'context_gap' AND status <> 'cancelled'\n"),
        ("verdicts", VERDICTS),
        ("without_knowledge", GAPS),
        ("tasks", TASKS),
    ]
    sql = with_clause([("judged", f"\n{judged(reader)}\n"), *parts, *own]) + COUNTED
    names = with_clause([*parts, *own]) + COUNTED  # the words of rules may hold what looks like a parameter
    for row in reader.rows(sql, bound(names, asked.scope, "day", settings, asked.params)):
        found[str(row["pilot"])].append(Cause(str(row["cause"]), int(str(row["failures"]))))
    return found


def fixable_share(found: Sequence[Cause]) -> float | None:
    """The share of failures with a cause that can be mended; None when nothing failed."""
    failures = sum(cause.failures for cause in found)
    return sum(cause.failures for cause in found if cause.fixable) / failures if failures else None
