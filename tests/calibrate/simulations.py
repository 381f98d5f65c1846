"""How often the product's intervals and rules are right, where the truth is known because it was made up. Samples are
drawn with numpy; every interval, bound and verdict is the production function's own.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import lognorm

from metrics import statistics, survival
from metrics.alerts import SHARE, raised
from metrics.drift import BASELINE, Point, drift
from metrics.harm import lower_bound
from metrics.health import Measured
from metrics.judge import Confusion, Spread, corrected, powered_interval, prediction_powered
from metrics.pilot_case import Gates
from metrics.planning import people_for_bar
from metrics.spec import Moments
from metrics.statistics import t_quantile
from metrics.survival import Table
from metrics.verdict import pilot_verdict
from tests.metrics.pilots import SCALE, SUCCESS

SEED = 20261127
LEVEL = 0.95
EVENTS = 15  # tasks a person, on average
RATE, SHAPE = 0.75, (3.0, 1.0)  # people's own rates: beta with mean .75 and intra-class correlation 1 / (3 + 1 + 1)
Counts = NDArray[np.int64]


class Result(NamedTuple):
    """A line of the table: how often it was right (or, of an alarm, wrong), out of how many runs, and what is asked."""

    what: str
    share: float
    runs: int
    asked: float | None = None  # None: reported beside, nothing asked
    at_most: bool = False

    @property
    def noise(self) -> float:
        """The standard error of the share."""
        return math.sqrt(self.share * (1 - self.share) / self.runs)

    @property
    def holds(self) -> bool:
        """Whether it is what is asked."""
        return self.asked is None or (self.share <= self.asked if self.at_most else self.share >= self.asked)


def geometric(chance: np.random.Generator, size: tuple[int, int]) -> Counts:
    """Tasks of each person: geometric with mean EVENTS."""
    return chance.geometric(1 / EVENTS, size)


def heavy(chance: np.random.Generator, size: tuple[int, int]) -> Counts:
    """Tasks of each person with a heavy tail: Pareto with index 1.5 and mean EVENTS (a person in a hundred makes over a
    hundred), cut at 2,000.
    """
    return np.clip(chance.pareto(1.5, size) * EVENTS / 3 + EVENTS / 3, 1, 2000).astype(np.int64)


def people(
    runs: int, count: int, shape: tuple[float, float], events: Callable[..., Counts], seed: int
) -> tuple[Counts, Counts]:
    """Tasks and successes of `count` people in each run."""
    chance = np.random.default_rng((SEED, seed, count))
    of = events(chance, (runs, count))
    return of, chance.binomial(of, chance.beta(*shape, (runs, count)))


def readings(of: Counts, hits: Counts) -> list[statistics.Estimate]:
    """The estimate of each run as a reading has it: jackknife variance, common divisor, Wilson with t(K - 1)."""
    every, good = of.sum(axis=1), hits.sum(axis=1)
    without = (good[:, None] - hits) / (every[:, None] - of)
    spread = ((without - (good / every)[:, None]) ** 2).sum(axis=1)
    sums = ((hits**2).sum(axis=1), (of**2).sum(axis=1), (hits * of).sum(axis=1))
    factors = np.gcd.reduce(np.gcd(of, hits), axis=1)
    units = of.shape[1]
    return [
        statistics.ratio(
            Moments(units, int(h), int(m), int(h2), int(m2), int(hm)),
            statistics.jackknife_variance(units, float(deviation)), max(1, int(factor)), LEVEL,
        )
        for h, m, h2, m2, hm, deviation, factor in zip(good, every, *sums, spread, factors, strict=True)
    ]  # fmt: skip


def held(estimates: Sequence[statistics.Estimate], truth: float) -> int:
    """How many of the intervals hold the truth."""
    return sum(e.low is not None and e.high is not None and e.low <= truth <= e.high for e in estimates)


def clustered(runs: int) -> list[Result]:
    """Task success of people who differ: how often the interval holds the true rate."""
    found = []
    for count, asked in ((10, 0.91), (25, 0.925), (100, 0.935)):
        share = held(readings(*people(runs, count, SHAPE, geometric, 1)), RATE) / runs
        found.append(Result(f"clustered rate, {count} people, geometric tasks", share, runs, asked))
        tails = held(readings(*people(runs, count, SHAPE, heavy, 2)), RATE) / runs
        found.append(Result(f"clustered rate, {count} people, heavy-tailed tasks", tails, runs))
    return found


def calibrated(runs: int) -> list[Result]:
    """A judge's rate of errors corrected by a calibration set (Rogan-Gladen): 500 answers of as many people judged, and
    105 good and 45 wrong ones labelled.
    """
    found = []
    for truth, caught, passed in ((0.30, 0.80, 0.95), (0.10, 0.85, 0.90), (0.05, 0.90, 0.95)):
        chance = np.random.default_rng((SEED, 3, round(1000 * truth)))
        judged = chance.binomial(500, truth * caught + (1 - truth) * (1 - passed), runs)
        flagged, cleared = chance.binomial(45, caught, runs), chance.binomial(105, passed, runs)
        critical, good = t_quantile(LEVEL, 499), 0
        for n, right, clear in zip(judged.tolist(), flagged.tolist(), cleared.tolist(), strict=True):
            labels = Confusion(flagged=right, overlooked=45 - right, accused=105 - clear, passed=clear)
            interval = corrected(n / 500, 500, labels, critical)
            good += interval.low <= truth <= interval.high
        what = f"judge-corrected, {truth:.0%} wrong, sensitivity {caught:.2f}, specificity {passed:.2f}"
        found.append(Result(what, good / runs, runs, 0.94))
    return found


def powered(runs: int) -> list[Result]:
    """The same from labels of a random part (prediction-powered): 2,000 judged, of which people labelled 200."""
    found, total, part = [], 2000, 200
    for truth in (0.30, 0.15):
        chance = np.random.default_rng((SEED, 4, round(1000 * truth)))
        cells = (truth * 0.8, truth * 0.2, (1 - truth) * 0.1, (1 - truth) * 0.9)  # flagged, overlooked, accused, passed
        labelled, others = chance.multinomial(part, cells, runs), chance.multinomial(total - part, cells, runs)
        critical, good = t_quantile(LEVEL, part - 1), 0
        for near, far in zip(labelled.tolist(), others.tolist(), strict=True):
            every = [a + b for a, b in zip(near, far, strict=True)]
            judged, among, people_say = (every[0] + every[2]) / total, (near[0] + near[2]) / part, sum(near[:2]) / part
            spread = _influences(near, far, judged, among, people_say)
            bounds = powered_interval(prediction_powered(judged, among, people_say, spread, part), total, critical)
            good += bounds is not None and bounds[0] <= truth <= bounds[1]
        found.append(Result(f"prediction-powered, {truth:.0%} wrong, 200 of 2,000 labelled", good / runs, runs, 0.94))
    return found


def _influences(near: Sequence[int], far: Sequence[int], judged: float, among: float, found: float) -> Spread:
    """Sums over people of squared influences, each answer a person's own: what the SELECT of calibration sums."""
    total, part = sum(near) + sum(far), sum(near)
    judge = both = human = 0.0
    for (wrong, flag), inside, outside in zip(((1, 1), (1, 0), (0, 1), (0, 0)), near, far, strict=True):
        on_all, on_part, on_people = (flag - judged) / total, (flag - among) / part, (wrong - found) / part
        judge += inside * (on_all - on_part) ** 2 + outside * on_all**2
        both += inside * (on_all - on_part) * on_people
        human += inside * on_people**2
    return Spread(judge, both, human)


def waiting(runs: int) -> list[Result]:
    """Response times (log-normal, median 16 hours) seen in a snapshot in which 40 % are still open: how often the
    intervals of median and P90 hold the truth. Nine in ten must be within sight: tickets are followed for up to 800 h.
    """
    found, middle, spread = [], 16.0, 1.5
    open_share, longest = 0.4, 800.0
    early = _share_followed_briefly(middle, spread, open_share, longest)
    truth = {0.5: middle, 0.9: float(lognorm.ppf(0.9, spread, scale=middle))}
    for count in (60, 200):
        chance = np.random.default_rng((SEED, 5, count))
        times = chance.lognormal(math.log(middle), spread, (runs, count))
        brief = chance.random((runs, count)) < early
        sight = np.where(brief, chance.exponential(12.0, (runs, count)), chance.uniform(0, longest, (runs, count)))
        good = dict.fromkeys(truth, 0)
        for row, limit in zip(times, sight, strict=True):
            table = observed(np.ceil(np.minimum(row, limit) * 3600), row <= limit)
            for share, value in truth.items():
                bounds = survival.quantile(table, share, LEVEL)
                low, high = (bounds.low or 0) / 3600, math.inf if bounds.high is None else bounds.high / 3600
                good[share] += low <= value <= high
        still = float((times > sight).mean())
        for share, name in ((0.5, "median"), (0.9, "P90")):
            what = f"response time {name}, {count} tickets, {still:.0%} open"
            found.append(Result(what, good[share] / runs, runs, 0.93))
    return found


def _share_followed_briefly(middle: float, spread: float, open_share: float, longest: float) -> float:
    """How many tickets must be young (seen for 12 hours on average) so that so many are open in all."""
    grid = np.linspace(0, longest, 200_001)
    late = lognorm.sf(grid, spread, scale=middle)
    of_old = float(late.mean())
    density = np.exp(-grid / 12.0) / 12.0
    of_young = float(np.sum(late * density) * (grid[1] - grid[0]))
    return (open_share - of_old) / (of_young - of_old)


def observed(times: NDArray[np.float64], ended: NDArray[np.bool_]) -> Table:
    """The survival table of single observations."""
    distinct, place = np.unique(times, return_inverse=True)
    events = np.bincount(place, weights=ended, minlength=len(distinct)).astype(int)
    at_risk = np.cumsum(np.bincount(place, minlength=len(distinct))[::-1])[::-1]
    return Table(distinct.astype(int).tolist(), events.tolist(), at_risk.tolist())


def looks(runs: int) -> list[Result]:
    """A harmless pilot that is looked at on 60 days: how often the stop for harm is raised at least once. Twenty tasks
    a day are audited; critical errors are as frequent as the limit allows, or half as frequent.
    """
    limit, days, daily = Gates().critical_limit, 60, 20
    bounds: dict[tuple[int, int], bool] = {}

    def alarm(hits: int, of: int) -> bool:
        if (hits, of) not in bounds:
            bounds[hits, of] = lower_bound(hits, of, LEVEL) > limit
        return bounds[hits, of]

    found = []
    for rate, words in ((limit, "at the limit"), (limit / 2, "at half the limit")):
        chance = np.random.default_rng((SEED, 6, round(1e5 * rate)))
        critical = np.cumsum(chance.binomial(daily, rate, (runs, days)), axis=1)
        least = [next(h for h in range(day * daily + 1) if alarm(h, day * daily)) for day in range(1, days + 1)]
        raised = float((critical >= np.array(least)).any(axis=1).mean())
        found.append(
            Result(f"stop for harm raised in 60 daily looks, errors {words}", raised, runs, 0.05, at_most=True)
        )
    return found


def verdicts(runs: int) -> list[Result]:
    """Pilots planned at power 0.9 with one must whose truth lies ten points above or below its bar: how often the
    verdict is scale above and rework or close below; everything else about the pilot is well.
    """
    found = []
    variation = math.sqrt(1 - 1 / EVENTS)  # of geometric numbers of tasks
    for bar in (0.7, 0.6):
        must = replace(SUCCESS, bar=bar, floor=None)
        planned = people_for_bar(
            bar + 0.1, bar, Gates().power, cluster=EVENTS, correlation=1 / (1 + sum(SHAPE)), variation=variation
        )
        assert planned is not None
        for truth, side, wanted in ((bar + 0.1, "above", ("scale",)), (bar - 0.1, "below", ("rework", "close"))):
            shape = (sum(SHAPE) * truth, sum(SHAPE) * (1 - truth))
            good = 0
            for estimate in readings(*people(runs, planned, shape, geometric, round(1000 * truth))):
                reading = Measured(
                    value=estimate.value, low=estimate.low, high=estimate.high, status="ok", decides=True,
                    units=planned,
                )  # fmt: skip
                case = replace(SCALE, criteria=(must,), measured={must.criterion_id: reading}, users=planned)
                good += pilot_verdict(case).decision in wanted
            what = f"verdict right, truth 10 points {side} the bar of {bar:.0%}, {planned} people"
            found.append(Result(what, good / runs, runs, 0.9))
    return found


def watched(runs: int) -> list[Result]:
    """Series that do not change, with a baseline of eight weeks and 26 weeks after it: how many have a false alarm, by
    chart, and how often one of twenty of them stands as an alarm among many.
    """
    chance, weeks, groups = np.random.default_rng((SEED, 8)), 26, 20
    charts: dict[str, int] = dict.fromkeys(("CUSUM", "average", "limits"), 0)
    series = []
    for values in chance.standard_normal((runs, BASELINE + weeks)):
        seen = drift([Point(str(week), value, 1.0) for week, value in enumerate(values.tolist())])
        assert seen is not None
        for alarm in seen.alarms:
            charts[alarm.chart] += 1
        series.append(seen)
    found = [
        Result(f"false alarm of the {chart} within {weeks} steady weeks", count / runs, runs)
        for chart, count in charts.items()
    ]
    batches = [series[place : place + groups] for place in range(0, runs - groups + 1, groups)]
    stands = sum(
        any(up and each.alarms for up, each in zip(raised([each.p for each in batch]), batch, strict=True))
        for batch in batches
    )
    words = f"one of {groups} steady series stands among the alarms"
    return [*found, Result(words, stands / len(batches), len(batches), SHARE, at_most=True)]


SIMULATIONS: tuple[Callable[[int], list[Result]], ...] = (
    clustered, calibrated, powered, waiting, looks, verdicts, watched,
)  # fmt: skip
