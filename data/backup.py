"""Backups that are known to work: a copy with its secret and journal, opened again and counted table by table."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from data.cursor import Rows
from data.errors import WarehouseError
from data.pseudonym import fingerprint, make_secret
from data.side import journal_of, side_of
from data.warehouse import Warehouse, inspect, utc_now

BELONGS = ("secret", "journal.jsonl", "undone")


def contents(store: Rows) -> dict[str, tuple[int, str]]:
    """The rows of every table, counted and hashed: equal for equal content, and read to the last byte for it."""
    tables = store.rows(
        "SELECT table_name AS name FROM duckdb_tables() WHERE database_name = current_database() AND NOT temporary"
        " ORDER BY table_name"
    )
    found: dict[str, tuple[int, str]] = {}
    for table in (str(row["name"]) for row in tables):
        row = store.one(f'SELECT count(*) AS n, bit_xor(hash(whole)) AS hashed FROM "{table}" AS whole') or {}
        found[table] = (int(str(row["n"])), str(row["hashed"]))
    return found


def back_up(store: Warehouse, dest: Path) -> tuple[Path, dict[str, int]]:
    """Copy the open warehouse to `dest` (a new file, or a folder to put one into); the file and its rows by table.

    The copy is a warehouse of its own, with the secret and the journal in its `.d` folder: keep both, and keep them
    safe. Raises WarehouseError when something is at `dest`, or when the copy does not hold what the warehouse holds.
    """
    if dest.is_dir():
        dest = dest / f"{store.path.stem}-{store.clock():%Y%m%dT%H%M%S}{store.path.suffix}"
    dest = dest.resolve()
    if dest.exists() or side_of(dest).exists():
        raise WarehouseError(f"There is something at {dest} already; it was left as it is.", "Name another place.")
    with store.paused():
        draft = store.snapshot(f"backup-{os.getpid()}.duckdb")
        try:
            dest.parent.mkdir(parents=True, exist_ok=True)
            side_of(dest).mkdir()
            _copy(draft, dest)
            for name in BELONGS:
                _copy(store.side / name, side_of(dest) / name)
            copied = _opened(dest, store.schema)
        except OSError as error:
            _discard(dest)
            raise WarehouseError(f"{dest} could not be written: {error.strerror}.", "Make room there.") from None
        finally:
            draft.unlink(missing_ok=True)
        if copied != contents(store):
            _discard(dest)
            raise WarehouseError("The copy does not hold what the warehouse holds.", "Try again, on another disk.")
    return dest, {table: rows for table, (rows, _) in copied.items()}


def restore(
    source: Path, path: Path, *, force: bool = False, clock: Callable[[], datetime] = utc_now
) -> tuple[dict[str, int], Path | None]:
    """Put the backup at `source` in the place of the warehouse at `path`; its rows by table, where the old one went.

    A copy of the backup is opened and read first. Raises WarehouseError when it cannot be used, when something is at
    `path` and `force` is not given, or when another process has that open. With `force` the former warehouse is moved
    aside, never deleted.
    """
    source, path = source.resolve(), path.resolve()
    if source == path:
        raise WarehouseError(f"{source} is the warehouse itself.", "Name a backup of it.")
    there = path.exists() or journal_of(path).last_version() is not None
    if there and not force:
        raise WarehouseError(
            f"There is a warehouse at {path}; it was left as it is.",
            "Add --force to put the backup in its place: the present one is moved aside, not deleted.",
        )
    schema = int(inspect(source).get("schema_version", "0"))
    if path.exists():
        _refuse_if_held(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _discard(draft)
        for ending in ("", ".wal"):
            _copy(source.with_name(source.name + ending), draft.with_name(draft.name + ending))
        if side_of(source).is_dir():
            shutil.copytree(side_of(source), side_of(draft), ignore=shutil.ignore_patterns("staging", "tmp"))
        expected = _opened(draft, schema)
        aside = _set_aside(path, clock()) if there else None
        if side_of(path).exists():
            shutil.rmtree(side_of(path))
        draft.rename(path)
        side_of(draft).rename(side_of(path))
    except OSError as error:
        raise WarehouseError(f"{path} could not be written: {error.strerror}.", "Make room on the disk.") from None
    except WarehouseError as error:
        raise WarehouseError(error.message.replace(str(draft), str(source)), "Restore from another backup.") from None
    finally:
        _discard(draft)
    return {table: rows for table, (rows, _) in expected.items()}, aside


def go_on_without(path: Path, who: str, *, clock: Callable[[], datetime] = utc_now) -> list[str]:
    """Accept that the last changes or the secret are lost, so that the warehouse opens again; what was lost."""
    path = path.resolve()
    stated = inspect(path)
    version = int(stated["data_version"])
    lost = [f"{entry.cause} ({entry.who}, {entry.at[:19]})" for entry in journal_of(path).after(version)]
    if fingerprint(side_of(path)) != stated.get("secret"):
        lost.append("the secret: everybody counts as a new person from now on")
        make_secret(side_of(path))
    store = Warehouse.open(path, clock=clock, side_checked=False)
    try:
        store.journal.append(version, "went on without what was lost", who, clock(), {})
        with store.write("went on without what was lost", who) as tx:
            tx.run("UPDATE meta SET value = ? WHERE key = 'secret'", [fingerprint(store.side)])
            tx.audit("went on without what was lost", before=lost)
    finally:
        store.close()
    return lost


def _opened(path: Path, schema: int) -> dict[str, tuple[int, str]]:
    """What a copy holds, read by opening it as a warehouse."""
    store = Warehouse.open(path, expected=schema)
    try:
        return contents(store)
    finally:
        store.close()


def _refuse_if_held(path: Path) -> None:
    try:
        inspect(path)
    except WarehouseError as error:
        if "in use" in error.message:
            raise


def _set_aside(path: Path, at: datetime) -> Path:
    aside = path.with_name(f"{path.stem}-set-aside-{at:%Y%m%dT%H%M%S}{path.suffix}")
    for ending in ("", ".wal", ".d"):
        former = path.with_name(path.name + ending)
        if former.exists():
            former.rename(aside.with_name(aside.name + ending))
    return aside


def _copy(source: Path, dest: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, dest)
    elif source.exists():
        shutil.copy(source, dest)  # with its mode: the secret stays readable by its owner only
        with dest.open("rb") as file:
            os.fsync(file.fileno())


def _discard(path: Path) -> None:
    for ending in ("", ".wal"):
        with suppress(OSError):
            path.with_name(path.name + ending).unlink(missing_ok=True)
    shutil.rmtree(side_of(path), ignore_errors=True)
