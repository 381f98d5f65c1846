"""The registry: what people say about products, pilots, topics and the rest, one model a table.

Every table also has valid_from, valid_to (NULL = in force), changed_by and changed_at; a model carries valid_from.
"""

from data.economics import Assumption, Baseline, Cost, Price
from data.operation import Feed, Incident, Mapping, Setting
from data.people import CalendarDay, Member, PersonAlias, PersonRecord, Role, Topic
from data.portfolio import (
    Criterion,
    Decision,
    Initiative,
    InitiativeProduct,
    Pilot,
    Product,
    Readiness,
    Release,
    Requirement,
    Scenario,
    Target,
)
from data.record import Record

MODELS: tuple[type[Record], ...] = (
    Product, Pilot, Scenario, Initiative, InitiativeProduct, PersonRecord, PersonAlias, Member, Role, Topic,
    Requirement, Release, Target, Criterion, Baseline, Cost, Price, Assumption, Incident, Decision, Readiness, Feed,
    Mapping, CalendarDay, Setting,
)  # fmt: skip
REGISTRY: dict[str, type[Record]] = {model.table: model for model in MODELS}
"""The model of each registry table, in the order of the contract: what others refer to comes before them."""

TRACKING = ("valid_from", "valid_to", "changed_by", "changed_at")
"""The columns every registry table ends with; valid_to is the first day on which the row is no longer so."""
REFERENCES: dict[str, type[Record]] = {
    "product_id": Product, "pilot_id": Pilot, "scenario_id": Scenario, "initiative_id": Initiative
}  # fmt: skip
"""Columns that name a row of another table; what they name must be in it."""

__all__ = [
    "MODELS", "REFERENCES", "REGISTRY", "TRACKING", "Assumption", "Baseline", "CalendarDay", "Cost", "Criterion",
    "Decision", "Feed", "Incident", "Initiative", "InitiativeProduct", "Mapping", "Member", "PersonAlias",
    "PersonRecord", "Pilot", "Price", "Product", "Readiness", "Record", "Release", "Requirement", "Role", "Scenario",
    "Setting", "Target", "Topic",
]  # fmt: skip
