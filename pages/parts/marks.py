"""What happened to one product, for the time charts: releases, and changes of prompt, model, index, price or judge."""

from data.portfolio import Release
from data.registry_store import current
from data.settings import settings
from data.warehouse import Warehouse
from metrics import Scope
from reports.trend import Mark


def marks(store: Warehouse, scope: Scope) -> list[Mark]:
    """The marks of the one product in scope; of several products at once there are none, they would say nothing."""
    if scope.products is None or len(scope.products) != 1:
        return []
    said = settings(store)
    return [
        Mark(said.day_of(release.released_at), f"{release.service_version} {release.kind}")
        for release in current(store, Release)
        if release.product_id == scope.products[0]
    ]
