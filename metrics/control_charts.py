"""Numbers in, numbers out: whether a series still does what it used to, with how often each chart cries wolf.

The baseline is frozen beforehand: a chart whose limits move with the series finds nothing.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import ndtr

SIGMAS = 3.0
NODES = 96  # of the Gauss-Legendre rule that solves for a run length


class Limits(NamedTuple):
    """Between what a chart's points stay when nothing has changed."""

    low: float
    high: float


class Sums(NamedTuple):
    """A tabular CUSUM after each observation: how far it ran up, and how far down, both at least 0."""

    up: tuple[float, ...]
    down: tuple[float, ...]


class Signal(NamedTuple):
    """The first point beyond a limit: its value, its place (0 is the first), and to which side."""

    value: float
    place: int
    side: Literal["up", "down"]


def share_limits(share: float, count: float, sigmas: float = SIGMAS, spread: float = 1.0) -> Limits | None:
    """Where the share of a day with so many events stays: pbar -/+ sigmas * sqrt(pbar (1 - pbar) / n), cut to 0..1;
    None of no events. The p-chart, Shewhart (1931).

    `spread` widens it where days differ by more than chance: see overdispersion. Three sigmas of a normal share sound a
    false alarm one day in 370.
    """
    if not count > 0:
        return None
    half = sigmas * spread * math.sqrt(share * (1 - share) / count)
    return Limits(max(0.0, share - half), min(1.0, share + half))


def overdispersion(hits: Sequence[float], of: Sequence[float], share: float) -> float:
    """By how much more than chance the shares of days vary, at least 1: Laney's sigma of z, the mean moving range of
    the standardised shares by 1.128. Laney, Quality Engineering 14 (2002) 531-537. 1 of fewer than two days.
    """
    noise = share * (1 - share)
    days = [(h / n - share) / math.sqrt(noise / n) for h, n in zip(hits, of, strict=True) if n and noise]
    return overdispersion_of(days)


def overdispersion_of(scores: Sequence[float]) -> float:
    """The same of values that are standardised already: their mean moving range by 1.128, at least 1."""
    if len(scores) < 2:
        return 1.0
    ranges = [abs(after - before) for before, after in pairwise(scores)]
    return max(1.0, math.fsum(ranges) / len(ranges) / 1.128)


def smoothed(values: Sequence[float], weight: float, target: float) -> list[float]:
    """The exponentially weighted moving average, which begins at the target: z = weight * x + (1 - weight) * z before.

    Roberts, Technometrics 1 (1959) 239-250.
    """
    found, last = [], target
    for value in values:
        last = weight * value + (1 - weight) * last
        found.append(last)
    return found


def smoothed_limits(
    target: float, sigma: float, weight: float, sigmas: float = SIGMAS, after: int | None = None
) -> Limits:
    """Where a moving average stays: target -/+ sigmas * sigma * sqrt(weight / (2 - weight)), the limits it comes to;
    with `after` those of that point, which are narrower: times sqrt(1 - (1 - weight)^(2 after)).

    Lucas and Saccucci, Technometrics 32 (1990) 1-12: with weight 0.2 and 2.86 sigmas one false alarm in about 370.
    """
    share = weight / (2 - weight)
    if after is not None:
        share *= 1 - (1 - weight) ** (2 * after)
    half = sigmas * sigma * math.sqrt(share)
    return Limits(target - half, target + half)


def cusum(values: Sequence[float], target: float, allowance: float) -> Sums:
    """The tabular CUSUM: what exceeds target + allowance is added up, and what falls short of target - allowance; a sum
    under 0 begins again. Page, Biometrika 41 (1954) 100-115.
    """
    up, down, high, low = [], [], 0.0, 0.0
    for value in values:
        high = max(0.0, high + value - target - allowance)
        low = max(0.0, low + target - allowance - value)
        up.append(high)
        down.append(low)
    return Sums(tuple(up), tuple(down))


def first_signal(sums: Sums, threshold: float) -> Signal | None:
    """Where either sum first exceeds the threshold; None where neither does."""
    for place, (high, low) in enumerate(zip(*sums, strict=True)):
        if max(high, low) > threshold:
            return Signal(high, place, "up") if high >= low else Signal(low, place, "down")
    return None


def began(sums: Sums, signal: Signal) -> int:
    """The place of the observation with which the run began that gave the signal: the first after the sum was 0."""
    run = sums.up if signal.side == "up" else sums.down
    return max((place + 1 for place in range(signal.place) if run[place] == 0), default=0)


def run_length(allowance: float, threshold: float, shift: float = 0.0) -> float:
    """After how many observations a two-sided CUSUM of normal values signals on average, all in standard deviations;
    with no shift this is how often it cries wolf: one false alarm in so many.

    Each side solves L(s) = 1 + L(0) P(to 0) + integral of L over 0 to the threshold (van Dobben de Bruyn 1968), by
    Gauss-Legendre; together 1 / L = 1 / L(up) + 1 / L(down) (Kemp, JRSS B 23 (1961) 149-153).
    """
    return 1 / (1 / _one_side(allowance, threshold, shift) + 1 / _one_side(allowance, threshold, -shift))


def _one_side(allowance: float, threshold: float, shift: float) -> float:
    places, weights = np.polynomial.legendre.leggauss(NODES)
    states, weights = (places + 1) * threshold / 2, weights * threshold / 2
    drift = allowance - shift
    starts = np.concatenate(([0.0], states))
    steps = states[np.newaxis, :] - starts[:, np.newaxis] + drift
    moves = np.hstack((ndtr(drift - starts)[:, np.newaxis], np.exp(-(steps**2) / 2) / math.sqrt(2 * math.pi) * weights))
    return float(np.linalg.solve(np.eye(NODES + 1) - moves, np.ones(NODES + 1))[0])
