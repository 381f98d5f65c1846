"""Uncertain money: inputs drawn from named distributions, present values, and what the result hangs on. Pure.

Each input has a generator of its own, seeded by whose it is, the period and its name. So an assumption that two
products share is the same draws in both (their results move together, and a sum over products is not narrower than it
should be), and one input more changes no other: what differs between two runs is what was changed.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.statistics import rounded

DRAWS = 20_000
MONTHS_A_YEAR = 12
P5_P95 = 0.9  # the level of what lies between the 5th and the 95th percentile
Numbers = NDArray[np.float64]

# What p1, p2 and p3 of a distribution are. A pert is the beta distribution on low to high with mean
# (low + 4 most likely + high) / 6: Malcolm et al., Operations Research 7 (1959) 646-669.
SHAPES: dict[str, tuple[str, ...]] = {
    "point": ("value",),
    "uniform": ("low", "high"),
    "triangular": ("low", "most likely", "high"),
    "pert": ("low", "most likely", "high"),
    "normal": ("mean", "standard deviation"),
    "lognormal": ("median", "standard deviation of the logarithm"),
    "beta": ("alpha", "beta"),
}


class Input(NamedTuple):
    """An uncertain number: its distribution, whose it is (product and pilot), and between what its tails are cut."""

    name: str
    distribution: str
    p1: float
    p2: float | None = None
    p3: float | None = None
    owner: tuple[str, str] = ("", "")
    least: float = -math.inf
    most: float = math.inf


class Stream(NamedTuple):
    """Money that comes month by month: a quantity each month times `scale` times its factors.

    A factor names one input, or several of which the first counts less the others (minutes before, minutes with AI).
    """

    name: str
    months: tuple[float, ...]
    factors: tuple[tuple[str, ...], ...]
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a result is computed from: inputs by name with `rate` the yearly discount rate, streams of benefit, the
    costs of each month, and `capital`, paid before the first.
    """

    inputs: tuple[Input, ...]
    streams: tuple[Stream, ...]
    costs: tuple[float, ...]
    capital: float
    rate: str
    period: str


class Result(NamedTuple):
    """What the draws came to: present values of benefits and costs, and each stream before discounting."""

    benefits: Numbers
    costs: Numbers
    streams: Mapping[str, Numbers]

    @property
    def net(self) -> Numbers:
        """Net present value of each draw."""
        return self.benefits - self.costs

    @property
    def roi(self) -> Numbers:
        """(Benefits - costs) / costs of each draw; not finite where the costs come to nothing."""
        with np.errstate(all="ignore"):
            return self.net / np.where(self.costs > 0, self.costs, np.nan)


class Spread(NamedTuple):
    """The 5th, 50th and 95th percentile of draws; None where it has no end."""

    low: float | None
    mid: float | None
    high: float | None


class Swing(NamedTuple):
    """What one input does to the net present value: its P10 and P90, and the value there with all others at P50."""

    name: str
    p10: float
    p90: float
    low: float
    high: float


def fault(given: Input, period: str) -> str:
    """What is wrong with the numbers of a distribution, as a sentence; "" when nothing is."""
    names = SHAPES[given.distribution]
    stated = (given.p1, given.p2, given.p3)[: len(names)]
    numbers = [number for number in stated if number is not None]
    wanted = f"{given.name}: {given.distribution} needs {', '.join(names)}"
    came = f"the registry says {', '.join('nothing' if number is None else f'{number:g}' for number in stated)}."
    if len(numbers) < len(names):
        return f"{wanted}; {came}"
    if given.distribution in ("uniform", "triangular", "pert") and numbers != sorted(numbers):
        return f"{wanted}, none less than the one before; {came}"
    if given.distribution in ("normal", "lognormal") and numbers[1] < 0:
        return f"{wanted}, which is never negative; {came}"
    if (given.distribution == "lognormal" and numbers[0] <= 0) or (given.distribution == "beta" and min(numbers) <= 0):
        return f"{wanted}, greater than zero; {came}"
    places = {"beta": [0.0, 1.0], "normal": numbers[:1], "lognormal": numbers[:1]}.get(given.distribution, numbers)
    if min(places) < given.least or max(places) > given.most:
        limits = f"from {given.least:g} to {given.most:g}" if given.most < math.inf else f"at least {given.least:g}"
        return f"{given.name} must be {limits}; {came}"
    with np.errstate(all="ignore"):
        finite = bool(np.isfinite(draw(given, period)).all())
    return "" if finite else f"{given.name} is too large to compute with; {came}"


@lru_cache(maxsize=64)
def draw(given: Input, period: str) -> Numbers:
    """DRAWS numbers of an input's distribution, the same ones whenever owner, period and name are the same."""
    chance = np.random.Generator(np.random.PCG64(seed_of(*given.owner, period, given.name)))
    found = np.clip(_drawn(given, chance), given.least, given.most)
    found.setflags(write=False)
    return found


def _drawn(given: Input, chance: np.random.Generator) -> Numbers:
    p1, p2, p3 = given.p1, given.p2 or 0.0, given.p3 or 0.0
    kind, highest = given.distribution, p2 if given.distribution == "uniform" else p3
    if kind == "point" or (kind in ("uniform", "triangular", "pert") and p1 == highest):
        return np.full(DRAWS, p1)
    if kind == "uniform":
        return chance.uniform(p1, p2, DRAWS)
    if kind == "triangular":
        return chance.triangular(p1, p2, p3, DRAWS)
    if kind == "pert":
        width = p3 - p1
        return p1 + width * chance.beta(1 + 4 * (p2 - p1) / width, 1 + 4 * (p3 - p2) / width, DRAWS)
    if kind == "normal":
        return chance.normal(p1, p2, DRAWS)
    if kind == "lognormal":
        return p1 * np.exp(chance.normal(0.0, p2, DRAWS))
    return chance.beta(p1, p2, DRAWS)


def seed_of(*parts: str) -> int:
    """A seed that depends on the texts alone."""
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:16], "big")


def discount(rate: Numbers, years: Numbers) -> Numbers:
    """What one unit of money after so many years is worth today, a row for each rate: (1 + rate) ** -years."""
    if rate.min() == rate.max():
        rate = rate[:1]
    return np.power(1 + rate[:, np.newaxis], -years[np.newaxis, :])


def simulate(plan: Plan) -> Result:
    """The plan with every input drawn. The money of the nth month is discounted by n / 12 years, capital not at all."""
    with np.errstate(all="ignore"):  # what overflows is not finite, and whoever asked looks at that
        return evaluate(plan, {given.name: draw(given, plan.period) for given in plan.inputs})


def evaluate(plan: Plan, values: Mapping[str, Numbers]) -> Result:
    """The plan at these values of its inputs, all arrays of one length."""
    months = np.arange(1.0, len(plan.costs) + 1)
    worth = discount(values[plan.rate], months / MONTHS_A_YEAR)
    each = {stream.name: _each(stream, values) for stream in plan.streams}
    size = np.zeros_like(values[plan.rate])
    benefits = sum((each[stream.name] * (worth @ np.array(stream.months)) for stream in plan.streams), size)
    costs = size + plan.capital + worth @ np.array(plan.costs)
    streams = {stream.name: each[stream.name] * math.fsum(stream.months) for stream in plan.streams}
    return Result(benefits, costs, streams)


def _each(stream: Stream, values: Mapping[str, Numbers]) -> Numbers:
    """What one unit of the stream's monthly quantity is worth."""
    amount: Numbers = np.full(1, stream.scale)
    for first, *others in stream.factors:
        amount = amount * (values[first] - sum(values[other] for other in others))
    return amount


def spread(draws: Numbers) -> Spread:
    """P5, P50 and P95 of the draws, each one of them, at 12 significant digits."""
    found = np.quantile(draws, (0.05, 0.5, 0.95), method="inverted_cdf").tolist()
    return Spread(*(rounded(number) if math.isfinite(number) else None for number in found))


def swings(plan: Plan) -> list[Swing]:
    """One input at a time at its P10 and P90, all others at their P50: the widest swing of the net value first."""
    middles, ends = {}, {}
    for given in plan.inputs:
        low, middle, high = np.quantile(draw(given, plan.period), (0.1, 0.5, 0.9), method="inverted_cdf")
        middles[given.name] = float(middle)
        if low < high:
            ends[given.name] = (float(low), float(high))
    if not ends:
        return []
    values = {name: np.full(2 * len(ends), middle) for name, middle in middles.items()}
    for place, (name, pair) in enumerate(ends.items()):
        values[name][2 * place : 2 * place + 2] = pair
    net = evaluate(plan, values).net.tolist()
    found = [Swing(name, *pair, net[2 * place], net[2 * place + 1]) for place, (name, pair) in enumerate(ends.items())]
    return sorted(found, key=lambda swing: (-abs(swing.high - swing.low), swing.name))


def payback_months(plan: Plan) -> Numbers:
    """After how many months each draw has earned back what it cost, not discounted; inf where it never does."""
    values = {given.name: draw(given, plan.period) for given in plan.inputs}
    flows = np.zeros((DRAWS, len(plan.costs) + 1)) - np.array((plan.capital, *plan.costs))
    for stream in plan.streams:
        flows[:, 1:] += np.outer(np.broadcast_to(_each(stream, values), (DRAWS,)), stream.months)
    return payback(flows)


def payback(flows: Numbers) -> Numbers:
    """For each row of flows, when its running sum is back at zero after it was below, read off the line between two
    flows; 0 where it never was below, inf where it does not come back.
    """
    running = np.cumsum(flows, axis=1)
    below = running < 0
    back = np.maximum.accumulate(below, axis=1) & ~below
    places = np.arange(len(flows))
    after = np.maximum(back.argmax(axis=1), 1)
    owed, left = -running[places, after - 1], running[places, after]
    with np.errstate(all="ignore"):
        crossing = after - 1 + owed / (owed + left)
    return np.where(back.any(axis=1), crossing, np.where(below.any(axis=1), np.inf, 0.0))
