"""Why a warehouse file is not opened, in sentences: missing, foreign, damaged, in use. The file is left as it is."""

import re
from pathlib import Path

from data.errors import HeldError, WarehouseError


def missing(path: Path) -> WarehouseError:
    """There is no file."""
    return WarehouseError(
        f"There is no warehouse at {path}.",
        "Make one with python -m data init, name another with --warehouse FILE, or bring one back with"
        " python -m data restore BACKUP.",
    )


def taken(path: Path) -> WarehouseError:
    """A new warehouse cannot be made where there is something."""
    return WarehouseError(
        f"There is a file at {path} already; it was left as it is.",
        "Name another --warehouse FILE, or go on with this one: python -m data check.",
    )


def orphaned(path: Path, side: Path) -> WarehouseError:
    """The file is gone and what belongs to it is still there: somebody lost it, or did not finish deleting it."""
    return WarehouseError(
        f"The file {path} is gone, but {side} still holds its journal and its secret.",
        "Bring it back with python -m data restore BACKUP --force, or move that folder away to start anew.",
    )


def foreign(path: Path) -> WarehouseError:
    """There is a file, but it is somebody else's."""
    return WarehouseError(
        f"{path} is not a Plumbline warehouse; it was left as it is.",
        "Name the warehouse with --warehouse FILE, or make a new one with python -m data init --warehouse NEW_FILE.",
    )


def damaged(path: Path, why: str) -> WarehouseError:
    """The file was ours and cannot be read any more."""
    return WarehouseError(
        f"{path} is damaged: {why}. It was left as it is.",
        "Bring back the last backup with python -m data restore BACKUP --force (the damaged file is kept beside it).",
    )


def held(path: Path, holder: str) -> HeldError:
    """Another process has the file open; DuckDB lets one process at a time in, even for reading."""
    return HeldError(
        f"{path} is in use by {holder}, and only one process at a time can open a warehouse.",
        "Use that program (the Data page loads files, too), or stop it and try again.",
    )


def holder(pid: int | None) -> str:
    """Who holds the file, in words: the command line where the system tells it."""
    if pid is None:
        return "another process"
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        command = ""
    command = " ".join(command.split())
    return f"process {pid} ({command[:120]})" if command else f"process {pid}"


def from_library(path: Path, text: str) -> WarehouseError:
    """The sentence for what the database library said when it was asked to open `path`."""
    if "lock" in text and "held" in text:
        pid = re.search(r"PID (\d+)", text)
        return held(path, holder(int(pid.group(1)) if pid else None))
    if "different configuration" in text:
        return held(path, "another part of this program")
    if "not a valid DuckDB" in text:
        return foreign(path)
    if "newer version" in text or "version number" in text:
        return WarehouseError(f"{path} was written by a newer duckdb: {first_line(text)}.", "Install the newer duckdb.")
    if "ermission denied" in text:
        return WarehouseError(f"{path} may not be read and written by you.", "Ask for the right to read and write it.")
    if "No space left" in text or "File too large" in text:
        return full(path)
    return damaged(path, first_line(text))


def full(path: Path) -> WarehouseError:
    """There is no room to open or to write what is whole."""
    return WarehouseError(f"There is no room left on the disk of {path}.", "Make room and try again: nothing is lost.")


def unstored(cause: str, text: str) -> WarehouseError:
    """A change was given up at its commit."""
    return WarehouseError(
        f"'{cause}' could not be stored, nothing was changed: {first_line(text)}.",
        "Make room on the disk if it is full, then try again.",
    )


def first_line(text: str) -> str:
    """What the library said, without its stack of details and its final stop."""
    return text.strip().splitlines()[0][:300].rstrip(" .") if text.strip() else "no reason given"
