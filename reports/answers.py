"""The role's key question, answered in one computed sentence that claims no more than the intervals allow. Pure."""

from collections.abc import Mapping, Sequence

from metrics.spec import Reading
from reports.words import SIGNS, in_full, interval, listed, percent


def portfolio(readings: Sequence[Reading], names: Mapping[str, str]) -> str:
    """Which product needs attention first, from the readings of task success by product.

    Only readings that may decide are ranked, and a product is called lowest alone only when its whole interval lies
    below those of the others.
    """
    if not readings:
        return "No product is registered yet, so there is nothing to compare."
    judged = sorted((r for r in readings if r.decides and r.value is not None), key=lambda r: r.value or 0.0)
    open_ones = [r for r in readings if r not in judged]
    if not judged:
        return f"No product can be judged on task success yet: {_reasons(open_ones, names)}."
    rest = f" Not judged yet: {_reasons(open_ones, names)}." if open_ones else ""
    if len(judged) == 1:
        return f"Task success can be judged for {_name(judged[0], names)} alone: {in_full(judged[0])}.{rest}"
    worst = judged[0]
    overlapping = [r for r in judged if (r.low or 0.0) <= (worst.high or 1.0)]
    if len(overlapping) == len(judged):
        values = f"{percent(worst.value)} to {percent(judged[-1].value)}"
        return (
            f"No product stands out: task success of the {len(judged)} judged runs from {values}, and their intervals"
            f" overlap.{rest}"
        )
    if len(overlapping) == 1:
        bounds = f"{percent(worst.value)} ({interval(worst)})"
        others = "the other product" if len(judged) == 2 else f"the {len(judged) - 1} other products"
        return (
            f"Look at {_name(worst, names)} first: its task success, {bounds}, is clearly below that of {others}"
            f" judged.{rest}"
        )
    lowest = listed([f"{_name(r, names)} ({percent(r.value)})" for r in overlapping])
    return f"Look at {lowest} first: their task success is lowest, and their intervals overlap.{rest}"


def _name(reading: Reading, names: Mapping[str, str]) -> str:
    product = reading.group.get("product") or ""
    return names.get(product, product) or "the product without a name"


def _reasons(readings: Sequence[Reading], names: Mapping[str, str]) -> str:
    grouped: dict[str, list[str]] = {}
    for reading in readings:
        word = "too few people" if reading.status == "ok" else SIGNS[reading.status].word.lower()
        grouped.setdefault(word, []).append(_name(reading, names))
    return "; ".join(f"{listed(found, 3)} ({word})" for word, found in grouped.items())
