"""Numbers in, numbers out: shares and rates of independent observations, one alone, two against each other, and the
same cases seen twice. For observations of one person more than once see statistics.ratio.

Nothing observed is no number: None, never 0.
"""

import math
from typing import NamedTuple

from scipy.special import bdtr, betaincinv, chdtrc, chdtri, ndtri

from metrics.statistics import wilson

Ends = tuple[float, float]


class Tested(NamedTuple):
    """A test statistic with its two-sided p-value."""

    statistic: float
    p: float


def normal_quantile(level: float) -> float:
    """The two-sided critical value of the normal distribution at a confidence level."""
    return float(ndtri((1 + level) / 2))


def score_interval(hits: float, of: float, level: float) -> Ends | None:
    """Wilson's interval of a share of independent observations; None of none."""
    return wilson(hits / of, of, normal_quantile(level)) if of else None


def exact_interval(hits: int, of: int, level: float) -> Ends | None:
    """The interval of a share that covers at least so often whatever the share is: for safety, and for few
    observations. None of none.

    Clopper and Pearson, Biometrika 26 (1934) 404-413: each end is the share under which what was seen, or more of it
    to that side, has the probability (1 - level) / 2.
    """
    if not of:
        return None
    tail = (1 - level) / 2
    return exact_lower(hits, of, tail), exact_upper(hits, of, tail)


def exact_upper(hits: int, of: int, tail: float) -> float:
    """The share under which at most so many hits have the probability `tail`; 1 where all are hits.

    Of no hits it is 1 - tail^(1/n), about 3 / n at 5 % (Hanley and Lippman-Hand, JAMA 249 (1983) 1743-1745).
    """
    return 1.0 if hits >= of else float(betaincinv(hits + 1, of - hits, 1 - tail))


def exact_lower(hits: int, of: int, tail: float) -> float:
    """The share under which at least so many hits have the probability `tail`; 0 where none is a hit."""
    return 0.0 if hits <= 0 else float(betaincinv(hits, of - hits + 1, tail))


def difference(hits: tuple[int, int], of: tuple[int, int], level: float) -> Ends | None:
    """The interval of the first share less the second, of independent samples; None where either has none.

    Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10: the distances of each share to the ends of its Wilson
    interval, squared and added.
    """
    if not all(of):
        return None
    critical = normal_quantile(level)
    (one, other) = (hits[0] / of[0], hits[1] / of[1])
    (low, high), (bottom, top) = wilson(one, of[0], critical), wilson(other, of[1], critical)
    apart = one - other
    return apart - math.hypot(one - low, top - other), apart + math.hypot(high - one, other - bottom)


def mcnemar(only_first: int, only_second: int, *, corrected: bool) -> Tested | None:
    """Whether two tries of the same cases differ, from the cases that only the first and only the second passed;
    None where no case differs.

    McNemar, Psychometrika 12 (1947) 153-157: (b - c)^2 / (b + c) on one degree of freedom; `corrected` for continuity
    as Edwards has it, (|b - c| - 1)^2 / (b + c), and 0 where b = c (R's mcnemar.test).
    """
    differ = only_first + only_second
    if not differ:
        return None
    apart = abs(only_first - only_second)
    statistic = (max(apart - 1, 0) if corrected else apart) ** 2 / differ
    return Tested(statistic, float(chdtrc(1, statistic)))


def mcnemar_exact(only_first: int, only_second: int) -> Tested:
    """The same without approximation, for few cases that differ: twice the binomial tail of the rarer kind at one half,
    at most 1. The statistic is the number of the rarer kind.
    """
    rarer = min(only_first, only_second)
    return Tested(float(rarer), min(1.0, 2 * float(bdtr(rarer, only_first + only_second, 0.5))))


def poisson_rate(count: int, exposure: float, level: float) -> Ends | None:
    """The exact interval of a rate of independent incidents per unit of exposure; None without exposure.

    Garwood, Biometrika 28 (1936) 437-442, by the quantiles of chi-squared.
    """
    if not exposure > 0:
        return None
    tail = (1 - level) / 2
    low = chdtri(2 * count, 1 - tail) / 2 if count else 0.0
    return float(low) / exposure, float(chdtri(2 * (count + 1), tail)) / 2 / exposure
