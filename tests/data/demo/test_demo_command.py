import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.__main__ import main
from data.check import check
from data.made_up import DEMO
from data.registry_files import import_registry
from data.warehouse import Warehouse
from loaders.ingest import load
from metrics import CATALOG, Scope, read
from metrics.spec import Reading
from tests.company import copy_warehouse
from tests.data.demo.conftest import SCALE, UNTIL

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that the command filled with the thin company."""
    path = tmp_path_factory.mktemp("command") / "w.duckdb"
    assert main(["demo", "--until", str(UNTIL), "--scale", str(SCALE), "--warehouse", str(path)]) == 0
    return path


@pytest.fixture
def filled(path: Path) -> Iterator[Warehouse]:
    """The filled warehouse, open."""
    store = Warehouse.open(path)
    yield store
    store.close()


def readings(store: Warehouse) -> list[Reading]:
    """Every metric by product over the last twelve weeks, whatever the version of the data."""
    scope = Scope(since=UNTIL.replace(month=4, day=7), until=UNTIL)
    return [reading for name in CATALOG if "." not in name for reading in read(store, [name], scope, by=("product",))]


def test_everything_is_published_by_demo(filled: Warehouse) -> None:
    """Each file is a published load by demo whose records come out even; twelve are in quarantine, none is unmapped."""
    loads = filled.rows("SELECT * FROM loads")
    assert len(loads) == 24
    assert {(row["status"], row["loaded_by"]) for row in loads} == {("published", DEMO)}
    for row in loads:
        ended = sum(int(str(row[name])) for name in ("accepted", "duplicates", "quarantined", "blank", "ignored"))
        assert ended == row["rows_read"], row["file_name"]
    assert filled.value("SELECT count(*) AS n FROM quarantine") == 12
    assert filled.value("SELECT count(*) AS n FROM unmapped") == 0
    formats = {"canonical", "otlp_genai", "promptfoo", "jira_csv", "copilot_usage_metrics"}
    assert {str(row["format"]) for row in loads} == formats


def test_the_warehouse_is_well(filled: Warehouse) -> None:
    """The check of the warehouse finds nothing: user_days are a full rebuild, loads and journal agree."""
    _, findings = check(filled)
    assert [finding.sentence for finding in findings if not finding.well] == []


@pytest.mark.slow
def test_loading_the_files_again_gives_equal_readings(filled: Warehouse, path: Path, tmp_path: Path) -> None:
    """A new warehouse, with another secret and the files in the opposite order, says the same about each product."""
    folder = path.with_name(path.name + ".d") / "demo"
    again = Warehouse.create(tmp_path / "again.duckdb")
    try:
        for part in ("registry", "registry_changes"):
            import_registry(again, folder / part, DEMO)
        for file in sorted((folder / "exports").iterdir(), reverse=True):
            assert load(again, file, who=DEMO).status == "published"
        ours, theirs = readings(filled), readings(again)
    finally:
        again.close()
    assert any(reading.value is not None for reading in ours)
    assert [_said(reading) for reading in ours] == [_said(reading) for reading in theirs]


def _said(reading: Reading) -> str:
    fields = {name: getattr(reading, name) for name in Reading.__dataclass_fields__ if name != "data_version"}
    return json.dumps(fields, default=str)


def test_a_second_demo_is_refused(path: Path, capsys: Said) -> None:
    """A warehouse that holds data is left as it is, and a sentence says what to do."""
    before = path.read_bytes()
    assert main(["demo", "--until", str(UNTIL), "--warehouse", str(path)]) == 1
    assert "holds data already" in capsys.readouterr().err
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--until", "2099-01-01"], "is not over yet"),
        (["--seed", "-1"], "the seed is a whole number from 0"),
        (["--scale", "0"], "the scale 0.01 to 10"),
    ],
)
def test_what_cannot_be_written_is_refused(args: list[str], sentence: str, tmp_path: Path, capsys: Said) -> None:
    """A last day to come, a seed or a scale that is none: refused before anything is made."""
    assert main(["demo", *args, "--warehouse", str(tmp_path / "w.duckdb")]) == 1
    assert sentence in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, capsys: Said) -> None:
    """Files of somebody else are never written over."""
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    assert main(["demo", "--folder", str(mine), "--warehouse", str(tmp_path / "w.duckdb")]) == 1
    assert "something in" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_the_whole_company_leaves(path: Path, tmp_path: Path, capsys: Said) -> None:
    """Taken out again, of all its tables those are left that a new warehouse has, and the check is well; a second time
    there is nothing to take out.
    """
    copy_warehouse(path, tmp_path / "w.duckdb")
    assert main(["demo", "--leave", "--warehouse", str(tmp_path / "w.duckdb")]) == 0
    assert "of interactions" in capsys.readouterr().out
    made = [Warehouse.open(tmp_path / "w.duckdb"), Warehouse.create(tmp_path / "new.duckdb")]
    left, fresh = (check(store) for store in made)
    for store in made:
        store.close()
    assert [finding.sentence for finding in left[1] if not finding.well] == []
    changed = {table for table, count in left[0].items() if count != fresh[0][table]}
    assert changed == {"audit", "data_versions"}
    assert not (tmp_path / "w.duckdb.d" / "demo").exists()
    assert main(["demo", "--leave", "--warehouse", str(tmp_path / "w.duckdb")]) == 1
    assert "The demo company is not in" in capsys.readouterr().err


def test_a_demo_that_was_stopped_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stops the first start half way can begin again: no half company is left behind."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "w.duckdb"
    monkeypatch.setattr("loaders.ingest.load", stopped)
    with pytest.raises(KeyboardInterrupt):
        main(["demo", "--until", str(UNTIL), "--scale", str(SCALE), "--warehouse", str(path)])
    assert list(tmp_path.iterdir()) == []
