"""What an installation may decide for itself, with the defaults of the methodology."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from data.cursor import Rows
from data.errors import WarehouseError

Share = Annotated[float, Field(gt=0, lt=1)]


class Settings(BaseModel):
    """Every setting; a row of the registry table `settings` replaces a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reporting_zone: str = "UTC"
    """Local days are days of this time zone (an IANA name). Read by loads: rows already stored keep their day."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    level: Share = 0.95
    """Level of all intervals, two-sided."""
    pseudonymise: bool = True
    escalation_window_days: Annotated[int, Field(ge=0, le=90)] = 1
    """A task counts for the escalation rate when this many days have passed since."""
    min_known_share: Share = 0.9
    """Below this share of interactions that name a person, adoption is not measured."""
    min_outcome_coverage: Share = 0.3
    """Below this share of tasks with an outcome, task success does not decide."""
    show_units: Annotated[int, Field(ge=2)] = 10
    """Fewer units: a value without interval."""
    decide_units: Annotated[int, Field(ge=2)] = 30
    """Fewer units: an interval that decides nothing."""

    probe_share: Share = 0.8
    """A topic can be retrieved when at least this share of its probe questions found a passage that answers."""
    inventory_review_days: Annotated[int, Field(ge=1, le=3660)] = 90
    """An inventory nobody reviewed for longer is stale."""
    min_calibration: Annotated[int, Field(ge=2)] = 30
    """Fewer human labels of either class: a judge's rate is not corrected."""
    min_youden: Share = 0.3
    """Sensitivity + specificity - 1 of a judge below which its rate is not corrected."""
    sme_sla_hours: Annotated[float, Field(gt=0, le=10_000)] = 16
    """An expert should have answered within this many business hours."""
    sme_opens: time = time(9)
    sme_closes: time = time(17)
    """Business hours from Monday to Friday for experts without a calendar in the registry."""
    min_answered: Annotated[int, Field(ge=2)] = 10
    """Fewer answered tickets: no median response time."""
    min_answered_p90: Annotated[int, Field(ge=2)] = 30
    """Fewer answered tickets: no 90th percentile of the response time."""
    min_costed_share: Share = 0.9
    """Below this share of interactions with a cost, what tokens cost is missing unless the registry states it."""
    pain_hours: Annotated[float, Field(gt=0, le=1_000_000)] = 160
    """A use case whose work takes so many hours a month has the full score of pain: about one person."""
    pain_tasks: Annotated[float, Field(gt=0, le=100_000_000)] = 1000
    """The same in tasks a month, where nobody timed a task."""

    @field_validator("reporting_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in _zones():
            raise ValueError("must be an IANA time zone such as Europe/Berlin")
        return name

    def day_of(self, moment: datetime) -> date:
        """The local date of a moment (naive UTC) in the reporting zone."""
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.reporting_zone)).date()


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def settings(store: Rows) -> Settings:
    """The settings in force. Raises WarehouseError when a stored value cannot be one (it was not stored by save)."""
    stored = {
        str(row["key"]): row["value"]
        for row in store.rows("SELECT key, value FROM settings WHERE valid_to IS NULL ORDER BY key")
    }
    try:
        return Settings.model_validate(stored)
    except ValidationError as error:
        first = error.errors()[0]
        raise WarehouseError(
            f"The setting '{first['loc'][0] if first['loc'] else ''}' cannot be used: {first['msg']}.",
            "Correct it with python -m data import FILE.",
        ) from None
