"""Where every product stands: its readings against their targets, the verdict they propose, what its registry owes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from data.cursor import Rows
from data.portfolio import Product, Scenario
from data.registry_store import current
from metrics.catalog import HEADLINES
from metrics.checks import Finding, Standing, completeness
from metrics.compare import Delta
from metrics.health import WORST_FIRST, Goal, Health, measured, overall
from metrics.pilot_case import Decision
from metrics.portfolio_verdict import ProductCase, ProductVerdict, Trend, outdoes, product_verdict
from metrics.spec import Reading
from metrics.targets import Targets

BESIDE = ("adoption.reach", "task_success.outcome_coverage")
"""What a product's standing needs beside the headlines."""
URGENT = ("retire", "fix", "merge", "measure", "scale", "new", "keep")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductStanding:
    """One product of the portfolio."""

    product: Product
    readings: Mapping[str, Reading]
    healths: Mapping[str, Health]
    health: Health
    verdict: ProductVerdict
    complete: int  # of 11
    findings: tuple[Finding, ...] = field(default=())


def by_product(readings: Sequence[Reading]) -> dict[str, dict[str, Reading]]:
    """Readings grouped by product: product -> metric -> reading."""
    found: dict[str, dict[str, Reading]] = {}
    for reading in readings:
        found.setdefault(reading.group.get("product") or "", {})[reading.metric] = reading
    return found


def checked(readings: Mapping[str, Mapping[str, Reading]], goals: Targets) -> dict[str, Standing]:
    """What the registry checks about readings look at, by product."""
    return {
        product: Standing(
            reach=of.get("adoption.reach"),
            reach_floor=_floor(goals.of("adoption.reach", product)),
            success=of.get("task_success"),
            success_floor=_floor(goals.of("task_success", product)),
        )
        for product, of in readings.items()
    }


def standings(
    store: Rows,
    today: date,
    *,
    readings: Mapping[str, Mapping[str, Reading]],
    goals: Targets,
    deltas: Mapping[str, Delta],
    scenarios: Sequence[Reading],
    pilots: Mapping[str, Decision],
    findings: Sequence[Finding],
    steady: Mapping[str, Mapping[str, Health]] | None = None,
) -> list[ProductStanding]:
    """Every registered product that has readings, what most needs action first.

    `deltas` are of task success by product, `scenarios` the readings of task success by product and scenario, `pilots`
    the best verdict of each product's pilots; `steady` how the readings stand by product and metric, as
    metrics.hysteresis settles it, else as they read.
    """
    elsewhere = better_elsewhere(store, scenarios)
    complete = completeness(findings, readings)
    found = []
    for product in current(store, Product):
        of = readings.get(product.product_id)
        if of is None:
            continue
        settled = (steady or {}).get(product.product_id, {})
        healths = {
            name: settled[name] if name in settled else goals.health(of.get(name), product.product_id)
            for name in (*HEADLINES, *BESIDE)
        }
        case = ProductCase(
            days_since_launch=(today - product.launched_on).days if product.launched_on else None,
            adoption=healths["adoption"],
            reach=healths["adoption.reach"],
            task_success=healths["task_success"],
            errors=healths["hallucination_rate"],
            escalation=healths["escalation_rate"],
            roi=healths["roi"],
            better_elsewhere=elsewhere.get(product.product_id, ()),
            pilot=pilots.get(product.product_id),
            trend=_trend(deltas.get(product.product_id), goals.of("task_success", product.product_id)),
            users=of["task_success.outcome_coverage"].units if "task_success.outcome_coverage" in of else None,
        )
        found.append(
            ProductStanding(
                product=product,
                readings=of,
                healths=healths,
                health=overall({name: healths[name] for name in HEADLINES}),
                verdict=product_verdict(case),
                complete=complete.get(product.product_id, 0),
                findings=tuple(finding for finding in findings if finding.product == product.product_id),
            )
        )
    return sorted(found, key=_urgency)


def better_elsewhere(store: Rows, scenarios: Sequence[Reading]) -> dict[str, tuple[str, ...]]:
    """Product -> the names of other products that do a scenario of the same name surely better."""
    names = {scenario.scenario_id: " ".join(scenario.name.casefold().split()) for scenario in current(store, Scenario)}
    called = {product.product_id: product.name for product in current(store, Product)}
    found: dict[str, set[str]] = {}
    for ours in scenarios:
        for theirs in scenarios:
            mine, other = ours.group.get("product") or "", theirs.group.get("product") or ""
            same = names.get(ours.group.get("scenario") or "") == names.get(theirs.group.get("scenario") or "", "?")
            if same and mine != other and outdoes(measured(theirs), measured(ours), "higher"):
                found.setdefault(mine, set()).add(called.get(other, other))
    return {product: tuple(sorted(others)) for product, others in found.items()}


def _trend(delta: Delta | None, goal: Goal | None) -> Trend | None:
    if delta is None or delta.value is None or delta.low is None:
        return None
    if not delta.clear:
        return "same"
    rising = delta.value > 0
    return "better" if rising is (goal is None or goal.better == "higher") else "worse"


def _urgency(standing: ProductStanding) -> tuple[int, int, str]:
    return (
        URGENT.index(standing.verdict.decision), WORST_FIRST.index(standing.health.colour),
        standing.product.name.casefold(),
    )  # fmt: skip


def _floor(goal: Goal | None) -> float | None:
    return goal.floor if goal else None
