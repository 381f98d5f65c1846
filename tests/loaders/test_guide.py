"""The column guide: complete, and true of what the contract takes."""

import json
from pathlib import Path

import pytest

from data.facts import FACTS
from data.meanings import SHARED, SPECIAL
from data.warehouse import Warehouse
from loaders.__main__ import main
from loaders.guide import guide
from tests.loaders.files import published, write_csv


@pytest.mark.parametrize("table", FACTS)
def test_a_row_of_the_examples_is_taken(store: Warehouse, tmp_path: Path, table: str) -> None:
    """A file with the example of every column of the guide is published whole, with every cell stored."""
    rows = guide(table)
    assert [row["column"] for row in rows if row["needed"]] == [
        name for name, field in FACTS[table].model_fields.items() if field.is_required()
    ]
    assert {row["column"] for row in rows} == set(FACTS[table].model_fields)
    counts = published(store, write_csv(tmp_path / "a.csv", [{str(r["column"]): r["example"] for r in rows}]), "one")
    assert (counts.accepted, counts.duplicates) == (1, 0)
    (stored,) = store.rows(f"SELECT * FROM {table}")
    assert [name for name in FACTS[table].model_fields if stored[name] is None] == []


def test_every_meaning_is_of_a_column() -> None:
    """No meaning is left over: shared ones stand in a table that has none of its own, special ones in theirs."""
    fields = {table: set(fact.model_fields) for table, fact in FACTS.items()}
    assert [key for key in SPECIAL if key[1] not in fields[key[0]]] == []
    assert [n for n in SHARED if not any(n in f and (t, n) not in SPECIAL for t, f in fields.items())] == []


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """`formats --columns canonical` prints every column of every table or of one; other formats and tables are told."""
    assert main(["formats", "--columns", "canonical", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == sum(len(fact.model_fields) for fact in FACTS.values())
    assert main(["formats", "--columns", "canonical", "--table", "tickets"]) == 0
    assert "when an expert first answered" in capsys.readouterr().out
    assert main(["formats", "--columns", "promptfo"]) == 2
    assert "Did you mean 'promptfoo'" in capsys.readouterr().err
    assert main(["formats", "--columns", "canonical", "--table", "ticket"]) == 2
    assert "Did you mean 'tickets'" in capsys.readouterr().err
