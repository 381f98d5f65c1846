"""Incidents of the registry: who answered for each, how long it took to restore the service, what prevents the next."""

from datetime import datetime
from statistics import median
from typing import NamedTuple

from data.operation import Incident
from data.registry_store import current
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.spec import Scope


class IncidentRecord(NamedTuple):
    """An incident with the hours until it was noticed and until the service was restored (None: not stated, open)."""

    incident: Incident
    noticed: float | None
    restored: float | None

    @property
    def open(self) -> bool:
        """Whether nobody said that the service is restored."""
        return self.incident.restored_at is None


def incident_record(store: Warehouse, scope: Scope) -> list[IncidentRecord]:
    """Incidents that touched the period: open ones without an owner first, other open ones, then the newest."""
    with store.reading() as reader:
        rules, rows = settings_of(reader), current(reader, Incident)
    found = [
        IncidentRecord(each, _hours(each.started_at, each.detected_at), _hours(each.started_at, each.restored_at))
        for each in rows
        if (scope.products is None or each.product_id in scope.products)
        and (scope.visible is None or each.product_id in scope.visible)
        and rules.day_of(each.started_at) <= scope.until
        and (each.restored_at is None or rules.day_of(each.restored_at) >= scope.since)
    ]
    newest = sorted(found, key=lambda each: each.incident.started_at, reverse=True)
    return sorted(newest, key=lambda each: (not each.open, each.incident.owner_id is not None if each.open else True))


def time_to_restore(found: list[IncidentRecord]) -> float | None:
    """The median of the hours to restore of those that are restored; open ones count as longer than any. None where at
    least half are open, or there is none.
    """
    times = sorted(each.restored if each.restored is not None else float("inf") for each in found)
    middle = median(times) if times else float("inf")
    return None if middle == float("inf") else middle


def _hours(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else (until - since).total_seconds() / 3600
