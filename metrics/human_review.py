"""Whether people look at what they must: of the scenarios that require review, how much was done with a person between
the answer and its use, and what was done without one.
"""

from typing import NamedTuple, cast

from data.cursor import Row
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.compile import bound, with_clause
from metrics.spec import Estimate, Moments, Scope
from metrics.statistics import delta_variance, ratio
from metrics.view import use_ctes

REVIEWED = ("review", "assist")
"""Modes in which a person stands between the answer and its use."""
_POLICY = """
SELECT scenario_id, min(name) AS name FROM scenarios
WHERE valid_to IS NULL AND human_review_required
GROUP BY scenario_id
"""
_KEPT = """
SELECT r.*, p.name, CASE WHEN r.mode IN ('review', 'assist') THEN 1 WHEN r.mode IS NOT NULL THEN 0 END AS reviewed
FROM rows_in_scope AS r JOIN policy AS p ON p.scenario_id = r.scenario
WHERE r.counted AND NOT coalesce(r.synthetic, false)
"""
_MOMENTS = """
SELECT scenario, min(name) AS name, count(CASE WHEN of > 0 THEN 1 END) AS units, CAST(sum(hit) AS BIGINT) AS hits,
  CAST(sum(of) AS BIGINT) AS of, CAST(sum(hit * hit) AS BIGINT) AS hits2, CAST(sum(of * of) AS BIGINT) AS of2,
  CAST(sum(hit * of) AS BIGINT) AS cross, CAST(sum(untold) AS BIGINT) AS untold
FROM (
  SELECT scenario, min(name) AS name, unit_id, count(reviewed) AS of, count(CASE WHEN reviewed = 1 THEN 1 END) AS hit,
    count(CASE WHEN reviewed IS NULL THEN 1 END) AS untold
  FROM kept
  GROUP BY scenario, unit_id) AS unit
GROUP BY scenario
ORDER BY scenario"""
_ROWS = """
SELECT occurred_at, unit_id, product_id, interaction_id, scenario, mode
FROM kept
WHERE reviewed = 0
ORDER BY occurred_at DESC, event_key DESC
LIMIT $review_limit"""
COLUMNS = ("event_key", "product_id", "interaction_id", "occurred_at", "synthetic")


class Review(NamedTuple):
    """A scenario that requires review: `without` of `known` interactions had no person between the answer and its use;
    `share` is the reviewed ones with the interval by people. `untold` interactions do not say in which mode they ran.
    """

    scenario: str
    name: str
    known: int
    without: int
    untold: int
    units: int
    share: Estimate


def human_review(store: Warehouse, scope: Scope) -> list[Review]:
    """Every scenario with use in the period that requires human review, most actions without one first."""
    sql_rows = _asked(store, scope, _MOMENTS)
    with store.reading() as reader:
        rules = settings_of(reader)
    found = []
    for row in sql_rows:
        moments = Moments(*(cast("int | None", row[name]) or 0 for name in Moments._fields))
        share = Estimate(None, None, None, None, "")
        if moments.of:
            share = ratio(moments, delta_variance(moments) if moments.units > 1 else 0.0, 1, rules.level)
            if moments.units < rules.show_units:
                share = share._replace(low=None, high=None)
        found.append(
            Review(
                str(row["scenario"]), str(row["name"]), moments.of, moments.of - moments.hits,
                cast(int, row["untold"]), moments.units, share,
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: (-each.without, each.scenario))


def unreviewed(store: Warehouse, scope: Scope, limit: int = 100) -> list[Row]:
    """The interactions that `without` counts, the newest first."""
    return _asked(store, scope, _ROWS, limit)


def _asked(store: Warehouse, scope: Scope, final: str, limit: int = 0) -> list[Row]:
    parts, _ = use_ctes(scope, ("scenario", "mode"), ("scenario", "mode"), "interactions", COLUMNS)
    sql = with_clause([*parts, ("policy", _POLICY), ("kept", _KEPT)]) + final
    with store.reading() as reader:
        return reader.rows(sql, bound(sql, scope, None, settings_of(reader), {"review_limit": limit}))
