import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from metrics.control_charts import (
    began,
    cusum,
    first_signal,
    overdispersion,
    run_length,
    share_limits,
    smoothed,
    smoothed_limits,
)

VALUES = st.lists(st.integers(-40, 40).map(lambda number: number / 8), min_size=1, max_size=40)
# Montgomery, Introduction to Statistical Quality Control, table 9.3: two-sided tabular CUSUM, k = 1/2.
MONTGOMERY = {
    0.0: (168, 465), 0.25: (74.2, 139), 0.5: (26.6, 38.0), 0.75: (13.3, 17.0), 1.0: (8.38, 10.4), 1.5: (4.75, 5.75),
    2.0: (3.34, 4.01), 2.5: (2.62, 3.11), 3.0: (2.19, 2.57), 4.0: (1.71, 2.01),
}  # fmt: skip


@pytest.mark.parametrize("shift", MONTGOMERY)
def test_run_lengths_are_the_published_ones(shift: float) -> None:
    """The table of Montgomery for thresholds 4 and 5, to its three digits."""
    for threshold, expected in zip((4, 5), MONTGOMERY[shift], strict=True):
        assert run_length(0.5, threshold, shift) == pytest.approx(expected, rel=0.004)


@pytest.mark.parametrize(
    ("allowance", "threshold", "shift"), [(0.5, 5, 0.0), (0.25, 8, 0.0), (0.5, 4, 1.0), (1, 2.5, 0)]
)
def test_run_lengths_are_those_of_a_markov_chain(allowance: float, threshold: float, shift: float) -> None:
    """Brook and Evans: the sum cut into 800 cells, each side a chain; the harmonic sum of both."""
    cells = 800
    width = 2 * threshold / (2 * cells - 1)

    def one_side(drift: float) -> float:
        states = np.arange(cells) * width
        edges = states[None, :] - states[:, None] + width / 2 - drift
        moves = norm.cdf(edges)
        moves[:, 1:] -= norm.cdf(edges[:, :-1])
        return float(np.linalg.solve(np.eye(cells) - moves, np.ones(cells))[0])

    up, down = one_side(shift - allowance), one_side(-shift - allowance)
    assert run_length(allowance, threshold, shift) == pytest.approx(1 / (1 / up + 1 / down), rel=0.002)
    assert run_length(allowance, threshold, -shift) == pytest.approx(run_length(allowance, threshold, shift))


@given(VALUES, st.sampled_from((0.0, 0.25, 0.5)), st.sampled_from((1.0, 3.0)))
def test_a_cusum_is_the_furthest_rise_since_any_day(values: list[float], allowance: float, threshold: float) -> None:
    """After each value: the greatest sum of excess over all stretches that end there, or 0; the signal is the first
    above the threshold, and its run began after the last 0.
    """
    sums = cusum(values, 1.0, allowance)
    for end in range(1, len(values) + 1):
        rises = [math.fsum(v - 1 - allowance for v in values[start:end]) for start in range(end + 1)]
        falls = [math.fsum(1 - allowance - v for v in values[start:end]) for start in range(end + 1)]
        assert (sums.up[end - 1], sums.down[end - 1]) == pytest.approx((max(rises), max(falls)), abs=1e-9)
    signal = first_signal(sums, threshold)
    beyond = [place for place, pair in enumerate(zip(*sums, strict=True)) if max(pair) > threshold]
    assert (signal.place if signal else None) == (beyond[0] if beyond else None)
    if signal:
        run = sums.up if signal.side == "up" else sums.down
        assert signal.value == run[signal.place] > threshold
        start = began(sums, signal)
        assert all(run[start : signal.place + 1])
        assert start == 0 or run[start - 1] == 0


@given(VALUES, st.sampled_from((0.1, 0.2, 0.5, 1.0)))
def test_an_average_weighs_the_past_ever_less(values: list[float], weight: float) -> None:
    """The closed form: weight (1 - weight)^age of each value, and what is left of the target."""
    for count, found in enumerate(smoothed(values, weight, 2.0), 1):
        weights = [weight * (1 - weight) ** age for age in range(count)]
        expected = math.fsum(w * v for w, v in zip(weights, reversed(values[:count]), strict=True))
        assert found == pytest.approx(expected + (1 - weight) ** count * 2.0, abs=1e-9)


def test_the_limits_of_an_average_are_three_of_its_own_deviations() -> None:
    """Simulated: the standard deviation of the average at the 3rd and at a late point, in 100,000 series."""
    chance = np.random.default_rng(5)
    series = chance.normal(10, 2, (100_000, 30))
    average = np.full(100_000, 10.0)
    for place in range(30):
        average = 0.2 * series[:, place] + 0.8 * average
        if place == 2:
            early = float(average.std())
    assert smoothed_limits(10, 2, 0.2, 3, after=3).high - 10 == pytest.approx(3 * early, rel=0.01)
    late = smoothed_limits(10, 2, 0.2, 3)
    assert (late.high - 10, 10 - late.low) == pytest.approx((3 * float(average.std()),) * 2, rel=0.01)
    assert smoothed_limits(10, 2, 0.2, 3, after=30).high == pytest.approx(late.high, abs=1e-4)


def test_the_average_cries_wolf_once_in_370() -> None:
    """Weight 0.2 and 2.86 sigmas, as stated: simulated mean run without a change, within its own noise."""
    chance = np.random.default_rng(11)
    limit = smoothed_limits(0, 1, 0.2, 2.86).high
    average, run, alive = np.zeros(4000), np.zeros(4000), np.ones(4000, dtype=bool)
    while alive.any():
        average = 0.2 * chance.standard_normal(4000) + 0.8 * average
        run += alive
        alive &= np.abs(average) <= limit
    assert float(run.mean()) == pytest.approx(370, rel=0.08)


def test_a_share_stays_between_its_limits_as_often_as_stated() -> None:
    """Three sigmas of days with 400 events at 30 %: about one false alarm in 370; days that differ by themselves need
    wider limits, and Laney's spread gives them.
    """
    chance = np.random.default_rng(7)
    limits = share_limits(0.3, 400)
    assert limits is not None
    shares = chance.binomial(400, 0.3, 200_000) / 400
    outside = float(((shares < limits.low) | (shares > limits.high)).mean())
    assert outside == pytest.approx(1 / 370, rel=0.25)
    hits = chance.binomial(400, np.clip(chance.normal(0.3, 0.05, 3000), 0, 1))
    spread = overdispersion(hits.tolist(), [400.0] * 3000, 0.3)
    assert spread == pytest.approx(math.sqrt(1 + 0.05**2 * 400 / 0.21), rel=0.06)
    wide = share_limits(0.3, 400, spread=spread)
    assert wide is not None
    assert float(((hits / 400 < wide.low) | (hits / 400 > wide.high)).mean()) < 0.006
    assert overdispersion(chance.binomial(400, 0.3, 3000).tolist(), [400.0] * 3000, 0.3) == pytest.approx(1, abs=0.05)


def test_a_chart_of_nothing_has_no_limits() -> None:
    """No events no limits; a share's limits are shares; a day without events says nothing about the spread."""
    assert share_limits(0.2, 0) is None
    assert share_limits(0.01, 20) == pytest.approx((0, 0.01 + 3 * math.sqrt(0.0099 / 20)))
    assert share_limits(0.99, 20) == pytest.approx((0.99 - 3 * math.sqrt(0.0099 / 20), 1))
    assert overdispersion([0, 3], [0, 10], 0.3) == overdispersion([], [], 0.3) == overdispersion([1, 1], [9, 9], 0) == 1
    assert smoothed([], 0.2, 1) == []
    assert first_signal(cusum([], 0, 0.5), 5) is None
