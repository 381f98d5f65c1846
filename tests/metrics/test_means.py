import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from metrics.means import Sample, difference_in_differences, lift, of_sums, of_values, welch

VALUES = st.lists(st.integers(-1000, 1000).map(lambda number: number / 8), min_size=2, max_size=40)


@pytest.mark.filterwarnings("ignore:Precision loss")
@given(VALUES, VALUES, st.sampled_from((0.9, 0.95)))
def test_the_difference_of_two_means_is_scipys_welch_test(a: list[float], b: list[float], level: float) -> None:
    """t, degrees of freedom and interval; where nothing varies at all there is none."""
    found = welch(of_values(a), of_values(b), level)
    if len(set(a)) == 1 and len(set(b)) == 1:
        assert found is None
        return
    assert found is not None
    theirs = ttest_ind(a, b, equal_var=False)
    assert (found.t, found.freedom) == pytest.approx((theirs.statistic, theirs.df), rel=1e-9, abs=1e-9)
    interval = theirs.confidence_interval(level)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9, abs=1e-9)


@given(VALUES)
def test_a_sample_is_the_same_from_values_and_from_sums(values: list[float]) -> None:
    """Size, mean and variance, as the standard library has them; large values lose nothing."""
    expected = (len(values), statistics.fmean(values), statistics.variance(values))
    assert of_values(values) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    sums = of_sums(len(values), math.fsum(values), math.fsum(value * value for value in values))
    assert sums == pytest.approx(expected, rel=1e-6, abs=1e-6)
    far = of_values([value + 1e9 for value in values])
    assert far.variance == pytest.approx(expected[2], rel=1e-5, abs=1e-5)


@given(
    st.builds(Sample, st.integers(2, 500), st.floats(0.5, 50), st.floats(0.1, 100)),
    st.builds(Sample, st.integers(2, 500), st.floats(0.5, 50), st.floats(0.1, 100)),
)
def test_a_lift_has_the_variance_of_its_tangent(treated: Sample, control: Sample) -> None:
    """The error is the square root of gradient^2 x variance of both means, the gradient taken by small steps."""
    found = lift(treated, control, 0.95)
    assert found is not None
    assert found.value == pytest.approx(treated.mean / control.mean - 1)
    step = 1e-6

    def ratio(up: float, down: float) -> float:
        return (treated.mean + up) / (control.mean + down)

    by_treated, by_control = (
        (ratio(step, 0) - ratio(-step, 0)) / (2 * step),
        (ratio(0, step) - ratio(0, -step)) / (2 * step),
    )
    variance = by_treated**2 * treated.variance / treated.size + by_control**2 * control.variance / control.size
    assert found.error == pytest.approx(math.sqrt(variance), rel=1e-4)
    assert found.low < found.value < found.high


def test_too_little_is_no_comparison() -> None:
    """One observation on a side, or a control whose mean is zero."""
    assert welch(of_values([1.0]), of_values([1.0, 2.0]), 0.95) is None
    assert welch(of_values([]), of_values([1.0, 2.0]), 0.95) is None
    assert lift(of_values([1.0, 2.0]), of_values([-1.0, 1.0]), 0.95) is None
    assert lift(of_values([1.0, 1.0]), of_values([2.0, 2.0]), 0.95) is None


def test_what_happened_to_everybody_is_taken_out() -> None:
    """Both rise by three: no effect; only the treated do: three."""
    assert difference_in_differences(5, 8, 1, 4) == 0
    assert difference_in_differences(5, 8, 1, 1) == 3
