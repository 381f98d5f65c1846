"""The inventory of what a product must know: every required topic with how far it got on the way to an answer, and how
much it is asked for.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from data.cursor import Row, Rows
from metrics import views
from metrics.compile import bound, with_clause
from metrics.ground import Ground
from metrics.groups import places
from metrics.questions import QUESTIONS
from metrics.spec import Asked, Group, Key, Scope
from metrics.view import keys_of

# The demand of production, by topic. Accounts that are not counted ask nothing.
_DEMAND = """
SELECT product, topic_id, count(*) AS questions
FROM use
WHERE counted
GROUP BY product, topic_id
"""

# The last day that the data can speak of: of the period, and not beyond the product's own data.
_DAYS = """
SELECT shelf.product, least(CAST($until AS DATE), coalesce(edges.through, CAST($until AS DATE))) AS edge
FROM shelf LEFT JOIN edges ON edges.product = shelf.product
"""

# A topic's newest run of probes, and its newest of each suite. A case passes when most of its trials do, a trial when
# all of its checks do.
_SUITE = "CASE WHEN e.origin = 'suite' THEN coalesce(e.suite, '') ELSE '' END"
_RUNS = f"""
SELECT *
FROM (
  SELECT *, row_number() OVER (
    PARTITION BY product_id, topic_id, origin, suite ORDER BY ran DESC, run_id DESC) AS place
  FROM (
    SELECT e.product_id, e.topic_id, e.origin, {_SUITE} AS suite, e.run_id, max(e.run_at) AS ran
    FROM eval_results AS e
    WHERE e.origin IN ('probe', 'suite') AND e.topic_id IS NOT NULL AND {views.CHECKED}
      AND {views.local_day("e.run_at")} <= CAST($until AS DATE)
    GROUP BY e.product_id, e.topic_id, e.origin, {_SUITE}, e.run_id) AS run) AS run
WHERE place = 1
"""

TRIALS = f"""
  SELECT e.product_id, e.topic_id, e.origin, {_SUITE} AS suite, e.case_id, e.epoch,
    min(CASE WHEN e.passed THEN 1 ELSE 0 END) AS good
  FROM eval_results AS e
  JOIN runs ON runs.product_id = e.product_id AND runs.topic_id = e.topic_id AND runs.origin = e.origin
    AND runs.suite = {_SUITE} AND runs.run_id = e.run_id
  WHERE {views.CHECKED}
  GROUP BY e.product_id, e.topic_id, e.origin, {_SUITE}, e.case_id, e.epoch"""
"""The trials of the cases of these runs, each good when all of its checks are: of the subquery `runs`."""

_CASES = f"""
SELECT product_id, topic_id, origin, suite, case_id, 2 * sum(good) > count(*) AS good
FROM ({TRIALS}) AS trial
GROUP BY product_id, topic_id, origin, suite, case_id
"""

_VERDICTS = """
SELECT product_id AS product, topic_id, count(CASE WHEN origin = 'probe' THEN 1 END) AS probes,
  count(CASE WHEN origin = 'probe' AND good THEN 1 END) AS probes_passed,
  count(CASE WHEN origin = 'suite' THEN 1 END) AS cases,
  count(CASE WHEN origin = 'suite' AND good THEN 1 END) AS cases_passed
FROM cases
GROUP BY product_id, topic_id
"""

_TOPICS = f"""
SELECT t.product_id AS product, t.topic_id, t.name, t.required, t.weight, t.sme_id, coalesce(t.approved, false)
    AS approved, t.indexed_at, t.source_updated_at, t.freshness_days, t.reviewed_on, t.valid_from, days.edge,
  days.edge - {views.local_day("t.source_updated_at")} AS source_age,
  {views.local_day("t.source_updated_at")} - {views.local_day("t.indexed_at")} AS index_behind,
  coalesce(demand.questions, 0) AS questions, coalesce(v.probes, 0) AS probes,
  coalesce(v.probes_passed, 0) AS probes_passed, coalesce(v.cases, 0) AS cases,
  coalesce(v.cases_passed, 0) AS cases_passed
FROM topics AS t
JOIN days ON days.product = t.product_id
LEFT JOIN demand ON demand.product = t.product_id AND demand.topic_id = t.topic_id
LEFT JOIN verdicts AS v ON v.product = t.product_id AND v.topic_id = t.topic_id
WHERE t.valid_to IS NULL
"""

# Fresh: the newest version of its source is not older than agreed, and the index not further behind it than that.
# An age that nobody knows is not fresh where a limit is set.
_FRESH = """
SELECT *, approved AND indexed_at IS NOT NULL AND (freshness_days IS NULL
  OR coalesce(source_age <= freshness_days AND index_behind <= freshness_days, false)) AS fresh
FROM listed
"""
_RETRIEVABLE = """
SELECT *, fresh AND probes > 0 AND probes_passed >= CAST($probe_share AS DOUBLE) * probes - 1e-9 AS retrievable
FROM aged
"""
_ALL = """
SELECT *, retrievable AND cases_passed >= CAST($probe_share AS DOUBLE) * cases - 1e-9 AS answerable
FROM probed
ORDER BY product, topic_id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What one product must know: its required topics as the SELECT gives them, and the optional ones."""

    product: str
    topics: tuple[Row, ...]
    optional: tuple[Row, ...]

    def weights(self) -> tuple[list[float], str]:
        """What each required topic weighs, and by what: the questions of production, else the registry, else alike."""
        asked = [float(str(row["questions"])) for row in self.topics]
        if any(asked):
            return asked, f"weighted by {sum(asked):,.0f} questions"
        stated = [1.0 if row["weight"] is None else float(str(row["weight"])) for row in self.topics]
        if any(row["weight"] is not None for row in self.topics) and any(stated):
            return stated, "weighted by the registry"
        return [1.0] * len(self.topics), "each topic counting the same"

    def share(self, stage: str) -> float:
        """The weighted share of required topics that reached a stage."""
        weights, _ = self.weights()
        reached = math.fsum(weight for weight, row in zip(weights, self.topics, strict=True) if row[stage])
        return reached / math.fsum(weights)

    def count(self, name: str) -> int:
        """The sum of a column over the required topics."""
        return sum(int(str(row[name])) for row in self.topics)

    def reviewed(self) -> date:
        """When the inventory was last reviewed; where nobody says, when it was last registered."""
        stated = [cast(date, row["reviewed_on"]) for row in self.topics if row["reviewed_on"] is not None]
        return max(stated or [cast(date, row["valid_from"]) for row in self.topics])

    def edge(self) -> date:
        """The last day that the data of the product can speak of."""
        return cast(date, self.topics[0]["edge"])


def text(asked: Asked) -> str:
    """The SELECT of every topic in force: one row a topic and product, with its stages, its demand and its checks."""
    return with_clause(parts(asked.scope)) + _ALL


def parts(scope: Scope) -> list[tuple[str, str]]:
    """The subqueries up to `probed`: every topic in force with its stages; `runs`: its newest runs."""
    return [
        ("shelf", views.shelf(scope)),
        ("edges", views.edges("interactions")),
        ("alias", views.ALIAS),
        ("staff", views.STAFF),
        ("questions", QUESTIONS),
        ("use", views.scoped_use(scope, "questions", ("topic_id",))),
        ("demand", _DEMAND),
        ("days", _DAYS),
        ("runs", _RUNS),
        ("cases", _CASES),
        ("verdicts", _VERDICTS),
        ("listed", _TOPICS),
        ("aged", _FRESH),
        ("probed", _RETRIEVABLE),
    ]


def valued(asked: Asked, stage: str, headline: bool) -> str:
    """The SELECT of the weighted share of required topics that reached a stage, of each group, in SQL; the headline
    counts up to fresh where nobody probed a product. One row a group: value, products and topics.
    """
    pilots = asked.scope.pilots is not None or "pilot" in asked.by
    only = " AND list_contains(CAST($pilots AS VARCHAR[]), p.pilot_id)" if asked.scope.pilots is not None else ""
    source = (
        f"JOIN (SELECT DISTINCT {'p.pilot_id AS pilot, ' if 'pilot' in asked.by else ''}p.product_id FROM pilots AS p"
        f" WHERE p.valid_to IS NULL{only}) AS p ON p.product_id = w.product"
        if pilots
        else ""
    )
    keys = keys_of(asked.by)
    group = "".join(f"{'p' if key == 'pilot' else 'w'}.{key}, " for key in keys)
    grouped = f"\nGROUP BY {group[:-2]}\nORDER BY {group[:-2]}" if keys else ""
    counts = f"CASE WHEN {stage}{' OR (probes_in_all = 0 AND fresh)' if headline else ''} THEN weighs ELSE 0.0 END"
    measured = {"retrievable": "probes > 0", "answerable": "probes > 0 AND cases > 0"}.get(stage, "true")
    return f"""WITH topics_in_scope AS (
{text(asked)}
), weighed AS (
  SELECT *, sum(probes) OVER of_product AS probes_in_all,
    CASE WHEN sum(questions) OVER of_product > 0 THEN CAST(questions AS DOUBLE)
      WHEN count(weight) OVER of_product > 0 AND sum(coalesce(weight, 1)) OVER of_product > 0
      THEN CAST(coalesce(weight, 1) AS DOUBLE) ELSE 1.0 END AS weighs
  FROM topics_in_scope
  WHERE required
  WINDOW of_product AS (PARTITION BY product)
), shares AS (
  SELECT product, sum({counts}) / sum(weighs) AS share, count(*) AS topics, sum(probes) AS probes, sum(cases) AS cases
  FROM weighed
  GROUP BY product
)
SELECT {group}avg(w.share) AS value, count(*) AS products, CAST(sum(w.topics) AS BIGINT) AS topics
FROM shares AS w {source}
WHERE {"true" if headline else measured.replace("probes", "w.probes").replace("cases", "w.cases")}{grouped}"""


def load(reader: Rows, asked: Asked) -> Mapping[Key, tuple[Inventory, ...]]:
    """The inventories of every group: one for each of its products that requires a topic."""
    sql, ground = text(asked), asked.ground
    by_product: dict[str, list[Row]] = {}
    for row in reader.rows(sql, bound(sql, asked.scope, None, ground.settings)):
        by_product.setdefault(str(row["product"]), []).append(row)
    inventories = {
        product: Inventory(
            product=product,
            topics=tuple(row for row in rows if row["required"]),
            optional=tuple(row for row in rows if not row["required"]),
        )
        for product, rows in by_product.items()
    }
    return {
        key: tuple(
            inventories[product]
            for product in products_of(ground, group)
            if product in inventories and inventories[product].topics
        )
        for group, _, key in places(ground, asked.by, ())
    }


def products_of(ground: Ground, group: Group) -> tuple[str, ...]:
    """The products whose inventories a group is made of; of pilots: the products they are pilots of."""
    if ground.scope.pilots is None or group.keys() & {"product", "pilot"}:
        return ground.products_of(group)
    return tuple(sorted({ground.pilots[name].product for name in ground.scope.pilots if name in ground.pilots}))
