"""Where products stand, as the cells of a table. Pure."""

from collections.abc import Sequence

from metrics.catalog import HEADLINES
from metrics.spec import Reading
from metrics.standing import ProductStanding
from reports.words import NOTHING, interval, sign, value_of

SHORT = {
    "adoption": "Adoption", "task_success": "Success", "hallucination_rate": "Errors", "escalation_rate": "Escalated",
    "context_coverage": "Context", "sme_response_time": "SME answer", "roi": "ROI",
}  # fmt: skip


def cell(reading: Reading | None) -> str:
    """A reading in a narrow cell: value and interval, or the word of its status."""
    if reading is None or reading.value is None:
        return NOTHING if reading is None else sign(reading).word.lower()
    bounds = interval(reading)
    return f"{value_of(reading)}{f' ({bounds})' if bounds else ''}{'' if reading.decides else ' ○'}"


def download(found: Sequence[ProductStanding]) -> list[dict[str, object]]:
    """The board as plain rows: every reading with its interval and status, the verdict with its reason."""
    return [
        {
            "product": each.product.product_id, "name": each.product.name, "verdict": each.verdict.decision,
            "reason": each.verdict.reason, "health": each.health.colour, "registry_complete": each.complete,
            **{f"{name}_{part}": getattr(each.readings[name], part)
               for name in HEADLINES if name in each.readings for part in ("value", "low", "high", "status")},
        }
        for each in found
    ]  # fmt: skip
