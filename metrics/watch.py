"""Series of readings watched for a change: each group against its own baseline, and which alarms stand among many."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from data.portfolio import Release
from data.registry_store import current
from data.settings import Settings
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.alerts import SHARE, raised
from metrics.before_after import RAMP, SAME_ANSWERS
from metrics.drift import BASELINE, Drift, Point, drift
from metrics.engine import read
from metrics.periods import buckets
from metrics.spec import Dimension, Group, Reading, Scope
from metrics.statistics import t_quantile


class Watched(NamedTuple):
    """A group's series. `stands`: a chart signals, and its last four weeks differ from its baseline so much that of all
    groups that do at most one in ten is expected to be chance (Benjamini-Hochberg). `missing`: why it is not watched.
    """

    group: Group
    points: tuple[Point, ...]
    drift: Drift | None
    stands: bool
    missing: str


def watch(
    store: Warehouse, metric: str, scope: Scope, by: Sequence[Dimension] = ("product",), share: float = SHARE
) -> list[Watched]:
    """A metric week by week over the scope. The baseline is the first eight complete weeks with a reading that may be
    relied on, of a product begun anew after a release where nine such weeks follow it: the ramp of two days is in none.

    Weeks that are partial, missing or not to be relied on are left out: a gap in a feed is no drop.
    """
    readings = read(store, [metric], scope, (*by, "week"))
    with store.reading() as reader:
        rules, released = settings_of(reader), current(reader, Release)
    starts = {bucket.name: bucket.start for bucket in buckets(scope.since, scope.until, "week")}
    groups: dict[tuple[str | None, ...], list[Reading]] = {}
    for reading in readings:
        groups.setdefault(tuple(reading.group[name] for name in by), []).append(reading)
    found = []
    for key, series in groups.items():
        group: Group = dict(zip(by, key, strict=True))
        points = [(starts[str(each.group["week"])], point) for each in series if (point := _point(each))]
        whose = group.get("product") or (scope.products or (None,))[0] if len(scope.products or ()) < 2 else None
        kept = _since_release(points, [row for row in released if row.product_id == whose], rules)
        found.append((group, kept, drift(kept)))
    stand = raised([seen.p for _, _, seen in found if seen], share)
    verdicts = iter(stand)
    return [
        Watched(
            group, tuple(points), seen, seen is not None and next(verdicts) and bool(seen.alarms),
            "" if seen else f"Watched from {BASELINE + 1} weeks on that may be relied on; there are {len(points)}.",
        )
        for group, points, seen in found
    ]  # fmt: skip


def _point(reading: Reading) -> Point | None:
    """A complete week with a value and an interval that has two ends, and the standard error it stands for."""
    if reading.status != "ok" or reading.value is None or reading.low is None or reading.high is None:
        return None
    if reading.units < 2:
        return None
    error = (reading.high - reading.low) / 2 / t_quantile(reading.level, reading.units - 1)
    return Point(str(reading.group["week"]), reading.value, error)


def _since_release(points: Sequence[tuple[date, Point]], released: Sequence[Release], rules: Settings) -> list[Point]:
    """The points from the last release on that leaves enough of them for a baseline and one more; else all."""
    for moment in sorted((row.released_at for row in released if row.kind not in SAME_ANSWERS), reverse=True):
        settled = _day_after(moment + RAMP, rules)
        later = [point for start, point in points if start >= settled]
        if len(later) > BASELINE:
            return later
    return [point for _, point in points]


def _day_after(moment: datetime, rules: Settings) -> date:
    return rules.day_of(moment - timedelta(microseconds=1)) + timedelta(days=1)
