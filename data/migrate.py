"""Brings an older warehouse to this program's schema: a backup first, then each numbered file in one transaction."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from data import meta
from data.backup import back_up
from data.errors import WarehouseError
from data.warehouse import Warehouse, inspect, utc_now


def migrate(
    path: Path, who: str, *, folder: Path = meta.MIGRATIONS, clock: Callable[[], datetime] = utc_now
) -> tuple[list[str], Path | None]:
    """Apply the migrations of `folder` that the warehouse at `path` does not have yet.

    Returns their file names and the backup made before the first of them (None when there was nothing to do). Raises
    WarehouseError for a newer warehouse, a gap in the numbers, or a migration that fails: what came before it is kept,
    it and the later ones are not applied.
    """
    path = path.resolve()
    stated = inspect(path)
    known = meta.schema_version(folder)
    if stated.get("application") != meta.APPLICATION or int(stated.get("schema_version", "0")) > known:
        meta.examine(path, stated, known)
    before = int(stated["schema_version"])
    pending = [(number, file) for number, file in meta.numbered(folder) if number > before]
    if [number for number, _ in pending] != list(range(before + 1, known + 1)):
        raise WarehouseError(
            f"The migrations in {folder} do not lead from schema {before} to {known} without a gap.",
            "Install this program anew: a part of it is missing.",
        )
    if not pending:
        return [], None
    backup = path.with_name(f"{path.stem}-before-{known:04d}-{clock():%Y%m%dT%H%M%S}{path.suffix}")
    store = Warehouse.open(path, clock=clock, expected=before)
    try:
        back_up(store, backup)
        for number, file in pending:
            _apply(store, number, file, who, backup)
    finally:
        store.close()
    return [file.name for _, file in pending], backup


def _apply(store: Warehouse, number: int, file: Path, who: str, backup: Path) -> None:
    try:
        with store.write(f"migration {file.stem}", who) as tx:
            tx.run(file.read_text(encoding="utf-8"))
            tx.run("UPDATE meta SET value = ? WHERE key = 'schema_version'", [str(number)])
    except WarehouseError:
        raise
    except Exception as error:
        raise WarehouseError(
            f"The migration {file.name} failed and was taken back: {str(error).splitlines()[0]}.",
            f"The warehouse is as it was before it; a backup is at {backup}. Report this text.",
        ) from error
