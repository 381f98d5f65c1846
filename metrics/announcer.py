"""What is said now is read and written down by itself: after a load, an undo and whatever else moves a number."""

import logging
import threading
from datetime import date, timedelta
from typing import NamedTuple

from data.errors import PlumblineError
from data.warehouse import Warehouse
from metrics import default_scope, kept
from metrics.catalog import HEADLINES
from metrics.engine import read
from metrics.hysteresis import week_before
from metrics.periods import buckets
from metrics.readings_log import Dated, write_changed
from metrics.spec import Dimension, Reading, Scope

WHO = "Plumbline"
WEEKLY = ("adoption", "task_success", "hallucination_rate", "escalation_rate")
"""Written down week by week, too: a week of theirs that is over changes by late data only. Response times ripen while
tickets of the week are open, coverage is of today and value of months."""
WEEKS = 26
QUIET = 2.0  # seconds without a change, so that a batch of files is published once


class View(NamedTuple):
    """A question that is asked of every version of the data."""

    metrics: tuple[str, ...]
    scope: Scope
    by: tuple[Dimension, ...]


def announce(store: Warehouse, who: str = WHO) -> int:
    """Read the standard views, keep them for whoever asks next, and write down the headlines by product and of each
    complete week as far as they differ from what was last said of the same days; how many that were.
    """
    whole, weeks, *_ = asked = views(store)
    now = [Dated(reading, whole.scope.since, whole.scope.until) for reading in read(store, *whole)]
    starts = {bucket.name: bucket.start for bucket in buckets(weeks.scope.since, weeks.scope.until, "week")}
    now += [_of_week(reading, starts) for reading in read(store, *weeks)]
    for view in asked:
        read(store, *view)
    kept.write(store, asked)
    return write_changed(store, who, now)


def views(store: Warehouse) -> tuple[View, ...]:
    """The headlines of the default scope by product, those of weeks over the last 26 complete ones, all products as
    one, and by product as the period ended a week earlier: no colour changes before two periods agree.
    """
    scope = default_scope(store)
    sunday = scope.until - timedelta(days=(scope.until.weekday() + 1) % 7)
    weeks = Scope(since=sunday - timedelta(days=7 * WEEKS - 1), until=sunday)
    return (
        View(HEADLINES, scope, ("product",)),
        View(WEEKLY, weeks, ("product", "week")),
        View(HEADLINES, scope, ()),
        View(HEADLINES, week_before(scope), ("product",)),
    )


def _of_week(reading: Reading, starts: dict[str, date]) -> Dated:
    start = starts[str(reading.group["week"])]
    return Dated(reading, start, start + timedelta(days=6))


class Announcer:
    """A thread of the server that publishes when the data have changed and then been quiet; nobody waits for it."""

    def __init__(self, store: Warehouse, quiet: float = QUIET) -> None:
        self._store, self._quiet = store, quiet
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)

    def start(self) -> "Announcer":
        """Begin, with what a process before this one may have left unsaid."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End after what is being written."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        said, seen = -1, -1
        while not self._ended.wait(self._quiet) and self._store.is_open:
            try:
                version = self._store.data_version()
                if version == seen != said:
                    announce(self._store)
                    said = version  # what has changed meanwhile is another version, and its turn comes
                seen = version
            except Exception as error:  # whatever it is, the next change is to be published
                said = seen
                if self._store.is_open:
                    spoken = isinstance(error, PlumblineError)
                    logging.getLogger("plumbline").warning("readings not published: %s", error, exc_info=not spoken)
