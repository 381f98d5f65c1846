"""What a judge's verdicts are worth: how often it agrees with people, and the rate of errors corrected for its
mistakes. Pure: numbers in, numbers out.

The positive class is the error: sensitivity is the share of wrong answers that the judge flags, specificity the share
of good ones that it passes.
"""

import math
from typing import NamedTuple

from metrics.agreement import cohen
from metrics.proportions import exact_upper
from metrics.statistics import wilson


class Confusion(NamedTuple):
    """How people and the judge labelled the same answers; people are taken to be right."""

    flagged: int  # wrong, and flagged by the judge
    overlooked: int  # wrong, and passed
    accused: int  # good, and flagged
    passed: int  # good, and passed

    @property
    def wrong(self) -> int:
        """Answers that people found wrong."""
        return self.flagged + self.overlooked

    @property
    def good(self) -> int:
        """Answers that people found good."""
        return self.accused + self.passed

    @property
    def labels(self) -> int:
        """Answers that people labelled."""
        return self.wrong + self.good

    @property
    def sensitivity(self) -> float:
        """Share of wrong answers that the judge flags; nan where people found none wrong."""
        return self.flagged / self.wrong if self.wrong else math.nan

    @property
    def specificity(self) -> float:
        """Share of good answers that the judge passes; nan where people found none good."""
        return self.passed / self.good if self.good else math.nan

    def fault(self, least: int, youden: float) -> str:
        """Why a rate is not corrected by these labels, as the end of a sentence, or "".

        Under `least` labels of a class nothing is known about the judge there; where sensitivity + specificity - 1
        (Youden's J) is under `youden` the correction divides by next to nothing.
        """
        if min(self.wrong, self.good) < least:
            return (
                f"people and judge both labelled {self.wrong} wrong and {self.good} good answers,"
                f" and {least} of each are needed"
            )
        if self.sensitivity + self.specificity - 1 < youden - 1e-9:  # .6 + .7 - 1 is a little less than .3
            return (
                f"the judge hardly tells wrong from good: sensitivity {self.sensitivity:.2f}, specificity"
                f" {self.specificity:.2f}, together they must exceed 1 by {youden:g}"
            )
        return ""


class Corrected(NamedTuple):
    """A share of errors with its interval, and the variance behind it."""

    value: float
    low: float
    high: float
    variance: float


class Powered(NamedTuple):
    """A prediction-powered share: its value (not cut to 0..1), its variance, and the weight given to the judge."""

    value: float
    variance: float
    trust: float


class Spread(NamedTuple):
    """Sums over people of squares and products of their influence: on judge (all that it read, less what people read,
    too) and on people's own labels.
    """

    judge: float
    both: float
    people: float


def rogan_gladen(share: float, sensitivity: float, specificity: float) -> float:
    """The true share behind a judged one: (p + sp - 1) / (se + sp - 1), cut to 0..1.

    Rogan and Gladen, American Journal of Epidemiology 107 (1978) 71-76. ValueError where se + sp is not above 1.
    """
    power = sensitivity + specificity - 1
    if not power > 0:
        raise ValueError("a judge whose sensitivity and specificity do not exceed 1 together tells nothing")
    return min(1.0, max(0.0, (share + specificity - 1) / power))


def corrected(share: float, size: float, labels: Confusion, critical: float) -> Corrected:
    """The Rogan-Gladen share with its plug-in interval, widened to hold the value. `size` is how many (effective)
    answers the judged `share` rests on, `critical` the normal or Student quantile.
    """
    value = rogan_gladen(share, labels.sensitivity, labels.specificity)
    found = plugged_in(share, size, (labels.sensitivity, labels.wrong), (labels.specificity, labels.good), critical)
    if found is None:
        return Corrected(value, 0.0, 1.0, math.inf)
    low, high, variance = found
    return Corrected(value, min(low, value), max(high, value), variance)


def plugged_in(
    share: float, size: float, sensitive: tuple[float, float], specific: tuple[float, float], critical: float
) -> tuple[float, float, float] | None:
    """The plug-in interval of a corrected share and its variance, by Lee et al., arXiv 2511.21140; None where the judge
    tells nothing.

    `sensitive` is (sensitivity q1, of how many m1 of the positive class), `specific` (specificity q0, of m0 others), z
    is `critical`. Adjusted numbers stand for the raw ones: n~ = n + z^2, p = (n share + z^2/2) / n~, and for each class
    m~ = m + 2, q = (m q + 1) / m~. Then th = (p + q0 - 1) / (q0 + q1 - 1),
    d = 2 z^2 (th q1 (1-q1) / m1 - (1-th) q0 (1-q0) / m0),
    s^2 = p (1-p) / n + (1-th)^2 q0 (1-q0) / m0 + th^2 q1 (1-q1) / m1, and the interval is
    th + d -/+ z s / (q0 + q1 - 1), cut to 0..1.
    """
    z2 = critical * critical
    p = (size * share + z2 / 2) / (size + z2)
    (q1, m1), (q0, m0) = (((q * m + 1) / (m + 2), m + 2) for q, m in (sensitive, specific))
    power = q0 + q1 - 1
    if power <= 0:
        return None
    th = (p + q0 - 1) / power
    noise1, noise0 = q1 * (1 - q1) / m1, q0 * (1 - q0) / m0
    centre = th + 2 * z2 * (th * noise1 - (1 - th) * noise0)
    variance = (p * (1 - p) / (size + z2) + (1 - th) ** 2 * noise0 + th**2 * noise1) / power**2
    half = critical * math.sqrt(variance)
    return min(1.0, max(0.0, centre - half)), max(0.0, min(1.0, centre + half)), variance


def prediction_powered(
    judged: float, judged_among: float, found_among: float, spread: Spread, units: int, *, trust: float | None = None
) -> Powered:
    """The share of errors by a judge over many answers and people over a random part of them: prediction-powered
    inference, trust * mean(f) + mean(Y - trust * f).

    Angelopoulos et al., Science 382 (2023) 669-674; `trust` (lambda) by default the one with the least variance,
    cut to 0..1: PPI++, arXiv 2311.01453. `judged` is the judge's share over all it read, `judged_among` and
    `found_among` the judge's and the people's over what both read. The variance is units / (units - 1) times the sum
    of squared influences (linearised, by person), so it holds for people with many answers, for unequal weights and
    where the part is inside the whole; for independent answers it is lambda^2 var(f) / N + var(Y - lambda f) / n.
    """
    if trust is None:
        trust = min(1.0, max(0.0, -spread.both / spread.judge)) if spread.judge > 0 else 0.0
    squares = trust * trust * spread.judge + 2 * trust * spread.both + spread.people
    return Powered(trust * (judged - judged_among) + found_among, max(0.0, squares) * units / (units - 1), trust)


def powered_interval(found: Powered, most: float, critical: float) -> tuple[float, float, float] | None:
    """Low, high and effective size of a prediction-powered share: Wilson's interval on as many independent answers as
    have its variance, `most` at most. None where the share leaves 0 to 1 or has no variance of its own.
    """
    if not 0 < found.value < 1 or found.variance <= 0:
        return None
    size = min(found.value * (1 - found.value) / found.variance, most)
    return *wilson(found.value, size, critical), size


def best_trust(together: float, spread: float, labelled: int, judged: int) -> float:
    """The weight of the judge for independent answers that PPI++ estimates, cut to 0..1: the covariance of people and
    judge over the `labelled` by (1 + n / N) times the judge's variance over all. Angelopoulos, Duchi and Zrnic, arXiv
    2311.01453, section 6; `together` and `spread` are the covariance and the variance.
    """
    return min(1.0, max(0.0, together / ((1 + labelled / judged) * spread))) if spread > 0 else 0.0


def kappa(confusion: Confusion) -> float | None:
    """Cohen's kappa of people and judge: agreement beyond chance, 1 for full. None where chance agrees fully."""
    return cohen(((confusion.flagged, confusion.overlooked), (confusion.accused, confusion.passed)))


def none_of(count: int, level: float) -> float:
    """The upper bound of a share of which `count` independent units showed nothing: Clopper-Pearson, two-sided."""
    return exact_upper(0, count, (1 - level) / 2)
