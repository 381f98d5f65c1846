"""How far a long reading is, and the end of it."""

import json
import threading
import time
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from loaders import inbox, process, progress
from loaders.inbox_keeper import Keeper
from loaders.ingest import load
from loaders.order import Order
from loaders.progress import Cancelled, cancelled, noting, told
from tests.loaders.files import least, write_csv
from tests.loaders.test_inbox import until


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file whose reading is looked at often enough that even it takes several looks."""
    monkeypatch.setattr(process, "EVERY", 0.005)
    return write_csv(tmp_path / "usage.csv", [least("interactions", interaction_id=f"i{n}") for n in range(3)])


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ({"records": 1200, "share": 0.25}, "reading · 1,200 records · 400 a second · 25% · about 9 s left"),
        ({"records": 0, "share": 0.5}, "reading · 500 of 1,000 lines · 167 a second · 50% · about 3 s left"),
        ({"records": 7, "share": 0.0}, "reading · 7 records · 2 a second"),
        ({"records": 0, "share": 0.0}, "reading"),
    ],
)
def test_a_note_is_told_in_words(tmp_path: Path, note: dict[str, float], words: str) -> None:
    """Records, rate, share and time left after three seconds of a file with 1,000 lines; nothing is said unknown."""
    (tmp_path / "progress").write_text(json.dumps(note))
    assert told(tmp_path, 1000, 3.0) == words


def test_half_a_note_is_no_news(tmp_path: Path) -> None:
    """Without a note, or with a broken one, the file is simply being read."""
    assert told(tmp_path, 1000, 3.0) == "reading"
    (tmp_path / "progress").write_text("{")
    assert told(tmp_path, 1000, 3.0) == "reading"


def test_the_share_is_how_far_the_reader_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database says nothing, the share is the position of whoever has the file open."""
    monkeypatch.setattr(progress, "EVERY", 0.01)
    file, folder = tmp_path / "file", tmp_path / "folder"
    folder.mkdir()
    file.write_bytes(bytes(1000))
    with file.open("rb", buffering=0) as opened:
        opened.read(250)
        with noting(folder, file, lambda: 5, lambda: -1.0):
            until((folder / "progress").exists)
        until(lambda: not any(thread.name == "progress" for thread in threading.enumerate()))  # over is over
    assert json.loads((folder / "progress").read_text()) == {"records": 5, "share": 0.25}


def test_a_reading_is_cancelled(store: Warehouse, file: Path) -> None:
    """Whoever is told the progress may end it: the child is gone, nothing is left, nothing has changed."""
    before = [store.value(f"SELECT count(*) AS n FROM {table}") for table in ("loads", "interactions")]
    heard: list[str] = []

    def stop(state: str) -> None:
        heard.append(state)
        if len(heard) > 1:
            raise cancelled()

    outcome = load(store, file, who="ann", progress=stop)
    assert outcome.status == "refused"
    assert "cancelled" in outcome.messages[0]
    assert "Nothing was changed" in outcome.messages[0]
    assert heard == ["reading", "reading"]
    assert [store.value(f"SELECT count(*) AS n FROM {table}") for table in ("loads", "interactions")] == before
    for left in ("staging", "uploads"):
        assert list((store.side / left).iterdir()) == []


def test_an_order_that_is_read_is_cancelled(store: Warehouse, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the inbox that is being read ends as refused with the sentence, and stays to be tried again."""
    monkeypatch.setattr(inbox, "BEAT", 0.05)
    folder = inbox.put(store.side, file, Order("ann", "usage.csv"))
    inbox.note(folder, "reading · 7 records")  # as the server before this one left it
    assert inbox.cancel(folder)
    with pytest.raises(Cancelled):
        inbox.note(folder, "publishing")
    keeper = Keeper(store).start()
    until(lambda: all(entry.outcome for entry in inbox.entries(store.side)))
    keeper.stop()
    (entry,) = inbox.entries(store.side)
    assert entry.outcome is not None
    assert "cancelled" in entry.outcome.messages[0]
    assert entry.file.exists()
    assert not inbox.cancel(folder)
    assert store.value("SELECT count(*) AS n FROM interactions") == 0


def test_an_order_that_waits_is_taken_out(store: Warehouse, file: Path) -> None:
    """A file that nobody has begun with is gone at once; one that is being published cannot be cancelled."""
    waiting = inbox.put(store.side, file, Order("ann", "usage.csv"))
    assert inbox.cancel(waiting)
    assert inbox.entries(store.side) == []
    late = inbox.put(store.side, file, Order("ann", "usage.csv"))
    inbox.note(late, "publishing")
    assert not inbox.cancel(late)


def test_a_child_notes_how_far_it_is(store: Warehouse, tmp_path: Path) -> None:
    """Of a file that takes long enough, records and time left are told while it is read."""
    rows = [json.dumps(least("interactions", interaction_id=f"i{n}")) for n in range(150_000)]
    file = tmp_path / "long.jsonl"
    file.write_text("\n".join(rows))
    heard: list[str] = []

    def note(state: str) -> None:
        heard.append(state)
        if "records" in state and "left" in state:
            raise cancelled()

    began = time.monotonic()
    outcome = load(store, file, who="ann", progress=note)
    assert "cancelled" in outcome.messages[0], (time.monotonic() - began, heard)
