"""The journal outside the database: one fsynced JSON line per committed write.

A truncated write-ahead log opens without any error and silently keeps fewer commits; the journal is how that is
noticed.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    """One committed write: its data version, cause, who, when (naive UTC) and how many rows each part changed."""

    version: int
    cause: str
    who: str
    at: str
    counts: dict[str, int]


class Journal:
    """The journal of one warehouse, `<warehouse>.d/journal.jsonl`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, version: int, cause: str, who: str, at: datetime, counts: dict[str, int]) -> None:
        """Write one line and wait until it is on the disk. Raises OSError when it cannot be."""
        line = {"version": version, "cause": cause, "who": who, "at": at.isoformat(sep=" "), "counts": counts}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # a line torn by a crash must not swallow this one
                    file.write(b"\n")
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def entries(self) -> list[Entry]:
        """Every whole line, oldest first; a line torn by a crash is left out."""
        if not self.path.is_file():
            return []
        read = (_entry(line) for line in self.path.read_bytes().splitlines())
        return [entry for entry in read if entry is not None]

    def last_version(self) -> int | None:
        """The version the last whole line names, or None for a journal without lines."""
        if not self.path.is_file():
            return None
        with self.path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            size = file.tell()
            file.seek(max(0, size - 65536))
            tail = file.read().splitlines()
        for line in reversed(tail):
            entry = _entry(line)
            if entry is not None:
                return entry.version
        return None

    def after(self, version: int) -> list[Entry]:
        """The lines since the journal last stood at `version`: what a database at `version` has lost."""
        lost: list[Entry] = []
        for entry in reversed(self.entries()):
            if entry.version <= version:
                break
            lost.append(entry)
        return lost[::-1]


def _entry(line: bytes) -> Entry | None:
    try:
        read = json.loads(line)
        return Entry(int(read["version"]), str(read["cause"]), str(read["who"]), str(read["at"]), dict(read["counts"]))
    except (ValueError, KeyError, TypeError):
        return None
