"""The first step of a file: into the uploads folder under a name of ours, its bytes counted and fingerprinted."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from loaders.format import Refused

_CHUNK = 1 << 20


def receive(path: Path, upload: Path) -> tuple[int, int]:
    """Bring the file into the uploads folder under a name of ours: linked where that works, else copied."""
    try:
        if path.is_dir():
            raise Refused(f"{path} is a folder.", "Name the files in it.")
        if not path.is_file():
            raise Refused(f"There is no file {path}.", "Check the path.")
        before = state(path)
        try:
            os.link(path.resolve(), upload)
        except OSError:
            shutil.copyfile(path, upload)
        if state(path) != before:
            raise Refused("The file changed while it was read.", "Wait until it is complete and load it again.")
    except PermissionError:
        raise Refused(f"The file {path} may not be read.", "Allow this user to read it.") from None
    return state(upload)


def printable(path: Path) -> str:
    """The name of a file as text that can be stored: bytes that are no UTF-8 become replacement characters."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def state(path: Path) -> tuple[int, int]:
    """Size and time of the last change, by which a change while reading is noticed."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def scan(path: Path) -> tuple[str, int]:
    """The file's sha256, and how many lines of text follow the first; -1 when some line is blank or holds a NUL."""
    digest, lines, last, clean = hashlib.sha256(), 0, b"", True
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            lines += chunk.count(b"\n")
            edge = last + chunk[:2]
            marks = (b"\n\n", b"\0", *((b"\n\r\n",) if b"\r" in edge or b"\r" in chunk else ()))
            clean = clean and not any(mark in part for part in (chunk, edge) for mark in marks)
            last = chunk[-2:]
    lines += not last.endswith(b"\n")
    return digest.hexdigest(), lines - 1 if clean else -1
