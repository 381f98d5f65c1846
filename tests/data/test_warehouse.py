import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data.cursor import Transaction
from data.errors import WarehouseError
from data.journal import Journal
from data.warehouse import Warehouse, default_path

ROOT = Path(__file__).resolve().parents[2]


def unmapped(value: str, records: int = 1) -> dict[str, object]:
    return {"load_id": "l", "source_system": "s", "field": "f", "value": value, "records": records}


def state(store: Warehouse) -> dict[str, object]:
    tables = ("unmapped", "audit", "data_versions", "meta")
    found: dict[str, object] = {name: store.rows(f"SELECT * FROM {name} ORDER BY ALL") for name in tables}
    return found | {"journal": store.journal.entries()}


def run_python(code: str, *args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, args)],
        capture_output=True, text=True, cwd=ROOT, timeout=120, check=False,
    )  # fmt: skip


def test_a_write_is_stored_versioned_audited_and_journalled(store: Warehouse) -> None:
    """A write bumps the data version by one and leaves a row in the audit and a line in the journal."""
    with store.write("a test", "ada") as tx:
        assert tx.add("unmapped", [unmapped("x"), unmapped("y", 3)]) == 2
        assert tx.run("UPDATE unmapped SET records = records + 1 WHERE value = 'y'") == 1
        tx.counts["unmapped"] = 2
    assert store.data_version() == 2
    assert store.rows("SELECT value, records FROM unmapped ORDER BY value") == [
        {"value": "x", "records": 1},
        {"value": "y", "records": 4},
    ]
    assert store.one("SELECT who, what, happened_at FROM audit") == {
        "who": "ada",
        "what": "a test",
        "happened_at": store.clock(),
    }
    assert store.journal.entries()[-1] == (2, "a test", "ada", "2026-10-05 12:00:00", {"unmapped": 2})


def test_what_was_written_is_there_after_reopening(store: Warehouse) -> None:
    """A closed warehouse opens with everything that was committed, nothing waiting in a log beside it."""
    with store.write("a test", "ada") as tx:
        tx.add("unmapped", [unmapped("x")])
    before = state(store)
    path = store.path
    assert not Path(f"{path}.wal").exists()
    store.close()
    again = Warehouse.open(path)
    try:
        assert state(again) == before
    finally:
        again.close()


def test_the_journal_follows_the_commit_and_the_log_is_folded_last(
    store: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the journal gets its line the change is committed, in the log; when a write ends nothing is in a log."""
    seen: list[tuple[int, bool]] = []
    append = Journal.append

    def looked_at(journal: Journal, version: int, *given: Any) -> None:
        seen.append((store.data_version(), Path(f"{store.path}.wal").stat().st_size > 0))
        append(journal, version, *given)

    monkeypatch.setattr(Journal, "append", looked_at)
    with store.write("a test", "ada") as tx:
        tx.add("unmapped", [unmapped("x")])
        assert seen == []
    assert seen == [(2, True)]
    assert not Path(f"{store.path}.wal").exists()
    assert store.journal.last_version() == 2


def test_an_exception_leaves_everything_as_before(store: Warehouse) -> None:
    """Whatever goes wrong inside a write, no row, version, audit or journal line of it remains."""
    before = state(store)

    def fail_inside(tx: Transaction, how: str) -> None:
        tx.add("unmapped", [unmapped("x")])
        tx.audit("never happened")
        if how == "python":
            raise KeyError("no such thing")
        tx.run("INSERT INTO unmapped SELECT * FROM nowhere")

    with pytest.raises(KeyError), store.write("fails", "ada") as tx:
        fail_inside(tx, "python")
    with pytest.raises(duckdb.CatalogException), store.write("fails", "ada") as tx:
        fail_inside(tx, "sql")
    assert state(store) == before


def test_the_same_path_is_the_same_warehouse(store: Warehouse) -> None:
    """One process has one connection to a file, whatever name it is opened by."""
    link = store.path.parent / "link.duckdb"
    link.symlink_to(store.path)
    assert Warehouse.open(store.path) is store
    assert Warehouse.open(str(link)) is store


def test_a_closed_warehouse_says_so(store: Warehouse) -> None:
    """Reading after close is refused with a sentence."""
    store.close()
    with pytest.raises(WarehouseError, match="has been closed"):
        store.rows("SELECT 1")


def test_the_default_path_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """PLUMBLINE_WAREHOUSE names the warehouse; without it, it lies in data/."""
    monkeypatch.setenv("PLUMBLINE_WAREHOUSE", "/somewhere/w.duckdb")
    assert default_path() == Path("/somewhere/w.duckdb")
    monkeypatch.delenv("PLUMBLINE_WAREHOUSE")
    assert default_path() == ROOT / "data" / "warehouse.duckdb"


def test_writers_queue(store: Warehouse) -> None:
    """Eight threads that each add one, five times over, add forty: none is refused and none overwrites another."""
    with store.write("start", "ada") as tx:
        tx.add("unmapped", [unmapped("x", 0)])

    def add() -> None:
        for _ in range(5):
            with store.write("one more", "ada") as tx:
                now = int(str(tx.value("SELECT records FROM unmapped")))
                tx.run("UPDATE unmapped SET records = ?", [now + 1])

    in_threads(add, 8)
    assert store.value("SELECT records FROM unmapped") == 40
    assert store.data_version() == 42
    assert [entry.version for entry in store.journal.entries()] == list(range(1, 43))


def test_every_thread_gets_its_own_answer(store: Warehouse) -> None:
    """Reading from many threads at once never returns another thread's rows."""
    wrong: list[object] = []

    def ask() -> None:
        me = threading.get_ident()
        for step in range(25):
            answer = store.value("SELECT max(i) + ? AS n FROM range(1000) AS r(i)", [me + step])
            if answer != me + step + 999:
                wrong.append(answer)

    in_threads(ask, 8)
    assert wrong == []


def test_a_reading_sees_one_version(store: Warehouse) -> None:
    """What is read inside one reading is of one moment, although a write is committed meanwhile."""
    with store.reading() as reader:
        assert reader.value("SELECT count(*) AS n FROM unmapped") == 0
        with store.write("meanwhile", "ada") as tx:
            tx.add("unmapped", [unmapped("x")])
        assert reader.value("SELECT count(*) AS n FROM unmapped") == 0
        assert reader.value("SELECT max(version) AS v FROM data_versions") == 1
    assert store.value("SELECT count(*) AS n FROM unmapped") == 1


def test_a_mistake_does_not_end_a_reading(store: Warehouse) -> None:
    """After a statement that fails, the same reading answers the next one."""
    with store.reading() as reader:
        with pytest.raises(duckdb.Error):
            reader.rows("SELECT nothing_of_this_name")
        assert reader.value("SELECT 1 AS one") == 1


def test_a_write_inside_a_write_is_refused(store: Warehouse) -> None:
    """A thread that would wait for itself is told so instead."""
    with store.write("outer", "ada"), pytest.raises(RuntimeError, match="wait for itself"):
        store.write("inner", "ada").__enter__()


@pytest.mark.parametrize(
    "probe",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('{inside}/../secret')",
        "SELECT * FROM read_blob('{inside}/link')",
        "SELECT * FROM glob('/etc/*')",
        "COPY unmapped TO '{outside}/stolen.csv'",
        "ATTACH '{outside}/other.duckdb' AS other",
        "EXPORT DATABASE '{outside}/dump'",
        "INSTALL httpfs",
        "LOAD 'anything.duckdb_extension'",
        "SELECT * FROM read_csv('https://example.org/x.csv')",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
        "SET memory_limit = '1TB'",
        "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
        "SELECT * FROM local_rows",
    ],
)
def test_sql_reaches_nothing_but_the_warehouse(store: Warehouse, tmp_path: Path, probe: str) -> None:
    """Files, network, extensions, settings and Python variables are out of reach of any statement."""
    local_rows = [{"a": 1}]
    (store.side / "staging" / "link").symlink_to("/etc/passwd")
    with pytest.raises(duckdb.Error):
        store.rows(probe.format(inside=store.side / "staging", outside=tmp_path))
    assert local_rows
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plumbline.duckdb", "plumbline.duckdb.d"]


def test_staging_is_the_one_way_in(store: Warehouse) -> None:
    """Parquet files in the staging folder can be read: this is how loads reach the warehouse."""
    staged = store.side / "staging" / "x.parquet"
    duckdb.connect().execute(f"COPY (SELECT 7 AS n) TO '{staged}'")
    assert store.rows("SELECT n FROM read_parquet(?)", [str(staged)]) == [{"n": 7}]


def test_a_full_disk_is_a_sentence_and_not_the_end() -> None:
    """When the disk is full a write is stored or refused whole, and the process goes on, though the instance died."""
    done = run_python(
        """
        import resource, signal, sys, tempfile
        from pathlib import Path
        from data.errors import WarehouseError
        from data.warehouse import Warehouse
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = Warehouse.create(Path(tempfile.mkdtemp()) / "w.duckdb")
        with store.write("small", "ada") as tx:
            tx.run("INSERT INTO unmapped SELECT 'l', 's', 'f', md5(i::VARCHAR), i FROM range(50000) AS r(i)")
        refused = 0
        for room in range(0, 3_000_000, 400_000):
            resource.setrlimit(resource.RLIMIT_FSIZE, (store.path.stat().st_size + room, resource.RLIM_INFINITY))
            before = store.data_version()
            with store.reading() as reader:
                assert reader.value("SELECT count(*) AS n FROM unmapped") == 50000
                try:
                    with store.write("large", "ada") as tx:
                        tx.run("INSERT INTO unmapped SELECT 'm', 's', 'f', md5(i::VARCHAR), i FROM range(60000) r(i)")
                    stored = True
                except WarehouseError as error:
                    stored, refused = False, refused + 1
                    assert error.remedy and error.message, error
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                assert reader.value("SELECT 1 AS one") == 1
            assert store.value("SELECT count(*) AS n FROM unmapped") == 50000 + (60000 if stored else 0)
            assert store.data_version() == before + stored == store.journal.last_version()
            with store.write("again", "ada") as tx:
                tx.run("DELETE FROM unmapped WHERE load_id = 'm'")
        died = store._instance.generation
        store.close()
        store = Warehouse.open(store.path)
        assert store.value("SELECT count(*) AS n FROM unmapped") == 50000
        print(refused, died)
        """
    )
    assert done.returncode == 0, done.stderr
    refused, died = map(int, done.stdout.split())
    assert 0 < refused < died, "no write was refused, or no instance died of a write that was stored"


def test_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """A process killed while it writes leaves a warehouse that opens with every acknowledged write, whole."""
    code = """
        import sys
        from data.warehouse import Warehouse
        store = Warehouse.create(sys.argv[1])
        for step in range(10000):
            with store.write(f"step {step}", "ada") as tx:
                tx.run("INSERT INTO unmapped SELECT 'l', 's', ?, '', i FROM range(1000) AS r(i)", [str(step)])
            print(step, flush=True)
        """
    path = tmp_path / "w.duckdb"
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    acknowledged = [process.stdout.readline() for _ in range(8)]
    time.sleep(0.02)
    process.kill()
    acknowledged += process.stdout.readlines()
    process.wait()
    store = Warehouse.open(path)
    try:
        steps = store.rows("SELECT field, count(*) AS n FROM unmapped GROUP BY field")
        assert {int(line) for line in acknowledged} <= {int(str(row["field"])) for row in steps}
        assert {row["n"] for row in steps} == {1000}
        assert store.data_version() == len(steps) + 1 == store.journal.last_version()
    finally:
        store.close()


def in_threads(work: object, count: int) -> None:
    assert callable(work)
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_are_as_many_as_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PLUMBLINE_THREADS bounds the database; what is no number is refused with a sentence, and nothing is made."""
    monkeypatch.setenv("PLUMBLINE_THREADS", "3")
    store = Warehouse.create(tmp_path / "w.duckdb")
    assert store.value("SELECT current_setting('threads')") == 3
    store.close()
    monkeypatch.setenv("PLUMBLINE_THREADS", "many")
    with pytest.raises(WarehouseError, match="'many'"):
        Warehouse.open(tmp_path / "w.duckdb")
