"""The p-chart of technical failures: frozen baseline, Laney's spread, and what it does not chart."""

import math

import pytest

from metrics import Scope
from metrics.failure_chart import Chart, failure_charts, wolf
from metrics.spec import MetricError
from tests.metrics.company import Company, day, use

DAYS = 70


def charted(company: Company, failures: dict[int, int], of: int = 10) -> Chart:
    """The one chart of ten weeks in which twenty people each ask so often a day; failures by day, else two people's
    ten of a hundred.
    """
    company.sells("chat")
    rows = [
        use(f"p{n}", day(k), interactions=of, tasks=of, technical_errors=failures.get(k, 10) // 20 + (
            n < failures.get(k, 10) % 20))
        for k in range(DAYS) for n in range(20)
    ]  # fmt: skip
    company.has("user_days", rows)
    (chart,) = failure_charts(company.store, Scope(since=day(0), until=day(DAYS - 1)))
    return chart


def test_a_bad_day_leaves_the_limits(company: Company) -> None:
    """A steady 10 of 200 for eight weeks, then a day of 30: only that day signals, at pbar + 3 sqrt(pbar q / n)."""
    chart = charted(company, {60: 30})
    assert (chart.grain, chart.share, chart.spread, chart.baseline) == ("day", 0.05, 1.0, 56)
    assert len(chart.points) == DAYS - 56
    (bad,) = chart.signals
    assert (bad.name, bad.hits, bad.of, bad.side) == (str(day(60)), 30, 200, "up")
    assert bad.high == pytest.approx(0.05 + 3 * math.sqrt(0.05 * 0.95 / 200))


def test_days_that_differ_by_more_than_chance_widen_the_limits(company: Company) -> None:
    """A baseline of 2 and 18 in turn: Laney's spread is the mean moving range by 1.128, and 30 is no signal."""
    chart = charted(company, {**{k: 2 if k % 2 else 18 for k in range(56)}, 60: 30})
    apart = (18 - 2) / 200 / math.sqrt(0.05 * 0.95 / 200)
    assert chart.share == pytest.approx(0.05)
    assert chart.spread == pytest.approx(apart / 1.128)
    assert chart.signals == ()


def test_rare_failures_are_added_up_to_weeks(company: Company) -> None:
    """Two of two hundred a day lead one to expect fewer than five, so the points are weeks."""
    chart = charted(company, dict.fromkeys(range(DAYS), 2))
    assert (chart.grain, chart.baseline, len(chart.points)) == ("week", 8, 2)
    assert {point.of for point in chart.points} == {1400}


def test_what_has_no_limits_says_why(company: Company) -> None:
    """No failure at all has no limits; a metric that is no share has no chart; charts say how often they cry wolf."""
    chart = charted(company, dict.fromkeys(range(DAYS), 0))
    assert chart.points == ()
    assert "Too rare" in chart.missing
    assert "one false alarm in 370 points" in wolf([chart])
    with pytest.raises(MetricError, match="no share of sums"):
        failure_charts(company.store, Scope(since=day(0), until=day(6)), "roi")
