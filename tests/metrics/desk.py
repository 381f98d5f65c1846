"""A desk of experts: rows of tickets and calendars, and a plain business clock that shares no code with the engine."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.metrics.company import Company

Hours = Mapping[date, tuple[time, time]]  # local opening hours of the days that have some


def ticket(number: int, opened: datetime, answered: datetime | None = None, **more: object) -> dict[str, object]:
    """A question to an expert, opened and perhaps answered at naive UTC moments."""
    return {
        "event_key": number, "row_hash": number, "version_at": opened, "load_id": "L1", "source_system": "desk",
        "source_row": number, "source_records": 1, "source_product": "", "ticket_id": f"T{number}",
        "product_id": "chat", "pilot_id": None, "topic_id": None, "kind": "context_gap", "opened_at": opened,
        "assigned_at": None, "first_response_at": answered, "resolved_at": None,
        "response_basis": "comment" if answered else "none",
        "status": "new" if answered is None else "done", "requester_id": None, "assignee_id": None, **more,
    }  # fmt: skip


def ask(company: Company, rows: Sequence[Mapping[str, object]]) -> Company:
    """Put tickets into the warehouse."""
    with company.store.write("test", "test") as tx:
        tx.add("tickets", rows)
    return company


def keep(company: Company, calendar: str, hours: Hours) -> Company:
    """Register a calendar."""
    return company.has(
        "calendars",
        [
            {"calendar_id": calendar, "day": day, "opens": opens, "closes": closes}
            for day, (opens, closes) in hours.items()
        ],
    )


def clear(company: Company) -> Company:
    """Forget everything, tickets and calendars too."""
    with company.store.write("test", "test") as tx:
        for table in ("tickets", "tickets_superseded", "calendars"):
            tx.run(f"DELETE FROM {table}")
    return company.empty()


def office(first: date, last: date, opens: time = time(9), closes: time = time(17)) -> dict[date, tuple[time, time]]:
    """The same hours on every Monday to Friday."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {day: (opens, closes) for day in days if day.weekday() < 5}


def waited(hours: Hours, zone: str, start: datetime, end: datetime) -> int:
    """Open seconds between two naive UTC moments, day by day: how much of each opening lies between them."""
    seconds, here = 0.0, ZoneInfo(zone)
    for day, (opens, closes) in hours.items():
        first = max(start, datetime.combine(day, opens, here).astimezone(UTC).replace(tzinfo=None))
        last = min(end, datetime.combine(day, closes, here).astimezone(UTC).replace(tzinfo=None))
        seconds += max(0.0, (last - first).total_seconds())
    return int(seconds)


def ticked(hours: Hours, zone: str, start: datetime, end: datetime) -> int:
    """The same by looking at a clock: every whole minute between the moments once, what is cut off by the second."""
    here, seconds, now = ZoneInfo(zone), 0, start
    while now < end:
        whole = now.second == 0 and end - now >= timedelta(minutes=1)
        step = 60 if whole else 1
        local = now.replace(tzinfo=UTC).astimezone(here)
        opens, closes = hours.get(local.date(), (time(0), time(0)))
        if opens <= local.time() < closes:
            seconds += step
        now += timedelta(seconds=step)
    return seconds
