import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, t
from statsmodels.stats.proportion import proportion_confint

from metrics.criteria import Criterion, extra_units, judge_criterion
from metrics.health import Measured
from metrics.planning import people_for_bar
from tests.metrics.pilots import ERRORS, ESCALATION, HOURS, SUCCESS, seen

Triple = tuple[float | None, float | None, float | None]
NUMBERS = st.integers(0, 100).map(lambda n: n / 100)


def wilson(value: float, size: float, units: int) -> tuple[float, float]:
    """Wilson's interval at an effective size with t(units - 1), by statsmodels."""
    alpha = 2 * t.sf(t.ppf(0.975, units - 1), 1e12)
    low, high = proportion_confint(value * size, size, alpha=alpha, method="wilson")
    return float(low), float(high)


def rate(value: float, size: float, units: int) -> Measured:
    """A rate of `units` people whose interval is worth `size` independent observations."""
    low, high = wilson(value, size, units)
    return Measured(value=value, low=low, high=high, status="ok", decides=True, units=units)


@pytest.mark.parametrize(
    ("criterion", "triple", "verdict", "failed", "short"),
    [
        (SUCCESS, (0.80, 0.85, 0.90), "met", False, False),
        (SUCCESS, (0.79, 0.85, 0.90), "inconclusive", False, False),
        (SUCCESS, (0.79, 0.80, 0.81), "inconclusive", False, False),
        (SUCCESS, (0.60, 0.79, 0.90), "inconclusive", False, True),
        (SUCCESS, (0.60, 0.70, 0.80), "inconclusive", False, True),
        (SUCCESS, (0.60, 0.70, 0.79), "missed", False, True),
        (SUCCESS, (0.50, 0.60, 0.65), "missed", False, True),
        (SUCCESS, (0.50, 0.60, 0.64), "missed", True, True),
        (ERRORS, (0.01, 0.03, 0.05), "met", False, False),
        (ERRORS, (0.01, 0.03, 0.06), "inconclusive", False, False),
        (ERRORS, (0.06, 0.08, 0.10), "missed", False, True),
        (ERRORS, (0.11, 0.12, 0.13), "missed", True, True),
        (ESCALATION, (0.20, 0.25, 0.30), "met", False, False),
        (ESCALATION, (0.25, 0.32, 0.40), "inconclusive", False, True),
        (ESCALATION, (0.31, 0.40, 0.50), "missed", False, True),  # no floor: it cannot fail
        (HOURS, (8.5, None, None), "missed", True, True),
        (HOURS, (3.0, None, None), "inconclusive", False, True),  # not reached is no value on the good side
    ],
)
def test_the_interval_against_the_bar(
    criterion: Criterion, triple: Triple, verdict: str, failed: bool, short: bool
) -> None:
    """Met and missed take the whole interval, failed takes it beyond the floor; what lies between is inconclusive."""
    found = judge_criterion(criterion, seen(*triple))
    assert (found.verdict, found.counts, found.failed, found.short) == (verdict, True, failed, short)
    assert found.sentence.startswith(criterion.name)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"status": "invalid"}, "unmeasured"),
        ({"status": "not_measured", "value": None, "low": None, "high": None}, "unmeasured"),
        ({"status": "uncalibrated"}, "unmeasured"),
        ({"status": "stale"}, "inconclusive"),
        ({"status": "insufficient"}, "inconclusive"),
        ({"status": "insufficient", "value": None}, "unmeasured"),
        ({"status": "partial"}, "inconclusive"),
        ({"decides": False}, "inconclusive"),
        ({"low": None, "high": None}, "unmeasured"),
    ],
)
def test_what_may_not_decide_is_neither_met_nor_missed(change: dict[str, object], verdict: str) -> None:
    """However good or bad the numbers are, they count for nothing, and the sentence says why."""
    for three in ((0.9, 0.95, 0.99), (0.1, 0.2, 0.3)):
        reading = replace(seen(*three), missing="That is why.", **change)
        found = judge_criterion(SUCCESS, reading)
        assert (found.verdict, found.counts, found.failed) == (verdict, False, False)
        assert found.sentence.endswith("That is why.")
    assert judge_criterion(SUCCESS, None)[:4] == ("unmeasured", False, False, True)


def test_a_census_is_held_against_the_bar_itself() -> None:
    """A counted value has no interval to span the bar: it is met or missed."""
    counted = replace(seen(None, 0.8, None), census=True)
    assert judge_criterion(SUCCESS, counted).verdict == "met"
    assert judge_criterion(SUCCESS, replace(counted, value=0.79))[:3] == ("missed", True, False)
    assert judge_criterion(SUCCESS, replace(counted, value=0.64))[:3] == ("missed", True, True)


def test_a_bar_that_contradicts_its_floor_judges_nothing() -> None:
    """A floor on the good side of the bar is a mistake in the registry: unmeasured, and says so."""
    found = judge_criterion(replace(SUCCESS, floor=0.9), seen(0.95, 0.97, 0.99))
    assert (found.verdict, found.counts) == ("unmeasured", False)
    assert "lies on the good side" in found.sentence


def test_the_sentence_has_the_numbers_and_the_plan() -> None:
    """Value, interval, bar, and how many more it would take."""
    assert judge_criterion(SUCCESS, seen(0.5, 0.6, 0.64)).sentence == (
        "Task success is 60.0% (50.0% to 64.0%): the whole interval misses the bar of at least 80.0%,"
        " and its floor of 65.0%."
    )
    found = judge_criterion(SUCCESS, rate(0.85, 100, 40))
    assert found.more is not None
    assert f"At this rate {found.more.least} more would just clear it" in found.sentence
    assert f"plan {found.more.planned} for a chance of 90%" in found.sentence
    assert judge_criterion(HOURS, seen(3, 3.5, 5)).more == (None, None)


@given(st.lists(NUMBERS, min_size=3, max_size=3).map(sorted), NUMBERS, NUMBERS)
def test_a_mirrored_criterion_is_judged_the_same(triple: list[float], bar: float, gap: float) -> None:
    """At least 80 % of successes is at most 20 % of failures."""
    low, value, high = triple
    up = replace(SUCCESS, bar=bar, floor=bar - gap)
    down = replace(SUCCESS, better="lower", bar=-bar, floor=gap - bar)
    found = judge_criterion(up, seen(low, value, high)), judge_criterion(down, seen(-high, -value, -low))
    assert found[0][:4] == found[1][:4]


@settings(max_examples=100, deadline=None)
@given(
    st.integers(10, 80),
    st.integers(1, 6),
    st.integers(52, 99),
    st.integers(30, 97),
    st.booleans(),
)
def test_extra_units_are_those_of_a_search_one_by_one(
    units: int, worth: int, percent: int, bar_percent: int, mirrored: bool
) -> None:
    """Adding one unit after the other at the same rate, the interval clears the bar at the number that is said."""
    assume(percent - bar_percent >= 5)
    value, bar = percent / 100, bar_percent / 100
    expected = 0
    while wilson(value, worth * (units + expected), units + expected)[0] < bar:
        expected += 1
    reading, criterion = rate(value, worth * units, units), replace(SUCCESS, bar=bar, floor=None)
    if mirrored:
        criterion = replace(criterion, better="lower", bar=1 - bar)
        reading = replace(
            reading,
            value=1 - value,
            low=1 - (reading.high or 0),
            high=1 - (reading.low or 0),
        )
    assert extra_units(reading, criterion) == expected


@pytest.mark.parametrize(("value", "bar"), [(0.8, 0.7), (0.9, 0.8), (0.85, 0.8), (0.6, 0.5), (0.97, 0.9)])
def test_a_planned_pilot_clears_its_bar_as_often_as_said(value: float, bar: float) -> None:
    """With the planned number of independent units, the exact chance that Wilson's interval clears the bar is nine in
    ten or a little more (planning allows for correlated ones); with the least number about one half.
    """
    criterion, start = replace(SUCCESS, bar=bar, floor=None), 30

    def chance(count: int) -> float:
        clearing = [hits for hits in range(count + 1) if wilson(hits / count, count, count)[0] >= bar]
        return float(binom.sf(min(clearing) - 1, count, value)) if clearing else 0.0

    more = extra_units(rate(value, start, start), criterion, 0.9)
    least = extra_units(rate(value, start, start), criterion)
    assert more is not None
    assert least is not None
    around = [chance(start + more + shift) for shift in range(-10, 11)]
    assert 0.89 <= sum(around) / len(around) <= 0.98
    around = [chance(start + least + shift) for shift in range(-5, 6)]
    assert 0.42 <= sum(around) / len(around) <= 0.65


def test_planned_units_follow_the_textbook() -> None:
    """80 % against a bar of 70 %, two-sided 95 %, power 0.9: 221 people by the normal formula with the greater of both
    variances, a few more by t; metrics.planning says the same.
    """
    textbook = ((1.959964 + 1.281552) * math.sqrt(0.7 * 0.3) / 0.1) ** 2
    planned = extra_units(rate(0.8, 40, 40), replace(SUCCESS, bar=0.7, floor=None), 0.9)
    assert planned is not None
    assert math.ceil(textbook) == 221
    assert 221 <= 40 + planned <= 225
    assert 40 + planned == people_for_bar(0.8, 0.7, 0.9, cluster=1, correlation=0.0)


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (lambda: rate(0.8, 90, 40), {}),  # the rate lies on the bar: no number of people settles it
        (lambda: rate(0.75, 90, 40), {}),
        (lambda: rate(0.8000001, 90, 40), {}),
        (lambda: rate(0.85, 90, 40), {"measure": "multiple"}),
        (lambda: rate(0.85, 90, 40), {"better": "band"}),
        (lambda: seen(0.7, None, None), {}),
        (lambda: seen(0.0, 0.9, 1.0), {}),  # clipped at both ends: what it is worth cannot be told
        (lambda: seen(0.7, 0.9, 0.95, units=1), {}),
    ],
)
def test_where_no_number_of_units_can_be_said(make: Callable[[], Measured], change: dict[str, object]) -> None:
    """No plan rather than a wrong one."""
    assert extra_units(make(), replace(SUCCESS, **change), 0.9) is None


def test_what_is_clear_already_needs_nothing_more() -> None:
    """An interval above the bar asks for no one."""
    assert extra_units(rate(0.95, 200, 60), SUCCESS) == 0
