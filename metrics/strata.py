"""Numbers in, numbers out: rates of groups that are made of parts, and what a difference between them is due to - other
rates within the parts, or another mix of parts (Simpson's paradox).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from scipy.special import chdtrc

Table = Sequence[Sequence[float]]  # two by two: a row a group, hits and misses


class Segment(NamedTuple):
    """A part of two groups, or of one at two times: hits and events in the first and in the second. Name None: of those
    of which nobody says which part they are.
    """

    name: str | None
    hits: tuple[float, float]
    of: tuple[float, float]


class Effect(NamedTuple):
    """What a segment adds to the change from the first to the second: by its own rate, and by its share of events."""

    name: str | None
    rate: float
    mix: float


class Explained(NamedTuple):
    """The change of a pooled rate from the first to the second, and what it is due to: `rate` + `mix` = `change`.

    `reversed`: the pooled rate moves one way and more of the segments that moved at all move the other (Simpson).
    """

    change: float
    rate: float
    mix: float
    effects: tuple[Effect, ...]
    reversed: bool


class Odds(NamedTuple):
    """A common odds ratio over strata with the Cochran-Mantel-Haenszel test of 1; `corrected` for continuity."""

    ratio: float | None
    statistic: float
    p: float
    statistic_corrected: float
    p_corrected: float


def explain(segments: Sequence[Segment]) -> Explained | None:
    """The change of hits / of, split by segment into rate and mix effects; None where one side has no events.

    Kitagawa, Journal of the American Statistical Association 50 (1955) 1168-1194: a segment's rate effect is the mean
    of its two shares of events times the change of its rate, its mix effect the change of its share times the mean of
    its two rates, here less the mean pooled rate, so that a segment which grows adds what it is above the rest. A
    segment without events on one side has no rate there: all of what it adds is mix.
    """
    totals = [math.fsum(segment.of[side] for segment in segments) for side in (0, 1)]
    if not all(totals):
        return None
    pooled = [math.fsum(segment.hits[side] for segment in segments) / totals[side] for side in (0, 1)]
    centre, effects, moved = sum(pooled) / 2, [], [0, 0]
    for segment in segments:
        shares = [segment.of[side] / totals[side] for side in (0, 1)]
        rates = [segment.hits[side] / segment.of[side] for side in (0, 1) if segment.of[side]]
        if not rates:
            continue
        turn = rates[-1] - rates[0]
        moved[turn > 0] += turn != 0
        effects.append(
            Effect(segment.name, sum(shares) / 2 * turn, (shares[1] - shares[0]) * (sum(rates) / len(rates) - centre))
        )
    change = pooled[1] - pooled[0]
    against = moved[0] > moved[1] if change > 0 else moved[1] > moved[0] and change < 0
    rate, mix = math.fsum(each.rate for each in effects), math.fsum(each.mix for each in effects)
    return Explained(change, rate, mix, tuple(effects), against)


def standardised(segments: Sequence[tuple[float, float]], weights: Sequence[float]) -> float | None:
    """The rate that a group would have with this mix of segments, (hits, of) each: direct standardisation, the weighted
    mean of the rates. None where a segment that has weight has no events.
    """
    pairs = [(weight, hits, of) for weight, (hits, of) in zip(weights, segments, strict=True) if weight]
    if not pairs or not all(of for _, _, of in pairs):
        return None
    return math.fsum(weight * hits / of for weight, hits, of in pairs) / math.fsum(weight for weight, _, _ in pairs)


def pooled(segments: Sequence[tuple[float, float]]) -> float | None:
    """All hits / all events; None without events."""
    of = math.fsum(each for _, each in segments)
    return math.fsum(hits for hits, _ in segments) / of if of else None


def common_odds(tables: Sequence[Table]) -> Odds | None:
    """The odds ratio of two groups that strata have in common, and whether it differs from 1. None where no stratum
    compares anything.

    Mantel and Haenszel, Journal of the National Cancer Institute 22 (1959) 719-748: sum(a d / n) / sum(b c / n), and
    the squared sum of (a - expected) over the sum of hypergeometric variances on one degree of freedom; corrected for
    continuity half a case is taken off the sum where it is that much (as R's mantelhaen.test does).
    """
    above = below = apart = variance = 0.0
    for (a, b), (c, d) in tables:
        n = a + b + c + d
        if n < 2:
            continue
        above, below = above + a * d / n, below + b * c / n
        apart += a - (a + b) * (a + c) / n
        variance += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1))
    if not variance:
        return None
    plain = apart**2 / variance
    corrected = (abs(apart) - 0.5) ** 2 / variance if abs(apart) >= 0.5 else plain
    ratio = above / below if below else None
    return Odds(ratio, plain, float(chdtrc(1, plain)), corrected, float(chdtrc(1, corrected)))
