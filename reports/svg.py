"""Intervals as a drawing that stands for itself: black and white says the same as colour."""

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

WIDE, ROW, TOP, EDGE = 720, 34, 18, 190
INK, QUIET, LINE = "#16181D", "#5B6472", "#B4BBC6"


class Row(NamedTuple):
    """One interval: its name, the words at its end, whether it may decide, and where it lies on the common scale."""

    name: str
    words: str
    firm: bool
    value: float | None
    low: float | None
    high: float | None


class Line(NamedTuple):
    """An upright line through all rows with its name above."""

    at: float
    name: str


def intervals(rows: Sequence[Row], lines: Sequence[Line], ends: tuple[float, float]) -> str:
    """A row each: dot and interval between `ends`, filled where it may decide; the name left, the words right."""
    left, right = ends
    span = (right - left) or 1.0
    high = TOP + ROW * len(rows) + 6

    def across(value: float) -> float:
        inside = min(max(value, left), right)
        return round(EDGE + (WIDE - 2 * EDGE) * (inside - left) / span, 1)

    drawn = [
        f'<line x1="{across(line.at)}" x2="{across(line.at)}" y1="{TOP - 4}" y2="{high}" stroke="{LINE}"/>'
        f'<text x="{across(line.at)}" y="{TOP - 7}" text-anchor="middle" fill="{QUIET}">{escape(line.name)}</text>'
        for line in lines
    ]
    for number, row in enumerate(rows):
        drawn += _row(row, TOP + ROW * number + ROW / 2, across)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" width="{WIDE}" height="{high}"'
        f' font-family="Inter, system-ui, sans-serif" font-size="11" fill="{INK}">{"".join(drawn)}</svg>'
    )


def _row(row: Row, middle: float, across: Callable[[float], float]) -> list[str]:
    found = [
        f'<text x="0" y="{middle + 4}">{escape(row.name)}</text>',
        f'<text x="{WIDE}" y="{middle + 4}" text-anchor="end">{escape(row.words)}</text>',
    ]
    if row.low is not None and row.high is not None:
        dash = "" if row.firm else ' stroke-dasharray="3 3"'
        found.append(
            f'<line x1="{across(row.low)}" x2="{across(row.high)}" y1="{middle}" y2="{middle}" stroke="{INK}"'
            f' stroke-width="2"{dash}/>'
        )
    if row.value is not None:
        fill = INK if row.firm else "#FFFFFF"
        found.append(
            f'<circle cx="{across(row.value)}" cy="{middle}" r="4.5" fill="{fill}" stroke="{INK}" stroke-width="1.5"/>'
        )
    return found
