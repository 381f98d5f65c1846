"""The targets in force: a pilot's own, else its product's, else the one of the methodology."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from data.cursor import Rows
from data.portfolio import Target
from data.registry_store import current
from metrics.catalog import CATALOG, measure_of
from metrics.health import UNKNOWN, Goal, Health, health, measured
from metrics.spec import Derived, Reading

Place = tuple[str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Targets:
    """Goals by metric, product and pilot."""

    goals: Mapping[Place, Goal]

    def of(self, metric: str, product: str | None = None, pilot: str | None = None) -> Goal | None:
        """The goal of a metric where it is asked for; None when nobody set one."""
        places: tuple[Place, ...] = ((metric, product, pilot), (metric, None, pilot), (metric, product, None),
                                     (metric, None, None))  # fmt: skip
        return next((self.goals[place] for place in places if place in self.goals), None)

    def health(self, reading: Reading | None, product: str | None = None, pilot: str | None = None) -> Health:
        """How a reading stands against its goal."""
        if reading is None:
            return UNKNOWN
        goal = self.of(reading.metric, product, pilot)
        return health(measured(reading, census=is_census(reading)), goal, measure_of(reading.metric))


def targets(store: Rows, on: date | None = None) -> Targets:
    """All targets in force on a day, today when none is given."""
    return Targets(
        {
            (row.metric, row.product_id, row.pilot_id): Goal(better=row.better, target=row.target, floor=row.floor)
            for row in current(store, Target, on=on)
        }
    )


def is_census(reading: Reading) -> bool:
    """Whether everything was counted and nothing sampled: a derived value of which the metric says so."""
    metric = CATALOG.get(reading.metric)
    return isinstance(metric, Derived) and metric.census
