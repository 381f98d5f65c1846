"""Numbers in, numbers out: of the people who began in a week, how many were there again N weeks later."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from metrics.proportions import score_interval

FEWEST = 10  # at risk; with fewer the curve stops


class Cohort(NamedTuple):
    """People by the ISO week (its Monday) of their first qualifying use, and how many of them were active N weeks
    later: `active[0]` is all of them, and the last is of the last complete week of data.

    `from_the_start`: it is the first week of the data, so some of its people may have begun before.
    """

    week: date
    active: tuple[int, ...]
    from_the_start: bool = False

    @property
    def size(self) -> int:
        """How many people began in it."""
        return self.active[0]

    def retained(self, week: int) -> float | None:
        """The share active so many weeks later; None where that week is not complete yet."""
        return self.active[week] / self.size if week < len(self.active) and self.size else None


class Point(NamedTuple):
    """The share of people active `week` weeks after they began, over all cohorts that are so old, with Wilson's
    interval; `at_risk` is how many people these are.
    """

    week: int
    share: float
    low: float
    high: float
    at_risk: int


def curve(cohorts: Sequence[Cohort], level: float, fewest: int = FEWEST) -> list[Point]:
    """The retention curve from week 1 on: at each week the cohorts that are old enough, weighted by their size. It
    stops where fewer than `fewest` people are at risk, so a curve never ends in the luck of a few.
    """
    points: list[Point] = []
    for week in range(1, max((len(cohort.active) for cohort in cohorts), default=0)):
        old = [cohort for cohort in cohorts if week < len(cohort.active)]
        at_risk, active = sum(cohort.size for cohort in old), sum(cohort.active[week] for cohort in old)
        ends = score_interval(active, at_risk, level)
        if ends is None or at_risk < fewest:
            break
        points.append(Point(week, active / at_risk, *ends, at_risk))
    return points
