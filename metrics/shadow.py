"""Pilots in shadow mode: answers that nobody acted on, which enter no reading."""

from data.cursor import Rows
from metrics.engine import facts_of
from metrics.spec import Derived, Fact, Metric, Scope

OF_USE: frozenset[Fact] = frozenset(("user_days", "audience", "audits"))
WHY = "the pilot runs in shadow mode, where nobody acts on the answers, so its tasks enter no reading."

_ANSWERED = """
SELECT count(DISTINCT unit_id) AS people, CAST(coalesce(sum(tasks), 0) AS BIGINT) AS tasks
FROM user_days
WHERE mode = 'shadow' AND product_id = $product AND day BETWEEN $since AND $until AND (pilot_id = $pilot OR (
  pilot_id IS NULL AND unit_id IN (SELECT user_id FROM audience WHERE pilot_id = $pilot AND valid_to IS NULL)))
"""


def stands_on_use(metric: Metric) -> bool:
    """Whether a metric is made of what people did: of a shadow pilot that would be their ordinary work beside it."""
    return bool(OF_USE & set(facts_of(metric))) or (isinstance(metric, Derived) and not metric.facts)


def answered(reader: Rows, scope: Scope) -> tuple[int, int]:
    """The people and tasks that the one pilot of a scope has recorded in shadow mode."""
    (pilot,), (product,) = scope.pilots or ("",), scope.products or ("",)
    asked = {"pilot": pilot, "product": product, "since": scope.since, "until": scope.until}
    row = reader.one(_ANSWERED, asked) or {}
    return int(str(row["people"])), int(str(row["tasks"]))
