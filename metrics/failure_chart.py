"""Day by day, whether a share that is counted in full (technical failures of all interactions) is what it was: the
p-chart with Laney's correction, of each product against its own first eight weeks.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median
from typing import Literal, NamedTuple

from data.warehouse import Warehouse
from metrics.catalog import resolve
from metrics.control_charts import SIGMAS, overdispersion, share_limits
from metrics.engine import read
from metrics.periods import buckets
from metrics.spec import Grain, Group, MetricError, Ratio, Reading, Scope

FAILURES = "hallucination_rate.technical_failure"
BASELINE = timedelta(days=56)  # frozen: limits that move with the series find nothing
EXPECTED = 5  # failures that a typical day must lead one to expect; with fewer, days are added up to weeks
ONE_IN = 370
"""Points to a false alarm of three deviations, were the baseline known exactly and the shares normal."""
COUNTED = ("ok", "insufficient")  # everything was counted, however few people it was


class Point(NamedTuple):
    """A day or week: failures, of how many, and between what the share stays; `side` says where it left that."""

    name: str
    hits: int
    of: int
    low: float
    high: float
    side: Literal["", "up", "down"]

    @property
    def share(self) -> float:
        """Failures of all."""
        return self.hits / self.of


class Chart(NamedTuple):
    """A product's chart. `share` is the baseline's, `spread` by how much more than chance its points vary (Laney's
    sigma of z, at least 1), `baseline` how many points it is of; `points` are those after it. `missing`: why none are.
    """

    group: Group
    grain: Grain
    share: float | None
    spread: float
    baseline: int
    points: tuple[Point, ...]
    missing: str = ""

    @property
    def signals(self) -> tuple[Point, ...]:
        """The points beyond their limits."""
        return tuple(point for point in self.points if point.side)


class Counted(NamedTuple):
    """Failures of a day or week, and of how many."""

    name: str
    start: date
    hits: int
    of: int


def failure_charts(store: Warehouse, scope: Scope, metric: str = FAILURES) -> list[Chart]:
    """A chart of each product. Days without data, partial and overdue ones are in none: a gap in a feed is no drop.

    MetricError for a metric that is no share of sums.
    """
    (chosen,) = resolve([metric])
    if not isinstance(chosen, Ratio):
        raise MetricError(f"{chosen.name} is no share of sums, so it has no p-chart.", f"Chart {FAILURES}.")
    daily = _counted(read(store, [chosen], scope, ("product", "day")), scope, "day")
    weekly = _counted(read(store, [chosen], scope, ("product", "week")), scope, "week")
    return [_chart(product, days, weekly.get(product, [])) for product, days in daily.items()]


def _counted(readings: Sequence[Reading], scope: Scope, grain: Grain) -> dict[str, list[Counted]]:
    starts = {bucket.name: bucket.start for bucket in buckets(scope.since, scope.until, grain)}
    found: dict[str, list[Counted]] = {}
    for each in readings:
        of_product = found.setdefault(str(each.group["product"]), [])
        if each.value is not None and each.status in COUNTED and each.events:
            name = str(each.group[grain])
            of_product.append(Counted(name, starts[name], round(each.value * each.events), each.events))
    return found


def _chart(product: str, days: Sequence[Counted], weeks: Sequence[Counted]) -> Chart:
    group: Group = {"product": product}
    if not days:
        return Chart(group, "day", None, 1.0, 0, (), "No day of the period can be charted.")
    end = days[0].start + BASELINE
    first = [day for day in days if day.start < end]
    share = sum(day.hits for day in first) / sum(day.of for day in first)
    grain: Grain = "day" if share * median(day.of for day in first) >= EXPECTED else "week"
    series = days if grain == "day" else weeks
    frozen = [each for each in series if each.start < end]
    later = [each for each in series if each.start >= end]
    if not later:
        return Chart(group, grain, share, 1.0, len(frozen), (), "The eight weeks of the baseline are not over yet.")
    if share * (1 - share) == 0 or share * median(each.of for each in frozen) < EXPECTED:
        why = f"Too rare for limits: a {grain} of the baseline leads to expect fewer than {EXPECTED}."
        return Chart(group, grain, share, 1.0, len(frozen), (), why)
    spread = overdispersion([each.hits for each in frozen], [each.of for each in frozen], share)
    return Chart(group, grain, share, spread, len(frozen), tuple(_point(each, share, spread) for each in later))


def _point(each: Counted, share: float, spread: float) -> Point:
    limits = share_limits(share, each.of, SIGMAS, spread)
    low, high = limits if limits else (0.0, 1.0)
    value = each.hits / each.of
    side: Literal["", "up", "down"] = "up" if value > high else "down" if value < low else ""
    return Point(each.name, each.hits, each.of, low, high, side)


def wolf(charts: Sequence[Chart]) -> str:
    """How often charts as many as these cry wolf, in words."""
    points = sum(len(chart.points) for chart in charts)
    return (
        f"Limits of three deviations, widened where days differ by more than chance: one false alarm in {ONE_IN}"
        f" points; of these {points:,} points {points / ONE_IN:.1f} are expected to be chance."
    )
