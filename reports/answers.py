"""The role's key question, answered in one computed sentence that claims no more than the intervals allow. Pure."""

from collections.abc import Mapping, Sequence

from metrics.compare import Delta
from metrics.portfolio_verdict import Fate
from metrics.spec import Reading
from metrics.standing import ProductStanding
from reports.words import SIGNS, change, in_full, interval, listed, percent, value_of

ORDERS: dict[Fate, str] = {
    "retire": "to retire", "fix": "to fix", "merge": "to merge", "scale": "to scale", "keep": "to keep", "new": "new",
    "measure": "to measure",
}  # fmt: skip


def portfolio(found: Sequence[ProductStanding]) -> str:
    """Which product needs a decision first and why, and how many of each proposal there are.

    `found` has what most needs action first; a proposal stands only on readings that may decide.
    """
    if not found:
        return "No product is registered yet, so there is nothing to decide about."
    counts: dict[Fate, list[str]] = {}
    for each in found:
        counts.setdefault(each.verdict.decision, []).append(each.product.name)
    parts = [f"{len(names)} {ORDERS[fate]}" for fate, names in counts.items() if fate in ORDERS]
    urgent = [each for each in found if each.verdict.decision in ("retire", "fix", "merge")]
    summary = f"Of {len(found)} products {listed(parts, 9)}." if len(found) > 1 else ""
    if urgent:
        first = urgent[0]
        verb = first.verdict.decision.capitalize()
        return f"{verb} {first.product.name} first: {_lowered(first.verdict.reason)} {summary}".strip()
    if "scale" in counts:
        return f"Nothing is surely failing; {listed(counts['scale'])} can be scaled. {summary}".strip()
    ends = [each.readings["task_success"] for each in found if "task_success" in each.readings]
    lowest = success(ends, _names(found)) if any(reading.decides for reading in ends) else ""
    if set(counts) == {"measure"}:
        missing = [name for name in found[0].verdict.unknown if all(name in e.verdict.unknown for e in found)]
        why = f"{listed(missing, 9)} not measured" if missing else "too little is measured of each"
        return f"No product can be judged yet: {why}. {lowest}".strip()
    return f"Nothing is surely failing. {summary} {lowest}".strip()


def _names(found: Sequence[ProductStanding]) -> dict[str, str]:
    return {each.product.product_id: each.product.name for each in found}


def _lowered(sentence: str) -> str:
    """The sentence as it goes on after a colon: names and abbreviations keep their capitals."""
    first = sentence.split(" ", maxsplit=1)[0]
    return sentence if first.isupper() else sentence[:1].lower() + sentence[1:]


def product(standing: ProductStanding, delta: Delta | None) -> str:
    """Whether one product gets better, and what its numbers propose. `delta` is of task success; None: not compared."""
    name, success = standing.product.name, standing.readings["task_success"]
    proposal = f"Proposal: {standing.verdict.decision}."
    if success.value is None:
        return f"Whether {name} gets better cannot be said: {_lowered(success.missing)} {proposal}"
    stands = f"task success {value_of(success)}{f' ({bounds})' if (bounds := interval(success)) else ''}"
    if not success.decides:
        return f"{name} stands at {stands}; whether it gets better cannot be said. {success.missing} {proposal}"
    if delta is None:
        return f"{name} stands at {stands}. {proposal}"
    if delta.value is None:
        return f"{name} stands at {stands}; whether it gets better is not known. {delta.refused} {proposal}"
    moved = change(delta.value, "share")
    if not delta.clear:
        return f"{name} is neither surely better nor worse: {stands}, {moved} on the period before. {proposal}"
    word = "better" if delta.value > 0 else "worse"
    return f"{name} is getting {word}: {stands}, {moved} on the period before. {proposal}"


def success(readings: Sequence[Reading], names: Mapping[str, str]) -> str:
    """Which product does worst, from the readings of task success by product.

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
