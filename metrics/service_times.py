"""How a product serves: how long interactions take, and in which five minutes of the business day it was available."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from data.operation import Incident
from data.registry_store import current
from data.settings import Settings
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.compile import bound, with_clause
from metrics.spec import Scope
from metrics.view import use_ctes

SLOT = 300  # seconds
SHARES = (0.5, 0.95, 0.99)
LIMIT = 0.03  # of a slot's interactions, where nobody set a floor for technical failures
DOWN = ("s1", "s2", None)
"""Severities of incidents that count as downtime; what nobody graded does."""
_REAL = "r.counted AND NOT coalesce(r.synthetic, false)"
_TIMES = f"""
SELECT r.bucket AS week, r.duration_bucket AS place, count(*) AS n
FROM rows_in_scope AS r
WHERE {_REAL}
GROUP BY 1, 2
ORDER BY 1, 2"""
_SLOTS = f"""
SELECT epoch_us(r.occurred_at) // {SLOT * 1_000_000} AS slot, count(*) AS n,
  count(CASE WHEN r.error THEN 1 END) AS failed,
  count(r.error) AS told
FROM rows_in_scope AS r
WHERE {_REAL}
GROUP BY 1
ORDER BY 1"""


class Percentile(NamedTuple):
    """So many seconds took the fastest `share`; the true value lies between `low` and `high` (buckets 9 % wide)."""

    share: float
    value: float
    low: float
    high: float


class Latency(NamedTuple):
    """How long interactions of a period took. `week` is its first day, None: the whole period. `timed` of
    `interactions` say how long they took; everything is counted, so there is no sampling interval.
    """

    week: date | None
    percentiles: tuple[Percentile, ...]
    timed: int
    interactions: int


class Availability(NamedTuple):
    """Slots of five business minutes that had traffic or lay in an incident, and in how many of them technical failures
    stayed under the `limit` and no incident ran. `down` slots are those of incidents. `missing` says why none is known.
    """

    slots: int
    good: int
    down: int
    limit: float
    missing: str

    @property
    def share(self) -> float | None:
        """Good ones of all; None without any."""
        return self.good / self.slots if self.slots else None


def latencies(store: Warehouse, scope: Scope) -> list[Latency]:
    """The percentiles of the whole period, then of each ISO week that has timed interactions."""
    parts, _ = use_ctes(scope, ("week",), ("bucket",), "interactions", ("duration_bucket", "synthetic"))
    sql = with_clause(parts) + _TIMES
    with store.reading() as reader:
        rows = reader.rows(sql, bound(sql, scope, "week", settings_of(reader)))
    weeks: dict[date | None, dict[int | None, int]] = {None: {}}
    for row in rows:
        place, number = cast("int | None", row["place"]), cast(int, row["n"])
        for key in (None, cast(date, row["week"])):
            counts = weeks.setdefault(key, {})
            counts[place] = counts.get(place, 0) + number
    return [found for week, counts in weeks.items() if (found := _latency(week, counts)).timed or week is None]


def _latency(week: date | None, counts: dict[int | None, int]) -> Latency:
    timed = sorted((place, number) for place, number in counts.items() if place is not None)
    every = sum(number for _, number in timed)
    found = []
    for share in SHARES if every else ():
        seen = 0
        for place, number in timed:
            seen += number
            if seen >= share * every - 1e-9:
                low, high = ((2 ** (edge / 8) - 1) / 1000 for edge in (place, place + 1))
                found.append(Percentile(share, (low + high) / 2, low, high))
                break
    return Latency(week, tuple(found), every, sum(counts.values()))


def availability(store: Warehouse, scope: Scope, limit: float | None = None) -> Availability:
    """How many slots of the business hours of the settings (Monday to Friday) went well. Incidents of severity s1, s2
    or none stated are downtime from their start until the service was restored, else until now.
    """
    parts, _ = use_ctes(scope, (), (), "interactions", ("occurred_at", "error", "synthetic"))
    sql = with_clause(parts) + _SLOTS
    with store.reading() as reader:
        rules = settings_of(reader)
        rows = reader.rows(sql, bound(sql, scope, None, rules))
        incidents = current(reader, Incident)
    bar = LIMIT if limit is None else limit
    if not any(cast(int, row["told"]) for row in rows):
        why = "No interaction lies in this period." if not rows else "No source says whether interactions failed."
        return Availability(0, 0, 0, bar, why)
    mine = [each for each in incidents if scope.products is None or each.product_id in scope.products]
    down = _down(mine, scope, store.clock())
    used = {cast(int, row["slot"]): cast(int, row["failed"]) / cast(int, row["n"]) for row in rows}
    open_slots = [slot for slot in {*used, *down} if _open(slot, scope, rules)]
    good = sum(slot not in down and used.get(slot, 0.0) < bar for slot in open_slots)
    lost = sum(slot in down for slot in open_slots)
    missing = "" if open_slots else "No interaction lies in business hours."
    return Availability(len(open_slots), good, lost, bar, missing)


def _down(incidents: Sequence[Incident], scope: Scope, now: datetime) -> set[int]:
    first = datetime.combine(scope.since - timedelta(days=1), datetime.min.time())
    last = min(now, datetime.combine(scope.until + timedelta(days=2), datetime.min.time()))
    found: set[int] = set()
    for each in incidents:
        if each.severity in DOWN:
            begin, end = max(each.started_at, first), min(each.restored_at or now, last)
            if begin < end:
                found |= set(range(_slot(begin), _slot(end - timedelta(microseconds=1)) + 1))
    return found


def _slot(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp()) // SLOT


def _open(slot: int, scope: Scope, rules: Settings) -> bool:
    local = datetime.fromtimestamp(slot * SLOT, ZoneInfo(rules.reporting_zone))
    within = scope.since <= local.date() <= scope.until
    return within and local.isoweekday() <= 5 and rules.sme_opens <= local.time() < rules.sme_closes
