"""The one door to the database file, and the only import of duckdb in this room: opened once a process, hardened,
a cursor for every reader, one writer at a time, opened again by itself after an error that kills the instance.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from data import hardening, meta, refusals
from data.cursor import Cursor, Params, Reader, Row, Rows, Transaction, fetch
from data.errors import WarehouseError
from data.instance import Instance
from data.pseudonym import fingerprint, make_secret
from data.side import check_side, clear_leftovers, journal_of, make_folders, side_of
from data.versions import TELLING, content_version, last_change

_OPEN: dict[Path, "Warehouse"] = {}
_OPENING = threading.RLock()


def default_path() -> Path:
    """PLUMBLINE_WAREHOUSE, else data/warehouse.duckdb of this project."""
    named = os.environ.get("PLUMBLINE_WAREHOUSE")
    return Path(named) if named else Path(__file__).parent / "warehouse.duckdb"


def utc_now() -> datetime:
    """Now, as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


class Warehouse(Rows):
    """One open warehouse. Make it with `create` or `open`; the same path in the same process is the same object."""

    def __init__(self, path: Path, clock: Callable[[], datetime], expected: int, side_checked: bool) -> None:
        self.path = path
        self.side = side_of(path)
        self.clock = clock
        self.schema = expected
        self.journal = journal_of(path)
        self._writing = threading.Lock()
        self._writer: int | None = None
        self._instance = Instance(lambda: _connect(path, expected, side_checked))
        if side_checked:
            clear_leftovers(path, self)
            self._catch_up("journal", {})
        self._version = content_version(self)

    @classmethod
    def create(cls, path: Path | str, *, clock: Callable[[], datetime] = utc_now) -> "Warehouse":
        """Make a new warehouse and open it. Raises WarehouseError when anything is at `path` already."""
        path = Path(path).resolve()
        if path.exists():
            raise refusals.taken(path)
        if journal_of(path).last_version() is not None:
            raise refusals.orphaned(path, side_of(path))
        draft = path.with_name(f".{path.name}.{os.getpid()}.new")
        try:
            make_secret(side_of(path))
            with _opening(path), duckdb.connect(draft, config=hardening.PLAIN) as connection:
                meta.write_schema(connection, fingerprint(side_of(path)) or "", clock())
            draft.rename(path)
        except OSError as error:
            raise WarehouseError(f"{path} cannot be made: {error.strerror}.", "Name another --warehouse.") from None
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        return cls.open(path, clock=clock)

    @classmethod
    def open(
        cls,
        path: Path | str | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
        expected: int | None = None,
        side_checked: bool = True,
    ) -> "Warehouse":
        """Open the warehouse at `path` (default: `default_path()`).

        Raises WarehouseError, leaving the file as it is, when it is missing, foreign, newer, older, damaged, held by
        another process, behind its journal, or without its secret. Migrate and restore say which schema they `expected`
        and whether journal and secret are to be checked.
        """
        path = Path(path if path is not None else default_path()).resolve()
        with _OPENING:
            if path not in _OPEN:
                _OPEN[path] = cls(path, clock, expected or meta.schema_version(), side_checked)
            return _OPEN[path]

    def close(self) -> None:
        """Close the file, so that another process may open it. The object is not used afterwards."""
        with _OPENING:
            _OPEN.pop(self.path, None)
            self._instance.close()

    @property
    def is_open(self) -> bool:
        """Whether nobody has closed it."""
        return _OPEN.get(self.path) is self

    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """Every row of the answer, read on a cursor of its own: safe from any thread."""
        with self.reading() as reader:
            return reader.rows(sql, params)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """One cursor and one version of the data for all that is read inside; a dead instance is opened again."""
        held: list[Cursor] = []
        born = 0

        def run(sql: str, params: Params) -> list[Row]:
            nonlocal born
            for last in (False, True):
                try:
                    if not held:
                        born = self._instance.generation
                        held.append(self._cursor())
                        held[0].execute("BEGIN")
                    return fetch(held[0], sql, params)
                except duckdb.Error as error:
                    while held:
                        self._instance.release(held.pop())
                    if not self._revive(error, born) or last:
                        raise _spoken(error, self.path) from error
            raise AssertionError("unreachable")

        try:
            yield Reader(run)
        finally:
            for cursor in held:
                self._instance.release(cursor)

    @contextmanager
    def write(self, cause: str, who: str) -> Iterator[Transaction]:
        """One change, stored whole or not at all; other writers wait for it.

        On success the data version goes up (not for what is only written down of the data), the journal gets a line,
        and the log is folded into the file. An exception inside leaves everything as before. Raises WarehouseError
        when the change could not be stored.
        """
        if self._writer == threading.get_ident():
            raise RuntimeError("a write inside a write of the same thread would wait for itself")
        with self._writing:
            self._writer = threading.get_ident()
            try:
                yield from self._change(cause, who)
            finally:
                self._writer = None

    def _change(self, cause: str, who: str) -> Iterator[Transaction]:
        self.value("SELECT 1")  # a dead instance is opened again before the change begins
        generation = self._instance.generation
        cursor = self._cursor()
        try:
            cursor.execute("BEGIN")
            change = Transaction(cursor, who, self.clock(), self.side)
            yield change
            if not change.audited:
                change.audit(cause)
            version = last_change(change) + 1
            change.run("INSERT INTO data_versions VALUES (?, ?, ?)", [version, cause, change.at])
        except BaseException as error:
            self._instance.release(cursor)
            if isinstance(error, duckdb.Error):
                self._revive(error, generation)
                raise _spoken(error, self.path) from error
            raise
        try:
            cursor.execute("COMMIT")
        except duckdb.Error as error:
            # what memory holds after a failed commit may be half of the change (seen on duckdb 2.0): the file knows
            self._instance.reopen(generation)
            if last_change(self) != version:
                raise refusals.unstored(cause, str(error)) from error
        if cause != TELLING:
            self._version = version  # nobody else changes the file
        self._instance.release(cursor)
        self._catch_up(who, change.counts)
        self._fold()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Writers wait until the end of it: for a copy of which every part is of the same moment."""
        with self._writing:
            yield

    def data_version(self) -> int:
        """The number of the last committed change that a reading can depend on; every reading carries it."""
        return self._version

    def snapshot(self, name: str) -> Path:
        """A compact copy of the whole database as the file `name` in staging; readers go on meanwhile."""
        target = self.side / "staging" / name
        target.unlink(missing_ok=True)
        quoted = str(target).replace("'", "''")
        own = str(self.value("SELECT current_database() AS name")).replace('"', '""')
        cursor = self._cursor()
        try:
            cursor.execute(f"ATTACH '{quoted}' AS plumbline_snapshot")
            try:
                cursor.execute(f'COPY FROM DATABASE "{own}" TO plumbline_snapshot')
                cursor.execute("CHECKPOINT plumbline_snapshot")
            finally:
                cursor.execute("DETACH plumbline_snapshot")
        except duckdb.Error as error:
            target.unlink(missing_ok=True)
            raise refusals.unstored("copy", str(error)) from error
        finally:
            self._instance.release(cursor)
        return target

    def _cursor(self) -> Cursor:
        cursor = self._instance.cursor()
        if cursor is None:
            raise WarehouseError(f"{self.path} has been closed.", "Open it again.")
        return cursor

    def _revive(self, error: duckdb.Error, generation: int) -> bool:
        """Open the database again if this error says that the instance is dead; whether it is worth trying again."""
        if isinstance(error, duckdb.FatalException) or "invalidated" in str(error):
            self._instance.reopen(generation)
        return self._instance.generation != generation

    def _fold(self) -> None:
        generation = self._instance.generation
        cursor = self._cursor()
        try:
            cursor.execute("CHECKPOINT")
        except duckdb.Error as error:  # the change is safe in the log; only the instance may have died of it
            self._revive(error, generation)
        finally:
            self._instance.release(cursor)

    def _catch_up(self, who: str, counts: dict[str, int]) -> None:
        """Give the journal a line for each change it lacks: the one just made, or one that a crash kept from it."""
        last = self.journal.last_version() or 0
        made = self.rows("SELECT version, cause, made_at FROM data_versions WHERE version > ? ORDER BY version", [last])
        with suppress(OSError):  # a full disk: the change itself is stored, the next one brings the line
            for row in made:
                at = row["made_at"] if isinstance(row["made_at"], datetime) else self.clock()
                newest = row is made[-1]
                self.journal.append(int(str(row["version"])), str(row["cause"]), who, at, counts if newest else {})


def inspect(path: Path) -> dict[str, str]:
    """What a warehouse file states about itself, read without changing a byte: its meta table, `data_version`, the
    library's `hash_now` and `library`. Raises WarehouseError when it is missing, foreign, damaged or in use.
    """
    meta.check_header(path)
    with _opening(path), duckdb.connect(path, read_only=True, config=hardening.PLAIN) as connection:
        try:
            stated = dict(connection.execute("SELECT key, value FROM meta").fetchall())
            last = connection.execute("SELECT CAST(max(version) AS VARCHAR) FROM data_versions").fetchall()
        except (duckdb.CatalogException, duckdb.BinderException):
            raise refusals.foreign(path) from None
        now = connection.execute(f"SELECT {meta.HASH}, version()").fetchall()
        used = connection.execute("SELECT block_size * used_blocks FROM pragma_database_size()").fetchall()[0][0]
        if path.stat().st_size < used and not path.with_name(path.name + ".wal").exists():
            raise refusals.damaged(path, f"it ends after {path.stat().st_size:,} bytes and should have {used:,}")
    return stated | {"data_version": last[0][0] or "0", "hash_now": now[0][0], "library": now[0][1]}


def _connect(path: Path, expected: int, side_checked: bool) -> Cursor:
    stated = inspect(path)
    meta.examine(path, stated, expected)
    if side_checked:
        check_side(path, int(stated["data_version"]), stated.get("secret", ""))
    make_folders(path)
    with _opening(path):
        connection = duckdb.connect(path, config=hardening.config(path))
        for statement in hardening.lock(path):
            connection.execute(statement)
    return connection


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, RuntimeError) as error:
        raise refusals.from_library(path, str(error)) from None


def _spoken(error: duckdb.Error, path: Path) -> Exception:
    """An error of the machine becomes a sentence; one of the statement stays what it is, for whoever wrote it."""
    why = refusals.first_line(str(error))
    if "orrupt" in why or "hecksum" in why:
        return refusals.damaged(path, why)
    if isinstance(error, duckdb.OutOfMemoryException | duckdb.IOException | duckdb.FatalException):
        return WarehouseError(f"The database could not finish: {why}.", "Make room on the disk or in memory.")
    return error
