"""A report as a workbook: the answer on the first sheet, then a sheet for each table, with numbers as numbers."""

from pathlib import Path

from data.sheets import write
from reports.report import Figure, Report, Table


def xlsx(report: Report, path: Path) -> None:
    """Write the workbook. A text that begins like a formula stays text."""
    told = [
        {"what": "title", "text": report.title}, {"what": "about", "text": report.under},
        {"what": "proposal", "text": report.proposal}, {"what": "answer", "text": report.answer},
    ]  # fmt: skip
    if report.made_up:
        told.insert(1, {"what": "demo", "text": report.made_up})
    for part in report.parts:
        if isinstance(part, Table):
            continue
        sentences = (part.told,) if isinstance(part, Figure) else part.sentences
        told += [{"what": part.heading, "text": sentence} for sentence in sentences]
    told.append({"what": "source", "text": report.foot})
    tables = {
        part.heading[:31]: (
            tuple(part.data[0]), [{name: _number(cell) for name, cell in row.items()} for row in part.data],
        )
        for part in report.parts if isinstance(part, Table) and part.data
    }  # fmt: skip
    write(path, {"summary": (("what", "text"), told), **tables})


def _number(cell: object) -> object:
    return float(f"{cell:.12g}") if isinstance(cell, float) else cell  # what a sheet can hold as a number
