import base64
import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from loaders.child import read
from loaders.format import Options, Refused
from loaders.head import read_head
from loaders.job import Job, Parsed
from loaders.otlp_genai import FORMAT
from loaders.otlp_spans import identifier

SAMPLES = Path(__file__).resolve().parents[1] / "formats" / "otlp_genai"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "exports"
TRUTH = json.loads((SAMPLES / "truth.json").read_text())
NOON = 1_772_452_800_000_000_000  # 2026-03-02T12:00:00Z
here = pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here: the full exports are not read")


@dataclass
class Loaded:
    """What a file became."""

    parsed: Parsed
    folder: Path
    interactions: list[dict[str, Any]]
    calls: list[dict[str, Any]]

    @property
    def only(self) -> dict[str, Any]:
        """The one interaction of the file."""
        assert len(self.interactions) == 1
        return self.interactions[0]


def load(path: Path, folder: Path) -> Loaded:
    """Parse a file as the child process does, and hold the accounting against it."""
    folder.mkdir(exist_ok=True)
    parsed = Parsed.load(read(Job(str(path), str(folder), "otlp_genai", Options(), "UTC")))
    rows: dict[str, list[dict[str, Any]]] = {"interactions": [], "model_calls": []}
    for fact in parsed.facts:
        rows[fact.table] += pq.read_table(folder / fact.file).to_pylist()
    used = sum(fact.records for fact in parsed.facts)
    assert parsed.rows_read == used + parsed.quarantined + parsed.blank + parsed.ignored
    assert parsed.ignored == sum(parsed.ignored_reasons.values())
    return Loaded(parsed, folder, rows["interactions"], rows["model_calls"])


def span(name: str, parent: str = "", *, trace: str = "t", at: float = 0, ms: float = 1_000, failed: bool = False,
         **attributes: object) -> dict[str, Any]:  # fmt: skip
    """A span as OTLP/JSON has it; attribute names are written with two underscores for a dot, times after noon."""
    start = NOON + round(at * 1e9)
    return {
        "traceId": trace.encode().hex().ljust(32, "0"), "spanId": name.encode().hex().ljust(16, "0")[:16],
        **({"parentSpanId": parent.encode().hex().ljust(16, "0")[:16]} if parent else {}), "name": name, "kind": 1,
        "startTimeUnixNano": str(start), "endTimeUnixNano": str(start + round(ms * 1e6)),
        "attributes": [attribute(key.replace("__", "."), value) for key, value in attributes.items()],
        "status": {"code": 2} if failed else {},
    }  # fmt: skip


def attribute(key: str, value: object) -> dict[str, Any]:
    """A key and an AnyValue."""
    kind = "intValue" if isinstance(value, int) else "doubleValue" if isinstance(value, float) else "stringValue"
    return {"key": key, "value": {kind: str(value) if kind == "intValue" else value}}


def group(spans: Iterable[dict[str, Any]], **resource: object) -> dict[str, Any]:
    """Spans of one resource."""
    named = {"service__name": "corp-chat"} | resource
    listed = [attribute(key.replace("__", "."), value) for key, value in named.items()]
    return {"resource": {"attributes": listed}, "scopeSpans": [{"scope": {"name": "x"}, "spans": list(spans)}]}


def chat(name: str, parent: str = "", *, tokens: tuple[int, int] | None = (10, 1), **rest: Any) -> dict[str, Any]:
    """A call of a model."""
    said = (
        {} if tokens is None else {"gen_ai__usage__input_tokens": tokens[0], "gen_ai__usage__output_tokens": tokens[1]}
    )
    return span(name, parent, **({"gen_ai__operation__name": "chat", "gen_ai__request__model": "m-1"} | said | rest))


@pytest.fixture
def file(tmp_path: Path) -> "File":
    return File(tmp_path)


class File:
    """A file that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, *spans: dict[str, Any], **resource: object) -> Loaded:
        """Load spans of one service, each on a line of its own."""
        return self.holding("\n".join(json.dumps({"resourceSpans": [group([one], **resource)]}) for one in spans))

    def holding(self, text: str) -> Loaded:
        """Load a text."""
        path = self.folder / "export"
        path.write_text(text, encoding="utf-8")
        return load(path, self.folder / "staged")


# the real files ------------------------------------------------------------------------------------------------------
KEYS = {
    "interactions": "interactions", "errors": "errors", "root_errors": "errors", "users": "distinct_users",
    "distinct_users": "distinct_users", "interactions_without_user": "interactions_without_user",
    "distinct_sessions": "distinct_sessions", "model_calls": "model_calls", "failed_model_calls": "failed_model_calls",
    "input_tokens": "input_tokens", "output_tokens": "output_tokens",
    "cache_read_input_tokens": "cache_read_input_tokens",
}  # fmt: skip
"""What the makers of the files call a total, and what a load calls it."""


def compare(loaded: Loaded, truth: Mapping[str, Any]) -> None:
    """Totals of a file against what its makers know."""
    wanted = {KEYS[key]: value for key, value in truth.items() if key in KEYS}
    assert {key: loaded.parsed.totals.get(key) for key in wanted} == wanted


@pytest.mark.parametrize("name", TRUTH)
def test_the_samples_come_out_as_they_were_made(name: str, tmp_path: Path) -> None:
    """The totals of files cut from real exports are those of the program that produced the traffic."""
    loaded = load(SAMPLES / name, tmp_path)
    compare(loaded, TRUTH[name])
    assert loaded.parsed.rows_read == TRUTH[name]["spans"]
    assert loaded.parsed.quarantined == 0
    assert loaded.parsed.ignored == TRUTH[name].get("noise_spans", 0)


@pytest.mark.parametrize("name", ["spans.jsonl", "spans_base64.json"])
def test_every_interaction_of_the_samples_comes_out(name: str, tmp_path: Path) -> None:
    """Trace by trace: product, release, person, session, verdict, time, tokens and calls, however ids are written."""
    loaded = load(SAMPLES / name, tmp_path)
    found = {row["trace_id"]: row for row in loaded.interactions}
    assert len(found) == len(TRUTH[name]["rows"])
    for true in TRUTH[name]["rows"]:
        row = found[true["trace_id"]]
        calls = [call for call in loaded.calls if call["trace_id"] == true["trace_id"]]
        assert (row["source_product"], row["service_version"]) == (true["product"], true["version"])
        assert (row["user_id"], row["session_id"], row["error"]) == (true["user"], true["session"], not true["ok"])
        assert row["occurred_at"].replace(microsecond=0) == _utc(true["start_ns"])
        assert row["duration_ms"] == pytest.approx(true["dur_ms"], abs=0.51)
        assert (row["input_tokens"] or 0, row["output_tokens"] or 0) == (true["in"], true["out"])
        assert (len(calls), sum(call["error_type"] is not None for call in calls)) == (
            true["leaf_calls"], true["leaf_errors"],
        )  # fmt: skip
        assert sum(call["cache_read_input_tokens"] or 0 for call in calls) == true["cached"]


def test_retrieved_documents_are_counted_where_the_spans_list_them(tmp_path: Path) -> None:
    """With content capture on, retrievals list their documents; none found is zero and not unknown."""
    loaded = load(SAMPLES / "spans_with_content.jsonl", tmp_path)
    counts = [row["retrieved_source_count"] for row in loaded.interactions]
    assert sum(counts) == TRUTH["spans_with_content.jsonl"]["retrieved_docs"]
    assert counts.count(0) == TRUTH["spans_with_content.jsonl"]["retrievals_empty"]


@here
@pytest.mark.parametrize("name", [
    "otlp_genai/spans_all_services.jsonl", "otlp_genai/spans_protojson_base64.json",
    "otlp_genai/spans_with_content.jsonl", "otlp_openllmetry/spans_traceloop.jsonl",
])  # fmt: skip
def test_the_full_exports_come_out_as_they_were_made(name: str, tmp_path: Path) -> None:
    """The totals of the whole exports, and of each product in them, are those of the manifest."""
    lines = (SHARED / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()
    truth = next(json.loads(line.split("\t")[-1]) for line in lines if line.split("\t")[1] == name)
    loaded = load(SHARED / name, tmp_path)
    compare(loaded, truth)
    assert loaded.parsed.rows_read == truth["spans"]
    assert loaded.parsed.ignored == truth.get("noise_traces_not_interactions", 0)
    for product, wanted in truth.get("per_product", {}).items():
        rows = [row for row in loaded.interactions if row["source_product"] == product.split("|")[0]]
        assert {
            "n": len(rows), "errors": sum(row["error"] for row in rows),
            "input": sum(row["input_tokens"] or 0 for row in rows),
            "output": sum(row["output_tokens"] or 0 for row in rows),
            "users": len({row["user_id"] for row in rows} - {None}),
        } == wanted  # fmt: skip


@here
def test_every_interaction_of_the_full_export_comes_out(tmp_path: Path) -> None:
    """All 420 interactions are found one by one, by their product, second and session."""
    loaded = load(SHARED / "otlp_genai" / "spans_all_services.jsonl", tmp_path)
    found = {
        (row["source_product"], row["occurred_at"].replace(microsecond=0), row["session_id"]): (
            row["user_id"], row["error"], row["input_tokens"] or 0, row["output_tokens"] or 0, row["service_version"],
        ) for row in loaded.interactions
    }  # fmt: skip
    true = [json.loads(line) for line in (SHARED / "_make" / "truth_otel_interactions.jsonl").read_text().splitlines()]
    assert found == {
        (row["product"], _utc(row["start_ns"]), row["session"]): (
            row["user"], not row["ok"], row["in"], row["out"], row["version"],
        ) for row in true
    }  # fmt: skip


def _utc(nanoseconds: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=nanoseconds // 10**9)


# recognition and refusals --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", TRUTH)
def test_a_trace_export_is_recognised_under_any_name(name: str, tmp_path: Path) -> None:
    """Recognition looks at what a file holds and at nothing else."""
    other = tmp_path / "report.csv"
    other.write_bytes((SAMPLES / name).read_bytes())
    assert FORMAT.recognise(read_head(other)).confidence > 0.95


def test_protobuf_is_recognised_and_refused(tmp_path: Path) -> None:
    """What is not read is refused by name with what to export instead."""
    match = FORMAT.recognise(read_head(SAMPLES / "spans_head.pb"))
    assert match.confidence > 0.5
    assert "binary protobuf" in match.needs
    with pytest.raises(Refused, match="binary protobuf") as refused:
        load(SAMPLES / "spans_head.pb", tmp_path)
    assert "Export" in refused.value.remedy


@here
def test_no_other_export_is_taken_for_traces() -> None:
    """The exports of other tools are not recognised as OTLP."""
    others = [path for path in SHARED.glob("*/*") if path.is_file() and path.parent.name[:4] not in ("otlp", "_mak")]
    assert len(others) > 20
    assert not [path.name for path in others if FORMAT.recognise(read_head(path)).confidence > 0]


def test_a_file_cut_in_the_middle_is_refused_with_its_line(tmp_path: Path) -> None:
    """A crash while writing leaves half a line: nothing is loaded, and the line is named."""
    whole = (SAMPLES / "spans.jsonl").read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(whole[: len(whole) * 37 // 100])
    line = cut.read_bytes().count(b"\n") + 1
    with pytest.raises(Refused, match=f"Line {line}: the file ends in the middle"):
        load(cut, tmp_path / "staged")


def test_metrics_between_traces_are_left_out(file: File) -> None:
    """A collector that writes all signals into one file: the traces are read, the metrics counted as left out."""
    loaded = file.holding(json.dumps({"resourceSpans": [group([chat("a")])]}) + '\n{"resourceMetrics":[]}\n{}')
    assert loaded.parsed.ignored_reasons == {"OTLP metrics or logs": 1}
    assert (loaded.parsed.rows_read, loaded.parsed.blank, len(loaded.interactions)) == (3, 1, 1)


# shapes of OTLP ------------------------------------------------------------------------------------------------------
def test_every_wrapping_gives_the_same(file: File) -> None:
    """Wrapped, bare, as Tempo's batches or trace, in an array, with the scopes' old name: the same two spans."""
    spans = group([chat("a", "r"), span("r", user__id="ann")])
    old = {"resource": spans["resource"], "instrumentationLibrarySpans": spans["scopeSpans"]}
    wrapped = {"resourceSpans": [spans]}
    shapes: list[object] = [wrapped, spans, {"batches": [spans]}, {"trace": wrapped}, [spans], old]
    for shape in shapes:
        loaded = file.holding(json.dumps(shape, indent=2))
        assert (loaded.parsed.rows_read, loaded.only["user_id"], loaded.only["input_tokens"]) == (2, "ann", 10)


def test_protobuf_json_and_the_exporter_write_the_same_span(file: File) -> None:
    """Ids in base64 or upper-case hex, codes by name or number, integers as text or number."""
    plain = chat("a", failed=True)
    other = json.loads(json.dumps(plain)) | {"status": {"code": "STATUS_CODE_ERROR"}, "kind": "SPAN_KIND_CLIENT"}
    for key in ("traceId", "spanId"):
        other[key] = base64.b64encode(bytes.fromhex(plain[key])).decode()
    for found in other["attributes"]:
        if "intValue" in found["value"]:
            found["value"]["intValue"] = int(found["value"]["intValue"])
    first = file.of(plain).only
    assert file.of(other).only == first
    assert file.of(plain | {"traceId": plain["traceId"].upper()}).only == first


@pytest.mark.parametrize(("written", "meant"), [
    ("5B8EFFF798038103D269B633813FC60C", "5b8efff798038103d269b633813fc60c"), ("W47/95gDgQPSabYzgT/GDA==",
    "5b8efff798038103d269b633813fc60c"), ("W47_95gDgQPSabYzgT_GDA", "5b8efff798038103d269b633813fc60c"),
    ("7uGbfsPBsXM=", "eee19b7ec3c1b173"), ("eee19b7ec3c1b173", "eee19b7ec3c1b173"), ("0000000000000000", None),
    ("AAAAAAAAAAA=", None), ("", None), (None, None),
])  # fmt: skip
def test_ids_are_lower_case_hex(written: object, meant: str | None) -> None:
    """However a trace or span id is written, it is one id; zeros and nothing are no id."""
    assert identifier(written) == meant


def test_times_never_pass_through_a_float(file: File) -> None:
    """Nanoseconds have nineteen digits: their microsecond is exact, and a duration is rounded to its millisecond."""
    one = chat("a") | {"startTimeUnixNano": "1772435113000001999", "endTimeUnixNano": "1772435119917608123"}
    assert file.of(one).only["occurred_at"] == datetime(2026, 3, 2, 7, 5, 13, 1)
    assert file.of(one).only["duration_ms"] == 6_918


def test_a_span_without_ids_is_quarantined_with_its_line(file: File) -> None:
    """What cannot be told apart is set aside with its line; the rest of the file is read."""
    wrong: list[Any] = [chat("b") | {"traceId": ""}, {"name": "x", "attributes": 3}, "text"]
    lines = [json.dumps({"resourceSpans": [group([one])]}) for one in (chat("a"), *wrong)]
    loaded = file.holding("\n".join([*lines, '{"hello": 1}', "[[7]]"]))
    bad = pq.read_table(loaded.folder / "quarantine.parquet").to_pylist()
    assert [row["line"] for row in bad] == [2, 3, 4, 5, 6]
    assert bad[0]["message"] == "A span has no traceId; expected 16 or 8 bytes, as hex or base64."
    assert (loaded.parsed.rows_read, len(loaded.interactions)) == (6, 1)


# one interaction a trace ---------------------------------------------------------------------------------------------
def test_a_trace_is_one_interaction_however_its_spans_lie(file: File) -> None:
    """The root comes last and other traces between: person, time and error are the root's, tokens the calls', and every
    span is accounted for.
    """
    loaded = file.of(
        chat("a", "r", at=1), span("h", trace="noise"), chat("b", trace="u", at=9),
        chat("c", "r", at=2, tokens=(50, 2), gen_ai__request__model="m-2"), span("r", user__id="ann", at=0, ms=4_000),
        service__version="1.2",
    )  # fmt: skip
    row = next(row for row in loaded.interactions if row["user_id"])
    assert (row["user_id"], row["input_tokens"], row["output_tokens"], row["duration_ms"]) == ("ann", 60, 3, 4_000)
    assert (row["occurred_at"], row["stated_version"]) == (datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 12, 0, 4))
    assert (row["source_product"], row["service_version"], row["request_model"]) == ("corp-chat", "1.2", "m-2")
    assert (row["source_row"], row["source_records"]) == (5, 3)
    assert row["trace_id"] == row["interaction_id"]
    assert loaded.parsed.ignored_reasons == {"trace without a generative AI operation": 1}
    assert {(call["call_id"][:2], call["interaction_id"][:2]) for call in loaded.calls} == {
        ("61", "74"), ("63", "74"), ("62", "75")}  # fmt: skip


def test_a_failed_call_that_was_retried_is_no_error(file: File) -> None:
    """A 429 under a root that went well is a failed call, not a failed interaction."""
    loaded = file.of(
        span("r"), chat("a", "r", failed=True, tokens=None, error__type="RateLimitError"), chat("b", "r", at=1)
    )
    assert (loaded.only["error"], loaded.only["error_type"]) == (False, None)
    assert sorted(str(call["error_type"]) for call in loaded.calls) == ["None", "RateLimitError"]


def test_an_error_says_what_failed_below_it(file: File) -> None:
    """A root that failed without saying why takes the type of the span below that failed last, or of its exception, or
    _OTHER when nobody says.
    """
    below = chat("a", "r", failed=True, tokens=None)
    raised = below | {"events": [{"name": "exception", "attributes": [attribute("exception.type", "TimeoutError")]}]}
    assert file.of(span("r", failed=True), raised).only["error_type"] == "TimeoutError"
    assert file.of(span("r", failed=True, error__type="500"), raised).only["error_type"] == "500"
    assert file.of(span("r", failed=True), below).only["error_type"] == "_OTHER"


@pytest.mark.parametrize("name", ["user__id", "enduser__id", "traceloop__association__properties__user_id"])
def test_a_person_is_found_on_any_span(name: str, file: File) -> None:
    """The root's person counts, else that of the earliest span that names one, else that of the resource."""
    ann: dict[str, Any] = {name: "ann"}
    bob: dict[str, Any] = {name: "bob"}
    assert file.of(span("r"), chat("a", "r", **ann)).only["user_id"] == "ann"
    assert file.of(span("r", **bob), chat("a", "r", user__id="ann")).only["user_id"] == "bob"
    assert file.of(span("r", **bob), chat("a", "r", at=-1, user__id="ann")).only["user_id"] == "bob"
    late = chat("b", "r", at=2, user__id="eve")
    assert file.of(span("r"), late, chat("a", "r", at=1, **ann)).only["user_id"] == "ann"
    assert file.of(span("r"), chat("a", "r"), user__id="me").only["user_id"] == "me"


def test_a_session_is_a_session_or_a_conversation(file: File) -> None:
    """session.id is preferred, gen_ai.conversation.id does as well, also from a span below the root."""
    both = span("r", session__id="s", gen_ai__conversation__id="c")
    assert file.of(both, chat("a", "r")).only["session_id"] == "s"
    assert file.of(span("r"), chat("a", "r", gen_ai__conversation__id="c")).only["session_id"] == "c"


def test_a_trace_whose_root_is_elsewhere_is_dated_by_its_earliest_span(file: File) -> None:
    """Without its root in the file a trace begins with the earliest span whose parent is missing, and that is said."""
    loaded = file.of(chat("b", "gone", at=2), chat("a", "gone", at=1), chat("c", "b", at=0))
    assert loaded.only["occurred_at"] == datetime(2026, 3, 2, 12, 0, 1)
    assert loaded.parsed.messages[0].startswith("1 of 1 traces begin outside this file")


def test_parents_in_a_circle_end(file: File) -> None:
    """Spans that are each other's parents, or their own, are one interaction like any other."""
    loaded = file.of(chat("a", "b"), chat("b", "a", at=1), chat("c", "c", trace="u"))
    assert len(loaded.interactions) == 2
    assert loaded.parsed.rows_read == 3


def test_a_repeated_span_counts_once(file: File) -> None:
    """An exporter that retried writes spans twice: they count once and the repetition is named; of two versions of a
    span the one that ends last counts.
    """
    loaded = file.of(span("r"), chat("a", "r"), chat("a", "r"), chat("a", "r", ms=9_000, tokens=(70, 7)))
    assert (loaded.only["input_tokens"], len(loaded.calls), loaded.only["source_records"]) == (70, 1, 2)
    assert loaded.parsed.ignored_reasons == {"repeated span": 2}


def test_a_call_behind_a_gateway_is_the_askers(file: File) -> None:
    """A trace over two services is an interaction of the one it began in, and so are its calls."""
    spans = [group([span("r")], service__name="kb-search"), group([chat("a", "r")], service__name="gateway")]
    loaded = file.holding(json.dumps({"resourceSpans": spans}))
    assert [row["source_product"] for row in loaded.interactions + loaded.calls] == ["kb-search", "kb-search"]
    spans[0]["resource"] = {}
    assert file.holding(json.dumps({"resourceSpans": spans})).only["source_product"] == "gateway"


def test_a_file_without_generative_ai_says_so(file: File) -> None:
    """Traces of a web server alone make no interaction, and a person learns what was looked for."""
    loaded = file.of(span("r"), span("s", trace="u"))
    assert not loaded.interactions
    assert loaded.parsed.messages[0].startswith("None of the 2 traces holds a generative AI operation")


# tokens --------------------------------------------------------------------------------------------------------------
def agent(name: str, parent: str = "", *, tokens: tuple[int, int] = (99, 9), **rest: Any) -> dict[str, Any]:
    """An agent's span, which repeats the tokens of the calls below it."""
    return chat(name, parent, tokens=tokens, **({"gen_ai__operation__name": "invoke_agent"} | rest))


def test_roll_ups_are_not_added_to_the_calls(file: File) -> None:
    """Agents repeat their calls' tokens on every level: only the calls are summed."""
    loaded = file.of(agent("r"), agent("s", "r"), chat("a", "s", tokens=(60, 5)), chat("b", "s", tokens=(39, 4)))
    assert (loaded.only["input_tokens"], loaded.only["output_tokens"]) == (99, 9)
    assert (loaded.only["operation_name"], len(loaded.calls)) == ("invoke_agent", 2)


def test_roll_ups_count_where_no_call_says_tokens(file: File) -> None:
    """Without a call that tells its tokens the outermost roll-ups count, not those nested in them."""
    loaded = file.of(
        span("r"), agent("x", "r", tokens=(50, 5)), agent("y", "x", tokens=(50, 5)), agent("z", "r", tokens=(7, 1)),
        chat("a", "y", tokens=None),
    )  # fmt: skip
    assert (loaded.only["input_tokens"], loaded.only["output_tokens"]) == (57, 6)
    assert [call["input_tokens"] for call in loaded.calls] == [None]


def test_a_call_around_a_call_counts_once(file: File) -> None:
    """A framework and the client below it both write the call: the inner one counts; an embedding inside is another."""
    embed = chat("e", "o", tokens=(3, 0), gen_ai__operation__name="embeddings")
    loaded = file.of(chat("o", tokens=(40, 4)), span("http", "o"), chat("i", "http", tokens=(40, 4)), embed)
    assert (loaded.only["input_tokens"], len(loaded.calls)) == (43, 2)
    assert file.of(chat("o", tokens=(40, 4)), chat("i", "o", tokens=None)).only["input_tokens"] == 40
    assert file.of(chat("o", tokens=(40, 4)), embed).only["input_tokens"] == 43


def test_tokens_that_are_no_whole_numbers_are_left_out(file: File) -> None:
    """12.0 is twelve; 12.5, "many" and -1 are nobody's count: left out, said, and not zero."""
    assert file.of(chat("a", gen_ai__usage__input_tokens=12.0)).only["input_tokens"] == 12
    for wrong in (12.5, "many", -1):
        loaded = file.of(chat("a", gen_ai__usage__input_tokens=wrong))
        assert (loaded.only["input_tokens"], loaded.only["output_tokens"]) == (None, 1)
        assert loaded.parsed.messages == ("1 spans state tokens that are not whole numbers: those are left out.",)


def test_dollars_are_kept_only_when_every_call_has_them(file: File) -> None:
    """A sum with a price missing would be too small: then there is none. Exponents are read exactly."""
    priced, dear = chat("a", "r", gen_ai__usage__cost="1.2e-05"), chat("b", "r", llm__cost__total=0.25)
    row = file.of(span("r"), priced, dear).only
    assert (row["cost_microusd"], row["cost_basis"]) == (250_012, "reported")
    row = file.of(span("r"), priced, chat("c", "r")).only
    assert (row["cost_microusd"], row["cost_basis"]) == (None, None)


def test_against_a_slow_count_over_random_traces(file: File) -> None:
    """Tokens, calls, spans and errors of 400 random traces equal those of plain loops over the same spans."""
    dice = random.Random(7)
    spans: list[dict[str, Any]] = []
    wanted: dict[str, tuple[int | None, int, int, bool]] = {}
    for number in range(400):
        trace, size = f"t{number}", dice.randint(1, 9)
        tree: list[tuple[int | None, str, int | None, bool]] = []
        for index in range(size):
            kind = dice.choice(["plain", "agent", "chat"])
            above = None if index == 0 else dice.randrange(index)
            tokens = dice.choice([None, dice.randint(0, 50)]) if kind != "plain" else None
            tree.append((above, kind, tokens, dice.random() < 0.2))
            parent = "" if above is None else f"s{above}"
            make: Any = {"plain": span, "agent": agent, "chat": chat}[kind]
            said: dict[str, Any] = {} if kind == "plain" else {"tokens": None if tokens is None else (tokens, 0)}
            spans.append(make(f"s{index}", parent, trace=trace, at=index, failed=tree[-1][3], **said))
        if any(kind != "plain" for _, kind, _, _ in tree):
            wanted[spans[-1]["traceId"]] = (*_slow(tree), size, tree[0][3])
    dice.shuffle(spans)
    loaded = file.holding(json.dumps({"resourceSpans": [group(spans)]}))
    calls = [call["trace_id"] for call in loaded.calls]
    assert wanted == {
        row["trace_id"]: (row["input_tokens"], calls.count(row["trace_id"]), row["source_records"], row["error"])
        for row in loaded.interactions
    }


def _slow(tree: list[tuple[int | None, str, int | None, bool]]) -> tuple[int | None, int]:
    """Tokens and calls of a trace, by walking from every span to the root."""
    above: list[set[int]] = []
    for parent, *_ in tree:
        above.append(set() if parent is None else {parent, *above[parent]})
    below = [{place for place in range(len(tree)) if index in above[place]} for index in range(len(tree))]
    leaves = [
        index for index, (_, kind, _, _) in enumerate(tree)
        if kind == "chat" and not any(tree[place][1] == "chat" and tree[place][2] is not None for place in below[index])
    ]  # fmt: skip
    told = [tree[index][2] for index in leaves if tree[index][2] is not None]
    if not told:
        rolled = {index for index, (_, kind, tokens, _) in enumerate(tree) if kind == "agent" and tokens is not None}
        told = [tree[index][2] for index in rolled if not above[index] & rolled]
    return (sum(tokens or 0 for tokens in told) if told else None), len(leaves)


# names and content ---------------------------------------------------------------------------------------------------
def test_openinference_names_are_read(file: File) -> None:
    """Phoenix's names: kinds of spans, token counts, models, dollars and the documents of a retriever."""
    found: dict[str, Any] = {f"retrieval__documents__{place}__document__id": "x" for place in (0, 1, 10)}
    loaded = file.of(
        span("r", openinference__span__kind="CHAIN", user__id="ann"),
        span("q", "r", openinference__span__kind="RETRIEVER",
             **found),
        span("a", "r", openinference__span__kind="LLM", llm__model_name="gpt-4o", llm__provider="openai",
             llm__token_count__prompt=8, llm__token_count__completion=2, llm__cost__total=0.5),
    )  # fmt: skip
    row, call = loaded.only, loaded.calls[0]
    assert (row["input_tokens"], row["cost_microusd"], row["retrieved_source_count"]) == (8, 500_000, 3)
    assert (row["operation_name"], call["provider_name"], call["request_model"]) == ("chat", "openai", "gpt-4o")


def test_older_openllmetry_names_are_read(file: File) -> None:
    """gen_ai.system with prompt and completion tokens, from before operations had names."""
    loaded = file.of(
        span("r", traceloop__span__kind="workflow"),
        span("a", "r", gen_ai__system="OpenAI", gen_ai__request__model="gpt-4", llm__request__type="completion",
             gen_ai__usage__prompt_tokens=8, gen_ai__usage__completion_tokens=2),
    )  # fmt: skip
    assert (loaded.only["input_tokens"], loaded.only["operation_name"]) == (8, "invoke_workflow")
    assert (loaded.calls[0]["provider_name"], loaded.calls[0]["operation_name"]) == ("OpenAI", "text_completion")


def test_content_and_headers_are_never_kept(file: File) -> None:
    """Prompts, answers, documents and request headers do not reach the staging folder in any column."""
    secret = "PLEASE-KEEP-ME-SECRET"
    loaded = file.of(
        chat("a", gen_ai__input__messages=secret, gen_ai__output__messages=secret, gen_ai__headers=secret,
             input__value=secret, gen_ai__retrieval__documents=json.dumps([{"id": secret}]),
             gen_ai__tool__call__arguments=secret),
    )  # fmt: skip
    assert loaded.only["retrieved_source_count"] == 1
    files = list(loaded.folder.glob("*.parquet"))
    assert len(files) >= 3
    assert not [path.name for path in files if secret in str(pq.read_table(path).to_pylist())]
