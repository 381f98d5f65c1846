"""Every reading of one product, asked for at once: panels take theirs from here, so that no panel asks again."""

from data.warehouse import Warehouse
from metrics import CATALOG, HEADLINES, Reading, Scope, read
from metrics.spec import Grain
from pages.parts.readings import by_name, by_period
from reports.band import PARTS


def measured(store: Warehouse, scope: Scope) -> dict[str, Reading]:
    """The readings of all metrics over the whole scope, by name."""
    return by_name(read(store, tuple(CATALOG), scope))


def measured_by(store: Warehouse, scope: Scope, grain: Grain) -> dict[str, list[Reading]]:
    """The headlines and the outcomes of all tasks over days, weeks or months, by name: those that can be read so.

    Days of the scope before its first whole week or month are left out.
    """
    return by_period(store, (*HEADLINES, *PARTS), scope, grain)
