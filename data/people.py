"""Registry: the people a product is for, who answers for it, and the topics experts keep."""

from datetime import date, time
from typing import Literal

from pydantic import model_validator

from data.record import Amount, Count, Id, Moment, Person, Record, Text, in_order


class PersonRecord(Record):
    """Somebody, or something, that uses products."""

    table, natural_key, people = "people", ("user_id",), ("user_id",)
    user_id: Person
    team_id: Id | None = None
    display_name: Text | None = None
    kind: Literal["employee", "service", "test", "product_team"] = "employee"
    calendar_id: Id | None = None


class PersonAlias(Record):
    """The name under which a source knows a person."""

    table, natural_key, people = "person_aliases", ("source_system", "source_user"), ("source_user", "user_id")
    source_system: Text
    source_user: Person
    user_id: Person


class Member(Record):
    """Who a product or a pilot is for, and when. Somebody who left and came back has two rows."""

    table, natural_key, people = "audience", ("product_id", "pilot_id", "user_id", "granted_on"), ("user_id",)
    product_id: Id
    pilot_id: Id | None = None
    user_id: Person
    granted_on: date | None = None
    left_on: date | None = None
    is_champion: bool | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Member":
        in_order("granted_on", "left_on", self.granted_on, self.left_on)
        return self


class Role(Record):
    """Who answers for what; without product, pilot and scenario: for the whole portfolio."""

    table, natural_key = "roles", ("role", "user_id", "product_id", "pilot_id", "scenario_id")
    people = ("user_id",)
    role: Literal[
        "portfolio_lead", "product_owner", "technical_owner", "pilot_owner", "scenario_owner", "support", "sme"
    ]
    user_id: Person
    product_id: Id | None = None
    pilot_id: Id | None = None
    scenario_id: Id | None = None


class Topic(Record):
    """Knowledge a product needs, the expert who keeps it, and how fresh it must be."""

    table, natural_key, people = "topics", ("topic_id", "product_id"), ("sme_id",)
    topic_id: Id
    product_id: Id | None = None
    name: Text
    required: bool = True
    weight: Amount | None = None
    sme_id: Person | None = None
    approved: bool | None = None
    indexed_at: Moment | None = None
    source_updated_at: Moment | None = None
    freshness_days: Count | None = None
    reviewed_on: date | None = None


class CalendarDay(Record):
    """When a calendar is open on a day, in the reporting zone; without times: closed."""

    table, natural_key = "calendars", ("calendar_id", "day")
    calendar_id: Id
    day: date
    opens: time | None = None
    closes: time | None = None

    @model_validator(mode="after")
    def _open_before_close(self) -> "CalendarDay":
        if (self.opens is None) != (self.closes is None):
            raise ValueError("opens and closes are given together, or neither for a closed day")
        if self.opens and self.closes and self.closes <= self.opens:
            raise ValueError(f"closes {self.closes} must be after opens {self.opens}")
        return self
