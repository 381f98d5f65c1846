"""A report as PDF, by Typst: the compiler and its fonts are in one package and need nothing of the machine."""

import json
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import typst

from reports.report import Figure, Part, Report, Table

TEMPLATE = Path(__file__).with_name("report.typ")


def pdf(report: Report, at: datetime) -> bytes:
    """The report as PDF; the same report made at the same moment gives the same bytes."""
    return _typeset(report, at, "pdf")


def picture(report: Report, at: datetime) -> bytes:
    """Its first page as PNG, to look at."""
    return _typeset(report, at, "png")


def _typeset(report: Report, at: datetime, form: Literal["pdf", "png"]) -> bytes:
    told = json.dumps({**asdict(replace(report, parts=())), "parts": [_told(part) for part in report.parts]})
    made: bytes | list[bytes] = typst.compile(
        TEMPLATE, format=form, ignore_system_fonts=True, timestamp=int(at.timestamp()),
        sys_inputs={"report": told.replace(r"\u2715", "×")},  # the one sign of ours that its fonts do not have
    )  # fmt: skip
    return made[0] if isinstance(made, list) else made


def _told(part: Part) -> dict[str, object]:
    kind = "table" if isinstance(part, Table) else "figure" if isinstance(part, Figure) else "words"
    return {"kind": kind, **{name: value for name, value in asdict(part).items() if name != "data"}}
