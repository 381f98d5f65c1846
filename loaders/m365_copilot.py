"""Microsoft 365 Copilot usage: one row a licensed person with the last day of use, as CSV or Graph JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from loaders.format import Format, Head, Match, Stage
from loaders.head import read_head
from loaders.jsontext import documents, text
from loaders.relation import relation
from loaders.tables import Row, columns_of, rows_of

PRODUCT = "m365-copilot"
COLUMNS = ("user_id", "day", "period_days", "active", "last_activity_on", "interactions")
_NAMES = {
    "refreshed": ("reportrefreshdate",), "who": ("userprincipalname", "user"), "last": ("lastactivitydate",),
    "period": ("reportperiod",), "prompts": ("promptssubmittedforallapps", "promptssubmitted"),
    "days": ("activeusagedaysforallapps", "activeusagedays"),
}  # fmt: skip
_APP = re.compile(r"(.*copilot.*|.*edge.*)lastactivitydate(utc)?|lastactivityof.*copilot.*")
_CONCEALED = re.compile(r"[0-9A-Fa-f]{32}")
_WORDS = {"D7": 7, "D30": 30, "D90": 90, "D180": 180, "ALL": 180}
_PICKED = {"product_id": f"'{PRODUCT}'"} | {name: f'"{name}"' for name in COLUMNS} | {
    "licensed": "'true'", "version_at": "day || 'T00:00:00Z'",
}  # fmt: skip
NEEDS = "the columns Report Refresh Date, User Principal Name and a last activity of Copilot"


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _recognise(head: Head) -> Match:
    names = {_plain(name) for name in (*columns_of(head), *_inner(head))}
    told = "reportrefreshdate" in names and "userprincipalname" in names
    apps = [name for name in names if _APP.fullmatch(name)]
    if told and len(apps) > 1:
        return Match(0.98)
    return Match(0.3, NEEDS) if told or len(apps) > 2 else Match(0.0)


def _inner(head: Head) -> Iterator[str]:
    """The fields of what Graph's JSON wraps under `value`."""
    for document in head.documents:
        for record in document.get("value") or () if isinstance(document, dict) else ():
            if isinstance(record, dict):
                yield from map(str, record)


def _parse(path: Path, stage: Stage) -> None:
    table = stage.table("people", ("source_row", "line", *COLUMNS))
    never = concealed = people = days = 0
    for row, line, values in _rows(path, stage):
        told = {_plain(name): text(value) for name, value in values.items()}
        found = {what: next((told[name] for name in names if told.get(name)), None) for what, names in _NAMES.items()}
        apps = [value[:10] for name, value in told.items() if value and _APP.fullmatch(name)]
        last = (found["last"] or "")[:10] or max(apps, default=None)
        if not found["who"]:
            stage.broken(line, "User Principal Name", "missing", "A row of the report names a person.")
            continue
        refreshed, period = (found["refreshed"] or "")[:10] or None, _days(found["period"])
        people += 1
        never += last is None
        concealed += bool(_CONCEALED.fullmatch(found["who"]))
        used = found["days"] or ""
        days += int(used) if used.isdecimal() else 0
        table.add(
            str(row), str(line), found["who"], refreshed, period, _within(last, refreshed, period), last,
            found["prompts"],
        )  # fmt: skip
    stage.fill("usage_daily", _PICKED, relation(_PICKED, "people", "1"))
    for key, value in (("licensed", people), ("never_active", never), ("active_days", days)):
        stage.total(key, value)
    stage.note(
        "A snapshot of each person's last day of use: it tells who used it at all, and of coming back only what several"
        " snapshots show. Everybody in it holds a licence."
    )
    if concealed:
        stage.note(
            f"{concealed} of {people} people are concealed by the tenant: they match no other source. Reveal the names"
            " in the admin centre (Settings > Reports) and export again."
        )


def _rows(path: Path, stage: Stage) -> Iterator[Row]:
    if read_head(path).kind != "json":
        yield from rows_of(path, stage)
        return
    row = 0
    for line, document in documents(path):
        listed = document.get("value") if isinstance(document, dict) else None
        for record in listed if isinstance(listed, list) else [document]:
            row += 1
            stage.read()
            if not isinstance(record, dict):
                stage.broken(line, None, "not_an_object", "A record of the report is an object.")
                continue
            yield Row(row, line, {**record, **_of_period(record)})


def _of_period(record: Mapping[str, object]) -> Mapping[str, object]:
    """What Graph nests by period: the first of them."""
    nested = next(
        (value for name, value in record.items() if name.endswith("ByPeriod") and isinstance(value, list)), []
    )
    return nested[0] if nested and isinstance(nested[0], dict) else {}


def _days(period: str | None) -> str:
    found = (period or "").strip().upper()
    return str(_WORDS.get(found, found if found.isdecimal() else 30))


def _within(last: str | None, refreshed: str | None, period: str) -> str | None:
    """Whether the last day of use lies in the period of the report."""
    try:
        age = (date.fromisoformat(refreshed or "") - date.fromisoformat(last)).days if last else None
    except ValueError:
        return None
    return "true" if age is not None and age < int(period) else "false"


FORMAT = Format(
    name="m365_copilot",
    title="Microsoft 365 Copilot usage (CSV of the admin centre or Graph, Graph JSON)",
    facts=("usage_daily",),
    product_field="always m365-copilot",
    recognise=_recognise,
    parse=_parse,
    fills="who holds a licence, each person's last day of use (a lower bound of adoption), prompts where the report has"
    " them",
    lacks="events, days before the last one, outcome, errors; concealed names match no other source",
)
