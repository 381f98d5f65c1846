from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from data.portfolio import Product, Scenario, Target
from data.registry_store import save
from data.warehouse import Warehouse
from metrics.checks import Finding
from metrics.compare import Delta
from metrics.spec import Reading
from metrics.standing import by_product, checked, standings
from metrics.targets import targets
from tests.conftest import NOON

TODAY = NOON.date()


def reading(
    metric: str, product: str, value: float | None, scenario: str | None = None, spread: float = 0.02
) -> Reading:
    group: dict[str, str | None] = {"product": product} | ({"scenario": scenario} if scenario else {})
    known = value is not None
    return Reading(
        metric=metric, group=group, value=value, low=value and value - 0.02, high=value and value + 0.02,
        level=0.95,
        units=50, events=500, method="jackknife Wilson", status="ok" if known else "not_measured", decides=known,
        missing="" if known else "Nobody says.", definition_hash="a", data_version=1,
    )  # fmt: skip


GOOD = {
    "adoption": 0.7, "adoption.reach": 0.8, "task_success": 0.9, "task_success.outcome_coverage": 0.6,
    "hallucination_rate": 0.02, "escalation_rate": 0.1,
}  # fmt: skip


@pytest.fixture
def put(store: Warehouse) -> Callable[..., None]:
    """Stores registry rows."""

    def _put(*rows: object) -> None:
        with store.write("registry", "ada") as tx:
            save(tx, rows, "ada")

    return _put


def stand(store: Warehouse, values: Mapping[str, Mapping[str, float | None]], **more: object) -> dict[str, str]:
    readings = by_product(
        [reading(metric, product, value) for product, of in values.items() for metric, value in of.items()]
    )
    given: dict[str, object] = {"deltas": dict.fromkeys(values, Delta(0.0, -0.1, 0.1)), "scenarios": (), "pilots": {},
                                "findings": ()} | more  # fmt: skip
    found = standings(store, TODAY, readings=readings, goals=targets(store), **given)
    return {each.product.product_id: f"{each.verdict.decision}/{each.health.colour}" for each in found}


def test_a_product_stands_by_its_worst_colour_and_the_first_rule_that_matches(
    store: Warehouse, put: Callable[..., None]
) -> None:
    """Good numbers are kept, a failing one is fixed, a young one is new, an unmeasured one is to be measured."""
    put(*(Product(product_id=p, name=p.upper()) for p in ("good", "bad", "dark")),
        Product(product_id="young", name="YOUNG", launched_on=date(2026, 9, 20)))  # fmt: skip
    found = stand(store, {
        "good": GOOD, "bad": GOOD | {"task_success": 0.5}, "young": GOOD,
        "dark": GOOD | {"task_success": None, "hallucination_rate": None},
    })  # fmt: skip
    assert found == {"bad": "fix/red", "dark": "measure/grey", "young": "new/green", "good": "keep/green"}
    assert list(found) == ["bad", "dark", "young", "good"], "what most needs action comes first"


def test_a_sure_change_for_the_worse_is_a_reason_to_act(store: Warehouse, put: Callable[..., None]) -> None:
    """A clear fall of task success is a trend; one that may be chance is not."""
    put(Product(product_id="a", name="A"))
    assert stand(store, {"a": GOOD}, deltas={"a": Delta(-0.1, -0.15, -0.05)}) == {"a": "fix/green"}
    assert stand(store, {"a": GOOD}, deltas={"a": Delta(-0.1, -0.25, 0.05)}) == {"a": "keep/green"}


def test_a_pilot_worth_scaling_scales_its_product(store: Warehouse, put: Callable[..., None]) -> None:
    """With every number known and good, a pilot's verdict makes the proposal; with one unknown it does not."""
    put(Product(product_id="a", name="A"))
    whole = {"a": {**GOOD, "roi": 0.9}}
    assert stand(store, whole, pilots={"a": "scale"})["a"].startswith("scale/")
    assert stand(store, {"a": GOOD}, pilots={"a": "scale"})["a"].startswith("keep/")


def test_another_product_that_does_the_same_surely_better_is_a_reason_to_merge(
    store: Warehouse, put: Callable[..., None]
) -> None:
    """Scenarios are the same by name, whatever their case; overlapping intervals merge nothing."""
    put(Product(product_id="a", name="A"), Product(product_id="b", name="B"),
        Scenario(scenario_id="s1", product_id="a", name="Draft  answers"),
        Scenario(scenario_id="s2", product_id="b", name="draft answers"))  # fmt: skip
    apart = [reading("task_success", "a", 0.70, "s1"), reading("task_success", "b", 0.85, "s2")]
    near = [apart[0], replace(apart[1], value=0.73, low=0.71, high=0.75)]
    values = {"a": GOOD, "b": GOOD}
    assert stand(store, values, scenarios=apart)["a"].startswith("merge/")
    assert stand(store, values, scenarios=apart)["b"].startswith("keep/")
    assert stand(store, values, scenarios=near)["a"].startswith("keep/")


def test_a_product_s_own_target_wins_over_the_one_of_the_methodology(
    store: Warehouse, put: Callable[..., None]
) -> None:
    """The nearest target counts: the product's own, and the pilot's own before it."""
    put(Product(product_id="a", name="A"), Target(metric="task_success", product_id="a", better="higher", target=0.99,
                                                  floor=0.95))  # fmt: skip
    assert stand(store, {"a": GOOD}) == {"a": "fix/red"}
    goals = targets(store)
    own, usual = goals.of("task_success", "a"), goals.of("task_success", "b")
    assert own is not None
    assert usual is not None
    assert (own.target, usual.target) == (0.99, 0.8)
    assert goals.of("nothing", "a") is None


def test_findings_are_counted_where_they_belong(store: Warehouse, put: Callable[..., None]) -> None:
    """Completeness counts the eleven checks of the registry; each product carries its own findings."""
    put(Product(product_id="a", name="A"), Product(product_id="b", name="B"))
    findings = [
        Finding(check="no-owner", subject="a", product="a", pilot=None, what="A has no owner."),
        Finding(check="pilot-overdue", subject="p", product="a", pilot="p", what="P is late."),
    ]
    readings = by_product([reading(m, p, v) for p in ("a", "b") for m, v in GOOD.items()])
    found = standings(store, TODAY, readings=readings, goals=targets(store), deltas={}, scenarios=(), pilots={},
                      findings=findings)  # fmt: skip
    assert {each.product.product_id: (each.complete, len(each.findings)) for each in found} == {
        "a": (10, 2), "b": (11, 0)
    }  # fmt: skip
    seen = checked(readings, targets(store))["a"]
    assert (seen.reach_floor, seen.success_floor) == (0.35, 0.65)
