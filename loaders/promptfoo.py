"""promptfoo evaluations: results.json of versions 2 and 3, JSON lines, YAML and CSV."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from loaders import promptfoo_csv, promptfoo_yaml
from loaders.format import Format, Head, Match, Refused, Stage
from loaders.head import read_head
from loaders.jsontext import documents
from loaders.junit import PROMPTFOO, Results, is_junit
from loaders.junit_cases import Case, read_cases
from loaders.promptfoo_results import COLUMNS, JUDGE_FAILED, Check, Run, checks, runs

_FILLED = (
    "run_id", "run_at", "product_id", "suite", "case_id", "epoch", "metric_name", "evaluator", "evaluator_kind",
    "score", "threshold", "passed", "eval_error", "error_type", "request_model", "prompt_version", "input_tokens",
    "output_tokens", "cost_microusd", "duration_ms",
)  # fmt: skip
_RESULT = {"gradingResult", "promptId", "promptIdx", "namedScores"}
WHEN = "promptfoo's CSV and JSON lines do not say when the evaluation ran."
SAY_WHEN = "Say it with --set run_at=2026-03-01T09:30:00Z, or export results.json, which knows."
JUNIT = (
    "promptfoo's JUnit output holds the verdict of each result and no metrics, scores or tokens: results.json"
    " (promptfoo export eval <id> -o results.json) holds them."
)
_COLUMN = re.compile(r"\[(?P<model>.+?)\] (?P<prompt>.+)")
"""How the suite of a prompt and a provider is named."""


def _recognise(head: Head) -> Match:
    start = head.text[:4_096]
    if head.kind == "json":
        first = head.documents[0] if head.documents else None
        return Match(_confidence(head), SAY_WHEN if isinstance(first, dict) and _is_result(first) else "")
    if head.kind == "xml":
        return Match(0.95 if is_junit(start) and PROMPTFOO in start else 0.0)
    if _is_yaml(head):
        return Match(0.95)
    if head.kind == "csv" and promptfoo_csv.header_of(head.text)[0]:
        return Match(0.97, SAY_WHEN)
    return Match(0.0)


def _confidence(head: Head) -> float:
    first = next((document for document in head.documents if document), None)
    if first is None:  # the document is longer than the head
        start = head.text[:4_096]
        known = ('"results"' in start, '"prompts"' in start, '"evalId"' in start or '"version"' in start)
        return 0.9 if all(known) or ('"evalId"' in start and '"results"' in start) else 0.0
    if not isinstance(first, dict):
        return 0.0
    if _is_result(first):
        return 0.97
    summary = first if isinstance(first.get("results"), list) and "stats" in first else first.get("results")
    if isinstance(summary, dict) and "stats" in summary and ("results" in summary or "table" in summary):
        return 0.98 if "evalId" in first or "prompts" in summary or "table" in summary else 0.8
    return 0.0


def _is_result(document: dict[str, object]) -> bool:
    """Whether a document is a line of the JSON lines output."""
    return "success" in document and len(_RESULT & document.keys()) > 1


def _is_yaml(head: Head) -> bool:
    return head.text.startswith("evalId:") and "\nresults:" in head.text[:4_096]


def _parse(path: Path, stage: Stage) -> None:
    head = read_head(path)
    if head.kind == "xml":
        _parse_junit(path, stage)
        return
    writer = _Writer(path, stage)
    if _is_yaml(head):
        writer.add(1, promptfoo_yaml.document(path))
    elif head.kind == "csv":
        _parse_csv(path, stage, writer)
    else:
        for line, document in documents(path):
            writer.add(line, document)
    if writer.checks:
        stage.rows(CASES)
        stage.fill("eval_results", _FILLED, RELATION)
        unjudged = int(str(stage.rows(UNJUDGED)[0][0]))
        if unjudged:
            stage.note(
                f"{unjudged} results failed by nothing but graders that could not grade: they are kept as errors of the"
                " evaluation, not as failures."
            )


class _Writer:
    """Checks on their way into the text table, every result counted once."""

    def __init__(self, path: Path, stage: Stage) -> None:
        self._path = path
        self._stage = stage
        self._table = stage.table("checks", COLUMNS)
        self._row = 0
        self._untold: Run | None = None
        self.checks = 0

    def add(self, line: int, document: object) -> None:
        """Every result of a document."""
        for run, results in runs(document):
            for result in results:
                try:
                    found = list(checks(result, self._complete(run)))
                except (AttributeError, KeyError, RecursionError, TypeError):
                    self.refuse(line, "Not a result of promptfoo: success, provider or testCase is missing.")
                else:
                    self.write(line, found)

    def write(self, line: int, found: list[Check]) -> None:
        """The checks of one result, its verdict first."""
        self._stage.read()
        self._row += 1
        self.checks += len(found)
        for check in found:
            told = check | {"source_row": str(self._row), "line": str(line)}
            self._table.add(*(told.get(name) for name in COLUMNS))

    def refuse(self, line: int, message: str) -> None:
        """One result that cannot be read."""
        self._stage.read()
        self._stage.broken(line, None, "not_a_result", message)

    def untold(self) -> Run:
        """The evaluation of results that do not name theirs; when it ran must have been said. Raises Refused."""
        if self._untold is None:
            said = self._stage.options.values
            if not said.get("run_at"):
                raise Refused(WHEN, SAY_WHEN)
            run_id = said.get("run_id") or f"file-{_fingerprint(self._path)}"
            self._untold = Run(run_id, said["run_at"])
        return self._untold

    def _complete(self, run: Run | None) -> Run:
        if run is None:
            return self.untold()
        if not run.run_at:
            run.run_at = self.untold().run_at
        run.run_id = run.run_id or f"file-{_fingerprint(self._path)}"
        return run


def _parse_csv(path: Path, stage: Stage, writer: _Writer) -> None:
    run = writer.untold()
    for line, found in promptfoo_csv.results(path):
        if found == "":
            stage.read()
            stage.blank()
        elif isinstance(found, str):
            writer.refuse(line, found)
        else:
            for result in found:
                writer.write(line, [check | {"run_id": run.run_id, "run_at": run.run_at} for check in result])
    stage.note("promptfoo's CSV rounds scores to two digits and holds no tokens, times or verdicts by metric.")


def _parse_junit(path: Path, stage: Stage) -> None:
    results = Results(path, stage)

    def add(case: Case) -> None:
        if column := _COLUMN.fullmatch(case.suite.name):
            case.properties |= {"model": column["model"], "prompt_version": column["prompt"]}
            case.classname, case.suite = "", replace(case.suite, name="promptfoo")
        results.add(case)

    read_cases(path, add)
    results.fill()
    stage.note(JUNIT)


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


CASES = """
    CREATE TEMP TABLE cases AS
    WITH tests AS (
        SELECT run_id, test, first(name ORDER BY CAST(source_row AS BIGINT)) AS name,
               first(content ORDER BY CAST(source_row AS BIGINT)) AS content
        FROM checks WHERE metric_name = 'overall' GROUP BY run_id, test
    ), names AS (
        SELECT run_id, name, count(DISTINCT content) AS contents FROM tests WHERE name IS NOT NULL GROUP BY run_id, name
    ), firsts AS (
        SELECT run_id, content, min(TRY_CAST(test AS BIGINT)) AS test
        FROM tests WHERE name IS NULL GROUP BY run_id, content
    ), named AS (
        SELECT tests.run_id, tests.test,
               CASE WHEN tests.name IS NULL THEN 'test-' || coalesce(CAST(firsts.test AS VARCHAR), tests.test)
                    WHEN names.contents > 1 THEN tests.name || ' ~' || left(tests.content, 6)
                    ELSE tests.name END AS case_id
        FROM tests
        LEFT JOIN names ON names.run_id = tests.run_id AND names.name = tests.name
        LEFT JOIN firsts ON firsts.run_id = tests.run_id AND firsts.content = tests.content AND tests.name IS NULL
    )
    SELECT checks.source_row, named.case_id,
           CAST(row_number() OVER (
               PARTITION BY checks.run_id, checks.suite, named.case_id, checks.prompt_version, checks.request_model
               ORDER BY TRY_CAST(checks.test AS BIGINT), CAST(checks.source_row AS BIGINT)) - 1 AS VARCHAR) AS epoch
    FROM checks JOIN named ON named.run_id = checks.run_id AND named.test = checks.test
    WHERE checks.metric_name = 'overall'
"""
"""Which case a result is of, and which repeat of it.

One name for tests that differ (a description used twice, lists of variables) is told apart by their content; repeats of
one test (--repeat) have numbers of their own and are one case.
"""

_OWN = ", ".join(f"checks.{name}" for name in _FILLED if name not in ("case_id", "epoch"))
RELATION = f"""
    SELECT {_OWN}, cases.case_id, cases.epoch, CAST(checks.source_row AS BIGINT) AS source_row,
           CAST(checks.line AS BIGINT) AS line,
           CAST(CASE WHEN checks.metric_name = 'overall' THEN 1 ELSE 0 END AS INTEGER) AS source_records
    FROM checks JOIN cases ON cases.source_row = checks.source_row
"""
"""Every check; the overall row alone carries its source record."""

UNJUDGED = f"SELECT count(*) FROM checks WHERE metric_name = 'overall' AND eval_error = '{JUDGE_FAILED}'"

FORMAT = Format(
    name="promptfoo",
    title="promptfoo evaluations (results.json, JSON lines, YAML, CSV, JUnit)",
    facts=("eval_results",),
    product_field="config.description",
    recognise=_recognise,
    parse=_parse,
    fills="verdict and score of every result and assertion, errors told from failures, case, repeat, prompt, model,"
    " tokens, cost, duration",
    lacks="release and scenario; JSON lines and CSV also the time of the run and the suite; CSV also tokens, durations"
    " and the verdict of each metric",
    asks=("run_at",),
)
