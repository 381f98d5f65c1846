"""Reference routines of judges: inputs as the cases name them, to metrics/judge.py."""

import math
from typing import NamedTuple

import numpy as np

from metrics import judge
from metrics.proportions import normal_quantile
from tests.reference.cases import Found, Inputs, Malformed


def rogan_gladen(given: Inputs) -> list[Found]:
    """The corrected share of positives."""
    positive, of = given.number("pos"), given.number("n")
    return [judge.rogan_gladen(positive / of, given.number("se"), given.number("sp")) if of else None]


def plugin_interval(given: Inputs) -> list[Found]:
    """Low, high of the corrected share; the class of the m1 is the one whose share is asked for."""
    sensitive = (given.number("sensitivity"), given.number("m1"))
    specific = (given.number("specificity"), given.number("m0"))
    size = given.number("n")
    if not size or not sensitive[1] or not specific[1]:
        return [None, None]
    found = judge.plugged_in(given.number("p"), size, sensitive, specific, normal_quantile(given.level))
    return [None, None] if found is None else list(found[:2])


class Labels(NamedTuple):
    """Counts of 0-or-1 labels: of `n` by people and judge, and of `further` by the judge alone."""

    n: int
    further: int
    people: int
    judge: int
    both: int
    judge_further: int


def labels(given: Inputs) -> Labels:
    """The labels of a case: counted in `k`; single, as y, yhat and yhat_unlabeled; or drawn from its seed as the
    authors of the cases drew them (four in five are right, the judge agrees with nine in ten).
    """
    if "k" in given:
        counts = given["k"]
        n, further = given.count("n"), given.count("N")
        given.get("seed")
        found = Labels(n, further, counts["y1"], counts["yh1"], counts["n11"], counts["u1"])
        agree = n - found.people - found.judge + 2 * found.both
        if counts.get("agree", agree) != agree:
            raise Malformed(f"'k' says that {counts['agree']} labels agree, and by its other counts {agree} do")
        return found
    if "y" in given:
        y, f, u = (np.array(given.numbers(name)) for name in ("y", "yhat", "yhat_unlabeled"))
        return Labels(len(y), len(u), int(y.sum()), int(f.sum()), int((y * f).sum()), int(u.sum()))
    if "seed" not in given:
        raise Malformed("the labels are missing: state counts 'k' (y1, yh1, n11, u1), or 'y', 'yhat', 'yhat_unlabeled'")
    n, further, chance = given.count("n"), given.count("N"), np.random.default_rng(given.count("seed"))
    drawn = []
    for size in (n, further):
        truth = (chance.random(size) < 0.8).astype(int)
        drawn.append((truth, np.where(chance.random(size) < 0.9, truth, 1 - truth)))
    (y, f), (_, u) = drawn
    return Labels(n, further, int(y.sum()), int(f.sum()), int((y * f).sum()), int(u.sum()))


def prediction_powered(given: Inputs) -> list[Found]:
    """Low, high, with the judge trusted as stated (`lam`)."""
    seen = labels(given)
    return _interval(seen, given.number("lam", 1.0), given.level)


def power_tuned(given: Inputs) -> list[Found]:
    """Low, high, with the judge trusted as much as its authors' estimate of the best weight says."""
    seen = labels(given)
    if not seen.n or not seen.further:
        return [None, None]
    together = seen.both / seen.n - seen.people / seen.n * seen.judge / seen.n
    every = seen.n + seen.further
    share = (seen.judge + seen.judge_further) / every
    spread = share * (1 - share) * every / (every - 1)
    return _interval(seen, judge.best_trust(together, spread, seen.n, seen.further), given.level)


def _interval(seen: Labels, trust: float, level: float) -> list[Found]:
    if not seen.n or not seen.further:
        return [None, None]
    y, f, u = seen.people / seen.n, seen.judge / seen.n, seen.judge_further / seen.further
    spread = judge.Spread(
        judge=u * (1 - u) / seen.further + f * (1 - f) / seen.n,
        both=-(seen.both / seen.n - y * f) / seen.n,
        people=y * (1 - y) / seen.n,
    )
    endless = 10**12  # the authors divide by n, not by n - 1
    found = judge.prediction_powered(u, f, y, spread, endless, trust=trust)
    half = normal_quantile(level) * math.sqrt(found.variance)
    return [found.value - half, found.value + half]
