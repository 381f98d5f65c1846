"""Which piece of work to take on next: every scenario with its six scores, from the registry and the readings."""

from collections.abc import Sequence
from typing import NamedTuple, cast

from data.cursor import Row, Rows
from data.economics import Baseline
from data.portfolio import Product, Requirement, Scenario
from data.registry_store import current
from data.settings import Settings
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics import views
from metrics.beliefs import RATE, Beliefs
from metrics.checks.check import blank
from metrics.compile import bound, with_clause
from metrics.engine import read
from metrics.health import Health
from metrics.requirements import requirements
from metrics.spec import MetricError, Reading, Scope
from metrics.targets import Targets, targets
from metrics.task_worth import mean
from metrics.use_case import MOST, Facts, Score, scores

VOLUME = "tasks_per_month"
"""The baseline that says how often the work is done the current way."""
MONTH = 365.25 / 12

# One row a scenario: its product's people, teams, topics and days with data, its owners, and its pilots with criteria.
_ABOUT = f"""
SELECT n.scenario_id, n.product_id AS product, p.people, p.teams, coalesce(t.topics, 0) AS topics,
  coalesce(t.kept, 0) AS kept,
  least(CAST($until AS DATE), e.through) - greatest(CAST($since AS DATE), e.begins) + 1 AS days,
  (SELECT count(*) FROM roles AS r WHERE r.valid_to IS NULL AND r.role = 'scenario_owner'
    AND r.scenario_id = n.scenario_id) AS owners,
  (SELECT count(*) FROM roles AS r WHERE r.valid_to IS NULL AND r.role = 'support' AND r.product_id = n.product_id
    AND r.pilot_id IS NULL AND r.scenario_id IS NULL) AS supporters,
  (SELECT min(i.name) FROM pilots AS i JOIN criteria AS c ON c.pilot_id = i.pilot_id AND c.valid_to IS NULL
    WHERE i.valid_to IS NULL AND i.scenario_id = n.scenario_id) AS tried_by
FROM scenarios AS n
LEFT JOIN edges AS e ON e.product = n.product_id
LEFT JOIN (
  SELECT product, count(DISTINCT unit_id) AS people, count(DISTINCT team) AS teams
  FROM crowd
  WHERE counted AND granted_on <= CAST($until AS DATE) AND (left_on IS NULL OR left_on > CAST($until AS DATE))
  GROUP BY product) AS p ON p.product = n.product_id
LEFT JOIN (
  SELECT product_id AS product, count(*) AS topics, count(CASE WHEN NOT {blank("sme_id")} THEN 1 END) AS kept
  FROM topics
  WHERE valid_to IS NULL AND required
  GROUP BY product_id) AS t ON t.product = n.product_id
WHERE n.valid_to IS NULL AND (n.product_id IN (SELECT product FROM shelf) OR (n.product_id IS NULL AND $all_seen))
ORDER BY n.scenario_id
"""


class Seen(NamedTuple):
    """The readings: by (scenario, metric) and by (product, metric)."""

    works: dict[tuple[str | None, str], Reading]
    products: dict[tuple[str | None, str], Reading]


class UseCase(NamedTuple):
    """A scenario with its scores: at least `low` and at most `high` of all points."""

    facts: Facts
    scores: tuple[Score, ...]

    @property
    def low(self) -> int:
        """The points that are sure."""
        return sum(score.low for score in self.scores)

    @property
    def high(self) -> int:
        """The points there may be."""
        return sum(score.high for score in self.scores)


def prioritise(store: Warehouse, scope: Scope) -> list[UseCase]:
    """Every scenario of the products in scope, and those that no product serves for whoever asks about all: what is
    surely best first, then what may be, then what takes most hours. MetricError for a scope of pilots or teams.
    """
    if scope.pilots is not None or scope.teams is not None:
        raise MetricError("A use case is of the company, not of a pilot or a team.", "Leave pilots and teams out.")
    wanted = ("task_success.outcome_coverage", "hallucination_rate")
    own = read(store, wanted, scope, by=("product", "scenario"))
    whole = read(store, ("hallucination_rate", "context_coverage"), scope, by=("product",))
    seen = Seen(
        {(each.group["scenario"], each.metric): each for each in own if each.group["scenario"]},
        {(each.group["product"], each.metric): each for each in whole},
    )
    with store.reading() as reader:
        rules = settings_of(reader)
        rows = _about(reader, scope, rules)
        found = _facts(reader, rows, scope, rules, seen)
    cases = [UseCase(each, scores(each, rules)) for each in found]
    return sorted(cases, key=_order)


def rivals(cases: Sequence[UseCase]) -> list[UseCase]:
    """The use cases that would come before the first one if everything owed of them were known and good."""
    return [case for case in cases[1:] if case.high > cases[0].low]


def _order(case: UseCase) -> tuple[int, int, float, str, str]:
    work = case.facts.scenario
    return -case.low, -case.high, -(case.facts.hours or 0.0), work.name.casefold(), work.scenario_id


def _about(reader: Rows, scope: Scope, rules: Settings) -> list[Row]:
    parts = [
        ("shelf", views.shelf(scope)),
        ("edges", views.edges("interactions")),
        ("alias", views.ALIAS),
        ("staff", views.STAFF),
        ("crowd", views.AUDIENCE),
    ]
    sql = with_clause(parts) + _ABOUT
    everything = scope.products is None and scope.visible is None
    return reader.rows(sql, bound(sql, scope, None, rules, {"all_seen": everything}))


def _facts(reader: Rows, rows: Sequence[Row], scope: Scope, rules: Settings, seen: Seen) -> list[Facts]:
    scenarios = {each.scenario_id: each for each in current(reader, Scenario)}
    products = {each.product_id: each for each in current(reader, Product)}
    beliefs, goals = Beliefs.of_registry(reader, rules), targets(reader)
    baselines: dict[str, dict[str, float]] = {}
    for said in current(reader, Baseline):
        baselines.setdefault(said.scenario_id, {})[said.measure] = said.value
    required = {each.product_id or scenarios[each.scenario_id].product_id for each in current(reader, Requirement)
                if each.scenario_id in scenarios}  # fmt: skip
    tested = {
        each.requirement.scenario_id: each.requirement.requirement_id
        for product in required & {str(row["product"]) for row in rows}
        for each in requirements(reader, product or "", scope.until) if each.cases
    }  # fmt: skip
    found = []
    for row in rows:
        work = scenarios[str(row["scenario_id"])]
        product = products.get(work.product_id or "")
        before = baselines.get(work.scenario_id, {})
        outcomes = seen.works.get((work.scenario_id, "task_success.outcome_coverage"))
        minutes, rate = beliefs.before(work.scenario_id), beliefs.of(RATE, work.product_id or "", None)
        errors, errors_of = _errors(work, product, goals, seen)
        agreed = [f"requirement {tested[work.scenario_id]}"] if work.scenario_id in tested else []
        agreed += [f"the criteria of pilot {row['tried_by']}"] if row["tried_by"] else []
        found.append(Facts(
            scenario=work, product=product, tasks_a_month=before.get(VOLUME, _monthly(outcomes, row)),
            stated=VOLUME in before, minutes=mean(minutes) if minutes else None,
            hourly_rate=mean(rate) if rate else None, owners=_count(row, "owners"),
            reachable=cast("int | None", row["people"]), outcomes=outcomes, baselines=len(before.keys() - {VOLUME}),
            agreed=" and ".join(agreed), errors=errors, errors_of=errors_of,
            context=seen.products.get((work.product_id, "context_coverage")),
            context_goal=goals.of("context_coverage", work.product_id), topics=_count(row, "topics"),
            kept=_count(row, "kept"),
            supported=bool(_count(row, "supporters") or (product and (product.support_channel or "").strip())),
            teams=cast("int | None", row["teams"]) or None,
            works=sum(each.product_id == work.product_id for each in scenarios.values()) if work.product_id else 0,
        ))  # fmt: skip
    return found


def _monthly(seen: Reading | None, row: Row) -> float | None:
    """Tasks a month over the days of the period that there are data of; None where no task names the scenario."""
    days = _count(row, "days")
    return seen.events / days * MONTH if seen and seen.events and days > 0 else None


def _errors(work: Scenario, product: Product | None, goals: Targets, seen: Seen) -> tuple[Health, str]:
    """The health of the scenario's own content errors, else of its whole product's."""
    own = seen.works.get((work.scenario_id, "hallucination_rate"))
    if own is not None and (health := goals.health(own, work.product_id)).known:
        return health, "its tasks"
    if product is None:
        return Health("grey", "no product does it yet."), ""
    health = goals.health(seen.products.get((work.product_id, "hallucination_rate")), work.product_id)
    return health, f"all of {product.name}"


def _count(row: Row, name: str) -> int:
    return int(str(row[name] or 0))


def points(low: int, high: int) -> str:
    """Points as people read them: 2, or 1–3 where something is not known."""
    return str(low) if low == high else f"{low}–{high}"


def shown(score: Score) -> str:
    """A score as people read it: ? where nothing is known of the criterion."""
    return points(score.low, score.high) if score.evidence else "?"


def lines(cases: Sequence[UseCase]) -> list[tuple[str, ...]]:
    """Use cases as a table with its head."""
    titles = tuple(score.criterion.id for score in cases[0].scores) if cases else ()
    found: list[tuple[str, ...]] = [("use case", "product", f"of {MOST}", *titles, "what would have to be known")]
    for case in cases:
        product = case.facts.product
        owed = " ".join(sentence for score in case.scores for sentence in score.owed)
        head = (case.facts.scenario.name, product.name if product else "-", points(case.low, case.high))
        found.append((*head, *(shown(score) for score in case.scores), owed or "nothing"))
    return found


def as_data(cases: Sequence[UseCase]) -> list[dict[str, object]]:
    """Use cases as what JSON can hold; the score of a criterion that is not certain is null, its ends are not."""
    return [
        {
            "rank": place, "scenario": case.facts.scenario.scenario_id, "name": case.facts.scenario.name,
            "product": case.facts.scenario.product_id, "low": case.low, "high": case.high, "of": MOST,
            "criteria": [
                {"criterion": each.criterion.id, "title": each.criterion.title, "rule": each.criterion.rule,
                 "score": each.low if each.low == each.high else None, "low": each.low, "high": each.high, "of": 3,
                 "evidence": each.evidence, "reasons": list(each.reasons), "owed": list(each.owed)}
                for each in case.scores
            ],
        }
        for place, case in enumerate(cases, 1)
    ]  # fmt: skip
