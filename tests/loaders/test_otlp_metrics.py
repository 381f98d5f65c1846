import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders import FORMATS
from loaders.child import read
from loaders.format import Options, Refused
from loaders.head import read_head
from loaders.job import Job, Parsed

SAMPLE = Path(__file__).resolve().parents[1] / "formats" / "otlp_genai" / "metrics.jsonl"
MIDNIGHT = 1_772_409_600  # 2026-03-02T00:00:00Z
HOUR = 3_600


def attributes(**told: str) -> list[dict[str, Any]]:
    """Names are written with two underscores for a dot."""
    return [{"key": key.replace("__", "."), "value": {"stringValue": value}} for key, value in told.items()]


def point(value: int, at: float, *, since: float | None = 0, kind: str = "input", **told: str) -> dict[str, Any]:
    """A point of the token histogram; times in seconds after midnight."""
    said = {"gen_ai__token__type": kind, "gen_ai__operation__name": "chat", "gen_ai__request__model": "m-1"} | told
    started = {} if since is None else {"startTimeUnixNano": f"{int((MIDNIGHT + since) * 1e9)}"}
    return {"attributes": attributes(**said), **started, "timeUnixNano": f"{int((MIDNIGHT + at) * 1e9)}",
            "count": "1", "sum": value}  # fmt: skip


def document(*points: dict[str, Any], temporality: object = 2, name: str = "gen_ai.client.token.usage") -> str:
    """One export of a reader of metrics."""
    metric = {"name": name, "histogram": {"aggregationTemporality": temporality, "dataPoints": list(points)}}
    resource = {"attributes": attributes(service__name="chat")}
    return json.dumps({"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": [metric]}]}]})


class File:
    """A file that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def holding(self, *documents: str) -> Parsed:
        path = self.folder / "x.bin"
        path.write_text("\n".join(documents))
        staged = self.folder / "staged"
        staged.mkdir(exist_ok=True)
        parsed = Parsed.load(read(Job(str(path), str(staged), None, Options(), "UTC")))
        self.rows = [row for fact in parsed.facts for row in pq.read_table(staged / fact.file).to_pylist()]
        used = sum(fact.records for fact in parsed.facts)
        assert parsed.rows_read == used + parsed.quarantined + parsed.blank + parsed.ignored
        assert {fact.table for fact in parsed.facts} == {"usage_daily"}
        return parsed

    def days(self) -> dict[tuple[date, int], int]:
        """Input tokens by last day and number of days."""
        return {(row["day"], row["period_days"]): row["input_tokens"] for row in self.rows}


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


def test_the_sample_tells_the_tokens_of_its_service(file: File) -> None:
    """The sums are those of the service's traces, and no interaction is made of them."""
    parsed = file.holding(SAMPLE.read_text())
    assert (parsed.totals["input_tokens"], parsed.totals["output_tokens"]) == (80_883, 39_550)
    assert (parsed.rows_read, parsed.ignored) == (5, 3)
    (row,) = file.rows
    assert (row["source_product"], row["request_model"], row["feature"], row["user_id"]) == (
        "corp-chat", "gpt-4o", "chat", None,
    )  # fmt: skip


def test_a_cumulative_series_counts_what_it_grew(file: File) -> None:
    """Each export repeats what was before: only the growth counts, on the day it was told, once."""
    points = [point(100, HOUR), point(160, 2 * HOUR), point(160, 2 * HOUR), point(200, 23 * HOUR)]
    parsed = file.holding(*(document(one) for one in points))
    assert file.days() == {(date(2026, 3, 2), 1): 200}
    assert parsed.ignored_reasons == {"repeated point": 1}


def test_a_restart_begins_anew(file: File) -> None:
    """After a fall of the value, or a later start, the new value is all growth."""
    file.holding(document(point(100, HOUR), point(30, 2 * HOUR), point(50, 3 * HOUR)))
    assert file.days() == {(date(2026, 3, 2), 1): 150}
    file.holding(document(point(100, HOUR), point(120, 3 * HOUR, since=2 * HOUR)))
    assert file.days() == {(date(2026, 3, 2), 1): 220}


@pytest.mark.parametrize("delta", [1, "1", "AGGREGATION_TEMPORALITY_DELTA"])
def test_deltas_are_added(delta: object, file: File) -> None:
    """A delta is growth already, however the temporality is written."""
    file.holding(document(point(100, HOUR), point(30, 2 * HOUR, since=HOUR), temporality=delta))
    assert file.days() == {(date(2026, 3, 2), 1): 130}


def test_growth_over_days_never_becomes_days(file: File) -> None:
    """What grew between two exports on different days is told for both days together."""
    file.holding(document(point(100, HOUR), point(160, 50 * HOUR)))
    assert file.days() == {(date(2026, 3, 2), 1): 100, (date(2026, 3, 4), 3): 60}


def test_a_series_without_a_start_only_tells_growth(file: File) -> None:
    """What stood before the first export of a series that does not say when it began is of nobody knows when."""
    file.holding(document(point(100, HOUR, since=None), point(160, 2 * HOUR, since=None)))
    assert file.days() == {(date(2026, 3, 2), 1): 60}


def test_people_and_models_stay_apart(file: File) -> None:
    """A person is one where the points name one, under any name of the conventions."""
    told = [{"user__id": "ann"}, {"enduser__id": "bob"}, {"gen_ai__request__model": "m-2"}]
    file.holding(document(*(point(10, HOUR, **one) for one in told), point(5, HOUR, kind="output", user__id="ann")))
    assert {(row["user_id"], row["request_model"], row["input_tokens"], row["output_tokens"]) for row in file.rows} == {
        ("ann", "m-1", 10, 5), ("bob", "m-1", 10, None), (None, "m-2", 10, None),
    }  # fmt: skip


def test_metrics_without_tokens_are_refused(tmp_path: Path) -> None:
    """Durations alone tell no use: refused with what to export."""
    path = tmp_path / "x"
    path.write_text(document(point(1, HOUR), name="http.server.duration"))
    assert FORMATS["otlp_genai"].recognise(read_head(path)).needs
    with pytest.raises(Refused, match="neither traces nor tokens"):
        File(tmp_path).holding(path.read_text())


def test_what_is_no_metric_is_refused_with_its_line(tmp_path: Path) -> None:
    """A document that is not shaped as OTLP says names its line."""
    broken = json.dumps({"resourceMetrics": ["gen_ai.client.token.usage"]})
    with pytest.raises(Refused, match="Line 2: A group of metrics is not shaped"):
        File(tmp_path).holding(document(point(1, HOUR)), broken)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(0, 500), min_size=1, max_size=6), min_size=1, max_size=3))
def test_cumulative_and_delta_tell_the_same(file: File, runs: list[list[int]]) -> None:
    """The same growth told as deltas and as sums since each start ends in the same tokens."""
    told: dict[int, list[dict[str, Any]]] = {1: [], 2: []}
    at = 0.0
    for run in runs:
        since, total = at, 0
        for growth in run:
            before, at, total = at, at + 60, total + growth
            told[1].append(point(growth, at, since=before))
            told[2].append(point(total, at, since=since))
        at += 60
    expected = {(date(2026, 3, 2), 1): sum(map(sum, runs))}
    for temporality, points in told.items():
        file.holding(document(*points, temporality=temporality))
        assert file.days() == expected
