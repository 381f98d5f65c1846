"""The whole portfolio in a scope: every product's standing, and what breaks a check of the registry."""

from typing import NamedTuple

from data.warehouse import Warehouse
from metrics.catalog import HEADLINES
from metrics.checks import Finding, run
from metrics.compare import before, delta
from metrics.engine import read
from metrics.hysteresis import steady
from metrics.scorecard import Scorecard, best_verdicts
from metrics.spec import Scope
from metrics.standing import BESIDE, ProductStanding, by_product, checked, standings
from metrics.targets import targets


class Portfolio(NamedTuple):
    """Products, what most needs action first, and the findings about them (about everything, where all are asked)."""

    products: list[ProductStanding]
    findings: list[Finding]


def portfolio(store: Warehouse, scope: Scope, cards: list[Scorecard]) -> Portfolio:
    """Ask everything a portfolio review needs, as of the end of the scope; `cards` are the pilots' scorecards."""
    kept = read(store, HEADLINES, scope, by=("product",))  # a standard view, so often there already
    now = by_product([*kept, *read(store, BESIDE, scope, by=("product",))])
    then = by_product(read(store, ("task_success",), before(scope), by=("product",)))
    scenarios = read(store, ("task_success",), scope, by=("product", "scenario"))
    today = store.clock().date()
    with store.reading() as reader:
        goals = targets(reader)
        findings = run(reader, scope.until, today, scope.visible, checked(now, goals))
    if scope.products is not None:
        findings = [finding for finding in findings if finding.product in scope.products]
    changes = {
        product: delta(of["task_success"], then[product]["task_success"])
        for product, of in now.items()
        if product in then
    }
    found = standings(
        store, today, readings=now, goals=goals, deltas=changes, scenarios=scenarios, pilots=best_verdicts(cards),
        findings=findings, steady=steady(store, scope, goals, now),
    )  # fmt: skip
    return Portfolio(found, findings)
