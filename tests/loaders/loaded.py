"""A file read as the child process reads it, with its accounting held to come out even."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from loaders.child import read
from loaders.format import Options
from loaders.job import Job, Parsed

FORMATS = Path(__file__).resolve().parents[1] / "formats"
EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "exports"
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"


class Loaded:
    """What a file became: its accounting, and its rows by fact."""

    def __init__(
        self, path: Path, folder: Path, named: str | None = None, *, timezone: str | None = None, **values: str
    ) -> None:
        folder.mkdir(exist_ok=True)
        options = Options(timezone=timezone, values=values)
        self.parsed = Parsed.load(read(Job(str(path), str(folder), named, options, "UTC")))
        self.rows: dict[str, list[dict[str, Any]]] = {
            fact.table: pq.read_table(folder / fact.file).to_pylist() for fact in self.parsed.facts
        }
        used = sum(fact.records for fact in self.parsed.facts)
        found = self.parsed
        assert found.rows_read == used + found.quarantined + found.blank + found.ignored
        assert found.ignored == sum(found.ignored_reasons.values())

    @property
    def totals(self) -> dict[str, Any]:
        """The figures a person can hold against the source."""
        return dict(self.parsed.totals)

    def of(self, table: str) -> list[dict[str, Any]]:
        """The rows of a fact."""
        return self.rows.get(table, [])
