"""The eleven checks of every product, and how complete the registry is about it."""

import itertools
from datetime import date
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.economics import Baseline
from data.people import Member, PersonRecord, Role
from data.portfolio import Product, Scenario, Stage, Target
from data.record import Record
from metrics.checks import COMPLETENESS, completeness
from tests.metrics.checks.house import AS_OF, LONG_AGO, TODAY, House, parts, role, trial, whole

STAGES = get_args(Stage)
LACKING: list[tuple[str, dict[str, object], set[str]]] = [
    ("owner", {}, {"no-owner"}),
    ("technical owner", {}, {"no-technical-owner"}),
    ("support", {"support_channel": None, "stage": "idea"}, {"no-support"}),
    ("support", {}, {"no-handover"}),
    ("audience", {}, {"no-audience"}),
    ("scenario", {}, {"no-scenario", "no-baseline"}),
    ("target", {}, {"no-metric"}),
    ("baseline", {}, {"no-baseline"}),
    ("", {"connection_rules": None}, {"no-connection-rules"}),
    ("", {"stage": None}, {"no-lifecycle-stage"}),
    ("", {"piloting_process": None}, {"no-piloting-process"}),
    ("", {"handover_process": None}, {"no-handover"}),
    ("initiative", {}, {"product-without-initiative"}),
    ("decision", {}, {"owner-without-decision"}),
]


def test_each_thing_that_is_lacking_is_found(house: House) -> None:
    """Of products that each lack one thing, that thing is found of each, and nothing of one that lacks nothing."""
    lacking = [whole(f"p{number}", without, **stated) for number, (without, stated, _) in enumerate(LACKING)]
    house.says(*whole("whole"), *(row for rows in lacking for row in rows))
    found = house.finds()
    assert all(finding.subject == finding.product and finding.pilot is None for finding in found)
    assert all(str(finding.product).title() in finding.what and finding.what.endswith(".") for finding in found)
    checks = {
        f"p{number}": {f.check for f in found if f.product == f"p{number}"} for number in range(len(LACKING))
    }  # fmt: skip
    assert checks == {f"p{number}": expected for number, (_, _, expected) in enumerate(LACKING)}
    assert {finding.product for finding in found} == set(checks)
    score = {f"p{number}": 11 - len(expected & set(COMPLETENESS)) for number, (_, _, expected) in enumerate(LACKING)}
    assert completeness(found, [*checks, "whole"]) == {**score, "whole": 11}


def test_a_retired_product_is_not_checked(house: House) -> None:
    """A product retired by today breaks nothing; one that will be retired tomorrow is checked until then."""
    house.says(Product(product_id="old", name="Old", retired_on=TODAY))
    assert house.finds() == []
    assert {finding.product for finding in house.finds(today=date(2026, 10, 4))} == {"old"}


def test_an_ended_role_is_no_role(house: House) -> None:
    """Who gave up a role does not hold it."""
    house.says(*whole("chat"))
    house.takes_back(Role, role="product_owner").takes_back(Role, role="technical_owner")
    assert [finding.check for finding in house.finds()] == ["no-owner", "no-technical-owner"]


def test_a_role_of_a_pilot_is_not_one_of_the_product(house: House) -> None:
    """The owner of a pilot or a scenario, or of the whole portfolio, does not own the product."""
    house.says(*whole("chat", "owner"), role("product_owner", "chat", pilot="trial"), role("product_owner"))
    house.says(role("product_owner", "chat", scenario="chat-work"))
    assert set(house.broken("no-owner")) == {"chat"}


def test_one_way_to_support_is_enough(house: House) -> None:
    """A support team without a channel is support, and so is a channel without a team."""
    house.says(*whole("chat", stage="idea", support_channel=None), *whole("code", "support", stage="idea"))
    assert house.broken("no-support") == {}


def test_an_audience_is_people_who_have_not_left(house: House) -> None:
    """Who left by the last day with data is no audience, and neither are services and the product's own team."""
    members: dict[str, tuple[str, date | None]] = {
        "stays": ("employee", None), "left": ("employee", AS_OF), "leaves": ("employee", date(2026, 10, 1)),
        "service": ("service", None), "builders": ("product_team", None),
    }  # fmt: skip
    rows: list[Record] = []
    for name, (kind, left) in members.items():
        ann = f"ann of {name}"
        rows += [*whole(name, "audience"), PersonRecord.model_validate({"user_id": ann, "kind": kind})]
        rows.append(Member(product_id=name, user_id=ann, left_on=left))
    house.says(*rows)
    assert set(house.broken("no-audience")) == {"left", "service", "builders"}


def test_targets_of_others_do_not_count(house: House) -> None:
    """A target for all products, for another one or for a pilot is not a target of the product."""
    house.says(*whole("chat", "target"), *whole("code"), trial())
    house.says(
        Target(metric="adoption", better="higher", target=0.5, floor=0.25),
        Target(metric="adoption", product_id="chat", pilot_id="trial", better="higher", target=0.5, floor=0.25),
    )
    assert set(house.broken("no-metric")) == {"chat"}


def test_a_baseline_of_any_scenario_is_enough(house: House) -> None:
    """Of several scenarios one with a baseline suffices; a baseline that was taken back does not."""
    house.says(*whole("chat"), *whole("code"), Scenario(scenario_id="more", product_id="chat", name="More"))
    house.takes_back(Baseline, scenario_id="code-work")
    assert set(house.broken("no-baseline")) == {"code"}


def test_a_handover_is_asked_for_where_a_product_is_run(house: House) -> None:
    """In scaling, handover and evolution a product needs a handover process and a support team, before and after not;
    the sentence names what is lacking.
    """
    rows: list[Record] = []
    expected = {}
    for stage, process, team in itertools.product(STAGES, (True, False), (True, False)):
        name = f"{stage}-{process}-{team}".lower()
        stated = {"stage": stage, "handover_process": "by May" if process else None}
        rows += whole(name, "" if team else "support", **stated)
        lacking = [each for each, there in (("a handover process", process), ("a support team", team)) if not there]
        if stage in ("scaling", "handover", "evolution") and lacking:
            expected[name] = f"{name.title()} is in stage {stage} without {' or '.join(lacking)}."
    house.says(*rows)
    assert len(expected) == 9
    assert house.broken("no-handover") == expected


OPTIONAL = ("owner", "technical owner", "support", "audience", "scenario", "baseline", "target")
TEXTS = ("connection_rules", "piloting_process", "handover_process", "support_channel")
Said = tuple[set[str], str | None]


def oracle(said: set[str], stage: str | None) -> int:
    """How many of the eleven things are said about a product: plain counting."""
    score = 0
    score += "owner" in said
    score += "technical owner" in said
    score += "support" in said or "support_channel" in said
    score += "audience" in said
    score += "scenario" in said
    score += "target" in said
    score += "scenario" in said and "baseline" in said
    score += "connection_rules" in said
    score += stage is not None
    score += "piloting_process" in said
    if stage in ("scaling", "handover", "evolution"):
        score += "handover_process" in said and "support" in said
    else:
        score += 1
    return score


def rows_of(name: str, said: set[str], stage: str | None) -> list[Record]:
    """The registry rows that say this about a product."""
    texts = {column: "written" if column in said else None for column in TEXTS}
    product = Product(product_id=name, name=name, stage=stage, **texts)
    return [product, *(row for part in OPTIONAL if part in said for row in parts(name)[part])]


SAID = st.tuples(st.sets(st.sampled_from((*OPTIONAL, *TEXTS))), st.sampled_from((None, *STAGES)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SAID, min_size=5, max_size=12))
def test_completeness_equals_plain_counting(house: House, given_products: list[Said]) -> None:
    """For products of which anything may be said or not, completeness is what a person counts."""
    tables = ("products", "roles", "audience", "scenarios", "baselines", "targets")
    with house.store.write("empty", "test") as tx:
        for table in tables:
            tx.run(f"DELETE FROM {table}")
    named = {f"p{number}": said for number, said in enumerate(given_products)}
    house.says(*(row for name, (said, stage) in named.items() for row in rows_of(name, said, stage)))
    expected = {name: oracle(said, stage) for name, (said, stage) in named.items()}
    assert completeness(house.finds(), named) == expected


def test_somebody_in_the_audience_of_a_pilot_is_audience(house: House) -> None:
    """A product that only a pilot's people use has an audience."""
    house.says(*whole("chat", "audience"), trial())
    house.says(Member(product_id="chat", pilot_id="trial", user_id="ann", granted_on=LONG_AGO))
    assert house.broken("no-audience") == {}
