"""What a warehouse says about itself, and whether this program can work with it."""

from datetime import datetime
from pathlib import Path

from data import refusals
from data.cursor import Cursor
from data.errors import WarehouseError

APPLICATION = "plumbline"
MIGRATIONS = Path(__file__).parent / "migrations"
SCHEMA = Path(__file__).parent / "schema.sql"
DEFAULTS = MIGRATIONS / "0002_defaults.sql"
"""Registry rows every warehouse starts with; a warehouse older than they are gets them as a migration."""
HASH = "CAST(hash('plumbline hash probe', 42, DATE '2026-01-01') AS VARCHAR)"
"""What this duckdb makes of a known value: when it changes, records loaded before are not recognised any more."""


def numbered(folder: Path = MIGRATIONS) -> list[tuple[int, Path]]:
    """The migrations of a folder (`NNNN_name.sql`) as (number, file), in order."""
    return sorted((int(file.name[:4]), file) for file in folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def schema_version(folder: Path = MIGRATIONS) -> int:
    """The schema this program writes: 1 for the first schema.sql, else the number of the last migration."""
    return max([1, *(number for number, _ in numbered(folder))])


def examine(path: Path, meta: dict[str, str], expected: int) -> None:
    """Raise WarehouseError unless the warehouse is ours, of the `expected` schema, and hashed as duckdb does now."""
    if meta.get("application") != APPLICATION:
        raise refusals.foreign(path)
    stored = meta.get("schema_version", "")
    if not stored.isdigit():
        raise refusals.damaged(path, f"its schema version reads '{stored}'")
    if int(stored) > expected:
        raise WarehouseError(
            f"{path} was written by a newer Plumbline: its schema is {stored}, this program knows {expected}.",
            "Install the newer Plumbline, or restore a backup made before the upgrade: python -m data restore BACKUP.",
        )
    if int(stored) < expected:
        raise WarehouseError(
            f"{path} is of an older Plumbline: its schema is {stored}, this program needs {expected}.",
            "Run python -m data migrate (it makes a backup first).",
        )
    wrote = meta.get("duckdb", "of another version")
    if meta.get("hash_probe") != meta["hash_now"]:
        raise WarehouseError(
            f"The installed duckdb {meta['library']} hashes text differently from duckdb {wrote}, which wrote {path}:"
            " records already loaded would not be recognised and would be counted twice.",
            f"Install duckdb=={wrote.lstrip('v')} again.",
        )


def write_schema(connection: Cursor, secret: str, at: datetime) -> None:
    """Make the tables of a new warehouse and write what it says about itself."""
    connection.execute("BEGIN")
    for file in (SCHEMA, DEFAULTS):
        connection.execute(file.read_text(encoding="utf-8"))
    stated = {"application": APPLICATION, "schema_version": str(schema_version()), "secret": secret}
    for key, value in stated.items():
        connection.execute("INSERT INTO meta VALUES (?, ?)", [key, value])
    connection.execute(f"INSERT INTO meta SELECT 'hash_probe', {HASH} UNION ALL SELECT 'duckdb', version()")
    connection.execute("INSERT INTO data_versions VALUES (1, 'created', ?)", [at])
    connection.execute("COMMIT")


def check_header(path: Path) -> None:
    """Raise WarehouseError unless there is a file at `path` that starts as a DuckDB file does."""
    if not path.exists():
        raise refusals.missing(path)
    if not path.is_file():
        raise refusals.foreign(path)
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as error:
        raise refusals.from_library(path, str(error)) from None
    if head[8:12] != b"DUCK":
        raise refusals.foreign(path)
