import math
import random
from decimal import Decimal, getcontext
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics import simulate
from metrics.simulate import DRAWS, Input, Plan, Stream

PERIOD = "2026-09-07/2026-10-04"


def point(name: str, value: float) -> Input:
    """An input without doubt."""
    return Input(name, "point", value)


def plan(*inputs: Input, streams: tuple[Stream, ...], costs: tuple[float, ...], capital: float = 0.0) -> Plan:
    """A plan whose discount rate is the input "r"."""
    return Plan(inputs=inputs, streams=streams, costs=costs, capital=capital, rate="r", period=PERIOD)


def test_present_values_are_the_published_ones() -> None:
    """Excel's documentation of NPV (equal years) and XNPV (days of a year of 365)."""
    yearly = simulate.discount(np.array([0.1]), np.array([1.0, 2.0, 3.0, 4.0]))
    assert (yearly @ np.array([-10_000.0, 3_000, 4_200, 6_800]))[0] == pytest.approx(1188.44, abs=0.005)
    days = np.array([0.0, 60, 303, 411, 456])  # from 1 January 2008 to 1 March, 30 October, 15 February, 1 April
    dated = simulate.discount(np.array([0.09]), days / 365)
    assert (dated @ np.array([-10_000.0, 2_750, 4_250, 3_250, 2_750]))[0] == pytest.approx(2086.65, abs=0.005)


def test_roi_is_net_value_over_the_present_value_of_costs() -> None:
    """Forrester's study of M365 Copilot (2025): net value 19.7 M, ROI 116 %, so costs of 17.1 M within its rounding."""
    benefit = Stream("benefit", (36.8,), ())
    result = simulate.simulate(plan(point("r", 0.0), streams=(benefit,), costs=(17.1,)))
    assert simulate.spread(result.net).mid == pytest.approx(19.7)
    assert simulate.spread(result.roi).mid == pytest.approx(1.16, abs=0.02)


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 900)), min_size=1, max_size=14),
    st.integers(1, 60),
    st.integers(20, 150),
    st.integers(0, 30),
    st.integers(0, 5_000),
)
def test_points_give_what_a_ledger_by_hand_gives(
    months: list[tuple[int, int]], minutes: int, wage: int, rate: int, capital: int
) -> None:
    """Without doubt in any input every draw is the ledger added up month by month in decimal arithmetic."""
    getcontext().prec = 50
    benefits = costs = Decimal(0)
    for number, (tasks, cost) in enumerate(months, 1):
        factor = (1 + Decimal(rate) / 100) ** (Decimal(-number) / 12)
        benefits += Decimal(tasks) * minutes * wage / 60 * factor
        costs += cost * factor
    costs += capital
    time = Stream("time", tuple(float(tasks) for tasks, _ in months), (("minutes",), ("wage",)), 1 / 60)
    result = simulate.simulate(
        plan(
            point("minutes", minutes),
            point("wage", wage),
            point("r", rate / 100),
            streams=(time,),
            costs=tuple(float(cost) for _, cost in months),
            capital=float(capital),
        )
    )
    assert result.roi[[0, -1]] == pytest.approx(float((benefits - costs) / costs), rel=1e-9, abs=1e-9)
    assert result.net[[0, -1]] == pytest.approx(float(benefits - costs), rel=1e-9, abs=1e-6)


SHAPES = [
    (Input("x", "uniform", 2, 5), stats.uniform(2, 3)),
    (Input("x", "triangular", 1, 2, 6), stats.triang(0.2, 1, 5)),
    (Input("x", "pert", 1, 2, 6), stats.beta(1.8, 4.2, 1, 5)),  # alpha 1 + 4 (2 - 1) / 5, beta 1 + 4 (6 - 2) / 5
    (Input("x", "normal", 3, 2), stats.norm(3, 2)),
    (Input("x", "lognormal", 3, 0.5), stats.lognorm(0.5, scale=3)),
    (Input("x", "beta", 5, 5), stats.beta(5, 5)),
    (Input("x", "beta", 46.5, 12.5), stats.beta(46.5, 12.5)),
]  # fmt: skip


@pytest.mark.parametrize(("drawn", "exact"), SHAPES, ids=lambda each: getattr(each, "distribution", ""))
def test_draws_have_their_distribution(drawn: Input, exact: Any) -> None:
    """Quantiles from P1 to P99 lie within 4.5 standard errors of scipy's, and what is said of p1, p2 and p3 holds."""
    numbers = simulate.draw(drawn, PERIOD)
    assert len(numbers) == DRAWS
    for share in (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99):
        at = float(exact.ppf(share))
        error = math.sqrt(share * (1 - share) / DRAWS) / float(exact.pdf(at))
        assert float(np.quantile(numbers, share)) == pytest.approx(at, abs=4.5 * error)


def test_a_pert_has_the_mean_it_is_known_for() -> None:
    """(low + 4 most likely + high) / 6."""
    mean = simulate.draw(Input("x", "pert", 10, 20, 60), PERIOD).mean()
    assert mean == pytest.approx((10 + 80 + 60) / 6, abs=4.5 * 10 / math.sqrt(DRAWS))


def test_another_generator_comes_to_the_same_range() -> None:
    """Plain draws of Python's own generator, as many: P5, P50, P95 and the chance agree within sampling error."""
    inputs = (
        Input("success", "beta", 30.5, 10.5), Input("minutes", "triangular", 2, 6, 25), Input("capture", "beta", 5, 5),
        Input("wage", "normal", 60, 10), Input("r", "uniform", 0.05, 0.12),
    )  # fmt: skip
    months, costs, capital = (900.0, 1200.0, 800.0), (900.0, 900.0, 950.0), 300.0
    stream = Stream("time", months, (("success",), ("minutes",), ("capture",), ("wage",)), 1 / 60)
    result = simulate.simulate(plan(*inputs, streams=(stream,), costs=costs, capital=capital))
    chance, found = random.Random(7), []
    for _ in range(DRAWS):
        success, minutes = chance.betavariate(30.5, 10.5), chance.triangular(2, 25, 6)
        each = success * minutes * chance.betavariate(5, 5) * chance.gauss(60, 10) / 60
        rate = chance.uniform(0.05, 0.12)
        worth = [(1 + rate) ** (-number / 12) for number in (1, 2, 3)]
        spent = capital + sum(cost * factor for cost, factor in zip(costs, worth, strict=True))
        found.append((each * sum(q * factor for q, factor in zip(months, worth, strict=True)) - spent) / spent)
    found.sort()
    ours = simulate.spread(result.roi)
    for share, number in ((0.05, ours.low), (0.5, ours.mid), (0.95, ours.high)):
        rank, slack = share * DRAWS, 4.5 * math.sqrt(2 * share * (1 - share) * DRAWS)
        assert number is not None
        assert found[int(rank - slack)] <= number <= found[int(rank + slack)]
    theirs = sum(number > 0 for number in found) / DRAWS
    assert float((result.net > 0).mean()) == pytest.approx(theirs, abs=4.5 * math.sqrt(0.5 / DRAWS))


def test_an_input_is_the_same_draws_wherever_it_is_used() -> None:
    """Same owner, period and name: the same numbers; another of any of them: others, and not related ones."""
    shared = simulate.draw(Input("capture", "beta", 5, 5), PERIOD)
    simulate.draw.cache_clear()
    assert (simulate.draw(Input("capture", "beta", 5, 5), PERIOD) == shared).all()
    others = [
        simulate.draw(Input("capture", "beta", 5, 5, owner=("chat", "")), PERIOD),
        simulate.draw(Input("attribution", "beta", 5, 5), PERIOD),
        simulate.draw(Input("capture", "beta", 5, 5), "2026-08-01/2026-08-31"),
    ]
    for one, two in pairwise([shared, *others]):
        assert abs(float(np.corrcoef(one, two)[0, 1])) < 4.5 / math.sqrt(DRAWS)


def test_tails_are_cut_where_a_number_cannot_be() -> None:
    """A normal share near one stays a share; nothing else of it moves."""
    free, cut = Input("capture", "normal", 0.9, 0.1), Input("capture", "normal", 0.9, 0.1, None, ("", ""), 0.0, 1.0)
    assert simulate.draw(cut, PERIOD).max() == 1.0
    assert (simulate.draw(cut, PERIOD) == np.minimum(simulate.draw(free, PERIOD), 1.0)).all()


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (Input("wage", "uniform", 60), "wage: uniform needs low, high; the registry says 60, nothing."),
        (Input("wage", "uniform", 60, 40), "none less than the one before; the registry says 60, 40."),
        (Input("wage", "triangular", 1, 9, 3), "none less than the one before; the registry says 1, 9, 3."),
        (Input("wage", "pert", 5, 3, 9), "none less than the one before"),
        (Input("wage", "normal", 5, -1), "which is never negative"),
        (Input("wage", "lognormal", 0, 1), "greater than zero"),
        (Input("wage", "beta", 0, 5), "greater than zero"),
        (Input("wage", "lognormal", 1, 1e6), "too large to compute with"),
        (Input("capture", "point", 50, least=0.0, most=1.0), "capture must be from 0 to 1; the registry says 50."),
        (Input("capture", "uniform", -0.1, 0.5, least=0.0, most=1.0), "capture must be from 0 to 1"),
        (Input("wage", "normal", -5, 1, least=0.0), "wage must be at least 0; the registry says -5, 1."),
    ],
)
def test_numbers_that_are_no_distribution_are_refused(stated: Input, said: str) -> None:
    """The sentence names the input, what its distribution needs and what came."""
    assert said in simulate.fault(stated, PERIOD)


@pytest.mark.parametrize("drawn", [shape for shape, _ in SHAPES] + [Input("x", "uniform", 3, 3), point("x", -4)])
def test_a_distribution_without_fault_is_not_refused(drawn: Input) -> None:
    """A range without width is a point."""
    assert simulate.fault(drawn, PERIOD) == ""
    assert np.isfinite(simulate.draw(drawn, PERIOD)).all()


def test_the_tornado_moves_one_input_at_a_time() -> None:
    """The net value at P10 and P90 of each input with all others at P50, the widest swing first, points left out."""
    inputs = (Input("minutes", "uniform", 5, 15), Input("wage", "triangular", 50, 60, 80), point("r", 0.08))
    stream = Stream("time", (100.0, 200.0), (("minutes",), ("wage",)), 1 / 60)
    costs = (500.0, 700.0)
    found = simulate.swings(plan(*inputs, streams=(stream,), costs=costs, capital=90.0))
    ends = {}
    for each in inputs:
        numbers = sorted(simulate.draw(each, PERIOD).tolist())
        ends[each.name] = [numbers[math.ceil(share * DRAWS) - 1] for share in (0.1, 0.5, 0.9)]

    def net(minutes: float, wage: float) -> float:
        worth = [(1 + 0.08) ** (-number / 12) for number in (1, 2)]
        return sum([(q * minutes * wage / 60 - c) * f for q, c, f in zip((100, 200), costs, worth, strict=True)], -90.0)

    (low, middle, high), (cheap, usual, dear) = ends["minutes"], ends["wage"]
    assert [swing.name for swing in found] == ["minutes", "wage"]
    assert found[0][1:] == pytest.approx((low, high, net(low, usual), net(high, usual)))
    assert found[1][1:] == pytest.approx((cheap, dear, net(middle, cheap), net(middle, dear)))


def slow_payback(flows: list[int]) -> float:
    """Walk month by month until the purse is back at zero after it was below."""
    purse, below = 0, False
    for month, flow in enumerate(flows):
        before, purse = purse, purse + flow
        if below and purse >= 0:
            return month - 1 + before / (before - purse)
        below = below or purse < 0
    return math.inf if below else 0.0


@given(st.lists(st.lists(st.integers(-9, 9), min_size=6, max_size=6), min_size=1, max_size=20))
def test_payback_is_when_the_purse_is_back_at_zero(rows: list[list[int]]) -> None:
    """Interpolated between two months; zero where nothing was ever owed, without end where it never comes back."""
    found = simulate.payback(np.array(rows, dtype=float))
    assert found.tolist() == pytest.approx([slow_payback(row) for row in rows])


def test_payback_of_a_textbook_project() -> None:
    """1,000 paid, 300, 400 and 500 back: after two years 300 are open, three fifths of the third year."""
    assert simulate.payback(np.array([[-1000.0, 300, 400, 500]]))[0] == pytest.approx(2.6)
    investment = plan(
        point("r", 0.5), streams=(Stream("b", (300.0, 400.0, 500.0), ()),), costs=(0.0,) * 3, capital=1000.0
    )
    assert simulate.payback_months(investment)[[0, -1]] == pytest.approx(2.6)


def test_a_spread_has_no_end_where_draws_have_none() -> None:
    """One draw in ten never pays back: P5 and P50 are there, P95 is not."""
    draws = np.array([1.0] * 45 + [2.0] * 45 + [math.inf] * 10)
    assert simulate.spread(draws) == (1.0, 2.0, None)


@given(st.floats(0, 5_000), st.floats(0, 5_000), st.integers(0, 2))
def test_another_cost_never_raises_the_net_value(first: float, more: float, month: int) -> None:
    """Draw by draw; nor ROI, where the benefits are not negative."""
    inputs = Input("minutes", "uniform", 0, 15), Input("r", "uniform", 0.02, 0.2)
    stream = Stream("time", (100.0, 200.0, 50.0), (("minutes",),))
    less = simulate.simulate(plan(*inputs, streams=(stream,), costs=(100.0, first, 100.0)))
    dearer = [100.0, first, 100.0]
    dearer[month] += more
    other = simulate.simulate(plan(*inputs, streams=(stream,), costs=tuple(dearer)))
    assert (other.net <= less.net + 1e-9).all()
    assert (other.roi <= less.roi + 1e-9).all()
