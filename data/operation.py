"""Registry: how products are run and fed: incidents, feeds, mappings of what files say, settings."""

import re
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from data.errors import did_you_mean
from data.record import Count, Id, Moment, Person, Record, Text
from data.settings import Settings

VERDICT = "verdict"
VERDICT_FIELD = "feedback."
Verdict = Literal["confirmed", "implied", "failed", "escalated"]
FactName = Literal["interactions", "model_calls", "feedback", "usage_daily", "eval_results", "tickets"]
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


class Incident(Record):
    """When a product did not serve, since when it does again, and what was learnt."""

    table, natural_key, people = "incidents", ("incident_id",), ("owner_id",)
    incident_id: Id
    product_id: Id
    started_at: Moment
    detected_at: Moment | None = None
    restored_at: Moment | None = None
    severity: Literal["s1", "s2", "s3", "s4"] | None = None
    summary: Text
    affected_users: Count | None = None
    root_cause: Text | None = None
    fix: Text | None = None
    prevention: Text | None = None
    owner_id: Person | None = None


class Feed(Record):
    """How often data of a kind should come for a product."""

    table, natural_key = "feeds", ("product_id", "fact")
    product_id: Id
    fact: FactName
    cadence_days: Annotated[int, Field(ge=1, le=366)]
    required: bool = True


class Mapping(Record):
    """What a value in a source's field means: the product, pilot, scenario or topic of the rows that carry it, or (the
    target `verdict`, the field `feedback.NAME`) what feedback of that name says of its task.
    """

    table, natural_key = "mappings", ("source_system", "field", "match", "pattern", "target")
    source_system: Text
    field: Text
    match: Literal["exact", "prefix", "regex", "jsonpath", "at_least", "at_most"]
    pattern: Text
    target: Text
    value: Text
    priority: Annotated[int, Field(ge=-(2**31), le=2**31 - 1)] = 0

    @property
    def number(self) -> str:
        """The pattern as SQL of a number, NULL where it is none."""
        return self.pattern if _NUMBER.fullmatch(self.pattern) else "NULL"

    @model_validator(mode="after")
    def _readable(self) -> "Mapping":
        if self.match == "regex":
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"pattern '{self.pattern}' is not a regular expression: {error}") from None
        if self.match in ("at_least", "at_most") and not _NUMBER.fullmatch(self.pattern):
            raise ValueError(f"pattern '{self.pattern}' is not a number: scores are at least or at most one")
        verdicts = get_args(Verdict)
        if self.target == VERDICT and self.value not in verdicts:
            raise ValueError(f"'{self.value}' is not a verdict: one of {', '.join(verdicts)}")
        if (self.target == VERDICT) != self.field.startswith(VERDICT_FIELD):
            raise ValueError(f"the field of a verdict, and of nothing else, is {VERDICT_FIELD}NAME: '{self.field}'")
        return self


class Setting(Record):
    """A decision of this installation that replaces a default."""

    table, natural_key = "settings", ("key",)
    key: Id
    value: Text

    @model_validator(mode="after")
    def _usable(self) -> "Setting":
        if self.key not in Settings.model_fields:
            raise ValueError(f"'{self.key}' is not a setting.{did_you_mean(self.key, Settings.model_fields)}")
        Settings.model_validate({self.key: self.value})
        return self
