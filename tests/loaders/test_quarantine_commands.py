"""`python -m loaders quarantine` and `correct` as a person runs them."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from loaders.__main__ import main
from tests.conftest import NOON
from tests.loaders.files import least, write_csv

Command = Callable[..., "Answer"]


@dataclass
class Answer:
    """What a command printed and how it ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command on a warehouse that nobody holds open, in this process: each opens it and closes it again."""
    path = tmp_path / "w.duckdb"
    Warehouse.create(path, clock=lambda: NOON).close()

    def ask(*arguments: object) -> Answer:
        try:
            code = main(["--warehouse", str(path), *map(str, arguments)])
        except SystemExit as wrong_usage:
            code = int(str(wrong_usage.code))
        printed = capsys.readouterr()
        return Answer(code, printed.out, printed.err)

    return ask


@pytest.fixture
def load_id(command: Command, tmp_path: Path) -> str:
    """A load of five records, three of them wrong, one of these twice."""
    rows = [least("interactions", interaction_id=f"i{n}", user_id=f"u{n}") for n in range(5)]
    rows[1] |= {"outcome": "=sucess"}
    rows[2] |= {"outcome": "=sucess", "input_tokens": "1.5"}
    rows[4] |= {"occurred_at": "never"}
    (outcome,) = json.loads(command("load", write_csv(tmp_path / "a.csv", rows), "--json").stdout)
    assert (outcome["accepted"], outcome["quarantined"]) == (2, 3)
    return str(outcome["load_id"])


def asked(command: Command, *arguments: object) -> list[dict[str, object]]:
    """What a command answers in JSON."""
    answer = command(*arguments, "--json")
    assert answer.returncode == 0, answer.stderr
    found: list[dict[str, object]] = json.loads(answer.stdout)
    return found


def test_the_quarantine_is_filtered_and_paged(command: Command, load_id: str, tmp_path: Path) -> None:
    """By column, reason, text and record; an overview and the values; what is not there is a sentence."""
    every = asked(command, "quarantine", load_id)
    assert [(cell["record"], cell["line"], cell["column_name"]) for cell in every] == [
        (1, 3, "outcome"), (2, 4, "input_tokens"), (2, 4, "outcome"), (3, 6, "occurred_at"),
    ]  # fmt: skip
    assert len(asked(command, "quarantine", load_id, "--column", "outcome")) == 2
    assert len(asked(command, "quarantine", load_id, "--code", "fraction")) == 1
    assert len(asked(command, "quarantine", load_id, "--text", "NEVER", "--open")) == 1
    assert [cell["record"] for cell in asked(command, "quarantine", load_id, "--after", 1, "--limit", 1)] == [2, 2]
    assert asked(command, "quarantine", load_id, "--after", 3) == []
    assert [row["cells"] for row in asked(command, "quarantine", load_id, "--problems")] == [2, 1, 1]
    assert asked(command, "quarantine", load_id, "--values", "--limit", 1)[0]["records"] == 2
    table = command("quarantine", load_id, "--limit", 1)
    assert "not_in_list" in table.stdout
    assert "--after 1" in table.stderr
    wrong = command("quarantine", load_id, "--column", "outcom")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "Did you mean 'outcome'?" in wrong.stderr
    assert command("quarantine", load_id, "--limit", 0).returncode == 2
    assert command("quarantine", "nowhere").returncode == 1
    missing = command("correct", load_id, tmp_path / "none.csv")
    assert (missing.returncode, "There is no file" in missing.stderr) == (1, True)
    assert "not a correction sheet" in command("correct", load_id, tmp_path / "a.csv").stderr
    nowhere = command("quarantine", load_id, "--csv", tmp_path / "none" / "x.csv")
    assert (nowhere.returncode, "cannot be written" in nowhere.stderr) == (1, True)


def test_a_sheet_is_written_filled_and_given_back(command: Command, load_id: str, tmp_path: Path) -> None:
    """The sheet goes out safe, comes back, is rehearsed, published as a load of its own, and is taken back."""
    assert command("quarantine", load_id, "--csv", "-").stdout.count("'=sucess") == 2
    sheet = tmp_path / "sheet.csv"
    assert command("quarantine", load_id, "--csv", sheet).returncode == 0
    rows = list(csv.DictReader(sheet.open(encoding="utf-8-sig", newline="")))
    answers = {"outcome": "confirmed", "input_tokens": "2", "occurred_at": ""}
    for row in rows:
        row["corrected"] = answers[row["column"]]
        row["action"] = "" if row["corrected"] else "leave out"
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    rehearsed = command("correct", load_id, sheet, "--dry-run")
    assert "3 records = 2 accepted + 0 duplicates + 0 quarantined + 0 blank + 1 ignored" in rehearsed.stdout
    assert len(json.loads(command("list", "--json").stdout)) == 1
    answer = command("correct", load_id, sheet, "--json")
    assert answer.returncode == 0, answer.stderr
    outcome = json.loads(answer.stdout)
    assert outcome["ignored_reasons"] == {"left out by who corrected the others": 1}
    assert {cell["standing"] for cell in asked(command, "quarantine", load_id)} == {"corrected", "left out"}
    assert asked(command, "quarantine", load_id, "--open") == []
    again = command("correct", load_id, sheet)
    assert (again.returncode, again.stdout) == (1, "")
    assert "were settled by load" in again.stderr
    parent = command("undo", load_id)
    assert f"to take them back, too: undo {outcome['load_id']}" in parent.stderr
    assert command("redo", load_id).returncode == 0
    assert command("undo", outcome["load_id"]).stdout == "Taken back: 2 rows of interactions.\n"
    assert len(asked(command, "quarantine", load_id, "--open")) == 4


def test_one_answer_for_a_value(command: Command, load_id: str, tmp_path: Path) -> None:
    """A sheet of values has a line for each value, and its answer holds for every record with it."""
    sheet = tmp_path / "values.csv"
    command("quarantine", load_id, "--values", "--column", "outcome", "--csv", sheet)
    text = sheet.read_text(encoding="utf-8-sig")
    assert text.count("\n") == 2
    sheet.write_text(text.replace(",,\n", ",failed,\n"), encoding="utf-8")
    answer = command("correct", load_id, sheet)
    assert "1 records = 1 accepted" in answer.stdout
    assert "another cell of them needs an answer, too (first input_tokens on line 4)" in answer.stdout
