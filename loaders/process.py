"""The child process from the parent's side: started with a job, waited for, ended whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from loaders.format import Refused
from loaders.job import Job, Parsed
from loaders.room import FULL, REMEDY, SENTENCE

ROOT = Path(__file__).parents[1]
_ANSWER, _ERRORS = "answer", "errors"
_LONGEST = 16 << 20
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "PYTHONHASHSEED")


def start(job: Job, module: str = "loaders.child") -> subprocess.Popen[str]:
    """Start the child and give it the job. Its environment holds no secrets; its answer goes into the job's folder."""
    folder = Path(job.folder)
    known = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with (folder / _ANSWER).open("w") as answer, (folder / _ERRORS).open("w") as errors:
        child = subprocess.Popen(  # noqa: S603 - our own module, under limits of ours
            [sys.executable, "-P", str(ROOT / "loaders" / "confine.py"), job.limits.dump(), module, str(os.getpid())],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=answer, stderr=errors, text=True,
            env={**known, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
    if child.stdin:
        with suppress(BrokenPipeError):  # it is dead already: finish says so
            child.stdin.write(job.dump() + "\n")
            child.stdin.close()
    return child


def finish(child: subprocess.Popen[str], job: Job) -> Parsed:
    """Wait for what the child read. Raises Refused with its reason, or when it ended without one."""
    return Parsed.load(answered(child, job)["parsed"])


def answered(child: subprocess.Popen[str], job: Job) -> dict[str, Any]:
    """Wait for the child's answer. Raises Refused with its reason, or when it ended without one."""
    limits, folder = job.limits, Path(job.folder)
    try:
        child.wait(timeout=limits.wall_seconds)
    except subprocess.TimeoutExpired:
        raise Refused(
            f"Reading the file took longer than {_time(limits.wall_seconds)} and was ended.", "Export a shorter period."
        ) from None
    answer, errors = (_beginning(folder / name) for name in (_ANSWER, _ERRORS))
    try:
        found: dict[str, Any] = json.loads(answer)
    except json.JSONDecodeError:
        if child.returncode < 0:
            raise _ended(-child.returncode, job) from None
        if child.returncode in FULL:
            raise Refused(SENTENCE, REMEDY) from None
        detail = errors.strip().splitlines()[-1:] or [f"exit {child.returncode}"]
        raise Refused(
            f"The file could not be read to its end ({detail[0][:200]}).",
            "It may be damaged: export it again. If it is whole, please report it.",
        ) from None
    if "refused" in found:
        raise Refused(found["refused"], found["remedy"])
    return found


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


def carefully(job: Job) -> Parsed:
    """The same file record by record, after the fast way disagreed with the count of its lines."""
    folder = Path(job.folder)
    for file in folder.iterdir():
        file.unlink()
    again = replace(job, careful=True)
    child = start(again)
    try:
        return finish(child, again)
    finally:
        end(child)


def end(child: subprocess.Popen[str]) -> None:
    """End the child if it still runs, and reap it."""
    if child.poll() is None:
        child.kill()
    child.wait()
    if child.stdin:
        with suppress(BrokenPipeError):
            child.stdin.close()
