"""A table of scores: a row a case, a column a metric, as Ragas, MLflow and others write what an evaluation gave."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loaders.eval_rows import OVERALL, EvalRows, Told, digest, digest_of_file, overall, verdict
from loaders.figures import finite, moment
from loaders.format import Refused, Stage
from loaders.jsontext import text
from loaders.promptfoo_results import fault
from loaders.tables import Row, is_index, rows_of

SLASHED = re.compile(
    r"(?P<metric>.+?)(?:/v\d+)?/(?P<part>score|value|error_message|error_code|justification|rationale)"
)
_EXPECTED = re.compile(r"(?i)(expect\w*|ground_truth|reference|guidelines?|target)(_.*)?")
_INPUTS = ("user_input", "question", "inputs", "input", "request", "prompt", "query")
_NAMES = ("case_id", "example_id", "reference_example_id", "id")
_NO_SCORE = re.compile(
    r"(?i)(user_input|question|input|request|prompt|query|retrieved_contexts|reference_contexts|contexts?|response|answer"
    r"|prediction|output|reference|ground_truths?|target|rubrics?|synthesizer_name|persona_name|query_style|query_length"
    r"|latency|token_count|tokens|total_tokens|cost|total_cost|execution_time|duration|status|error|state|trace|tags"
    r"|spans|assessments|metadata|run|run_id|session_id|start_time|end_time)(s|_ms|_s|_id|[._].*)?"
)
_QUALITY = re.compile(
    r"(?i).*(relevan|correct|similar|precision|recall|accura|quality|faithful|grounded|score|utili[sz]|complete|consisten"
    r"|coheren|concise|fluen|helpful|toxic|hallucinat|adheren|match|rating|(^|_)f1($|_)).*"
)
"""What is said of an answer or a context, and is no answer: answer_relevancy, context_precision."""
_TRUE, _FALSE = ("true", "yes", "pass", "passed"), ("false", "no", "fail", "failed")
WHEN = "The table does not say when the evaluation ran."
SAY_WHEN = "Say it with --set run_at=2026-03-01T09:30:00Z; --set suite=NAME and --set threshold=0.7 help, too."


@dataclass(slots=True)
class Metric:
    """A column of scores; where a cell says why there is none."""

    name: str
    column: str
    error: str = ""
    values: Counter[str] = field(default_factory=Counter)

    @property
    def has_verdicts(self) -> bool:
        """Whether every score is all or nothing, or a word for it."""
        return bool(self.values) and set(self.values) <= {"0.0", "1.0", *_TRUE, *_FALSE}


def slashed_metrics(names: Sequence[str]) -> list[Metric]:
    """The metrics of a table whose columns are named metric/value, metric/score or metric/v1/score."""
    parts = {name: found for name in names if (found := SLASHED.fullmatch(name))}
    errors = {found["metric"]: name for name, found in parts.items() if found["part"].startswith("error_message")}
    return [
        Metric(found["metric"], name, errors.get(found["metric"], ""))
        for name, found in parts.items()
        if found["part"] in ("score", "value") and not _EXPECTED.fullmatch(found["metric"])
    ]


def plain_metrics(names: Sequence[str]) -> list[Metric]:
    """The columns that may be metrics where nothing but their name tells: those that name nothing else."""
    found = [name for name in names if not is_index(name) and _may_score(name.strip())]
    return [Metric(name.removeprefix("feedback.").strip(), name) for name in found]


def _may_score(name: str) -> bool:
    if not _NO_SCORE.fullmatch(name):
        return True
    return bool(_QUALITY.fullmatch(name)) and not _EXPECTED.fullmatch(name) and "." not in name


def parse_scores(
    path: Path,
    stage: Stage,
    metrics: Sequence[Metric],
    *,
    skip: Callable[[Mapping[str, object]], frozenset[str]] = lambda values: frozenset(),
    when: Callable[[Mapping[str, object]], str | None] = lambda values: None,
) -> None:
    """Read a table of scores. `skip` names the metrics of a row that are none (expectations), `when` its moment.

    Raises Refused when there is no metric, or nobody says when the evaluation ran.
    """
    found = list(rows_of(path, stage))
    known = [metric for metric in metrics if _is_scored(metric, found, skip)]
    if not known:
        raise Refused("The table has no column of scores.", "Export the results of the evaluation with their metrics.")
    table = _Table(stage, known, digest_of_file(path), skip, when)
    for row in found:
        table.take(row)
    table.finish()


def _is_scored(metric: Metric, rows: Sequence[Row], skip: Callable[[Mapping[str, object]], frozenset[str]]) -> bool:
    """Whether all that a column holds are scores, some of them told; counts them."""
    for row in rows:
        value = row.values.get(metric.column)
        if value is None or metric.name in skip(row.values):
            continue
        score = _score(value)
        if score is None:
            return False
        metric.values[score] += 1
    return bool(metric.values)


def _score(value: object) -> str | None:
    """A score as a float writes it, or a word that is a verdict; None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    stated = (text(value) or "").strip()
    return stated.casefold() if stated.casefold() in (*_TRUE, *_FALSE) else finite(stated)


class _Table:
    """The rows of one table told into checks."""

    def __init__(
        self,
        stage: Stage,
        metrics: Sequence[Metric],
        content: str,
        skip: Callable[[Mapping[str, object]], frozenset[str]],
        when: Callable[[Mapping[str, object]], str | None],
    ) -> None:
        self._stage, self._metrics, self._skip, self._when = stage, metrics, skip, when
        self._said = stage.options.values
        self._rows = EvalRows(stage)
        self._run = self._said.get("run_id") or f"table-{content}"
        self._epochs: Counter[str] = Counter()
        self._ran_at: str | None = self._said.get("run_at")
        self._blank: Counter[str] = Counter()

    def take(self, row: Row) -> None:
        """The checks of one case."""
        self._ran_at = self._ran_at or self._when(row.values)
        if not self._ran_at:
            raise Refused(WHEN, SAY_WHEN)
        case = _case_of(row.values)
        about: Told = {
            "run_id": self._run, "run_at": self._ran_at, "suite": self._said.get("suite") or "table", "case_id": case,
            "epoch": str(self._epochs[case]), "request_model": self._said.get("request_model"),
            "prompt_version": self._said.get("prompt_version"),
        }  # fmt: skip
        self._epochs[case] += 1
        absent = self._skip(row.values)
        checks = [about | self._check(metric, row.values) for metric in self._metrics if metric.name not in absent]
        self._rows.case(row.row, row.line, about | overall(checks) | {"metric_name": OVERALL}, *checks)

    def _check(self, metric: Metric, values: Mapping[str, object]) -> Told:
        score = _score(values.get(metric.column)) if values.get(metric.column) is not None else None
        error = text(values.get(metric.error)) if metric.error else None
        if score is None:
            self._blank[metric.name] += 1
            return {"metric_name": metric.name, "eval_error": (error or "no score: the judge failed")[:200]}
        threshold = self._said.get(f"threshold.{metric.name}") or self._said.get("threshold")
        passed: bool | None = None
        if metric.has_verdicts:
            threshold, passed = None, score in ("1.0", *_TRUE)
        elif threshold is not None:
            passed = float(score) >= float(threshold)
        return {
            "metric_name": metric.name, "score": {"true": "1.0", "false": "0.0"}.get(score, finite(score)),
            "threshold": threshold, "passed": verdict(passed),
            "error_type": fault("", metric.name) if passed is False else None,
        }  # fmt: skip

    def finish(self) -> None:
        """Hand all over, and say what a person should know."""
        self._rows.fill()
        graded = [metric.name for metric in self._metrics if not metric.has_verdicts]
        threshold = self._said.get("threshold")
        if graded and not threshold:
            self._stage.note(
                f"{', '.join(graded[:6])}: graded scores without a bar, so no verdict. Say one: --set threshold=0.7, or"
                f" --set threshold.{graded[0]}=0.7."
            )
        for name, count in self._blank.items():
            self._stage.note(f"{name}: {count} cells are empty. A judge that failed is an error, never a score of 0.")


def _case_of(values: Mapping[str, object]) -> str:
    """The id of a case, or what its input tells it apart by."""
    for name in _NAMES:
        if found := text(values.get(name)):
            return found
    inputs = {key: value for key, value in values.items() if key in _INPUTS or key.startswith(("inputs.", "inputs/"))}
    return f"case-{digest(inputs or sorted(map(str, values.items())))}"


def expectations(values: Mapping[str, object]) -> frozenset[str]:
    """The assessments of an MLflow row that say what was expected, which are no scores."""
    return frozenset(str(entry.get("assessment_name")) for entry in _assessments(values) if "expectation" in entry)


def asked_at(values: Mapping[str, object]) -> str | None:
    """When an MLflow row was asked."""
    return moment(values.get("request_time"))


def _assessments(values: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    trace = values.get("trace")
    if isinstance(trace, str):
        try:
            trace = json.loads(trace)
        except (ValueError, RecursionError):
            return
    info = trace.get("info") if isinstance(trace, dict) else None
    listed = info.get("assessments") if isinstance(info, dict) else None
    yield from (entry for entry in listed or () if isinstance(entry, dict))
