"""Checks of a product's place in the portfolio."""

from typing import get_args

from data.people import Member, PersonAlias, PersonRecord, Role
from data.portfolio import Decision, Initiative, InitiativeProduct, Scenario, Stage
from tests.metrics.checks.house import AS_OF, LONG_AGO, House, decision, trial, whole


def member(who: str, product: str = "chat", **stated: object) -> Member:
    return Member.model_validate({"product_id": product, "user_id": who, "granted_on": LONG_AGO, **stated})


def test_a_product_of_one_team_is_a_pilot(house: House) -> None:
    """Everybody whose team is known is of one team: found, with how many; a second team is enough to pass."""
    house.says(*whole("chat", "audience"), *whole("code"))
    house.says(PersonRecord(user_id="ann", team_id="sales"), PersonRecord(user_id="bea"))
    house.says(member("ann"), member("ada@chat.com"), member("bea"), member("stranger"))
    assert house.broken("one-team-product") == {
        "chat": "Chat is in stage scaling, yet everybody of its audience whose team is known is of team sales (2 of 4)."
    }


def test_one_team_is_right_before_scaling(house: House) -> None:
    """In the stages in which a product is not yet for everybody, or no longer, one team is no finding."""
    stages = (*get_args(Stage), None)
    house.says(*(row for stage in stages for row in whole(str(stage), "audience", stage=stage)))
    house.says(*(member(f"ada@{stage}.com", str(stage)) for stage in stages))
    assert set(house.broken("one-team-product")) == {"scaling", "handover", "evolution"}


def test_teams_of_people_who_do_not_count(house: House) -> None:
    """A service account, somebody who left and a second name of the same person are no second team; an audience of
    which no team is known says nothing.
    """
    house.says(*whole("chat", "audience"), *whole("code", "audience"), member("who", "code"))
    house.says(
        PersonRecord(user_id="bot", team_id="legal", kind="service"),
        PersonAlias(source_system="mail", source_user="A. Da", user_id="ada@chat.com"),
        PersonRecord(user_id="A. Da", team_id="legal"),
    )
    house.says(member("ada@chat.com"), member("A. Da"), member("bot"), member("ben@chat.com", left_on=AS_OF))
    assert {subject: what[-9:] for subject, what in house.broken("one-team-product").items()} == {"chat": "(1 of 1)."}


def test_an_owner_who_decided_nothing(house: House) -> None:
    """A product with an owner has a decision about itself or one of its pilots; one about another thing is none."""
    house.says(*whole("chat", "decision", stage="value_validation"), decision("d1"), decision("d2", pilot="elsewhere"))
    house.says(*whole("code", "decision"), decision("d3", "code"))
    house.says(*whole("notes", "decision"), trial("t", "notes"), decision("d4", pilot="t"))
    assert house.broken("owner-without-decision") == {
        "chat": "Chat has an owner and is in stage value validation, and no decision about it or its pilots was"
        " recorded."
    }


def test_when_a_decision_is_due(house: House) -> None:
    """From value validation to evolution; before, in closure and without a stage none is missed."""
    house.says(*(row for stage in (*get_args(Stage), None) for row in whole(str(stage), "decision", stage=stage)))
    assert set(house.broken("owner-without-decision")) == {"value_validation", "scaling", "handover", "evolution"}


def test_without_owner_no_decision_is_missed(house: House) -> None:
    """A product without owner lacks the owner, not the decision; a decision taken back was recorded."""
    house.says(*whole("chat", "decision")).takes_back(Role, role="product_owner")
    house.says(*whole("code")).takes_back(Decision, decision_id="code-kept")
    assert house.broken("owner-without-decision") == {}


def scenario(number: str, product: str | None, name: str) -> Scenario:
    return Scenario(scenario_id=number, product_id=product, name=name)


def test_the_same_scenario_twice(house: House) -> None:
    """Names that differ in case and spaces only are one, across products; within one, or of no product, they may be."""
    house.says(*whole("chat"), *whole("code"), *whole("notes"))
    house.says(
        scenario("s1", "chat", "Sort Mail"),
        scenario("s2", "code", "sort\u00a0 mail"),
        scenario("s3", "notes", "SORTMAIL"),
        scenario("s4", "chat", "Write minutes"),
        scenario("s5", "chat", "write minutes"),
        scenario("s6", None, "Write minutes"),
        scenario("s7", "code", "Sort mails"),
    )
    assert house.broken("same-scenario-twice") == {
        "s1": 'Scenario "Sort Mail" of Chat is also a scenario of Code and 1 more.',
        "s2": 'Scenario "sort\u00a0 mail" of Code is also a scenario of Chat and 1 more.',
        "s3": 'Scenario "SORTMAIL" of Notes is also a scenario of Chat and 1 more.',
    }


def test_an_ended_scenario_is_not_there_twice(house: House) -> None:
    """Once one of the two is taken back the other stands alone."""
    house.says(*whole("chat"), *whole("code"), scenario("s1", "chat", "Mail"), scenario("s2", "code", "Mail"))
    assert set(house.broken("same-scenario-twice")) == {"s1", "s2"}
    house.takes_back(Scenario, scenario_id="s2")
    assert house.broken("same-scenario-twice") == {}


def test_initiatives_and_products_serve_each_other(house: House) -> None:
    """An initiative whose only row names no product is found, and so is a product whose only initiative was ended."""
    house.says(*whole("chat"), *whole("code"))
    house.says(Initiative(initiative_id="i", name="Growth"), Initiative(initiative_id="j", name="Thrift"))
    house.says(
        InitiativeProduct(initiative_id="i", scenario_id="chat-work"),
        InitiativeProduct(initiative_id="j", product_id="chat", scenario_id="chat-work"),
    )
    house.takes_back(Initiative, initiative_id="code-plan")
    assert house.broken("initiative-without-product") == {"i": 'No product serves the initiative "Growth".'}
    assert house.broken("product-without-initiative") == {"code": "Code serves no initiative."}
