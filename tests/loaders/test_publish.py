"""Versions, duplicates and hash hits in one load and between loads; what was taken back; partitions made anew."""

import itertools
from collections.abc import Callable

import pyarrow.parquet as pq
import pytest

from data.facts import FACTS
from data.pseudonym import Pseudonyms
from data.reduction import differing, make_touched, rebuild_touched
from data.warehouse import Warehouse
from loaders.format import Refused
from loaders.incoming import incoming
from loaders.publish import Counts, insert, publish, remember_load
from loaders.undo import redo, undo
from tests.loaders.files import (
    WHOLE,
    csv_text,
    dump,
    everything,
    facts,
    least,
    published,
    staged,
    write_csv,
    write_jsonl,
)

Row = dict[str, object]


def put(store: Warehouse, load_id: str, *rows: Row) -> Counts:
    """Rows as a file of their own, published."""
    return published(store, write_csv(store.side / f"{load_id}.csv", rows), load_id)


def wrong_days(store: Warehouse) -> int:
    """Rows of user_days that a full rebuild would give otherwise."""
    with store.reading() as reader:
        return differing(reader)


# one record, several versions -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("table", FACTS)
def test_the_same_record_again_is_a_duplicate(store: Warehouse, table: str) -> None:
    """A record that another file brought already counts as a duplicate and changes nothing in force."""
    put(store, "L1", WHOLE[table])
    before = dump(store, [table])
    counts = put(store, "L2", WHOLE[table])
    assert (counts.accepted, counts.duplicates, counts.superseded) == (0, 1, 0)
    assert dump(store, [table]) == before


def test_a_duplicate_within_one_file(store: Warehouse) -> None:
    """A row that stands twice in a file is accepted once."""
    counts = put(store, "L1", least("interactions"), least("interactions"), least("interactions", interaction_id="i2"))
    assert (counts.accepted, counts.duplicates, counts.superseded) == (2, 1, 0)
    assert store.value("SELECT count(*) AS n FROM interactions") == 2


@pytest.mark.parametrize("later_first", [True, False])
def test_the_greater_version_stands(store: Warehouse, later_first: bool) -> None:
    """Of two versions the later one is in force, whichever came first; the other lies beside it."""
    versions = [
        least("tickets", version_at="2026-03-02", priority="low"),
        least("tickets", version_at="2026-03-03", priority="high"),
    ]
    order = versions[::-1] if later_first else versions
    counts = [put(store, f"L{number}", row) for number, row in enumerate(order)]
    assert [entry.superseded for entry in counts] == [0, 1]
    assert store.value("SELECT priority FROM tickets") == "high"
    assert store.value("SELECT priority FROM tickets_superseded") == "low"


def test_equal_versions_are_told_apart_by_content(fresh: Callable[[], Warehouse]) -> None:
    """Rows of one key and one version: the same of them stands whatever the order of loading."""
    rows = [least("interactions", input_tokens=str(number)) for number in range(3)]
    standing = set()
    for order in itertools.permutations(range(3)):
        store = fresh()
        for number in order:
            put(store, f"L{number}", rows[number])
        standing.add(str(facts(store)))
        store.close()
    assert len(standing) == 1


def test_versions_within_one_file(store: Warehouse) -> None:
    """Three states of a ticket in one file: the last stands and the two others are superseded."""
    counts = put(store, "L1", *(least("tickets", version_at=f"2026-03-0{day}", status="waiting") for day in (4, 6, 5)))
    assert (counts.accepted, counts.duplicates, counts.superseded) == (3, 0, 2)
    assert str(store.value("SELECT version_at FROM tickets")) == "2026-03-06 00:00:00"


def test_without_a_version_the_latest_moment_of_a_ticket_is_its_version(store: Warehouse) -> None:
    """A ticket that was resolved since is newer than the same one open, in either order."""
    put(store, "L1", least("tickets", resolved_at="2026-03-09T00:00:00Z"))
    put(store, "L2", least("tickets", resolved_at=""))
    assert store.value("SELECT status FROM tickets") == "done"


@pytest.mark.parametrize("table", FACTS)
def test_an_empty_column_more_changes_nothing(store: Warehouse, table: str) -> None:
    """The same record from a file that names further columns and leaves them empty is a duplicate."""
    put(store, "L1", least(table))
    empty = dict.fromkeys((name for name in WHOLE[table] if name not in least(table)), "")
    assert put(store, "L2", {**least(table), **empty}).duplicates == 1


def test_products_may_use_the_same_ids(store: Warehouse) -> None:
    """Two products that number their interactions alike are two records."""
    put(store, "L1", least("interactions", product_id="chat"))
    assert put(store, "L2", least("interactions", product_id="code")).accepted == 1


def test_our_own_export_of_usage_is_the_same_usage(store: Warehouse) -> None:
    """Usage whose person comes back as the pseudonym that we gave them is a duplicate, not a second day of use."""
    put(store, "L1", WHOLE["usage_daily"])
    pseudonym = store.value("SELECT user_id FROM usage_daily")
    assert put(store, "L2", {**WHOLE["usage_daily"], "user_id": pseudonym}).duplicates == 1
    assert store.value("SELECT count(*) AS n FROM usage_daily") == 1


def test_an_email_in_other_letters_is_the_same_person(store: Warehouse) -> None:
    """Ann@Example.com and ann@example.com are one person, and the record with either is the same record."""
    put(store, "L1", least("usage_daily", user_id="ann@example.com"))
    assert put(store, "L2", least("usage_daily", user_id="Ann@Example.COM")).duplicates == 1


# hash hits ------------------------------------------------------------------------------------------------------------
def collide(store: Warehouse, load_id: str, *rows: Row) -> Counts:
    """Rows published with one event_key for all of them, as if their hashes had met."""
    origin, parsed = staged(store, write_csv(store.side / f"{load_id}.csv", rows), load_id)
    with store.write("load", "tester") as tx:
        make_touched(tx)
        relation = incoming(tx, origin, parsed.facts[0], 0, Pseudonyms(store.side)).rows
        tx.run(f"CREATE TEMP VIEW met AS SELECT * REPLACE (CAST(7 AS UBIGINT) AS event_key) FROM {relation}")
        counts = Counts()
        insert(tx, parsed.facts[0].table, "met", counts)
        rebuild_touched(tx)
        remember_load(tx, origin, parsed, counts, {})
    return counts


@pytest.mark.parametrize("table", FACTS)
def test_two_records_whose_hashes_meet_stay_two(store: Warehouse, table: str) -> None:
    """The same event_key with another natural key is another record: neither merged nor a duplicate."""
    name = FACTS[table].natural_key[-1] if table == "tickets" else FACTS[table].natural_key[1]
    other = {**WHOLE[table], name: "another"}
    counts = collide(store, "L1", WHOLE[table])
    assert (counts.accepted, counts.duplicates) == (1, 0)
    counts = collide(store, "L2", other, {**WHOLE[table], "version_at": "2026-04-01"})
    assert (counts.accepted, counts.duplicates, counts.superseded) == (2, 0, 1)
    assert store.value(f"SELECT count(*) AS n FROM {table}") == 2
    undo(store, "L2", "tester")
    assert store.value(f"SELECT count(*) AS n FROM {table}") == 1
    assert store.value(f"SELECT count(*) AS n FROM {table}_superseded") == 0


# undo and redo --------------------------------------------------------------------------------------------------------
def test_undo_leaves_nothing(store: Warehouse) -> None:
    """After the only load is taken back, every fact table and user_days are empty."""
    rows = [least("interactions"), least("interactions", version_at="2026-04-01"), least("interactions")]
    put(store, "L1", *rows)
    removed = undo(store, "L1", "tester")
    assert removed == {"interactions": 3}
    assert not any(facts(store).values())
    assert dump(store, ["feed_days"]) == {"feed_days": []}


@pytest.mark.parametrize("table", FACTS)
def test_undo_then_redo_is_as_before(store: Warehouse, table: str) -> None:
    """A load taken back and put in again leaves every table as it was."""
    put(store, "L1", WHOLE[table])
    put(store, "L2", {**WHOLE[table], "version_at": "2026-05-01"}, WHOLE[table])
    before = everything(store)
    undo(store, "L2", "tester")
    assert everything(store) != before
    assert redo(store, "L2", "tester") == {table: 1}
    assert everything(store) == before


def test_undo_of_the_load_that_came_first_leaves_its_duplicate(store: Warehouse) -> None:
    """A record that two loads brought is still there when one of them is taken back."""
    put(store, "L1", least("interactions"))
    put(store, "L2", least("interactions"))
    undo(store, "L1", "tester")
    assert store.rows("SELECT load_id FROM interactions") == [{"load_id": "L2"}]
    assert wrong_days(store) == 0


def test_undo_tells_what_it_cannot_do(store: Warehouse) -> None:
    """An unknown load, one undone already, and a redo of one in force: a sentence each, and nothing changes."""
    put(store, "20260101T000000000-abcdef", least("interactions"))
    before = everything(store)
    with pytest.raises(Refused, match=r"There is no load 20260101T000000000-abcdex\. Did you mean"):
        undo(store, "20260101T000000000-abcdex", "tester")
    with pytest.raises(Refused, match="is published: there is nothing to redo"):
        redo(store, "20260101T000000000-abcdef", "tester")
    with pytest.raises(Refused, match=r"There is no load \.\./\.\./secret"):
        redo(store, "../../secret", "tester")
    assert everything(store) == before
    undo(store, "20260101T000000000-abcdef", "tester")
    with pytest.raises(Refused, match="is undone: there is nothing to undo"):
        undo(store, "20260101T000000000-abcdef", "tester")


def test_redo_of_a_file_that_was_loaded_again_meanwhile(store: Warehouse) -> None:
    """A file undone and then loaded anew is in force already: putting the old load in again is refused."""
    path = write_csv(store.side / "a.csv", [least("interactions")])
    for load_id in ("L1", "L2"):
        origin, parsed = staged(store, path, load_id)
        object.__setattr__(origin, "sha256", "same")
        with store.write("load", "tester") as tx:
            publish(tx, store.side, origin, parsed)
        if load_id == "L1":
            undo(store, "L1", "tester")
    before = everything(store)
    with pytest.raises(Refused, match="Already loaded as L2"):
        redo(store, "L1", "tester")
    assert everything(store) == before


def test_undone_rows_hold_no_names(store: Warehouse) -> None:
    """What waits beside the warehouse for a redo names nobody."""
    put(store, "L1", WHOLE["tickets"])
    undo(store, "L1", "tester")
    kept = list((store.side / "undone" / "L1").glob("*.parquet"))
    assert kept
    for file in kept:
        assert "example.com" not in str(pq.read_table(file).to_pylist())


# partitions -----------------------------------------------------------------------------------------------------------
USE = [
    least("interactions", interaction_id="i1", session_id="c1", trace_id="r1", user_id="ann"),
    least("interactions", interaction_id="i2", session_id="c1", trace_id="r2", user_id="ann",
          occurred_at="2026-03-02T23:30:00-02:00"),
    least("interactions", interaction_id="i3", session_id="c2", trace_id="r3", product_id="code"),
]  # fmt: skip
JUDGED = [
    least("feedback", feedback_id="f1", target_type="trace", target_id="r1", verdict="failed", evidence="verified"),
    least("feedback", feedback_id="f2", target_type="session", target_id="c1", verdict="confirmed", product_id=""),
    least("feedback", feedback_id="f3", target_type="interaction", target_id="i3", verdict="escalated",
          product_id="code"),
]  # fmt: skip
ASKED = [
    least("tickets", ticket_id="T1", kind="escalation", linked_interaction_id="i2"),
    least("tickets", ticket_id="T2", kind="escalation", linked_session_id="c2"),
]


def test_evidence_before_or_after_its_interactions(fresh: Callable[[], Warehouse]) -> None:
    """Interactions, judgements and tickets loaded in any order give the same user-days, those of a full rebuild."""
    feeds = {"L1": USE, "L2": JUDGED, "L3": ASKED}
    seen = set()
    for order in itertools.permutations(feeds):
        store = fresh()
        for load_id in order:
            put(store, load_id, *feeds[load_id])
            assert wrong_days(store) == 0
        seen.add(str(facts(store, without=())))
        store.close()
    assert len(seen) == 1


@pytest.mark.parametrize("gone", ["L1", "L2", "L3"])
def test_evidence_taken_back(store: Warehouse, gone: str) -> None:
    """Taking back the interactions, the judgements or the tickets leaves the user-days of a full rebuild."""
    for load_id, rows in (("L1", USE), ("L2", JUDGED), ("L3", ASKED)):
        put(store, load_id, *rows)
    before = dump(store, ["user_days"])
    undo(store, gone, "tester")
    assert dump(store, ["user_days"]) != before
    assert wrong_days(store) == 0
    redo(store, gone, "tester")
    assert dump(store, ["user_days"]) == before


def test_a_version_that_moves_a_record_to_another_day(store: Warehouse) -> None:
    """A later version with another moment leaves its old day, and the judgement follows the interaction it names."""
    put(store, "L1", *USE)
    put(store, "L2", *JUDGED)
    put(store, "L3", least("interactions", interaction_id="i3", product_id="code", session_id="c2", trace_id="r3",
                           occurred_at="2026-03-07T09:00:00Z", version_at="2026-03-08"))  # fmt: skip
    assert wrong_days(store) == 0
    days = store.rows("SELECT day FROM user_days WHERE product_id = 'code'")
    assert [str(row["day"]) for row in days] == ["2026-03-07"]
    undo(store, "L3", "tester")
    assert wrong_days(store) == 0


def test_only_touched_partitions_are_made_anew(store: Warehouse) -> None:
    """A load recomputes the product and day it touches and leaves the others as they lie."""
    put(store, "L1", *USE)
    with store.write("mark", "tester") as tx:
        tx.run("UPDATE user_days SET tasks = 99 WHERE product_id = 'code'")
    put(store, "L2", least("interactions", interaction_id="i9"))
    assert store.value("SELECT tasks FROM user_days WHERE product_id = 'code'") == 99


def test_the_accounting_of_a_stage_that_lost_a_record(store: Warehouse) -> None:
    """When a format has read more records than it handed over, the load is refused and nothing stays."""
    origin, parsed = staged(store, write_csv(store.side / "a.csv", USE), "L1")
    object.__setattr__(parsed, "rows_read", 4)
    before = everything(store)
    uneven = "accounting does not come out even: 4 records were read"
    with pytest.raises(Refused, match=uneven), store.write("load", "tester") as tx:
        publish(tx, store.side, origin, parsed)
    assert everything(store) == before


def test_defaults_of_what_a_file_leaves_out(store: Warehouse) -> None:
    """Needed columns the file does not have: the suite origin, epoch 0, a new ticket, a task named by its session."""
    put(store, "L1", least("eval_results"))
    put(store, "L2", least("tickets"))
    put(store, "L3", least("interactions", session_id="c1"), least("interactions", interaction_id="i2", session_id=""))
    assert store.rows("SELECT origin, epoch FROM eval_results") == [{"origin": "suite", "epoch": 0}]
    assert store.rows("SELECT kind, status FROM tickets") == [{"kind": "other", "status": "new"}]
    tasks = store.rows("SELECT task_key FROM interactions ORDER BY interaction_id")
    assert [row["task_key"] for row in tasks] == ["c1", "i2"]


def test_json_and_csv_of_one_record_are_duplicates(store: Warehouse) -> None:
    """A record is the same record whichever kind of file brings it."""
    put(store, "L1", WHOLE["eval_results"])
    again = write_jsonl(store.side / "a.jsonl", [WHOLE["eval_results"]])
    assert published(store, again, "L2").duplicates == 1
    reversed_columns = list(WHOLE["eval_results"])[::-1]
    text = csv_text([WHOLE["eval_results"]], columns=reversed_columns, delimiter=";")
    (store.side / "b.csv").write_text(text, encoding="utf-8")
    assert published(store, store.side / "b.csv", "L3").duplicates == 1


def test_a_default_written_out_is_the_same_record(store: Warehouse) -> None:
    """Epoch 0 and no epoch are one record: what stands for an empty cell is part of what the record is."""
    put(store, "L1", least("eval_results"))
    put(store, "L2", least("eval_results", epoch="0"))
    assert store.value("SELECT count(*) AS n FROM eval_results") == 1
