"""Registry: the products, what they are for, what is tried with them, and what was decided."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from data.record import Better, Count, Design, Id, Mode, Moment, Number, Person, Record, Text, Tier, in_order

Stage = Literal[
    "idea", "needs_assessment", "solution_selection", "pilot_launch", "value_validation", "scaling", "handover",
    "evolution", "closure",
]  # fmt: skip


class Product(Record):
    """An AI product of the portfolio."""

    table, natural_key = "products", ("product_id",)
    product_id: Id
    name: Text
    class_: Annotated[Text | None, Field(alias="class")] = None
    stage: Stage | None = None
    purpose: Text | None = None
    audience_description: Text | None = None
    connection_rules: Text | None = None
    constraints: Text | None = None
    piloting_process: Text | None = None
    handover_process: Text | None = None
    support_channel: Text | None = None
    risk_tier: Tier | None = None
    cadence: Literal["daily", "weekly", "monthly"] | None = None
    launched_on: date | None = None
    retired_on: date | None = None


class Pilot(Record):
    """A trial of a product by a team, with its planned end and what it must show."""

    table, natural_key = "pilots", ("pilot_id",)
    pilot_id: Id
    product_id: Id
    team_id: Id | None = None
    scenario_id: Id | None = None
    name: Text
    goal: Text | None = None
    hypothesis: Text | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    min_users: Count | None = None
    planned_tasks: Count | None = None
    mode: Mode | None = None
    design: Design | None = None
    constraints: Text | None = None
    risks: Text | None = None
    conclusions: Text | None = None
    criteria_hash: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Pilot":
        in_order("starts_on", "ends_on", self.starts_on, self.ends_on)
        return self


class Scenario(Record):
    """A piece of work that a product shall do better, faster or cheaper."""

    table, natural_key = "scenarios", ("scenario_id",)
    scenario_id: Id
    product_id: Id | None = None
    name: Text
    problem: Text | None = None
    current_process: Text | None = None
    human_review_required: bool | None = None
    escalation_path: Text | None = None
    risk_tier: Tier | None = None


class Initiative(Record):
    """A business initiative that products serve."""

    table, natural_key, people = "initiatives", ("initiative_id",), ("owner_id",)
    initiative_id: Id
    name: Text
    owner_id: Person | None = None
    expected_value: Number | None = None


class InitiativeProduct(Record):
    """Which products and scenarios serve an initiative."""

    table, natural_key = "initiative_products", ("initiative_id", "product_id", "scenario_id")
    initiative_id: Id
    product_id: Id | None = None
    scenario_id: Id | None = None


class Requirement(Record):
    """What a product must do, and the eval suite or case tag that shows it."""

    table, natural_key, people = "requirements", ("requirement_id",), ("owner_id",)
    requirement_id: Id
    product_id: Id | None = None
    scenario_id: Id | None = None
    text: Text
    risk_tier: Tier | None = None
    suite: Text | None = None
    case_tag: Text | None = None
    owner_id: Person | None = None


class Release(Record):
    """A dated change that readings before and after it are compared across."""

    table, natural_key = "releases", ("product_id", "service_version", "kind")
    product_id: Id
    service_version: Text
    released_at: Moment
    kind: Literal["model", "prompt", "index", "code", "price", "judge", "definition"]
    note: Text | None = None


class Target(Record):
    """What a metric shall reach, and the floor under which it fails; without product: for all."""

    table, natural_key = "targets", ("metric", "product_id", "pilot_id")
    metric: Id
    product_id: Id | None = None
    pilot_id: Id | None = None
    better: Better
    target: Number
    floor: Number


class Criterion(Record):
    """What a pilot must, should or must not do, agreed before it starts."""

    table, natural_key = "criteria", ("pilot_id", "criterion_id")
    pilot_id: Id
    criterion_id: Id
    metric: Id
    role: Literal["must", "should", "guardrail"]
    better: Better
    bar: Number
    floor: Number | None = None


class Readiness(Record):
    """An item of the checklist before a product or a pilot goes on."""

    table, natural_key = "readiness", ("product_id", "pilot_id", "item")
    product_id: Id
    pilot_id: Id | None = None
    item: Text
    done: bool
    evidence: Text | None = None


class Decision(Record):
    """Who decided what, when, on which recommendation and readings."""

    table, natural_key, people = "decisions", ("decision_id",), ("user_id", "second_id")
    decision_id: Id
    product_id: Id | None = None
    pilot_id: Id | None = None
    scenario_id: Id | None = None
    decided_at: Moment
    user_id: Person
    second_id: Person | None = None
    recommendation: Text | None = None
    decision: Text
    reason: Text | None = None
    conditions: Text | None = None
    readings_hash: Text | None = None
