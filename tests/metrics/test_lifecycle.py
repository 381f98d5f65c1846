"""The stages of products, what they owe, and what initiatives rest on, against plain loops over the rows."""

import json
from collections import defaultdict
from datetime import datetime, time
from random import Random
from typing import Any

import pytest

from data.portfolio import Product, Stage
from metrics.__main__ import main
from metrics.health import UNKNOWN
from metrics.initiatives import initiatives
from metrics.lifecycle import as_data, lifecycle
from metrics.portfolio_verdict import Fate, ProductVerdict
from metrics.spec import Scope
from metrics.stages import DELIVERY, LIFECYCLE, OUTPUTS
from metrics.standing import ProductStanding
from tests.metrics.company import Company, day, granted, tasks
from tests.metrics.desk import ask, ticket
from tests.metrics.inventories import topic
from tests.metrics.reviews import check, review

NOW = datetime.combine(day(40), time(9))
Rows = list[dict[str, Any]]


def put(p: str) -> dict[str, tuple[str, Rows]]:
    """What makes each output of a product true, by the output: a table and rows."""
    s, i = f"{p}-work", f"{p}-pilot"
    suite = {"product_id": p, "origin": "suite", "suite": "s", "run_id": "r", "interaction_id": None}
    number = 10 * ord(p)
    decided = {"decided_at": NOW, "user_id": "lead", "decision": "keep"}
    return {
        "problem": ("scenarios", [{"scenario_id": f"{p}-2", "product_id": p, "name": "y", "problem": "Slow."}]),
        "scenario-owner": ("roles", [{"role": "scenario_owner", "user_id": "o", "scenario_id": s}]),
        "baseline": ("baselines", [{"scenario_id": s, "measure": "minutes_per_task", "value": 3.0}]),
        "initiative": ("initiative_products", [{"initiative_id": "plan", "scenario_id": s}]),
        "owner": ("roles", [{"role": "product_owner", "user_id": "o", "product_id": p}]),
        "technical-owner": ("roles", [{"role": "technical_owner", "user_id": "t", "product_id": p}]),
        "criteria": ("criteria", [{"pilot_id": i, "criterion_id": "c", "metric": "adoption"}]),
        "pilot-people": ("audience", [granted("ann", p, pilot=i, left=day(5))]),
        "use": ("user_days", [{**tasks("ann", day(1), 1), "product_id": p}]),
        "costs": ("costs", [{"product_id": p, "month": day(0), "kind": "people", "amount_microusd": 1}]),
        "targets": ("targets", [{"metric": "adoption", "product_id": p, "better": "higher"}]),
        "people": ("audience", [granted("bob", p)]),
        "support-team": ("roles", [{"role": "support", "user_id": "u", "product_id": p}]),
        "feeds": ("feeds", [{"product_id": p, "fact": "interactions", "cadence_days": 7, "required": True}]),
        "checklist": ("readiness", [{"product_id": p, "item": "runbook", "done": True}]),
        "requirements": ("requirements", [{"requirement_id": f"{p}-0", "product_id": p, "text": "x"}]),
        "requirement-checks": ("requirements", [{"requirement_id": p, "scenario_id": s, "text": "x", "suite": "s"}]),
        "topics": ("topics", [topic("t", p, sme_id="expert")]),
        "evals": ("eval_results", [check("c", day(1), True, **suite)]),
        "audits": ("eval_results", [check("c", day(1), True, product_id=p)]),
        "releases": ("releases", [{"product_id": p, "service_version": "1", "kind": "model", "released_at": NOW}]),
        "documented": ("tickets", [ticket(number, NOW, NOW, product_id=p, documented_at=NOW, eval_added_at=None)]),
        "eval-added": ("tickets", [ticket(number + 1, NOW, NOW, product_id=p, documented_at=None, eval_added_at=NOW)]),
        "pilot-decided": ("decisions", [{"decision_id": p, "pilot_id": i, **decided}]),
        "decision": ("decisions", [{"decision_id": f"{p}-1", "product_id": p, **decided}]),
        "end-decided": ("decisions", [{"decision_id": f"{p}-2", "product_id": p, **decided, "decision": "retire"}]),
    }  # fmt: skip


TEXTS = {
    "purpose": "purpose", "audience": "audience_description", "risk": "risk_tier", "constraints": "constraints",
    "connection-rules": "connection_rules", "piloting-process": "piloting_process", "support": "support_channel",
    "handover": "handover_process",
}  # fmt: skip
FOLLOWS = {"requirement-checks": {"requirements"}, "support-team": {"support"}, "pilot-decided": {"decision"},
           "end-decided": {"decision"}}  # fmt: skip
"""Outputs that cannot be there without these."""


def registered(p: str, chance: Random, rows: dict[str, Rows]) -> set[str]:
    """A product with a random part of all outputs among the rows; which it has."""
    begins, ends = chance.choice([None, day(0)]), chance.choice([day(10), day(30), None])
    there = {name for name, column in TEXTS.items() if chance.random() < 0.5}
    said = {column: "low" if name == "risk" else "agreed" for name, column in TEXTS.items() if name in there}
    said |= {column: " " for name, column in TEXTS.items() if name not in there | {"risk"} and chance.random() < 0.5}
    ending = chance.random() < 0.3
    rows["scenarios"].append({"scenario_id": f"{p}-work", "product_id": p, "name": "x"})
    rows["pilots"].append(
        {"pilot_id": f"{p}-pilot", "product_id": p, "name": "T", "starts_on": begins, "ends_on": ends}
    )
    rows["products"].append({"product_id": p, "name": p.upper(), **said, "retired_on": day(90) if ending else None,
                             "stage": chance.choice([step.id for step in LIFECYCLE])})  # fmt: skip
    there |= ({"end"} if ending else set()) | ({"pilot"} if begins and ends else set())
    there |= {"pilot-ended"} if ends == day(10) else set()
    for name, (table, own) in put(p).items():
        if chance.random() < 0.5:
            there |= {name} | FOLLOWS.get(name, set())
            rows[table] += own
    if "checklist" in there and chance.random() < 0.3:
        rows["readiness"].append({"product_id": p, "item": "support", "done": False})
        there.remove("checklist")
    return there


@pytest.mark.parametrize("seed", range(2))
def test_stages_owe_what_is_not_in_the_registry(company: Company, september: Scope, seed: int) -> None:
    """Of every output exactly what was put there is ticked; a stage owes its own and those before it theirs; the
    delivery's stages likewise; a decided product that was retired is gone.
    """
    chance = Random(seed)
    rows: dict[str, Rows] = defaultdict(list)
    there = {p: registered(p, chance, rows) for p in ("a", "b", "c", "d")}
    rows["products"].append({"product_id": "gone", "name": "G", "retired_on": day(3)})
    review(company, rows.pop("eval_results", []))
    ask(company, rows.pop("tickets", []))
    for table, own in rows.items():
        company.has(table, own)
    found = {str(each["product"]): each for each in as_data(lifecycle(company.store, september))}
    assert found.keys() == there.keys()
    for p, each in found.items():
        stages: Any = each["delivery"]
        assert {name for stage in stages for name in stage["done"]} == {
            name for stage in DELIVERY for name in stage.outputs if name in there[p]
        }
        place = next(n for n, step in enumerate(LIFECYCLE) if step.id == each["stage"])
        assert each["owes"] == [name for name in LIFECYCLE[place].outputs if name not in there[p]]
        before = [name for step in LIFECYCLE[:place] for name in step.outputs]
        assert each["earlier"] == [name for name in before if name not in there[p]]
    assert all(output in OUTPUTS for step in (*LIFECYCLE, *DELIVERY) for output in step.outputs)


def test_time_in_a_stage_counts_from_when_it_was_said(
    company: Company, september: Scope, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not from a later edit of another column, nor from an earlier visit to the same stage; who answers is told by
    role; the command says the same, and a product without a stage comes first.
    """
    versions: list[tuple[Stage, int, int | None]] = [
        ("scaling", 0, 5), ("pilot_launch", 5, 12), ("scaling", 12, 12), ("scaling", 12, 20), ("scaling", 20, None),
    ]  # fmt: skip
    company.has("products", [
        {"product_id": "a", "name": "A", "stage": stage, "valid_from": day(since),
         "valid_to": None if until is None else day(until)}
        for stage, since, until in versions
    ])  # fmt: skip
    company.has("products", [{"product_id": "b", "name": "B"}, {"product_id": "c", "name": "C", "stage": "idea"}])
    company.has("roles", [
        {"role": "portfolio_lead", "user_id": "lea"}, {"role": "product_owner", "user_id": "pat", "product_id": "a"},
    ])  # fmt: skip
    silent, early, moved = sorted(
        lifecycle(company.store, september), key=lambda each: "bca".index(each.product.product_id)
    )
    assert lifecycle(company.store, september)[0].product.product_id == "b"
    assert (moved.since, moved.days, moved.first_said) == (
        day(12),
        (company.store.clock().date() - day(12)).days,
        False,
    )
    assert early.first_said
    assert (silent.step, silent.owes, silent.since) == (None, (), None)
    assert moved.primary == ("product_owner", ("pat",))
    assert moved.supporting == ("technical_owner", ())
    assert early.primary == ("portfolio_lead", ("lea",))
    company.store.close()
    assert main(["lifecycle", "--json", "--warehouse", str(company.store.path), "--until", "2026-10-04"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told[0]["stage"] is None
    assert [each["days"] for each in told if each["product"] == "a"] == [
        (datetime.now().astimezone().date() - day(12)).days  # the command asks the machine's clock
    ]


def standing(product: str, decision: Fate) -> ProductStanding:
    """A product with a verdict."""
    return ProductStanding(
        product=Product(product_id=product, name=product.upper()), readings={}, healths={}, health=UNKNOWN,
        verdict=ProductVerdict(decision, decision, f"It is to {decision}."), complete=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fates", "ground", "failing"),
    [
        ({}, "nothing", []),
        ({"a": "keep", "b": "scale"}, "sound", []),
        ({"a": "keep", "b": "fix"}, "failing", ["b"]),
        ({"a": "retire", "b": "merge"}, "failing", ["a", "b"]),
        ({"a": "measure", "b": "keep"}, "unproven", []),
        ({"a": "new"}, "unproven", []),
        ({"a": "measure", "b": "fix"}, "failing", ["b"]),
    ],
)
def test_an_initiative_is_as_sound_as_its_worst_product(
    company: Company, fates: dict[str, Fate], ground: str, failing: list[str]
) -> None:
    """Products serve it themselves or by a scenario; of equals the one that shall bring most comes first; whoever sees
    a part sees only what that part serves.
    """
    company.has("initiatives", [{"initiative_id": "plan", "name": "Plan", "expected_value": 5.0},
                                {"initiative_id": "other", "name": "Other"}])  # fmt: skip
    company.has("scenarios", [{"scenario_id": "s-b", "product_id": "b", "name": "x"}])
    company.has("initiative_products", [{"initiative_id": "plan", "product_id": "a"},
                                        {"initiative_id": "plan", "scenario_id": "s-b"},
                                        {"initiative_id": "plan", "product_id": "hidden"}])  # fmt: skip
    standings = [standing(product, decision) for product, decision in fates.items()]
    found = {each.initiative.initiative_id: each for each in initiatives(company.store, standings)}
    assert found["plan"].ground == ground
    assert [each.product.product_id for each in found["plan"].failing] == failing
    assert found["other"].ground == "nothing"
    assert next(iter(found)) == ("plan" if ground in ("failing", "nothing") else "other")
    assert len(initiatives(company.store, standings, whole=False)) == int(bool(fates))
