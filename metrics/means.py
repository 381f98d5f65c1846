"""Numbers in, numbers out: means of independent observations against each other - minutes a task, values a person.

Fewer than two observations on a side, or none that differ, are no comparison: None.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from metrics.statistics import t_quantile

FEWEST = 2  # observations that have a variance


class Sample(NamedTuple):
    """What has to be known of a sample: its size, its mean, and its variance over n - 1 (0 of fewer than two)."""

    size: int
    mean: float
    variance: float


class Contrast(NamedTuple):
    """A difference (or lift) with its interval, its standard error, t and the degrees of freedom."""

    value: float
    low: float
    high: float
    error: float
    t: float
    freedom: float


def of_values(values: Sequence[float]) -> Sample:
    """The sample of single values."""
    size = len(values)
    mean = math.fsum(values) / size if size else 0.0
    return Sample(size, mean, math.fsum((value - mean) ** 2 for value in values) / (size - 1) if size > 1 else 0.0)


def of_sums(size: int, total: float, squares: float) -> Sample:
    """The sample of which the sum and the sum of squares are known."""
    mean = total / size if size else 0.0
    return Sample(size, mean, max(0.0, (squares - total * mean) / (size - 1)) if size > 1 else 0.0)


def welch(one: Sample, other: Sample, level: float) -> Contrast | None:
    """The first mean less the second, of samples whose variances may differ.

    Welch, Biometrika 34 (1947) 28-35, with Satterthwaite's degrees of freedom.
    """
    if min(one.size, other.size) < FEWEST:
        return None
    return _contrast(one.mean - other.mean, (one.variance / one.size, other.variance / other.size), (one, other), level)


def lift(treated: Sample, control: Sample, level: float) -> Contrast | None:
    """How much greater the first mean is than the second, in shares of the second: b / a - 1, by the delta method.

    Var = var_b / (n_b a^2) + var_a b^2 / (n_a a^4); Deng, Knoblich and Lu, arXiv 1803.06336. Degrees of freedom as in
    Welch's test of the difference. None where the second mean is zero.
    """
    if min(treated.size, control.size) < FEWEST or not control.mean:
        return None
    ratio = treated.mean / control.mean
    variance = treated.variance / treated.size + ratio * ratio * control.variance / control.size
    found = welch(treated, control, level)
    if found is None or variance <= 0:
        return None
    error = math.sqrt(variance) / abs(control.mean)
    half = t_quantile(level, found.freedom) * error
    return Contrast(ratio - 1, ratio - 1 - half, ratio - 1 + half, error, (ratio - 1) / error, found.freedom)


def difference_in_differences(
    treated_before: float, treated_after: float, control_before: float, control_after: float
) -> float:
    """How much more the treated changed than the others: what is left of a before-after difference once what happened
    to everybody is taken out. It is causal only as far as both would have moved alike.
    """
    return (treated_after - treated_before) - (control_after - control_before)


def _contrast(value: float, noise: tuple[float, float], of: tuple[Sample, Sample], level: float) -> Contrast | None:
    variance = sum(noise)
    if variance <= 0:
        return None
    error = math.sqrt(variance)
    freedom = variance**2 / sum(part**2 / (each.size - 1) for part, each in zip(noise, of, strict=True))
    half = t_quantile(level, freedom) * error
    return Contrast(value, value - half, value + half, error, value / error, freedom)
