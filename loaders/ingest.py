"""The way of a file: received, read by a child, looked at, published. Until the last step nothing has changed."""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from data.cursor import Transaction
from data.settings import settings
from data.warehouse import Warehouse
from loaders import FORMATS, process, profile_shelf, receive, remembered
from loaders.format import Options, Refused
from loaders.incoming import Origin
from loaders.job import Job, Parsed
from loaders.profiles import Profile
from loaders.progress import Progress, told
from loaders.publish import Counts, publish
from loaders.room import room
from loaders.sample import Sample

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Preview:
    """A file that has been read and not yet published; `close` forgets it."""

    origin: Origin
    parsed: Parsed
    upload: Path
    seconds: float

    def close(self) -> None:
        """Remove the staged rows."""
        shutil.rmtree(self.origin.folder, ignore_errors=True)
        self.upload.unlink(missing_ok=True)


@dataclass(slots=True)
class Outcome:
    """What became of one file; the keys of `python -m loaders load --json`."""

    file: str
    load_id: str | None = None
    format: str | None = None
    confidence: float | None = None
    status: str = "refused"
    rows_read: int = 0
    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0
    blank: int = 0
    ignored: int = 0
    ignored_reasons: Mapping[str, int] = field(default_factory=dict)
    superseded: int = 0
    unmapped: int = 0
    written: Mapping[str, int] = field(default_factory=dict)
    totals: Mapping[str, Any] = field(default_factory=dict)
    period: tuple[str | None, str | None] = (None, None)
    seconds: float = 0.0
    messages: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """A plain dict, ready for json.dumps."""
        return asdict(self)


class _Rehearsed(Exception):
    """Raised to roll a rehearsal back."""


@room()
def read_file(
    store: Warehouse, path: Path, *, name: str | None = None, format: str | None = None, options: Options | None = None,
    profile: Profile | None = None, progress: Progress | None = None,
) -> Preview:  # fmt: skip
    """Read a file in a child process; nothing is changed. `name` is what the person calls it, `profile` what its
    columns mean; without one, and where no format is named, the saved profile for its header is taken.

    Raises Refused with the reason: not recognised, malformed, already loaded, over a limit.
    """
    began = time.monotonic()
    options = options or Options()
    shown = name or receive.printable(path)
    load_id, folder, upload = new_load(store)
    try:
        before = receive.receive(path, upload)
        options, known = remembered.applied(store, upload, options, format)
        if progress:
            progress("reading")
        with ThreadPoolExecutor(1) as pool:
            scan = pool.submit(receive.scan, upload)
            zone, saved = settings(store).reporting_zone, () if profile or format else tuple(profile_shelf.kept(store))
            job = Job(str(upload), str(folder), format, options, zone, profile=profile, profiles=saved)
            child = process.start(job)
            try:
                digest, lines = scan.result()
                stated = json.dumps(asdict(options), sort_keys=True)
                _refuse_known(store, digest, stated, format)
                tick = partial(_tell, progress, folder, lines, time.monotonic()) if progress else None
                parsed = process.finish(child, job, tick)
            finally:
                process.end(child)
        if parsed.fast and (lines if parsed.lines is None else parsed.lines) != parsed.rows_read:
            parsed = process.carefully(job, tick)
        if receive.state(upload) != before:
            raise Refused("The file changed while it was read.", "Wait until it is complete and load it again.")
        if parsed.options is not None:
            stated = json.dumps(parsed.options, sort_keys=True)
            _refuse_known(store, digest, stated, format)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        upload.unlink(missing_ok=True)
        raise
    origin = Origin(load_id, digest, shown, stated, FORMATS[parsed.format].product_field, folder)
    parsed = replace(parsed, messages=(*known, *parsed.messages))
    return Preview(origin, parsed, upload, time.monotonic() - began)


def _tell(progress: Progress, folder: Path, lines: int, began: float) -> None:
    progress(told(folder, lines, time.monotonic() - began))


def look_at(store: Warehouse, path: Path, options: Options | None = None) -> Sample:
    """The columns of a file with some of their values, read in a child process. Raises Refused."""
    _, folder, upload = new_load(store)
    try:
        receive.receive(path, upload)
        job = Job(str(upload), str(folder), None, options or Options(), settings(store).reporting_zone, look=True)
        child = process.start(job)
        try:
            found = process.answered(child, job)["sample"]
        finally:
            process.end(child)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        upload.unlink(missing_ok=True)
    return Sample(tuple(found["columns"]), tuple(map(tuple, found["values"])))


def new_load(store: Warehouse) -> tuple[str, Path, Path]:
    """The id of a load that begins, its empty staging folder, and where its file goes."""
    load_id = f"{store.clock():%Y%m%dT%H%M%S%f}"[:-3] + f"-{secrets.token_hex(3)}"
    folder = store.side / "staging" / load_id
    folder.mkdir(parents=True)
    return load_id, folder, store.side / "uploads" / f"{load_id}.bin"


@room()
def publish_file(store: Warehouse, preview: Preview, who: str) -> Outcome:
    """Publish what was read, whole. Raises Refused, and nothing has changed, when the accounting fails."""
    began = time.monotonic()
    with store.write(f"load {preview.origin.load_id}", who) as tx:
        _refuse_known(tx, preview.origin.sha256, preview.origin.options, preview.parsed.format)
        counts, written = publish(tx, store.side, preview.origin, preview.parsed)
        said = json.loads(preview.origin.options)["values"]
        remembered.keep(tx, preview.upload, preview.parsed.format, said, who)
    preview.close()
    outcome = _outcome(preview, counts, written, "published")
    outcome.seconds = round(preview.seconds + time.monotonic() - began, 3)
    return outcome


@room()
def rehearse(store: Warehouse, preview: Preview, who: str, look: Callable[[Transaction], T]) -> tuple[Outcome, T]:
    """Publish, look at the warehouse as it would be, and take everything back."""
    seen: list[tuple[Outcome, T]] = []
    try:
        with store.write("rehearsal", who) as tx:
            counts, written = publish(tx, store.side, preview.origin, preview.parsed)
            seen.append((_outcome(preview, counts, written, "preview"), look(tx)))
            raise _Rehearsed
    except _Rehearsed:
        return seen[0]


def load(
    store: Warehouse, path: Path, *, who: str, name: str | None = None, format: str | None = None,
    options: Options | None = None, profile: Profile | None = None, dry_run: bool = False,
    progress: Progress | None = None,
) -> Outcome:  # fmt: skip
    """Read and publish one file, or say why not: the outcome's status is published, preview or refused."""
    try:
        preview = read_file(store, path, name=name, format=format, options=options, profile=profile, progress=progress)
    except Refused as refusal:
        return Outcome(file=name or receive.printable(path), messages=[str(refusal)])
    try:
        if dry_run:
            return rehearse(store, preview, who, lambda _: None)[0]
        if progress:
            progress("publishing")
        return publish_file(store, preview, who)
    except Refused as refusal:
        return Outcome(file=name or receive.printable(path), format=preview.parsed.format, messages=[str(refusal)])
    finally:
        preview.close()


def _outcome(preview: Preview, counts: Counts, written: Mapping[str, int], status: str) -> Outcome:
    parsed, origin = preview.parsed, preview.origin
    messages = list(parsed.messages)
    if counts.unmapped:
        messages.append(
            f"{counts.unmapped:,} records are of products the registry does not know: they wait in the unmapped inbox"
            " (python -m loaders unmapped)."
        )
    if parsed.quarantined:
        messages.append(
            f"{parsed.quarantined:,} records are in quarantine: python -m loaders quarantine {origin.load_id}."
        )
    return Outcome(
        file=origin.file_name, load_id=origin.load_id if status == "published" else None, format=parsed.format,
        confidence=round(parsed.confidence, 3), status=status, rows_read=parsed.rows_read, accepted=counts.accepted,
        duplicates=counts.duplicates, quarantined=parsed.quarantined, blank=parsed.blank, ignored=parsed.ignored,
        ignored_reasons=dict(parsed.ignored_reasons), superseded=counts.superseded, unmapped=counts.unmapped,
        written=dict(written), totals=dict(parsed.totals), period=(parsed.first_at, parsed.last_at),
        seconds=round(preview.seconds, 3), messages=messages,
    )  # fmt: skip


def _refuse_known(store: Warehouse | Transaction, sha256: str, options: str, format: str | None) -> None:
    found = store.one(
        "SELECT load_id, file_name, loaded_by, loaded_at FROM loads WHERE sha256 = ? AND status = 'published'"
        " AND CAST(options AS VARCHAR) = ? AND (? IS NULL OR format = ?)",
        [sha256, options, format, format],
    )
    if found:
        raise Refused(
            f"Already loaded as {found['load_id']} ({found['file_name']}) by {found['loaded_by']}"
            f" on {str(found['loaded_at'])[:16]} UTC.",
            f"To load it again, take that load back first: python -m loaders undo {found['load_id']}.",
        )
