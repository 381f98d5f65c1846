"""What the parent asks of the child and what the child answers: JSON both ways."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from loaders.confine import Limits
from loaders.format import Options


@dataclass(frozen=True, slots=True)
class Job:
    """One file to read."""

    path: str
    folder: str
    """An empty folder for the staged Parquet."""
    format: str | None
    options: Options
    reporting_zone: str
    careful: bool = False
    """Read record by record, even where the fast way might do."""
    resubmission: bool = False
    """The file holds refused records that were corrected, written by the parent."""
    limits: Limits = field(default_factory=Limits)

    def dump(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, line: str) -> Job:
        """From one line of JSON."""
        found = json.loads(line)
        said = {"options": Options(**found["options"]), "limits": Limits(**found["limits"])}
        return cls(**found | said)


@dataclass(frozen=True, slots=True)
class StagedFact:
    """One Parquet file of typed rows on their way to a fact table."""

    table: str
    file: str
    columns: tuple[str, ...]
    source_row: str
    """SQL over read_parquet(.., file_row_number = true) that tells a row's source record."""
    rows: int
    records: int
    """Source records folded into these rows."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one file held: the accounting, the staged rows, the totals of its content."""

    format: str
    confidence: float
    rows_read: int
    quarantined: int
    blank: int
    ignored: int
    ignored_reasons: Mapping[str, int]
    facts: tuple[StagedFact, ...]
    totals: Mapping[str, Any]
    first_at: str | None
    last_at: str | None
    refused: tuple[StagedFact, ...] = ()
    """The sound cells of the rows that broke the contract; StagedFact.rows are the records of the quarantine."""
    messages: tuple[str, ...] = ()
    fast: bool = False
    """Whether the file was read without splitting its records ourselves: then its lines are to be counted too."""
    lines: int | None = None
    """Lines of text that were read, as `receive.scan` counts them, when that is not the uploaded file itself."""

    @classmethod
    def load(cls, found: Mapping[str, Any]) -> Parsed:
        """From the child's answer."""
        facts, refused = (
            tuple(StagedFact(**{**entry, "columns": tuple(entry["columns"])}) for entry in found[name])
            for name in ("facts", "refused")
        )
        return cls(**{**found, "facts": facts, "refused": refused, "messages": tuple(found["messages"])})
