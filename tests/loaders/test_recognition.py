"""Every sample of every format under another name, in another order, in another year: the same file, found again."""

import csv
import io
import json
import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from loaders import FORMATS
from loaders.format import Refused
from loaders.head import read_head
from loaders.recognise import SURE, identify, rank
from tests.exports.values import told
from tests.loaders.loaded import FORMATS as FOLDER
from tests.loaders.loaded import Loaded

NOT_DATA = {"truth.json", "make.py", "SOURCE.md"}
OTHERWISE = {"github_issues/issue_comments.json", "deepeval/deepeval-cache.json",
             "open_webui/users.json", "otlp_genai/spans_head.pb", "otlp_genai/spans_traceloop.jsonl"}  # fmt: skip
"""Recognised, and refused, or read by the format of another sample."""
SAMPLES = [
    path
    for path in sorted(FOLDER.glob("*/*"))
    if path.parent.name in FORMATS and path.name not in NOT_DATA and f"{path.parent.name}/{path.name}" not in OTHERWISE
]
IDS = [f"{path.parent.name}/{path.name}" for path in SAMPLES]
TEXTS = [path for path in SAMPLES if path.suffix in (".csv", ".json", ".jsonl", ".ndjson")]
YEAR = timedelta(days=365)
_SECONDS = int(YEAR.total_seconds())
_EPOCH = re.compile(r"(?<![\w.-])(17[6-9]\d{7})(\d{3}|\d{6}|\d{9})?(?![\w-])")
_YEARS = re.compile(r"(?<![0-9a-zA-Z])202[56](?=[-/.])|(?<=[-/. ])202[56](?![0-9])")
_SHORT = re.compile(r"(?i)(\d{1,2}/[^\W\d]{3,5}\.?/)26\b")


def later(text: str) -> str:
    """A text with every moment in it a year later, however it is written."""
    text = _YEARS.sub(lambda found: str(int(found[0]) + 1), text)
    text = _SHORT.sub(r"\g<1>27", text)
    return _EPOCH.sub(lambda found: f"{int(found[1]) + _SECONDS}{found[2] or ''}", text)


def reordered(path: Path) -> str:
    """A CSV with its columns, or JSON with the keys of every object, in another order."""
    shuffle = random.Random(11)
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".csv":
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.split("\n")[0] else ","))
        places = list(range(len(rows[0])))
        shuffle.shuffle(places)
        out = io.StringIO()
        csv.writer(out).writerows([row[place] for place in places] for row in rows if len(row) == len(places))
        return out.getvalue()
    documents = _documents(text)
    return "\n".join(json.dumps(_shuffled(document, shuffle), ensure_ascii=False) for document in documents)


def _documents(text: str) -> Iterator[object]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        while at < len(text) and text[at].isspace():
            at += 1
        if at < len(text):
            document, at = decoder.raw_decode(text, at)
            yield document


def _shuffled(value: object, shuffle: random.Random) -> object:
    if isinstance(value, list):
        return [_shuffled(entry, shuffle) for entry in value]
    if isinstance(value, dict):
        names = list(value)
        shuffle.shuffle(names)
        return {name: _shuffled(value[name], shuffle) for name in names}
    return value


def test_every_format_has_a_sample() -> None:
    """No format is without a file that it is held against; our own has its tests for itself."""
    made_in_their_tests = {"canonical", "langsmith", "jira_rest"}
    assert {path.parent.name for path in SAMPLES} | made_in_their_tests == set(FORMATS)


@pytest.mark.parametrize("path", SAMPLES, ids=IDS)
def test_no_format_takes_the_file_of_another(path: Path, tmp_path: Path) -> None:
    """Under a name that says nothing the format of a sample is sure and every other one is not: a confusion matrix
    without an entry off its diagonal. OpenLLMetry's traces are OpenTelemetry's, too.
    """
    other = tmp_path / "x.bin"
    other.write_bytes(path.read_bytes())
    ranking = rank(read_head(other))
    assert ranking[0][0].name == path.parent.name
    sure = {entry.name for entry, match in ranking if match.confidence >= SURE} - {"otlp_genai"}
    assert sure <= {path.parent.name}


@pytest.mark.parametrize(
    "path",
    [path for path in TEXTS if (path.parent.name, path.suffix) != ("promptfoo", ".csv")],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_the_order_of_columns_and_keys_is_nothing(path: Path, tmp_path: Path) -> None:
    """The same columns or keys in another order are the same file; promptfoo's CSV repeats groups of columns."""
    other = tmp_path / "x.bin"
    other.write_text(reordered(path), encoding="utf-8")
    assert identify(other, None)[0].name == path.parent.name


@pytest.mark.parametrize("path", TEXTS, ids=[f"{path.parent.name}/{path.name}" for path in TEXTS])
def test_a_year_later_everything_is_a_year_later(path: Path, tmp_path: Path) -> None:
    """The totals of a file whose moments all lie a year later are the same, and its period is a year later."""
    answers = dict(told(path.parent.name).answers)
    zone = "UTC" if answers.pop("timezone", None) else None  # elsewhere clocks change on other days
    moved = {name: later(value) for name, value in answers.items()}
    other = tmp_path / "x.bin"
    other.write_text(later(path.read_text(encoding="utf-8")), encoding="utf-8")
    before = Loaded(path, tmp_path / "a", timezone=zone, **answers)
    after = Loaded(other, tmp_path / "b", timezone=zone, **moved)
    assert after.parsed.format == path.parent.name
    assert after.totals == before.totals
    moments = [datetime.fromisoformat(str(found)) for found in (before.parsed.first_at, after.parsed.first_at)]
    assert moments[1] - moments[0] == YEAR


@pytest.mark.parametrize("name", sorted(OTHERWISE))
def test_what_is_refused_is_recognised_too(name: str, tmp_path: Path) -> None:
    """A file that cannot be read alone is refused by what it is, not as unknown."""
    if name.endswith("spans_traceloop.jsonl"):
        assert identify(FOLDER / name, None)[0].name == "otlp_openllmetry"
        return
    with pytest.raises(Refused) as refused:
        Loaded(FOLDER / name, tmp_path / "s", run_at="2026-03-01T09:30:00Z")
    assert "not recognised" not in refused.value.message
