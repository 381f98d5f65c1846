"""Calendar arithmetic: the buckets of a period and the last complete ISO week. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from metrics.spec import Grain

DAY = timedelta(days=1)
FOUR_WEEKS = timedelta(days=27)  # from the first Monday to the last Sunday


class Bucket(NamedTuple):
    """A day, ISO week or month as the calendar has it (start, end), and what of it lies in the period asked for."""

    name: str
    start: date
    end: date
    first: date
    last: date


def bucket_of(day: date, grain: Grain) -> tuple[str, date, date]:
    """Name, first and last day of the day, ISO week ("2026-W40") or month ("2026-10") that holds a day."""
    if grain == "week":
        year, week, weekday = day.isocalendar()
        monday = day - DAY * (weekday - 1)
        return f"{year}-W{week:02d}", monday, monday + DAY * 6
    if grain == "month":
        start = day.replace(day=1)
        return f"{day:%Y-%m}", start, (start + DAY * 31).replace(day=1) - DAY
    return f"{day:%Y-%m-%d}", day, day


def buckets(since: date, until: date, grain: Grain) -> list[Bucket]:
    """Every bucket that touches the period, in order, without gaps."""
    found: list[Bucket] = []
    day = since
    while day <= until:
        name, start, end = bucket_of(day, grain)
        found.append(Bucket(name, start, end, max(start, since), min(end, until)))
        day = end + DAY
    return found


def whole(since: date, until: date) -> Bucket:
    """The period as one bucket; it may reach back to the Sunday before it, where its last complete week may end."""
    return Bucket("", since - DAY * 6, until, since, until)


def last_complete_week(day: date) -> date:
    """The Sunday that ends the last ISO week complete on a day (the day itself, when it is one)."""
    return day - DAY * (day.isoweekday() % 7)


def working_days(start: date, end: date, holidays: Iterable[date] = ()) -> int:
    """Mondays to Fridays from `start` to the day before `end` that are no holidays; backwards it is negative."""
    return int(np.busday_count(start, end, holidays=list(holidays)))


def monday(day: date) -> date:
    """The Monday of the day's ISO week."""
    return day - DAY * (day.isoweekday() - 1)
