"""What was agreed for a pilot before it began, and what was changed after that: flagged, never applied."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

from data.cursor import Row
from data.portfolio import Criterion, Pilot
from metrics.catalog import measure_of
from metrics.health import Goal, aim, reached


class Agreed(NamedTuple):
    """The criteria a pilot is judged by, as they stood on the day `frozen_on` (None: they are not frozen yet), and in
    words what was changed after its start.
    """

    criteria: tuple[Criterion, ...]
    frozen_on: date | None
    changes: tuple[str, ...]


def agreed(versions: Sequence[Row], pilot: Pilot, today: date) -> Agreed:
    """The criteria that stood in the registry when the pilot began, out of every version of them (history).

    A version that was stored later does not count, even if it is dated back to before the start. Where nothing was
    registered by then, what was registered first: better late than nothing to judge by, and said so. A pilot that has
    not begun has the criteria in force today.
    """
    by_name: dict[str, list[Row]] = {}
    for row in sorted(versions, key=lambda row: (_stored(row), _day(row, "valid_from"))):
        by_name.setdefault(str(row["criterion_id"]), []).append(row)
    if pilot.starts_on is None or pilot.starts_on > today or not versions:
        now = [row for name in sorted(by_name) for row in by_name[name] if row["valid_to"] is None]
        return Agreed(tuple(map(_criterion, now)), None, ())
    registered = min(_day(row, "valid_from") for row in versions)
    frozen_on = max(pilot.starts_on, registered)
    kept = {name: last for name in sorted(by_name) if (last := _kept(by_name[name], frozen_on)) is not None}
    changes = [
        f"{name} {words}"
        for name, every in sorted(by_name.items())
        for words in _changes(every, kept.get(name), frozen_on)
    ]
    if registered > pilot.starts_on:
        changes.insert(0, f"all of it, registered on {registered} only")
    return Agreed(tuple(map(_criterion, kept.values())), frozen_on, tuple(changes))


def bar_in_words(row: Criterion) -> str:
    """The bar with its direction, and its floor: "at least 80.0% (floor 65.0%)"."""
    measure = measure_of(row.metric)
    goal = Goal(better=row.better, target=row.bar, floor=row.floor)
    return aim(goal, measure) + ("" if row.floor is None else f" (floor {reached(row.floor, measure)})")


def _kept(versions: Sequence[Row], on: date) -> Row | None:
    """The version of one criterion that was in force by what was known on a day; None when it was not there yet, or no
    more.
    """
    claimed = [row for row in versions if _day(row, "valid_from") <= on]
    if not claimed:
        return None
    known = [row for row in claimed if _stored(row).date() <= on] or claimed[:1]
    last = max(known, key=lambda row: (_day(row, "valid_from"), _stored(row), row["valid_to"] != row["valid_from"]))
    replaced = any(row["valid_from"] == last["valid_to"] for row in versions if row is not last)
    dropped = last["valid_to"] is not None and _day(last, "valid_to") <= on and not replaced
    return None if dropped else last


def _changes(versions: Sequence[Row], kept: Row | None, frozen_on: date) -> list[str]:
    """What became of one criterion after the day it was frozen, version by version as they were stored."""
    found = []
    before = _criterion(kept) if kept else None
    for row in versions:
        since, stored = _day(row, "valid_from"), _stored(row)
        later = since > frozen_on or (kept is not None and stored > _stored(kept))
        if row is kept or not later or (after := _criterion(row)).content() == (before.content() if before else None):
            continue
        back = f", stored on {stored:%Y-%m-%d}" if since <= frozen_on else ""
        found.append(f"{_step(before, after)} on {since}{back}")
        before = after
    last = max(versions, key=lambda row: (_day(row, "valid_from"), _stored(row)))
    if last["valid_to"] is not None and _day(last, "valid_to") > frozen_on:
        found.append(f"dropped on {last['valid_to']}")
    return found


def _step(before: Criterion | None, after: Criterion) -> str:
    if before is None:
        return f"added ({after.role}, {after.metric} {bar_in_words(after)})"
    if (before.role, before.metric) == (after.role, after.metric):
        return f"from {bar_in_words(before)} to {bar_in_words(after)}"
    old, new = (f"{row.role} {row.metric} {bar_in_words(row)}" for row in (before, after))
    return f"from {old} to {new}"


def _criterion(row: Row) -> Criterion:
    return Criterion.model_validate({name: row[name] for name in Criterion.columns()})


def _stored(row: Row) -> datetime:
    return cast(datetime, row["changed_at"])


def _day(row: Row, column: str) -> date:
    return cast(date, row[column])
