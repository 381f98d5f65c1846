"""The catalogue of checks, and whose findings are told."""

from datetime import date

import pytest
import sqlglot
from sqlglot import exp

from data.operation import Incident, Setting
from data.people import Member, PersonRecord, Topic
from data.portfolio import Criterion, Initiative, InitiativeProduct, Pilot, Product, Requirement, Scenario, Target
from data.record import Record
from metrics.checks import CHECKS, COMPLETENESS, Check, Judged, Standing, completeness
from tests.metrics.checks.house import AS_OF, LONG_AGO, House, ago, reading, role, stamp, trial, whole

IDS = (
    "no-owner", "no-technical-owner", "no-support", "no-audience", "no-scenario", "no-metric", "no-baseline",
    "no-connection-rules", "no-lifecycle-stage", "no-piloting-process", "no-handover", "one-team-product",
    "owner-without-decision", "business-absent", "same-scenario-twice", "initiative-without-product",
    "product-without-initiative", "pilot-overdue", "criteria-changed-after-start", "topic-without-sme",
    "answer-never-documented", "usage-without-success", "requirement-without-eval", "open-incident-without-owner",
    "wrong-outputs-without-owner", "gaps-not-in-backlog",
)  # fmt: skip
USELESS = Standing(reading("adoption.reach", 0.5, 0.6), 0.35, reading("task_success", None, None, "not_measured"), 0.65)


def ruin(house: House, name: str, **stated: object) -> dict[str, Standing]:
    """Products that break every check between them: one nobody describes, one for a single team, and its twin."""
    void, busy = f"{name}-void", f"{name}-busy"
    rows: list[Record] = [
        Product(product_id=void, name=void),
        Product(product_id=busy, name=busy, stage="scaling"),
        role("product_owner", busy),
        PersonRecord(user_id=f"{name}@x.com", team_id="sales"),
        Member(product_id=busy, user_id=f"{name}@x.com", granted_on=LONG_AGO),
        Product(product_id=f"{name}-twin", name=f"{name}-twin"),
        Scenario(scenario_id=f"{name}-s1", product_id=f"{name}-twin", name="Mail"),
        Scenario(scenario_id=f"{name}-s2", product_id=busy, name="mail"),
        trial(f"{name}-trial", busy, ends_on=date(2026, 8, 1)),
        Criterion(pilot_id=f"{name}-trial", criterion_id="c", metric="m", role="must", better="higher", bar=1),
        Topic(topic_id=f"{name}-topic", product_id=busy, name="Tax"),
        Requirement(requirement_id=f"{name}-need", product_id=busy, text="It cites."),
        Incident(incident_id=f"{name}-down", product_id=busy, started_at=ago(2), summary="Down"),
    ]
    house.says(*(row.model_copy(update=stated) if isinstance(row, Product) else row for row in rows))
    gap = {"product_id": busy, "kind": "context_gap", "opened_at": stamp(40)}
    house.loads(
        "tickets",
        gap | {"ticket_id": f"{name}-1", "status": "done", "resolved_at": stamp(30)},
        gap | {"ticket_id": f"{name}-2", "status": "new"},
    )
    run = {"product_id": busy, "origin": "suite", "suite": "nightly", "passed": "false", "case_id": f"{name}-case"}
    wrong = {"origin": "production_audit", "evaluator_kind": "human", "error_type": "unsafe", "passed": "false"}
    house.loads(
        "eval_results",
        *({**run, "run_id": f"r{days}", "run_at": stamp(days)} for days in (20, 1)),
        {**wrong, "product_id": busy, "case_id": f"{name}-audited", "run_at": stamp(9)},
    )
    return {busy: USELESS}


def test_every_check_is_there_in_order() -> None:
    """The catalogue holds the checks of the house, the eleven of completeness first."""
    assert tuple(check.id for check in CHECKS) == IDS
    assert IDS[:11] == COMPLETENESS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_says_its_rule(check: Check | Judged) -> None:
    """A title, and the rule as one sentence without a word of SQL."""
    assert check.title
    assert check.rule[0].isupper()
    assert check.rule.endswith(".")
    assert ". " not in check.rule
    assert "_" not in check.title + check.rule


@pytest.mark.parametrize("check", [check for check in CHECKS if isinstance(check, Check)], ids=lambda check: check.id)
def test_every_query_can_move(check: Check) -> None:
    """The text of a check is one SELECT that Spark's dialect takes, too."""
    level = sqlglot.ErrorLevel.RAISE
    spark = sqlglot.transpile(check.sql, read="duckdb", write="spark", unsupported_level=level)
    assert [type(sqlglot.parse_one(text, read="spark")) for text in spark] in ([exp.Select], [exp.Union])


def test_an_empty_warehouse_breaks_nothing(house: House) -> None:
    """Where nothing is registered or loaded there is nothing to find, whoever asks."""
    assert house.finds(readings={"chat": USELESS}) == []
    assert house.finds(products=set()) == []
    assert completeness([], []) == {}


def test_everything_can_be_broken_at_once(house: House) -> None:
    """A house in ruins breaks every check; findings come in the order of the checks, each about what its check is."""
    standings = ruin(house, "a")
    house.says(Initiative(initiative_id="i", name="Growth"))
    found = house.finds(readings=standings)
    assert list(dict.fromkeys(finding.check for finding in found)) == list(IDS)
    about = {check.id: check.about for check in CHECKS}
    for finding in found:
        if about[finding.check] == "product":
            assert finding.subject == finding.product
        if about[finding.check] == "pilot":
            assert finding.subject == finding.pilot
    assert completeness(found, ["a-void", "a-busy"]) == {"a-void": 1, "a-busy": 4}


def test_a_retired_product_is_spared_every_check(house: House) -> None:
    """Once retired, neither a product nor its pilots, topics, tickets, incidents and cases break anything."""
    standings = ruin(house, "a", retired_on=AS_OF)
    assert house.finds(readings=standings) == []


def test_only_what_is_in_force_counts(house: House) -> None:
    """What a product and a pilot were once said to be breaks nothing, and neither does what was taken back."""
    before, since = date(2026, 2, 2), date(2026, 6, 1)
    house.says(Product(product_id="chat", name="Old", valid_from=before), trial(starts_on=since, valid_from=before))
    house.says(*whole("chat"), trial(starts_on=date(2026, 12, 1)))
    assert house.finds() == []
    house.says(*broken(), trial("late", ends_on=date(2026, 8, 1), starts_on=None))
    assert {f.check for f in house.finds()} == {
        "initiative-without-product", "pilot-overdue", "topic-without-sme", "requirement-without-eval",
        "open-incident-without-owner",
    }  # fmt: skip
    for model in {type(row) for row in broken()}:
        house.takes_back(model, **({"name": "Growth"} if model is Initiative else {}))
    house.takes_back(Pilot, pilot_id="late")
    assert house.finds() == []


def test_what_is_taken_back_is_lacking(house: House) -> None:
    """A scenario, a target or a link to an initiative that was ended no longer serves the product."""
    house.says(*whole("chat"))
    house.takes_back(Scenario).takes_back(Target).takes_back(InitiativeProduct)
    assert [finding.check for finding in house.finds()] == [
        "no-scenario", "no-metric", "no-baseline", "initiative-without-product", "product-without-initiative",
    ]  # fmt: skip


def broken() -> list[Record]:
    """Rows of which each breaks a check."""
    return [
        Initiative(initiative_id="i", name="Growth"),
        Topic(topic_id="tax", product_id="chat", name="Tax"),
        Requirement(requirement_id="r", product_id="chat", text="It cites."),
        Incident(incident_id="down", product_id="chat", started_at=ago(2), summary="Down"),
    ]


def test_only_visible_products_are_told(house: House) -> None:
    """Who may see some products is told of them alone: no other's name in a sentence, and nothing of no product."""
    standings = ruin(house, "a") | ruin(house, "b")
    house.says(
        Initiative(initiative_id="i", name="Growth"),
        Topic(topic_id="t", name="Tax"),
        Requirement(requirement_id="r", text="It cites."),
    )
    every, seen = house.finds(readings=standings), {"b-busy", "b-void", "b-twin"}
    told = house.finds(products=seen, readings=standings)
    assert house.finds(products=set(), readings=standings) == []
    assert {finding.product for finding in told} == seen
    assert [f for f in told if "a-" in f.what] == []
    both = {"same-scenario-twice"}  # its sentence names other products, so it differs with who asks
    expected = [f for f in every if f.product in seen and f.check not in both]
    assert [f for f in told if f.check not in both] == expected
    assert [f.subject for f in told if f.check in both] == ["b-s2", "b-s1"]
    assert [f.subject for f in house.finds(products={"b-busy"}) if f.check in both] == []
    assert {f.check for f in every if f.product is None} == {
        "initiative-without-product", "topic-without-sme", "requirement-without-eval",
    }  # fmt: skip


def test_ages_are_counted_in_local_days(house: House) -> None:
    """Fourteen days ago begins at midnight in the reporting zone: in Tokyo at 15:00 UTC of the day before."""
    house.says(Setting(key="reporting_zone", value="Asia/Tokyo"), Product(product_id="chat", name="Chat"))
    gap = {"kind": "context_gap", "status": "new", "product_id": "chat"}
    house.loads(
        "tickets",
        gap | {"ticket_id": "older", "opened_at": "2026-09-15T14:59:00Z"},
        gap | {"ticket_id": "younger", "opened_at": "2026-09-15T15:00:00Z"},
    )
    assert house.broken("gaps-not-in-backlog") == {
        "older": "Ticket older of Chat has been open since 2026-09-15, and nobody works on it."
    }
