import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.warehouse import Warehouse
from loaders import child, process
from loaders.confine import Limits
from loaders.forked import PASSED_ON, SET
from loaders.format import Options, Refused
from loaders.head import read_head
from loaders.ingest import load
from loaders.job import Job
from tests.loaders.files import csv_text, least

SMALL = Limits(memory=3 << 29, cpu_seconds=3, cpu_seconds_per_mb=0, wall_seconds=30, written=8 << 20)


def outcome(folder: Path, do: str, limits: Limits = SMALL) -> Refused:
    """How a child that misbehaves ends for whoever started it."""
    (folder / "x").write_text("x")
    job = Job(str(folder / "x"), str(folder), None, Options(values={"do": do}), "UTC", limits=limits)
    running = process.start(job, "tests.loaders.misbehaviour")
    try:
        with pytest.raises(Refused) as refusal:
            process.finish(running, job)
    finally:
        process.end(running)
    assert running.returncode is not None
    return refusal.value


ENDS = {
    "loop": "took more computing than any file of its size needs (0.0 MB: 3 seconds)",
    "crash": "makes its reader fail (SIGSEGV)",
    "abort": "makes its reader fail (SIGABRT)",
    "killed": "was ended by the machine",
    "eat": "MemoryError",
    "write": "File too large",
    "connect": "socket.getaddrinfo is not for a process that reads a file",
    "start": "subprocess.Popen is not for a process that reads a file",
    "talk": "File too large",
}


@pytest.mark.parametrize("do", ENDS)
def test_a_child_that_misbehaves_is_ended(tmp_path: Path, do: str) -> None:
    """Whatever a child does, it ends by itself and the person reads why."""
    assert ENDS[do] in str(outcome(tmp_path, do))


def test_a_child_that_waits_is_ended(tmp_path: Path) -> None:
    """A child that does nothing is ended after its time by the clock."""
    slow = Limits(wall_seconds=2)
    assert "took longer than 2 seconds" in str(outcome(tmp_path, "sleep", slow))


def test_no_secret_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child's environment holds nothing that it does not need."""
    monkeypatch.setenv("PLUMBLINE_PASSWORD", "hush")
    seen = outcome(tmp_path, "environment", Limits()).message.split()
    assert set(seen) <= {*PASSED_ON, *SET, "LC_CTYPE"}


def test_the_child_gives_way_to_the_server(tmp_path: Path) -> None:
    """It runs at a lower priority than whoever started it."""
    assert int(outcome(tmp_path, "look", Limits()).remedy) == min(19, os.nice(0) + 5)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may take the network away from a process of its own")
def test_the_child_has_no_network(tmp_path: Path) -> None:
    """From inside only the loopback device is to be seen, and it is down."""
    assert outcome(tmp_path, "look", Limits()).message in ("lo", "")


def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    """When whoever started it is killed, no reader stays behind."""
    code = (
        "import sys, time; from loaders import process; from loaders.job import Job;"
        "from loaders.format import Options;"
        "job = Job('x', sys.argv[1], None, Options(values={'do': 'sleep'}), 'UTC');"
        "child = process.start(job, 'tests.loaders.misbehaviour'); print(child.pid, flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[2]
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=root, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    stat = Path(f"/proc/{pid}/cmdline")
    until(lambda: asleep(pid))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not stat.exists() or not stat.read_bytes())


def asleep(pid: int) -> bool:
    """Whether a process waits, and so has set its limits."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


def until(holds: Callable[[], bool]) -> None:
    """Wait for something, at most half a minute."""
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to hold")


def test_seconds_grow_with_the_file() -> None:
    """What a file may compute follows its size: a small one has little, and a large one enough."""
    limits = Limits()
    assert limits.seconds(0) == 12
    assert limits.seconds(300_000_000) == 312


# the database within --------------------------------------------------------------------------------------------------
def test_the_database_within_reaches_nothing_else(tmp_path: Path) -> None:
    """It cannot read another file, load an extension, or undo either rule."""
    (tmp_path / "x").touch()
    job = Job(str(tmp_path / "x"), str(tmp_path), None, Options(), "UTC")
    connection = child.connect(job, "UTC")
    for forbidden in ("SELECT * FROM read_text('/etc/passwd')", "LOAD httpfs", "INSTALL excel",
                      "SET enable_external_access = true", "COPY (SELECT 1) TO '../out.csv'",
                      "ATTACH '../other.duckdb'"):  # fmt: skip
        with pytest.raises(Exception, match=r"(?i)permission|disabled|configuration|not found|prohibited"):
            connection.execute(forbidden)


# files that hold more than they seem to -------------------------------------------------------------------------------
def repeated(path: Path) -> None:
    """A small Parquet whose one text of a megabyte stands in every one of 30,000 rows."""
    rows = 30_000
    place = pa.array([0] * rows, pa.int32())
    texts = {"occurred_at": "2026-03-01", "error_type": "x" * 1_000_000}
    columns = {name: pa.DictionaryArray.from_arrays(place, pa.array([text])) for name, text in texts.items()}
    pq.write_table(pa.table({"interaction_id": pa.array(range(rows)), **columns}), path, compression="zstd")


def many(shape: str, count: int = 1_000_000) -> str:
    """A shape for each of many numbers, with commas between."""
    return ",".join(shape.replace("N", str(number)) for number in range(count))


LEAST = '"interaction_id":"i","occurred_at":"2026-03-01"'
TEXTS = {
    "columns": ("interaction_id,occurred_at," + many("cN") + "\n", r"columns or more; up to 5,000"),
    "keys": ("{" + LEAST + "," + many('"cN":1') + "}\n", "not recognised"),
    "long line": ('interaction_id,occurred_at\ni1,2026-03-01\ni2,"' + "z" * (40 << 20) + '"\n', "is longer than 16 MB"),
    "one object": ("{" + LEAST + ',"x":{' + many('"cN":N', 1_500_000) + "}}", "not recognised"),
    "nested": ("{" + LEAST + '}\n{"x":' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
}
BOMBS: dict[str, tuple[Callable[[Path], object], str]] = {
    "parquet": (repeated, "more computing than|more memory than"),
    **{name: (lambda path, text=text: path.write_text(text), said) for name, (text, said) in TEXTS.items()},
}


@pytest.mark.parametrize("case", BOMBS)
def test_a_bomb_is_refused(store: Warehouse, tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each ends with a sentence; no table changes, and nothing is left in the folders."""
    make, said = BOMBS[case]
    make(tmp_path / "bomb")
    if case == "parquet":  # it takes all that it is given
        monkeypatch.setattr("loaders.ingest.Job", partial(Job, limits=Limits(cpu_seconds=6)))
    version = store.value("SELECT max(version) AS v FROM data_versions")
    told = load(store, tmp_path / "bomb", who="t")
    assert told.status == "refused"
    assert re.search(said, told.messages[0]), told.messages
    assert store.value("SELECT max(version) AS v FROM data_versions") == version
    assert [entry for name in ("staging", "uploads") for entry in (store.side / name).iterdir()] == []


def test_128_levels_of_json_are_read(store: Warehouse, tmp_path: Path) -> None:
    """A value nested 128 deep is data like another: the column is not of the contract and is left out."""
    text = '{"interaction_id":"i","occurred_at":"2026-03-01","x":' + "[" * 128 + "]" * 128 + "}\n"
    (tmp_path / "deep").write_text(text)
    assert load(store, tmp_path / "deep", who="t").accepted == 1


def test_damaged_parquet_ends_in_a_sentence(tmp_path: Path) -> None:
    """Bytes changed anywhere in a Parquet file are refused in words of a person, or leave the rows as they were."""
    rows = [least("interactions", interaction_id=f"i{n}", session_id=f"s{n % 7}") for n in range(200)]
    whole = tmp_path / "whole"
    pq.write_table(pa.Table.from_pylist(rows), whole)
    content = whole.read_bytes()
    refused = 0
    for number in range(5):
        spoiled = bytearray(content)
        place = (number * 7_919 + 2_000) % len(content)
        spoiled[place : place + 9] = bytes(255 - byte for byte in spoiled[place : place + 9])
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "x").write_bytes(spoiled)
        job = Job(str(tmp_path / str(number) / "x"), str(tmp_path / str(number)), "canonical", Options(), "UTC")
        running = process.start(job)
        try:
            parsed = process.finish(running, job)
            assert parsed.rows_read >= 0
        except Refused as refusal:
            refused += 1
            if "Error" in refusal.message or "Exception" in refusal.message or "Traceback" in refusal.message:
                raise
        finally:
            process.end(running)
    assert refused > 1


def test_a_header_of_many_columns_is_still_a_header(tmp_path: Path) -> None:
    """Five thousand columns are read; the bound is for what is no table."""
    (tmp_path / "x").write_text(csv_text([{f"c{n}": n for n in range(5_000)}]))
    assert len(read_head(tmp_path / "x").columns) == 5_000


def test_limits_stand_before_anything_is_read(tmp_path: Path) -> None:
    """The parent's own limits are not touched by a child's."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    outcome(tmp_path, "environment", Limits())
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert signal.getsignal(signal.SIGXCPU) == signal.SIG_DFL
