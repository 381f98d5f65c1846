"""From the door to the tables: accounted for line by line, or nothing changed and nothing left behind."""

import gzip
import io
import os
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import pytest

from data.operation import Setting
from data.registry_store import save
from data.warehouse import Warehouse
from loaders import process
from loaders.format import Options, Refused
from loaders.ingest import Outcome, load
from loaders.job import Job
from loaders.undo import redo, undo
from tests.conftest import NOON
from tests.loaders.files import WHOLE, csv_text, everything, least, tables_of, write_csv, write_jsonl, write_parquet

GOOD = [least("interactions", interaction_id=f"i{n}", user_id=f"user{n}@example.com") for n in range(5)]
HEADER = "interaction_id,occurred_at,product_id,user_id\n"


def left_behind(store: Warehouse) -> list[str]:
    """Files and folders of loads that are still in staging and uploads."""
    return [str(path) for folder in ("staging", "uploads") for path in (store.side / folder).iterdir()]


def even(outcome: Outcome) -> bool:
    """Whether every source record ended in exactly one place."""
    parts = (outcome.accepted, outcome.duplicates, outcome.quarantined, outcome.blank, outcome.ignored)
    return outcome.rows_read == sum(parts)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse with one load in it, which no refusal may change."""
    folder = tmp_path_factory.mktemp("kept")
    store = Warehouse.create(folder / "plumbline.duckdb", clock=lambda: NOON)
    assert load(store, write_csv(folder / "good.csv", GOOD), who="tester").status == "published"
    yield store
    store.close()


def refusal(store: Warehouse, path: Path, **said: object) -> str:
    """What a refused load says, after making sure that it changed nothing and left nothing."""
    before = everything(store)
    outcome = load(store, path, who="tester", **said)
    assert outcome.status == "refused"
    assert outcome.load_id is None
    assert even(outcome)
    assert everything(store) == before
    assert left_behind(store) == []
    (message,) = outcome.messages
    assert "Traceback" not in message
    return message


# accounting -----------------------------------------------------------------------------------------------------------
def test_every_record_is_accounted_for(store: Warehouse, tmp_path: Path) -> None:
    """Good, repeated, wrong, ragged and blank rows in one file: each is counted once, and the wrong ones are listed."""
    text = csv_text(GOOD) + csv_text(GOOD[:1]).splitlines()[1] + "\n\ni7,2026-03-01\ni8,yesterday,chat,u\n"
    (tmp_path / "a.csv").write_text(text)
    outcome = load(store, tmp_path / "a.csv", who="tester")
    assert (outcome.status, outcome.rows_read, outcome.accepted, outcome.duplicates) == ("published", 9, 5, 1)
    assert (outcome.quarantined, outcome.blank, outcome.ignored) == (2, 1, 0)
    assert outcome.written == {"interactions": 5}
    assert outcome.totals["interactions"] == 6
    assert outcome.totals["distinct_users"] == 5
    found = store.rows("SELECT line, column_name, code, message FROM quarantine ORDER BY line")
    assert [(row["line"], row["column_name"], row["code"]) for row in found] == [
        (9, None, "cells"), (10, "occurred_at", "not_a_moment"),
    ]  # fmt: skip
    row = store.one("SELECT * FROM loads")
    assert row is not None
    for name in ("rows_read", "accepted", "duplicates", "quarantined", "blank", "ignored", "superseded", "file_name"):
        assert row[name] == getattr(outcome, {"file_name": "file"}.get(name, name))
    assert (row["loaded_by"], row["loaded_at"], row["status"]) == ("tester", NOON, "published")
    assert left_behind(store) == []


def test_the_period_of_a_load(store: Warehouse, tmp_path: Path) -> None:
    """The first and the last moment of the file, in UTC, also with fractions of a second."""
    rows = [
        least("interactions", interaction_id="1", occurred_at="2026-03-01T00:30:00.5+03:00"),
        least("interactions", interaction_id="2", occurred_at="2026-03-04T10:00:00Z"),
    ]
    outcome = load(store, write_csv(tmp_path / "a.csv", rows), who="tester")
    assert outcome.period == ("2026-02-28 21:30:00.5", "2026-03-04 10:00:00")
    assert str(store.value("SELECT first_at FROM loads")) == "2026-02-28 21:30:00.500000"


def test_a_header_without_records(store: Warehouse, tmp_path: Path) -> None:
    """A file that holds only its header is a load of no records, accounted for like any other."""
    (tmp_path / "a.csv").write_text(HEADER)
    outcome = load(store, tmp_path / "a.csv", who="tester")
    assert (outcome.status, outcome.rows_read) == ("published", 0)
    assert even(outcome)


def test_a_dry_run(store: Warehouse, tmp_path: Path) -> None:
    """It changes nothing, not even the version of the data, and tells the same as the load after it."""
    path = write_csv(tmp_path / "a.csv", [*GOOD, GOOD[0], {**GOOD[1], "occurred_at": "never"}])
    before, version = everything(store), store.data_version()
    preview = load(store, path, who="tester", dry_run=True)
    assert (preview.status, preview.load_id) == ("preview", None)
    assert (everything(store), store.data_version()) == (before, version)
    assert left_behind(store) == []
    outcome = load(store, path, who="tester")
    told = {"status", "load_id", "seconds", "messages"}
    for field in fields(Outcome):
        if field.name not in told:
            assert getattr(outcome, field.name) == getattr(preview, field.name), field.name


# the same again -------------------------------------------------------------------------------------------------------
def test_the_same_file_is_one_load(store: Warehouse, tmp_path: Path) -> None:
    """Under its own name, another one or as x.bin, by anybody: already loaded, and nothing changes; undone it loads."""
    path = write_csv(tmp_path / "a.csv", GOOD)
    first = load(store, path, who="ann")
    for name in ("a.csv", "b.CSV", "x.bin", "noextension"):
        again = tmp_path / name
        again.write_bytes(path.read_bytes())
        assert f"Already loaded as {first.load_id} (a.csv) by ann on 2026-10-05 12:00 UTC." in refusal(store, again)
    assert "Already loaded" in refusal(store, path, format="canonical")
    assert first.load_id is not None
    undo(store, first.load_id, "ann")
    second = load(store, path, who="bob")
    assert second.accepted == 5


def test_a_name_is_not_looked_at(store: Warehouse, tmp_path: Path) -> None:
    """Parquet named .csv and CSV named .parquet are read as what they are."""
    assert load(store, write_parquet(tmp_path / "a.csv", GOOD), who="t").accepted == 5
    assert load(store, write_csv(tmp_path / "b.parquet", GOOD), who="t").duplicates == 5
    assert load(store, write_jsonl(tmp_path / "c.xlsx", GOOD), who="t").duplicates == 5


# refused whole --------------------------------------------------------------------------------------------------------
def zipped(content: bytes) -> bytes:
    """A zip archive with one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", content)
    return buffer.getvalue()


CSV = csv_text(GOOD).encode()
REFUSED = {
    "empty": (b"", "The file is empty."),
    "only blank": (b"\xef\xbb\xbf \r\n\n", "The file is empty."),
    "pdf": (b"%PDF-1.7\n%abc", "not recognised. It is a PDF document"),
    "zip in a zip": (zipped(zipped(CSV)), "The archive holds another archive (zip)."),
    "gzip cut": (gzip.compress(CSV)[:-20], "The gzip file is damaged or cut off"),
    "utf-16 cut in a character": (CSV.decode().encode("utf-16")[:-1], "is not UTF-16 text."),
    "another alphabet": (CSV.replace(b"user", "χρήστης".encode("iso-8859-7") * 9), "not recognised."),
    "binary": (bytes(range(256)) * 50, "not recognised."),
    "prose": (b"Dear all,\nplease find the numbers attached.\n", "not recognised."),
    "other csv": (b"name,age\nAnn,5\n", "Closest: canonical (for "),
    "other json": (b'{"name": "Ann"}\n', "not recognised."),
    "one column short": (b"interaction_id,when\ni1,2026-03-01\n", "(for interactions: the column occurred_at)"),
    "json cut": (b'{"interaction_id":"1","occurred_at":"2026-03-01"}\n{"interaction_id":"2","occ', "Line 2: "),
    "json with a comma too many": (
        b'{"interaction_id":"1","occurred_at":"2026-03-01"}\n{"interaction_id":"2",}\n', "Line 2: "),
    "json with NaN": (
        b'{"interaction_id":"1","occurred_at":"2026-03-01"}\n\n{"interaction_id":"2","score":NaN}\n', "Line 3: "),
    "array not closed": (b'[{"interaction_id":"1","occurred_at":"2026-03-01"},\n', "not closed: the file ends at line"),
    "two encodings": (
        CSV.replace(b"user3", b"us\xe9r3").replace(b"user1", "usér1".encode()), "Line 5: byte 0xE9 is not UTF-8 text."),
    "name twice": (HEADER.strip().encode() + b",User_ID\n", 'The column "user_id" stands twice'),
    "parquet cut": (b"PAR1" + b"\0" * 100, "Parquet file cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_refused_whole(kept: Warehouse, tmp_path: Path, case: str) -> None:
    """Each gets a sentence about what it is and what to do; no table changes and no file stays."""
    content, said = REFUSED[case]
    (tmp_path / "a.bin").write_bytes(content)
    assert said in refusal(kept, tmp_path / "a.bin")


def test_a_parquet_file_with_a_damaged_page(kept: Warehouse, tmp_path: Path) -> None:
    """A whole footer over broken data: a sentence, and nothing of it loaded."""
    rows = [{**row, "session_id": f"session {n} of many"} for n, row in enumerate(GOOD * 50)]
    content = bytearray(write_parquet(tmp_path / "a.parquet", rows).read_bytes())
    content[100:2_000] = b"\xff" * 1_900
    (tmp_path / "b.parquet").write_bytes(content)
    assert "damaged" in refusal(kept, tmp_path / "b.parquet")


def test_what_is_no_file(kept: Warehouse, tmp_path: Path) -> None:
    """A path to nothing, to a folder, or to a pipe: a sentence."""
    assert "There is no file" in refusal(kept, tmp_path / "missing.csv")
    assert "is a folder" in refusal(kept, tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "There is no file" in refusal(kept, tmp_path / "pipe")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"format": "canonnical"}, "There is no format \"canonnical\". Did you mean 'canonical'?"),
        ({"options": Options(timezone="Mars/Phobos")}, '"Mars/Phobos" is not a time zone.'),
        ({"options": Options(timezone="'; DROP TABLE loads; --")}, "is not a time zone."),
        ({"options": Options(values={"mode": "asist"})}, "Nearest valid value: assist."),
        ({"options": Options(product="x" * 5_000)}, "expected text of at most"),
    ],
)
def test_what_the_person_said_wrongly(kept: Warehouse, tmp_path: Path, said: dict[str, object], message: str) -> None:
    """A format, a zone or a value that cannot be: refused before anything is read, with the nearest right one."""
    path = write_csv(tmp_path / "a.csv", [*GOOD, least("interactions", interaction_id="new")])
    assert message in refusal(kept, path, **said)


def test_a_named_format_that_the_file_is_not(kept: Warehouse, tmp_path: Path) -> None:
    """Naming the format does not make a PDF a table."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    assert "No table has these columns." in refusal(kept, tmp_path / "a.pdf", format="canonical")


# what goes wrong meanwhile --------------------------------------------------------------------------------------------
def test_a_file_that_changes_while_it_is_read(kept: Warehouse, tmp_path: Path) -> None:
    """A file still being written is refused; complete, it loads."""
    path = write_csv(tmp_path / "a.csv", [least("interactions", interaction_id="growing")])

    def write_on(step: str) -> None:
        with path.open("a") as file:
            file.write("grown,2026-03-01,chat\n")

    assert "The file changed while it was read." in refusal(kept, path, progress=write_on)


def children(of: str = "self") -> set[int]:
    """The processes that a process has started, by their ids."""
    found: set[int] = set()
    for task in Path(f"/proc/{of}/task").iterdir():
        with suppress(OSError):  # it ended meanwhile
            found |= set(map(int, (task / "children").read_text().split()))
    return found


def forkserver() -> int:
    """The process whose forks read files for this one."""
    return next(child for child in children() if b"loaders.forkserver" in Path(f"/proc/{child}/cmdline").read_bytes())


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc to find the child")
def test_a_child_that_is_killed(kept: Warehouse, tmp_path: Path) -> None:
    """The reading process dies in the middle: the load is refused with a sentence, the warehouse goes on."""
    path = write_csv(tmp_path / "a.csv", [least("interactions", interaction_id=f"k{n}") for n in range(2_000)])
    killed: list[int] = []
    load(kept, path, who="tester", dry_run=True)

    def kill() -> None:
        for _ in range(2_000):
            for child in children(str(forkserver())):
                os.kill(child, signal.SIGKILL)
                killed.append(child)
                return
            time.sleep(0.005)

    killer = threading.Thread(target=kill)
    killer.start()
    message = refusal(kept, path)
    killer.join()
    assert killed
    assert message.startswith("Reading the file was ended by the machine")
    assert load(kept, path, who="tester", dry_run=True).status == "preview"


# hostile names and texts ----------------------------------------------------------------------------------------------
NAUGHTY = (
    "'; DROP TABLE interactions; --", 'a"b', "a''b", "$(id)", "`id`", "%s%n{0}", "../../etc/passwd", "*.csv", "[ab]?",
    "NULL", "undefined", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "\\", "Ω≈ç√∫", "田中さんにあげて", "🙂👩‍👧",
    "ﷺ", "\u202etxt", "e\u0301", "\u200b", "Z̮̞̠͙͔ͅalgo", "١٢٣", "İstanbul", "-", "true", "1e3",
)  # fmt: skip


def test_hostile_texts_are_only_texts(store: Warehouse, tmp_path: Path) -> None:
    """Products, ids, users and sessions named by people who mean harm arrive as they were, and do none."""
    rows = [
        least("interactions", interaction_id=text, product_id=text, session_id=text, user_id=text, team_id=text)
        for text in NAUGHTY
    ]
    outcome = load(store, write_csv(tmp_path / "a.csv", rows), who="'; DROP TABLE loads; --")
    assert (outcome.accepted, outcome.quarantined) == (len(NAUGHTY), 0)
    found = store.rows("SELECT interaction_id, source_product, product_id, session_id, team_id FROM interactions")
    assert sorted(tuple(row.values()) for row in found) == sorted((text,) * 5 for text in NAUGHTY)
    assert store.value("SELECT count(DISTINCT user_id) AS n FROM interactions") == len(NAUGHTY)
    assert store.value("SELECT loaded_by FROM loads") == "'; DROP TABLE loads; --"
    load_id = outcome.load_id
    assert load_id is not None
    undo(store, load_id, NAUGHTY[0])
    redo(store, load_id, NAUGHTY[1])
    assert store.value("SELECT count(*) AS n FROM interactions") == len(NAUGHTY)


@pytest.mark.parametrize(
    "name", ["*.csv", "a'b;--.csv", '"q".csv', "-rf", "$(id).csv", "new\nline.csv", "é🙂.csv", "[a-z]?.csv"]
)
def test_hostile_file_names(store: Warehouse, tmp_path: Path, name: str) -> None:
    """A file name is a name: neither a pattern that reads its neighbours nor a piece of SQL."""
    write_csv(tmp_path / "neighbour.csv", [least("interactions", interaction_id="not this one")])
    write_csv(tmp_path / name, GOOD[:2])
    outcome = load(store, tmp_path / name, who="tester")
    assert (outcome.file, outcome.accepted) == (name, 2)
    assert store.value("SELECT file_name FROM loads") == name


def test_hostile_values_and_columns(store: Warehouse, tmp_path: Path) -> None:
    """What --set, --product and a header say is never run."""
    rows = [{**row, "x'; DROP TABLE loads; --": "1", 'a"b': "2", "c\\": "3"} for row in GOOD]
    for number, write in enumerate((write_csv, write_jsonl, write_parquet)):
        said = Options(NAUGHTY[0], NAUGHTY[1], None, {"team_id": NAUGHTY[2], "topic_id": f"{number}'"})
        outcome = load(store, write(tmp_path / str(number), rows), who="tester", options=said)
        assert (outcome.status, outcome.quarantined) == ("published", 0)
        found = store.rows("SELECT DISTINCT source_product, pilot_id, team_id FROM interactions")
        assert [tuple(row.values()) for row in found] == [NAUGHTY[:3]]


# people ---------------------------------------------------------------------------------------------------------------
def texts_of(store: Warehouse) -> str:
    """Every text in every table, one after another."""
    found = []
    for table in tables_of(store):
        found += [str(value) for row in store.rows(f'SELECT * FROM "{table}"') for value in row.values()]
    return "\n".join(found)


def test_people_are_stored_as_pseudonyms_only(store: Warehouse, tmp_path: Path) -> None:
    """No raw user id stands anywhere in the database, its journal or its folders: not live, superseded or undone."""
    for table, row in WHOLE.items():
        people = {name: f"{name}.secret@example.com" for name in row if name in ("requester_id", "assignee_id")}
        first = {**row, **({"user_id": "very.secret@example.com"} if "user_id" in row else {}), **people}
        later = {**first, "version_at": "2026-06-01"}
        outcome = load(store, write_csv(tmp_path / f"{table}.csv", [first, later]), who="tester")
        assert outcome.accepted == 2
        if table == "tickets":
            undo(store, str(outcome.load_id), "tester")
    assert "secret@" not in texts_of(store)
    store.close()
    for path in [store.path, *store.side.rglob("*")]:
        if path.is_file():
            assert b"secret@example" not in path.read_bytes(), path


def test_the_quarantine_hides_people(store: Warehouse, tmp_path: Path) -> None:
    """A row refused for another cell, and one refused for its user id, do not show who it was."""
    rows = [
        least("interactions", interaction_id="1", user_id="ann.secret@example.com", occurred_at="never"),
        least("interactions", interaction_id="2", user_id="bob.secret@example.com" * 300),
        least("interactions", interaction_id="3", user_id="eve.secret\0@example.com"),
    ]
    for number, write in enumerate((write_csv, write_jsonl, write_parquet)):
        outcome = load(store, write(tmp_path / str(number), rows), who="tester")
        assert outcome.quarantined == 3
        assert ".secret" not in str(outcome.messages)
    assert ".secret" not in texts_of(store)


def test_people_by_name_where_the_setting_says_so(store: Warehouse, tmp_path: Path) -> None:
    """With pseudonymise off the ids stay as they are."""
    with store.write("setting", "tester") as tx:
        save(tx, [Setting(key="pseudonymise", value="false")], "tester")
    load(store, write_csv(tmp_path / "a.csv", GOOD), who="tester")
    found = store.rows("SELECT user_id FROM interactions ORDER BY user_id")
    assert [row["user_id"] for row in found] == [f"user{n}@example.com" for n in range(5)]


def test_a_child_that_is_dead_before_it_was_told_anything(tmp_path: Path) -> None:
    """A child that ends at birth is a refusal with a sentence, and no error of the pipe to it."""
    job = Job(str(tmp_path / "x"), str(tmp_path), None, Options(values={"a": "x" * 1_000_000}), "UTC")
    child = process.start(job, "no.such.module")
    try:
        with pytest.raises(Refused, match="could not be read to its end"):
            process.finish(child, job)
    finally:
        process.end(child)


def test_no_process_can_be_started(kept: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is full refuses the load with a sentence; when it is not any more, the next load goes on."""
    path = write_csv(tmp_path / "a.csv", [least("interactions", interaction_id="late")])
    load(kept, path, who="tester", dry_run=True)
    with monkeypatch.context() as full:
        full.setattr("loaders.forked.sys.executable", "/bin/false")
        os.kill(forkserver(), signal.SIGKILL)
        assert "No process can be started" in refusal(kept, path)
    assert load(kept, path, who="tester", dry_run=True).status == "preview"
