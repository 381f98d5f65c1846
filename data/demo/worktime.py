"""When people work: local days of the reporting zone, public holidays, and a clock of business hours."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

ZONE = "Europe/Berlin"
OPENS, CLOSES = time(8), time(17)
MINUTES_A_DAY = (CLOSES.hour - OPENS.hour) * 60
BRIDGE = date(1970, 1, 1)

Ints = NDArray[np.int64]


@cache
def is_holiday(day: date) -> bool:
    """Whether a day is a public holiday of the company: the German ones that hold in every state."""
    easter = _easter(day.year)
    moving = {easter + timedelta(days=after) for after in (-2, 1, 39, 50)}
    return day in moving or (day.month, day.day) in {(1, 1), (5, 1), (10, 3), (12, 24), (12, 25), (12, 26), (12, 31)}


def is_workday(day: date) -> bool:
    """Monday to Friday, holidays excepted."""
    return day.weekday() < 5 and not is_holiday(day)


def intensity(day: date) -> float:
    """How much of an ordinary Tuesday's use a day sees: next to none on weekends, less on Fridays and in summer."""
    if not is_workday(day):
        return 0.03
    weekly = (0.96, 1.0, 1.0, 0.98, 0.78)[day.weekday()]
    return weekly * (0.82 if day.month == 8 else 0.9 if (day.month, day.day >= 18) == (12, True) else 1.0)


@cache
def offset_minutes(day: date) -> int:
    """How far local time is ahead of UTC at noon of a day."""
    ahead = datetime.combine(day, time(12), ZoneInfo(ZONE)).utcoffset()
    return int((ahead or timedelta()).total_seconds() // 60)


def midnights(first: date, days: int) -> Ints:
    """The UTC millisecond at which each local day begins, for `days` days from `first`."""
    every = [first + timedelta(days=each) for each in range(days)]
    return np.array([((day - BRIDGE).days * 1440 - offset_minutes(day)) * 60_000 for day in every], dtype=np.int64)


def local(day: date, hour: float) -> datetime:
    """The naive UTC moment of a local hour of a day."""
    return datetime.combine(day, time()) + timedelta(minutes=round(hour * 60) - offset_minutes(day))


def after_business(moment: datetime, hours: float) -> datetime:
    """The naive UTC moment when so many business hours have passed since a moment."""
    here = moment + timedelta(minutes=offset_minutes(moment.date()))
    day, minute = here.date(), here.hour * 60 + here.minute + here.second / 60
    left = hours * 60
    start = max(minute, OPENS.hour * 60)
    while not is_workday(day) or start + left > CLOSES.hour * 60:
        if is_workday(day):
            left -= max(0.0, CLOSES.hour * 60 - start)
        day += timedelta(days=1)
        start = OPENS.hour * 60
    return local(day, (start + left) / 60)


def _easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian computation (Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
