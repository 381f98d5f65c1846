import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, poisson
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

from metrics.proportions import (
    difference,
    exact_interval,
    exact_upper,
    mcnemar,
    mcnemar_exact,
    poisson_rate,
    score_interval,
)

LEVELS = st.sampled_from((0.8, 0.9, 0.95, 0.99))
SHARES = st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(SHARES, LEVELS)
def test_score_and_exact_intervals_are_those_of_statsmodels_and_scipy(share: tuple[int, int], level: float) -> None:
    """Wilson is statsmodels', Clopper-Pearson scipy's, at any level and for none and all."""
    hits, of = share
    wilson = proportion_confint(hits, of, alpha=1 - level, method="wilson")
    assert score_interval(hits, of, level) == pytest.approx(wilson, abs=1e-12)
    exact = binomtest(hits, of).proportion_ci(level, method="exact")
    assert exact_interval(hits, of, level) == pytest.approx((exact.low, exact.high), abs=1e-12)


@given(SHARES.filter(lambda share: 0 < share[0] < share[1]))
def test_the_exact_ends_leave_the_doubt_in_the_binomial_tails(share: tuple[int, int]) -> None:
    """Under the upper end at most so many hits have a probability of 2.5 %, under the lower end at least so many."""
    hits, of = share
    low, high = exact_interval(hits, of, 0.95) or (0, 0)
    assert binom.cdf(hits, of, high) == pytest.approx(0.025, rel=1e-6)
    assert binom.sf(hits - 1, of, low) == pytest.approx(0.025, rel=1e-6)


@given(st.integers(1, 2000))
def test_none_of_many_has_an_upper_bound_of_about_three(of: int) -> None:
    """1 - 0.05^(1/n), one-sided; of all it is 1; the rule of three from thirty on."""
    assert exact_upper(0, of, 0.05) == pytest.approx(1 - 0.05 ** (1 / of), rel=1e-9)
    assert exact_upper(of, of, 0.05) == 1
    assert of < 30 or exact_upper(0, of, 0.05) == pytest.approx(3 / of, rel=0.06)


@given(SHARES, SHARES, LEVELS)
def test_a_difference_has_newcombes_interval(one: tuple[int, int], other: tuple[int, int], level: float) -> None:
    """Method 10 as statsmodels has it; exchanging the samples turns it around."""
    found = difference((one[0], other[0]), (one[1], other[1]), level)
    expected = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff", alpha=1 - level)
    assert found == pytest.approx(expected, abs=1e-9)
    assert difference((other[0], one[0]), (other[1], one[1]), level) == pytest.approx(
        [-found[1], -found[0]] if found else None, abs=1e-12
    )


@given(st.integers(0, 200), st.integers(0, 200))
def test_paired_tests_are_those_of_statsmodels(only_first: int, only_second: int) -> None:
    """Chi-squared with and without correction, and exact; where both differ equally often, no correction turns that
    into a difference, and where no case differs there is no statistic.
    """
    table = [[5, only_first], [only_second, 7]]
    exact = statsmodels_mcnemar(table, exact=True)
    assert mcnemar_exact(only_first, only_second) == pytest.approx((exact.statistic, exact.pvalue), rel=1e-9)
    for corrected in (True, False):
        found = mcnemar(only_first, only_second, corrected=corrected)
        if not only_first + only_second:
            assert found is None
        elif only_first == only_second:
            assert found == (0, 1)
        else:
            theirs = statsmodels_mcnemar(table, exact=False, correction=corrected)
            assert found == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-9)


@given(st.integers(0, 300), st.floats(0.1, 1e4), LEVELS)
def test_a_rate_of_incidents_has_garwoods_interval(count: int, exposure: float, level: float) -> None:
    """As statsmodels has it, and with the doubt in the Poisson tails."""
    found = poisson_rate(count, exposure, level)
    assert found is not None
    expected = confint_poisson(count, exposure, method="exact-c", alpha=1 - level)
    assert found == pytest.approx(tuple(map(float, expected)), rel=1e-9, abs=1e-12)
    assert poisson.cdf(count, found[1] * exposure) == pytest.approx((1 - level) / 2, rel=1e-6)
    assert (found[0] == 0) == (count == 0)


def test_nothing_observed_is_no_number() -> None:
    """No observations and no exposure give no interval, neither 0 nor 0 to 1."""
    assert score_interval(0, 0, 0.95) is exact_interval(0, 0, 0.95) is None
    assert difference((0, 1), (0, 5), 0.95) is difference((1, 0), (5, 0), 0.95) is None
    assert poisson_rate(0, 0.0, 0.95) is poisson_rate(3, math.nan, 0.95) is None
