"""A report before it has a form: a title, an answer, and parts that each form (HTML, PDF, XLSX) writes in its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences under a heading; each is a point of a list where `points`."""

    heading: str
    sentences: tuple[str, ...]
    points: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a heading. `wide` is the column that takes what room is left; `data` the same rows as
    numbers and bare names, for a spreadsheet.
    """

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: int
    data: Sequence[Mapping[str, object]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing as SVG under a heading, told in words for whoever cannot see it."""

    heading: str
    svg: str
    told: str


Part = Words | Table | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report. `mark` and `proposal` are the letter and the word of what the numbers propose, "" without one;
    `made_up` says that its numbers are the demo company's, "" where they are not.
    """

    title: str
    under: str
    mark: str
    proposal: str
    answer: str
    parts: tuple[Part, ...]
    foot: str
    landscape: bool = False
    made_up: str = ""
