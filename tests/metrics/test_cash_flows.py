import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.cash_flows import dated_return, dated_value, net_present_value, rate_of_return
from metrics.simulate import discount

MONEY = st.integers(1, 10_000).map(float)


def test_values_and_returns_are_those_of_spreadsheets() -> None:
    """The further examples of Excel's help on NPV and IRR (to the digits that it prints)."""
    shop = [8000.0, 9200.0, 10000.0, 12000.0, 14500.0]
    assert net_present_value(0.08, shop) - 40000 == pytest.approx(1922.06, abs=0.005)
    assert net_present_value(0.08, [*shop, -9000.0]) - 40000 == pytest.approx(-3749.47, abs=0.005)
    restaurant = [-70000.0, 12000.0, 15000.0, 18000.0, 21000.0, 26000.0]
    assert rate_of_return(restaurant[:5]) == pytest.approx(-0.021, abs=5e-4)
    assert rate_of_return(restaurant) == pytest.approx(0.087, abs=5e-4)
    assert rate_of_return(restaurant[:3]) == pytest.approx(-0.444, abs=5e-4)


@given(st.floats(-0.5, 3), st.lists(st.floats(-1e4, 1e4), max_size=30))
def test_a_present_value_is_the_simulations(rate: float, flows: list[float]) -> None:
    """Whole years discounted as the Monte Carlo of ROI discounts them."""
    worth = discount(np.array([rate]), np.arange(1.0, len(flows) + 1))[0]
    expected = math.fsum(flow * each for flow, each in zip(flows, worth.tolist(), strict=True))
    assert net_present_value(rate, flows) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(MONEY, st.lists(MONEY, min_size=1, max_size=12))
def test_at_its_rate_of_return_an_investment_is_worth_nothing(paid: float, back: list[float]) -> None:
    """One payment, then only money back: there is exactly one rate, and at it the value is zero."""
    flows = [-paid, *back]
    rate = rate_of_return(flows)
    assert rate is not None
    assert net_present_value(rate, flows) == pytest.approx(0, abs=1e-9 * (paid + sum(back) / min(1, 1 + rate) ** 13))
    assert (rate > 0) == (sum(back) > paid) or math.isclose(sum(back), paid)


@given(MONEY, st.lists(st.tuples(st.integers(1, 2000), MONEY), min_size=1, max_size=8))
def test_a_dated_return_is_the_same_on_days(paid: float, back: list[tuple[int, float]]) -> None:
    """At the rate the value by days is zero; a shift of all days changes nothing."""
    start = date(2026, 1, 5)
    days = [start, *(start + timedelta(days=after) for after, _ in back)]
    flows = [-paid, *(money for _, money in back)]
    rate = dated_return(flows, days)
    if rate is None:  # beyond what is looked at: nearly -100 %, or a million
        yearly = [math.log(sum(flows[1:]) / paid) * 365 / after for after, _ in back]
        assert max(yearly) > math.log(1e5) or min(yearly) < math.log(1e-3)
        return
    scale = sum(abs(flow) / (1 + rate) ** ((day - start).days / 365) for flow, day in zip(flows, days, strict=True))
    assert dated_value(rate, flows, days) == pytest.approx(0, abs=1e-6 * scale)
    shifted = dated_return(flows, [day + timedelta(days=77) for day in days])
    assert shifted == pytest.approx(rate, rel=1e-9)


def test_no_rate_or_more_than_one_is_none() -> None:
    """Only money out, only money in, nothing at all, and flows that come to nothing at 10 % and at 20 %."""
    assert rate_of_return([-100, -10]) is rate_of_return([100, 10]) is rate_of_return([]) is None
    assert rate_of_return([0.0, 0.0]) is rate_of_return([-100.0]) is None
    assert rate_of_return([-100, 230, -132]) is None
    assert rate_of_return([-100, 110]) == pytest.approx(0.1, abs=1e-15)
    days = [date(2026, 1, 1), date(2027, 1, 1), date(2028, 1, 1)]
    assert dated_return([-100, 230, -132], days) is dated_return([-1.0, -1.0], days[:2]) is dated_return([], []) is None
