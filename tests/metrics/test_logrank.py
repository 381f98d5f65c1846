import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import CensoredData
from scipy.stats import logrank as scipys
from statsmodels.duration.survfunc import survdiff

from metrics.logrank import logrank

GROUP = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=30)


@given(GROUP, GROUP)
def test_two_groups_are_compared_as_by_scipy(one: list[tuple[int, bool]], other: list[tuple[int, bool]]) -> None:
    """Chi-squared is scipy's z squared, with its p; exchanging the groups changes nothing."""
    found = logrank([one, other])
    samples = [
        CensoredData(uncensored=[float(t) for t, end in group if end], right=[float(t) for t, end in group if not end])
        for group in (one, other)
    ]
    assume(any(end for _, end in one + other))
    with np.errstate(all="ignore"):
        theirs = scipys(*samples)
    if not math.isfinite(theirs.statistic):
        assert found is None
        return
    assert found == pytest.approx((theirs.statistic**2, theirs.pvalue), rel=1e-6, abs=1e-9)
    assert logrank([other, one]) == pytest.approx(found)


@given(GROUP, GROUP, GROUP)
def test_three_groups_are_compared_as_by_statsmodels(
    a: list[tuple[int, bool]], b: list[tuple[int, bool]], c: list[tuple[int, bool]]
) -> None:
    """On two degrees of freedom, where every group was at risk when something ended."""
    groups = [[*group, (0, True), (15, True)] for group in (a, b, c)]
    rows = [(time, end, place) for place, group in enumerate(groups) for time, end in group]
    times, ends, labels = (np.array(column) for column in zip(*rows, strict=True))
    assert logrank(groups) == pytest.approx(survdiff(times, ends.astype(int), labels), rel=1e-6, abs=1e-9)


def test_where_nothing_can_be_compared_there_is_no_test() -> None:
    """Nothing ended; one group alone; or one had left before the other's first end."""
    assert logrank([[(3, False)], [(4, False)]]) is logrank([[(3, True), (4, True)]]) is logrank([]) is None
    assert logrank([[(1, False)], [(4, True), (5, True)]]) is None
