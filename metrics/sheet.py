"""Readings as a sheet of comma-separated values."""

import csv
from collections.abc import Sequence
from dataclasses import asdict
from typing import TextIO

from metrics.spec import Reading


def write_csv(stream: TextIO, readings: Sequence[Reading], by: Sequence[str]) -> None:
    """A header line, then a reading a line: what it is grouped by first, then all that it states."""
    fields = [name for name in Reading.__dataclass_fields__ if name != "group"]
    writer = csv.writer(stream)
    writer.writerow(["metric", *by, *fields[1:]])
    for reading in readings:
        values = asdict(reading)
        writer.writerow(
            [
                _cell(value)
                for value in (reading.metric, *reading.group.values(), *(values[name] for name in fields[1:]))
            ]
        )


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets a quote before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value
