"""Numbers in, numbers out: what money that comes and goes over time is worth today, and what it earns."""

import math
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq

DAYS_A_YEAR = 365  # as Excel's XNPV and XIRR count
HIGHEST = 1e6  # a rate of return above this is none


def present_value(rate: float, flows: Sequence[float], years: Sequence[float]) -> float:
    """The sum of flows, each divided by (1 + rate) to the number of years after which it comes."""
    return math.fsum(flow / (1 + rate) ** year for flow, year in zip(flows, years, strict=True))


def net_present_value(rate: float, flows: Sequence[float]) -> float:
    """Of flows at the ends of periods, the first at the end of the first one (Excel's NPV): put what is paid today
    beside it, not into it.
    """
    return present_value(rate, flows, range(1, len(flows) + 1))


def dated_value(rate: float, flows: Sequence[float], days: Sequence[date]) -> float:
    """Of flows on days, as of the first one given (Excel's XNPV)."""
    return present_value(rate, flows, _years(days))


def rate_of_return(flows: Sequence[float]) -> float | None:
    """The rate per period at which flows, the first of them today, are worth nothing; None where no rate or more than
    one does that.
    """
    rates = [
        1 / root.real - 1
        for root in np.roots(np.trim_zeros(np.array(flows, dtype=float), "b")[::-1])
        if _is_factor(root)
    ]
    kept: list[float] = []
    for rate in sorted(rates):
        if not kept or rate - kept[-1] > 1e-6 * (1 + abs(rate)):
            kept.append(rate)
    return _polished(kept[0], lambda rate: present_value(rate, flows, range(len(flows)))) if len(kept) == 1 else None


def dated_return(flows: Sequence[float], days: Sequence[date]) -> float | None:
    """The yearly rate at which flows on days are worth nothing (Excel's XIRR); None where no rate or more than one
    does that.
    """
    years = _years(days)

    def worth(rate: float) -> float:
        return present_value(rate, flows, years)

    grid = [math.expm1(step / 20) for step in range(-180, 277)]  # from nearly -100 % to a million
    found = [
        float(brentq(worth, low, high, xtol=1e-13))
        for low, high in pairwise(grid)
        if worth(low) * worth(high) < 0 or worth(high) == 0
    ]
    return found[0] if len(found) == 1 else None


def _years(days: Sequence[date]) -> list[float]:
    return [(day - days[0]).days / DAYS_A_YEAR for day in days]


def _is_factor(root: complex) -> bool:
    """Whether a root of the flows as a polynomial is a discount factor: real, above zero."""
    return abs(root.imag) < 1e-7 * (1 + abs(root.real)) and root.real > 1 / (1 + HIGHEST)


def _polished(rate: float, worth: Callable[[float], float]) -> float:
    """The rate again to the last digit: the roots of a polynomial are good to some ten."""
    near = 1e-6 * (1 + abs(rate))
    low, high = max(rate - near, -1 + 1e-12), rate + near
    return float(brentq(worth, low, high, xtol=1e-15)) if worth(low) * worth(high) < 0 else rate
