"""What one task done is worth, by the assumptions that also make up the ledger of ROI."""

import math

from metrics import beliefs
from metrics.beliefs import Belief, Beliefs


def task_worth(known: Beliefs, product: str) -> float | None:
    """Minutes saved a task times the hourly rate, times the shares that are captured and attributed to the product (1
    where nobody says), each at its mean, in the company's money; None where minutes or rate are not stated.

    Minutes saved are stated, or the baseline of the product's only scenario less the minutes with AI.
    """
    rate = known.of(beliefs.RATE, product, None)
    saved, with_ai = known.of(beliefs.SAVED, product, None), known.of(beliefs.WITH_AI, product, None)
    usual = known.usual_scenario(product, None)
    before = known.before(usual) if usual else None
    if saved is not None:
        minutes = mean(saved)
    elif with_ai is not None and before is not None:
        minutes = mean(before) - mean(with_ai)
    else:
        return None
    if rate is None:
        return None
    shares = [known.of(name, product, None) for name in (beliefs.CAPTURE, beliefs.ATTRIBUTION)]
    worth = minutes / 60 * mean(rate)
    for share in shares:
        worth *= mean(share) if share else 1.0
    return worth


def mean(belief: Belief) -> float:
    """The mean of an input's distribution, its tails not cut."""
    name, shape, p1, p2, p3 = belief.given[:5]
    second, third = p2 or 0.0, p3 or 0.0
    if shape in ("point", "normal"):
        return p1
    if shape == "uniform":
        return (p1 + second) / 2
    if shape == "triangular":
        return (p1 + second + third) / 3
    if shape == "pert":
        return (p1 + 4 * second + third) / 6
    if shape == "beta":
        return p1 / (p1 + second)
    if shape == "lognormal":
        return p1 * math.exp(second**2 / 2)
    raise ValueError(f"{name} has the distribution {shape}, of which no mean is known")
