import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm, t
from statsmodels.stats.power import TTestIndPower, TTestPower
from statsmodels.stats.proportion import power_proportions_2indep, proportion_confint

from metrics.planning import chance_at_end, design_effect, for_means, for_shares, people_for_bar

SHARES = st.integers(1, 19).map(lambda step: step / 20)
POWERS = st.sampled_from((0.8, 0.9, 0.95))


@given(SHARES, SHARES, POWERS, st.sampled_from((0.05, 0.01)))
def test_so_many_tell_two_shares_apart(one: float, other: float, power: float, alpha: float) -> None:
    """The power by statsmodels of the test at the number returned is the power asked for."""
    found = for_shares(one, other, power, alpha)
    if one == other:
        assert found is None
        return
    assert found is not None
    reached = power_proportions_2indep(one - other, other, found, alpha=alpha)
    assert reached.power == pytest.approx(power, abs=2e-3)  # with the far tail, that the formula leaves out
    assert for_shares(other, one, power, alpha) == pytest.approx(found)
    assert for_shares(one, other, power, alpha, sides=1) == pytest.approx(for_shares(one, other, power, 2 * alpha))


@given(st.floats(0.2, 2), POWERS, st.sampled_from((0.05, 0.01)))
def test_so_many_tell_two_means_apart(effect: float, power: float, alpha: float) -> None:
    """The library statsmodels solves for the same number, for two groups and for one."""
    two = TTestIndPower().solve_power(effect, alpha=alpha, power=power)
    one = TTestPower().solve_power(effect, alpha=alpha, power=power)
    assert for_means(effect * 3, 3, power, alpha) == pytest.approx(float(two), rel=1e-3)
    assert for_means(-effect, 1, power, alpha, samples=1) == pytest.approx(float(one), rel=1e-3)


def test_no_difference_takes_no_number() -> None:
    """Nothing to find, or less than ten million would find."""
    assert for_means(0, 1, 0.9) is None
    assert for_means(1e-5, 1, 0.9) is None


def test_correlated_observations_count_for_less() -> None:
    """Simulated: with 20 tasks a person and a correlation of 0.2 the variance of the mean is 4.8 times that of
    independent tasks.
    """
    chance = np.random.default_rng(9)
    people, each = 50, 20
    rates = chance.beta(3, 1, (20_000, people))  # intra-class correlation 1 / (3 + 1 + 1)
    means = chance.binomial(each, rates).sum(axis=1) / (people * each)
    assert float(means.var()) / (0.75 * 0.25 / (people * each)) == pytest.approx(design_effect(each, 0.2), rel=0.05)
    assert design_effect(1, 0.9) == 1
    assert math.isclose(design_effect(20, 0.2), 4.8)


@pytest.mark.parametrize(("share", "bar", "cluster"), [(0.8, 0.7, 15.0), (0.6, 0.7, 4.0), (0.9, 0.8, 1.0)])
def test_so_many_people_clear_a_bar(share: float, bar: float, cluster: float) -> None:
    """The least number for which (t + t) s / |p - b| squared is reached by the effective observations, found one by
    one.
    """
    worth = cluster / (1 + ((1 + 0.5**2) * cluster - 1) * 0.1)

    def enough(people: int) -> bool:
        noise = max(share * (1 - share), bar * (1 - bar)) ** 0.5
        quantiles = float(t.ppf(0.975, people - 1) + t.ppf(0.9, people - 1))
        return worth * people >= (quantiles * noise / (share - bar)) ** 2

    expected = next(people for people in range(2, 5000) if enough(people))
    found = people_for_bar(share, bar, 0.9, cluster=cluster, correlation=0.1, variation=0.5)
    assert found == expected
    assert people_for_bar(bar, bar, 0.9, cluster=cluster, correlation=0.1) is None
    assert people_for_bar(bar + 1e-6, bar, 0.9, cluster=1, correlation=0.1) is None


@pytest.mark.parametrize(("share", "bar", "size", "growth", "units"), [
    (0.8, 0.7, 60, 2.0, 30), (0.75, 0.7, 100, 1.5, 50), (0.7, 0.75, 80, 3.0, 40), (0.9, 0.8, 40, 4.0, 40),
])  # fmt: skip
def test_the_chance_at_the_end_is_that_of_drawing_the_rest(
    share: float, bar: float, size: int, growth: float, units: int
) -> None:
    """What is still to come, drawn at the rate so far: the share of draws whose Wilson interval clears the bar."""
    rest, hits = round(size * (growth - 1)), round(share * size)
    critical = t.ppf(0.975, units - 1)
    clearing = 0.0
    for more in range(rest + 1):
        whole, found = size + rest, (hits + more) / (size + rest)
        alpha = 2 * norm.sf(critical)
        low, _ = proportion_confint(found * whole, whole, alpha=alpha, method="wilson")
        clearing += float(binom.pmf(more, rest, share)) if low >= bar else 0.0
    said = chance_at_end(share, bar, size, growth, units)
    assert said == pytest.approx(clearing, abs=0.06)


def test_where_nothing_is_to_come_there_is_no_chance_to_say() -> None:
    """A pilot at its end, a bar of everything, a rate that never varied: None, and more to come helps a good rate."""
    assert chance_at_end(0.8, 0.7, 60, 1.0, 30) is None
    assert chance_at_end(1.0, 0.7, 60, 2.0, 30) is None
    assert chance_at_end(0.8, 1.0, 60, 2.0, 30) is None
    early, late = (chance_at_end(0.8, 0.7, 60, growth, 30) for growth in (1.5, 4.0))
    assert early is not None
    assert late is not None
    assert early < late
