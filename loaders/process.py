"""The child process from the parent's side: started with a job, waited for, ended whatever happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from loaders.format import Refused
from loaders.job import Job, Parsed

ROOT = Path(__file__).parents[1]
WALL_SECONDS = 1_800


def start(job: Job) -> subprocess.Popen[str]:
    """Start the child and give it the job."""
    child = subprocess.Popen(
        [sys.executable, "-m", "loaders.child"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PLUMBLINE_PARENT": str(os.getpid())},
    )  # fmt: skip
    if child.stdin:
        with suppress(BrokenPipeError):  # it is dead already: finish says so
            child.stdin.write(job.dump() + "\n")
            child.stdin.flush()
    return child


def finish(child: subprocess.Popen[str]) -> Parsed:
    """Wait for the child's answer. Raises Refused with its reason, or when it ended without one."""
    try:
        answer, errors = child.communicate(timeout=WALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise Refused(
            f"Reading the file took longer than {WALL_SECONDS // 60} minutes and was ended.", "Export a shorter period."
        ) from None
    try:
        found = json.loads(answer)
    except json.JSONDecodeError:
        if child.returncode < 0:  # ended by a signal: a limit of ours, or somebody at the machine
            raise Refused(
                f"Reading the file was ended by signal {-child.returncode}.",
                "It may need more time or memory than one load may take: export a shorter period.",
            ) from None
        detail = errors.strip().splitlines()[-1:] or [f"exit {child.returncode}"]
        raise Refused(
            f"The file could not be read to its end ({detail[0][:200]}).",
            "It may be damaged: export it again. If it is whole, please report it.",
        ) from None
    if "refused" in found:
        raise Refused(found["refused"], found["remedy"])
    return Parsed.load(found["parsed"])


def carefully(job: Job) -> Parsed:
    """The same file record by record, after the fast way disagreed with the count of its lines."""
    folder = Path(job.folder)
    for file in folder.iterdir():
        file.unlink()
    child = start(Job(job.path, job.folder, job.format, job.options, job.reporting_zone, careful=True))
    try:
        return finish(child)
    finally:
        end(child)


def end(child: subprocess.Popen[str]) -> None:
    """End the child if it still runs, and reap it."""
    if child.poll() is None:
        child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream:
            with suppress(BrokenPipeError):
                stream.close()
