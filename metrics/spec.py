"""The words of this room: what a metric declares, what is asked, and what is answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from data.cursor import Row, Rows
from data.errors import PlumblineError, did_you_mean

if TYPE_CHECKING:
    from metrics.ground import Ground
    from metrics.periods import Bucket

Better = Literal["higher", "lower", "band"]  # band: both too much and too little are bad
Fact = Literal["user_days", "audience", "audits", "tickets", "inventory"]
Measure = Literal["share", "hours", "multiple", "money"]  # hours are business hours
Dimension = Literal["product", "pilot", "scenario", "team", "release", "mode", "day", "week", "month"]
Grain = Literal["day", "week", "month"]
Status = Literal["invalid", "not_measured", "stale", "uncalibrated", "insufficient", "partial", "ok"]

DIMENSIONS: frozenset[str] = frozenset(get_args(Dimension))
GRAINS: frozenset[str] = frozenset(get_args(Grain))
Group = dict[str, str | None]
Key = tuple[object, ...]  # the values of a group's columns in an answer, in order


class MetricError(PlumblineError):
    """A question that cannot be asked: an unknown metric, dimension or period. The text says what can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of what happened the metric's denominator knows about.

    `known` / `among` are SQL sums as in Ratio; under the setting named `minimum` the reading is insufficient.
    `stated` counts what only a source of this very thing can say: where it sums to 0 and the coverage is under the
    minimum, nobody measures the metric, and it is not_measured. `source` says what to load then.
    """

    known: str
    among: str
    stated: str
    minimum: str
    known_words: str  # "ended well": what a source says of each
    among_words: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A ratio of sums over one reduced table, with an interval that knows rows of one unit are correlated.

    `hit` and `of` are SQL of this repository, in the portable subset, over the columns of the fact's view
    (metrics/views.py); a row where either is NULL does not count, and neither does a unit whose `of` sums to 0.
    `counts` is the denominator in words. `settings` names the settings the definition depends on: they enter its
    hash. Where `of` sums weights, `events` counts what was weighed.
    """

    name: str
    title: str
    question: str
    definition: str
    fact: Fact
    hit: str
    of: str
    events: str = ""
    unit: str = "unit_id"
    counts: str
    better: Better
    measure: Measure = "share"
    caveat: str = ""
    coverage: Coverage | None = None
    trailing_weeks: int = 0  # complete ISO weeks that must lie behind before it means anything
    weeks_of_use: int = 0  # weeks of use that count somebody: a source that tells fewer cannot measure it
    uncalibrated: str = ""  # why its value is a judge's, and never decides anything
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A time from `start` to `end` on the business clock; what has not ended is censored, never dropped.

    Its value is the `quantile` of the survival curve in business hours or, where `within` names a setting (hours), the
    share that ended within it. `start`, `end` and `stop` (cancelled: censored there) are moments of the fact's view;
    `enough` names the setting that says how many must have ended for a value to decide.
    """

    name: str
    title: str
    question: str
    definition: str
    fact: Fact
    start: str
    end: str
    stop: str
    quantile: float | None
    within: str = ""
    enough: str
    units_are: str
    counts: str
    better: Better
    measure: Measure
    caveat: str = ""
    revision: int = 1
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A number made of other readings (`needs`), of what `load` asks the warehouse, or of both.

    `load` answers by group key (the values of metrics.compile.keys_of, in order); `conclude` gets its own group's part
    of that and the needed metrics of the same group, and says the value and what it may be used for. `text` is the SQL
    that is shown as its origin, `rows` the rows behind a reading of it: (reader, reading, asked, limit, after).
    `revision` goes up whenever what it counts changes. `census`: everything is counted and nothing sampled, so the
    value without interval is exact.
    """

    name: str
    title: str
    question: str
    definition: str
    needs: tuple[str, ...] = ()
    facts: tuple[Fact, ...]
    dimensions: frozenset[Dimension]
    unsplit: str
    load: Callable[[Rows, "Asked"], Mapping["Key", Any]] | None = None
    conclude: Callable[["Inputs"], tuple["Estimate", "Conclusion"]]
    text: Callable[["Asked"], str] | None = None
    rows: Callable[[Rows, "Reading", "Asked", int, str | None], list[Row]] | None = None
    units_are: str
    counts: str
    better: Better
    measure: Measure = "share"
    census: bool = False
    caveat: str = ""
    revision: int = 1
    settings: tuple[str, ...] = ()


Metric = Ratio | Duration | Derived


class Scope(BaseModel):
    """What is asked about. Both days belong to the period; None means all, `visible` is what the asker may see."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: date
    until: date
    products: tuple[str, ...] | None = None
    pilots: tuple[str, ...] | None = None
    teams: tuple[str, ...] | None = None
    visible: frozenset[str] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since > self.until:
            raise ValueError(f"the period begins on {self.since} and ends on {self.until}, before it begins")
        return self


class Moments(NamedTuple):
    """Integer sums over the units of a group: enough for a ratio and its delta variance."""

    units: int
    hits: int
    of: int
    hits2: int
    of2: int
    cross: int

    def __add__(self, other: object) -> "Moments":
        """Add the moments of two groups that share no unit. Weeks share people: ask the engine again instead."""
        if not isinstance(other, Moments):
            return NotImplemented
        return Moments(*(mine + yours for mine, yours in zip(self, other, strict=True)))


class Estimate(NamedTuple):
    """A value with its interval; `effective` is the number of independent observations the interval is worth."""

    value: float | None
    low: float | None
    high: float | None
    effective: float | None
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that a page ever gets of a number. `missing` is a sentence: why there is no value, or why it cannot
    decide.
    """

    metric: str
    group: Group
    value: float | None
    low: float | None
    high: float | None
    level: float
    units: int
    events: int
    method: str
    status: Status
    decides: bool
    missing: str
    definition_hash: str
    data_version: int


class Part(NamedTuple):
    """A reading with what it was computed from: the moments of a ratio, and the estimate before any rule hid it."""

    reading: Reading
    moments: Moments | None
    estimate: Estimate


class Asked(NamedTuple):
    """A question to the warehouse: the scope, the grouping, and what is known about the ground it stands on."""

    scope: Scope
    by: tuple[Dimension, ...]
    ground: "Ground"


class Inputs(NamedTuple):
    """What a derived metric concludes from, in one group and period: the needed metrics by name, and what it loaded."""

    group: Group
    bucket: "Bucket"
    parts: Mapping[str, Part]
    found: Any
    ground: "Ground"


class Conclusion(NamedTuple):
    """What a derived number may be used for, and what it was made of. `level` where it is not the usual one."""

    status: Status
    decides: bool
    missing: str
    units: int
    events: int
    level: float | None = None


def dimensions(names: Sequence[str]) -> tuple[Dimension, ...]:
    """The names as dimensions, in order. MetricError for an unknown one, a repeated one, or two grains of time."""
    for name in names:
        if name not in DIMENSIONS:
            raise MetricError(
                f"'{name}' is not something readings can be grouped by.{did_you_mean(name, DIMENSIONS)}",
                f"Use one of {', '.join(get_args(Dimension))}.",
            )
    if len(set(names)) < len(names):
        raise MetricError(f"The grouping {', '.join(names)} names a dimension twice.", "Name each once.")
    if len(GRAINS & set(names)) > 1:
        raise MetricError(f"The grouping {', '.join(names)} has two grains of time.", "Keep one of day, week, month.")
    return tuple(name for dimension in names for name in get_args(Dimension) if name == dimension)
