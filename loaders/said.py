"""What the person said about a file is held to the same contract as the file, before anything is read."""

from __future__ import annotations

from zoneinfo import available_timezones

from data.cursor import Cursor
from data.errors import did_you_mean
from loaders.contract import columns_of, valid
from loaders.explain import explain
from loaders.format import Format, Options, Refused
from loaders.written import check


def check_zone(zone: str | None) -> None:
    """Raise Refused for a time zone that does not exist."""
    if zone is not None and zone not in available_timezones():
        near = did_you_mean(zone, available_timezones())
        raise Refused(f'"{zone}" is not a time zone.{near}', "Use an IANA name such as Europe/Berlin.")


def check_values(connection: Cursor, source: Format, options: Options) -> None:
    """Raise Refused for a value that none of the format's facts can take in the column it was said for."""
    check(options.values)
    said = {"product_id": options.product, "pilot_id": options.pilot, **options.values}
    for name, value in said.items():
        columns = [columns_of(fact)[name] for fact in source.facts if name in columns_of(fact)]
        if value is None or not columns:
            continue
        taken = [
            connection.execute(f'SELECT {valid(column)} FROM (SELECT ? AS "{name}") AS said', [value]).fetchall()[0][0]
            for column in columns
        ]
        if not any(taken):
            raise Refused(f"What was said cannot be: {explain(columns[0], value)[1]}", "Say it again, or leave it out.")
