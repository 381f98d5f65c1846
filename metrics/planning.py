"""Numbers in, numbers out: how many it takes to see a difference of a given size, and what correlated observations
cost. Numbers are of each of two groups, not rounded up; None where no number would do.
"""

import math

from scipy.optimize import brentq
from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from metrics.statistics import t_quantile

FEWEST = 1.05  # fewer than two have no variance; down to here the formula still computes
MOST = 1e7  # more than this is no plan


def design_effect(cluster: float, correlation: float, variation: float = 0.0) -> float:
    """How many times as many observations it takes when each person makes `cluster` of them, with this intra-class
    correlation: 1 + (m - 1) rho. Kish, Survey Sampling (1965), section 5.4.

    Where some make more than others, `variation` is their standard deviation by their mean: 1 + ((1 + v^2) m - 1) rho.
    Eldridge, Ashby and Kerry, International Journal of Epidemiology 35 (2006) 1292-1300.
    """
    return 1 + ((1 + variation * variation) * cluster - 1) * correlation


def for_shares(one: float, other: float, power: float, alpha: float = 0.05, *, sides: int = 2) -> float | None:
    """Observations of each group that tell two shares apart with this power; None where they are the same.

    ((z_a sqrt(2 p q) + z_b sqrt(p1 q1 + p2 q2)) / (p1 - p2))^2 with p the mean of both, as R's power.prop.test; Fleiss,
    Levin and Paik, Statistical Methods for Rates and Proportions (2003), section 4.2. `alpha` is of the whole test.
    """
    if one == other:
        return None
    middle = (one + other) / 2
    sure, strong = -float(ndtri(alpha / sides)), float(ndtri(power))
    noise = sure * math.sqrt(2 * middle * (1 - middle)) + strong * math.sqrt(one * (1 - one) + other * (1 - other))
    return (noise / (one - other)) ** 2


def people_for_bar(
    share: float, bar: float, power: float, *, cluster: float, correlation: float, variation: float = 0.0,
    level: float = 0.95,
) -> int | None:  # fmt: skip
    """People of a pilot whose whole interval clears a bar with this power when the true share is `share`; None where
    the share is on the bar, or ten million would not do.

    Each makes `cluster` observations. Wilson's bound clears the bar b from n = ((c + z) s / (p - b))^2 effective
    observations, c and z being quantiles of t(K - 1) for the level and for the power, s^2 the greater of b (1 - b) and
    p (1 - p): a rate that comes out low by chance comes out with a wider interval, too. People are n times the design
    effect by `cluster`. `make calibrate` holds the power against simulated pilots.
    """
    return people_worth(share, bar, power, cluster / design_effect(cluster, correlation, variation), level)


def people_worth(share: float, bar: float, power: float, worth: float, level: float = 0.95) -> int | None:
    """As people_for_bar, each person being worth so many independent observations."""
    if share == bar:
        return None
    noise = math.sqrt(max(bar * (1 - bar), share * (1 - share)))

    def enough(people: int) -> bool:
        sure, strong = t_quantile(level, people - 1), float(stdtrit(people - 1, power))
        return worth * people >= ((sure + strong) * noise / (share - bar)) ** 2

    short, long = 1, int(MOST)
    if not enough(long):
        return None
    while long - short > 1:
        middle = (short + long) // 2
        short, long = (short, middle) if enough(middle) else (middle, long)
    return long


def chance_at_end(
    share: float, bar: float, size: float, growth: float, units: int, *, level: float = 0.95
) -> float | None:
    """The chance that the whole interval clears the bar from below when there are `growth` times as many observations
    as the `size` effective ones that gave this share so far, and the rest come at the same rate (conditional power
    under the current trend: Lachin, Statistics in Medicine 24 (2005) 2747-2764). None where nothing more comes.

    Wilson's lower bound clears the bar b when the share at the end is at least b + c sqrt(b (1 - b) / N), N = size *
    growth and c = t(units - 1); that share is normal around the one so far with the variance p (1 - p) m / N^2 of the m
    observations that are to come. That the share so far is itself uncertain is not in it: read it beside the interval.
    """
    if growth <= 1 or units < 2 or not 0 < share < 1 or not 0 < bar < 1:
        return None
    whole = size * growth
    needed = bar + t_quantile(level, units - 1) * math.sqrt(bar * (1 - bar) / whole)
    return float(ndtr((share - needed) * whole / math.sqrt(share * (1 - share) * (whole - size))))


def for_means(
    difference: float, deviation: float, power: float, alpha: float = 0.05, *, sides: int = 2, samples: int = 2
) -> float | None:
    """Observations of each group that tell two means apart by Student's test with this power; with `samples` 1, of the
    one group (or pairs) whose mean is held against a number. None where there is no difference.

    Solved from the noncentral t, as R's power.t.test does (the far tail of a two-sided test left out).
    """
    if not difference:
        return None
    effect = abs(difference) / deviation

    def short(count: float) -> float:
        freedom = samples * (count - 1)
        critical = float(stdtrit(freedom, 1 - alpha / sides))
        below = float(nctdtr(freedom, math.sqrt(count / samples) * effect, critical))
        return power - 1 + (0.0 if math.isnan(below) else below)  # so far out that it is no number is not below

    normal = samples * ((float(ndtri(power)) - float(ndtri(alpha / sides))) / effect) ** 2
    if normal > MOST:
        return None
    return FEWEST if short(FEWEST) <= 0 else float(brentq(short, FEWEST, 2 * normal + 200, xtol=1e-9))
