"""Refused records corrected and given again: a load of their own, counted once, taken back like any other."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from data.backup import contents
from data.reduction import differing
from data.warehouse import Warehouse
from loaders import corrections, quarantine
from loaders.correct import read_corrections
from loaders.format import Refused
from loaders.ingest import Outcome, load, publish_file, rehearse
from loaders.sheet import Answer
from loaders.undo import redo, undo
from tests.loaders.files import everything, facts, least, published, write_csv, write_jsonl

GOOD = [least("interactions", interaction_id=f"i{n}", user_id=f"u{n}@example.com", outcome="failed") for n in range(3)]
WRONG = [
    least("interactions", interaction_id="w1", user_id="ann@example.com", outcome="sucess", team_id="sales"),
    least("interactions", interaction_id="w2", user_id="bob@example.com", outcome="sucess", occurred_at="01/02/2026"),
    least("interactions", interaction_id="w3", user_id="cat@example.com", input_tokens="1.5"),
]
RIGHT = [
    WRONG[0] | {"outcome": "confirmed"},
    WRONG[1] | {"outcome": "confirmed", "occurred_at": "2026-02-01T10:00:00Z"},
    WRONG[2] | {"input_tokens": "2"},
]


def filed(store: Warehouse, rows: Sequence[dict[str, object]], name: str = "a.csv", **said: object) -> Outcome:
    """Rows as a file that is published, read in this process."""
    load_id = f"L-{name}"
    counts = published(store, write_csv(store.side / name, rows), load_id, **said)
    row = store.one("SELECT rows_read, quarantined FROM loads WHERE load_id = ?", [load_id]) or {}
    return Outcome(
        name, load_id, rows_read=int(str(row["rows_read"])), quarantined=int(str(row["quarantined"])),
        accepted=counts.accepted, duplicates=counts.duplicates,
    )  # fmt: skip


def mended(store: Warehouse, load_id: str | None, *answers: Answer) -> Outcome:
    """Answers, given again and published."""
    preview = read_corrections(store, str(load_id), answers)
    try:
        return publish_file(store, preview, "bea")
    finally:
        preview.close()


def equation(outcome: Outcome) -> tuple[int, ...]:
    """What the equation of a load says, once it holds."""
    parts = (outcome.accepted, outcome.duplicates, outcome.quarantined, outcome.blank, outcome.ignored)
    assert outcome.rows_read == sum(parts)
    return outcome.rows_read, *parts


def standing(store: Warehouse, load_id: str | None) -> dict[int, str]:
    """How each refused record of a load stands."""
    found = quarantine.every_cell(store, str(load_id))
    return {int(str(cell["record"])): str(cell["standing"]) for cell in found}


ANSWERS = (
    Answer(1, "outcome", "correct", "confirmed"),
    Answer(2, "outcome", "correct", "confirmed"),
    Answer(2, "occurred_at", "correct", "2026-02-01T10:00:00Z"),
    Answer(3, "input_tokens", "correct", "2"),
)


def test_corrected_records_are_what_the_right_file_would_have_brought(fresh: Callable[[], Warehouse]) -> None:
    """A file with wrong records, corrected, and the same file right from the start end in the same facts."""
    store, other = fresh(), fresh()
    first = filed(store, [*GOOD, *WRONG])
    assert equation(first) == (6, 3, 0, 3, 0, 0)
    outcome = mended(store, first.load_id, *ANSWERS)
    assert equation(outcome) == (3, 3, 0, 0, 0, 0)
    assert (outcome.format, outcome.file) == ("canonical", "corrections of a.csv")
    assert f"Corrections of load {first.load_id}" in outcome.messages[0]
    filed(other, [*GOOD, *RIGHT])
    assert facts(store, ("load_id", "superseded_by", "source_row")) == facts(
        other, ("load_id", "superseded_by", "source_row")
    )
    with store.reading() as reader:
        assert differing(reader) == 0
    assert standing(store, first.load_id) == {1: "corrected", 2: "corrected", 3: "corrected"}
    assert {str(cell["by_load"]) for cell in quarantine.cells(store, str(first.load_id))} == {outcome.load_id}
    row = store.one("SELECT loaded_by, options FROM loads WHERE load_id = ?", [outcome.load_id]) or {}
    assert row["loaded_by"] == "bea"
    again = filed(store, [*GOOD, *RIGHT], "right.csv")
    assert (again.accepted, again.duplicates) == (0, 6)


def test_corrections_twice_are_one(store: Warehouse) -> None:
    """The same answers given again are refused with the load that holds them; nothing has changed."""
    first = filed(store, WRONG)
    second = mended(store, first.load_id, *ANSWERS)
    before = everything(store)
    with pytest.raises(
        Refused, match=f"Nothing is left to give again. 3 of the records were settled by load {second.load_id}"
    ):
        mended(store, first.load_id, *ANSWERS)
    assert everything(store) == before
    assert [folder.name for folder in (store.side / "staging").iterdir()] == [first.load_id]  # the test's own


def test_two_people_who_correct_the_same_record(store: Warehouse) -> None:
    """Of two previews of the same record the first that is published counts, the other is refused whole."""
    first = filed(store, WRONG)
    one = read_corrections(store, str(first.load_id), ANSWERS[:1])
    other = read_corrections(store, str(first.load_id), [Answer(1, "outcome", "correct", "failed"), ANSWERS[3]])
    done = publish_file(store, one, "bea")
    before = everything(store)
    with pytest.raises(Refused, match=rf"1 of these records of {first.load_id} were corrected by load {done.load_id}"):
        publish_file(store, other, "cem")
    other.close()
    assert everything(store) == before


def test_corrections_are_taken_back_and_put_in_again(store: Warehouse) -> None:
    """Undo of a load of corrections opens its records and leaves the tables as they were; redo brings both back."""
    first = filed(store, [*GOOD, *WRONG])
    before = facts(store)
    second = mended(store, first.load_id, *ANSWERS[:3], Answer(3, "", "leave out"))
    assert equation(second) == (3, 2, 0, 0, 0, 1)
    assert standing(store, first.load_id) == {1: "corrected", 2: "corrected", 3: "left out"}
    after = facts(store)
    undo(store, str(second.load_id), "bea")
    assert facts(store) == before
    assert set(standing(store, first.load_id).values()) == {"open"}
    redo(store, str(second.load_id), "bea")
    assert facts(store) == after
    assert standing(store, first.load_id)[3] == "left out"
    undo(store, str(second.load_id), "bea")
    third = mended(store, first.load_id, *ANSWERS)
    with pytest.raises(Refused, match=f"corrected by load {third.load_id} already"):
        redo(store, str(second.load_id), "bea")
    assert [row["load_id"] for row in corrections.in_force(store, str(first.load_id))] == [third.load_id]


def test_a_value_that_is_still_wrong_is_refused_again_with_its_reason(store: Warehouse) -> None:
    """A corrected value obeys the contract or goes to the quarantine of its own load, where it can be corrected."""
    first = filed(store, WRONG)
    second = mended(store, first.load_id, ANSWERS[0], Answer(3, "input_tokens", "correct", "-4"))
    assert equation(second) == (2, 1, 0, 1, 0, 0)
    assert standing(store, first.load_id) == {1: "corrected", 2: "open", 3: "refused again"}
    assert quarantine.open_records(store) == 2
    (cell,) = quarantine.cells(store, str(second.load_id))
    assert (cell["record"], cell["line"], cell["column_name"], cell["code"], cell["value"]) == (
        1, 4, "input_tokens", "out_of_range", "-4",
    )  # fmt: skip
    assert [(row["load_id"], row["records"], row["open"]) for row in quarantine.loads(store)] == [
        (first.load_id, 3, 1), (second.load_id, 1, 1),
    ]  # fmt: skip
    third = mended(store, second.load_id, Answer(1, "input_tokens", "correct", "4"))
    assert equation(third) == (1, 1, 0, 0, 0, 0)
    assert quarantine.open_records(store) == 1
    undo(store, str(second.load_id), "bea")
    assert quarantine.open_records(store) == 3
    redo(store, str(second.load_id), "bea")
    row = store.one("SELECT input_tokens, team_id, user_id FROM interactions WHERE interaction_id = 'w3'") or {}
    assert row["input_tokens"] == 4
    assert str(row["user_id"]).startswith("p_")


def test_one_value_is_corrected_wherever_it_stands(store: Warehouse) -> None:
    """An answer for a value holds for every open record with it; what is said of one record goes before it."""
    rows = [least("interactions", interaction_id=f"w{n}", outcome="sucess") for n in range(200)]
    first = filed(store, rows)
    (value,) = quarantine.values(store, str(first.load_id))
    assert (value["value"], value["records"]) == ("sucess", 200)
    many = Answer(None, "outcome", "correct", "confirmed", code="not_in_list", found="sucess")
    outcome = mended(
        store, first.load_id, many, Answer(7, "outcome", "correct", "failed"), Answer(9, "outcome", "empty")
    )
    assert equation(outcome) == (200, 200, 0, 0, 0, 0)
    found = Counter(row["outcome"] for row in store.rows("SELECT outcome FROM interactions"))
    assert found == {"confirmed": 198, "failed": 1, None: 1}


def test_a_record_with_another_open_cell_stays(store: Warehouse) -> None:
    """A record is given again when all of its refused cells have an answer; the others are counted and named."""
    first = filed(store, WRONG)
    outcome = mended(store, first.load_id, *ANSWERS[:2])
    assert equation(outcome) == (1, 1, 0, 0, 0, 0)
    assert "1 of the records stay in the quarantine" in outcome.messages[1]
    assert "first occurred_at on line 3" in outcome.messages[1]
    assert standing(store, first.load_id) == {1: "corrected", 2: "open", 3: "open"}
    before = everything(store)
    with pytest.raises(Refused, match="Nothing is left to give again"):
        mended(store, first.load_id, ANSWERS[1])
    assert everything(store) == before


def test_what_was_said_of_the_file_is_said_of_its_corrections(store: Warehouse) -> None:
    """Product, time zone and stated values of the first load hold for what is corrected in it."""
    rows = [least("interactions", interaction_id="w", occurred_at="2026-03-01T09:30", outcome="sucess")]
    first = filed(store, rows, product="helper", timezone="Europe/Berlin", values={"team_id": "sales"})
    mended(store, first.load_id, Answer(1, "outcome", "empty"))
    found = store.one("SELECT product_id, CAST(occurred_at AS VARCHAR) AS at_utc, team_id FROM interactions") or {}
    assert list(found.values()) == ["helper", "2026-03-01 08:30:00", "sales"]


def test_what_is_kept_names_nobody_and_holds_no_refused_cell(store: Warehouse) -> None:
    """The kept cells hold people as pseudonyms and nothing of a refused cell, however long it was."""
    long = "x" * 5_000
    rows = [least("tickets", requester_id="ann@example.com", assignee_id="bob@example.com", priority=long,
                  prompt="my secret")]  # fmt: skip
    filed(store, rows)
    (kept,) = store.rows("SELECT cells, fact FROM quarantine_records")
    assert kept["fact"] == "tickets"
    assert isinstance(kept["cells"], dict)
    assert set(kept["cells"]) == {"ticket_id", "opened_at", "product_id", "requester_id", "assignee_id"}
    said = str(store.rows("SELECT * FROM quarantine_records")) + str(store.rows("SELECT * FROM quarantine"))
    assert "example.com" not in said
    assert "my secret" not in said
    assert len(said) < 3_000


def test_without_pseudonyms_the_names_stay_as_in_the_tables(store: Warehouse) -> None:
    """Where the installation keeps names, the quarantine keeps them as the tables do."""
    with store.write("setting", "ann") as tx:
        tx.run(
            "INSERT INTO settings VALUES ('pseudonymise', 'false', DATE '2020-01-01', NULL, 'ann', now()::TIMESTAMP)"
        )
    first = filed(store, WRONG[:1])
    mended(store, first.load_id, ANSWERS[0])
    assert store.value("SELECT user_id FROM interactions") == "ann@example.com"


def test_a_corrected_name_becomes_a_pseudonym(store: Warehouse) -> None:
    """A person's name that was refused is not shown, and one that is given instead is stored as a pseudonym."""
    first = load(store, write_jsonl(store.side / "a.jsonl", [WRONG[0] | {"user_id": "a\nb"}]), who="ann")
    filed(store, GOOD[:1])
    shown = {cell["column_name"]: cell["value"] for cell in quarantine.cells(store, str(first.load_id))}
    assert shown == {"outcome": "sucess", "user_id": "(a person)"}
    mended(store, first.load_id, ANSWERS[0], Answer(1, "user_id", "correct", "U0@Example.com"))
    assert store.value("SELECT count(DISTINCT user_id) AS people FROM interactions") == 1
    assert [row["value"] for row in quarantine.values(store, str(first.load_id))] == []


def test_a_whole_record_that_was_not_told_into_cells(store: Warehouse, tmp_path: Path) -> None:
    """A line with too few cells has no cell to correct: it is left out, written anew, or repaired in its file."""
    path = tmp_path / "b.csv"
    path.write_text("interaction_id,occurred_at,product_id\na,2026-03-01,chat\nb,2026-03-01\nc,2026-03-01,chat\n")
    first = load(store, path, who="ann")
    assert equation(first) == (3, 2, 0, 1, 0, 0)
    with pytest.raises(Refused, match=r"the cells of line 3 are not kept.*leave out"):
        mended(store, first.load_id, Answer(1, "", "correct", "chat"))
    anew = {"interaction_id": "b", "occurred_at": "2026-03-01", "product_id": "chat"}
    written = mended(store, first.load_id, *(Answer(1, column, "correct", cell) for column, cell in anew.items()))
    assert equation(written) == (1, 1, 0, 0, 0, 0)
    undo(store, str(written.load_id), "ann")
    path.write_text("interaction_id,occurred_at,product_id\na,2026-03-01,chat\nb,2026-03-01,chat\nc,2026-03-01,chat\n")
    repaired = load(store, path, who="ann")
    assert equation(repaired) == (3, 1, 2, 0, 0, 0)
    outcome = mended(store, first.load_id, Answer(1, "", "leave out"))
    assert equation(outcome) == (1, 0, 0, 0, 0, 1)
    assert outcome.written == {}


MISFITS = {
    r"Line 3 of the sheet: no record 9 is in the quarantine": [Answer(9, "outcome", "empty", sheet_line=3)],
    r"record 1 is of line 2 of the file, not of line 7": [Answer(1, "outcome", "empty", line=7)],
    r'interactions has no column "outcom".* Did you mean .outcome': [Answer(1, "outcom", "empty")],
    r"is answered twice, and not alike": [Answer(1, "outcome", "empty"), Answer(1, "outcome", "correct", "failed")],
    r"Nothing is left to give again": [Answer(None, "outcome", "empty", code="fraction", found="sucess")],
    r"Nothing was corrected": [],
}


def test_answers_that_fit_nothing_change_nothing(store: Warehouse) -> None:
    """An answer to no record, another line, no column or in two ways refuses all of them, and says which it was."""
    first = filed(store, WRONG)
    before = everything(store)
    for why, answers in MISFITS.items():
        with pytest.raises(Refused, match=why):
            mended(store, first.load_id, *answers)
    assert everything(store) == before
    assert [folder.name for folder in (store.side / "staging").iterdir()] == [first.load_id]  # the test's own


def test_a_load_that_is_unknown_or_taken_back_has_nothing_to_correct(store: Warehouse) -> None:
    """Corrections need a load in force; its preview made before it was taken back is refused, too."""
    first = filed(store, WRONG)
    preview = read_corrections(store, str(first.load_id), ANSWERS)
    undo(store, str(first.load_id), "ann")
    with pytest.raises(Refused, match=r"is undone.*redo"):
        publish_file(store, preview, "bea")
    preview.close()
    with pytest.raises(Refused, match=r"is undone"):
        mended(store, first.load_id, *ANSWERS)
    with pytest.raises(Refused, match=r"There is no load nowhere"):
        mended(store, "nowhere", *ANSWERS)


def test_a_rehearsal_shows_and_changes_nothing(store: Warehouse) -> None:
    """What publishing would do is counted, and the warehouse is byte for byte what it was."""
    first = filed(store, WRONG)
    with store.reading() as reader:
        before = contents(reader)
    preview = read_corrections(store, str(first.load_id), ANSWERS)
    outcome, _ = rehearse(store, preview, "bea", lambda _: None)
    preview.close()
    assert (outcome.status, *equation(outcome)) == ("preview", 3, 3, 0, 0, 0, 0)
    with store.reading() as reader:
        assert contents(reader) == before


def test_a_wrong_check_of_an_eval_file(store: Warehouse, tmp_path: Path) -> None:
    """Records on one line of JSON are told apart, and a record of any fact comes back through its own contract."""
    rows = [least("eval_results", case_id=f"c{n}", score="high" if n % 2 else "0.5", passed="true") for n in range(4)]
    path = tmp_path / "e.json"
    path.write_text(json.dumps(rows))
    first = load(store, path, who="ann")
    assert equation(first) == (4, 2, 0, 2, 0, 0)
    assert [cell["line"] for cell in quarantine.cells(store, str(first.load_id))] == [1, 1]
    mended(store, first.load_id, Answer(2, "score", "correct", "0.75"))
    assert store.value("SELECT score FROM eval_results WHERE case_id = 'c3'") == 0.75
    assert standing(store, first.load_id) == {1: "open", 2: "corrected"}


def test_hostile_cells_are_corrected_like_any_other(store: Warehouse, tmp_path: Path) -> None:
    """A formula, NUL, emoji, text from right to left and ten megabytes in a cell: told, found by value, corrected."""
    cells = ["=cmd|' /C calc'!A0", "a\0b", "👩‍👩‍👧 fine", "שלום \u202egnorw", "z" * (10 << 20), "'=1"]
    rows = [least("interactions", interaction_id=f"h{n}", mode=cell) for n, cell in enumerate(cells)]
    first = load(store, write_jsonl(tmp_path / "h.jsonl", rows), who="ann")
    assert equation(first) == (6, 0, 0, 6, 0, 0)
    found = quarantine.values(store, str(first.load_id))
    assert {str(row["value"])[:4] for row in found} == {"=cmd", "a␀b", "👩‍👩‍", "שלום"[:4], "zzzz", "'=1"}
    assert all(len(str(row["value"])) <= 501 for row in found)
    answers = [
        Answer(None, "mode", "correct", "assist", code=str(row["code"]), found=str(row["value"])) for row in found
    ]
    assert equation(mended(store, first.load_id, *answers)) == (6, 6, 0, 0, 0, 0)
    assert store.value("SELECT count(*) AS n FROM interactions WHERE mode = 'assist'") == 6


FORMATS = Path(__file__).parents[1] / "formats"
SPOILT: dict[str, tuple[str, str, str]] = {
    "otlp_genai/spans.jsonl": (r'("service.version","value":\{"stringValue":")', r"\g<1>a\\n", "service_version"),
    "promptfoo/results.json": (r'("latencyMs": ?)', r"\g<1>-", "duration_ms"),
    "litellm_spendlogs/spend_logs.jsonl": (r'("prompt_tokens": ?)', r"\g<1>-", "input_tokens"),
}
"""Files of other tools: what is spoilt in their first three places, and the column that then breaks the contract."""


@pytest.mark.parametrize("file", SPOILT)
def test_records_of_other_formats_come_back_as_they_would_have_been(fresh: Callable[[], Warehouse], file: str) -> None:
    """A span, a result or a billed call that was refused and is corrected ends as in a file that was never spoilt."""
    store, other = fresh(), fresh()
    pattern, wrong, column = SPOILT[file]
    text = (FORMATS / file).read_text()
    spoilt = store.side / "spoilt"
    spoilt.write_text(re.sub(pattern, wrong, text, count=3))
    whole = published(other, FORMATS / file, "R")
    counts = published(store, spoilt, "L")
    assert counts.accepted < whole.accepted
    refused = quarantine.cells(store, "L")
    assert {cell["column_name"] for cell in refused} == {column}
    answers = [
        Answer(int(str(cell["record"])), column, "correct", re.sub(r"^(-|a\n)", "", str(cell["value"])))
        for cell in refused
    ]
    outcome = mended(store, "L", *answers)
    equation(outcome)
    assert counts.accepted + outcome.accepted == whole.accepted
    assert facts(store, ("load_id", "superseded_by", "source_row")) == facts(
        other, ("load_id", "superseded_by", "source_row")
    )
