import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from data.errors import WarehouseError
from data.warehouse import Warehouse, inspect

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def closed(store: Warehouse) -> Path:
    """The path of a warehouse with rows in it that nobody has open."""
    with store.write("rows", "ada") as tx:
        tx.run("INSERT INTO unmapped SELECT 'l', 's', 'f', md5(i::VARCHAR), i FROM range(30000) AS r(i)")
    store.close()
    return store.path


def refusal(path: Path) -> WarehouseError:
    """What opening says; the file is byte for byte what it was, or was not there and is not there."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(WarehouseError) as caught:
        Warehouse.open(path)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
    return caught.value


def restate(path: Path, key: str, value: str) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = ?", [value, key])


def test_a_missing_warehouse(tmp_path: Path) -> None:
    """Where there is nothing, nothing is made, and init is named."""
    assert "python -m data init" in refusal(tmp_path / "nothing.duckdb").remedy
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"hello, I am a text file " * 50, b"SQLite format 3\0" + bytes(4096), b"\0" * 9000]
)
def test_a_foreign_file(tmp_path: Path, content: bytes) -> None:
    """A file that is no database of ours is left as it is."""
    path = tmp_path / "notes.duckdb"
    path.write_bytes(content)
    assert "is not a Plumbline warehouse" in refusal(path).message
    with pytest.raises(WarehouseError, match="left as it is"):
        Warehouse.create(path)
    assert path.read_bytes() == content


def test_a_folder_is_no_warehouse(tmp_path: Path) -> None:
    """A folder in the place of the file is refused with a sentence."""
    assert "is not a Plumbline warehouse" in refusal(tmp_path).message


@pytest.mark.parametrize("table", ["CREATE TABLE other (a INTEGER)", "CREATE TABLE meta (key VARCHAR, value VARCHAR)"])
def test_a_foreign_database(tmp_path: Path, table: str) -> None:
    """A DuckDB file of another program is refused, although it has tables, even one of the same name."""
    path = tmp_path / "other.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(table)
    assert "is not a Plumbline warehouse" in refusal(path).message


def test_a_newer_warehouse(closed: Path) -> None:
    """A warehouse of a newer schema is left alone, and the newer program is asked for."""
    restate(closed, "schema_version", "9999")
    assert "newer" in refusal(closed).message


def test_an_older_warehouse(closed: Path) -> None:
    """A warehouse of an older schema names the command that brings it up to date."""
    restate(closed, "schema_version", "0")
    assert "python -m data migrate" in refusal(closed).remedy


def test_an_upgrade_that_changes_hashes(closed: Path) -> None:
    """If duckdb hashes otherwise than when the file was written, records would be loaded twice: refused."""
    restate(closed, "hash_probe", "12345")
    said = refusal(closed)
    assert "counted twice" in said.message
    assert f"duckdb=={duckdb.__version__}" in said.remedy


def test_a_file_cut_short(closed: Path) -> None:
    """A truncated file is damaged, and restoring is named."""
    whole = closed.read_bytes()
    for part in (13, 4096, 20_000, len(whole) // 2):
        closed.write_bytes(whole[:part])
        said = refusal(closed)
        assert "restore" in said.remedy


def test_flipped_bits_are_noticed_or_harmless(closed: Path) -> None:
    """Wherever bits flip: a sentence when opening or reading, or the very same rows, never others."""
    whole = closed.read_bytes()
    expected = [(30000, sum(range(30000)))]
    said: list[str] = []
    for part in range(40):
        where = len(whole) * part // 40 + 100
        closed.write_bytes(whole[:where] + bytes([whole[where] ^ 0xFF]) + whole[where + 1 :])
        try:
            store = Warehouse.open(closed)
            try:
                found = store.rows("SELECT count(DISTINCT value) AS n, sum(records) AS total FROM unmapped")
                assert [tuple(row.values()) for row in found] == expected
            finally:
                store.close()
        except WarehouseError as error:
            said.append(error.message)
        Path(f"{closed}.wal").unlink(missing_ok=True)
    assert len(said) > 10, "the flips met nothing: the test tests nothing"
    assert [text for text in said if "damaged" not in text and "not a Plumbline" not in text] == []


@pytest.fixture
def held(closed: Path) -> Iterator[tuple[Path, int]]:
    """A warehouse that another, real process has open, and that process's id."""
    code = """
        import sys
        from data.warehouse import Warehouse
        store = Warehouse.open(sys.argv[1])
        print("open", flush=True)
        sys.stdin.readline()
        """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(closed)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    yield closed, process.pid
    process.communicate("\n")


def test_a_warehouse_held_by_another_process(held: tuple[Path, int]) -> None:
    """The process that has the file is named, and the file opens when it has gone."""
    path, pid = held
    said = refusal(path)
    assert f"in use by process {pid}" in said.message
    assert "python" in said.message


def test_it_opens_when_the_other_process_has_gone(held: tuple[Path, int]) -> None:
    """A refusal for being in use leaves nothing behind: once the other process is gone, the same call succeeds."""
    path, pid = held
    refusal(path)
    subprocess.run(["kill", str(pid)], check=True)
    store = None
    for _ in range(200):
        with suppress(WarehouseError):
            store = Warehouse.open(path)
            break
    assert store is not None
    assert store.value("SELECT count(*) AS n FROM unmapped") == 30000
    store.close()


def test_a_file_behind_its_journal(store: Warehouse) -> None:
    """A file with fewer commits than its journal is refused, and what was lost is named."""
    with store.write("monday's load", "ada"):
        pass
    store.close()
    monday = store.path.read_bytes()
    store = Warehouse.open(store.path)
    with store.write("tuesday's load", "ben"):
        pass
    store.close()
    store.path.write_bytes(monday)
    said = refusal(store.path)
    assert "tuesday's load (ben" in said.message
    assert "monday's load" not in said.message
    assert "restore" in said.remedy


def test_a_truncated_log_is_not_silent(store: Warehouse) -> None:
    """A write-ahead log cut in half opens without error in DuckDB itself; here the missing commits are noticed."""
    store.close()
    code = """
        import os, sys
        import duckdb
        connection = duckdb.connect(sys.argv[1])
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        for version in range(2, 30):
            connection.execute("INSERT INTO data_versions VALUES (?, 'load', TIMESTAMP '2026-10-05')", [version])
        os._exit(9)
        """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code), str(store.path)], check=False)
    for version in range(2, 30):
        store.journal.append(version, f"load {version}", "ada", store.clock(), {})
    log = Path(f"{store.path}.wal")
    intact = log.read_bytes()
    log.write_bytes(intact[: len(intact) // 2])
    with duckdb.connect(store.path, read_only=True) as connection:  # the hazard itself: no error, fewer commits
        assert 1 < connection.execute("SELECT max(version) FROM data_versions").fetchall()[0][0] < 29
    said = refusal(store.path)
    assert "load 29" in said.message
    assert log.read_bytes() == intact[: len(intact) // 2]
    log.write_bytes(intact)
    again = Warehouse.open(store.path)
    assert again.data_version() == 29
    again.close()


def test_a_lost_secret(closed: Path) -> None:
    """Without its secret, or with another one, a warehouse would count everybody twice: it is not opened."""
    secret = Path(f"{closed}.d") / "secret"
    kept = secret.read_bytes()
    secret.write_bytes(bytes(32))
    assert "belongs to another warehouse" in refusal(closed).message
    secret.unlink()
    assert "is missing" in refusal(closed).message
    secret.write_bytes(kept)
    Warehouse.open(closed).close()


def test_a_lost_file_is_not_replaced_by_an_empty_one(closed: Path) -> None:
    """Where a warehouse's journal and secret are, no new warehouse is made over them."""
    closed.unlink()
    with pytest.raises(WarehouseError, match="still holds its journal") as caught:
        Warehouse.create(closed)
    assert "restore" in caught.value.remedy


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A warehouse in a folder that does not exist or is a file is refused with a sentence."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(WarehouseError, match="cannot be made"):
        Warehouse.create(tmp_path / "file" / "w.duckdb")


def test_inspecting_changes_nothing(closed: Path) -> None:
    """Looking at what a file states about itself leaves the file and its folder byte for byte the same."""
    before = closed.read_bytes()
    shutil.rmtree(f"{closed}.d")
    assert inspect(closed)["data_version"] == "2"
    assert closed.read_bytes() == before
    assert not Path(f"{closed}.d").exists()
