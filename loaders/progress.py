"""How far the reading of a file is: noted by the child while it reads, told in words by whoever waits for it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from loaders.format import Refused

Progress = Callable[[str], None]
"""Told what is being done: "reading", while it lasts with how far it is, then "publishing". May raise Cancelled."""
EVERY = 0.5
"""Seconds between two notes, and between two looks at them."""
PART = " · "
_NOTE = "progress"


class Cancelled(Refused):
    """A person ended the reading of a file."""


def cancelled() -> Cancelled:
    """The sentence for it."""
    return Cancelled("Reading the file was cancelled.", "Nothing was changed; it can be read again at any time.")


@contextmanager
def noting(folder: Path, file: Path, records: Callable[[], int], share: Callable[[], float]) -> Iterator[None]:
    """Meanwhile, leave a note in the folder twice a second: the records read so far and the share of the file.

    `share` is the database's own percentage of what it is doing, negative while it does nothing. It is that of the
    file as long as no record was counted: the database reads it then, else what was read from it.
    """
    ended = Event()

    def note() -> None:
        while not ended.wait(EVERY):
            with suppress(Exception):  # a note that fails is no reason to fail
                read = records()
                told = {"records": read, "share": 0.0 if read else max(0.0, share() / 100)}
                told["share"] = told["share"] or _position(file)
                draft = folder / f".{_NOTE}"
                draft.write_text(json.dumps(told))
                draft.replace(folder / _NOTE)

    with suppress(RuntimeError):  # no thread to be had
        Thread(target=note, name="progress", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _position(file: Path) -> float:
    """The share of the file that lies behind the furthest reader of it in this process; 0 when nobody reads it."""
    whole, furthest = file.stat(), 0
    for number in range(3, 64):
        with suppress(OSError):
            if os.path.samestat(os.fstat(number), whole):
                furthest = max(furthest, os.lseek(number, 0, os.SEEK_CUR))
    return furthest / whole.st_size if furthest < whole.st_size else 0.0


def told(folder: Path, lines: int, seconds: float) -> str:
    """The newest note as words: "reading · 120,000 records · 24,000 a second · 41 % · about 12 s left"."""
    try:
        found = json.loads((folder / _NOTE).read_text())
        records, share = int(found["records"]), float(found["share"])
    except (OSError, ValueError, KeyError, TypeError):
        return "reading"
    said = ["reading"]
    if records:
        said += [f"{records:,} records", f"{records / seconds:,.0f} a second"]
    elif share and lines > 1:
        said += [f"{lines * share:,.0f} of {lines:,} lines", f"{lines * share / seconds:,.0f} a second"]
    if 0 < share < 1:
        said += [f"{share:.0%}", f"about {seconds * (1 - share) / share:,.0f} s left"]
    return PART.join(said)
