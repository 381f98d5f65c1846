"""The value ledger of a product or pilot: what came in and what it cost, every input with its range, its evidence and
where it is from, and what may be said of the sum.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

import numpy as np

from metrics import simulate
from metrics.beliefs import Tag
from metrics.simulate import Input, Plan, Result, Spread, Stream, Swing
from metrics.spec import Part, Status
from metrics.statistics import rounded

READABLE: frozenset[Status] = frozenset(("ok", "partial"))  # what task success must be for anything to follow from it


class Line(NamedTuple):
    """A line of a ledger. Money is of all its days and not discounted; what was counted or paid has no range."""

    name: str
    kind: Literal["benefit", "cost", "input"]
    low: float | None  # P5
    mid: float | None  # P50
    high: float | None  # P95
    unit: str
    tag: Tag
    evidence: str  # A controlled, B before and after, C an estimate, "" what was counted or paid
    source: str


class Verdict(NamedTuple):
    """What a part of the ledger may be used for, and why not for more."""

    status: Status
    missing: str
    decides: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ledger:
    """One product or pilot from `first` to `last`. `costing` judges the cost of a success, `worth` ROI and net value;
    `evidence` is the worst of the inputs that are claims. `result` is None where there is nothing to compute.
    """

    product: str
    pilot: str | None
    first: date
    last: date
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    success: Part
    confirmed: int
    known: int
    cost: float  # of all days, not discounted
    costing: Verdict
    worth: Verdict
    evidence: str
    rate: Input | None  # task success as it is drawn
    period: str
    plan: Plan | None
    result: Result | None
    successes: tuple[Stream, ...]  # the tasks that time saved stands on, by the stream that grows with them

    @property
    def complete(self) -> bool:
        """Whether all that its value needs is there, so that it may be summed with others."""
        return self.worth.status in READABLE

    @property
    def roi(self) -> Spread | None:
        """(Benefits - costs) / costs, both as present values; None where nothing was paid."""
        return simulate.spread(self.result.roi) if self.result and self.result.costs.min() > 0 else None

    @property
    def net(self) -> Spread | None:
        """Net present value."""
        return simulate.spread(self.result.net) if self.result else None

    @property
    def chance(self) -> float | None:
        """The share of draws in which the net present value is over zero."""
        return rounded(float((self.result.net > 0).mean())) if self.result else None

    @property
    def cost_per_success(self) -> Spread | None:
        """What a confirmed task cost: in the middle as counted, at the ends as task success might have come out."""
        return cost_per_success([self]) if self.costing.status != "not_measured" else None

    @property
    def tornado(self) -> list[Swing]:
        """What each input alone does to the net present value, the widest first."""
        return simulate.swings(self.plan) if self.plan and self.result else []

    @property
    def payback_months(self) -> Spread | None:
        """Months until it has earned back what it cost, not discounted; an end is None where it does not."""
        return simulate.spread(simulate.payback_months(self.plan)) if self.plan and self.result else None

    @property
    def break_even(self) -> Spread | None:
        """Successful tasks a week from which the benefits cover the costs; an end is None where no number does."""
        if not self.plan or not self.result or not self.successes:
            return None
        names = {stream.name for stream in self.successes}
        timed = simulate.simulate(replace(self.plan, streams=tuple(s for s in self.plan.streams if s.name in names)))
        tasks = sum(simulate.simulate(replace(self.plan, streams=self.successes)).streams.values())
        owed = self.result.costs - (self.result.benefits - timed.benefits)
        weeks = ((self.last - self.first).days + 1) / 7
        with np.errstate(all="ignore"):
            needed = np.where(timed.benefits > 0, owed / timed.benefits * tasks / weeks, np.inf)
        return simulate.spread(np.where(owed <= 0, 0.0, needed))


def cost_per_success(ledgers: Sequence[Ledger]) -> Spread | None:
    """The costs of several ledgers by their confirmed tasks; None where there is none, or task success is unknown."""
    cost, confirmed = math.fsum(each.cost for each in ledgers), sum(each.confirmed for each in ledgers)
    rates = [(each.known, simulate.draw(each.rate, each.period)) for each in ledgers if each.rate]
    if not confirmed or len(rates) < len(ledgers):
        return None
    low, _, high = simulate.spread(cost / sum((known * rate for known, rate in rates), np.zeros(1)))
    return Spread(low, rounded(cost / confirmed), high)
