"""What changed with each release: a metric in the days before it against the days after it. Not causal: other things
changed in those days, too.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from data.portfolio import Release
from data.registry_store import current
from data.settings import Settings
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.compare import Delta, delta
from metrics.engine import read
from metrics.ground import Span, survey
from metrics.spec import Reading, Scope

DAYS = 28
"""At most this many days on either side; whole weeks, so that weekdays balance."""
RAMP = timedelta(hours=48)
"""After a release people still find out: these hours count on neither side."""
DAY = timedelta(days=1)
SAME_ANSWERS = {"price": "A price changes what an answer costs, not the answer."}
OTHER_RULER = {
    "judge": "Not compared: another judge measures something else.",
    "definition": "Not compared: another definition measures something else.",
}


class Window(NamedTuple):
    """Whole local days, both of them within."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


class Change(NamedTuple):
    """What was released on one local day: versions and kinds, the days before it and after it that can be compared."""

    day: date
    versions: tuple[str, ...]
    kinds: tuple[str, ...]
    note: str
    before: Window | None
    after: Window | None
    refused: str = ""


class Comparison(NamedTuple):
    """A change with the readings of both sides; `difference` is after - before with its interval, or why there is
    none.
    """

    change: Change
    before: Reading | None
    after: Reading | None
    difference: Delta


def before_after(store: Warehouse, scope: Scope, metric: str = "task_success") -> list[Comparison]:
    """Every release of the one product of a scope that lies in its period, the newest first.

    Days after the end of the period are not looked at, days before its beginning are.
    """
    (product,) = scope.products or ()
    with store.reading() as reader:
        rules = settings_of(reader)
        spans = survey(reader, scope, store.clock().date(), ["user_days"]).spans["user_days"]
        released = [each for each in current(reader, Release) if each.product_id == product]
    known = spans.get(product)
    if known:
        known = Span(known.begins, min(known.through, scope.until))
    found = [change for change in changes(released, known, rules) if scope.since <= change.day <= scope.until]
    return [_compared(store, scope, metric, change) for change in reversed(found)]


def changes(released: Sequence[Release], known: Span | None, rules: Settings) -> list[Change]:
    """The releases by day, oldest first, each with its comparable days: none of them reaches into the days of another
    release, into the ramp after one, or beyond the data.
    """
    days: dict[date, list[Release]] = {}
    for release in sorted(released, key=lambda each: (each.released_at, each.service_version, each.kind)):
        days.setdefault(rules.day_of(release.released_at), []).append(release)
    borders = [day for day, batch in days.items() if any(release.kind not in SAME_ANSWERS for release in batch)]
    settled = {day: _settled(max(release.released_at for release in batch), rules) for day, batch in days.items()}
    return [_change(day, batch, _around(day, borders, settled, known)) for day, batch in days.items()]


def _around(
    day: date, borders: Sequence[date], settled: dict[date, date], known: Span | None
) -> tuple[Window | None, Window | None]:
    if known is None:
        return None, None
    former = max((other for other in borders if other < day), default=None)
    following = min((other for other in borders if other > day), default=None)
    begins = max(known.begins, settled[former]) if former else known.begins
    ends = min(known.through, following - DAY) if following else known.through
    last, first = min(day - DAY, known.through), max(settled[day], known.begins)
    before, after = _weeks((last - begins).days + 1), _weeks((ends - first).days + 1)
    return (
        Window(last - before + DAY, last) if before else None,
        Window(first, first + after - DAY) if after else None,
    )


def _change(day: date, batch: Sequence[Release], around: tuple[Window | None, Window | None]) -> Change:
    kinds = tuple(dict.fromkeys(release.kind for release in batch))
    refused = next((OTHER_RULER[kind] for kind in kinds if kind in OTHER_RULER), "")
    if all(kind in SAME_ANSWERS for kind in kinds):
        refused = SAME_ANSWERS[kinds[0]]
    before, after = around
    if not refused and (before is None or after is None):
        side = "before" if before is None else "after"
        refused = f"Not compared: no full week {side} it without another release or the end of the data."
    return Change(
        day=day,
        versions=tuple(dict.fromkeys(release.service_version for release in batch)),
        kinds=kinds,
        note=" ".join(dict.fromkeys(release.note for release in batch if release.note)),
        before=before,
        after=after,
        refused=refused,
    )


def _compared(store: Warehouse, scope: Scope, metric: str, change: Change) -> Comparison:
    if change.refused or change.before is None or change.after is None:
        return Comparison(change, None, None, Delta(None, None, None, change.refused))
    then, now = (
        read(store, [metric], scope.model_copy(update={"since": window.first, "until": window.last}))[0]
        for window in (change.before, change.after)
    )
    return Comparison(change, then, now, delta(now, then))


def _settled(released: datetime, rules: Settings) -> date:
    """The first whole local day after the ramp."""
    end = released + RAMP
    day = rules.day_of(end)
    return day if rules.day_of(end - timedelta(microseconds=1)) < day else day + DAY


def _weeks(days: int) -> timedelta:
    """As many of these days as are whole weeks, up to the most that are compared."""
    return DAY * (min(days, DAYS) // 7 * 7) if days > 0 else timedelta()
