"""Numbers in, numbers out: bounds that hold at all numbers of observations at once, so that looking at them every day
is no way to be fooled by chance.

They ask for independent observations: of people's tasks the first of each, or one value a person and day.
"""

import math
from typing import NamedTuple

from scipy.optimize import brentq
from scipy.special import betaln

EDGE = 1e-12  # as near to 0 and 1 as a share is tried
LEAST_WEIGHT = 1e-3


class Sequence(NamedTuple):
    """A value with the interval of a confidence sequence, and the standard error it was made from."""

    value: float
    low: float
    high: float
    error: float


def tightest(variance: float, doubt: float) -> float:
    """The rho of the normal mixture that makes its boundary lowest, very nearly, at this intrinsic time (number of
    observations times their variance): v / (2 log(1/a) + log(1 + 2 log(1/a))), two-sided.

    Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49 (2021) 1055-1080, as their package confseq has it.
    """
    return variance / (2 * math.log(1 / doubt) + math.log1p(2 * math.log(1 / doubt)))


def boundary(variance: float, doubt: float, rho: float) -> float:
    """How far a sum of centred observations strays, either way, at any intrinsic time up to for ever, but with
    probability `doubt`: sqrt((v + rho) log((v + rho) / (rho a^2))). The two-sided normal mixture, Howard et al. (2021).
    """
    return math.sqrt((variance + rho) * math.log((variance + rho) / (rho * doubt * doubt)))


def log_evidence(total: float, variance: float, rho: float) -> float:
    """The logarithm of the e-value against a mean of zero, when centred observations sum to `total` at an intrinsic
    time: log(rho / (v + rho)) / 2 + s^2 / (2 (v + rho)). From log(1 / doubt) on, `total` is beyond `boundary`.
    """
    return (math.log(rho / (variance + rho)) + total * total / (variance + rho)) / 2


def share_sequence(
    hits: int, of: int, doubt: float, tuned_for: float, tuned_doubt: float | None = None
) -> tuple[float, float]:
    """The confidence sequence of a share, two-sided, after `of` observations; 0 to 1 after none.

    A share p is left out once the likelihood of what was seen, mixed over a beta distribution around p, is 1 / doubt
    times that under p: the beta-binomial mixture of Howard et al. (2021), as confseq computes it. `tuned_for` is the
    number of observations, `tuned_doubt` the doubt, at which it is tightest.
    """
    if not of:
        return 0.0, 1.0
    weight = max(tightest(tuned_for, doubt if tuned_doubt is None else tuned_doubt) - 1, LEAST_WEIGHT)

    def evidence(share: float) -> float:
        ahead, behind = weight * share, weight * (1 - share)  # what the beta counts for, in observations
        mixed = betaln(ahead + hits, behind + of - hits) - betaln(ahead, behind)
        plain = hits * math.log(share) + (of - hits) * math.log1p(-share)
        return float(mixed - plain) - math.log(1 / doubt)

    seen = min(max(hits / of, EDGE), 1 - EDGE)
    if evidence(seen) >= 0:
        return 0.0, 1.0
    low = 0.0 if not hits or evidence(EDGE) <= 0 else float(brentq(evidence, EDGE, seen, xtol=EDGE))
    high = 1.0 if hits == of or evidence(1 - EDGE) <= 0 else float(brentq(evidence, seen, 1 - EDGE, xtol=EDGE))
    return low, high


def mean_sequence(value: float, error: float, count: int, doubt: float, tuned_for: float) -> Sequence:
    """The asymptotic confidence sequence of a mean or difference with this standard error after `count` observations:
    it holds for many observations (from about 50 people; with fewer use share_sequence).

    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, arXiv 2103.06476, eq. 9; `tuned_for` is the number of observations
    at which it is tightest. Its half width is sqrt(n) se sqrt(2 (n rho^2 + 1) log(sqrt(n rho^2 + 1) / a)) / (n rho).
    """
    doubts = -2 * math.log(doubt)
    rho2 = (doubts + math.log1p(doubts)) / tuned_for
    grown = count * rho2 + 1
    half = error * math.sqrt(2 * grown * math.log(math.sqrt(grown) / doubt) / (count * rho2))
    return Sequence(value, value - half, value + half, error)
