"""The inbox folder `<warehouse>.d/inbox`: files for the process that has the warehouse open.

A command that finds the warehouse open elsewhere leaves an entry here and follows it. An entry is a folder, made whole
beside and then renamed: `order.json`, `file`, while it is worked on `state`, in the end `outcome.json`. A file that
somebody copied here by hand is listed and waits until a person says on the Data page what becomes of it.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from loaders.format import Refused
from loaders.ingest import Outcome
from loaders.order import Order
from loaders.progress import PART, cancelled
from loaders.receive import printable, receive

BEAT = 1.0
"""Seconds between two looks of the server at its inbox."""
_SILENT = 15.0
"""After so many seconds without a look there is no server."""
KEPT_DAYS = 7
_PULSE, _CANCELLED = ".served", "cancelled"
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")


@dataclass(frozen=True, slots=True)
class Entry:
    """One order in the inbox."""

    folder: Path
    order: Order
    state: str
    """waiting | reading, and how far it is | publishing | done."""
    outcome: Outcome | None = None

    @property
    def file(self) -> Path:
        """The file to load; gone when it was published."""
        return self.folder / "file"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that somebody copied into the folder."""

    path: Path
    name: str
    size: int
    modified: datetime


def inbox_of(side: Path) -> Path:
    """The inbox folder of a warehouse, by its side folder."""
    return side / "inbox"


def beat(side: Path) -> None:
    """Say that a server looks after this inbox."""
    (inbox_of(side) / _PULSE).touch()


def leave(side: Path) -> None:
    """Say that no server looks after it any more."""
    (inbox_of(side) / _PULSE).unlink(missing_ok=True)


def is_served(side: Path) -> bool:
    """Whether a server has looked at this inbox lately."""
    try:
        return time.time() - (inbox_of(side) / _PULSE).stat().st_mtime < _SILENT
    except OSError:
        return False


def put(side: Path, path: Path, order: Order, *, move: bool = False) -> Path:
    """Leave a file with its order, whole or not at all; the folder of the entry. Raises Refused as a load does."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    draft, folder = inbox_of(side) / f".{name}", inbox_of(side) / name
    draft.mkdir(parents=True)
    try:
        if move:
            path.rename(draft / "file")
        else:
            receive(path, draft / "file")
        (draft / "order.json").write_text(order.dump(), encoding="utf-8")
        draft.rename(folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise Refused(
            f"{printable(path)} cannot be put into the inbox: {error.strerror}.", "Make room there."
        ) from None
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return folder


def entries(side: Path) -> list[Entry]:
    """Every order in the inbox, the oldest first; what is no order of ours is passed over."""
    found = []
    for folder in sorted(inbox_of(side).glob("[!.]*/")):
        with suppress(OSError, ValueError):
            order = Order.read((folder / "order.json").read_text(encoding="utf-8"))
            outcome = _outcome(folder)
            found.append(Entry(folder, order, "done" if outcome else _state(folder), outcome))
    return found


def dropped(side: Path) -> list[Dropped]:
    """Files copied into the folder by hand, by name; hidden ones, parts of a copy and what is no file are left out."""
    found = []
    for path in sorted(inbox_of(side).iterdir()):
        with suppress(OSError):
            seen = path.lstat()
            if stat.S_ISREG(seen.st_mode) and not path.name.startswith(".") and not path.name.endswith(_UNFINISHED):
                when = datetime.fromtimestamp(seen.st_mtime, UTC)
                found.append(Dropped(path, printable(path), seen.st_size, when))
    return found


def note(folder: Path, state: str) -> None:
    """Say where the work on an entry stands. Raises Cancelled when a person wants it to end."""
    if (folder / _CANCELLED).exists():
        raise cancelled()
    _write(folder / "state", state)


def finish(folder: Path, outcome: Outcome) -> None:
    """Keep what became of an entry; the file goes when nothing is left to do with it."""
    _write(folder / "outcome.json", json.dumps(outcome.as_json()))
    if outcome.status == "published":
        (folder / "file").unlink(missing_ok=True)


def withdraw(folder: Path) -> bool:
    """Take an entry out of the inbox; False when it is being worked on or done."""
    if _state(folder) != "waiting" or (folder / "outcome.json").exists():
        return False
    with suppress(OSError):
        gone = folder.rename(folder.with_name(f".{folder.name}"))
        shutil.rmtree(gone, ignore_errors=True)
        return True
    return False


def cancel(folder: Path) -> bool:
    """End the work on an entry: one that waits is gone at once, one that is read ends as refused in a moment.

    False when it is too late: it is being published, or done.
    """
    if withdraw(folder):
        return True
    if _state(folder).partition(PART)[0] != "reading" or (folder / "outcome.json").exists():
        return False
    with suppress(OSError):
        (folder / _CANCELLED).touch()
        return True
    return False


def clear(side: Path, *, days: int = KEPT_DAYS) -> None:
    """Forget what was finished long ago, and drafts that were never finished."""
    oldest = time.time() - days * 86_400
    for folder in inbox_of(side).glob("*/"):
        old = folder.stat().st_mtime < oldest
        if old and (folder.name.startswith(".") or (folder / "outcome.json").exists()):
            shutil.rmtree(folder, ignore_errors=True)


def send(side: Path, path: Path, order: Order) -> Outcome:
    """Leave a file for the server and wait for what becomes of it.

    An interruption takes the file back where the server has not begun; when the server goes away, so does the file.
    """
    try:
        folder = put(side, path, order)
    except Refused as refusal:
        return Outcome(file=order.name, messages=[str(refusal)])
    try:
        while (outcome := _outcome(folder)) is None:
            if not is_served(side):
                withdraw(folder)
                said = "The server that has the warehouse open went away before the file was loaded."
                return Outcome(file=order.name, messages=[f"{said} Load it again: the warehouse may be free now."])
            time.sleep(BEAT / 4)
    except KeyboardInterrupt:
        if not withdraw(folder):
            print_state = f"{order.name} is being loaded by the server and goes on; see the Data page."
            raise SystemExit(print_state) from None
        raise
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _outcome(folder: Path) -> Outcome | None:
    try:
        found = json.loads((folder / "outcome.json").read_text(encoding="utf-8"))
        return Outcome(**{**found, "period": tuple(found["period"])})
    except (OSError, ValueError, TypeError):
        return None


def _state(folder: Path) -> str:
    try:
        return (folder / "state").read_text(encoding="utf-8")
    except OSError:
        return "waiting"


def _write(path: Path, text: str) -> None:
    """Whole or not at all: whoever reads it sees the old text or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
