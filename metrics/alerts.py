"""Numbers in, numbers out: which of many alerts to raise, so that few of those raised are chance."""

from collections.abc import Sequence

SHARE = 0.1  # of the alerts raised at one time, at most so many are expected to be chance


def raised(chances: Sequence[float], share: float = SHARE) -> list[bool]:
    """Which alerts stand, given the p-value of each: the most that keep the expected share of false ones among them.

    Benjamini and Hochberg, JRSS B 57 (1995) 289-300: of m p-values in order, all up to the last that is at most
    i / m * share.
    """
    order = sorted(range(len(chances)), key=chances.__getitem__)
    last = max(
        (place for place, index in enumerate(order, 1) if chances[index] * len(chances) <= place * share), default=0
    )
    standing = set(order[:last])
    return [index in standing for index in range(len(chances))]
