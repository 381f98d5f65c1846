"""GitHub Copilot's reports told into days of use: users of a day or of 28 days, counts of an organisation's active
people, seats, and what was billed.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from loaders.figures import finite, microusd
from loaders.jsontext import text

PRODUCT = "github-copilot"
COLUMNS = (
    "user_id", "team_id", "day", "period_days", "feature", "request_model", "active", "last_activity_on",
    "interactions", "accepted", "suggested", "input_tokens", "output_tokens", "cost_microusd", "licensed",
    "version_at",
)  # fmt: skip
COUNTED_COLUMNS = (
    "team_id", "day", "period_days", "feature", "interactions", "accepted", "suggested", "input_tokens",
    "output_tokens", "active_users", "version_at",
)  # fmt: skip
SEAT = "seat"
COUNTED = re.compile(r"(daily|weekly|monthly)_active_(?:(\w+)_)?users")
"""How many people used Copilot, or a part of it."""
WINDOWS = {"daily": "1", "weekly": "7", "monthly": "28"}
"""Days of GitHub's windows: they end with the day of the record."""
COUNTS = (
    "user_initiated_interaction_count", "code_generation_activity_count", "code_acceptance_activity_count",
    "loc_suggested_to_add_sum", "loc_suggested_to_delete_sum", "loc_added_sum", "loc_deleted_sum",
)  # fmt: skip
_USED = ("used_agent", "used_chat", "used_cli", "used_copilot_coding_agent", "used_copilot_cloud_agent")
Told = dict[str, str | None]


class NotARecordError(ValueError):
    """A record of none of the reports: the field at fault, and why."""

    def __init__(self, column: str, message: str, value: str | None = None) -> None:
        super().__init__(message)
        self.column, self.message, self.value = column, message, value


def records(document: object) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """The records of a document with what each is (user, organisation, seat, bill, old, other) and what wraps it."""
    if not isinstance(document, dict):
        yield "other", {}, {}
        return
    for name, kind in (("seats", "seat"), ("usageItems", "bill"), ("user_totals", "user"), ("day_totals", "user")):
        if isinstance(document.get(name), list):
            for record in document[name]:
                inner = record if isinstance(record, dict) else {}
                yield ("user" if kind == "user" and _named(inner) else "organisation" if kind == "user" else kind,
                       inner, document)  # fmt: skip
            return
    yield kind_of(document), document, {}


def kind_of(document: Mapping[str, Any]) -> str:
    """What a record is that nothing wraps."""
    if "assignee" in document and "plan_type" in document:
        return "seat"
    if "unitType" in document and "netAmount" in document:
        return "bill"
    if (
        "copilot_ide_chat" in document
        or "copilot_ide_code_completions" in document
        or "total_suggestions_count" in document
    ):
        return "old"
    if COUNTS[0] in document or "daily_active_users" in document:
        return "user" if _named(document) else "organisation"
    return "other"


def _named(record: Mapping[str, Any]) -> bool:
    return bool(text(record.get("user_login") or record.get("login")) or text(record.get("user_id")))


def user(record: Mapping[str, Any], report: Mapping[str, Any]) -> Told:
    """What one person did in a day, or in the days of a report. Raises NotARecordError."""
    first = text(record.get("report_start_day") or report.get("report_start_day"))
    last = text(record.get("report_end_day") or report.get("report_end_day") or report.get("report_day"))
    day = text(record.get("day")) or text(report.get("report_day"))
    period = 1
    if day is None:
        if last is None:
            raise NotARecordError("day", "A record of a user has neither a day nor a report that says its days.")
        day, period = last, _days(first, last)
    counts = [int(text(record.get(name)) or 0) for name in COUNTS[:3] if (text(record.get(name)) or "0").isdecimal()]
    tokens = _usage(record)
    worked = any(counts) or any(record.get(name) is True for name in _USED) or _above(record, "total_active_days")
    return {
        "user_id": text(record.get("user_login") or record.get("login")) or text(record.get("user_id")),
        "day": day, "period_days": str(period), "active": "true" if worked else "false",
        "interactions": text(record.get(COUNTS[0])), "suggested": text(record.get(COUNTS[1])),
        "accepted": text(record.get(COUNTS[2])), "input_tokens": text(tokens.get("prompt_tokens_sum")),
        "output_tokens": text(tokens.get("output_tokens_sum")),
        "version_at": text(report.get("created_at") or record.get("created_at"))
        or (f"{last}T00:00:00Z" if last else None),
    }  # fmt: skip


def organisation(record: Mapping[str, Any], report: Mapping[str, Any]) -> Iterator[Told]:
    """How many people of an organisation used Copilot on a day, in the 7 and in the 28 days to it, as GitHub counts
    them; sums of the day beside the first. An organisation stands as a team, an enterprise as none.

    Raises NotARecordError.
    """
    day = text(record.get("day") or record.get("date")) or text(
        report.get("report_day") or report.get("report_end_day")
    )
    if day is None:
        raise NotARecordError("day", "A record of an organisation says its day.")
    usage = _usage(record)
    about: Told = {
        "team_id": text(record.get("organization_id")) or text(report.get("organization_id")), "day": day,
        "version_at": text(report.get("created_at") or record.get("created_at")),
    }  # fmt: skip
    whole = next((name for name in ("daily_active_users", "total_active_users") if name in record), "")
    yield about | {
        "period_days": "1", "active_users": text(record.get(whole)), "interactions": text(record.get(COUNTS[0])),
        "suggested": text(record.get(COUNTS[1])) or text(record.get("total_suggestions_count")),
        "accepted": text(record.get(COUNTS[2])) or text(record.get("total_acceptances_count")),
        "input_tokens": text(usage.get("prompt_tokens_sum")), "output_tokens": text(usage.get("output_tokens_sum")),
    }  # fmt: skip
    for name in record:
        people, counted = text(record.get(name)), COUNTED.fullmatch(name)
        if counted and people is not None and name != whole:
            yield about | {"period_days": WINDOWS[counted[1]], "feature": counted[2], "active_users": people}


def _usage(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tokens of the command line."""
    cli = record.get("totals_by_cli")
    usage = cli.get("token_usage") if isinstance(cli, dict) else None
    return usage if isinstance(usage, dict) else {}


def _days(first: str | None, last: str) -> int:
    try:
        return (date.fromisoformat(last) - date.fromisoformat(first or "")).days + 1
    except ValueError:
        raise NotARecordError("report_start_day", "A report of several days says its first and last one.") from None


def _above(record: Mapping[str, Any], name: str) -> bool:
    found = text(record.get(name)) or ""
    return found.isdecimal() and int(found) > 0


def seat(record: Mapping[str, Any]) -> Iterator[Told]:
    """A licence from the day it was given, with the last day of use; and the day on which it ends, where one is set."""
    assignee, team = record.get("assignee"), record.get("assigning_team")
    who = text(assignee.get("login")) if isinstance(assignee, dict) else None
    if not who:
        raise NotARecordError("assignee", "A seat has an assignee with a login.")
    given, used = _day(record.get("created_at")), _day(record.get("last_activity_at"))
    moments = [found for name in ("updated_at", "last_activity_at") if (found := text(record.get(name)))]
    about: Told = {
        "user_id": who, "team_id": text(team.get("slug") or team.get("name")) if isinstance(team, dict) else None,
        "period_days": "1", "feature": SEAT, "version_at": max(moments, default=None),
    }  # fmt: skip
    yield about | {"day": given, "licensed": "true", "last_activity_on": used}
    if ends := _day(record.get("pending_cancellation_date")):
        yield about | {"day": ends, "licensed": "false"}


def _day(value: object) -> str | None:
    found = text(value)
    return found[:10] if found else None


def bill(record: Mapping[str, Any], report: Mapping[str, Any]) -> Told:
    """What a person or nobody named spent in the period of the bill. Raises NotARecordError."""
    period = report.get("timePeriod")
    said = {name: text(value) for name, value in period.items()} if isinstance(period, dict) else {}
    stated = _day(record.get("date"))
    year, month, day = (int(found) if (found := said.get(name) or "").isdecimal() else None for name in
                        ("year", "month", "day"))  # fmt: skip
    if stated:
        last, days = stated, 1
    elif year and month:
        length = calendar.monthrange(year, month)[1]
        last, days = f"{year:04}-{month:02}-{day or length:02}", 1 if day else length
    elif year:
        last, days = f"{year:04}-12-31", 366 if calendar.isleap(year) else 365
    else:
        raise NotARecordError("timePeriod", "A bill says its timePeriod, or each item its date.")
    return {
        "user_id": text(record.get("user")), "day": last, "period_days": str(days),
        "feature": text(record.get("sku")) or text(record.get("product")), "request_model": text(record.get("model")),
        "cost_microusd": microusd(finite(record.get("netAmount"))),
    }  # fmt: skip
