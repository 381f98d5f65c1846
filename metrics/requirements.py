"""What a product must do, and whether its newest eval runs show that it does: each requirement with its cases."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple, cast

from scipy.stats import binomtest

from data.cursor import Row, Rows
from data.portfolio import Requirement, Scenario
from data.registry_store import current
from data.settings import settings
from metrics import views
from metrics.compile import bound
from metrics.spec import Scope

State = Literal["passes", "fails", "no results", "no check"]
FEW = 20  # cases under which the interval is the exact one

# The newest run of each suite of a product, by its end, up to the last day asked for. A case passes when most of its
# trials do, a trial when all of its checks do; checks that failed themselves say nothing.
CASES = f"""
WITH runs AS (
  SELECT *
  FROM (
    SELECT *, row_number() OVER (PARTITION BY suite ORDER BY ran DESC, run_id DESC) AS place
    FROM (
      SELECT coalesce(e.suite, '') AS suite, e.run_id, max(e.run_at) AS ran
      FROM eval_results AS e
      WHERE e.origin = 'suite' AND e.product_id = $product AND {views.CHECKED}
        AND {views.local_day("e.run_at")} <= CAST($until AS DATE)
      GROUP BY coalesce(e.suite, ''), e.run_id) AS run) AS run
  WHERE place = 1
)
SELECT suite, case_id, min(topic_id) AS topic, max(ran) AS ran, 2 * sum(good) > count(*) AS good
FROM (
  SELECT runs.suite, e.case_id, e.epoch, min(e.topic_id) AS topic_id, max(runs.ran) AS ran,
    min(CASE WHEN e.passed THEN 1 ELSE 0 END) AS good
  FROM eval_results AS e
  JOIN runs ON runs.run_id = e.run_id AND runs.suite = coalesce(e.suite, '')
  WHERE e.origin = 'suite' AND e.product_id = $product AND {views.CHECKED}
  GROUP BY runs.suite, e.case_id, e.epoch) AS trial
GROUP BY suite, case_id
ORDER BY suite, case_id
"""


class Checked(NamedTuple):
    """A requirement with what its newest run says: cases and those that passed, the interval, and when it ran."""

    requirement: Requirement
    state: State
    cases: int
    passed: int
    low: float | None
    high: float | None
    ran: datetime | None


def requirements(store: Rows, product: str, until: date) -> list[Checked]:
    """The requirements of a product and of its scenarios, what fails first, each against the cases it names.

    It names them by suite, by tag, or by both; a case has a tag when that is its topic, its id or the beginning of its
    id. Every case must pass. The interval of the share that passes is Wilson's over cases, exact under 20.
    """
    scenarios = {each.scenario_id: each.product_id for each in current(store, Scenario)}
    own = [
        each
        for each in current(store, Requirement)
        if (each.product_id or scenarios.get(each.scenario_id or "")) == product
    ]
    rules = settings(store)
    scope = Scope(since=until, until=until, products=(product,))
    cases = store.rows(CASES, bound(CASES, scope, None, rules, {"product": product})) if own else []
    order: tuple[State, ...] = ("fails", "no check", "no results", "passes")
    found = [_checked(each, cases, rules.level) for each in own]
    return sorted(found, key=lambda each: (order.index(each.state), each.requirement.requirement_id))


def _checked(requirement: Requirement, cases: Sequence[Row], level: float) -> Checked:
    suite, tag = (requirement.suite or "").strip(), (requirement.case_tag or "").strip()
    if not suite and not tag:
        return Checked(requirement, "no check", 0, 0, None, None, None)
    meant = [row for row in cases if (not suite or row["suite"] == suite) and (not tag or tagged(row, tag))]
    if not meant:
        return Checked(requirement, "no results", 0, 0, None, None, None)
    passed = sum(bool(row["good"]) for row in meant)
    bounds = binomtest(passed, len(meant)).proportion_ci(level, method="exact" if len(meant) < FEW else "wilson")
    return Checked(
        requirement,
        "passes" if passed == len(meant) else "fails",
        len(meant),
        passed,
        float(bounds.low),
        float(bounds.high),
        max(cast(datetime, row["ran"]) for row in meant),
    )


def tagged(row: Row, tag: str) -> bool:
    """Whether a case has a tag: it is its topic, its id, or its id begins with it up to a mark."""
    case = str(row["case_id"])
    return row["topic"] == tag or re.match(rf"{re.escape(tag)}(?![A-Za-z0-9])", case) is not None
