from pathlib import Path

import pytest

from data import meta
from data.errors import WarehouseError
from data.migrate import migrate
from data.warehouse import Warehouse

TODAY = meta.schema_version()
NOTES, SLICES = f"{TODAY + 1:04}_notes.sql", f"{TODAY + 2:04}_slices.sql"
FIRST = "ALTER TABLE unmapped ADD COLUMN note VARCHAR; UPDATE unmapped SET note = 'old';"
SECOND = "CREATE TABLE slices (day DATE); INSERT INTO slices SELECT DATE '2026-01-01';"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two migrations, from the schema of today to two later."""
    made = tmp_path / "migrations"
    made.mkdir()
    (made / NOTES).write_text(FIRST)
    (made / SLICES).write_text(SECOND)
    return made


@pytest.fixture
def older(store: Warehouse) -> Path:
    """A closed warehouse of the schema of today with a row in it."""
    assert store.schema == TODAY
    with store.write("rows", "ada") as tx:
        tx.run("INSERT INTO unmapped VALUES ('l', 's', 'f', 'v', 1)")
    store.close()
    return store.path


def test_migrations_are_applied_in_order_after_a_backup(older: Path, folder: Path) -> None:
    """An older warehouse gets each numbered file once, keeps its rows, and the backup holds it as it was."""
    assert meta.schema_version(folder) == TODAY + 2
    done, backup = migrate(older, "ada", folder=folder)
    assert done == [NOTES, SLICES]
    store = Warehouse.open(older, expected=TODAY + 2)
    assert store.rows("SELECT value, note FROM unmapped") == [{"value": "v", "note": "old"}]
    assert store.value("SELECT count(*) AS n FROM slices") == 1
    assert store.data_version() == 4 == store.journal.last_version()
    store.close()
    assert backup is not None
    before = Warehouse.open(backup)
    assert before.rows("SELECT * FROM unmapped")[0].keys() == {"load_id", "source_system", "field", "value", "records"}
    before.close()
    assert migrate(older, "ada", folder=folder) == ([], None)


def test_a_migration_that_fails_is_taken_back(older: Path, folder: Path) -> None:
    """A failing file leaves the warehouse as the one before it made it, and says where the backup is."""
    (folder / SLICES).write_text("CREATE TABLE slices (day DATE); INSERT INTO slices SELECT * FROM nowhere;")
    with pytest.raises(WarehouseError, match=r"_slices\.sql failed and was taken back") as caught:
        migrate(older, "ada", folder=folder)
    assert "a backup is at" in caught.value.remedy
    store = Warehouse.open(older, expected=TODAY + 1)
    assert store.value("SELECT note FROM unmapped") == "old"
    assert store.value("SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'slices'") == 0
    store.close()


def test_no_migration_without_its_backup(older: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the backup cannot be made, nothing is migrated."""

    def full(*_: object) -> None:
        raise WarehouseError("There is no room for the backup.", "Make room there.")

    monkeypatch.setattr("data.migrate.back_up", full)
    before = older.read_bytes()
    with pytest.raises(WarehouseError, match="no room for the backup"):
        migrate(older, "ada", folder=folder)
    assert older.read_bytes() == before
    Warehouse.open(older).close()


def test_a_newer_warehouse_is_not_migrated(older: Path, folder: Path, tmp_path: Path) -> None:
    """A warehouse of a schema this program does not know is refused and left alone."""
    migrate(older, "ada", folder=folder)
    before = older.read_bytes()
    with pytest.raises(WarehouseError, match="newer"):
        migrate(older, "ada", folder=tmp_path)
    assert older.read_bytes() == before


def test_a_gap_in_the_numbers_is_refused(older: Path, folder: Path) -> None:
    """A missing file is noticed before anything is applied."""
    (folder / NOTES).unlink()
    with pytest.raises(WarehouseError, match="without a gap"):
        migrate(older, "ada", folder=folder)
    Warehouse.open(older).close()


def test_the_files_of_this_program_are_numbered_without_a_gap() -> None:
    """The migrations that come with the program lead from schema 1 to the one it writes."""
    assert [number for number, _ in meta.numbered()] == list(range(2, meta.schema_version() + 1))


# 0003: refused records get a number -----------------------------------------------------------------------------------
def test_what_was_refused_before_records_were_kept_stays_readable(tmp_path: Path) -> None:
    """Cells refused by an older Plumbline get a record a line, those without a line one, and nothing to correct."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    text = next(file for number, file in meta.numbered() if number == 3).read_text()
    (folder / f"{TODAY + 1:04}_corrections.sql").write_text(text)
    store = Warehouse.create(tmp_path / "old.duckdb")
    with store.write("as it was", "ada") as tx:
        tx.run("DROP TABLE corrections; DROP TABLE quarantine_records; ALTER TABLE quarantine DROP COLUMN record;")
        cells = [("a", 7, "x"), ("a", 7, "y"), ("a", 3, "x"), ("a", None, None), ("b", 9, "x")]
        for load_id, line, column in cells:
            tx.run("INSERT INTO quarantine VALUES (?, ?, ?, 'missing', 'why', NULL)", [load_id, line, column])
    store.close()
    migrate(store.path, "ada", folder=folder)
    store = Warehouse.open(store.path, expected=TODAY + 1)
    found = store.rows("SELECT load_id, line, column_name, record FROM quarantine ORDER BY ALL")
    assert [(row["load_id"], row["line"], row["column_name"], row["record"]) for row in found] == [
        ("a", 3, "x", 1), ("a", 7, "x", 2), ("a", 7, "y", 2), ("a", None, None, 3), ("b", 9, "x", 1),
    ]  # fmt: skip
    records = store.rows("SELECT load_id, record, line, source_records, cells FROM quarantine_records ORDER BY 1, 2")
    assert [tuple(row.values()) for row in records] == [
        ("a", 1, 3, 1, None), ("a", 2, 7, 1, None), ("a", 3, None, 1, None), ("b", 1, 9, 1, None),
    ]  # fmt: skip
    columns = "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index"
    new = Warehouse.create(tmp_path / "new.duckdb")
    for table in ("quarantine", "quarantine_records", "corrections"):
        assert store.rows(columns, [table]) == new.rows(columns, [table])
    store.close()
    new.close()
