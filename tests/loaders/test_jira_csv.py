import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq
import pytest

from data.warehouse import Warehouse
from loaders.__main__ import main
from loaders.child import read
from loaders.format import Options, Refused
from loaders.head import read_head
from loaders.ingest import load as load_whole
from loaders.jira_csv import FORMAT
from loaders.job import Job, Parsed
from loaders.mapping import add_rules, parse_rule
from loaders.recognise import identify, rank
from tests.loaders.files import dump, facts, published

SAMPLES = Path(__file__).resolve().parents[1] / "formats" / "jira_csv"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "exports"
TRUTH = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))["tickets"]
ZONE = "Europe/Berlin"
WHOLE = ["en_jsm.csv", "de_jsm.csv", "es_jsm.csv", "fr_jsm.csv", "en_chart.csv"]
PARTS = ["en_part1.csv", "en_part2.csv"]
FULL = ["jira_en_jsm_sla", "jira_de_jsm_sla", "jira_es_jsm_sla", "jira_en_software_chart", "jira_en_part1",
        "jira_en_part2_overlaps_part1"]  # fmt: skip
BOT = "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077"
ANN, BOB = "712020:aaaaaaaa-1111-2222-3333-444444444444", "712020:bbbbbbbb-1111-2222-3333-444444444444"
here = pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here: the full exports are not read")


@dataclass
class Loaded:
    """What a file became."""

    parsed: Parsed
    folder: Path
    rows: list[dict[str, Any]]

    @property
    def only(self) -> dict[str, Any]:
        """The one ticket of the file."""
        assert len(self.rows) == 1
        return self.rows[0]

    @property
    def quarantine(self) -> list[dict[str, Any]]:
        """What was not taken, and why."""
        found: list[dict[str, Any]] = pq.read_table(self.folder / "quarantine.parquet").to_pylist()
        return found

    def says(self, words: str) -> bool:
        """Whether a message has these words."""
        return any(words in message for message in self.parsed.messages)


def load(path: Path, folder: Path, zone: str | None = ZONE, **values: str) -> Loaded:
    """Parse a file as the child process does, recognised by content, and hold the accounting against it."""
    folder.mkdir(exist_ok=True)
    parsed = Parsed.load(read(Job(str(path), str(folder), None, Options(timezone=zone, values=values), "UTC")))
    assert parsed.format == "jira_csv"
    rows = [row for fact in parsed.facts for row in pq.read_table(folder / fact.file).to_pylist()]
    used = sum(fact.records for fact in parsed.facts)
    assert parsed.rows_read == used + parsed.quarantined + parsed.blank + parsed.ignored
    return Loaded(parsed, folder, rows)


def issue(key: str = "ABC-1", **cells: object) -> dict[str, object]:
    """An issue of Jira Cloud: cells by the name of their column, a list for a repeated one; `__` is a space."""
    named = {name.replace("__", " "): cell for name, cell in cells.items()}
    return {
        "Summary": "s", "Issue key": key, "Issue Type": "Task", "Status": "To Do", "Status Category": "To Do",
        "Reporter": "Ann", "Reporter Id": ANN, "Assignee": "Bob", "Assignee Id": BOB, "Created": "02/Mar/26 9:10 AM",
        "Updated": "02/Mar/26 9:10 AM", "Component/s": "chat",
    } | named  # fmt: skip


def comment(at: str, author: str = BOB, text: str = "ok; see: page; 2") -> str:
    """A comment of 2 March as an export writes it."""
    return f"02/Mar/26 {at};{author};{text}"


def export(*issues: Mapping[str, object], delimiter: str = ",", without: tuple[str, ...] = ()) -> str:
    """Issues as Jira's CSV: a column as often as the issue with the most of it needs."""
    listed = [{name: cell if isinstance(cell, list) else [cell] for name, cell in row.items()} for row in issues]
    widths = {name: max(len(row.get(name, [])) for row in listed) for row in listed for name in row}
    names = [name for name in widths if name not in without]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow([name for name in names for _ in range(widths[name])])
    for row in listed:
        cells = {name: row.get(name, []) for name in names}
        writer.writerow([cell for name in names for cell in [*cells[name], *[""] * (widths[name] - len(cells[name]))]])
    return buffer.getvalue()


class File:
    """A file that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *issues: Mapping[str, object], without: tuple[str, ...] = (), **values: str) -> Loaded:
        """Load issues written in UTC."""
        return self.holding(export(*issues, without=without), **values)

    def holding(self, text: str, zone: str | None = "UTC", **values: str) -> Loaded:
        """Load a text."""
        path = self.folder / "export"
        path.write_text(text, encoding="utf-8", newline="")
        return load(path, self.folder / "staged", zone, **values)


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


# the oracle: what those who made the files know, and sums in plain Python ---------------------------------------------
def moment(text: str | None) -> datetime | None:
    """A moment of the truth as the warehouse keeps it: UTC without an offset."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None) if text else None


def true_totals(tickets: list[dict[str, Any]]) -> dict[str, float]:
    """The totals of tickets as the truth tells them."""
    answers = [minutes(row["created"], row["first"]) for row in tickets if row["first"]]
    ends = [minutes(row["created"], row["resolved"]) for row in tickets if row["resolved"]]
    return {
        "tickets": len(tickets), "answered": len(answers), "unanswered": len(tickets) - len(answers),
        "first_response_minutes_sum": sum(answers), "first_response_minutes_median": median(answers),
        "resolved": len(ends), "open": len(tickets) - len(ends), "resolution_minutes_sum": sum(ends),
        "resolution_minutes_median": median(ends),
        "resolved_without_answer": sum(bool(row["resolved"]) and not row["first"] for row in tickets),
        "unassigned": sum(not row["assignee"] for row in tickets),
        "smes": len({row["assignee"] for row in tickets} - {None}), "kb_added": sum(bool(row["kb"]) for row in tickets),
        "linked_sessions": sum(bool(row["session"]) for row in tickets),
    }  # fmt: skip


def minutes(start: str, end: str) -> float:
    """Minutes between two moments of the truth."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() / 60


@pytest.mark.parametrize("name", WHOLE)
def test_every_ticket_of_the_samples_comes_out(name: str, tmp_path: Path) -> None:
    """Ticket by ticket in four languages, in spite of bots, empty cells, commas, line breaks and the SLA column."""
    loaded = load(SAMPLES / name, tmp_path)
    assert {row["ticket_id"] for row in loaded.rows} == set(TRUTH)
    for row in loaded.rows:
        true = TRUTH[row["ticket_id"]]
        assert (row["opened_at"], row["first_response_at"], row["resolved_at"]) == (
            moment(true["created"]), moment(true["first"]), moment(true["resolved"]),
        )  # fmt: skip
        assert (row["source_product"], row["topic_id"], row["kind"]) == (true["product"], true["topic"], true["kind"])
        assert (row["requester_id"], row["assignee_id"], row["priority"]) == (
            true["reporter"], true["assignee"], true["priority"],
        )  # fmt: skip
        assert (row["linked_session_id"], row["knowledge_captured"]) == (true["session"], true["kb"] or None)
        assert (row["status"] in ("done", "cancelled"), row["status"] == "cancelled") == (true["done"], true["undone"])
        basis = "native" if name == "en_chart.csv" else "comment"
        assert row["response_basis"] == (basis if true["first"] else "none")
    assert loaded.parsed.totals == true_totals(list(TRUTH.values()))
    assert (loaded.parsed.rows_read, loaded.parsed.quarantined) == (len(TRUTH), 0)


@here
@pytest.mark.parametrize("name", FULL)
def test_the_full_exports_come_out_as_they_were_made(name: str, tmp_path: Path) -> None:
    """The totals of the whole exports, and of each product, topic and kind in them, are those of the manifest."""
    lines = (SHARED / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()
    truth = next(json.loads(line.split("\t")[-1]) for line in lines if line.split("\t")[1] == f"jira_csv/{name}.csv")
    loaded = load(SHARED / "jira_csv" / f"{name}.csv", tmp_path, truth["timezone_of_cells"])
    assert loaded.parsed.totals.items() <= truth.items()
    assert len(loaded.parsed.totals) == 14
    for key, column in (("per_product", "source_product"), ("per_topic", "topic_id"), ("per_kind", "kind")):
        assert Counter(row[column] for row in loaded.rows) == truth[key]
    assert min(row["opened_at"] for row in loaded.rows) == moment(truth["first_created_utc"])
    assert max(row["opened_at"] for row in loaded.rows) == moment(truth["last_created_utc"])
    assert loaded.says("what remained of the service goal") == truth["sla_column_trap"]
    assert loaded.says(f"{truth['bot_comments']} comments are of bots") == (truth["bot_comments"] > 0)


@here
@pytest.mark.parametrize("name", FULL[:4])
def test_every_ticket_of_the_full_exports_comes_out(name: str, tmp_path: Path) -> None:
    """All 140 tickets one by one."""
    loaded = load(SHARED / "jira_csv" / f"{name}.csv", tmp_path)
    found = {
        (row["ticket_id"], row["opened_at"], row["first_response_at"], row["resolved_at"], row["linked_session_id"])
        for row in loaded.rows
    }
    lines = (SHARED / "_make" / "truth_jira.jsonl").read_text(encoding="utf-8").splitlines()
    assert found == {
        (f"CTXG-{true['k'] + 1}", moment(true["created"]), moment(true["first"]), moment(true["resolved"]),
         true["session"])
        for true in map(json.loads, lines)
    }  # fmt: skip


# recognition and refusals --------------------------------------------------------------------------------------------
def shuffled(path: Path, to: Path, seed: int) -> Path:
    """The same records with their columns in another order, under a name that says nothing."""
    with path.open(encoding="utf-8", newline="") as source:
        rows = list(csv.reader(source))
    order = random.Random(seed).sample(range(len(rows[0])), len(rows[0]))
    with to.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([[row[place] for place in order] for row in rows])
    return to


@pytest.mark.parametrize("name", [*WHOLE, *PARTS])
@pytest.mark.parametrize("seed", range(3))
def test_an_export_is_recognised_under_any_name_and_order(name: str, seed: int, tmp_path: Path) -> None:
    """Recognition and reading look at the names of columns: not at the file's name, not at their order."""
    other = shuffled(SAMPLES / name, tmp_path / "x.bin", seed)
    source, confidence = identify(other, None)
    assert (source.name, confidence > 0.9) == ("jira_csv", True)
    assert rank(read_head(other))[1][1].confidence < 0.3
    assert load(other, tmp_path / "b").rows == load(SAMPLES / name, tmp_path / "a").rows


@here
def test_no_other_export_is_taken_for_jira() -> None:
    """The exports of other tools, tickets among them, are not recognised as Jira's."""
    others = [path for path in SHARED.glob("*/*") if path.is_file() and path.parent.name not in ("jira_csv", "_make")]
    assert len(others) > 20
    assert not [path.name for path in others if FORMAT.recognise(read_head(path)).confidence > 0]


def test_our_own_tickets_are_not_taken_for_jira(tmp_path: Path) -> None:
    """A file of the canonical format stays one, whatever else its columns are called."""
    (tmp_path / "x").write_text("ticket_id,opened_at,status,priority,created,updated\n1,2026-03-01,new,,,\n")
    assert identify(tmp_path / "x", None)[0].name == "canonical"


def test_a_column_that_is_only_called_key_is_less_sure(file: File) -> None:
    """Other tools have a Key, a Type and a Status too: recognised, but without certainty."""
    (file.folder / "x").write_text(export(issue()).replace("Issue key", "Key"))
    assert 0.5 < identify(file.folder / "x", None)[1] < 0.9


@pytest.mark.parametrize(("missing", "says"), [("Issue key", 'the column "Issue key"'), ("Created", '"Created" is')])
def test_without_key_or_creation_there_is_no_ticket(missing: str, says: str, file: File) -> None:
    """An export that lacks a column no ticket can be made without is refused with the name of it."""
    with pytest.raises(Refused) as refused:
        file.of(issue(Resolution=""), without=(missing,))
    assert says in str(refused.value)


def test_a_file_cut_in_the_middle_is_refused_whole(file: File) -> None:
    """Within a cell of several lines nobody can tell where the record ends."""
    text = (SAMPLES / "en_jsm.csv").read_text(encoding="utf-8")
    with pytest.raises(Refused, match=r"Line \d+: the quotes of the record that begins here do not match") as refused:
        file.holding(text[: text.rindex("Line two")])
    assert "export it again" in refused.value.remedy


def test_a_quote_that_is_not_closed_does_not_swallow_tickets(file: File) -> None:
    """A stray quote would make one cell of the records behind it: the file is refused, with the line."""
    lines = export(issue("ABC-1", Votes="0"), issue("ABC-2", Votes="0"), issue("ABC-3", Votes="0")).splitlines(True)
    lines[2] = lines[2].replace("s,ABC-2", '"s,ABC-2')
    with pytest.raises(Refused, match="Line 3: the quotes"):
        file.holding("".join(lines))


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """With the line of the first byte that is not."""
    (tmp_path / "x").write_bytes((SAMPLES / "de_jsm.csv").read_bytes().replace("Mär".encode(), b"M\xe4r"))
    with pytest.raises(Refused, match="Line 2: byte 0xE4 is not UTF-8"):
        load(tmp_path / "x", tmp_path / "staged")


# records and cells ---------------------------------------------------------------------------------------------------
def test_a_record_is_a_record_of_csv(file: File) -> None:
    """Line breaks, quotes and delimiters in cells, a byte order mark, semicolons or tabs between cells."""
    one = issue(Description='a "b"\r\nc,d;e\tf\nsession: s-1', Comment=[comment("9:20 AM", text="x\ny;z")])
    two = issue("ABC-2")
    for delimiter in ",;\t|":
        loaded = file.holding("\ufeff" + export(one, two, delimiter=delimiter))
        assert [row["ticket_id"] for row in loaded.rows] == ["ABC-1", "ABC-2"]
        assert loaded.rows[0]["linked_session_id"] == "s-1"
        assert loaded.rows[0]["first_response_at"] == datetime(2026, 3, 2, 9, 20)


def test_blank_records_are_counted(file: File) -> None:
    """Empty lines and records of empty cells are blank, whatever their number of cells."""
    text = export(issue())
    loaded = file.holding(text + "\n" + "," * text.splitlines()[0].count(",") + "\n")
    assert (loaded.parsed.rows_read, loaded.parsed.blank, len(loaded.rows)) == (3, 2, 1)


def test_a_cell_that_cannot_be_read_is_quarantined(file: File) -> None:
    """Its record is set aside with its line, its column, what came and what was expected; the others are read."""
    loaded = file.of(
        issue("ABC-1", Description="two\nlines"), issue("ABC-2", Created="31/Feb/26 9:00 AM"),
        issue("ABC-3", Created=""), issue("no key"), issue("ABC-4", Updated="soon"), issue("ABC-5"),
    )  # fmt: skip
    assert [row["ticket_id"] for row in loaded.rows] == ["ABC-1", "ABC-5"]
    assert [(bad["line"], bad["column_name"], bad["code"], bad["value"]) for bad in loaded.quarantine] == [
        (4, "Created", "not_a_moment", "31/Feb/26 9:00 AM"), (5, "Created", "missing", None),
        (6, "Issue key", "not_a_key", "no key"), (7, "Updated", "not_a_moment", "soon"),
    ]  # fmt: skip
    assert loaded.quarantine[0]["message"] == (
        'Created is "31/Feb/26 9:00 AM"; expected a moment as Jira writes it, like 29/Mar/26 2:20 PM.'
    )


def test_what_people_wrote_is_not_kept_in_the_quarantine(file: File) -> None:
    """A comment that is not told into date, author and text is named without its text."""
    loaded = file.of(issue(Comment=["my password is 1234"]))
    assert loaded.quarantine[0]["message"] == "Comment does not begin with a moment; expected date;author;text."
    assert loaded.quarantine[0]["value"] is None


def test_a_record_with_too_few_cells_is_quarantined(file: File) -> None:
    """It cannot be told which cell is missing."""
    loaded = file.holding(export(issue("ABC-1")) + "s,ABC-2,Task\n")
    assert [row["ticket_id"] for row in loaded.rows] == ["ABC-1"]
    assert (loaded.quarantine[0]["line"], loaded.quarantine[0]["code"]) == (3, "cells")


def test_an_odd_number_does_not_cost_a_ticket(file: File) -> None:
    """Satisfaction and reopenings are kept where they are numbers, left out and said where not."""
    rated = file.of(
        issue("ABC-1", **{"Satisfaction rating": "4", "Custom field (Reopen count)": "2"}),
        issue("ABC-2", **{"Satisfaction rating": "Very good", "Custom field (Reopen count)": ""}),
        issue("ABC-3", **{"Satisfaction rating": "4,5"}),
    )
    assert [(row["satisfaction"], row["reopened_count"]) for row in rated.rows] == [(4.0, 2), (None, None), (4.5, None)]
    assert rated.says("Satisfaction rating is not a number in 1 tickets and was left out there.")
    assert rated.parsed.totals["reopened"] == 1


def test_columns_that_are_not_there_stay_not_measured(file: File) -> None:
    """Without comments nothing is unanswered, without labels nothing undocumented: the columns do not exist."""
    loaded = file.of(issue(), without=("Updated", "Assignee", "Assignee Id"))
    absent = {"first_response_at", "response_basis", "resolved_at", "knowledge_captured", "topic_id", "assignee_id",
              "satisfaction", "documented_at", "linked_session_id", "stated_version"}  # fmt: skip
    assert not absent & loaded.only.keys()
    assert not {"answered", "unanswered", "resolved", "open", "unassigned"} & loaded.parsed.totals.keys()
    assert loaded.says("neither comments nor [CHART] Date of First Response: response times are not measured")


# first response ------------------------------------------------------------------------------------------------------
def test_the_sla_column_is_never_the_response_time(file: File) -> None:
    """Trap: "Time to first response" is what remained of the goal, 2:18 of four hours after 1:42. It is not read."""
    sla = {"Custom field (Time to first response)": "2:18"}
    answered = file.of(issue(Comment=[comment("10:52 AM")], **sla))
    assert answered.only["first_response_at"] == datetime(2026, 3, 2, 10, 52)
    assert answered.says('"Custom field (Time to first response)" is what remained of the service goal')
    silent = file.of(issue(**sla), without=("Updated",))
    assert "first_response_at" not in silent.only


def test_the_reporter_does_not_answer_himself(file: File) -> None:
    """The first comment of somebody else counts, whoever is assigned; the order of the columns does not."""
    loaded = file.of(
        issue("ABC-1", Comment=[comment("9:20 AM", ANN), comment("9:40 AM", "712020:ccc"), comment("9:30 AM")]),
        issue("ABC-2", Comment=[comment("9:20 AM", ANN)]), issue("ABC-3", Comment=[]),
    )  # fmt: skip
    assert [(row["first_response_at"], row["response_basis"]) for row in loaded.rows] == [
        (datetime(2026, 3, 2, 9, 30), "comment"), (None, "none"), (None, "none"),
    ]  # fmt: skip


@pytest.mark.parametrize("bot", [BOT, "jira-bot", "automation", "Automation for Jira", "helpBot", "addon_slack",
                                 "svc-desk"])  # fmt: skip
def test_a_bot_does_not_answer(file: File, bot: str) -> None:
    """Trap: an automatic acknowledgement a minute after the opening is no answer."""
    loaded = file.of(issue(Comment=[comment("9:11 AM", bot), comment("9:50 AM")]), issue("ABC-2", Comment=[]))
    assert loaded.rows[0]["first_response_at"] == datetime(2026, 3, 2, 9, 50)
    assert loaded.says("1 comments are of bots and count as no answer.")


@pytest.mark.parametrize("person", ["Abbott", "robot.smith", "talbot", "automaton"])
def test_a_person_is_no_bot(file: File, person: str) -> None:
    """Names with those letters in them are names."""
    assert file.of(issue(Comment=[comment("9:11 AM", person)])).only["response_basis"] == "comment"


CHART = "Custom field ([CHART] Date of First Response)"


def test_the_chart_field_wins_over_comments(file: File) -> None:
    """What Jira itself noted as the first response is native; where it is empty the comments tell."""
    loaded = file.of(
        issue("ABC-1", Comment=[comment("10:00 AM")], **{CHART: "02/Mar/26 9:45 AM"}),
        issue("ABC-2", Comment=[comment("10:00 AM")]),
    )
    assert [(row["first_response_at"].time().isoformat(), row["response_basis"]) for row in loaded.rows] == [
        ("09:45:00", "native"), ("10:00:00", "comment"),
    ]  # fmt: skip


def test_a_chart_field_before_the_opening_is_no_response(file: File) -> None:
    """A date that came along from elsewhere is older than the ticket: the comments tell."""
    row = file.of(issue(Comment=[comment("10:00 AM")], **{CHART: "01/Mar/26 9:45 AM"})).only
    assert (row["first_response_at"], row["response_basis"]) == (datetime(2026, 3, 2, 10), "comment")


def test_the_chart_field_can_be_a_bot_s(file: File) -> None:
    """Trap: Jira notes any first comment of another account, an automatic one too; the next person's is taken."""
    comments = [comment("9:11 AM", BOT), comment("9:50 AM")]
    row = file.of(issue(Comment=comments, **{CHART: "02/Mar/26 9:11 AM"})).only
    assert (row["first_response_at"], row["response_basis"]) == (datetime(2026, 3, 2, 9, 50), "comment")


def test_whose_comment_it_is_must_be_known(file: File) -> None:
    """Without Reporter Id an account may be the reporter's: only the assignee's answer is known to be another's."""
    hidden = issue("ABC-1", Comment=[comment("9:20 AM", ANN), comment("9:40 AM")])
    plain = issue("ABC-2", Comment=[comment("9:40 AM")])
    loaded = file.of(hidden, plain, without=("Reporter Id",))
    assert [(row["first_response_at"], row["response_basis"]) for row in loaded.rows] == [
        (None, None), (datetime(2026, 3, 2, 9, 40), "comment"),
    ]  # fmt: skip
    assert loaded.says("1 tickets have comments of which nobody can say whether the reporter wrote them")


def test_data_center_names_people_by_user_name(file: File) -> None:
    """There the comment and the column hold the same name; an unnamed reporter and an unnamed author are nobody."""
    loaded = file.of(
        issue("ABC-1", Reporter="ann", Comment=[comment("9:20 AM", "Ann"), comment("9:40 AM", "bob")]),
        issue("ABC-2", Reporter="", Comment=[comment("9:30 AM", ""), comment("9:40 AM", "bob")]),
        without=("Reporter Id", "Assignee Id"),
    )
    assert [row["first_response_at"] for row in loaded.rows] == [datetime(2026, 3, 2, 9, 40)] * 2
    assert [row["requester_id"] for row in loaded.rows] == ["ann", None]


def test_a_comment_before_the_opening_is_no_answer(file: File) -> None:
    """Comments that came along from elsewhere are older than the ticket."""
    row = file.of(issue(Comment=["01/Mar/26 9:00 AM;x;y", comment("9:40 AM")])).only
    assert row["first_response_at"] == datetime(2026, 3, 2, 9, 40)


def test_answers_within_a_minute_are_pointed_out(file: File) -> None:
    """A program not known as one would make response times look better than they are."""
    at_once = [issue(f"ABC-{n}", Comment=[comment("9:10 AM", "712020:x")]) for n in range(3)]
    assert file.of(*at_once).says("3 of 3 first responses came within a minute")
    assert not file.of(*at_once[:2]).says("within a minute")


# the end, the state, the topic ---------------------------------------------------------------------------------------
def test_done_without_resolved_was_done_when_its_category_changed(file: File) -> None:
    """Trap: Resolved may be empty on done tickets; a category that changed on an open one is no end."""
    changed = {"Status Category Changed": "03/Mar/26 1:00 PM"}
    loaded = file.of(
        issue("ABC-1", Status__Category="Done", Resolved="03/Mar/26 11:00 AM", **changed),
        issue("ABC-2", Status__Category="Done", Resolved="", **changed),
        issue("ABC-3", Status__Category="In Progress", Resolved="", **changed),
        issue("ABC-4", Status__Category="Done", Resolution="Won't Do", Resolved="", **changed),
    )
    assert [(row["status"], row["resolved_at"] and row["resolved_at"].hour) for row in loaded.rows] == [
        ("done", 11), ("done", 13), ("in_progress", None), ("cancelled", 13),
    ]  # fmt: skip


def test_a_category_that_is_not_known_is_said(file: File) -> None:
    """Another language: Resolved still tells the end, and the person hears of the word."""
    loaded = file.of(
        issue("ABC-1", Status="Fechado", Status__Category="Concluído", Resolved="03/Mar/26 1:00 PM"),
        issue("ABC-2", Status="Aberto", Status__Category="Itens Pendentes", Resolved=""),
    )
    assert [row["status"] for row in loaded.rows] == ["done", None]
    assert loaded.says('The status category "Concluído" of 1 tickets is not known here.')


def test_the_kind_is_the_label_s_or_the_type_s(file: File) -> None:
    """A label says it more exactly than the issue type, that more than the request type."""
    loaded = file.of(
        issue("ABC-1", Issue__Type="Bug", Labels=["urgent", "context-gap"]), issue("ABC-2", Issue__Type="Incident"),
        issue("ABC-3", Issue__Type="Story", **{"Custom field (Request Type)": "Service Request"}), issue("ABC-4"),
    )  # fmt: skip
    assert [row["kind"] for row in loaded.rows] == ["context_gap", "incident", "request", None]


def test_the_topic_is_a_field_s_or_a_label_s(file: File) -> None:
    """A field Topic, else a label topic:x, else the first label that is neither a kind nor about knowledge."""
    loaded = file.of(
        issue("ABC-1", Labels=["a", "topic:pricing"], **{"Custom field (Topic)": "travel"}),
        issue("ABC-2", Labels=["a", "topic:pricing"]), issue("ABC-3", Labels=["kb-added", "question", "sla", "z"]),
        issue("ABC-4", Labels=["incident"]), issue("ABC-5", Labels=["kb-added, sla"]),
    )  # fmt: skip
    assert [row["topic_id"] for row in loaded.rows] == ["travel", "pricing", "sla", None, "sla"]


def test_knowledge_that_nobody_speaks_of_is_unknown(file: File) -> None:
    """A label says that the answer was kept; without it nobody knows, which is not no."""
    loaded = file.of(issue("ABC-1", Labels=["x", "kb-added"]), issue("ABC-2", Labels=["x"]), issue("ABC-3"))
    assert [row["knowledge_captured"] for row in loaded.rows] == [True, None, None]


def test_when_it_was_documented_only_a_column_says(file: File) -> None:
    """A date field of that name."""
    documented = {"Custom field (Documented at)": "05/Mar/26", "Custom field (Eval added at)": "06/Mar/26"}
    row = file.of(issue(**documented)).only
    assert (row["documented_at"], row["eval_added_at"]) == (datetime(2026, 3, 5), datetime(2026, 3, 6))


def test_the_session_is_a_field_s_or_a_line_s(file: File) -> None:
    """A field, or a line of the description that holds nothing else; a sentence about sessions is none."""
    loaded = file.of(
        issue(
            "ABC-1", Description="session: b", **{"Custom field (Session id)": "a", "Custom field (Interaction)": "i"}
        ),
        issue("ABC-2", Description="See below\nConversation ID: c-1\nInteraction: i-2\nBye"),
        issue("ABC-3", Description="My session: it broke twice"),
    )
    assert [(row["linked_session_id"], row["linked_interaction_id"]) for row in loaded.rows] == [
        ("a", "i"), ("c-1", "i-2"), (None, None),
    ]  # fmt: skip


def test_the_product_is_the_component_or_the_project(file: File) -> None:
    """The first component; without one the project's key, told or from the issue's own key."""
    loaded = file.of(
        issue("ABC-1", **{"Component/s": ["", "search"], "Project key": "ABC"}),
        issue("ABC-2", **{"Component/s": [], "Project key": "HELP"}), issue("A_B2-3", **{"Component/s": ""}),
    )  # fmt: skip
    assert [row["source_product"] for row in loaded.rows] == ["search", "HELP", "A_B2"]


def test_nobody_is_not_a_person(file: File) -> None:
    """The account stands before the name; "Unassigned" is nobody."""
    loaded = file.of(issue("ABC-1"), issue("ABC-2", Assignee="Nicht zugewiesen", **{"Assignee Id": ""}))
    assert [row["assignee_id"] for row in loaded.rows] == [BOB, None]


# time ----------------------------------------------------------------------------------------------------------------
def test_a_zone_that_was_not_said_is_utc_and_said(file: File) -> None:
    """Jira writes local times: without --timezone they are taken for UTC, with it they are converted."""
    assert file.holding(export(issue()), zone=None).says("read as UTC. Say the exporter's with --timezone.")
    local = file.holding(export(issue()), zone=ZONE)
    assert local.only["opened_at"] == datetime(2026, 3, 2, 8, 10)
    assert not local.says("UTC")


def test_a_zone_that_cannot_be_right_is_pointed_out(file: File) -> None:
    """A moment in the hour which a zone leaves out in spring was not written in that zone."""
    loaded = file.holding(export(issue(Created="29/Mar/26 2:30 AM", Updated="")), zone=ZONE)
    assert loaded.says(f"1 moments lie in an hour that {ZONE} leaves out")


NUMERIC = {"Created": "03/04/26 9:00 AM", "Updated": "05/04/26 9:00 AM"}


def test_a_doubtful_order_of_day_and_month_is_asked_for(file: File) -> None:
    """Refused with the option that answers it; said, it is used."""
    with pytest.raises(Refused, match="can be read in two ways") as refused:
        file.of(issue(**NUMERIC))
    assert "--set day_order=dmy" in refused.value.remedy
    assert file.of(issue(**NUMERIC), day_order="dmy").only["opened_at"] == datetime(2026, 4, 3, 9)
    assert file.of(issue(**NUMERIC), day_order="mdy").only["opened_at"] == datetime(2026, 3, 4, 9)
    with pytest.raises(Refused, match=r"day_order is \"mdj\"; expected dmy or mdy\. Did you mean 'mdy'"):
        file.of(issue(**NUMERIC), day_order="mdj")


@pytest.mark.parametrize("settling", [
    {"Due date": "13/04/26"}, {"Comment": ["14/04/26 9:00 AM;x;y"]}, {"Last Viewed": "30/04/26 1:00 PM"},
])  # fmt: skip
def test_one_cell_settles_the_order_for_the_file(file: File, settling: dict[str, object]) -> None:
    """A day above the 12th in any date of any later record, one that is not otherwise read too."""
    loaded = file.of(issue("ABC-1", **NUMERIC), issue("ABC-2", **NUMERIC, **settling))
    assert {row["opened_at"] for row in loaded.rows} == {datetime(2026, 4, 3, 9)}


def test_a_date_in_the_other_order_is_quarantined(file: File) -> None:
    """Once the order was said, a date that does not fit it is no date."""
    loaded = file.of(issue("ABC-1", **NUMERIC), issue("ABC-2", **NUMERIC | {"Created": "04/13/26"}), day_order="dmy")
    assert [row["ticket_id"] for row in loaded.rows] == ["ABC-1"]
    assert loaded.quarantine[0]["value"] == "04/13/26"


# in a warehouse ------------------------------------------------------------------------------------------------------
def assert_same(stores: list[Warehouse]) -> None:
    """The first two hold the same facts, live and superseded; the third the same tickets, from one file."""
    without = ("load_id", "source_row", "superseded_by")
    assert facts(stores[0], without) == facts(stores[1], without)
    assert dump(stores[0], ["tickets"], without) == dump(stores[2], ["tickets"], without)


def test_overlapping_exports_end_in_the_same_tables(fresh: Callable[[], Warehouse]) -> None:
    """Two parts that share tickets, in either order, give the tables of the whole export; what is shared is once."""
    stores = [fresh(), fresh(), fresh()]
    for store, names in zip(stores, (PARTS, PARTS[::-1], ["en_jsm.csv"]), strict=True):
        counts = [published(store, SAMPLES / name, f"L{n}", timezone=ZONE) for n, name in enumerate(names)]
        assert sum(count.accepted for count in counts) == len(TRUTH)
        assert sum(count.duplicates for count in counts) == (3 if len(names) == 2 else 0)
    assert_same(stores)


@here
def test_the_full_overlapping_exports_end_in_the_same_tables(fresh: Callable[[], Warehouse]) -> None:
    """98 and 70 tickets are the 140 of the whole export."""
    stores = [fresh(), fresh(), fresh()]
    parts = [*FULL[4:]]
    for store, names in zip(stores, (parts, parts[::-1], FULL[:1]), strict=True):
        for number, name in enumerate(names):
            published(store, SHARED / "jira_csv" / f"{name}.csv", f"L{number}", timezone=ZONE)
        assert store.value("SELECT count(*) AS n FROM tickets") == 140
    assert_same(stores)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_later_export_is_in_force(fresh: Callable[[], Warehouse], tmp_path: Path, order: tuple[int, int]) -> None:
    """A ticket that went on after the first export stands as the second tells it, whichever is loaded first."""
    before = issue(Comment=[""])
    after = issue(Status__Category="Done", Updated="04/Mar/26 1:00 PM", Comment=[comment("9:40 AM")])
    store = fresh()
    for number in order:
        (tmp_path / f"{number}").write_text(export((before, after)[number]), encoding="utf-8", newline="")
        published(store, tmp_path / f"{number}", f"L{number}")
    assert store.rows("SELECT status, response_basis, version_at FROM tickets") == [
        {"status": "done", "response_basis": "comment", "version_at": datetime(2026, 3, 4, 13)}
    ]
    assert store.value("SELECT count(*) AS n FROM tickets_superseded") == 1


def test_a_load_through_every_door(store: Warehouse) -> None:
    """Recognised, read in the child process, people under pseudonyms, its products mapped by the component's name."""
    outcome = load_whole(store, SAMPLES / "de_jsm.csv", who="t", options=Options(timezone=ZONE))
    assert (outcome.status, outcome.format, outcome.accepted) == ("published", "jira_csv", len(TRUTH))
    people = store.rows("SELECT requester_id, assignee_id FROM tickets")
    assert not [row for row in people if "712020" in f"{row['requester_id']}{row['assignee_id']}"]
    assert outcome.unmapped == len(TRUTH)
    add_rules(store, [parse_rule("component=corp-chat:corp-llm")], "t", new=True)
    mapped = Counter(str(row["product_id"]) for row in store.rows("SELECT product_id FROM tickets"))
    assert mapped["corp-llm"] == sum(row["product"] == "corp-chat" for row in TRUTH.values())
    assert not [text for text in dump(store, ["tickets"])["tickets"] if "Looking into it" in text]


def test_the_order_of_dates_is_said_on_the_command_line(store: Warehouse, tmp_path: Path) -> None:
    """--set takes what a format asks for."""
    path = tmp_path / "x"
    path.write_text(export(issue(**NUMERIC)), encoding="utf-8", newline="")
    warehouse = ["--warehouse", str(store.path)]
    store.close()
    assert main(["load", str(path), *warehouse]) == 1
    assert main(["load", str(path), *warehouse, "--set", "day_order=dmy"]) == 0
