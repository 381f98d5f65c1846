"""The adoption funnel: of the people a product is for, how many tried it, came back, and made it a habit."""

from collections.abc import Mapping
from typing import NamedTuple

from metrics.spec import Reading

STEPS = {"adoption.tried": "Tried", "adoption": "Returned", "adoption.habit": "Habitual"}
"""Of the same people over the same four weeks: each step holds only people of the step before."""
WEEKS = {"adoption.tried": 1, "adoption": 2, "adoption.habit": 3}
TOP = "Eligible"


class Step(NamedTuple):
    """A step with its people. `share` is of all who were eligible (None: the top itself), `lost` how many of the step
    before did not take it.
    """

    name: str
    people: int
    share: Reading | None
    lost: int


def funnel(readings: Mapping[str, Reading]) -> list[Step]:
    """The steps from the readings by metric, of one scope; [] where a step has no value.

    ValueError when the readings are not of the same eligible people, or a step has more people than the one before.
    """
    found = [readings[metric] for metric in STEPS if metric in readings]
    if len(found) < len(STEPS) or any(reading.value is None for reading in found):
        return []
    eligible = found[0].events
    if any(reading.events != eligible for reading in found):
        raise ValueError("the steps of a funnel are of the same people: read them in one scope")
    steps = [Step(TOP, eligible, None, 0)]
    for reading in found:
        people = round((reading.value or 0.0) * eligible)
        if people > steps[-1].people:
            raise ValueError(f"{reading.metric} has more people than the step before it")
        steps.append(Step(STEPS[reading.metric], people, reading, steps[-1].people - people))
    return steps
