"""What the page of reliability asks of several metrics at once."""

from data.warehouse import Warehouse
from metrics import Scope
from metrics.service_times import Availability, availability
from metrics.targets import targets
from metrics.watch import Watched, watch

FAILURES = "hallucination_rate.technical_failure"
WATCHED = ("task_success", FAILURES, "escalation_rate")


def availability_of(store: Warehouse, scope: Scope) -> Availability:
    """Availability, held against the floor of technical failures where one is set."""
    goal = targets(store).of(FAILURES, scope.products[0] if scope.products else None)
    return availability(store, scope, goal.floor if goal else None)


def watched(store: Warehouse, scope: Scope) -> list[Watched]:
    """Each watched metric against its baseline."""
    return [watch(store, metric, scope)[0] for metric in WATCHED]
