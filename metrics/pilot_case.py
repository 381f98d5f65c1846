"""What the verdict of a pilot is made of: the case, the gates it is held against, and the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from metrics.criteria import Criterion, Outcome, Role
from metrics.health import Measured

Decision = Literal["scale", "rework", "repeat", "close", "not_begun", "running"]
Level = Literal["A", "B", "C"]  # of evidence: controlled; before and after with a baseline; what people say


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """The thresholds of the rules, with the defaults of the methodology. Shares are 0 to 1."""

    min_users: int = 30
    least_users: int = 10  # fewer decide no pilot, whatever it registered
    planned_share: float = 0.8  # of the planned tasks
    complete_weeks: int = 4
    outcome_coverage: float = 0.3
    critical_limit: float = 0.01
    fixable_share: float = 0.5  # of the reasons of failure; from here on they are mostly fixable
    npv: float = 0.8  # P(NPV > 0) that scale asks for
    npv_floor: float = 0.5  # under it the value is known not to carry the cost
    evidence: tuple[Level, ...] = ("A", "B")
    checklist: tuple[str, ...] = ("owner", "support", "runbook", "connection rules")
    value_metrics: tuple[str, ...] = ("task_success", "adoption", "adoption.returning", "roi")
    power: float = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """Critical errors. `low` is a lower bound that may be looked at every day (a confidence sequence).

    `limit` replaces the gates' critical_limit; `agreed` is the count agreed beforehand, if one was; `fixable` is what
    the owner marked.
    """

    low: float | None = None
    limit: float | None = None
    count: int | None = None
    agreed: int | None = None
    fixable: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The interval of the gain over the current way of working, more being better, and how good its evidence is."""

    low: float | None
    high: float | None
    evidence: Level | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotCase:
    """Everything the rules look at. None is not known; `measured` is by criterion_id.

    `as_of` is the day it is looked at: the last day of the pilot is not over before the day after it.
    """

    criteria: tuple[Criterion, ...]
    measured: Mapping[str, Measured]
    starts_on: date | None
    ends_on: date | None
    as_of: date
    users: int | None
    tasks: int | None
    planned_tasks: int | None
    complete_weeks: int | None
    outcome_coverage: float | None
    min_users: int | None = None  # as registered; else the gates'
    harm: Harm = field(default_factory=Harm)
    fixable_share: float | None = None  # of the reasons of failure: context gaps and technical errors
    causes: tuple[str, ...] = ()  # the most frequent reasons, in words
    comparison: Comparison | None = None
    p_npv: float | None = None  # P(NPV > 0)
    readiness: Mapping[str, bool] | None = None  # item of the checklist -> done
    changed_after_start: tuple[str, ...] = ()  # criteria whose bar was changed after the start


class Needs(NamedTuple):
    """What is missing: people (up to the gate, or as planned to clear an open bar), tasks, complete weeks, and the
    days until a running pilot has ended.
    """

    people: int = 0
    tasks: int = 0
    weeks: int = 0
    days: int = 0


NOTHING_MISSING = Needs()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A proposal: a person decides. `rule` is the id of the rule that matched; `today`, of a running pilot, what it
    would be if it had ended.
    """

    decision: Decision
    rule: str
    reasons: tuple[str, ...]
    needs: Needs = NOTHING_MISSING
    today: "Verdict | None" = None


class Finding(NamedTuple):
    """What a rule found: its id, what it decides, and why."""

    rule: str
    decision: Decision
    sentence: str


def growth(case: PilotCase) -> float | None:
    """How many times as much there will be at the planned end as there is: by the planned tasks, else by the planned
    days at the same pace. None where nothing was planned or nothing is there yet.
    """
    if case.planned_tasks and case.tasks:
        return case.planned_tasks / case.tasks
    if case.starts_on is None or case.ends_on is None or case.as_of < case.starts_on:
        return None
    return ((case.ends_on - case.starts_on).days + 1) / ((case.as_of - case.starts_on).days + 1)


class Judged(NamedTuple):
    """A case with its criteria judged, in an order that does not depend on how they were listed."""

    case: PilotCase
    gates: Gates
    outcomes: tuple[tuple[Criterion, Outcome], ...]

    def of(self, role: Role) -> list[tuple[Criterion, Outcome]]:
        """The criteria of a role."""
        return [pair for pair in self.outcomes if pair[0].role == role]
