"""The child process that reads one file: limited, hardened, and alone with it.

`python -m loaders.child` takes a Job as one line on standard input and answers with one line of JSON: what was parsed,
or the sentence why the file is refused. It can be killed at any moment; nothing but its own folder knows of it.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import signal
import sys
from dataclasses import asdict, replace
from pathlib import Path

import duckdb

from loaders.format import Refused
from loaders.job import Job
from loaders.literal import literal
from loaders.opening import open_file
from loaders.receive import scan
from loaders.recognise import identify
from loaders.room import REMEDY, SENTENCE, is_full
from loaders.said import check_values, check_zone
from loaders.stage import DuckStage

MEMORY = 2 << 30
ADDRESS_SPACE = 8 << 30
CPU_SECONDS = 1_800


def limit() -> None:
    """Bound what this process may take of the machine."""
    for what, most in ((resource.RLIMIT_AS, ADDRESS_SPACE), (resource.RLIMIT_CPU, CPU_SECONDS),
                       (resource.RLIMIT_CORE, 0)):  # fmt: skip
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def die_with(parent: int) -> None:
    """Have Linux end this process when the one that started it ends: a killed server leaves no reader behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:  # it died before it could be said
        os._exit(1)


def connect(job: Job, zone: str) -> duckdb.DuckDBPyConnection:
    """An in-memory database that may read one file and write one folder, and nothing else."""
    connection = duckdb.connect(
        config={
            "memory_limit": f"{MEMORY}B", "threads": max(2, min(4, os.cpu_count() or 2)), "temp_directory": job.folder,
            "autoinstall_known_extensions": False, "autoload_known_extensions": False,
            "allow_community_extensions": False, "python_enable_replacements": False,
        }
    )  # fmt: skip
    connection.execute(f"SET TimeZone = {literal(zone)}")
    connection.execute(f"SET allowed_directories = [{literal(job.folder)}]")
    connection.execute(f"SET allowed_paths = [{literal(job.path)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def read(job: Job) -> dict[str, object]:
    """Recognise and parse one file into staged Parquet. Raises Refused."""
    opened = open_file(Path(job.path), Path(job.folder), named=job.format, sheet=job.options.values.get("sheet"))
    source, confidence = identify(opened.path, job.format)
    check_zone(job.options.timezone)
    connection = connect(job, job.options.timezone or "UTC")
    check_values(connection, source, job.options)
    stage = DuckStage(connection, job, source)
    for note in opened.notes:
        stage.note(note)
    source.parse(opened.path, stage)
    parsed = stage.finish(confidence)
    if parsed.fast and opened.notes:
        parsed = replace(parsed, lines=scan(opened.path)[1])
    return asdict(parsed)


def main() -> None:
    """Answer one job."""
    limit()
    die_with(int(os.environ.get("PLUMBLINE_PARENT", os.getppid())))
    gc.disable()  # one file, then the process ends: looking for cycles among millions of cells halves the speed
    job = Job.load(sys.stdin.readline())
    try:
        answer: dict[str, object] = {"parsed": read(job)}
    except Refused as refusal:
        answer = {"refused": refusal.message, "remedy": refusal.remedy}
    except (MemoryError, duckdb.OutOfMemoryException):
        answer = {"refused": "Reading the file needs more memory than one load may take.",
                  "remedy": "Export a shorter period, or as Parquet."}  # fmt: skip
    except (OSError, duckdb.IOException) as error:
        if not is_full(error):
            raise
        answer = {"refused": SENTENCE, "remedy": REMEDY}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)  # everything is on disk: no need to tear the database down


if __name__ == "__main__":
    main()
