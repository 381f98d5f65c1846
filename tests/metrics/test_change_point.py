import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from metrics.change_point import pettitt


@given(st.lists(st.integers(0, 9), max_size=40))
def test_the_change_is_where_the_most_pairs_differ(values: list[int]) -> None:
    """Over all places: how many pairs of one value before and one after rise, less how many fall; the first most."""

    def apart(place: int) -> int:
        return sum((later > earlier) - (later < earlier) for earlier in values[:place] for later in values[place:])

    found = pettitt(values)
    if len(set(values)) < 2:
        assert found is None
        return
    counts = [abs(apart(place)) for place in range(1, len(values))]
    assert found is not None
    assert (found.statistic, found.before) == (max(counts), counts.index(max(counts)) + 1)
    n = len(values)
    assert found.p == min(1, 2 * math.exp(-6 * max(counts) ** 2 / (n**3 + n**2)))


def test_a_step_is_found_and_noise_seldom_looks_like_one() -> None:
    """A step of two deviations in the middle of forty values: nearly where it is. Of 400 series without one, at most a
    twentieth has p below 5 %, within chance.
    """
    chance = np.random.default_rng(3)
    places = [
        found.before
        for _ in range(50)
        if (found := pettitt([*chance.normal(0, 1, 20), *chance.normal(2, 1, 20)])) and found.p < 0.05
    ]
    assert len(places) >= 48
    assert abs(float(np.median(places)) - 20) <= 1
    alarms = [pettitt(chance.normal(0, 1, 40).tolist()) for _ in range(400)]
    assert sum(hint is not None and hint.p < 0.05 for hint in alarms) <= 32
