"""Numbers in, numbers out: the same cases tried twice. What both tries share cancels out, so far fewer cases tell two
releases apart than if the tries were of different cases.
"""

import math
from typing import NamedTuple

from metrics.proportions import mcnemar, mcnemar_exact
from metrics.statistics import rounded, t_quantile

FEW = 25  # cases that differ; under so many the test is exact


class Pairs(NamedTuple):
    """Sums over the cases of two tries: how many, the differences second less first of their shares of good trials,
    those squared, and how many cases only the first, only the second passed.
    """

    cases: int
    total: float
    squares: float
    only_first: int
    only_second: int


class Change(NamedTuple):
    """The mean change of a case from the first try to the second, with its interval, and how often chance alone makes
    so many cases differ. None: the cases do not tell.
    """

    value: float | None
    low: float | None
    high: float | None
    p: float | None

    @property
    def clear(self) -> bool:
        """Whether the change is more than chance."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def change(pairs: Pairs, level: float) -> Change:
    """The paired difference with Student's interval over cases (trials of a case are averaged first: Miller, arXiv
    2411.00640), and McNemar's test, exact where fewer than 25 cases differ. Cases that all changed alike have no
    interval.
    """
    if not pairs.cases:
        return Change(None, None, None, None)
    value = pairs.total / pairs.cases
    tested = mcnemar(pairs.only_first, pairs.only_second, corrected=True)
    if pairs.only_first + pairs.only_second < FEW:
        tested = mcnemar_exact(pairs.only_first, pairs.only_second)
    p = rounded(tested.p) if tested else None
    spread = pairs.squares - pairs.total * value
    if pairs.cases < 2 or spread <= 1e-12:
        return Change(rounded(value), None, None, p)
    half = t_quantile(level, pairs.cases - 1) * math.sqrt(spread / (pairs.cases - 1) / pairs.cases)
    return Change(rounded(value), rounded(value - half), rounded(value + half), p)
