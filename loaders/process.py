"""The child process from the parent's side: started with a job, waited for, ended whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from loaders.forked import Forked, order
from loaders.format import Refused
from loaders.job import Job, Parsed
from loaders.progress import EVERY
from loaders.room import FULL, REMEDY, SENTENCE

_ANSWER, _ERRORS = "answer", "errors"
_LONGEST = 16 << 20


def start(job: Job, module: str = "loaders.child") -> Forked:
    """Start the child and give it the job. Its environment holds no secrets; its answer goes into the job's folder.

    Raises Refused when no process can be started.
    """
    folder = Path(job.folder)
    given, stated = os.pipe()
    with suppress(BrokenPipeError), os.fdopen(stated, "w") as asked:  # it is dead already: finish says so
        said, wrong = folder / _ANSWER, folder / _ERRORS
        with os.fdopen(given) as question, said.open("w") as answer, wrong.open("w") as errors:
            child = order(job.limits, module, (question.fileno(), answer.fileno(), errors.fileno()))
        asked.write(job.dump() + "\n")
    return child


def finish(child: Forked, job: Job, tick: Callable[[], None] | None = None) -> Parsed:
    """Wait for what the child read. Raises Refused with its reason, or when it ended without one."""
    return Parsed.load(answered(child, job, tick)["parsed"])


def answered(child: Forked, job: Job, tick: Callable[[], None] | None = None) -> dict[str, Any]:
    """Wait for the child's answer, with a tick now and then. Raises Refused with its reason, or without an answer."""
    limits, folder = job.limits, Path(job.folder)
    try:
        code = _waited(child, limits.wall_seconds, tick)
    except subprocess.TimeoutExpired:
        raise Refused(
            f"Reading the file took longer than {_time(limits.wall_seconds)} and was ended.", "Export a shorter period."
        ) from None
    answer, errors = (_beginning(folder / name) for name in (_ANSWER, _ERRORS))
    try:
        found: dict[str, Any] = json.loads(answer)
    except json.JSONDecodeError:
        if code < 0:
            raise _ended(-code, job) from None
        if code in FULL:
            raise Refused(SENTENCE, REMEDY) from None
        detail = errors.strip().splitlines()[-1:] or [f"exit {code}"]
        raise Refused(
            f"The file could not be read to its end ({detail[0][:200]}).",
            "It may be damaged: export it again. If it is whole, please report it.",
        ) from None
    if "refused" in found:
        raise Refused(found["refused"], found["remedy"])
    return found


def _waited(child: Forked, seconds: int, tick: Callable[[], None] | None) -> int:
    until = time.monotonic() + seconds
    while tick:
        with suppress(subprocess.TimeoutExpired):
            return child.wait(timeout=EVERY)
        if time.monotonic() > until:
            raise subprocess.TimeoutExpired("a fork", seconds)
        tick()
    return child.wait(timeout=seconds)


def _ended(number: int, job: Job) -> Refused:
    """Why a child ended by a signal: a bound of ours, the machine, or a crash of the reader."""
    if number == signal.SIGXCPU:
        size = Path(job.path).stat().st_size
        return Refused(
            f"Reading the file took more computing than any file of its size needs ({size / 1e6:,.1f} MB:"
            f" {job.limits.seconds(size):,} seconds) and was ended.",
            "It may hold far more than it seems to: export a shorter period, or as CSV.",
        )
    if number == signal.SIGKILL:
        return Refused(
            "Reading the file was ended by the machine or by somebody at it.",
            "The machine may be short of memory: export a shorter period, or load it again later.",
        )
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = str(number)
    return Refused(
        f"The file makes its reader fail ({name}). The reader works alone, so nothing else was touched.",
        "It may be damaged: export it again. If it is whole, please report it.",
    )


def _beginning(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(_LONGEST).decode("utf-8", "replace")


def _time(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds >= 120 else f"{seconds} seconds"


def carefully(job: Job, tick: Callable[[], None] | None = None) -> Parsed:
    """The same file record by record, after the fast way disagreed with the count of its lines."""
    folder = Path(job.folder)
    for file in folder.iterdir():
        file.unlink()
    again = replace(job, careful=True)
    child = start(again)
    try:
        return finish(child, again, tick)
    finally:
        end(child)


def end(child: Forked) -> None:
    """End the child if it still runs, and reap it."""
    child.kill()
    child.wait()
