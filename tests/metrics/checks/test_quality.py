"""Checks of how well products work."""

from datetime import date, datetime

from data.operation import Incident
from data.portfolio import Requirement, Scenario
from metrics.checks import Standing
from metrics.spec import Reading
from tests.metrics.checks.house import House, ago, reading, stamp, whole

USED, LITTLE_USED = reading("adoption.reach", 0.35, 0.55), reading("adoption.reach", 0.34, 0.55)
FAILS, WORKS = reading("task_success", 0.40, 0.64), reading("task_success", 0.40, 0.65)
UNKNOWN = reading("task_success", None, None, "not_measured")
FEW = reading("task_success", None, None, "insufficient")
UNMEASURED = "reaches at least 35.0% of its audience, and nobody measures whether it succeeds."
FAILING = "reaches at least 35.0% of its audience, and at most 64.0% of its tasks succeed; the floor is 65.0%."


def test_usage_without_success(house: House) -> None:
    """Use that is certain and success that is unknown or certainly too low; where either is not certain, nothing."""
    cases: dict[str, tuple[Reading | None, Reading | None, str]] = {
        "fails": (USED, FAILS, FAILING),
        "nobody-measures": (USED, UNKNOWN, UNMEASURED),
        "not-asked": (USED, None, UNMEASURED),
        "works": (USED, WORKS, ""),
        "too-few": (USED, FEW, ""),
        "little-used": (LITTLE_USED, FAILS, ""),
        "little-known": (LITTLE_USED, UNKNOWN, ""),
        "use-unknown": (None, FAILS, ""),
        "few-users": (FEW, FAILS, ""),
    }
    house.says(*(row for name in cases for row in whole(name)))
    standings = {name: Standing(reach, 0.35, success, 0.65) for name, (reach, success, _) in cases.items()}
    found = house.finds(readings=standings)
    assert {(finding.check, finding.pilot) for finding in found} == {("usage-without-success", None)}
    assert all(finding.subject == finding.product for finding in found)
    assert {finding.subject: finding.what for finding in found} == {
        name: f"{name.title()} {said}" for name, (_, _, said) in cases.items() if said
    }


def test_without_a_floor_nothing_is_judged(house: House) -> None:
    """Where nobody said when use or success fails, no reading can break the check; an unregistered product neither."""
    house.says(*whole("chat"), *whole("code"))
    no_floor = Standing(USED, 0.35, FAILS, None)
    standings = {"chat": Standing(USED, None, FAILS, 0.65), "code": no_floor, "x": Standing(USED, 0.35, FAILS, 0.65)}
    assert house.finds(readings=standings) == []


def need(number: str, **stated: object) -> Requirement:
    return Requirement.model_validate({"requirement_id": number, "text": "It cites its source.", **stated})


def test_requirements_without_eval(house: House) -> None:
    """A requirement is shown by a case tag, or by a suite that has results of its product."""
    moved = Scenario(scenario_id="code-work", product_id="notes", name="Work", valid_from=date(2026, 1, 5))
    house.says(moved).says(*whole("chat"), *whole("code"), *whole("notes"))
    house.says(
        need("untested", product_id="chat"),
        need("tagged", product_id="chat", case_tag="cites"),
        need("suited", product_id="chat", suite="nightly"),
        need("never", product_id="chat", suite="weekly"),
        need("elsewhere", product_id="code", suite="nightly"),
        need("by-scenario", scenario_id="code-work", suite="nightly"),
        need("anywhere", suite="nightly"),
        need("nowhere"),
    )
    house.loads("eval_results", {"suite": "nightly", "product_id": "chat"})
    assert house.broken("requirement-without-eval") == {
        "untested": "Requirement untested of Chat names no eval suite and no case tag.",
        "never": 'Requirement never of Chat names suite "weekly", which has no results.',
        "elsewhere": 'Requirement elsewhere of Code names suite "nightly", which has no results.',
        "by-scenario": 'Requirement by-scenario of Code names suite "nightly", which has no results.',
        "nowhere": "Requirement nowhere names no eval suite and no case tag.",
    }


def outage(number: str, owner: str | None = None, restored: datetime | None = None, product: str = "chat") -> Incident:
    return Incident(
        incident_id=number, product_id=product, started_at=ago(3), summary="Down", owner_id=owner, restored_at=restored
    )


def test_open_incidents_without_owner(house: House) -> None:
    """An incident that goes on and is nobody's; a restored one, an owned one and one of no product here are not."""
    house.says(*whole("chat"), outage("lost"), outage("owned", "eve"), outage("over", None, ago(2)))
    house.says(outage("far", product="nowhere"))
    assert house.broken("open-incident-without-owner") == {
        "lost": "Incident lost of Chat has been open since 2026-09-27 and has no owner."
    }


WRONG = {
    "run_at": stamp(10), "origin": "production_audit", "evaluator_kind": "human", "error_type": "incorrect",
    "passed": "false", "interaction_id": "i1",
}  # fmt: skip


def test_wrong_outputs_nobody_answers_for(house: House) -> None:
    """A content error that people found in an audit within 84 days, of a product without technical owner."""
    audits: dict[str, dict[str, object]] = {
        "incorrect": {},
        "unsupported": {"error_type": "unsupported"},
        "unsafe": {"error_type": "unsafe"},
        "84 days": {"run_at": stamp(84)},
        "85 days": {"run_at": stamp(85)},
        "technical": {"error_type": "technical"},
        "of no type": {"error_type": None},
        "by a broken check": {"eval_error": "timeout", "passed": None},
        "passed": {"passed": "true"},
        "by a judge": {"evaluator_kind": "llm"},
        "in a suite": {"origin": "suite"},
    }
    house.says(*whole("owned"), *(row for name in audits for row in whole(name, "technical owner")))
    house.loads(
        "eval_results",
        *({**WRONG, "product_id": name, **row} for name, row in audits.items()),
        {**WRONG, "product_id": "owned"},
    )
    dated = dict.fromkeys(("incorrect", "unsupported", "unsafe", "of no type"), "2026-09-20") | {
        "84 days": "2026-07-08"
    }
    assert house.broken("wrong-outputs-without-owner") == {
        name: f"People found 1 output of {name.title()} wrong, last on {day}, and it has no technical owner."
        for name, day in dated.items()
    }


def test_an_output_is_wrong_once(house: House) -> None:
    """Two people who found the same output wrong found one; another output is another."""
    house.says(*whole("chat", "technical owner"))
    house.loads(
        "eval_results",
        WRONG | {"evaluator": "eve"},
        WRONG | {"evaluator": "max", "run_at": stamp(5), "case_id": "c2"},
        WRONG | {"interaction_id": "i2"},
        WRONG | {"interaction_id": "i3"},
        WRONG | {"interaction_id": None, "case_id": "c3"},
    )
    assert house.broken("wrong-outputs-without-owner") == {
        "chat": "People found 4 outputs of Chat wrong, last on 2026-09-25, and it has no technical owner."
    }
