"""Topics of an inventory, probes of them, and the readings of its coverage."""

from datetime import date, datetime, time

from metrics import read
from metrics.spec import Reading, Scope
from tests.metrics.company import MONDAY, Company, day, found
from tests.metrics.reviews import check

COVERAGE, UNLISTED = "context_coverage", "context_coverage.unregistered"
STAGES = ("approved", "fresh", "retrievable", "answerable")


def topic(name: str, product: str = "chat", **stated: object) -> dict[str, object]:
    """A required topic: approved, and indexed on the last day of September."""
    at = datetime.combine(day(23), time(8))
    return {
        "topic_id": name, "product_id": product, "name": name.title(), "required": True, "weight": None,
        "sme_id": None, "approved": True, "indexed_at": at, "source_updated_at": at, "freshness_days": None,
        "reviewed_on": day(0), **stated,
    }  # fmt: skip


def probe(name: str, good: bool, case: str = "q", when: date = MONDAY, **stated: object) -> dict[str, object]:
    """A probe question on a topic and whether it found what it should."""
    return check(f"{name}-{case}", when, good, origin="probe", topic_id=name, interaction_id=None, **stated)


def coverage(company: Company, scope: Scope, name: str = COVERAGE, **group: str | None) -> Reading:
    """One reading of a coverage."""
    return found(read(company.store, [name], scope, tuple(group)), **group)
