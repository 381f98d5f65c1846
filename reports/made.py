"""A report in one of the forms it can be written in."""

import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from reports.as_html import html
from reports.as_pdf import pdf
from reports.as_xlsx import xlsx
from reports.report import Report

MIME = {
    "pdf": "application/pdf", "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
"""What a browser calls each form."""


def made(report: Report, form: str, at: datetime) -> bytes:
    """The report as a file; `at` is the moment that a PDF states as that of its making."""
    return FORMS[form](report, at)


def _xlsx(report: Report, _: datetime) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        xlsx(report, path)
        return path.read_bytes()


FORMS: Mapping[str, Callable[[Report, datetime], bytes]] = {
    "html": lambda report, _: html(report).encode(), "pdf": pdf, "xlsx": _xlsx,
}  # fmt: skip
