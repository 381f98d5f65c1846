"""Numbers and days as people write them where they live: read so only when a person says that they are written so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from data.errors import did_you_mean
from loaders.format import Refused

ASKS = ("decimal", "day_order")
"""What any text may be asked about its numbers and days (--set)."""
_EXPECTED = {"decimal": (",", "."), "day_order": ("dmy", "mdy")}
_GROUPS = {",": ".", ".": ","}
"""What may stand between thousands, by the decimal sign; spaces and apostrophes may with either."""
_SPACES = "' \u00a0\u202f\u2019"


def check(values: Mapping[str, str]) -> None:
    """Raise Refused for a decimal sign or an order of day and month that cannot be."""
    for name, expected in _EXPECTED.items():
        given = values.get(name)
        if given is not None and given not in expected:
            near = did_you_mean(given, expected)
            raise Refused(f'{name} is "{given[:80]}"; expected {" or ".join(expected)}.{near}', "Say it again.")


def as_iso(kind: type, cell: str, said: Mapping[str, str]) -> str:
    """SQL: the text of a number or a day as the contract wants it; what is not written as was said stays wrong."""
    if kind in (int, float) and "decimal" in said:
        sign = said["decimal"]
        apart = f"[{_GROUPS[sign]}{_SPACES}]".replace("'", "''")
        number = rf"[+-]?(\d+|\d{{1,3}}({apart}\d{{3}})+)([{sign}]\d+)?([eE][+-]?\d{{1,3}})?"
        plain = f"replace(regexp_replace({cell}, '{apart}', '', 'g'), '{sign}', '.')"
        return f"CASE WHEN regexp_full_match({cell}, '{number}') THEN {plain} ELSE {cell} || ' ' END"
    if kind in (datetime, date) and "day_order" in said:
        day, month = r"(0?[1-9]|[12]\d|3[01])", r"(0?[1-9]|1[0-2])"
        first, second = (day, month) if said["day_order"] == "dmy" else (month, day)
        pattern = rf"{first}[./-]{second}[./-](\d{{4}})([T ].*)?"
        d, m = (1, 2) if said["day_order"] == "dmy" else (2, 1)
        part = [f"regexp_extract({cell}, '{pattern}', {group})" for group in range(5)]
        iso = f"{part[3]} || '-' || lpad({part[m]}, 2, '0') || '-' || lpad({part[d]}, 2, '0') || {part[4]}"
        return f"CASE WHEN regexp_full_match({cell}, '{pattern}') THEN {iso} ELSE {cell} END"
    return cell
