import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm, t
from statsmodels.regression.linear_model import WLS

from metrics import statistics
from metrics.spec import Moments
from tests.metrics import oracle

PUBLISHED = json.loads((Path(__file__).parent / "published.json").read_text(encoding="utf-8"))
UNITS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 30)).map(lambda pair: (min(pair), max(pair))), min_size=2, max_size=40
)


def moments_of(units: list[tuple[int, int]]) -> Moments:
    """The sums of (hits, events) pairs."""
    return Moments(
        len(units),
        sum(h for h, _ in units),
        sum(m for _, m in units),
        sum(h * h for h, _ in units),
        sum(m * m for _, m in units),
        sum(h * m for h, m in units),
    )


@pytest.mark.parametrize("case", [c for c in PUBLISHED if c["routine"] == "wilson"], ids=lambda c: c["name"])
def test_wilson_has_its_published_values(case: dict[str, Any]) -> None:
    """Wilson's interval equals what Newcombe (1998) and R print."""
    x, n, level = case["inputs"]["x"], case["inputs"]["n"], case["inputs"]["conf"]
    low, high = statistics.wilson(x / n, n, float(norm.ppf((1 + level) / 2)))
    assert [low, high] == pytest.approx(case["expected"], abs=case["tolerance"])


@given(st.integers(1, 500), st.floats(0, 1))
def test_wilson_is_scipys(n: int, share: float) -> None:
    """With whole counts and a normal quantile it is scipy's Wilson interval."""
    x = round(share * n)
    expected = binomtest(x, n).proportion_ci(0.95, method="wilson")
    assert statistics.wilson(x / n, n, float(norm.ppf(0.975))) == pytest.approx(
        (expected.low, expected.high), abs=1e-12
    )


def test_delta_variance_is_the_cluster_robust_one() -> None:
    """The delta variance is K / (K - 1) times the cluster-robust one of an intercept-only regression, as published."""
    (case,) = [case for case in PUBLISHED if case["routine"] == "clustered_ratio_se"]
    units = list(zip(case["inputs"]["s"], case["inputs"]["m"], strict=True))
    expected = case["expected"][0]
    assert math.sqrt(statistics.delta_variance(moments_of(units))) == pytest.approx(expected, rel=1e-9)


@given(UNITS)
def test_delta_variance_agrees_with_a_regression(units: list[tuple[int, int]]) -> None:
    """For any units it is K / (K - 1) times statsmodels' CR0 variance of the weighted mean of their ratios."""
    count, m = len(units), np.array([m for _, m in units], dtype=float)
    y = np.array([h / m for h, m in units])
    fit = WLS(y, np.ones(count), weights=m).fit(
        cov_type="cluster", cov_kwds={"groups": np.arange(count), "use_correction": False}
    )
    assert statistics.delta_variance(moments_of(units)) == pytest.approx(
        count / (count - 1) * float(fit.bse[0]) ** 2, rel=1e-6, abs=1e-15
    )


@given(UNITS)
def test_a_share_lies_in_its_interval_within_zero_and_one(units: list[tuple[int, int]]) -> None:
    """0 <= low <= value <= high <= 1, and the interval is the oracle's."""
    expected = oracle.ratio({str(place): unit for place, unit in enumerate(units)}, show=2)
    hits, of = sum(h for h, _ in units), sum(m for _, m in units)
    spread = math.fsum(((hits - h) / (of - m) - hits / of) ** 2 for h, m in units)
    if all(h * of == m * hits for h, m in units):
        spread = 0.0
    found = statistics.ratio(
        moments_of(units),
        statistics.jackknife_variance(len(units), spread),
        statistics.common_factor([math.gcd(h, m) for h, m in units]),
        0.95,
    )
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value + 1e-12 <= found.high + 2e-12 <= 1 + 3e-12
    assert (found.value, found.low, found.high) == pytest.approx(expected[:3], abs=1e-9)


@given(UNITS, UNITS)
def test_moments_of_disjoint_units_add_up(ours: list[tuple[int, int]], theirs: list[tuple[int, int]]) -> None:
    """The moments of two groups without a common unit are the sums of theirs."""
    assert moments_of(ours + theirs) == moments_of(ours) + moments_of(theirs)


def test_no_events_is_no_number() -> None:
    """Nothing counted gives no value, not zero; one unit gives a value without interval."""
    assert statistics.ratio(Moments(0, 0, 0, 0, 0, 0), 0.0, 1, 0.95).value is None
    alone = statistics.ratio(Moments(1, 2, 4, 4, 16, 8), 0.0, 1, 0.95)
    assert (alone.value, alone.low, alone.high) == (0.5, None, None)


def test_units_that_all_agree_are_worth_one_observation_each() -> None:
    """With nothing varying between units the effective size is their number, however many events they had."""
    certain = statistics.ratio(moments_of([(50, 50)] * 12), 0.0, 50, 0.95)
    assert certain.effective == 12
    assert certain.high == 1.0
    assert certain.low == pytest.approx(12 / (12 + t.ppf(0.975, 11) ** 2))


def test_readings_are_rounded_to_twelve_digits() -> None:
    """Two sums that differ in the last bits are the same reading."""
    assert statistics.rounded(0.1 + 0.2) == 0.3


@pytest.mark.parametrize(("count", "least"), [(10, 0.91), (25, 0.92), (100, 0.93)])
def test_the_interval_covers_as_often_as_it_says(count: int, least: float) -> None:
    """95 % intervals over clustered users (ICC 0.2, skewed activity) hold the truth in nearly so many of 2,000
    samples.
    """
    random = np.random.default_rng(20261005)
    held = 0
    for _ in range(2000):
        rates = random.beta(3, 1, count)  # mean 0.75, ICC 0.2
        m = random.geometric(1 / 15, count)
        h = random.binomial(m, rates)
        units = list(zip(h.tolist(), m.tolist(), strict=True))
        hits, of = int(h.sum()), int(m.sum())
        spread = float(np.sum(((hits - h) / (of - m) - hits / of) ** 2))
        found = statistics.ratio(moments_of(units), statistics.jackknife_variance(count, spread), 1, 0.95)
        held += found.low is not None and found.high is not None and found.low <= 0.75 <= found.high
    assert least <= held / 2000 <= 0.98, f"{count} users: {held / 2000:.3f}"
