"""What was said of a file is said of the next one of its kind, in the open, until somebody says otherwise."""

from pathlib import Path

import pytest

from data.warehouse import Warehouse
from loaders.__main__ import main
from loaders.format import Options, Refused
from loaders.ingest import Outcome, load
from loaders.remembered import forget, remembered
from tests.loaders.files import csv_text, least


@pytest.fixture
def store(fresh, tmp_path: Path) -> Warehouse:  # type: ignore[no-untyped-def]
    """An empty warehouse."""
    return fresh()  # type: ignore[no-any-return]


def given(store: Warehouse, folder: Path, name: str, *, day: str, **said: str) -> Outcome:
    """A file of one record loaded, its day written as in Europe or America."""
    path = folder / name
    path.write_text(csv_text([least("interactions", interaction_id=name, occurred_at=day)]), encoding="utf-8")
    return load(store, path, who="ann", options=Options(values=said))


def test_an_answer_is_remembered_until_it_is_forgotten(store: Warehouse, tmp_path: Path) -> None:
    """The next file with that header is read by it and says so; a new answer replaces it; forgotten, it is asked."""
    assert given(store, tmp_path, "asked", day="01/02/2026").accepted == 0
    assert given(store, tmp_path, "said", day="01/02/2026", day_order="dmy").accepted == 1
    again = given(store, tmp_path, "again", day="03/02/2026")
    assert again.accepted == 1
    assert "day_order=dmy" in again.messages[0]
    assert [(row["format"], row["asked"], row["answer"], row["by"]) for row in remembered(store)] == [
        ("canonical", "day_order", "dmy", "ann")
    ]
    given(store, tmp_path, "otherwise", day="03/02/2026", day_order="mdy")
    assert [row["answer"] for row in remembered(store)] == ["mdy"]
    days = store.rows("SELECT interaction_id, day FROM interactions ORDER BY interaction_id")
    assert {row["interaction_id"]: str(row["day"]) for row in days} == {
        "again": "2026-02-03", "otherwise": "2026-03-02", "said": "2026-02-01",
    }  # fmt: skip
    assert forget(store, str(remembered(store)[0]["file"]), "bob") == 1
    assert remembered(store) == []
    assert given(store, tmp_path, "forgotten", day="03/02/2026").accepted == 0


def test_a_refused_file_is_not_remembered(store: Warehouse, tmp_path: Path) -> None:
    """What was said of a file that was not published is not said of the next."""
    assert given(store, tmp_path, "bad", day="2026-03-01", day_order="ymd").status == "refused"
    assert remembered(store) == []


def test_nothing_to_forget(store: Warehouse) -> None:
    """A mark nobody knows is refused with where to look."""
    with pytest.raises(Refused, match="python -m loaders answers"):
        forget(store, "nothing", "ann")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Answers are listed and forgotten from the command line, too."""
    path = tmp_path / "w.duckdb"
    store = Warehouse.create(path)
    given(store, tmp_path, "said", day="01/02/2026", day_order="dmy")
    mark = str(remembered(store)[0]["file"])
    store.close()
    assert main(["answers", "--warehouse", str(path)]) == 0
    assert mark in capsys.readouterr().out
    assert main(["answers", "--forget", mark, "--warehouse", str(path)]) == 0
    assert "1 answers forgotten" in capsys.readouterr().out
    assert main(["answers", "--forget", mark, "--warehouse", str(path)]) == 1
