"""Numbers in, numbers out: ratios of sums over correlated units, and how sure one may be of them."""

import math
from collections.abc import Iterable
from functools import lru_cache

from scipy.special import stdtrit

from metrics.spec import Estimate, Moments

DIGITS = 12


def rounded(number: float) -> float:
    """The number at 12 significant digits: readings that are equal there are equal."""
    return float(f"{number:.{DIGITS}g}")


@lru_cache(maxsize=4096)
def t_quantile(level: float, freedom: float) -> float:
    """The two-sided critical value of Student's t at a confidence level, by scipy; `freedom` may be a fraction."""
    return float(stdtrit(freedom, (1 + level) / 2))


def wilson(share: float, size: float, critical: float) -> tuple[float, float]:
    """Wilson's score interval for a share seen in `size` (effective) observations.

    Wilson, JASA 22 (1927) 209-212. `critical` is the normal or Student quantile; `size` may be fractional.
    """
    z2 = critical * critical
    centre = (share + z2 / (2 * size)) / (1 + z2 / size)
    half = critical / (1 + z2 / size) * math.sqrt(share * (1 - share) / size + z2 / (4 * size * size))
    low = 0.0 if share == 0 else max(0.0, centre - half)
    high = 1.0 if share == 1 else min(1.0, centre + half)
    return low, high


def delta_variance(moments: Moments) -> float:
    """The variance of hits / of from integer moments, units being independent; computed without rounding until the end.

    v = [var(s) - 2 r cov(s, m) + r^2 var(m)] / (K mean(m)^2), with K - 1 in the variances: Deng, Knoblich and Lu,
    arXiv 1803.06336. Needs two units or more.
    """
    units, hits, of, hits2, of2, cross = moments
    squares = hits2 * of * of - 2 * hits * of * cross + hits * hits * of2  # sum of (s - r m)^2, times of^2
    return (units * squares) / ((units - 1) * of**4)


def jackknife_variance(units: int, squared_deviations: float) -> float:
    """The leave-one-unit-out variance: (K - 1) / K times the sum of (r without unit u - r)^2."""
    return (units - 1) / units * squared_deviations


def common_factor(factors: Iterable[int]) -> int:
    """The greatest common divisor of everything counted, from the distinct divisors per unit; 1 for nothing.

    Repeating every event of every person n times multiplies all counts by n and adds no information: dividing by this
    takes it out again.
    """
    return math.gcd(*factors) or 1


def effective_size(share: float, variance: float, units: int, most: float) -> float:
    """How many independent observations have this variance; never more than `most`; the units where nothing varied."""
    if variance <= 0:
        return float(units)
    return min(share * (1 - share) / variance, most)


def ratio(moments: Moments, variance: float, factor: int, level: float, events: int | None = None) -> Estimate:
    """The ratio hits / of with Wilson's interval on the effective size and t(K - 1) for the normal quantile.

    `variance` is the jackknife's or the delta method's, `factor` what common_factor found, `events` how many were
    weighed where `of` is a sum of weights. One unit has no interval.
    """
    if not moments.of:
        return Estimate(None, None, None, None, "")
    share = moments.hits / moments.of
    if moments.units < 2:
        return Estimate(rounded(share), None, None, None, "")
    most = moments.of / factor if events is None else min(moments.of / factor, events)
    size = effective_size(share, variance, moments.units, most)
    low, high = wilson(share, size, t_quantile(level, moments.units - 1))
    return Estimate(rounded(share), rounded(low), rounded(high), rounded(size), f"Wilson on n_eff {size:.4g}")
