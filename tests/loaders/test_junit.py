import json
from pathlib import Path

import pytest

from loaders.format import Refused
from tests.loaders.loaded import FORMATS, Loaded

SAMPLE = FORMATS / "junit" / "pytest_junit.xml"
CASE = '<testcase classname="c" name="n" time="1,000.5"/>'
AT = 'timestamp="2026-03-02T10:00:00"'


@pytest.fixture
def file(tmp_path: Path) -> "File":
    return File(tmp_path)


class File:
    """A file that a test writes and loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, xml: str, **values: str) -> Loaded:
        path = self.folder / "x.bin"
        path.write_text(xml, encoding="utf-8")
        return Loaded(path, self.folder / "staged", **values)


def test_the_sample_is_what_the_runner_counted(tmp_path: Path) -> None:
    """Passed, failed, errored and skipped are four things: an error has no verdict, a skipped test no row."""
    loaded = Loaded(SAMPLE, tmp_path / "s")
    truth = json.loads((SAMPLE.parent / "truth.json").read_text())[SAMPLE.name]
    assert {key: loaded.totals[key] for key in truth} == truth
    assert (loaded.parsed.ignored_reasons, len(loaded.of("eval_results"))) == ({"skipped test": 2}, 14)
    (first,) = [row for row in loaded.of("eval_results") if row["case_id"] == "test_eval_suite::test_case_0"]
    assert (first["source_product"], first["request_model"], first["passed"]) == ("corp-chat", "fake-1", True)
    assert {row["passed"] for row in loaded.of("eval_results") if row["eval_error"]} == {None}


def test_suites_nest_and_hand_down_what_they_say(file: File) -> None:
    """The time and the properties of a suite hold for its cases, a case's own before them; a bare suite will do."""
    inner = '<testsuite name="b"><properties><property name="Model" value="m"/></properties>' + CASE + "</testsuite>"
    loaded = file.of(f'<testsuite name="a" {AT}>{inner}</testsuite>')
    (row,) = loaded.of("eval_results")
    assert (row["suite"], row["request_model"], row["duration_ms"]) == ("b", "m", 1_000_500)
    assert row["run_at"].isoformat() == "2026-03-02T10:00:00"


def test_a_test_that_ran_again_is_one_case(file: File) -> None:
    """Repeats of a name are epochs of one case; of two marks on a case the graver counts."""
    bad = '<testcase classname="c" name="n"><failure/><error type="E"/></testcase>'
    rows = file.of(f"<testsuites><testsuite {AT}>{CASE}{bad}</testsuite></testsuites>").of("eval_results")
    assert [(row["epoch"], row["passed"], row["eval_error"]) for row in rows] == [(0, True, None), (1, None, "E")]


def test_the_time_is_asked_for(file: File) -> None:
    """Where no suite says when it ran, the person does."""
    xml = f"<testsuites><testsuite>{CASE}</testsuite></testsuites>"
    with pytest.raises(Refused, match="does not say when"):
        file.of(xml)
    (row,) = file.of(xml, run_at="2026-03-02T10:00:00Z", suite="mine").of("eval_results")
    assert (row["run_at"].isoformat(), row["suite"]) == ("2026-03-02T10:00:00", "mine")


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (f"<testsuites><testsuite {AT}>{CASE}", "Line 1: the XML is not well-formed"),
        (f'<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "b">]><testsuites>{CASE}</testsuites>', "document type"),
        ("<?xml version='1.0'?><feed/>", "It is XML that no format here is of"),
    ],
)
def test_what_is_no_report_is_refused(xml: str, says: str, file: File) -> None:
    """A cut file names its line, a document type could name files or grow, other XML is nothing here."""
    with pytest.raises(Refused, match=says):
        file.of(xml)
