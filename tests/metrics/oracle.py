"""The slow, obvious second computation: plain loops over the rows, intervals by statsmodels. Shares no code with the
engine.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from scipy.stats import norm, t
from statsmodels.stats.proportion import proportion_confint

Row = Mapping[str, object]


class Answer(NamedTuple):
    """What a reading should say."""

    value: float | None
    low: float | None
    high: float | None
    units: int
    events: int


def ratio(units: Mapping[str, tuple[int, int]], show: int = 10, most: int | None = None) -> Answer:
    """The answer for hits and events per unit: leave every unit out in turn, then Wilson on the effective size.

    Of weights instead of events, the size is `most` how many were weighed.
    """
    counted = {unit: pair for unit, pair in units.items() if pair[1] > 0}
    hits, events, count = sum(h for h, _ in counted.values()), sum(m for _, m in counted.values()), len(counted)
    if events == 0:
        return Answer(None, None, None, 0, 0)
    value = hits / events
    if count < show:
        return Answer(value, None, None, count, events)
    without = [(hits - h) / (events - m) for h, m in counted.values()]
    variance = (count - 1) / count * math.fsum((other - value) ** 2 for other in without)
    divisor = 0
    for h, m in counted.values():
        divisor = math.gcd(divisor, math.gcd(h, m))
    same = all(h * events == m * hits for h, m in counted.values())
    limit = events / divisor if most is None else min(events / divisor, most)
    size = float(count) if same else min(value * (1 - value) / variance, limit)
    alpha = 2 * norm.sf(t.ppf(0.975, count - 1))
    low, high = proportion_confint(value * size, size, alpha=alpha, method="wilson")
    return Answer(value, float(low), float(high), count, events)


def per_unit(rows: Iterable[Row], hit: str, of: str) -> dict[str, tuple[int, int]]:
    """Hits and events per unit, from rows that have the two columns."""
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        h, m = sums.get(str(row["unit_id"]), (0, 0))
        sums[str(row["unit_id"])] = (h + int(str(row[hit])), m + int(str(row[of])))
    return sums


def returning(
    audience: Iterable[Row], use: Iterable[Row], since: date, until: date, last_data: date
) -> dict[str, tuple[int, int]]:
    """For each person eligible through the last four complete ISO weeks: (came in two of them or more, 1)."""
    end = min(until, last_data)
    while end.isoweekday() != 7:
        end -= timedelta(days=1)
    weeks = [[end - timedelta(days=7 * week + offset) for offset in range(7)] for week in range(4)]
    first = min(day for week in weeks for day in week)
    result: dict[str, tuple[int, int]] = {}
    uses = [(str(row["unit_id"]), row["day"]) for row in use if _qualifies(row)]
    for person in {str(row["user_id"]) for row in audience}:
        spans = [row for row in audience if row["user_id"] == person]
        if not any(
            _date(row["granted_on"]) <= first and (row["left_on"] is None or _date(row["left_on"]) > end)
            for row in spans
        ):
            continue
        seen = sum(1 for week in weeks if any(who == person and when in week for who, when in uses))
        result[person] = (1 if seen >= 2 else 0, 1)
    assert since <= until
    return result


def reach(audience: Iterable[Row], use: Iterable[Row], since: date, last: date) -> dict[str, tuple[int, int]]:
    """For each person eligible at any time in the period: (used it in the period, 1)."""
    result: dict[str, tuple[int, int]] = {}
    days = {str(row["unit_id"]) for row in use if _qualifies(row) and since <= _date(row["day"]) <= last}
    for row in audience:
        if _date(row["granted_on"]) <= last and (row["left_on"] is None or _date(row["left_on"]) > since):
            person = str(row["user_id"])
            result[person] = (1 if person in days else 0, 1)
    return result


def _qualifies(row: Row) -> bool:
    good = int(str(row["interactions"])) > int(str(row["technical_errors"]))
    return bool(row["user_known"]) and row["mode"] != "shadow" and good


def _date(value: object) -> date:
    assert isinstance(value, date)
    return value
