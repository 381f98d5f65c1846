"""What belongs to a warehouse and is not in its file: the secret, the journal, and the folders files pass through."""

import shutil
from contextlib import suppress
from pathlib import Path

from data.cursor import Rows
from data.errors import WarehouseError
from data.journal import Journal
from data.pseudonym import fingerprint

FOLDERS = ("staging", "uploads", "undone", "inbox", "tmp")
READABLE = ("staging", "undone")  # all that the database itself may read and write
PASSING = ("staging", "uploads", "tmp")  # what lies here belongs to work under way


def side_of(path: Path) -> Path:
    """The folder beside a warehouse, `<warehouse>.d`."""
    return path.with_name(path.name + ".d")


def journal_of(path: Path) -> Journal:
    """The journal of a warehouse."""
    return Journal(side_of(path) / "journal.jsonl")


def make_folders(path: Path) -> None:
    """Make the folders that are not there yet."""
    for folder in FOLDERS:
        (side_of(path) / folder).mkdir(parents=True, exist_ok=True)


def clear_leftovers(path: Path, store: Rows) -> None:
    """Remove what a killed process left: files under way, and kept rows of a load that is not undone.

    Only for whoever has just opened the file, which is his alone: nothing else can be under way.
    """
    undone = {row["load_id"] for row in store.rows("SELECT load_id FROM loads WHERE status = 'undone'")}
    left = [entry for folder in PASSING for entry in (side_of(path) / folder).iterdir()]
    left += [entry for entry in (side_of(path) / "undone").iterdir() if entry.name not in undone]
    for entry in left:
        with suppress(OSError):  # in nobody's way: the next opening tries again
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def check_side(path: Path, version: int, secret: str) -> None:
    """Raise WarehouseError when the file is behind its journal, or when the secret is not the one it was made with."""
    journal = journal_of(path)
    last = journal.last_version()
    if last is not None and version < last:
        lost = "; ".join(f"{entry.cause} ({entry.who}, {entry.at[:19]})" for entry in journal.after(version)[-5:])
        raise WarehouseError(
            f"{path} has lost its last changes: the journal stands at {last}, the file at {version}. Lost: {lost}.",
            "Bring back a backup with python -m data restore BACKUP --force, or go on without these changes (and load"
            " the files again) with python -m data restore --without-backup.",
        )
    if fingerprint(side_of(path)) != secret:
        found = "is missing" if fingerprint(side_of(path)) is None else "belongs to another warehouse"
        raise WarehouseError(
            f"The secret in {side_of(path)} {found}: people loaded from now on would count as new people.",
            "Put that folder's file `secret` back, restore a backup with python -m data restore BACKUP --force, or go"
            " on with a new secret with python -m data restore --without-backup.",
        )
