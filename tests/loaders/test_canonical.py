"""Our own tables as CSV, JSON lines and Parquet: the same rows give the same table, and every column makes the trip."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.facts import FACTS
from data.pseudonym import Pseudonyms
from data.warehouse import Warehouse
from loaders import FORMATS
from loaders.contract import columns_of
from loaders.head import read_head
from loaders.ingest import load
from tests.loaders.files import WHOLE, WRITERS, dump, facts, least, published, staged, typed, write_csv, write_jsonl

Row = dict[str, object]
Fresh = Callable[[], Warehouse]


def several(table: str) -> list[Row]:
    """A full row, one with only what is needed, and one with every cell but the needed ones empty."""
    name = {"usage_daily": "feature"}.get(table) or FACTS[table].natural_key[-1 if table == "tickets" else 1]
    bare = dict.fromkeys(WHOLE[table], "") | least(table)
    return [{**WHOLE[table]}, {**bare, name: "second"}, {**WHOLE[table], name: 'third, "quoted" é🙂'}]


@pytest.mark.parametrize("table", FACTS)
def test_three_kinds_of_file_give_one_table(fresh: Fresh, tmp_path: Path, table: str) -> None:
    """CSV, JSON lines and Parquet of the same rows, the fast way and record by record: one content."""
    seen = set()
    for kind, careful in (("csv", False), ("csv", True), ("jsonl", False), ("parquet", False)):
        store = fresh()
        path = WRITERS[kind](tmp_path / f"rows.{kind}", several(table))
        counts = published(store, path, "L1", careful=careful)
        assert (counts.accepted, counts.duplicates) == (3, 0)
        assert store.value("SELECT count(*) AS n FROM quarantine") == 0
        seen.add(str(facts(store)))
        store.close()
    assert len(seen) == 1


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("table", FACTS)
def test_every_column_makes_the_trip(store: Warehouse, tmp_path: Path, table: str, kind: str) -> None:
    """What stands in the file stands in the table, as the type of its column; people under their pseudonym."""
    assert set(WHOLE[table]) == set(columns_of(table)), "the row names every column of the contract"
    published(store, WRITERS[kind](tmp_path / f"row.{kind}", [WHOLE[table]]), "L1")
    (row,) = store.rows(f"SELECT * FROM {table}")
    people = Pseudonyms(store.side)
    for name, value in typed(table, WHOLE[table]).items():
        expected = value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
        assert row[name] == (people.of(str(value)) if name in FACTS[table].people else expected), name
    assert row["source_product"] == "chat"
    assert (row["source_row"], row["source_records"]) == (1, 1)


@pytest.mark.parametrize("table", FACTS)
def test_parquet_with_types(fresh: Fresh, tmp_path: Path, table: str) -> None:
    """Timestamps with a zone, numbers, truth values and dates as Parquet types give what their text gives."""
    stores = [fresh(), fresh()]
    rows = [typed(table, WHOLE[table]), dict.fromkeys(WHOLE[table]) | typed(table, least(table))]
    rows[1][FACTS[table].natural_key[0 if table == "tickets" else 1]] = "second"
    texts = [{**WHOLE[table]}, {**least(table), FACTS[table].natural_key[0 if table == "tickets" else 1]: "second"}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "typed.parquet")
    published(stores[0], tmp_path / "typed.parquet", "L1")
    published(stores[1], write_csv(tmp_path / "text.csv", texts), "L1")
    assert facts(stores[0]) == facts(stores[1])
    for store in stores:
        store.close()


def test_parquet_as_pandas_writes_it(store: Warehouse, tmp_path: Path) -> None:
    """Counts with gaps come as floats, moments in nanoseconds, days as midnights: read as what they are."""
    when = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=3)))
    table = pa.table({
        "interaction_id": ["1", "2", "3"],
        "occurred_at": pa.array([when] * 3, pa.timestamp("ns", "Asia/Tokyo")),
        "input_tokens": pa.array([1.0, None, 3.0], pa.float64()),
        "error": pa.array([True, None, False]),
        "product_id": pa.DictionaryArray.from_arrays(pa.array([0, 0, 1]), pa.array(["chat", "code"])),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "a.parquet")
    published(store, tmp_path / "a.parquet", "L1")
    rows = store.rows("SELECT occurred_at, input_tokens, error, product_id FROM interactions ORDER BY interaction_id")
    assert [tuple(row.values()) for row in rows] == [
        (datetime(2026, 3, 1, 6), 1, True, "chat"), (datetime(2026, 3, 1, 6), None, None, "chat"),
        (datetime(2026, 3, 1, 6), 3, False, "code"),
    ]  # fmt: skip
    days = pa.table({"day": pa.array([datetime(2026, 3, 1)], pa.timestamp("ns")), "period_days": pa.array([1.0])})
    pq.write_table(days, tmp_path / "b.parquet")
    published(store, tmp_path / "b.parquet", "L2")
    assert str(store.value("SELECT day FROM usage_daily")) == "2026-03-01"


def test_naive_timestamps_of_parquet_are_of_the_stated_zone(store: Warehouse, tmp_path: Path) -> None:
    """A timestamp without a zone is local time of --timezone; one with a zone is the instant it says."""
    for number, zone in enumerate((None, "UTC")):
        when = pa.array([datetime(2026, 7, 1, 12)], pa.timestamp("us", zone))
        pq.write_table(pa.table({"interaction_id": [f"i{number}"], "occurred_at": when}), tmp_path / "a.parquet")
        published(store, tmp_path / "a.parquet", f"L{number}", timezone="Europe/Berlin")
    rows = store.rows("SELECT occurred_at FROM interactions ORDER BY interaction_id")
    assert [row["occurred_at"] for row in rows] == [datetime(2026, 7, 1, 10), datetime(2026, 7, 1, 12)]


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        ("input_tokens", pa.array([1.0, 7.9]), "fraction"),
        ("input_tokens", pa.array([1.0, float("nan")]), "not_a_number"),
        ("input_tokens", pa.array([1, -1]), "out_of_range"),
        ("input_tokens", pa.array([1, 2**62]), "out_of_range"),
        ("input_tokens", pa.array([1, 2**63], pa.uint64()), "out_of_range"),
        ("escalated_at", pa.array([10**15, -(10**17)], pa.timestamp("us", "UTC")), "not_a_moment"),
        ("escalated_at", pa.array([10**15, 2**63 - 1], pa.timestamp("us", "UTC")), "not_a_moment"),
        ("outcome", pa.array(["failed", "bad"]), "not_in_list"),
        ("session_id", pa.array(["a", "b\nc"]), "control_character"),
    ],
)
def test_wrong_cells_of_parquet(store: Warehouse, tmp_path: Path, column: str, values: pa.Array, code: str) -> None:
    """A wrong value in the second row is quarantined with that row, and the first is loaded."""
    when = pa.array(["2026-03-01"] * 2)
    pq.write_table(
        pa.table({"interaction_id": ["1", "2"], "occurred_at": when, column: values}), tmp_path / "a.parquet"
    )
    assert published(store, tmp_path / "a.parquet", "L1").accepted == 1
    (wrong,) = store.rows("SELECT line, column_name, code FROM quarantine")
    assert wrong == {"line": 2, "column_name": column, "code": code}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), min_size=1, max_size=8))
def test_any_text_in_any_kind(fresh: Fresh, tmp_path: Path, cells: list[str]) -> None:
    """Any characters in a text column: JSON and Parquet take the same rows, refuse the same rows, and change none."""
    rows = [least("interactions", interaction_id=f"i{n}", session_id=cell) for n, cell in enumerate(cells)]
    seen = []
    for kind in ("jsonl", "parquet"):
        store = fresh()
        published(store, WRITERS[kind](tmp_path / f"rows.{kind}", rows), "L1")
        kept = store.rows("SELECT interaction_id, session_id FROM interactions ORDER BY interaction_id")
        assert all((row["session_id"] or "") == cells[int(str(row["interaction_id"])[1:])] for row in kept)
        bad = [row["line"] for row in store.rows("SELECT line FROM quarantine ORDER BY line")]
        assert bad == [n + 1 for n, cell in enumerate(cells) if "\n" in cell or "\0" in cell]
        seen.append(facts(store))
        store.close()
    assert seen[0] == seen[1]


# JSON -----------------------------------------------------------------------------------------------------------------
def test_an_array_and_lines_are_the_same(fresh: Fresh, tmp_path: Path) -> None:
    """One JSON array, lines of objects and pretty-printed objects: the same rows."""
    rows = [least("interactions", interaction_id=f"i{n}", input_tokens=n, error=n % 2 == 0) for n in range(5)]
    texts = [json.dumps(rows), "\n".join(map(json.dumps, rows)), "\n".join(json.dumps(row, indent=2) for row in rows)]
    seen = set()
    for text in texts:
        store = fresh()
        (tmp_path / "rows.json").write_text(text)
        published(store, tmp_path / "rows.json", "L1")
        seen.add(str(facts(store)))
        store.close()
    assert len(seen) == 1


def test_json_values_keep_their_value(store: Warehouse, tmp_path: Path) -> None:
    """A number is taken as written: no integer becomes a double, a fraction is refused, and null is nothing."""
    text = (
        '{"feedback_id":"1","target_type":"trace","target_id":"t","given_at":"2026-03-01","score":0.1}\n'
        '{"feedback_id":"2","target_type":"trace","target_id":"t","given_at":"2026-03-01","score":null}\n'
        '["feedback_id"]\n'
        "{}\n"
        '{"feedback_id":12345678901234567890,"target_type":"trace","target_id":"t","given_at":"2026-03-01"}\n'
    )
    (tmp_path / "a.jsonl").write_text(text)
    counts = published(store, tmp_path / "a.jsonl", "L1")
    assert counts.accepted == 3
    rows = store.rows("SELECT feedback_id, score FROM feedback ORDER BY source_row")
    assert [tuple(row.values()) for row in rows] == [("1", 0.1), ("2", None), ("12345678901234567890", None)]
    assert store.rows("SELECT line, code FROM quarantine") == [{"line": 3, "code": "not_an_object"}]
    assert store.value("SELECT blank FROM loads") == 1


def test_keys_that_come_and_go(store: Warehouse, tmp_path: Path) -> None:
    """A key that only some of the objects have is empty in the others."""
    rows = [least("interactions", interaction_id="1"), least("interactions", interaction_id="2", team_id="sales")]
    published(store, write_jsonl(tmp_path / "a.jsonl", rows), "L1")
    teams = store.rows("SELECT team_id FROM interactions ORDER BY interaction_id")
    assert [row["team_id"] for row in teams] == [None, "sales"]


# what the file does not say -------------------------------------------------------------------------------------------
def test_an_unknown_column_is_named(store: Warehouse, tmp_path: Path) -> None:
    """A column that is not ours is left out with a word about it and the name it probably should have."""
    row = least("interactions", input_token="5", whatever="x", event_key="1", day="2026-01-01")
    for kind, write in WRITERS.items():
        _, parsed = staged(store, write(tmp_path / f"a.{kind}", [row]), f"L-{kind}")
        assert parsed.messages == (
            "Column \"input_token\" is not one of interactions and was left out. Did you mean 'input_tokens'?",
            'Column "whatever" is not one of interactions and was left out.',
        )


@pytest.mark.parametrize("kind", WRITERS)
def test_what_the_person_says(store: Warehouse, tmp_path: Path, kind: str) -> None:
    """--product stands for all rows; --pilot and --set stand where the file leaves a cell empty."""
    rows = [
        least("interactions", interaction_id="1", pilot_id="own", mode="shadow"),
        least("interactions", interaction_id="2", pilot_id="", mode="", product_id=""),
    ]
    path = WRITERS[kind](tmp_path / f"a.{kind}", rows)
    published(store, path, "L1", product="said", pilot="filled", values={"mode": "assist", "team_id": "sales"})
    found = store.rows("SELECT product_id, pilot_id, mode, team_id FROM interactions ORDER BY interaction_id")
    assert [tuple(row.values()) for row in found] == [
        ("said", "own", "shadow", "sales"), ("said", "filled", "assist", "sales"),
    ]  # fmt: skip


def test_a_wrong_value_that_the_person_said(store: Warehouse, tmp_path: Path) -> None:
    """--set with a value that its column cannot have refuses the file whole and says what the column takes."""
    path = write_csv(tmp_path / "a.csv", [least("interactions")])
    from loaders.format import Options

    outcome = load(store, path, who="tester", options=Options(values={"mode": "asist"}))
    assert outcome.status == "refused"
    (message,) = outcome.messages
    assert 'mode is "asist"; expected shadow, review, assist or autonomous. Nearest valid value: assist.' in message


# recognition ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("table", FACTS)
def test_each_fact_is_recognised(store: Warehouse, tmp_path: Path, table: str, kind: str) -> None:
    """By its needed columns alone the table is told, surely enough to load without being asked."""
    path = WRITERS[kind](tmp_path / "x.bin", [least(table)])
    assert FORMATS["canonical"].recognise(read_head(path)).confidence > 0.9
    published(store, path, "L1")
    assert dump(store, [table])[table]


@pytest.mark.parametrize("table", FACTS)
def test_our_own_export_comes_back(store: Warehouse, tmp_path: Path, table: str) -> None:
    """All columns of a table as it is stored, loaded again: the same records, not new ones."""
    published(store, write_csv(tmp_path / "a.csv", several(table)), "L1")
    about = ("version_at", "row_hash", "load_id", "source_row")
    before = dump(store, [table], without=about)
    rows = store.rows(f"SELECT * FROM {table}")
    texts = [{name: str(v).lower() if isinstance(v, bool) else v for name, v in row.items()} for row in rows]
    published(store, write_csv(tmp_path / "b.csv", texts), "L2")
    assert dump(store, [table], without=about) == before


def test_a_column_under_two_spellings_is_refused(store: Warehouse, tmp_path: Path) -> None:
    """JSON objects that state one column under two spellings are refused whole; nothing is chosen for them."""
    path = tmp_path / "twice.jsonl"
    path.write_text(json.dumps(least("interactions") | {"User_ID": "ann", "user_id": "bob"}), encoding="utf-8")
    outcome = load(store, path, who="tester")
    assert outcome.status == "refused"
    assert '"User_ID" and "user_id" are both user_id' in outcome.messages[0]
