"""Why a cell was refused, said to the person whose file it is: what came, what was expected, what is near."""

from __future__ import annotations

import difflib
import math
import re
from datetime import date, datetime
from functools import lru_cache

from loaders.contract import EARLIEST, LATEST, Column


@lru_cache(maxsize=4_096)
def explain(column: Column, cell: str | None, *, hidden: bool = False) -> tuple[str, str]:
    """The code and the sentence for a cell that breaks its column's contract; `hidden` keeps the cell out of it."""
    if cell is None:
        return "missing", f"{column.name} is empty; expected {column.expected}."
    shown = "its value" if hidden else f'"{cell[:80]}{"…" if len(cell) > 80 else ""}"'
    near = "" if hidden else nearest(column, cell)
    return _code(column, cell), f"{column.name} is {shown}; expected {column.expected}.{_remedy(column, cell)}" + (
        f" Nearest valid value: {near}." if near else ""
    )


def _remedy(column: Column, cell: str) -> str:
    """What a person can say of all cells that are written like this one, or ''."""
    if column.kind in (int, float) and not column.words and re.fullmatch(r"[+-]?\d[\d.,'\s]*", cell) and "," in cell:
        return " Say whether its comma is the decimal sign (--set decimal=,) or stands between thousands (decimal=.)."
    if column.kind in (datetime, date) and re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}([T ].*)?", cell):
        return " Say in which order day and month stand: --set day_order=dmy or day_order=mdy."
    return ""


def _code(column: Column, cell: str) -> str:
    if "\n" in cell or "\0" in cell:
        return "control_character"
    if column.words or column.kind is bool:
        return "not_in_list"
    if column.kind is str:
        return "too_long"
    if column.kind in (datetime, date):
        return "not_a_moment" if column.kind is datetime else "not_a_day"
    number = _number(cell)
    if number is None:
        return "not_a_number"
    return "fraction" if column.kind is int and number != int(number) else "out_of_range"


def _number(cell: str) -> float | None:
    """The finite number a cell states, or None."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def nearest(column: Column, cell: str) -> str:
    """The valid value a person most likely meant, or ''. A date that could be read two ways has none."""
    if column.words:
        found = difflib.get_close_matches(cell.lower().strip(), column.words, n=1, cutoff=0.5)
        return found[0] if found else ""
    if column.kind is bool:
        return {"yes": "true", "y": "true", "on": "true", "t": "true", "no": "false", "n": "false", "off": "false",
                "f": "false"}.get(cell.lower(), "")  # fmt: skip
    if column.kind in (int, float):
        return _nearest_number(column, cell)
    if column.kind in (datetime, date):
        return _nearest_day(cell)
    return ""


def _nearest_number(column: Column, cell: str) -> str:
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", cell) and column.kind is float:
        return ""  # a thousand times more, or not
    plain = re.sub(r"[\s'_]", "", cell)
    plain = plain.replace(",", "") if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", plain) else plain
    plain = plain.replace(",", ".") if re.fullmatch(r"[+-]?\d+,\d+", plain) else plain
    number = _number(plain)
    if number is None or (column.above is not None and number <= column.above):
        return ""
    number = max(number, column.low) if column.low is not None else number
    number = min(number, column.high) if column.high is not None else number
    return f"{round(number)}" if column.kind is int else f"{number:g}"


def _nearest_day(cell: str) -> str:
    found = re.fullmatch(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[T ].*)?", cell)
    if not found:
        return ""
    first, second, third = (int(part) for part in found.groups())
    readings = {(first, second, third)} if first > 31 else {(third, second, first), (third, first, second)}
    days = set()
    for year, month, day in readings:
        try:
            days.add(date(year, month, day).isoformat())
        except ValueError:
            continue
    days = {day for day in days if EARLIEST <= day <= LATEST}
    return days.pop() if len(days) == 1 else ""
