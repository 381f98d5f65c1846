import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from loaders import errands, inbox
from loaders.errand import Answer, Errand, do
from loaders.errands import ask
from loaders.format import Options, Refused
from loaders.inbox import dropped, entries, is_served, put, send, withdraw
from loaders.inbox_keeper import Keeper
from loaders.ingest import Outcome
from loaders.order import Order
from loaders.stated import Stated
from tests.loaders import foreign
from tests.loaders.files import csv_text, least, published, write_csv

ROOT = Path(__file__).parents[2]
ORDER = Order("ann", "usage.csv", None, Options(product="chat", values={"mode": "assist"}))
ROWS = [least("interactions", interaction_id=f"i{number}") for number in range(3)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "usage.csv", ROWS)


@pytest.fixture
def kept(store: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    """A warehouse whose inbox is looked after."""
    monkeypatch.setattr(inbox, "BEAT", 0.1)
    keeper = Keeper(store).start()
    yield store
    keeper.stop()


def test_an_order_is_kept_as_it_was_given() -> None:
    """What was said about a file comes back from the folder unchanged; anything else is no order."""
    stated = Stated(("Anfrage-ID=interaction_id",), ("outcome:gut=confirmed",), decimal_comma=True, save="Portal")
    for order in (ORDER, replace(ORDER, stated=stated), replace(ORDER, profile=foreign.profile("Portal"))):
        assert Order.read(order.dump()) == order
    for text in ("{", "{}", '{"who": "a", "name": "b", "options": {"x": 1}}', "[]"):
        with pytest.raises(ValueError):  # noqa: PT011
            Order.read(text)


def test_a_file_is_put_whole(store: Warehouse, file: Path) -> None:
    """An entry holds the file and its order, is seen only when both are there, and the person keeps the file."""
    folder = put(store.side, file, ORDER)
    (entry,) = entries(store.side)
    assert (entry.folder, entry.order, entry.state, entry.outcome) == (folder, ORDER, "waiting", None)
    assert entry.file.read_bytes() == file.read_bytes()
    (folder.parent / ".half").mkdir()
    (folder.parent / "foreign").mkdir()
    assert len(entries(store.side)) == 1


def test_what_cannot_be_put(store: Warehouse, tmp_path: Path) -> None:
    """A file that is not there is refused at once and leaves nothing."""
    with pytest.raises(Refused, match="There is no file"):
        put(store.side, tmp_path / "missing", ORDER)
    assert list(inbox.inbox_of(store.side).iterdir()) == []


def test_files_copied_by_hand_are_listed(store: Warehouse, tmp_path: Path) -> None:
    """Whole files are listed by name; hidden ones, parts of a copy, folders, pipes and links are not."""
    folder = inbox.inbox_of(store.side)
    for name in ("b.csv", "a.jsonl", ".hidden", "c.csv.part", "d.tmp"):
        (folder / name).write_text("x")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "link").symlink_to(tmp_path)
    assert [(file.name, file.size) for file in dropped(store.side)] == [("a.jsonl", 1), ("b.csv", 1)]


def test_an_entry_is_withdrawn_before_it_is_begun(store: Warehouse, file: Path) -> None:
    """What waits can be taken back; what is worked on or done cannot."""
    folder = put(store.side, file, ORDER)
    assert withdraw(folder)
    assert entries(store.side) == []
    folder = put(store.side, file, ORDER)
    inbox.note(folder, "reading")
    assert not withdraw(folder)
    folder = put(store.side, file, ORDER)
    inbox.finish(folder, Outcome(file="x", messages=["no"]))
    assert not withdraw(folder)


def test_the_server_loads_what_was_put(kept: Warehouse, file: Path) -> None:
    """An order is carried out as it was given, and whoever sent it has the outcome of a load of their own."""
    outcome = send(kept.side, file, ORDER)
    assert (outcome.status, outcome.file, outcome.accepted) == ("published", "usage.csv", 3)
    assert kept.rows("SELECT loaded_by, file_name FROM loads") == [{"loaded_by": "ann", "file_name": "usage.csv"}]
    assert kept.rows("SELECT DISTINCT product_id, mode FROM interactions") == [{"product_id": "chat", "mode": "assist"}]
    assert entries(kept.side) == []
    again = send(kept.side, file, ORDER)
    assert (again.status, again.messages[0][:14]) == ("refused", "Already loaded")
    dry = send(kept.side, file, Order("ann", "x", options=Options(product="other"), dry_run=True))
    assert (dry.status, kept.value("SELECT count(*) AS n FROM loads")) == ("preview", 1)


def test_a_mapping_goes_with_the_file(kept: Warehouse, tmp_path: Path) -> None:
    """What a command says of foreign columns is carried out by the server: mapped, saved, then read by its name; what
    cannot be is refused with the words of a command of one's own.
    """
    path = foreign.write(tmp_path / "a.csv", 20)
    said = Stated(foreign.MAP, foreign.WORDS, day_order="dmy", decimal_comma=True, save="Portal")
    order = Order("ann", "a.csv", options=Options(timezone="Europe/Berlin"), stated=said)
    first = send(kept.side, path, order)
    assert (first.status, first.accepted) == ("published", 20), first.messages
    assert 'profile "Portal"' in first.messages[-1]
    assert kept.rows("SELECT name, saved_by FROM profiles") == [{"name": "Portal", "saved_by": "ann"}]
    assert kept.value("SELECT count(*) AS n FROM interactions WHERE outcome = 'confirmed'") == 13
    more = foreign.write(tmp_path / "b.csv", 25)
    again = send(kept.side, more, replace(order, stated=Stated(profile="Portal")))
    assert (again.status, again.accepted, again.duplicates) == ("published", 5, 20)
    for wrong, words in (
        (Stated(profile="Protal"), "Did you mean 'Portal'"), (Stated(decimal_comma=True), "--map"),
        (replace(said, maps=("Anfrage-ID=interaction_idd",)), "Did you mean 'interaction_id'"),
        (Stated(maps=("a",), profile="Portal"), "Take one of them"),
    ):  # fmt: skip
        refused = send(kept.side, more, replace(order, stated=wrong))
        assert (refused.status, words in refused.messages[0]) == ("refused", True), refused.messages


def test_one_bad_file_does_not_stop_the_others(kept: Warehouse, tmp_path: Path, file: Path) -> None:
    """A refused file, and one that vanished, end with a sentence; the next one is loaded."""
    (tmp_path / "bad").write_text("Dear all,\n")
    bad = put(kept.side, tmp_path / "bad", ORDER)
    gone = put(kept.side, file, ORDER)
    (gone / "file").unlink()
    assert send(kept.side, file, ORDER).status == "published"
    ends = {entry.folder: entry.outcome for entry in entries(kept.side)}
    assert [ends[folder].status for folder in (bad, gone) if ends[folder]] == ["refused", "refused"]  # type: ignore[union-attr]


def test_an_entry_of_a_server_that_died_is_taken_again(store: Warehouse, file: Path) -> None:
    """What was being read when the server ended is loaded by the next one."""
    folder = put(store.side, file, ORDER)
    inbox.note(folder, "reading")
    keeper = Keeper(store).start()
    until(lambda: entries(store.side)[0].state == "done")
    keeper.stop()
    assert store.value("SELECT count(*) AS n FROM loads") == 1
    assert not (folder / "file").exists()


def test_who_waits_is_told_when_the_server_goes(store: Warehouse, file: Path) -> None:
    """Without a server there is nothing to wait for: the file is taken back, and the person told."""
    outcome = send(store.side, file, ORDER)
    assert (outcome.status, "went away" in outcome.messages[0]) == ("refused", True)
    assert entries(store.side) == []


def test_a_keeper_ends_with_its_warehouse(store: Warehouse) -> None:
    """When the warehouse is closed, its inbox is not looked after any more."""
    keeper = Keeper(store).start()
    assert is_served(store.side)
    store.close()
    keeper.stop()
    assert not is_served(store.side)


def test_old_entries_are_forgotten(store: Warehouse, file: Path) -> None:
    """What ended a week ago goes, and drafts of commands that died; what waits stays."""
    done, waits = put(store.side, file, ORDER), put(store.side, file, ORDER)
    inbox.finish(done, Outcome(file="x", messages=["no"]))
    (waits.parent / ".draft").mkdir()
    for folder in (done, waits, waits.parent / ".draft"):
        os.utime(folder, (0, 0))
    inbox.clear(store.side)
    assert [path.name for path in inbox.inbox_of(store.side).iterdir()] == [waits.name]


def test_a_command_beside_a_server(store: Warehouse, file: Path, tmp_path: Path) -> None:
    """While this process has the warehouse, the command's file goes through its inbox: same words, same exit codes."""
    (tmp_path / "bad.csv").write_text(csv_text([{"name": "Ann", "age": 5}]))
    command = [sys.executable, "-m", "loaders", "load", "--json", "--product", "chat", "--warehouse", str(store.path)]
    held = subprocess.run([*command, file], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (held.returncode, "in use by" in held.stderr) == (1, True)  # nobody looks after the inbox
    assert "in use by" in json.loads(held.stdout)[0]["messages"][0]
    keeper = Keeper(store).start()
    done = subprocess.run([*command, file, tmp_path / "bad.csv"], cwd=ROOT, capture_output=True, text=True, check=False)
    portal = foreign.write(tmp_path / "portal.csv", 4)
    said = [each for text in foreign.MAP for each in ("--map", text)]
    said += [each for text in foreign.WORDS for each in ("--word", text)]
    mapped = subprocess.run(
        [*command[:5], *command[-2:], portal, *said, "--day-order", "dmy", "--decimal-comma"], cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    (load,) = json.loads(mapped.stdout)
    undone = subprocess.run(
        [*command[:3], "undo", load["load_id"], *command[-2:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    keeper.stop()
    assert (undone.returncode, undone.stdout) == (0, "Taken back: 4 rows of interactions.\n")
    assert (mapped.returncode, json.loads(mapped.stdout)[0]["accepted"]) == (0, 4)
    good, bad = json.loads(done.stdout)
    assert (done.returncode, good["status"], good["accepted"], bad["status"]) == (1, "published", 3, "refused")
    assert "goes through" in done.stderr or "go through" in done.stderr
    assert store.value("SELECT count(*) AS n FROM interactions") == 3


def test_errands_are_done_by_the_server(kept: Warehouse, file: Path) -> None:
    """Undo, redo, a mapping and the lists come out as a command of one's own has them, signed by who asked; a refusal
    has the same words.
    """
    load = str(send(kept.side, file, ORDER).load_id)
    assert ask(kept.side, Errand("bea", "unmapped")).found[0]["value"] == "chat"
    assert ask(kept.side, Errand("bea", "undo", (load,))) == Answer({"interactions": 3})
    assert kept.value("SELECT count(*) AS n FROM interactions") == 0
    assert kept.value("SELECT who AS n FROM audit WHERE what = 'undo'") == "bea"
    for errand in (Errand("bea", "undo", (load,)), Errand("bea", "redo", ("none",)), Errand("bea", "map", ("x",))):
        answer = ask(kept.side, errand)
        assert answer.refused
        assert answer == do(kept, errand)
    assert ask(kept.side, Errand("bea", "redo", (load,))).changed == {"interactions": 3}
    rule = Errand("bea", "map", ("product_id=chat:talk",), new=True)
    assert ask(kept.side, rule).changed == {"rules": 1, "rows": 3}
    assert kept.rows("SELECT DISTINCT product_id FROM interactions") == [{"product_id": "talk"}]
    (told,) = ask(kept.side, Errand("bea", "list")).found
    assert (told["load_id"], told["status"], told["loaded_by"]) == (load, "published", "ann")
    assert list(errands.folder_of(kept.side).iterdir()) == []


def test_an_errand_is_done_once_or_not_at_all(store: Warehouse, file: Path) -> None:
    """Without a server it is taken back; what one has begun is not begun again; what is none of ours stays where it is;
    old ones are forgotten.
    """
    folder = errands.folder_of(store.side)
    published(store, file, "one")
    alone = ask(store.side, Errand("bea", "undo", ("one",)))
    assert "nothing has changed" in alone.refused
    assert list(folder.iterdir()) == []
    (folder / "begun.taken").write_text(Errand("bea", "undo", ("one",)).dump())
    for name, text in (("a", "{"), ("b", '{"who": "x", "verb": "drop", "about": []}'), ("c", '{"verb": "undo"}')):
        (folder / f"{name}.json").write_text(text)
    errands.serve(store)
    assert sorted(path.name for path in folder.iterdir()) == ["a.json", "b.json", "begun.taken", "c.json"]
    assert store.value("SELECT count(*) AS n FROM interactions") == 3
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    errands.clear(store.side)
    assert list(folder.iterdir()) == []


def until(holds: object) -> None:
    """Wait for something, at most a minute."""
    for _ in range(600):
        if callable(holds) and holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to hold")
