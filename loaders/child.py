"""The child process that reads one file: confined, hardened, and alone with it.

Started by loaders/process.py as a fork of loaders/forkserver.py, it takes a Job as one line on standard input and
answers with one line of JSON: what was parsed, or the sentence why the file is refused. It can be killed at any moment;
nothing but its own folder knows of it.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import duckdb

from data.literal import literal
from loaders.canonical import through
from loaders.confine import allow_seconds, starved
from loaders.format import Refused
from loaders.job import Job
from loaders.opening import Opened, open_file
from loaders.plaintext import plain
from loaders.profiles import fitting
from loaders.progress import noting
from loaders.receive import scan
from loaders.recognise import identify
from loaders.resubmission import resubmitted, settled
from loaders.room import REMEDY, SENTENCE, is_full
from loaders.said import check_values, check_zone
from loaders.sample import columns_in, sample
from loaders.stage import DuckStage

MEMORY = 3 << 29
SMALL = 4 << 20
"""Bytes up to which more than one thread costs more than it saves."""


def connect(job: Job, zone: str) -> duckdb.DuckDBPyConnection:
    """An in-memory database that may read one file and write one folder, and nothing else."""
    connection = duckdb.connect(
        config={
            "memory_limit": f"{MEMORY}B", "threads": _threads(Path(job.path)), "temp_directory": job.folder,
            "autoinstall_known_extensions": False, "autoload_known_extensions": False,
            "allow_community_extensions": False, "python_enable_replacements": False,
        }
    )  # fmt: skip
    connection.execute("SET enable_progress_bar = true")  # it tells how far it is, and prints nothing
    connection.execute("SET enable_progress_bar_print = false")
    connection.execute(f"SET TimeZone = {literal(zone)}")
    connection.execute(f"SET allowed_directories = [{literal(job.folder)}]")
    connection.execute(f"SET allowed_paths = [{literal(job.path)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _threads(path: Path) -> int:
    return 1 if path.stat().st_size <= SMALL else max(2, min(4, os.cpu_count() or 2))


def read(job: Job, allow: Callable[[int], None] = lambda size: None) -> dict[str, object]:
    """Recognise and parse one file into staged Parquet; `allow` is told the size of what is read. Raises Refused."""
    allow(Path(job.path).stat().st_size)
    profile = None
    if job.resubmission and job.format:
        opened, source, confidence = Opened(Path(job.path)), resubmitted(job.format), 1.0
        job = replace(job, options=settled(job.options))
    else:
        opened = open_file(Path(job.path), Path(job.folder), named=job.format, sheet=job.options.values.get("sheet"))
        allow(opened.path.stat().st_size)
        opened = plain(opened, Path(job.folder), job.format, job.options.values)
        if profile := job.profile or (None if job.format else fitting(job.profiles, columns_in(opened.path))):
            profile = profile.heard(job.options).checked()
            source, confidence, job = through(profile), 1.0, replace(job, options=profile.applied(job.options))
        else:
            source, confidence = identify(opened.path, job.format)
    check_zone(job.options.timezone)
    connection = connect(job, job.options.timezone or "UTC")
    check_values(connection, source, job.options)
    stage = DuckStage(connection, job, source)
    for note in opened.notes:
        stage.note(note)
    if profile:
        said = f'the profile "{profile.name}"' if profile.name else "the mapping that was given"
        stage.note(f"Read as {profile.table} through {said}.")
    with noting(Path(job.folder), opened.path, stage.so_far, connection.query_progress):
        source.parse(opened.path, stage)
        parsed = stage.finish(confidence)
    if profile:
        parsed = replace(parsed, options=asdict(job.options))
    if parsed.fast and opened.path != Path(job.path):
        parsed = replace(parsed, lines=scan(opened.path)[1])
    return asdict(parsed)


def look(job: Job, allow: Callable[[int], None]) -> dict[str, object]:
    """The columns of a file with some of their values. Raises Refused."""
    allow(Path(job.path).stat().st_size)
    opened = open_file(Path(job.path), Path(job.folder), named="canonical", sheet=job.options.values.get("sheet"))
    allow(opened.path.stat().st_size)
    opened = plain(opened, Path(job.folder), None, job.options.values)
    return asdict(sample(opened.path, connect(job, "UTC")))


def main() -> None:
    """Answer one job."""
    gc.disable()  # one file, then the process ends: looking for cycles among millions of cells halves the speed
    job = Job.load(sys.stdin.readline())
    try:
        allow = partial(allow_seconds, job.limits)
        answer: dict[str, object] = {"sample": look(job, allow)} if job.look else {"parsed": read(job, allow)}
    except Refused as refusal:
        answer = {"refused": refusal.message, "remedy": refusal.remedy}
    except (MemoryError, OSError, duckdb.Error) as error:
        answer = _failed(error, job)
    try:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    except OSError as error:  # no room even for the answer: the number of the error is one
        os._exit(error.errno or 1)
    os._exit(0)  # everything is on disk: no need to tear the database down


def _failed(error: Exception, job: Job) -> dict[str, object]:
    """A failure below us as a sentence: memory, the disk, or what the reader says of the file. Our own fault raises."""
    if isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException):
        raise error
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException) or starved(job.limits):
        return {"refused": "Reading the file needs more memory than one load may take.",
                "remedy": "It may hold far more than it seems to: export a shorter period, or as CSV."}  # fmt: skip
    if is_full(error):
        return {"refused": SENTENCE, "remedy": REMEDY}
    told = str(error).partition("\n")[0].replace(job.path, "it").partition(": ")
    return {"refused": f"The file is damaged: {told[2] or told[0]}"[:300].rstrip(".") + ".",
            "remedy": "Export it again. If it is whole, please report it."}  # fmt: skip


if __name__ == "__main__":
    main()
