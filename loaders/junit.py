"""JUnit XML of any test runner: what a CI keeps of an evaluation when nothing better is exported."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

from loaders.format import Format, Head, Match, Refused, Stage, Table
from loaders.junit_cases import Case, read_cases
from loaders.relation import relation

COLUMNS = (
    "source_row", "line", "run_id", "run_at", "product_id", "scenario_id", "topic_id", "suite", "suite_version",
    "case_id", "epoch", "passed", "eval_error", "request_model", "prompt_version", "service_version", "duration_ms",
)  # fmt: skip
_SAID = {
    "product_id": ("product", "product_id"), "scenario_id": ("scenario", "scenario_id"),
    "topic_id": ("topic", "topic_id"), "suite_version": ("suite_version",), "request_model": ("model", "request_model"),
    "prompt_version": ("prompt_version", "prompt"), "service_version": ("service_version", "release"),
}  # fmt: skip
"""What properties of a case or of its suite may tell, under the names that people give them."""
_RESULTS = {name: name for name in COLUMNS[2:]} | {
    "metric_name": "'overall'", "evaluator_kind": "'code'", "origin": "'suite'", "score": "CAST(NULL AS VARCHAR)",
    "input_tokens": "CAST(NULL AS VARCHAR)", "output_tokens": "CAST(NULL AS VARCHAR)",
}  # fmt: skip
WHEN = "The JUnit file does not say when the tests ran."
SAY_WHEN = "Say it with --set run_at=2026-03-01T09:30:00Z."
PROMPTFOO = 'name="promptfoo"'


def is_junit(text: str) -> bool:
    """Whether a text begins as JUnit XML does."""
    return re.search(r"<(\w+:)?testsuites?[\s>]", text[:4_096]) is not None


def _recognise(head: Head) -> Match:
    if head.kind != "xml" or not is_junit(head.text) or PROMPTFOO in head.text[:4_096]:
        return Match(0.0)
    return Match(0.95, "" if "timestamp=" in head.text else SAY_WHEN)


def _parse(path: Path, stage: Stage) -> None:
    results = Results(path, stage)
    read_cases(path, results.add)
    results.fill()


class Results:
    """Test cases on their way to eval results, every one accounted for."""

    def __init__(self, path: Path, stage: Stage) -> None:
        self._stage = stage
        self._table: Table = stage.table("cases", COLUMNS)
        with path.open("rb") as file:
            self._run_id = f"file-{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}"
        self._repeats: Counter[tuple[str, str, str, str]] = Counter()
        self._outcomes: Counter[str] = Counter()

    def add(self, case: Case) -> None:
        """Take one case. Raises Refused when nobody says when it ran."""
        stage, said = self._stage, self._stage.options.values
        stage.read()
        self._outcomes[case.outcome] += 1
        if case.outcome == "skipped":
            stage.ignore("skipped test")
            return
        name = f"{case.classname}::{case.name}" if case.classname else case.name
        if not name:
            stage.broken(case.line, "name", "missing", "A test case has a name.")
            return
        told = {column: _told(case, names) for column, names in _SAID.items()}
        suite = case.suite.name or said.get("suite") or "tests"
        run_id = said.get("run_id") or self._run_id
        same = (suite, name, told["request_model"] or "", told["prompt_version"] or "")
        row = {
            "source_row": str(sum(self._outcomes.values())), "line": str(case.line), "run_id": run_id,
            "run_at": self._when(case), "suite": suite, "case_id": name, "epoch": str(self._repeats[same]),
            "passed": {"passed": "true", "failed": "false"}.get(case.outcome),
            "eval_error": (case.reason or "error") if case.outcome == "errored" else None,
            "duration_ms": _milliseconds(case.seconds), **told,
        }  # fmt: skip
        self._repeats[same] += 1
        self._table.add(*(row[column] for column in COLUMNS))

    def _when(self, case: Case) -> str:
        said = case.suite.timestamp or self._stage.options.values.get("run_at")
        if not said:
            raise Refused(WHEN, SAY_WHEN)
        try:
            stated = datetime.fromisoformat(said.strip())
        except ValueError:
            return said  # for the contract to refuse
        return stated.isoformat() + ("Z" if stated.tzinfo is None and not self._stage.options.timezone else "")

    def fill(self) -> None:
        """Hand the results over, with what a person should know."""
        stage = self._stage
        stage.total("tests", sum(self._outcomes.values()))
        stage.total("skipped", self._outcomes["skipped"])
        if skipped := self._outcomes["skipped"]:
            stage.note(f"{skipped:,} skipped tests are left out; pytest counts those expected to fail among them.")
        if errored := self._outcomes["errored"]:
            stage.note(f"{errored:,} tests ended in an error before they could pass or fail: they are no failures.")
        stage.fill("eval_results", _RESULTS, relation(_RESULTS, "cases", "1"))


def _told(case: Case, names: tuple[str, ...]) -> str | None:
    return next((case.properties[name] for name in names if case.properties.get(name)), None)


def _milliseconds(seconds: str | None) -> str | None:
    try:
        return str(max(0, round(float((seconds or "").replace(",", "")) * 1000)))
    except (ValueError, OverflowError):
        return None


FORMAT = Format(
    name="junit",
    title="JUnit XML of a test runner",
    facts=("eval_results",),
    product_field="property product",
    recognise=_recognise,
    parse=_parse,
    fills="verdict of every case (an error is no failure), suite, time, duration; product, model, prompt, release and"
    " scenario from properties of those names",
    lacks="scores, metrics, tokens, cost",
    asks=("run_at",),
)
