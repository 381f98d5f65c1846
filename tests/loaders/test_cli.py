"""`python -m loaders` as a person runs it: what it prints, what it changes, and how it ends."""

import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from loaders.__main__ import main
from tests.conftest import NOON
from tests.loaders import foreign
from tests.loaders.files import least, write_csv

ROOT = Path(__file__).parents[2]
KEYS = [
    "file", "load_id", "format", "confidence", "status", "rows_read", "accepted", "duplicates", "quarantined", "blank",
    "ignored", "ignored_reasons", "superseded", "unmapped", "written", "totals", "period", "seconds", "messages",
]  # fmt: skip
Answer = subprocess.CompletedProcess[str]
Command = Callable[..., Answer]


def run(*arguments: object, warehouse: Path | None, cwd: Path) -> Answer:
    """One command in a process of its own, in a folder that is not the project's."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PLUMBLINE_WAREHOUSE", None)
    if warehouse:
        environment["PLUMBLINE_WAREHOUSE"] = str(warehouse)
    command = [sys.executable, "-m", "loaders", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=cwd, timeout=120)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """An empty warehouse that nobody holds open."""
    Warehouse.create(tmp_path / "w.duckdb", clock=lambda: NOON).close()
    return tmp_path / "w.duckdb"


@pytest.fixture
def shell(closed: Path, tmp_path: Path) -> Command:
    """Runs a command on the warehouse and makes sure that no traceback reaches the person."""

    def ask(*arguments: object, warehouse: Path | None = closed) -> Answer:
        answer = run(*arguments, warehouse=warehouse, cwd=tmp_path)
        assert "Traceback" not in answer.stderr + answer.stdout
        return answer

    return ask


@pytest.fixture
def command(closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The same without a process of its own, which costs a second."""

    def ask(*arguments: object, warehouse: Path | None = closed) -> Answer:
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("PLUMBLINE_WAREHOUSE", raising=False)
        if warehouse:
            monkeypatch.setenv("PLUMBLINE_WAREHOUSE", str(warehouse))
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
            try:
                code = main([str(argument) for argument in arguments])
            except SystemExit as end:
                code = int(str(end.code or 0))
        return Answer(arguments, code, out.getvalue(), err.getvalue())

    return ask


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Four interactions of two products, one row of them wrong."""
    rows = [least("interactions", interaction_id=f"i{n}", product_id=f"p{n % 2}", user_id=f"u{n}") for n in range(3)]
    return write_csv(tmp_path / "export.csv", [*rows, {**rows[0], "interaction_id": "i9", "occurred_at": "never"}])


@pytest.fixture
def held(closed: Path) -> Iterator[Path]:
    """A warehouse that this process holds open."""
    store = Warehouse.open(closed)
    yield closed
    store.close()


def test_the_life_of_a_load(shell: Command, export: Path) -> None:
    """Load, list, show, quarantine, undo, redo: each says in JSON what it did, and ends with 0 or 1."""
    loaded = shell("load", export, "--json")
    assert loaded.returncode == 0
    (outcome,) = json.loads(loaded.stdout)
    assert list(outcome) == KEYS
    assert (outcome["file"], outcome["format"], outcome["status"]) == ("export.csv", "canonical", "published")
    parts = ("accepted", "duplicates", "quarantined", "blank", "ignored")
    assert outcome["rows_read"] == sum(outcome[part] for part in parts) == 4
    assert (outcome["accepted"], outcome["quarantined"], outcome["unmapped"]) == (3, 1, 3)
    assert outcome["written"] == {"interactions": 3}
    assert outcome["totals"]["distinct_users"] == 3
    assert outcome["period"] == ["2026-03-01 06:30:00.25"] * 2
    load_id = outcome["load_id"]

    again = shell("load", export, "--json")
    (refused,) = json.loads(again.stdout)
    assert (again.returncode, list(refused), refused["status"]) == (1, KEYS, "refused")
    assert f"Already loaded as {load_id}" in refused["messages"][0]

    (listed,) = json.loads(shell("list", "--json").stdout)
    assert (listed["load_id"], listed["status"], listed["accepted"]) == (load_id, "published", 3)
    (shown,) = json.loads(shell("show", load_id, "--json").stdout)
    assert shown["sha256"]
    (wrong,) = json.loads(shell("quarantine", load_id, "--json").stdout)
    assert (wrong["line"], wrong["column_name"], wrong["value"]) == (5, "occurred_at", "never")

    undone = shell("undo", load_id, "--json")
    assert (undone.returncode, json.loads(undone.stdout)) == (0, {"load_id": load_id, "rows": {"interactions": 3}})
    twice = shell("undo", load_id)
    assert (twice.returncode, twice.stdout) == (1, "")
    assert "there is nothing to undo" in twice.stderr
    assert shell("redo", load_id).stdout == "Put in again: 3 rows of interactions.\n"


def test_mapping_at_the_command_line(command: Command, export: Path) -> None:
    """What waits is listed; a rule to an unknown product is refused, with --new it is made, and the inbox shrinks."""
    command("load", export)
    waiting = json.loads(command("unmapped", "--json").stdout)
    assert [(row["value"], row["records"]) for row in waiting] == [("p0", 2), ("p1", 1)]
    refused = command("map", "product_id=p0:chat")
    assert refused.returncode == 1
    assert 'no product "chat"' in refused.stderr
    mapped = command("map", "product_id=p0:chat", "--new", "--json")
    assert (mapped.returncode, json.loads(mapped.stdout)) == (0, {"rules": 1, "rows": 2})
    assert [row["value"] for row in json.loads(command("unmapped", "--json").stdout)] == ["p1"]
    assert command("map", "product_id~=(:chat").returncode == 1


def test_new_products_of_a_load(command: Command, tmp_path: Path) -> None:
    """--new registers what the file names; what it leaves unnamed, or names as no id can be, still waits."""
    rows = [least("interactions", interaction_id=f"i{n}", product_id=name) for n, name in enumerate(["a", "a", ""])]
    (first,) = json.loads(command("load", write_csv(tmp_path / "a.csv", rows), "--new", "--json").stdout)
    assert first["unmapped"] == 1
    (second,) = json.loads(command("load", write_csv(tmp_path / "b.csv", rows[:1]), "--new", "--json").stdout)
    assert (second["unmapped"], second["duplicates"]) == (0, 1)
    odd = write_csv(tmp_path / "c.csv", [least("interactions", interaction_id="x", product_id="a:b")])
    answer = command("load", odd, "--new", "--json")
    (third,) = json.loads(answer.stdout)
    assert (answer.returncode, third["status"], third["unmapped"]) == (0, "published", 1)
    assert "cannot be the id of a product" in str(third["messages"])


def test_several_files_and_folders(command: Command, tmp_path: Path) -> None:
    """A folder stands for the files in it; one refused file among good ones ends with 1 and the good ones are in."""
    folder = tmp_path / "exports"
    folder.mkdir()
    for n in range(2):
        write_csv(folder / f"{n}.csv", [least("interactions", interaction_id=f"i{n}")])
    (folder / "notes.txt").write_text("nothing of use")
    answer = command("load", folder, tmp_path / "missing.csv", "--json")
    assert answer.returncode == 1
    outcomes = json.loads(answer.stdout)
    assert [outcome["status"] for outcome in outcomes] == ["published", "published", "refused", "refused"]
    assert "not recognised" in outcomes[2]["messages"][0]
    assert "There is no file" in outcomes[3]["messages"][0]


def test_a_dry_run_in_words(command: Command, export: Path) -> None:
    """Without --json it is told in sentences; with --dry-run nothing is listed afterwards."""
    answer = command(
        "load", export, "--dry-run", "--product", "chat", "--timezone", "Europe/Berlin", "--set", "mode=assist"
    )
    assert answer.returncode == 0
    assert "export.csv: would load (canonical, " in answer.stdout
    assert "4 records = 3 accepted + 0 duplicates + 1 quarantined + 0 blank + 0 ignored" in answer.stdout
    assert command("list").stdout == "Nothing.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["load"], "usage:"),
        (["lod", "x"], "invalid choice"),
        (["load", "x", "--set", "mode"], "answers nothing"),
        (["load", "x", "--set", "mod=assist"], "Did you mean 'mode'?"),
        (["load", "x", "--timezone", "Europe/Berln"], "Did you mean 'Europe/Berlin'?"),
        (["load", "x", "--format", "canonnical"], "Did you mean 'canonical'?"),
        ([], "usage:"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: list[str], said: str) -> None:
    """What was typed wrongly ends with 2 and the nearest right word, before any warehouse is looked for."""
    answer = run(*arguments, warehouse=None, cwd=tmp_path)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_formats(tmp_path: Path) -> None:
    """The formats are listed without a warehouse, with what each fills and lacks."""
    answer = run("formats", "--json", warehouse=None, cwd=tmp_path)
    assert answer.returncode == 0
    assert {"canonical", "otlp_genai", "promptfoo"} <= {row["name"] for row in json.loads(answer.stdout)}


def test_a_missing_warehouse(shell: Command, export: Path, tmp_path: Path) -> None:
    """A sentence and a remedy, no file made; --warehouse wins over the environment."""
    missing = tmp_path / "none.duckdb"
    answer = shell("list", warehouse=missing)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"There is no warehouse at {missing}. Make one with python -m data init")
    assert not missing.exists()
    asked = shell("load", export, "--json", "--warehouse", missing)
    (outcome,) = json.loads(asked.stdout)
    assert (asked.returncode, list(outcome), outcome["status"]) == (1, KEYS, "refused")
    assert shell("list", "--warehouse", tmp_path / "w.duckdb", warehouse=missing).returncode == 0


def test_a_warehouse_that_another_process_holds(held: Path, shell: Command, export: Path) -> None:
    """A sentence that says who has it, and nothing is changed."""
    for arguments in (["load", export], ["list"]):
        answer = shell(*arguments)
        assert answer.returncode == 1
        assert f"{held} is in use by process {os.getpid()}" in answer.stderr
    assert Warehouse.open(held).value("SELECT count(*) AS n FROM loads") == 0


@pytest.mark.parametrize("name", ["20260101T000000000-abcdef", "'; DROP TABLE loads; --", "../../x"])
def test_an_unknown_load(command: Command, name: str) -> None:
    """Every command on a load that is not there says so."""
    for verb in ("show", "undo", "redo", "quarantine"):
        answer = command(verb, name)
        assert (answer.returncode, answer.stdout) == (1, "")
        assert f"There is no load {name}." in answer.stderr


def test_a_file_name_that_is_no_text(shell: Command, tmp_path: Path) -> None:
    """A name in bytes of another encoding is shown as well as it can be, and the file loads."""
    path = os.fsencode(tmp_path) + b"/\xfcber.csv"
    source = write_csv(tmp_path / "a.csv", [least("interactions")])
    os.rename(source, path)  # noqa: PTH104  # a Path would not show what is tested
    answer = shell("load", os.fsdecode(path), "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)[0]["accepted"] == 1


def test_a_foreign_file_is_mapped_saved_and_known_from_then_on(command: Command, tmp_path: Path) -> None:
    """The proposal of `columns`, run as it is printed, loads the file; saved, the next file needs nothing said."""
    path = foreign.write(tmp_path / "anfragen.csv", 20)
    asked = command("columns", path, "--json")
    assert {row["column"]: row["may be"] for row in json.loads(asked.stdout)} == {
        **{theirs: ours for ours, theirs in foreign.profile().columns.items()}, "Kommentar": "",
    }  # fmt: skip
    proposal = shlex.split(asked.stderr.partition("python -m loaders ")[2])
    outcome = json.loads(
        command(*proposal, "--timezone", "Europe/Berlin", "--save-profile", "Portal", "--json").stdout
    )[0]
    assert (outcome["status"], outcome["accepted"], outcome["format"]) == ("published", 20, "canonical")
    assert [row["name"] for row in json.loads(command("profiles", "--json").stdout)] == ["Portal"]
    again = json.loads(command("load", foreign.write(tmp_path / "next.csv", 25), "--json").stdout)[0]
    assert (again["accepted"], again["duplicates"]) == (5, 20)
    assert any('the profile "Portal"' in message for message in again["messages"])
    assert command("profiles", "--forget", "Portal").stdout == "Nothing.\n"
    named = command("load", path, "--profile", "Portal")
    assert (named.returncode, "There is no profile" in named.stdout) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--map", "Zeitstempel=occured_at"], "Did you mean 'occurred_at'"),
        (["--map", "Zeitstempl=occurred_at", "--map", "Anfrage-ID=interaction_id"], "Did you mean 'Zeitstempel'"),
        (["--map", "Zeitstempel=occurred_at"], "needs interaction_id"),
        (["--map", "Zeitstempel=occurred_at", "--map", "Anfrage-ID=interaction_id"], "--day-order dmy"),
        (["--map", "Zeitstempel"], "maps no column"),
        (["--save-profile", "x"], "says nothing without --map"),
    ],
)
def test_a_mapping_that_cannot_be_changes_nothing(
    command: Command, tmp_path: Path, arguments: list[str], said: str
) -> None:
    """What is wrong with a mapping is said, with the nearest right name; nothing is loaded."""
    answer = command("load", foreign.write(tmp_path / "a.csv", 20), *arguments)
    assert (answer.returncode, said in answer.stdout) == (1, True), answer.stdout
    assert command("list").stdout == "Nothing.\n"
