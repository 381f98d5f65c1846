import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import CensoredData, binomtest, ecdf
from statsmodels.duration.survfunc import SurvfuncRight

from metrics.survival import Bounds, Table, bands, curve, quantile, share_within

AML = ([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
MERCAPTOPURINE = (
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
    [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
)
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
SCIPY_5 = (
    [3, 5, 8, 10, 5, 5, 8, 12, 15, 14, 2, 11, 10, 9, 12, 5, 8, 11],
    [1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1],
)
WAITS = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=2, max_size=60)
Waits = list[tuple[int, bool]]


def table(times: list[int], ended: list[int]) -> Table:
    """The table of single observations, by plain counting."""
    distinct = sorted(set(times))
    events = Counter(time for time, end in zip(times, ended, strict=True) if end)
    return Table(distinct, [events[t] for t in distinct], [sum(time >= t for time in times) for t in distinct])


def observed(waits: Waits) -> Table:
    """The table of (time, whether it ended)."""
    return table([time for time, _ in waits], [int(end) for _, end in waits])


def test_the_curve_has_its_published_values() -> None:
    """Survival and standard errors of the aml data (maintained group) as R's survival 3.8.3 prints them."""
    steps = curve(table(*AML))
    assert [step.time for step in steps] == [9, 13, 18, 23, 31, 34, 48]
    assert [step.survival for step in steps] == pytest.approx(
        [0.90909090909, 0.81818181818, 0.71590909091, 0.61363636364, 0.49090909091, 0.36818181818, 0.18409090909],
        abs=1e-9,
    )
    assert [step.survival * math.sqrt(step.greenwood) for step in steps] == pytest.approx(
        [0.086678417204, 0.11629129983, 0.13966497056, 0.15263233103, 0.16419326722, 0.16266888583, 0.15349274579],
        abs=1e-9,
    )


def test_log_log_bounds_have_their_published_values() -> None:
    """The lower 90 % bounds of scipy's example 5, which are those of R's survfit with conf.type log-log."""
    found = [low for low, _ in bands(table(*SCIPY_5), 0.90)]
    expected = [
        0.7436674840686117, 0.6858233228919625, 0.5059683565148012, 0.32913131413336727, 0.15986912028781664,
        0.04499539918147757,
    ]  # fmt: skip
    assert found == pytest.approx(expected, abs=1e-9)


def test_medians_have_their_published_values() -> None:
    """Freireich's remissions: 23 weeks (13, no upper end) on 6-MP and 8 on placebo, as R and the textbooks say."""
    assert quantile(table(*MERCAPTOPURINE), 0.5, 0.95)[:3] == (23, 13, None)
    assert quantile(table(PLACEBO, [1] * 21), 0.5, 0.95)[:3] == (8, 4, 11)


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@given(WAITS)
def test_the_curve_is_scipys(waits: Waits) -> None:
    """At every event time the curve and its log-log interval are those of scipy's ecdf of censored data."""
    steps = curve(observed(waits))
    assume(steps)
    ended, open_ = [float(t) for t, end in waits if end], [float(t) for t, end in waits if not end]
    sf = ecdf(CensoredData(uncensored=ended, right=open_)).sf
    for step in steps:
        assert step.survival == pytest.approx(float(sf.evaluate(step.time)), abs=1e-12)
    if any(step.survival == 0 for step in steps):
        return
    interval = sf.confidence_interval(0.95, method="log-log")
    for step, ends in zip(steps, bands(observed(waits), 0.95), strict=True):
        expected = (float(interval.low.evaluate(step.time)), float(interval.high.evaluate(step.time)))
        assert ends == pytest.approx(expected, abs=1e-9)


@given(WAITS, st.sampled_from((0.25, 0.5, 0.9)))
def test_a_quantile_is_the_first_time_the_curve_falls_so_far(waits: Waits, share: float) -> None:
    """With exact fractions: the smallest event time at which the product of 1 - d / n is at most 1 - share, else
    none.
    """
    left, survival, expected = 1 - Fraction(str(share)), Fraction(1), None
    for time in sorted({time for time, end in waits if end}):
        ended = sum(end for at, end in waits if at == time)
        survival *= 1 - Fraction(ended, sum(at >= time for at, _ in waits))
        if survival <= left:
            expected = time
            break
    assert quantile(observed(waits), share, 0.95).value == expected


@given(WAITS, st.sampled_from((0.25, 0.5, 0.9)))
def test_the_interval_of_a_quantile_is_that_of_statsmodels(waits: Waits, share: float) -> None:
    """Where somebody is left at the end, the limits are those of quantile_ci(method="cloglog")."""
    waits = [*waits, (41, False)]
    assume(any(end for _, end in waits))
    times, ended = np.array([t for t, _ in waits]), np.array([int(end) for _, end in waits])
    low, high = SurvfuncRight(times, ended).quantile_ci(share, method="cloglog")
    assume(not math.isnan(low))
    found = quantile(observed(waits), share, 0.95)
    assert (found.low, found.high) == (low, None if math.isinf(high) else high)


def test_a_quantile_out_of_reach_is_known_to_be_later() -> None:
    """Twelve of a thousand answered: no median and no upper end, and surely not before the last answer."""
    few = table([*range(1, 13), *[100] * 988], [1] * 12 + [0] * 988)
    assert quantile(few, 0.5, 0.95)[:3] == (None, 12, None)
    assert quantile(Table([7, 9], [0, 0], [2, 1]), 0.5, 0.95)[:3] == (None, None, None)
    assert quantile(Table([], [], []), 0.5, 0.95)[:3] == (None, None, None)


def test_all_at_once_is_a_short_interval_only_for_many() -> None:
    """Twenty answers in the same second bound the median from both sides; five do not."""
    assert quantile(Table([60], [20], [20]), 0.5, 0.95)[:3] == (60, 60, 60)
    assert quantile(Table([60], [5], [5]), 0.5, 0.95)[:3] == (60, 60, None)


@pytest.mark.parametrize("number", [30, 35, 36, 60])
def test_the_last_answer_bounds_a_high_quantile_only_from_enough(number: int) -> None:
    """All answered: the 90th percentile has an upper end when it is improbable that all of them lie below it."""
    found = quantile(Table(range(number), [1] * number, range(number, 0, -1)), 0.9, 0.95)
    assert (found.high is not None) == (0.9**number <= 0.025)


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@given(WAITS, st.integers(0, 45))
def test_the_share_within_a_time_is_scipys(waits: Waits, limit: int) -> None:
    """1 - S(limit) with scipy's log-log interval turned over; nothing where nobody was followed so long."""
    found = share_within(observed(waits), limit, 0.95)
    last = max(time for time, _ in waits)
    ended, open_ = [float(t) for t, end in waits if end], [float(t) for t, end in waits if not end]
    sf = ecdf(CensoredData(uncensored=ended, right=open_)).sf
    survival = float(sf.evaluate(limit)) if ended else 1.0
    if limit > last and survival > 0:
        assert found == Bounds(None, None, None)
        return
    assert found.value == pytest.approx(1 - survival, abs=1e-12)
    if 0 < survival < 1:
        interval = sf.confidence_interval(0.95, method="log-log")
        at = max(time for time, end in waits if end and time <= limit)
        assert found.low == pytest.approx(1 - float(interval.high.evaluate(at)), abs=1e-9)
        assert found.high == pytest.approx(1 - float(interval.low.evaluate(at)), abs=1e-9)


@pytest.mark.parametrize("number", [1, 12, 40])
def test_all_or_none_within_the_time_leaves_room(number: int) -> None:
    """Where everybody or nobody was answered in time the interval is the exact one, never a point."""
    none = share_within(table([20] * number, [0] * number), 16, 0.95)
    every = share_within(table([10] * number, [1] * number), 16, 0.95)
    for found, hits in ((none, 0), (every, number)):
        exact = binomtest(hits, number).proportion_ci(0.95, method="exact")
        assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=1e-12)
        assert (found.value, found.effective) == (hits / number, number)


def test_without_censoring_a_ticket_is_worth_one() -> None:
    """The effective number of observations is their number where nothing was censored, and fewer where some were."""
    assert share_within(table(list(range(20)), [1] * 20), 9, 0.95).effective == pytest.approx(20)
    half = share_within(table([*range(11), *[5] * 10], [1] * 11 + [0] * 10), 9, 0.95).effective
    assert half is not None
    assert half < 20


def test_one_late_answer_does_not_vouch_for_those_lost_from_sight() -> None:
    """Eight of forty are still open when the last answer comes: the curve falls to nothing, the interval does not."""
    seen = table([*range(32), *[30] * 8], [1] * 32 + [0] * 8)
    found = share_within(seen, 100, 0.95)
    assert (found.value, found.high, found.effective) == (1.0, 1.0, None)
    _, before = bands(seen, 0.95)[-2]  # nine of forty wait, and the one who is left ends: at most 0.975 of that stays
    assert found.low == pytest.approx(1 - 0.975 * before)
    assert found.low is not None
    assert found.low < 32 / 40
    assert quantile(seen, 0.9, 0.95).high is None


def test_bounds_widen_with_the_level() -> None:
    """At 99 % the bands are wider than at 90 %."""
    for (low, high), (lower, higher) in zip(bands(table(*AML), 0.90), bands(table(*AML), 0.99), strict=True):
        assert lower < low < high < higher
