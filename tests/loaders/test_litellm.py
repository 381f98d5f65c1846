import csv
import json
import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders import FORMATS
from loaders.child import read
from loaders.format import Options, Refused
from loaders.head import read_head
from loaders.job import Job, Parsed
from loaders.litellm_rows import COLUMNS, told
from loaders.recognise import identify

SAMPLES = Path(__file__).resolve().parents[1] / "formats" / "litellm_spendlogs"
EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "exports"
TRUTH = json.loads((SAMPLES / "truth.json").read_text())
LOGS = ["spend_logs.jsonl", "spend_logs.csv", "payloads.json"]
RECORD: dict[str, Any] = {
    "request_id": "r1", "call_type": "acompletion", "api_key": "k", "spend": 0.5, "total_tokens": 30,
    "prompt_tokens": 10, "completion_tokens": 20, "startTime": "2026-03-02T10:00:00", "endTime": "2026-03-02T10:00:02",
    "model": "openai/gpt-4o", "user": "ann@corp.example", "metadata": {"user_api_key_alias": "chat-key"},
    "cache_hit": "None", "request_tags": ["env:prod"], "team_id": "", "end_user": "", "session_id": "s1",
    "status": "success",
}  # fmt: skip


class Loaded:
    """What a file became: its accounting, and its rows by fact."""

    def __init__(self, path: Path, folder: Path, **values: str) -> None:
        folder.mkdir(exist_ok=True)
        job = Job(str(path), str(folder), "litellm_spendlogs", Options(values=values), "UTC")
        self.parsed = Parsed.load(read(job))
        self.rows: dict[str, list[dict[str, Any]]] = {}
        for fact in self.parsed.facts:
            self.rows[fact.table] = pq.read_table(folder / fact.file).to_pylist()
        used = sum(fact.records for fact in self.parsed.facts)
        assert self.parsed.rows_read == used + self.parsed.quarantined + self.parsed.blank + self.parsed.ignored

    @property
    def one(self) -> dict[str, Any]:
        """The only interaction."""
        (row,) = self.rows["interactions"]
        return row


@pytest.fixture
def log(tmp_path: Path) -> "Log":
    return Log(tmp_path)


class Log:
    """A spend log that a test writes as JSON lines and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *records: dict[str, Any], **values: str) -> Loaded:
        path = self.folder / "x.bin"
        path.write_text("".join(json.dumps(RECORD | record) + "\n" for record in records))
        return Loaded(path, self.folder / "staged", **values)


@pytest.mark.parametrize("name", LOGS)
def test_every_answer_is_what_the_caller_did(name: str, tmp_path: Path) -> None:
    """Each interaction has the product, pilot, person, tokens, error and moment that the caller really had."""
    rows = {row["interaction_id"]: row for row in Loaded(SAMPLES / name, tmp_path / "s").rows["interactions"]}
    assert set(rows) == {truth["request_id"] for truth in TRUTH["rows"]}
    for truth in TRUTH["rows"]:
        row = rows[truth["request_id"]]
        person = truth["end_user"] or (truth["user"] if "@" in truth["user"] else None)
        spent = (0, 0) if truth["hit"] else (truth["input"], truth["output"])
        assert (row["source_product"], row["user_id"], row["error"]) == (truth["product"], person, not truth["ok"])
        assert (row["input_tokens"], row["output_tokens"]) == spent
        assert row.get("pilot_id") == ("alpha" if truth["pilot"] else None)
        assert row["session_id"] == truth["session"]
        assert row["team_id"] == truth["team"]
        began = datetime.fromisoformat(truth["start"]).replace(tzinfo=None)
        assert abs(row["occurred_at"] - began) <= timedelta(milliseconds=1)
        assert abs(row["duration_ms"] - truth["lat"]) <= 1


@pytest.mark.parametrize("name", LOGS)
def test_the_totals_are_the_callers(name: str, tmp_path: Path) -> None:
    """Interactions, errors, cache hits and tokens of the file are those of the truth; nothing is quarantined."""
    parsed = Loaded(SAMPLES / name, tmp_path / "s").parsed
    assert {key: parsed.totals[key] for key in TRUTH["totals"]} == TRUTH["totals"]
    assert parsed.quarantined == 0


@pytest.mark.parametrize("name", LOGS)
def test_dollars_are_those_of_the_log(name: str, tmp_path: Path) -> None:
    """The cost of all interactions is the spend of all rows, billed attempts included, to a micro-dollar a row."""
    loaded = Loaded(SAMPLES / name, tmp_path / "s")
    with (SAMPLES / "spend_logs.csv").open(newline="") as file:
        spend = [Decimal(row["spend"]) for row in csv.DictReader(file)]
    for table in ("interactions", "model_calls"):
        cost = sum(row["cost_microusd"] for row in loaded.rows[table])
        assert abs(cost - sum(spend) * 1_000_000) <= len(spend) / 2


def test_what_the_cache_answers_is_use_and_costs_no_tokens(log: Log) -> None:
    """A cache hit is an interaction with tokens of 0 and no model call: nothing was consumed."""
    loaded = log.of({"request_id": "r1_cache_hit1795.5", "cache_hit": "True", "spend": 0})
    assert (loaded.one["input_tokens"], loaded.one["output_tokens"], loaded.one["cost_microusd"]) == (0, 0, 0)
    assert loaded.rows["model_calls"] == []


def test_a_billed_attempt_is_no_interaction(log: Log) -> None:
    """An attempt that failed and was billed is a call of its answer, whose cost it adds to; its tokens stay its own."""
    loaded = log.of({"request_id": "r1-attempt-0", "status": "failure", "spend": 0.25}, {"request_id": "r1"})
    assert (loaded.one["cost_microusd"], loaded.one["input_tokens"]) == (750_000, 10)
    calls = {row["call_id"]: (row["interaction_id"], row["cost_microusd"]) for row in loaded.rows["model_calls"]}
    assert calls == {"r1": ("r1", 500_000), "r1-attempt-0": ("r1", 250_000)}


def test_an_embedding_is_a_call_and_no_interaction(log: Log) -> None:
    """Embeddings and rerankings of a search are calls: the question they belong to is counted once."""
    loaded = log.of({"request_id": "e1", "call_type": "aembedding"}, {"request_id": "k1", "call_type": "arerank"}, {})
    assert loaded.one["interaction_id"] == "r1"
    assert {row["call_id"] for row in loaded.rows["model_calls"]} == {"e1", "k1", "r1"}


def test_a_session_that_the_proxy_made_up_is_none(log: Log) -> None:
    """A generated id of one call only is no session; one that two calls share was given, and so was any other name."""
    lone, shared = "a4988f86-7b33-4180-84eb-e006d9a467e7", "19b284b5-bb84-45f3-87cc-b12dd3c388cc"
    sessions = {"r1": lone, "r2": shared, "r3": shared, "r4": "conversation-7"}
    rows = log.of(*({"request_id": name, "session_id": given} for name, given in sessions.items()))
    found = {row["interaction_id"]: row["session_id"] for row in rows.rows["interactions"]}
    assert found == {"r1": None, "r2": shared, "r3": shared, "r4": "conversation-7"}


@pytest.mark.parametrize(
    ("end_user", "user", "owner", "person"),
    [
        ("bob", "svc", "auto", "bob"), ("", "ann@corp.example", "auto", "ann@corp.example"), ("", "svc", "auto", None),
        ("", "svc", "person", "svc"), ("", "ann@corp.example", "nobody", None), ("bob", "svc", "nobody", "bob"),
    ],
)  # fmt: skip
def test_who_asked(log: Log, end_user: str, user: str, owner: str, person: str | None) -> None:
    """The caller's end user, else the owner of the key where that is a person; a service is nobody."""
    assert log.of({"end_user": end_user, "user": user}, key_owner=owner).one["user_id"] == person


def test_the_product_is_what_is_tagged_else_the_key(log: Log) -> None:
    """A tag names the product; without one it is the key's alias, the team, the key itself: for a rule to map."""
    rows = log.of(
        {"request_id": "a", "request_tags": ["product:x", "product:y"]}, {"request_id": "b"},
        {"request_id": "c", "metadata": {}, "team_id": "t"}, {"request_id": "d", "metadata": {}},
    ).rows["interactions"]  # fmt: skip
    assert {row["interaction_id"]: row["source_product"] for row in rows} == {
        "a": "x", "b": "chat-key", "c": "t", "d": "k",
    }  # fmt: skip


def test_an_unknown_answer_to_a_question_is_refused(log: Log) -> None:
    """Who owns the keys is auto, person or nobody."""
    with pytest.raises(Refused, match="key_owner"):
        log.of({}, key_owner="perhaps")


def test_records_that_are_none_are_quarantined(log: Log) -> None:
    """A record without an id, with broken JSON in a cell or with a spend that is no number waits with its reason."""
    loaded = log.of({"request_id": ""}, {"request_id": "b", "metadata": "{"}, {"request_id": "c", "spend": "much"}, {})
    assert loaded.one["interaction_id"] == "r1"
    assert loaded.parsed.quarantined == 3


@given(st.decimals(min_value=0, max_value=10**6, allow_nan=False, places=12))
def test_dollars_become_micro_dollars(spend: Decimal) -> None:
    """A spend is within half a micro-dollar of what is kept."""
    record = {"requestid": "r", "spend": format(spend, "f")}
    cost = dict(zip(COLUMNS, told(record, 1, 1, "auto"), strict=True))["cost"]
    assert abs(Decimal(str(cost)) - spend * 1_000_000) <= Decimal("0.5")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-02 10:00:00.123", datetime(2026, 3, 2, 10, 0, 0, 123000)),
        ("2026-03-02T10:00:00+02:00", datetime(2026, 3, 2, 8)),
        ("2026-03-02 10:00:00+00", datetime(2026, 3, 2, 10)),
        (1772445600, datetime(2026, 3, 2, 10)),
        ("1772445600.5", datetime(2026, 3, 2, 10, 0, 0, 500000)),
    ],
)
def test_moments(log: Log, written: object, moment: datetime) -> None:
    """The log's bare moments are UTC; an offset counts; seconds since 1970 are read."""
    assert log.of({"startTime": written}).one["occurred_at"] == moment


def test_the_same_rows_from_parquet_and_from_the_proxy(tmp_path: Path) -> None:
    """Parquet, an array, and an answer of the proxy's API that wraps its rows give the rows of JSON lines."""
    records = [json.loads(line) for line in (SAMPLES / "spend_logs.jsonl").read_text().splitlines()]
    texts = [{**record, "metadata": json.dumps(record["metadata"])} for record in records]
    for record in texts:
        record["request_tags"] = json.dumps(record["request_tags"])
        for name in ("messages", "response", "proxy_server_request"):
            record.pop(name)
        record["startTime"] = datetime.fromisoformat(record["startTime"])
    pq.write_table(pa.Table.from_pylist(texts), tmp_path / "p.bin")
    (tmp_path / "a.bin").write_text(json.dumps(records, indent=2))
    (tmp_path / "w.bin").write_text(json.dumps({"data": records, "total": len(records), "page": 1}))
    expected = Loaded(SAMPLES / "spend_logs.jsonl", tmp_path / "s").rows
    for name in ("p.bin", "a.bin", "w.bin"):
        assert identify(tmp_path / name, None)[0].name == "litellm_spendlogs"
        assert by_id(Loaded(tmp_path / name, tmp_path / f"s{name}").rows) == by_id(expected)


def by_id(rows: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The interactions in order, without their place in the file."""
    bare = [{key: value for key, value in row.items() if key != "source_row"} for row in rows["interactions"]]
    return sorted(bare, key=lambda row: row["interaction_id"])


@pytest.mark.parametrize("name", [*LOGS, "daily_team_spend.csv"])
@pytest.mark.parametrize("seed", range(3))
def test_recognised_by_content_alone(name: str, seed: int, tmp_path: Path) -> None:
    """Under any name, columns in any order and a year later, the file is this format's and no other's."""
    text = (SAMPLES / name).read_text().replace("2026-", "2027-")
    path = tmp_path / "x.bin"
    shuffle = random.Random(seed).sample
    if name.endswith(".csv"):
        rows = list(csv.reader(text.splitlines()))
        order = shuffle(range(len(rows[0])), len(rows[0]))
        with path.open("w", newline="") as file:
            csv.writer(file, delimiter=";").writerows([row[place] for place in order] for row in rows)
    else:
        whole = json.loads(text) if name.endswith(".json") else [json.loads(line) for line in text.splitlines()]
        path.write_text("\n".join(json.dumps(dict(shuffle(list(one.items()), len(one)))) for one in whole))
    found, confidence = identify(path, None)
    assert found.name == "litellm_spendlogs"
    assert confidence >= 0.9
    staged = Loaded(path, tmp_path / "s")
    assert staged.parsed.quarantined == 0
    assert str(staged.parsed.first_at).startswith("2027-")


def test_samples_of_other_formats_are_not_taken() -> None:
    """No sample of another format is recognised as a spend log."""
    others = [path for path in SAMPLES.parent.rglob("*") if path.is_file() and path.parent != SAMPLES]
    assert max(FORMATS["litellm_spendlogs"].recognise(read_head(path)).confidence for path in others) < 0.5


def test_daily_sums_never_become_interactions(tmp_path: Path) -> None:
    """The daily table fills use by day, team, key and model, and its requests and dollars are the file's."""
    loaded = Loaded(SAMPLES / "daily_team_spend.csv", tmp_path / "s")
    with (SAMPLES / "daily_team_spend.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(loaded.rows) == {"usage_daily"}
    days = loaded.rows["usage_daily"]
    assert sum(row["interactions"] for row in days) == sum(int(row["api_requests"]) for row in rows)
    assert sum(row["input_tokens"] for row in days) == sum(int(row["prompt_tokens"]) for row in rows)
    dollars = sum(Decimal(row["spend"]) for row in rows)
    assert abs(sum(row["cost_microusd"] for row in days) - dollars * 1_000_000) <= len(rows) / 2
    assert min(row["day"] for row in days) == min(date.fromisoformat(row["date"]) for row in rows)


def test_daily_rows_of_one_key_are_added_up(tmp_path: Path) -> None:
    """Rows that differ only in what use by day does not keep, such as the provider, are one row with their sum."""
    lines = (SAMPLES / "daily_team_spend.csv").read_text().splitlines()
    (tmp_path / "x").write_text("\n".join([*lines[:2], lines[1].replace(",openai,", ",azure,")]) + "\n")
    loaded = Loaded(tmp_path / "x", tmp_path / "s")
    (row,) = loaded.rows["usage_daily"]
    assert (row["interactions"], row["source_records"]) == (2, 2)


@pytest.mark.skipif(not EXPORTS.is_dir(), reason="../shared is not here: the full exports are not read")
@pytest.mark.parametrize("name", ["LiteLLM_SpendLogs.csv", "LiteLLM_SpendLogs.jsonl", "spend_log_payloads.json"])
def test_the_full_export_is_its_manifest(name: str, tmp_path: Path) -> None:
    """Every figure the manifest states is recovered from the file."""
    with (EXPORTS / "MANIFEST.tsv").open(newline="") as file:
        told_of = {row["file"]: row["truth"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    truth = json.loads(told_of[f"litellm_spendlogs/{name}"])
    loaded = Loaded(EXPORTS / "litellm_spendlogs" / name, tmp_path / "s")
    totals, rows = loaded.parsed.totals, loaded.rows["interactions"]
    assert loaded.parsed.rows_read == truth["rows"]
    assert totals["interactions"] == truth["interactions"]
    assert totals["errors"] == truth["failed_interactions"]
    assert totals["billed_attempts"] == truth["billed_attempt_rows_not_interactions"]
    assert totals["cache_hits"] == truth["cache_hits"]
    assert totals["distinct_users"] == truth["distinct_end_users"]
    assert totals["distinct_sessions"] == truth["distinct_sessions_given"]
    assert sum(row["session_id"] is not None for row in rows) == truth["interactions_with_given_session"]
    assert totals["input_tokens"] == truth["prompt_tokens_without_cache_hits_and_attempts"]
    assert totals["output_tokens"] == truth["completion_tokens_without_cache_hits"]
    assert totals["cache_read_input_tokens"] == truth["provider_cached_prompt_tokens"]
    assert round(totals["cost_microusd"] / 10_000) == round(truth["spend_sum_as_written_by_litellm"] * 100)
    assert sum(row["pilot_id"] is not None for row in rows) == truth["pilot_tagged"]
    for product, expected in truth["per_product"].items():
        own = [row for row in rows if row["source_product"] == product]
        assert (len(own), sum(row["error"] for row in own)) == (expected["n"], expected["failed"])
