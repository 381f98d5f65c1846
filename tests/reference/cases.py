"""A reference case as its file has it: a routine, its inputs, what must come out, how exactly, and who says so."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from data.errors import did_you_mean

Found = float | None
KEYS = ("name", "routine", "inputs", "expected", "tolerance")


class Malformed(Exception):
    """A case, or a file of cases, that cannot be run; the text says what is missing and what was meant."""


class Inputs:
    """The inputs of a case by name. What is missing or no number is told with the names that are there; what nobody
    asked for stays in `unused`.
    """

    def __init__(self, given: Mapping[str, Any], name: str = "") -> None:
        self._given, self.case, self.unused = given, name, set(given)

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def get(self, name: str, default: Any = None) -> Any:
        """An input as it stands, or the default."""
        self.unused.discard(name)
        return self._given.get(name, default)

    def __getitem__(self, name: str) -> Any:
        if name not in self._given:
            there = ", ".join(self._given) or "none"
            raise Malformed(f"input '{name}' is missing.{did_you_mean(name, self._given)} There are: {there}")
        return self.get(name)

    def number(self, name: str, default: float | None = None) -> float:
        """An input that is one number."""
        value = self[name] if default is None else self.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Malformed(f"input '{name}' must be a number, and is {json.dumps(value)[:80]}")
        return value

    def count(self, name: str) -> int:
        """An input that is a whole number, not negative."""
        value = self.number(name)
        if value != int(value) or value < 0:
            raise Malformed(f"input '{name}' must be a whole number, 0 or more, and is {value}")
        return int(value)

    def numbers(self, name: str) -> list[float]:
        """An input that is a list of numbers."""
        value = self[name]
        if not isinstance(value, list) or any(isinstance(x, bool) or not isinstance(x, int | float) for x in value):
            raise Malformed(f"input '{name}' must be a list of numbers, and is {json.dumps(value)[:80]}")
        return value

    def days(self, name: str) -> list[date]:
        """An input that is a list of days."""
        value = self[name]
        try:
            return [date.fromisoformat(day) for day in ([value] if isinstance(value, str) else value)]
        except (TypeError, ValueError):
            raise Malformed(f"input '{name}' must be days like 2026-09-30, and is {json.dumps(value)[:80]}") from None

    @property
    def level(self) -> float:
        """The confidence level: `conf`, else 1 - `alpha`, else 0.95."""
        level = self.number("conf", 1 - self.number("alpha", 0.05))
        if not 0 < level < 1:
            raise Malformed(f"a confidence level lies between 0 and 1, and is {level}")
        return level

    def ending(self, start: str) -> list[str]:
        """What the names that begin so end with, in their order: "time_a" and "time_b" give ["_a", "_b"]."""
        return [name.removeprefix(start) for name in self._given if name.startswith(start)]


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `tolerance` is absolute, one for all expected values or one for each."""

    name: str
    routine: str
    inputs: Mapping[str, Any]
    expected: tuple[Any, ...]
    tolerance: tuple[float, ...]
    problems: tuple[str, ...] = ()

    def misses(self, found: Sequence[Found]) -> list[str]:
        """What differs by more than the tolerance, in words; nothing where all is well."""
        if len(found) != len(self.expected):
            return [f"{len(self.expected)} values are expected and {len(found)} came: {shown(found)}"]
        return [
            f"value {place} is {shown([mine])}, expected {shown([theirs])} within {exact:g}"
            for place, (mine, theirs, exact) in enumerate(zip(found, self.expected, self.tolerance, strict=True), 1)
            if not _same(mine, theirs, exact)
        ]


def _same(mine: Found, theirs: Any, exact: float) -> bool:
    if theirs is None or not math.isfinite(theirs):  # NaN, or an end at infinity: no number
        return mine is None
    if mine is None:
        return False
    return abs(mine - theirs) <= exact + 1e-15 * abs(theirs)  # the last bit of a printed value is no difference


def shown(values: Sequence[Any]) -> str:
    """Values in a line."""
    return ", ".join("none" if value is None else f"{value:.10g}" for value in values)


def read(file: Path) -> list[Case]:
    """The cases of a file: a JSON array of objects, or an object that has one under "cases". Malformed where it is
    neither; a case that is wrong in itself has its `problems`.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Malformed(f"{file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise Malformed(f"{file} is no JSON: {error}") from None
    if isinstance(content, dict) and isinstance(content.get("cases"), list):
        content = content["cases"]
    if not isinstance(content, list):
        raise Malformed(f"{file} must hold a JSON array of cases, and holds {type(content).__name__}")
    return [written(place, given) for place, given in enumerate(content, 1)]


def written(place: int, given: Any) -> Case:
    """The case that an object of JSON describes; `place` is its number in the file."""
    if not isinstance(given, dict):
        return Case(f"case {place}", "", {}, (), (), ("it must be an object",))
    name = str(given.get("name") or f"case {place}")
    expected = given.get("expected")
    listed = expected if isinstance(expected, list) else [expected]
    tolerance = given.get("tolerance", 0)
    exact = tolerance if isinstance(tolerance, list) else [tolerance] * len(listed)
    return Case(
        name,
        str(given.get("routine") or ""),
        given.get("inputs") if isinstance(given.get("inputs"), dict) else {},
        tuple(listed),
        tuple(exact),
        tuple(_problems(given, listed, exact)),
    )


def _problems(given: Mapping[str, Any], listed: Sequence[Any], exact: Sequence[Any]) -> Iterator[str]:
    for key in KEYS:
        if key not in given and key != "name":
            yield f"'{key}' is missing.{did_you_mean(key, given)}"
    if "inputs" in given and not isinstance(given["inputs"], dict):
        yield "'inputs' must be an object"
    if any(value is not None and (isinstance(value, bool) or not isinstance(value, int | float)) for value in listed):
        yield "'expected' must be numbers or null"
    if len(exact) != len(listed):
        yield f"'tolerance' has {len(exact)} values for {len(listed)} expected"
    if any(isinstance(value, bool) or not isinstance(value, int | float) or value < 0 for value in exact):
        yield "'tolerance' must be numbers, 0 or more"
