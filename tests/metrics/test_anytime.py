import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, binom, norm

from metrics.anytime import boundary, log_evidence, mean_sequence, share_sequence, tightest

SEEN = st.integers(1, 300).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def mixed(hits: int, of: int, share: float, weight: float) -> float:
    """The likelihood of what was seen mixed over a beta distribution around a share, by that under the share itself:
    numerically integrated.
    """
    prior = beta(weight * share, weight * (1 - share))
    return quad(lambda p: binom.pmf(hits, of, p) * prior.pdf(p), 0, 1, points=[share, hits / of], limit=400)[
        0
    ] / binom.pmf(hits, of, share)


@pytest.mark.parametrize(("hits", "of", "tuned"), [(15, 50, 50), (40, 60, 300), (3, 80, 100), (99, 200, 25)])
def test_the_ends_of_a_share_are_where_the_mixture_is_twenty_times_as_likely(hits: int, of: int, tuned: int) -> None:
    """At either end the numerically integrated ratio of likelihoods is 1 / doubt."""
    weight = tuned / (2 * math.log(20) + math.log(1 + 2 * math.log(20))) - 1
    for end in share_sequence(hits, of, 0.05, tuned):
        assert mixed(hits, of, end, weight) == pytest.approx(20, rel=1e-3)


@given(SEEN)
def test_a_share_lies_within_and_turned_over_it_is_the_same(seen: tuple[int, int]) -> None:
    """0 <= low <= share <= high <= 1; successes for failures turn the interval over; none begins at 0, all end at 1."""
    hits, of = seen
    low, high = share_sequence(hits, of, 0.05, 100)
    assert 0 <= low <= hits / of <= high <= 1
    assert share_sequence(of - hits, of, 0.05, 100) == pytest.approx((1 - high, 1 - low), abs=1e-9)
    assert (low == 0 or hits > 0) and (high == 1 or hits < of)  # noqa: PT018
    assert share_sequence(0, 0, 0.05, 100) == (0, 1)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.75])
def test_looking_after_each_observation_is_seldom_wrong(share: float) -> None:
    """Of 300 sequences looked at after each of 200 observations, at most as many as chance allows at 5 % ever leave the
    true share out.
    """
    chance = np.random.default_rng(20261127)
    ends = {}

    def left_out(hits: int, of: int) -> bool:
        if (hits, of) not in ends:
            ends[hits, of] = share_sequence(hits, of, 0.05, 100)
        low, high = ends[hits, of]
        return not low <= share <= high

    runs = np.cumsum(chance.random((300, 200)) < share, axis=1)
    wrong = sum(any(left_out(int(hits), of) for of, hits in enumerate(run, 1)) for run in runs)
    assert wrong <= binom.ppf(0.999, 300, 0.05)


@given(st.floats(-30, 30), st.floats(1, 200), st.floats(0.5, 50))
def test_the_evidence_is_a_mixture_over_normal_drifts(total: float, variance: float, rho: float) -> None:
    """exp(drift * s - drift^2 v / 2) integrated over a normal distribution of drifts with variance 1 / rho; at the
    boundary it is 1 / doubt.
    """
    found = log_evidence(total, variance, rho)
    middle, width = total / (variance + rho), 1 / math.sqrt(variance + rho)

    def density(drift: float) -> float:
        return math.exp(drift * total - drift * drift * variance / 2 - found) * norm.pdf(drift, 0, 1 / math.sqrt(rho))

    assert quad(density, middle - 12 * width, middle + 12 * width)[0] == pytest.approx(1, rel=1e-6)
    edge = boundary(variance, 0.05, rho)
    assert log_evidence(edge, variance, rho) == log_evidence(-edge, variance, rho)
    assert log_evidence(edge, variance, rho) == pytest.approx(math.log(20), rel=1e-9)


@pytest.mark.parametrize(("at", "doubt"), [(100, 0.05), (1000, 0.01), (40, 0.2)])
def test_the_mixture_is_tightest_nearly_where_it_is_tuned(at: float, doubt: float) -> None:
    """No other rho has a boundary there that is more than 1 % lower."""
    best = min(boundary(at, doubt, at / part) for part in np.linspace(1.2, 40, 4000))
    assert best <= boundary(at, doubt, tightest(at, doubt)) <= 1.01 * best


@given(st.integers(2, 10**6), st.floats(0.001, 10), st.sampled_from((0.05, 0.01, 0.2)), st.floats(10, 1e5))
def test_a_mean_has_the_boundary_of_a_sum_by_its_number(n: int, error: float, doubt: float, tuned: float) -> None:
    """The asymptotic sequence is the normal mixture on the sum of n observations of variance n error^2, by n."""
    found = mean_sequence(3.0, error, n, doubt, tuned)
    rho = tuned / (2 * math.log(1 / doubt) + math.log(1 + 2 * math.log(1 / doubt)))
    half = error * math.sqrt(n) * boundary(n, doubt, rho) / n
    assert (found.high - 3, 3 - found.low) == pytest.approx((half, half), rel=1e-9)
    assert half > error * norm.ppf(1 - doubt / 2)
