import stat
from pathlib import Path

import duckdb
import pytest

from data import reduction
from data.backup import back_up, contents, go_on_without, restore
from data.check import check
from data.errors import WarehouseError
from data.portfolio import Product
from data.pseudonym import Pseudonyms
from data.registry_store import save
from data.warehouse import Warehouse


@pytest.fixture
def full(store: Warehouse) -> Warehouse:
    """A warehouse with a product, facts and user-days."""
    with store.write("filled", "ada") as tx:
        save(tx, [Product(product_id="helper", name="Helper")], "ada")
        tx.run(
            "INSERT INTO interactions BY NAME SELECT i AS event_key, i AS row_hash, 'l1' AS load_id,"
            " 's' AS source_system, TIMESTAMP '2026-03-02' AS version_at, i AS source_row, 1 AS source_records,"
            " 'helper' AS source_product, 'i' || i AS interaction_id, 'helper' AS product_id,"
            " 'u' || (i % 9) AS unit_id, TRUE AS user_known, 'i' || i AS task_key,"
            " TIMESTAMP '2026-03-02 09:00' AS occurred_at, DATE '2026-03-02' AS day"
            " FROM range(5000) AS r(i)"
        )
        tx.run(
            "INSERT INTO loads BY NAME SELECT 'l1' AS load_id, 'aa' AS sha256, 'f' AS file_name, 'canonical' AS format,"
            " 'published' AS status, 5000 AS rows_read, 5000 AS accepted, 0 AS duplicates, 0 AS quarantined, 0 AS blank"
            ", 0 AS ignored, 0 AS superseded, 'ada' AS loaded_by, TIMESTAMP '2026-03-02' AS loaded_at"
        )
        reduction.rebuild(tx)
    return store


def test_a_backup_is_a_warehouse_of_its_own(full: Warehouse, tmp_path: Path) -> None:
    """A backup opens, holds the same rows, knows the same people, and numbers its audit on from where it stood."""
    path, rows = back_up(full, tmp_path / "safe" / "copy.duckdb")
    assert rows["interactions"] == 5000
    copy = Warehouse.open(path)
    try:
        assert contents(copy) == contents(full)
        assert copy.journal.entries() == full.journal.entries()
        assert Pseudonyms(copy.side).of("ada") == Pseudonyms(full.side).of("ada")
        assert stat.S_IMODE((copy.side / "secret").stat().st_mode) == 0o600
        with copy.write("goes on", "ada"):
            pass
        assert copy.value("SELECT count(*) = count(DISTINCT seq) AS well FROM audit") is True
    finally:
        copy.close()
    assert list((full.side / "staging").iterdir()) == []


def test_a_copy_that_went_wrong_is_no_backup(full: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy is opened and read before it is called a backup: one with other rows is refused and removed."""
    snapshot = Warehouse.snapshot

    def lossy(store: Warehouse, name: str) -> Path:
        draft = snapshot(store, name)
        with duckdb.connect(draft) as connection:
            connection.execute("DELETE FROM interactions WHERE interaction_id = 'i7'")
        return draft

    monkeypatch.setattr(Warehouse, "snapshot", lossy)
    with pytest.raises(WarehouseError, match="does not hold what the warehouse holds"):
        back_up(full, tmp_path / "copy.duckdb")
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == []


def test_a_backup_into_a_folder_is_named_by_its_time(full: Warehouse, tmp_path: Path) -> None:
    """A folder as destination gets a file named after the warehouse and the moment."""
    (tmp_path / "safe").mkdir()
    assert back_up(full, tmp_path / "safe")[0].name == "plumbline-20261005T120000.duckdb"


def test_a_backup_overwrites_nothing(full: Warehouse, tmp_path: Path) -> None:
    """What is at the destination stays as it is."""
    there = tmp_path / "there.duckdb"
    there.write_text("mine")
    with pytest.raises(WarehouseError, match="left as it is"):
        back_up(full, there)
    with pytest.raises(WarehouseError, match="could not be written"):
        back_up(full, there / "below" / "copy.duckdb")
    assert there.read_text() == "mine"


def test_restore_brings_back_what_was_lost(full: Warehouse, tmp_path: Path) -> None:
    """After the file is lost, restore --force brings back rows, secret and journal."""
    held = contents(full)
    backup, _ = back_up(full, tmp_path / "copy.duckdb")
    path = full.path
    full.close()
    path.unlink()
    with pytest.raises(WarehouseError, match="--force"):
        restore(backup, path)
    rows, aside = restore(backup, path, force=True, clock=full.clock)
    assert rows["interactions"] == 5000
    assert aside is not None
    again = Warehouse.open(path)
    try:
        assert contents(again) == held
        assert all(finding.well for finding in check(again)[1])
    finally:
        again.close()


def test_restore_replaces_nothing_unasked(full: Warehouse, tmp_path: Path) -> None:
    """A warehouse in place is kept without --force, and moved aside whole with it."""
    backup, _ = back_up(full, tmp_path / "copy.duckdb")
    with full.write("later", "ada"):
        pass
    full.close()
    before = full.path.read_bytes()
    with pytest.raises(WarehouseError, match="--force"):
        restore(backup, full.path)
    assert full.path.read_bytes() == before
    _, aside = restore(backup, full.path, force=True, clock=full.clock)
    assert aside is not None
    assert aside.read_bytes() == before
    for path, version in ((full.path, 2), (aside, 3)):
        store = Warehouse.open(path)
        assert store.data_version() == version
        store.close()


def test_a_damaged_backup_is_not_restored(full: Warehouse, tmp_path: Path) -> None:
    """A backup with a flipped byte among its rows is refused before the warehouse in place is touched."""
    backup, _ = back_up(full, tmp_path / "copy.duckdb")
    full.close()
    before = full.path.read_bytes()
    whole = backup.read_bytes()
    refused, said, untouched = 0, set(), set()
    for part in range(4, 20):
        where = len(whole) * part // 20
        backup.write_bytes(whole[:where] + bytes([whole[where] ^ 0xFF]) + whole[where + 1 :])
        try:
            restore(backup, full.path, force=True)
        except WarehouseError as error:
            refused += 1
            said.add("damaged" in error.message)
            untouched.add(full.path.read_bytes() == before)
        else:  # a byte that nothing uses: the rows are the same
            before = full.path.read_bytes()
    assert refused > 5
    assert said == untouched == {True}
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_the_open_warehouse_is_not_replaced(full: Warehouse, tmp_path: Path) -> None:
    """Restoring over a warehouse that is in use is refused, even with --force; so is restoring a file over itself."""
    backup, _ = back_up(full, tmp_path / "copy.duckdb")
    with pytest.raises(WarehouseError, match="in use"):
        restore(backup, full.path, force=True)
    with pytest.raises(WarehouseError, match="itself"):
        restore(full.path, full.path, force=True)
    assert full.value("SELECT count(*) AS n FROM interactions") == 5000


def test_going_on_without_a_backup(full: Warehouse) -> None:
    """Where no backup is, the lost changes are named once, written down, and the warehouse opens again."""
    full.close()
    earlier = full.path.read_bytes()
    store = Warehouse.open(full.path)
    with store.write("tuesday's load", "ben"):
        pass
    store.close()
    full.path.write_bytes(earlier)
    (full.side / "secret").unlink()
    lost = go_on_without(full.path, "ada", clock=full.clock)
    assert lost[0].startswith("tuesday's load (ben")
    assert "secret" in lost[1]
    store = Warehouse.open(full.path)
    try:
        assert store.value("SELECT what FROM audit ORDER BY seq DESC LIMIT 1") == "went on without what was lost"
        assert all(finding.well for finding in check(store)[1])
    finally:
        store.close()
