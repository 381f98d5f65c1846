"""Numbers, dollars and moments as programs write them, for the contract to read: text in, text out, None for none."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from decimal import Decimal

from loaders.jsontext import text

_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d{1,2})?")


def number(value: object) -> str | None:
    """A number as it is written."""
    found = text(value)
    return found if found is not None and _NUMBER.fullmatch(found) else None


def finite(value: object) -> str | None:
    """A number as a float writes it; None also for NaN, infinities and words like N/A."""
    try:
        found = float(text(value) or "")
    except ValueError:
        return None
    return repr(found) if math.isfinite(found) else None


def whole(value: object) -> str | None:
    """A number rounded to a whole one, half to even."""
    found = number(value)
    return None if found is None else str(round(Decimal(found)))


def microusd(dollars: object) -> str | None:
    """Dollars as a whole number of micro-dollars, rounded half to even."""
    found = number(dollars)
    return None if found is None else str(round(Decimal(found) * 1_000_000))


def moment(value: object) -> str | None:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size, as ISO 8601; text as it is."""
    stated = text(value)
    if not stated or not re.fullmatch(r"\d{9,19}(\.\d+)?", stated):
        return stated or None
    found = float(stated)
    power = next((3 * place for place, bound in enumerate((1e11, 1e14, 1e17)) if found < bound), 9)
    return datetime.fromtimestamp(found / 10**power, UTC).isoformat()


def utc(value: object) -> str | None:
    """A moment with its offset, UTC where it states none; what is no moment as it is, for the contract to refuse."""
    stated = text(value)
    try:
        found = datetime.fromisoformat(stated or "")
    except ValueError:
        return stated or None
    return f"{found.isoformat()}Z" if found.tzinfo is None else found.isoformat()
