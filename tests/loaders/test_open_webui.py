import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from data.warehouse import Warehouse
from loaders import FORMATS
from loaders.child import read
from loaders.format import Options, Refused
from loaders.head import read_head
from loaders.job import Job, Parsed
from loaders.open_webui_chats import moment
from loaders.recognise import identify
from tests.loaders.files import published

SAMPLES = Path(__file__).resolve().parents[1] / "formats" / "open_webui"
EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "exports"
SECOND = 1_774_852_551


class Loaded:
    """What a file became: its accounting, and its rows by fact."""

    def __init__(self, path: Path, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.parsed = Parsed.load(read(Job(str(path), str(folder), None, Options(), "UTC")))
        assert self.parsed.format == "open_webui"
        self.rows: dict[str, list[dict[str, Any]]] = {}
        for fact in self.parsed.facts:
            self.rows[fact.table] = pq.read_table(folder / fact.file).to_pylist()
        used = sum(fact.records for fact in self.parsed.facts)
        assert self.parsed.rows_read == used + self.parsed.quarantined + self.parsed.blank + self.parsed.ignored


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Loaded]:
    """Loads documents that a test writes, one a line."""
    numbers = count()

    def load(*documents: object) -> Loaded:
        number = next(numbers)
        path = tmp_path / f"{number}.bin"
        path.write_text("".join(json.dumps(document) + "\n" for document in documents))
        return Loaded(path, tmp_path / f"staged-{number}")

    return load


def message(role: str, parent: str | None = None, **rest: object) -> dict[str, object]:
    return {"role": role, "parentId": parent, "childrenIds": [], "timestamp": SECOND, "content": "secret", **rest}


def chat(messages: dict[str, dict[str, object]], current: str, **rest: object) -> dict[str, object]:
    inner = {"models": ["corp-gpt"], "history": {"messages": messages, "currentId": current}, "tags": []}
    return {"id": "c1", "user_id": "ann", "chat": inner, "updated_at": SECOND + 60, **rest}


def test_every_turn_is_one_interaction(tmp_path: Path) -> None:
    """Counted message by message in plain Python: turns, answers, tokens of all branches, errors, people, chats."""
    chats = json.loads((SAMPLES / "chats.json").read_text())
    messages = [one for whole in chats for one in whole["chat"]["history"]["messages"].values()]
    asked = [one for one in messages if one["role"] == "user"]
    answers = [one for one in messages if one["role"] == "assistant"]
    loaded = Loaded(SAMPLES / "chats.json", tmp_path / "s")
    rows = loaded.rows["interactions"]
    assert {row["interaction_id"] for row in rows} == {one["id"] for one in asked}
    assert {row["session_id"] for row in rows} == {whole["id"] for whole in chats}
    assert {row["user_id"] for row in rows} == {whole["user_id"] for whole in chats}
    assert sum(row["input_tokens"] or 0 for row in rows) == sum(
        (one["usage"] or {}).get("prompt_tokens", 0) for one in answers
    )
    calls = loaded.rows["model_calls"]
    assert {row["call_id"] for row in calls} == {one["id"] for one in answers}
    assert sum(row["error_type"] is not None for row in calls) == sum("error" in one for one in answers)
    assert loaded.parsed.totals["regenerated"] == len(answers) - len({one["parentId"] for one in answers})
    for row in rows:
        own = next(one for one in asked if one["id"] == row["interaction_id"])
        assert row["occurred_at"] == datetime.fromtimestamp(own["timestamp"], UTC).replace(tzinfo=None)
    assert loaded.parsed.quarantined == 0


def test_only_the_branch_that_is_shown_tells_the_error(file: Callable[..., Loaded]) -> None:
    """An answer that failed and was generated again is no error of the interaction; its tokens still count."""
    messages = {
        "q": message("user"),
        "bad": message("assistant", "q", model="corp-gpt", error={"content": "overloaded"}, usage=None),
        "good": message("assistant", "q", model="kb-rag", usage={"prompt_tokens": 5, "completion_tokens": 2},
                        sources=[{}, {}], timestamp=SECOND + 3),
    }  # fmt: skip
    (row,) = file(chat(messages, "good")).rows["interactions"]
    assert (row["error"], row["source_product"], row["retrieved_source_count"]) == (False, "kb-rag", 2)
    assert (row["input_tokens"], row["duration_ms"]) == (5, 3_000)
    (failed,) = file(chat(messages, "bad")).rows["interactions"]
    assert (failed["error"], failed["error_type"]) == (True, "answer_error")


def test_nobody_is_counted_for_a_question_without_an_answer(file: Callable[..., Loaded]) -> None:
    """A question that waits is an interaction whose error and tokens are unknown."""
    (row,) = file(chat({"q": message("user")}, "q")).rows["interactions"]
    assert (row["error"], row["input_tokens"], row["source_product"]) == (None, None, "corp-gpt")


@pytest.mark.parametrize(
    ("tags", "pilot"),
    [(["pilot-legal"], "legal"), ([{"name": "Pilot: x"}], " x"), (["pilot"], "pilot"), (["work"], None), ([], None)],
)
def test_a_tag_names_the_pilot(file: Callable[..., Loaded], tags: list[object], pilot: str | None) -> None:
    """A tag that begins with pilot says which one."""
    made = chat({"q": message("user"), "a": message("assistant", "q")}, "a")
    made["chat"]["tags"] = tags  # type: ignore[index]
    assert file(made).rows["interactions"][0]["pilot_id"] == pilot


def test_a_bare_chat_and_chats_on_lines(file: Callable[..., Loaded]) -> None:
    """A chat that is not wrapped is one session, and several stand on lines of one file."""
    bare = chat({"q": message("user"), "a": message("assistant", "q"), "r": message("user", "a")}, "r")["chat"]
    wrapped = chat({"z": message("user")}, "z", id="c2")
    rows = file(bare, wrapped).rows["interactions"]
    assert {row["interaction_id"]: row["session_id"] for row in rows} == {"q": "q", "r": "q", "z": "c2"}


def test_chats_without_a_question_are_ignored(file: Callable[..., Loaded]) -> None:
    """A chat that nobody began is left out by name, and what is no chat is quarantined."""
    loaded = file(chat({"q": message("user")}, "q"), chat({}, "", id="c2"), {"name": "x"}, {})
    assert loaded.parsed.ignored_reasons == {"chat in which nobody has asked anything": 1}
    assert (loaded.parsed.quarantined, loaded.parsed.blank, loaded.parsed.rows_read) == (1, 1, 4)


def test_ratings_point_at_the_question(tmp_path: Path) -> None:
    """Each rating of the export is evidence of the turn whose answer it rates, found in the chat it repeats."""
    given = json.loads((SAMPLES / "feedback.json").read_text())
    rows = {row["feedback_id"]: row for row in Loaded(SAMPLES / "feedback.json", tmp_path / "s").rows["feedback"]}
    assert len(rows) == len(given)
    for one in given:
        inner = one["snapshot"]["chat"]["chat"]["history"]["messages"]
        row = rows[one["id"]]
        assert row["target_id"] == inner[one["meta"]["message_id"]]["parentId"]
        assert row["verdict"] == ("confirmed" if int(one["data"]["rating"]) > 0 else "failed")
        assert row["source_product"] == one["data"]["model_id"]


def test_a_rating_without_its_chat_points_at_the_session(file: Callable[..., Loaded]) -> None:
    """Ratings as text count like numbers; without the repeated chat the session is what is known."""
    rating = {
        "id": "f", "user_id": "ann", "type": "rating", "created_at": SECOND,
        "data": {"rating": "-1", "model_id": "m", "reason": "a\nb"},
        "meta": {"message_id": "a", "chat_id": "c1"},
    }  # fmt: skip
    (row,) = file(rating).rows["feedback"]
    assert (row["target_type"], row["target_id"], row["verdict"], row["label"]) == ("session", "c1", "failed", "a b")


def test_a_rating_in_a_chat_is_the_rating_of_the_export(file: Callable[..., Loaded]) -> None:
    """A chat that carries the rating of an answer tells the same feedback, and the chat stays one record."""
    messages = {
        "q": message("user"),
        "a": message("assistant", "q", model="m", annotation={"rating": 1, "reason": "good"}, feedbackId="f"),
    }
    loaded = file(chat(messages, "a"))
    (row,) = loaded.rows["feedback"]
    assert (row["feedback_id"], row["target_id"], row["verdict"]) == ("f", "q", "confirmed")
    assert loaded.parsed.rows_read == 1


def test_what_was_said_is_never_kept(tmp_path: Path) -> None:
    """No staged file holds a question, an answer, a title or a comment."""
    Loaded(SAMPLES / "chats.json", tmp_path / "s")
    stored = b"".join(path.read_bytes() for path in (tmp_path / "s").iterdir() if path.name != "unpacked")
    for said in (b"Frage", b"Antwort", b"Chat 4"):
        assert said not in stored


def test_accounts_are_refused_by_name(tmp_path: Path) -> None:
    """The list of accounts tells of nobody what they did."""
    with pytest.raises(Refused, match="list of accounts"):
        read(Job(str(SAMPLES / "users.json"), str(tmp_path), None, Options(), "UTC"))


def test_chats_again_are_the_same_rows(store: Warehouse, tmp_path: Path) -> None:
    """An export of one person over the export of all is all duplicates, in either order."""
    chats = json.loads((SAMPLES / "chats.json").read_text())
    (tmp_path / "one").write_text("\n".join(json.dumps(chat) for chat in chats[:2]))
    published(store, SAMPLES / "chats.json", "l1")
    before = store.rows("SELECT * EXCLUDE (load_id) FROM interactions ORDER BY interaction_id")
    assert published(store, tmp_path / "one", "l2").accepted == 0
    assert store.rows("SELECT * EXCLUDE (load_id) FROM interactions ORDER BY interaction_id") == before


@pytest.mark.parametrize(
    "stated", [SECOND, SECOND * 1_000, SECOND * 10**6, SECOND * 10**9, f"{SECOND}.0", "2026-03-30T06:35:51+00:00"]
)
def test_moments_by_their_size(stated: object) -> None:
    """Seconds, milli-, micro- and nanoseconds since 1970 are told apart."""
    assert moment(stated) == "2026-03-30T06:35:51+00:00"


def test_recognised_by_content_alone(tmp_path: Path) -> None:
    """Under any name and a year later; and no sample of another format is taken for it."""
    later = (SAMPLES / "chats.json").read_text().replace("17748", "18063").replace("17724", "18039")
    (tmp_path / "x.bin").write_text(later)
    assert identify(tmp_path / "x.bin", None)[0].name == "open_webui"
    others = [path for path in SAMPLES.parent.rglob("*") if path.is_file() and path.parent != SAMPLES]
    assert max(FORMATS["open_webui"].recognise(read_head(path)).confidence for path in others) < 0.5
    for path in (SAMPLES / "chats.json", SAMPLES / "feedback.json"):
        ranked = {name: entry.recognise(read_head(path)).confidence for name, entry in FORMATS.items()}
        assert [name for name, confidence in ranked.items() if confidence >= 0.5] == ["open_webui"]


@pytest.mark.skipif(not EXPORTS.is_dir(), reason="../shared is not here: the full exports are not read")
@pytest.mark.parametrize("name", ["all-chats-db-export.json", "one-user-chat-export.json", "feedback-export.json"])
def test_the_full_export_is_its_manifest(name: str, tmp_path: Path) -> None:
    """Every figure the manifest states of a file is recovered from it."""
    with (EXPORTS / "MANIFEST.tsv").open(newline="") as file:
        told = {row["file"]: row["truth"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    truth = json.loads(told[f"open_webui/{name}"])
    loaded = Loaded(EXPORTS / "open_webui" / name, tmp_path / "s")
    totals = loaded.parsed.totals
    if name == "feedback-export.json":
        assert (totals["thumbs_up"], totals["thumbs_down"]) == (truth["thumbs_up"], truth["thumbs_down"])
        return
    assert (totals["chats"], totals["distinct_users"]) == (truth["chats"], truth["users"])
    assert totals["interactions"] == truth["user_turns"]
    if "input_tokens_all_branches" in truth:
        assert totals["model_calls"] == truth["assistant_messages_all_branches"]
        assert totals["regenerated"] == truth["regenerated"]
        assert totals["failed_model_calls"] == truth["errored_assistant_messages"]
        assert totals["input_tokens"] == truth["input_tokens_all_branches"]
        assert totals["output_tokens"] == truth["output_tokens_all_branches"]
        rows = loaded.rows["interactions"]
        assert len({row["session_id"] for row in rows if row["pilot_id"]}) == truth["chats_tagged_pilot"]
        chats = {row["session_id"]: row["source_product"] for row in rows}
        assert {model: [*chats.values()].count(model) for model in truth["per_model"]} == truth["per_model"]
