"""Moments as Jira writes them: months named in four languages, 12 or 24 hours, and no time zone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from data.errors import did_you_mean
from loaders.format import Refused
from loaders.jira_words import MONTHS, plain

ORDERS = {"dmy": "day first", "mdy": "month first"}
_TIME = (
    r"(?:[t,\s]+(?:(?:a las|a|um|at)\s+)?(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})"
    r"(?:[.,](?P<fraction>\d{1,6})\d*)?)?\s*(?P<half>[ap]\.?\s?m\.?|vorm\.?|nachm\.?)?"
    r"\s*(?P<offset>z|[+-]\d{2}:?\d{2})?)?"
)
_NAMED = re.compile(
    r"(?P<day>\d{1,2})\.?[\s/-]+(?:de\s+)?(?P<name>[^\W\d_]{3,})\.?,?[\s/-]+(?:de\s+)?(?P<year>\d{4}|\d{2})" + _TIME
)
_NAME_FIRST = re.compile(r"(?P<name>[^\W\d_]{3,})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})" + _TIME)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})" + _TIME)
_NUMBERS = re.compile(r"(?P<left>\d{1,2})(?P<mark>[-/.])(?P<right>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})" + _TIME)


class Clock:
    """Reads the moments of one file: one time zone, and one order of day and month where it can be doubted."""

    def __init__(self, zone: str | None, order: str | None, settle: Callable[[], str]) -> None:
        self._zone = ZoneInfo(zone or "UTC")
        self._order = order
        self._settle = settle
        self.skipped = 0
        """Moments read so far in an hour that the zone leaves out when its clocks go forward."""

    def moment(self, text: str, after: datetime | None = None) -> datetime:
        """The moment in UTC. In the hour that clocks go through twice, the second time when the first lies before
        `after`. Raises ValueError when the text is no moment, Refused when nothing settles the order of its numbers.
        """
        local = self._local(plain(text))
        if local.tzinfo is not None:
            return local.astimezone(UTC)
        found = local.replace(tzinfo=self._zone).astimezone(UTC)
        if found.astimezone(self._zone).replace(tzinfo=None) != local:
            self.skipped += 1
        if after is not None and found < after:
            found = local.replace(tzinfo=self._zone, fold=1).astimezone(UTC)
        return found

    def _local(self, text: str) -> datetime:
        if found := _NAMED.fullmatch(text) or _NAME_FIRST.fullmatch(text):
            if found["name"] not in MONTHS:
                raise ValueError(text)
            return _made(found, MONTHS[found["name"]], int(found["day"]))
        if found := _YEAR_FIRST.fullmatch(text):
            return _made(found, int(found["month"]), int(found["day"]))
        if found := _NUMBERS.fullmatch(text):
            left, right = int(found["left"]), int(found["right"])
            if self._order is None and _doubtful(found):
                self._order = self._settle()
            order = self._order or ("mdy" if right > 12 else "dmy")
            order = "dmy" if found["mark"] == "." else order
            return _made(found, left, right) if order == "mdy" else _made(found, right, left)
        raise ValueError(text)


def stated_order(values: Mapping[str, str]) -> str | None:
    """The order of day and month that somebody said. Raises Refused for a word that is none."""
    order = values.get("day_order")
    if order is not None and order not in ORDERS:
        raise Refused(f'day_order is "{order}"; expected dmy or mdy.{did_you_mean(order, ORDERS)}', "Say it again.")
    return order


def order_of(cells: Iterable[str]) -> str:
    """The order of day and month that the dates of a file settle by a day above the 12th. Raises Refused when none
    does, and when some have the day first and others the month.
    """
    doubtful, evidence = "", dict.fromkeys(ORDERS, "")
    for cell in cells:
        found = _NUMBERS.fullmatch(plain(cell))
        if found and found["mark"] != ".":
            doubtful = doubtful or (cell if _doubtful(found) else "")
            if int(found["left"]) > 12:
                evidence["dmy"] = evidence["dmy"] or cell
            elif int(found["right"]) > 12:
                evidence["mdy"] = evidence["mdy"] or cell
    settled = [order for order, cell in evidence.items() if cell]
    if len(settled) == 1:
        return settled[0]
    say = " or ".join(f"--set day_order={order} ({words})" for order, words in ORDERS.items())
    if settled:
        raise Refused(
            f'The dates of the file are in two orders: "{evidence["dmy"][:40]}" has the day first,'
            f' "{evidence["mdy"][:40]}" the month.',
            f"Say which one holds: {say}. Records with a date of the other go to the quarantine.",
        )
    raise Refused(
        f'A date like "{doubtful[:40]}" can be read in two ways, and no date of the file has a day above the 12th.',
        f"Say which one holds: {say}.",
    )


def _doubtful(found: re.Match[str]) -> bool:
    """Whether the first two numbers of a date could change places and mean another day. With dots the day is first."""
    left, right = int(found["left"]), int(found["right"])
    return found["mark"] != "." and left != right and max(left, right) <= 12


def _made(found: re.Match[str], month: int, day: int) -> datetime:
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 1900 if year >= 90 else 2000
    hour, half = int(found["hour"] or 0), (found["half"] or "").replace(" ", "")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(found[0])
        hour = hour % 12 + (12 if half[0] in "pn" else 0)
    fraction = int((found["fraction"] or "0").ljust(6, "0"))
    local = datetime(year, month, day, hour, int(found["minute"] or 0), int(found["second"] or 0), fraction)
    offset = found["offset"]
    if not offset:
        return local
    if offset == "z":
        return local.replace(tzinfo=UTC)
    ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return (local - ahead if offset[0] == "+" else local + ahead).replace(tzinfo=UTC)
