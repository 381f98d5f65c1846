"""What was said then: readings are written down when they are published, and nothing in this log is ever changed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from data.cursor import Row
from data.settings import settings as settings_of
from data.versions import CONTENT, TELLING
from data.warehouse import Warehouse
from metrics import default_scope
from metrics.catalog import HEADLINES, resolve
from metrics.compile import bound
from metrics.engine import read
from metrics.spec import MetricError, Reading, Scope
from metrics.views import local_day

OWN = ("value", "low", "high", "level", "units", "events", "method", "status", "decides", "missing")

KEY = ("metric", "definition_hash", "product_id", "since", "until")

# The last that was said of the same days by the same definition.
_LAST = f"""
SELECT {", ".join((*KEY, *OWN))}
FROM (
  SELECT *, row_number() OVER (PARTITION BY {", ".join(KEY)} ORDER BY published_at DESC, data_version DESC) AS place
  FROM readings_log
  WHERE pilot_id IS NULL) AS entry
WHERE place = 1
"""

# What the log holds since the data, the registry or a setting last changed.
_FRESH = f"""
SELECT {", ".join(KEY)}
FROM readings_log
WHERE data_version = ({CONTENT})
"""
_SAID = f"""
SELECT *
FROM (
  SELECT *, row_number() OVER (
    PARTITION BY metric, product_id, pilot_id
    ORDER BY until - since > 6 DESC, published_at DESC, data_version DESC, until DESC, since) AS place
  FROM readings_log
  WHERE ($metric IS NULL OR metric = $metric) AND ($product IS NULL OR product_id = $product)
    AND ($at IS NULL OR {local_day("published_at")} <= CAST($at AS DATE))) AS entry
WHERE $at IS NULL OR place = 1
ORDER BY published_at DESC, metric, product_id, until DESC, since
"""


class Said(NamedTuple):
    """A reading as it was published, of which days, and when and by whom."""

    published_at: datetime
    published_by: str
    since: date
    until: date
    reading: Reading


class Dated(NamedTuple):
    """A reading by product and the days it is of."""

    reading: Reading
    since: date
    until: date


def publish(store: Warehouse, who: str, scope: Scope | None = None, metrics: Sequence[str] = HEADLINES) -> int:
    """Write down the readings of a scope by product (nothing said: the default one), and say how many were new.

    Each is written once for a state of the data and a definition: publishing twice adds nothing. MetricError for a
    scope of teams or pilots: the log would tell of a part as of the whole.
    """
    chosen = scope or default_scope(store)
    if chosen.pilots is not None or chosen.teams is not None:
        raise MetricError("What is published is of whole products.", "Leave teams and pilots out.")
    readings = read(store, resolve(metrics), chosen, ("product",))
    known = {tuple(row[name] for name in KEY) for row in store.rows(_FRESH)}
    rows = [_row(Dated(reading, chosen.since, chosen.until)) for reading in readings]
    return _write(store, who, [row for row in rows if tuple(row[name] for name in KEY) not in known])


def write_changed(store: Warehouse, who: str, readings: Sequence[Dated]) -> int:
    """Write down those that are not as they were last said of the same days, and say how many that were. A week is
    written down from the first time that its reading is ok.
    """
    last = {tuple(row[name] for name in KEY): row for row in store.rows(_LAST)}
    fresh = []
    for each in readings:
        row = _row(each)
        before = last.get(tuple(row[name] for name in KEY))
        if before is None and each.reading.status != "ok" and "week" in each.reading.group:
            continue
        if before is None or any(before[name] != row[name] for name in OWN):
            fresh.append(row)
    return _write(store, who, fresh)


def _write(store: Warehouse, who: str, rows: Sequence[dict[str, object]]) -> int:
    if rows:
        with store.write(TELLING, who) as tx:
            tx.add("readings_log", [{"published_at": tx.at, "published_by": who, **row} for row in rows])
    return len(rows)


def said(store: Warehouse, metric: str | None = None, product: str | None = None, at: date | None = None) -> list[Said]:
    """What was published, the newest first; `at` (a local day): of each metric and product only what stood that day."""
    if metric is not None:
        resolve([metric])
    with store.reading() as reader:
        rules, today = settings_of(reader), store.clock().date()
        named: dict[str, object] = {"metric": metric, "product": product, "at": at}
        params = bound(_SAID, Scope(since=today, until=today), None, rules, named)
        return [_said(row) for row in reader.rows(_SAID, params)]


def _row(now: Dated) -> dict[str, object]:
    reading, since, until = now
    stated = asdict(reading)
    return {
        "data_version": reading.data_version, "metric": reading.metric, "definition_hash": reading.definition_hash,
        "product_id": reading.group["product"], "pilot_id": None, "since": since, "until": until,
        **{name: stated[name] for name in OWN},
    }  # fmt: skip


def _said(row: Row) -> Said:
    stated: dict[str, Any] = {name: row[name] for name in ("metric", "definition_hash", "data_version", *OWN)}
    return Said(
        cast(datetime, row["published_at"]), str(row["published_by"]), cast(date, row["since"]),
        cast(date, row["until"]), Reading(group={"product": cast("str | None", row["product_id"])}, **stated),
    )  # fmt: skip


def as_data(found: Sequence[Said]) -> list[dict[str, object]]:
    """Entries as what JSON can hold."""
    return [
        {
            "published_at": each.published_at.isoformat(), "published_by": each.published_by,
            "since": each.since.isoformat(), "until": each.until.isoformat(), **asdict(each.reading),
        }
        for each in found
    ]  # fmt: skip
