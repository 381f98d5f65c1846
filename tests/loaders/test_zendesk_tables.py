"""Zendesk by the roads of tables: what Fivetran makes of it, and a view as CSV."""

import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from loaders.format import Refused
from loaders.opening import open_file
from loaders.recognise import identify
from tests.loaders.loaded import SAMPLES, Loaded

SYNCED = "2026-03-09 02:00:00.000"
PEOPLE = {7: "agent", 8: "agent", 100: "end-user", 101: "end-user", 102: "end-user"}
TABLES = {
    "ticket": [
        "id,_fivetran_synced,assignee_id,created_at,external_id,priority,requester_id,status,subject,submitter_id,"
        "type,updated_at,via_channel,custom_product",
        f'1,{SYNCED},7,2026-03-02 10:00:00,s-1,high,100,closed,"a, b",100,question,2026-03-05 10:00:00,web,chat',
        f"2,{SYNCED},8,2026-03-02 11:00:00,,,101,open,c,101,incident,2026-03-03 10:00:00,web,chat",
        f"3,{SYNCED},,2026-03-02 12:00:00,,,102,new,d,102,,2026-03-02 12:00:00,web,",
        f"4,{SYNCED},,2026-03-02 12:00:00,,,102,deleted,e,102,,2026-03-02 12:00:00,web,chat",
    ],
    "ticket_comment": [
        "id,_fivetran_synced,body,created,facebook_comment,public,ticket_id,tweet,user_id,voice_comment",
        f'11,{SYNCED},"two\nlines",2026-03-02 10:00:00,FALSE,TRUE,1,FALSE,100,FALSE',
        f"13,{SYNCED},answer,2026-03-02 10:42:00,FALSE,TRUE,1,FALSE,7,FALSE",
        f"12,{SYNCED},among us,2026-03-02 10:05:00,FALSE,FALSE,1,FALSE,7,FALSE",
        f"14,{SYNCED},a customer too,2026-03-02 11:10:00,FALSE,TRUE,2,FALSE,100,FALSE",
        f"15,{SYNCED},of another,2026-03-02 11:10:00,FALSE,TRUE,4,FALSE,7,FALSE",
    ],
    "ticket_field_history": [
        "field_name,ticket_id,updated,_fivetran_synced,user_id,value",
        f"status,1,2026-03-05 10:00:00,{SYNCED},,closed",
        f"status,1,2026-03-02 10:00:00,{SYNCED},100,new",
        f"assignee_id,1,2026-03-02 10:04:00,{SYNCED},7,7",
        f"status,1,2026-03-02 11:00:00,{SYNCED},7,solved",
        f"status,1,2026-03-02 13:00:00,{SYNCED},100,open",
        f"status,1,2026-03-03 09:30:00,{SYNCED},7,solved",
        f"assignee_id,1,2026-03-03 09:00:00,{SYNCED},7,9",
    ],
    "ticket_tag": ["tag,ticket_id,_fivetran_synced", f"pricing,1,{SYNCED}", f"kb-added,1,{SYNCED}"],
    "user": [
        "id,_fivetran_synced,email,name,role,ticket_restriction",
        *(f"{who},{SYNCED},u{who}@example.com,N,{role}," for who, role in PEOPLE.items()),
    ],
    "group": [
        "id,_fivetran_deleted,_fivetran_synced,created_at,name,updated_at,url",
        f"5,FALSE,{SYNCED},2020-01-01 00:00:00,experts,2020-01-01 00:00:00,https://x.zendesk.com/api/v2/groups/5",
    ],
}


def packed(folder: Path, *names: str) -> Loaded:
    """Some of the connector's tables in one zip, whatever they are called, read."""
    path = folder / "x.bin"
    with zipfile.ZipFile(path, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(f"{number}.bin", "\n".join(TABLES[name]))
    return Loaded(path, folder / "-".join(names))


@pytest.mark.parametrize("names", [tuple(TABLES), tuple(reversed(TABLES))])
def test_the_tables_together_tell_of_answers_and_reopenings(tmp_path: Path, names: tuple[str, ...]) -> None:
    """The first public comment of an agent, the first assignment, the last solution, how often it was opened again."""
    loaded = packed(tmp_path, *names)
    rows = {row["ticket_id"]: row for row in loaded.of("tickets")}
    assert set(rows) == {"1", "2", "3"}
    one = rows["1"]
    assert (one["opened_at"], one["first_response_at"], one["response_basis"]) == (
        datetime(2026, 3, 2, 10), datetime(2026, 3, 2, 10, 42), "comment",
    )  # fmt: skip
    assert (one["assigned_at"], one["resolved_at"], one["reopened_count"]) == (
        datetime(2026, 3, 2, 10, 4), datetime(2026, 3, 3, 9, 30), 1,
    )  # fmt: skip
    assert (one["source_product"], one["topic_id"], one["knowledge_captured"]) == ("chat", "pricing", True)
    assert (one["status"], one["kind"], one["linked_session_id"]) == ("done", "context_gap", "s-1")
    assert (rows["2"]["first_response_at"], rows["2"]["response_basis"]) == (None, "none")  # a customer's comment
    assert rows["3"]["response_basis"] == "none"
    assert loaded.parsed.ignored_reasons == {
        "deleted ticket": 1, "row about a ticket that is not in the file": 1,
        "user, who is looked up and is no ticket": 5, "row of a table that tells nothing of tickets": 1,
    }  # fmt: skip
    assert loaded.parsed.rows_read == sum(len(table) - 1 for table in TABLES.values())


def test_what_no_table_tells_is_unknown(tmp_path: Path) -> None:
    """Without the comments nothing is said of answers, without the history nothing of solutions."""
    (row, *_) = packed(tmp_path, "ticket", "ticket_field_history").of("tickets")
    assert "first_response_at" not in row
    assert row["reopened_count"] == 1
    (row, *_) = packed(tmp_path, "ticket", "ticket_comment").of("tickets")
    assert "resolved_at" not in row
    assert row["response_basis"] == "comment"


@pytest.mark.parametrize("names", [("ticket_comment",), ("user",), ("ticket_comment", "user")])
def test_side_tables_alone_are_refused_by_what_they_are(tmp_path: Path, names: tuple[str, ...]) -> None:
    """No ticket can be made of them: the person hears what to put beside."""
    with pytest.raises(Refused, match="side tables") as refused:
        packed(tmp_path, *names)
    assert "one zip file" in refused.value.remedy


def test_a_table_that_is_cut_is_refused_whole(tmp_path: Path) -> None:
    """A row that has not the cells of its header: its table and line are named, and nothing is half imported."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ticket.csv", "\n".join(TABLES["ticket"])[:-30])
        archive.writestr("ticket_tag.csv", "\n".join(TABLES["ticket_tag"]))
    (tmp_path / "in").mkdir()
    with pytest.raises(Refused, match=r"Line 5 of the table ticket\.csv"):
        open_file(path, tmp_path / "in")


@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared is not here: the connector's own test tables")
def test_the_connector_s_own_tables(tmp_path: Path) -> None:
    """All tables of the connector's tests at once: the ticket that all tell of was solved when its history says."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for table in (SAMPLES / "zendesk_fivetran").glob("*.csv"):
            archive.write(table, table.name)
    rows = {row["ticket_id"]: row for row in Loaded(path, tmp_path / "s").of("tickets")}
    assert len(rows) == 8
    assert (rows["11071"]["assigned_at"], rows["11071"]["resolved_at"], rows["11071"]["reopened_count"]) == (
        datetime(2020, 8, 28, 11, 1, 27), datetime(2020, 11, 14, 11, 1, 27), 0,
    )  # fmt: skip


VIEW = (
    "Id,Requester,Requester email,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Assignee,Group,"
    "Organization,Due date,Initially assigned at,Solved at,Satisfaction Score,Group stations,Reopens,Replies,"
    "First reply time in minutes,First reply time in minutes within business hours,Product [list]\n"
    '1,Ann,ann@example.com,"a, b",pricing kb-added,Closed,High,Web,Question,2026-03-20 10:00,2026-03-29 12:00,Bo,'
    "Experts,O,-,2026-03-20 10:04,2026-03-29 09:30,Good,1,1,2,42,42,chat\n"
    "2,Cid,cid@example.com,c,,Open,-,Mail,Incident,2026-03-29 01:30,2026-03-29 12:00,Bo,Experts,"
    "O,-,-,,Offered,1,0,0,,,chat\n"
    "3,Cid,cid@example.com,d,,On-hold,Low,Mail,Task,2026-03-29 01:30,2026-03-29 12:00,-,-,O,-,-,,Offered,1,0,1,90,10,\n"
    "4,Cid,cid@example.com,e,,Deleted,Low,Mail,Task,2026-03-29 01:30,2026-03-29 12:00,-,-,O,-,-,,Offered,1,0,1,90,10,\n"
)


def test_a_view_is_read_by_the_columns_it_shows(tmp_path: Path) -> None:
    """Moments are of the account's zone; minutes are by the clock, also in the night in which it goes forward."""
    path = tmp_path / "x.bin"
    path.write_text(VIEW)
    assert identify(path, None)[0].name == "zendesk_json"
    loaded = Loaded(path, tmp_path / "s", timezone="Europe/Berlin")
    rows = {row["ticket_id"]: row for row in loaded.of("tickets")}
    one, two, three = (rows[name] for name in "123")
    assert (one["opened_at"], one["first_response_at"]) == (datetime(2026, 3, 20, 9), datetime(2026, 3, 20, 9, 42))
    assert (one["assigned_at"], one["resolved_at"]) == (datetime(2026, 3, 20, 9, 4), datetime(2026, 3, 29, 7, 30))
    assert (one["status"], one["priority"], one["reopened_count"], one["satisfaction"]) == ("done", "high", 1, 1.0)
    assert (one["source_product"], one["topic_id"], one["knowledge_captured"]) == ("chat", "pricing", True)
    assert (two["response_basis"], two["priority"], two["resolved_at"]) == ("none", None, None)
    assert (three["opened_at"], three["first_response_at"], three["status"]) == (
        datetime(2026, 3, 29, 0, 30), datetime(2026, 3, 29, 2), "waiting",
    )  # fmt: skip
    assert loaded.parsed.ignored_reasons == {"deleted ticket": 1}
    assert (one["requester_id"], one["assignee_id"]) == ("ann@example.com", "Bo")


def test_a_view_without_measures_measures_nothing(tmp_path: Path) -> None:
    """What a view does not show is unknown, and without a stated zone the person hears of it."""
    path = tmp_path / "x.bin"
    path.write_text("Id,Requester,Subject,Status,Priority,Via,Created at\n9,Ann,s,Open,Low,Web,2026-03-20 10:00\n")
    loaded = Loaded(path, tmp_path / "s")
    (row,) = loaded.of("tickets")
    assert "first_response_at" not in row
    assert any("--timezone" in message for message in loaded.parsed.messages)
