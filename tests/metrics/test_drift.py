import math
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import norm

from metrics import Scope, read
from metrics.drift import Point, drift
from metrics.watch import Watched, watch
from tests.metrics.company import LONG_AGO, Company, day, tasks

WEEKS = 17
SCOPE = Scope(since=day(0), until=day(7 * WEEKS - 1))


def series(values: list[float], error: float = 1.0) -> list[Point]:
    """A series with one standard error."""
    return [Point(f"w{place}", value, error) for place, value in enumerate(values)]


def steady(seed: int, count: int) -> list[float]:
    """Values that only chance moves."""
    return np.random.default_rng(seed).standard_normal(count).tolist()


def test_scores_are_distances_from_the_frozen_baseline() -> None:
    """By hand: mean weighted by precision, both errors, and the spread of the baseline's own moving range."""
    points = [Point(str(n), value, error) for n, (value, error) in enumerate(
        [(1, 1), (5, 2), (0, 1), (4, 2), (1, 1), (3, 2), (2, 1), (0, 2), (9, 1), (-2, 2)]
    )]  # fmt: skip
    weights = [1 / point.error**2 for point in points[:8]]
    middle = sum(w * point.value for w, point in zip(weights, points[:8], strict=True)) / sum(weights)
    scores = [(point.value - middle) / point.error for point in points[:8]]
    spread = max(1, sum(abs(b - a) for a, b in pairwise(scores)) / 7 / 1.128)
    found = drift(points)
    assert found is not None
    assert (found.baseline, found.deviation) == pytest.approx((middle, spread))
    for score, point in zip(found.scores, points[8:], strict=True):
        assert score == pytest.approx((point.value - middle) / (spread * math.sqrt(point.error**2 + 1 / sum(weights))))
    late = [1 / point.error**2 for point in points[8:]]
    mean = sum(w * point.value for w, point in zip(late, points[8:], strict=True)) / sum(late)
    score = (mean - middle) / (spread * math.sqrt(1 / sum(weights) + 1 / sum(late)))
    assert found.p == pytest.approx(2 * norm.sf(abs(score)))


def test_a_change_is_found_where_it_is() -> None:
    """Three deviations from the 14th week on: each chart signals downwards soon after, the run began about then, and
    the hint lies at the change; the false alarms are stated.
    """
    values = steady(1, 24)
    found = drift(series([value - 3 * (place >= 13) for place, value in enumerate(values)]))
    assert found is not None
    alarms = {alarm.chart: alarm for alarm in found.alarms}
    assert {chart: alarm.one_in for chart, alarm in alarms.items()} == {"CUSUM": 465, "average": 370, "limits": 370}
    for alarm in alarms.values():
        assert alarm.side == "down"
        assert 13 <= int(alarm.at[1:]) <= 18
    assert 11 <= int(alarms["CUSUM"].began[1:]) <= 14
    assert 11 <= int(found.hint[1:]) <= 13
    assert found.p < 1e-4


def test_too_short_a_series_is_not_watched() -> None:
    """Eight weeks are the baseline and nothing after it; a week without error says nothing about chance."""
    assert drift(series(steady(2, 8))) is None
    assert drift([]) is None
    assert drift(series(steady(2, 9))) is not None
    assert drift([*series(steady(2, 9)), Point("x", 1.0, 0.0)]) is None


def works(company: Company, product: str, change: int = 0, skip: tuple[int, ...] = (), late: int = 12) -> None:
    """Forty people of a product for seventeen weeks; from a week on `change` of ten tasks more fail."""
    chance = np.random.default_rng(sum(map(ord, product)))
    rows = []
    for week in range(WEEKS):
        for person in range(40):
            good = int(chance.binomial(10, 0.75)) - (change if week >= late else 0)
            if week not in skip:
                rows.append(tasks(f"p{person}", day(7 * week + 2), max(0, good), 10 - max(0, good), product_id=product))
    ends = [tasks("p0", day(0), 1), tasks("p0", day(7 * WEEKS - 1), 1)]
    company.has("user_days", [{**row, "product_id": product} for row in [*rows, *ends]])


def by_product(company: Company, scope: Scope = SCOPE) -> dict[str | None, Watched]:
    """What is watched, by product."""
    return {each.group["product"]: each for each in watch(company.store, "task_success", scope)}


def test_of_many_products_the_one_that_changed_stands(company: Company) -> None:
    """Six products, one of which falls by ten points: it alone stands, and its alarm names the week."""
    names = [f"tool{n}" for n in range(6)]
    company.sells(*names)
    for name in names:
        works(company, name, 1 if name == "tool3" else 0)
    found = by_product(company)
    assert [name for name, each in found.items() if each.stands] == ["tool3"]
    seen = found["tool3"].drift
    assert seen is not None
    assert {alarm.side for alarm in seen.alarms} == {"down"}
    weeks = [point.name for point in found["tool3"].points]
    assert all(12 <= weeks.index(alarm.at) <= 15 for alarm in seen.alarms)
    (reading,) = [r for r in read(company.store, ["task_success"], SCOPE, ("product", "week"))
                  if r.group == {"product": "tool3", "week": weeks[5]}]  # fmt: skip
    assert found["tool3"].points[5].value == reading.value


def test_a_gap_and_a_running_week_are_no_drop(company: Company) -> None:
    """Two weeks without data and a week of which the scope holds a part are not points of the series."""
    works(company.sells("chat"), "chat", skip=(10, 11))
    cut = Scope(since=day(0), until=day(7 * WEEKS - 4))
    found = by_product(company, cut)["chat"]
    assert len(found.points) == WEEKS - 3
    assert found.drift is not None
    assert found.drift.alarms == ()
    short = by_product(company, Scope(since=day(0), until=day(55)))["chat"]
    assert (short.drift, short.stands) == (None, False)
    assert short.missing == "Watched from 9 weeks on that may be relied on; there are 8."


def test_a_release_begins_the_baseline_anew(company: Company) -> None:
    """A product that got better with a release long ago is held against what it did since; a price changes nothing."""
    works(company.sells("chat"), "chat", change=3, late=6)
    assert by_product(company)["chat"].stands
    moment = datetime.combine(day(42), datetime.min.time())
    release = {"product_id": "chat", "service_version": "2.0", "kind": "price", "note": None}
    company.has("releases", [{**release, "released_at": moment, "valid_from": LONG_AGO}])
    assert len(by_product(company)["chat"].points) == WEEKS
    company.has("releases", [{**release, "released_at": moment - timedelta(hours=30), "kind": "model"}])
    anew = by_product(company)["chat"]
    assert len(anew.points) == WEEKS - 7
    assert not anew.stands
    assert anew.drift is not None
    assert anew.drift.alarms == ()
