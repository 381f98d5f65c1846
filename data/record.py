"""What every row of the registry is made of: a model with a natural key, and the words its columns are written in."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _id(value: str) -> str:
    if ":" in value or CONTROL.search(value):
        raise ValueError("must be an id without ':' and without control characters")
    return value


def _person(value: str) -> str:
    if CONTROL.search(value):
        raise ValueError("must be a user id without control characters")
    return value


def _text(value: str) -> str:
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    if CONTROL.search(lines.replace("\n", " ").replace("\t", " ")):
        raise ValueError("must be text without control characters")
    return lines


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value


Id = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_id)]
Person = Annotated[str, Field(min_length=1, max_length=320), AfterValidator(_person)]
Text = Annotated[str, Field(max_length=10_000), AfterValidator(_text)]
Moment = Annotated[datetime, AfterValidator(_utc)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Money = Annotated[int, Field(ge=-(2**62), le=2**62)]
Mode = Literal["shadow", "review", "assist", "autonomous"]
Tier = Literal["low", "medium", "high"]
Better = Literal["higher", "lower", "band"]
Design = Literal["controlled", "matched", "before_after"]
FactName = Literal["interactions", "model_calls", "feedback", "usage_daily", "eval_results", "tickets"]


class Record(BaseModel):
    """A row of a registry table. `natural_key` says when two rows are versions of one thing; `people` name users."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True, validate_by_name=True
    )

    table: ClassVar[str]
    natural_key: ClassVar[tuple[str, ...]]
    people: ClassVar[tuple[str, ...]] = ()

    valid_from: date | None = None
    """Since when it is so; today when nothing is said."""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_nothing(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return {k: None if isinstance(v, str) and not v.strip() else v for k, v in given.items()}
        return given

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The table's own columns, valid_from last."""
        names = [field.alias or name for name, field in cls.model_fields.items() if name != "valid_from"]
        return (*names, "valid_from")

    def row(self) -> dict[str, object]:
        """The row by column name."""
        stated = self.model_dump(by_alias=True)
        return {column: stated[column] for column in self.columns()}

    def identity(self) -> tuple[object, ...]:
        """The values of the natural key."""
        stated = self.row()
        return tuple(stated[column] for column in self.natural_key)

    def content(self) -> dict[str, object]:
        """The row without valid_from: what makes it a new version."""
        return {column: value for column, value in self.row().items() if column != "valid_from"}


def in_order(first: str, second: str, earlier: date | None, later: date | None) -> None:
    """Raise ValueError when the second of two dates lies before the first."""
    if earlier and later and later < earlier:
        raise ValueError(f"{second} {later} must not be before {first} {earlier}")
