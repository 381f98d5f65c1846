import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from data.__main__ import main
from data.warehouse import Warehouse

ROOT = Path(__file__).resolve().parents[2]
Said = pytest.CaptureFixture[str]


def python_m_data(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "data", *map(str, args)], capture_output=True, text=True, cwd=ROOT, check=False
    )


@pytest.fixture
def made(tmp_path: Path, capsys: Said) -> Path:
    """A warehouse made by the command."""
    path = tmp_path / "w.duckdb"
    assert main(["init", "--warehouse", str(path)]) == 0
    capsys.readouterr()
    return path


def test_the_commands_from_a_shell(tmp_path: Path) -> None:
    """init, check and a refusal, as a person types them: exit code, a sentence, and never a traceback."""
    path = tmp_path / "w.duckdb"
    absent = python_m_data("check", "--warehouse", path)
    assert (absent.returncode, absent.stdout) == (1, "")
    assert "python -m data init" in absent.stderr
    assert "Traceback" not in absent.stderr
    assert python_m_data("init", "--warehouse", path).returncode == 0
    again = python_m_data("init", "--warehouse", path)
    assert (again.returncode, "left as it is" in again.stderr) == (1, True)
    checked = python_m_data("check", "--warehouse", path)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "ok    user_days equals a full rebuild" in checked.stdout


@pytest.mark.parametrize("args", [[], ["dance"], ["backup"], ["check", "--colour"], ["restore"]])
def test_wrong_usage_is_two(args: list[str], capsys: Said) -> None:
    """What is no command gives exit code 2 and says how it is used."""
    assert main(args) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("command", ["init", "check", "backup", "restore", "migrate", "import", "export"])
def test_every_command_helps(command: str, capsys: Said) -> None:
    """Each command explains itself and takes --warehouse."""
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert "--warehouse FILE" in said
    assert main(["--help"]) == 0
    assert command in capsys.readouterr().out


def test_the_environment_names_the_warehouse(made: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    """Without --warehouse the commands use PLUMBLINE_WAREHOUSE."""
    monkeypatch.setenv("PLUMBLINE_WAREHOUSE", str(made))
    assert main(["check"]) == 0
    assert str(made) in capsys.readouterr().out


def test_backup_and_restore(made: Path, tmp_path: Path, capsys: Said) -> None:
    """A backup is made, restored when asked twice, and the former file is kept."""
    copy = tmp_path / "copy.duckdb"
    assert main(["backup", str(copy), "--warehouse", str(made)]) == 0
    assert main(["restore", str(copy), "--warehouse", str(made)]) == 1
    assert "--force" in capsys.readouterr().err
    assert main(["restore", str(copy), "--force", "--warehouse", str(made)]) == 0
    assert "The former warehouse is kept at" in capsys.readouterr().out
    assert main(["check", "--warehouse", str(made)]) == 0


def test_restore_without_backup(made: Path, capsys: Said) -> None:
    """A lost secret is accepted by one command, and said."""
    (Path(f"{made}.d") / "secret").unlink()
    assert main(["check", "--warehouse", str(made)]) == 1
    assert "--without-backup" in capsys.readouterr().err
    assert main(["restore", "--without-backup", "--warehouse", str(made)]) == 0
    assert "the secret" in capsys.readouterr().out
    assert main(["check", "--warehouse", str(made)]) == 0


def test_migrate_has_nothing_to_do(made: Path, capsys: Said) -> None:
    """A new warehouse is up to date."""
    assert main(["migrate", "--warehouse", str(made)]) == 0
    assert "up to date" in capsys.readouterr().out


def test_import_and_export(made: Path, tmp_path: Path, capsys: Said) -> None:
    """What is imported is exported, and a wrong file is refused with its place."""
    (tmp_path / "r.yaml").write_text("products:\n- {product_id: a, name: A}\n")
    assert main(["import", str(tmp_path / "r.yaml"), "--warehouse", str(made)]) == 0
    assert "1 in products" in capsys.readouterr().out
    assert main(["export", str(tmp_path / "out"), "--warehouse", str(made)]) == 0
    assert "a,A" in (tmp_path / "out" / "products.csv").read_text()
    (tmp_path / "r.yaml").write_text("products:\n- {product_id: a, nam: A}\n")
    assert main(["import", str(tmp_path / "r.yaml"), "--warehouse", str(made)]) == 1
    assert "line 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("INSERT INTO user_days BY NAME SELECT DATE '2026-01-01' AS day, 'a' AS product_id, 'u' AS unit_id,"
         " TRUE AS user_known, 1 AS interactions, 1 AS tasks, 0 AS tasks_confirmed, 0 AS tasks_implied,"
         " 0 AS tasks_failed, 1 AS tasks_unknown,"
         " 0 AS technical_errors, 0 AS escalation_known, 0 AS escalated_planned, 0 AS escalated_unplanned,"
         " 0 AS escalated_unplanned_1d, 0 AS uncosted", "WRONG 1 rows of user_days differ"),
        ("INSERT INTO loads BY NAME SELECT 'l7' AS load_id, 'x' AS sha256, 'f' AS file_name, 'canonical' AS format,"
         " 'published' AS status, 10 AS rows_read, 5 AS accepted, 1 AS duplicates, 1 AS quarantined, 1 AS blank,"
         " 1 AS ignored,"
         " 0 AS superseded, 'ada' AS loaded_by, TIMESTAMP '2026-01-01' AS loaded_at", "WRONG load l7 read 10 records"),
        ("INSERT INTO model_calls BY NAME SELECT 5 AS event_key, 1 AS row_hash, TIMESTAMP '2026-01-01' AS version_at,"
         " 'gone' AS load_id, 's' AS source_system, 1 AS source_row, 1 AS source_records, '' AS source_product,"
         " 'c' AS call_id, '' AS product_id, TIMESTAMP '2026-01-01' AS occurred_at, DATE '2026-01-01' AS day"
         " FROM range(2)", "WRONG 2 facts belong to no published load"),
        ("INSERT INTO model_calls BY NAME SELECT 5 AS event_key, 1 AS row_hash, TIMESTAMP '2026-01-01' AS version_at,"
         " 'gone' AS load_id, 's' AS source_system, 1 AS source_row, 1 AS source_records, '' AS source_product,"
         " 'c' AS call_id, '' AS product_id, TIMESTAMP '2026-01-01' AS occurred_at, DATE '2026-01-01' AS day"
         " FROM range(2)", "WRONG 1 records are stored twice"),
    ],
)  # fmt: skip
def test_check_finds_what_is_wrong(made: Path, capsys: Said, sql: str, said: str) -> None:
    """Each thing that must agree is found when it does not, and the exit code says so."""
    with duckdb.connect(made) as connection:
        connection.execute(sql)
    assert main(["check", "--warehouse", str(made)]) == 1
    assert said in capsys.readouterr().out


def test_a_warehouse_in_use_is_refused(made: Path) -> None:
    """A command beside a running program names that program and changes nothing."""
    store = Warehouse.open(made)
    refused = python_m_data("backup", made.parent / "copy.duckdb", "--warehouse", made)
    store.close()
    assert refused.returncode == 1
    assert "in use by process" in refused.stderr
    assert not (made.parent / "copy.duckdb").exists()


@pytest.mark.parametrize("room", ["data", "loaders", "metrics"])
def test_the_warehouse_may_be_named_before_or_after_the_command(made: Path, room: str) -> None:
    """`python -m ROOM --warehouse FILE COMMAND` and `python -m ROOM COMMAND --warehouse FILE` are the same."""
    command = {"data": "check", "loaders": "list", "metrics": "read"}[room]
    said = [
        subprocess.run([sys.executable, "-m", room, *order], capture_output=True, text=True, cwd=ROOT, check=False)
        for order in (["--warehouse", str(made), command], [command, "--warehouse", str(made)])
    ]
    assert [each.returncode for each in said] == [0, 0], said[0].stderr
    assert said[0].stdout == said[1].stdout
