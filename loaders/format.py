"""What an import format is, and the door through which it hands over what it found in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from data.errors import PlumblineError


class Refused(PlumblineError):
    """The file is refused whole and nothing was changed: why, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, as recognition sees it: never its name."""

    path: Path
    size: int
    kind: str
    """csv | json | xml | parquet | zip | unknown, or another kind that no format reads: what the bytes are."""
    columns: tuple[str, ...] = ()
    """Header cells of a csv, columns of a parquet file."""
    documents: tuple[object, ...] = ()
    """The first JSON documents that are whole within the head; empty when the first one is longer than the head."""
    text: str = ""
    """The first decoded characters of a text file."""
    members: tuple[str, ...] = ()
    """The names of the files in a zip."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a format fits a head: confidence 0 to 1, and what the file would still need."""

    confidence: float
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What the person said that the file does not say."""

    product: str | None = None
    pilot: str | None = None
    timezone: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    """What fills columns of the contract where the file leaves them empty, and answers what a format asks
    (--set key=value)."""


class Table(Protocol):
    """Rows of text on their way to SQL: one column a name, every value text or None."""

    def add(self, *values: str | None) -> None:
        """Add one row; values in the order the table was made with."""


class Stage(Protocol):
    """Where a format puts what it reads. Everything handed over is text; the contract makes types of it.

    Accounting: each source record is counted once with `read`, and then ends in exactly one of these: a row handed to
    `fill` (its `source_records`), `broken`, `blank` or `ignore`.
    """

    options: Options
    careful: bool
    """Read record by record, even where one fast pass might do."""

    def read(self, records: int = 1) -> None:
        """Count source records of the file."""

    def blank(self, records: int = 1) -> None:
        """Count records that hold nothing."""

    def ignore(self, reason: str, records: int = 1) -> None:
        """Count records that a named rule of the format leaves out."""

    def broken(self, line: int | None, column: str | None, code: str, message: str, value: str | None = None) -> None:
        """Quarantine one record that could not be read at all."""

    def note(self, message: str) -> None:
        """Tell the person something about the file."""

    def total(self, key: str, value: int) -> None:
        """State a total of the file that the staged rows do not tell."""

    def table(self, name: str, columns: Sequence[str]) -> Table:
        """A table of text for SQL to read under `name`, once `close` was called or `fill` first used."""

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Ask the tables made so far."""

    def fill(self, fact: str, columns: Iterable[str], relation: str) -> None:
        """Hand over rows of a fact: `relation` is SQL that yields the contract columns named, each VARCHAR, and
        `source_row` BIGINT (ordinal of the record from 1), `line` BIGINT (or NULL), `source_records` INTEGER.
        """

    def fill_file(
        self, fact: str, columns: Iterable[str], relation: str, *, expected: int | None = None,
        native: frozenset[str] = frozenset(),
    ) -> bool:  # fmt: skip
        """The same for a file that holds one record a row and nothing else; `relation` yields the columns alone, in
        the order of the file, NULL where empty, those of `native` as values of a type in contract.NATIVE. False, and
        nothing is handed over, when the file cannot be read so, a row breaks the contract or they are not `expected`;
        without that number the lines of the file are counted by whoever asked, and the file is read again carefully
        when they are not as many.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One import format: how it is recognised and how its records become rows of the canonical tables."""

    name: str
    title: str
    facts: tuple[str, ...]
    product_field: str
    """The field of the source that tells the product: what mapping rules match."""
    recognise: Callable[[Head], Match]
    parse: Callable[[Path, Stage], None]
    """Reads the file into the stage, in the child process. Raises Refused."""
    fills: str
    lacks: str
    asks: tuple[str, ...] = ()
    """What the file cannot tell and the person should (--set): contract columns, and questions of the format's own."""
