"""Numbers in, numbers out: where a series may have changed. A hint for a person to confirm, never a finding."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from scipy.stats import rankdata

FEWEST = 2


class Hint(NamedTuple):
    """A series may have changed after its first `before` values; `p`: about how often chance alone looks like that."""

    before: int
    statistic: float
    p: float


def pettitt(values: Sequence[float]) -> Hint | None:
    """The place where ranks before and after differ most: the greatest |2 * sum of ranks up to t - t (n + 1)|, of
    several the first. None of fewer than two values or of values that are all the same.

    Pettitt, Applied Statistics 28 (1979) 126-135, with its approximate p, 2 exp(-6 K^2 / (n^3 + n^2)), at most 1; ties
    share the mean rank. It asks for independent values and finds one change of level, not a drift.
    """
    count = len(values)
    if count < FEWEST:
        return None
    best, place, total = 0.0, 0, 0.0
    for before, rank in enumerate(rankdata(values)[:-1].tolist(), 1):
        total += rank
        if (apart := abs(2 * total - before * (count + 1))) > best:
            best, place = apart, before
    if not place:
        return None
    return Hint(place, best, min(1.0, 2 * math.exp(-6 * best * best / (count**3 + count**2))))
