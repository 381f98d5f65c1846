"""The six criteria by which use cases are put in order, against a table of cases and plain loops over the rows."""

import json
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest

from data.portfolio import Product, Scenario
from data.settings import Settings
from metrics.__main__ import main
from metrics.health import UNKNOWN, Goal, Health
from metrics.prioritise import as_data, lines, prioritise, rivals
from metrics.spec import MetricError, Reading, Scope
from metrics.use_case import MOST, Facts, Score, scores
from tests.metrics.company import Company, day, granted, tasks
from tests.metrics.inventories import topic
from tests.metrics.reviews import check, forget, review


def seen(metric: str, value: float | None, events: int = 200, **stated: Any) -> Reading:
    """A reading of a metric."""
    given: dict[str, Any] = {
        "metric": metric, "group": {}, "value": value, "low": None, "high": None, "level": 0.95, "units": 40,
        "events": events, "method": "", "status": "ok", "decides": True, "missing": "", "definition_hash": "a",
        "data_version": 1,
    }  # fmt: skip
    return Reading(**{**given, **stated})


WORK = Scenario(scenario_id="s", product_id="chat", name="Draft", risk_tier="medium", escalation_path="The desk.")
CHAT = Product(product_id="chat", name="Chat", connection_rules="Single sign-on.")
BEST = Facts(
    scenario=WORK, product=CHAT, tasks_a_month=1200, stated=True, minutes=20, hourly_rate=60, owners=1, reachable=90,
    outcomes=seen("task_success.outcome_coverage", 0.5), baselines=1, agreed="requirement r",
    errors=Health("green", "Fine."), errors_of="its tasks", context=seen("context_coverage", 0.95),
    context_goal=Goal(better="higher", target=0.9, floor=0.75), topics=4, kept=4, supported=True, teams=3, works=2,
)  # fmt: skip
NOTHING_KNOWN = Facts(scenario=Scenario(scenario_id="s", name="Draft"))
HIGH, LEFT = WORK.model_copy(update={"risk_tier": "high"}), {"works": 1}

CASES: list[tuple[str, str, dict[str, Any], tuple[int, int]]] = [
    # pain: 160 hours a month, a quarter, a sixteenth; without minutes 1,000 tasks
    ("a person's month", "pain", {"tasks_a_month": 480, "minutes": 20}, (3, 3)),
    ("a little less", "pain", {"tasks_a_month": 479, "minutes": 20}, (2, 2)),
    ("a quarter", "pain", {"tasks_a_month": 120, "minutes": 20}, (2, 2)),
    ("a sixteenth", "pain", {"tasks_a_month": 30, "minutes": 20}, (1, 1)),
    ("hardly any", "pain", {"tasks_a_month": 29, "minutes": 20}, (0, 0)),
    ("nobody timed it, often", "pain", {"tasks_a_month": 1000, "minutes": None}, (3, 3)),
    ("nobody timed it, seldom", "pain", {"tasks_a_month": 62, "minutes": None}, (0, 0)),
    ("nobody counted it", "pain", {"tasks_a_month": None}, (0, 3)),
    # people: an owner, enough for an interval, enough for a decision
    ("owner and many", "people", {}, (3, 3)),
    ("no owner", "people", {"owners": 0}, (2, 2)),
    ("twenty-nine people", "people", {"reachable": 29}, (2, 2)),
    ("nine people", "people", {"reachable": 9}, (1, 1)),
    ("audience not registered", "people", {"reachable": None}, (1, 3)),
    ("neither", "people", {"reachable": None, "owners": 0}, (0, 2)),
    # observable success
    ("ends known, baseline, agreed", "observable", {}, (3, 3)),
    ("too few ends known", "observable", {"outcomes": seen("x", 0.29)}, (2, 2)),
    ("no end known of 200 tasks", "observable", {"outcomes": seen("x", 0.0)}, (2, 2)),
    ("no task seen", "observable", {"outcomes": seen("x", None, 0)}, (2, 3)),
    ("never used", "observable", {"outcomes": None, "baselines": 0, "agreed": ""}, (0, 1)),
    # manageable risk
    ("medium, with a path, not wrong", "risk", {}, (3, 3)),
    ("high, reviewed", "risk", {"scenario": HIGH.model_copy(update={"human_review_required": True})}, (3, 3)),
    ("high, not reviewed", "risk", {"scenario": HIGH.model_copy(update={"human_review_required": False})}, (2, 2)),
    ("high, review not stated", "risk", {"scenario": HIGH}, (2, 3)),
    ("tier not stated", "risk", {"scenario": WORK.model_copy(update={"risk_tier": None})}, (2, 3)),
    ("no escalation path", "risk", {"scenario": WORK.model_copy(update={"escalation_path": " "})}, (2, 2)),
    ("surely wrong", "risk", {"errors": Health("red", "Wrong.")}, (2, 2)),
    ("probably wrong", "risk", {"errors": Health("likely_red", "Wrong.")}, (2, 2)),
    ("perhaps wrong", "risk", {"errors": Health("amber", "Perhaps.")}, (3, 3)),
    ("nobody looked", "risk", {"errors": UNKNOWN}, (2, 3)),
    # context
    ("covered, with experts", "context", {}, (3, 3)),
    ("between floor and target", "context", {"context": seen("context_coverage", 0.8)}, (2, 2)),
    ("under the floor", "context", {"context": seen("context_coverage", 0.7)}, (1, 1)),
    ("a topic without expert", "context", {"kept": 3}, (2, 2)),
    ("fresh, never probed", "context",
     {"context": seen("context_coverage", 0.95, status="insufficient", missing="Nobody has probed.")}, (1, 3)),
    ("not even fresh, never probed", "context", {"context": seen("context_coverage", 0.4, status="insufficient")},
     (1, 1)),
    ("inventory out of date", "context", {"context": seen("context_coverage", 0.95, status="stale")}, (1, 3)),
    ("no inventory", "context", {"topics": 0, "kept": 0}, (0, 3)),
    # reuse
    ("rules, support, several works", "reuse", {}, (3, 3)),
    ("one work, three teams", "reuse", LEFT, (3, 3)),
    ("one work, one team", "reuse", {**LEFT, "teams": 1}, (2, 2)),
    ("one work, teams unknown", "reuse", {**LEFT, "teams": None}, (2, 3)),
    ("no rules, no support", "reuse",
     {"product": CHAT.model_copy(update={"connection_rules": None}), "supported": False}, (1, 1)),
    ("no product", "reuse", {"product": None}, (0, 3)),
]  # fmt: skip


def of(facts: Facts, criterion: str) -> Score:
    """One criterion's score."""
    return next(score for score in scores(facts, Settings()) if score.criterion.id == criterion)


@pytest.mark.parametrize(("name", "criterion", "given", "ends"), CASES, ids=[case[0] for case in CASES])
def test_each_criterion_scores_as_its_rule_says(
    name: str, criterion: str, given: dict[str, Any], ends: tuple[int, int]
) -> None:
    """Points that are sure and points that are possible; whatever is not certain says what would have to be known."""
    found = of(replace(BEST, **given), criterion)
    assert (found.low, found.high) == ends
    assert bool(found.owed) == (found.low < found.high)
    assert all(sentence.endswith(".") for sentence in (*found.reasons, *found.owed))


def test_nothing_known_is_no_score_of_zero() -> None:
    """Of a work that was only named nothing is certain but what the registry leaves out, and each criterion asks."""
    found = scores(NOTHING_KNOWN, Settings())
    assert [score.criterion.id for score in found if not score.evidence] == ["pain", "context", "reuse"]
    assert all(score.owed for score in found)
    assert sum(score.high for score in found) == MOST - 4  # no owner, no baseline, nothing agreed, no path


@dataclass(frozen=True)
class Made:
    """What was put into the registry and the data about one scenario."""

    work: dict[str, Any]
    used: bool
    known: int
    unknown: int
    before: dict[str, float]
    owned: bool
    tested: bool


@dataclass(frozen=True)
class Sold:
    """What was put there about its product."""

    rules: str | None
    channel: str | None
    people: int
    teams: int
    topics: list[dict[str, object]]
    made: list[Made]


def sold(company: Company, p: str, chance: Random) -> Sold:
    """A product with random facts about it and its scenarios."""
    rules, channel = chance.choice(["by ticket", None, " "]), chance.choice(["#help", None])
    company.has(
        "products", [{"product_id": p, "name": p.upper(), "connection_rules": rules, "support_channel": channel}]
    )
    people, teams = chance.choice([0, 5, 12, 35]), chance.choice([0, 1, 2])
    who = [f"{p}-{n}" for n in range(people)]
    company.has("people", [
        {"user_id": w, "kind": "employee", "team_id": f"t{n % teams}" if teams else None} for n, w in enumerate(who)
    ])  # fmt: skip
    company.has("audience", [*(granted(w, p) for w in who), granted(f"{p}-gone", p, left=day(3))])
    topics = [
        topic(f"{p}{n}", p, approved=chance.random() < 0.8, sme_id=chance.choice(["x", "y", None]))
        for n in range(chance.choice([0, 4]))
    ]
    company.has("topics", topics)
    made = [worked(company, p, f"{p}{n}", chance) for n in range(chance.choice([1, 2]))]
    return Sold(rules, channel, people, teams, topics, made)


def worked(company: Company, p: str, s: str, chance: Random) -> Made:
    """A scenario: forty people's tasks over twenty days (or none), baselines, an owner, a requirement with a case."""
    work: dict[str, Any] = {
        "scenario_id": s, "product_id": p, "name": f"Work {s}", "risk_tier": chance.choice(["low", "high", None]),
        "human_review_required": chance.choice([True, False, None]),
        "escalation_path": chance.choice(["desk", "", None]),
    }  # fmt: skip
    company.has("scenarios", [work])
    known, unknown = chance.choice([(0, 0), (3, 1), (1, 9)])
    rows = [tasks(f"u{n}", day(n % 20), known, 0, unknown, scenario_id=s) for n in range(40)]
    if known:
        company.has("user_days", [{**row, "product_id": p} for row in rows])
    said = {"minutes_per_task": chance.choice([0, 3, 40]), "tasks_per_month": chance.choice([0, 700]),
            "task_success": chance.choice([0, 0.7])}  # fmt: skip
    before = {measure: value for measure, value in said.items() if value}
    company.has("baselines", [{"scenario_id": s, "measure": m, "value": v} for m, v in before.items()])
    owned, tested = chance.random() < 0.5, chance.random() < 0.5
    if owned:
        company.has("roles", [{"role": "scenario_owner", "user_id": "o", "scenario_id": s}])
    if tested:
        company.has("requirements", [
            {"requirement_id": s, "product_id": p, "scenario_id": s, "text": "x", "suite": "suite", "case_tag": s}
        ])  # fmt: skip
        about = {"product_id": p, "origin": "suite", "suite": "suite", "run_id": f"r{p}", "interaction_id": None}
        review(company, [check(f"{s}-1", day(2), True, **about)])
    return Made(work, bool(known), known, unknown, before, owned, tested)


def ends(of: Sold, each: Made) -> dict[str, tuple[int, int]]:
    """What the rules in words make of a scenario: sure and possible points of each criterion."""
    found: dict[str, tuple[int, int]] = {}
    count = each.before.get("tasks_per_month")
    if count is None and each.used:
        count = 40 * (each.known + each.unknown) / 20 * 365.25 / 12
    if count is None:
        found["pain"] = (0, 3)
    else:
        took = each.before.get("minutes_per_task")
        amount, full = (count * took / 60, 160.0) if took else (count, 1000.0)
        pain = 3 if amount >= full else 2 if amount >= full / 4 else 1 if amount >= full / 16 else 0
        found["pain"] = (pain, pain)
    owner, reached = int(each.owned), 2 if of.people >= 30 else int(of.people >= 10)
    found["people"] = (owner + reached, owner + (reached if of.people else 2))
    sure = int(bool(each.before.keys() - {"tasks_per_month"})) + int(each.tested)
    told = int(each.used and each.known / (each.known + each.unknown) >= 0.3)
    found["observable"] = (sure + told, sure + (told if each.used else 1))
    path = int(bool((each.work["escalation_path"] or "").strip()))
    tier, human = each.work["risk_tier"], each.work["human_review_required"]
    safe = int(tier == "low" or (tier == "high" and human is True))
    may = int(tier is None or (tier == "high" and human is None))
    found["risk"] = (path + safe, path + safe + may + 1)  # nobody looked for errors
    found["context"] = (0, 3)
    if of.topics:
        experts = int(all(t["sme_id"] for t in of.topics))
        fresh = sum(bool(t["approved"]) for t in of.topics) / len(of.topics)
        found["context"] = (experts, experts + (2 if fresh >= 0.9 else int(fresh >= 0.75)))  # nobody probed
    sure = int(bool((of.rules or "").strip())) + int(bool(of.channel))
    several, known = len(of.made) > 1, bool(of.people and of.teams)
    others = int(several or (known and of.teams > 1))
    found["reuse"] = (sure + others, sure + (others if several or known else 1))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_those_of_plain_loops_over_the_rows(workshop: Company, september: Scope, seed: int) -> None:
    """Whatever the registry says and leaves out: each criterion's sure and possible points, and the order they give."""
    forget(workshop)
    with workshop.store.write("test", "test") as tx:
        for table in ("scenarios", "baselines", "roles", "requirements"):
            tx.run(f"DELETE FROM {table}")
    chance = Random(seed)
    everything = [sold(workshop, p, chance) for p in ("a", "b", "c")]
    expected = {each.work["scenario_id"]: ends(of, each) for of in everything for each in of.made}
    found = prioritise(workshop.store, september)
    told: dict[Any, Any] = {each["scenario"]: each["criteria"] for each in as_data(found)}
    assert {s: {c["criterion"]: (c["low"], c["high"]) for c in of} for s, of in told.items()} == expected
    totals = {s: [sum(side) for side in zip(*of.values(), strict=True)] for s, of in expected.items()}
    assert [(case.low, case.high) for case in found] == sorted(
        ((low, high) for low, high in totals.values()), reverse=True
    )
    first = found[0].facts.scenario.scenario_id
    assert len(rivals(found)) == sum(high > totals[first][0] for s, (_, high) in totals.items() if s != first)


def test_a_work_without_product_is_asked_about_and_hidden_from_who_sees_a_part(
    company: Company, september: Scope, capsys: pytest.CaptureFixture[str]
) -> None:
    """A baseline of how often it is done gives it its pain; who may see one product only does not see it; teams are
    refused; the command tells the same.
    """
    company.has("products", [{"product_id": "chat", "name": "Chat"}])
    company.has("scenarios", [{"scenario_id": "paper", "name": "File a paper"}])
    company.has("baselines", [{"scenario_id": "paper", "measure": m, "value": v}
                              for m, v in (("tasks_per_month", 300.0), ("minutes_per_task", 40.0))])  # fmt: skip
    (case,) = prioritise(company.store, september)
    assert case.scores[0].reasons == ("300 tasks a month, 40 minutes each: 200 hours a month.",)
    assert prioritise(company.store, september.model_copy(update={"visible": frozenset({"chat"})})) == []
    assert prioritise(company.store, september.model_copy(update={"products": ("chat",)})) == []
    with pytest.raises(MetricError, match="of the company"):
        prioritise(company.store, september.model_copy(update={"teams": ("law",)}))
    told, row = as_data([case]), lines([case])[1]
    company.store.close()
    assert main(["prioritise", "--json", "--warehouse", str(company.store.path), "--until", "2026-10-04"]) == 0
    assert json.loads(capsys.readouterr().out) == told
    assert row[:4] == ("File a paper", "-", f"{case.low}–{case.high}", "3")
    assert row[7:9] == ("?", "?")
