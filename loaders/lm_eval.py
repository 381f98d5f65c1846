"""lm-evaluation-harness: the results of its tasks (results_*.json) and the samples behind them (samples_*.jsonl)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from loaders.figures import finite, moment
from loaders.format import Format, Head, Match, Refused, Stage
from loaders.jsontext import documents, text
from loaders.relation import relation

_RUN = {"results", "configs", "versions", "n-shot"}
_SAMPLE = {"doc_id", "doc", "target", "resps", "filtered_resps", "doc_hash"}
_NAMED_APART = re.compile(r"(?P<metric>.+),(?P<filter>[^,]+)")
COLUMNS = (
    "source_row", "line", "records", "run_id", "run_at", "suite", "suite_version", "case_id", "epoch", "metric_name",
    "score", "passed", "request_model",
)  # fmt: skip
_RESULTS = {name: name for name in COLUMNS[3:]} | {"evaluator_kind": "'code'", "origin": "'suite'"}
_TEXT = re.compile(r'"(group_subtasks|n-shot|higher_is_better|n-samples|task_hashes)"\s*:')
WHEN = "The samples do not say when the evaluation ran."
SAY_WHEN = "Say it with --set run_at=2026-03-01T09:30:00Z; --set suite=TASK and --set request_model=MODEL help, too."


def _recognise(head: Head) -> Match:
    if head.kind != "json":
        return Match(0.0)
    first = next((document for document in head.documents if document), None)
    if first is None:  # the document is longer than the head
        return Match(0.85 if head.text.lstrip().startswith("{") and len(set(_TEXT.findall(head.text))) > 1 else 0.0)
    if not isinstance(first, dict):
        return Match(0.0)
    if len(_RUN & first.keys()) >= 3 and isinstance(first.get("results"), dict):
        return Match(0.97)
    return Match(0.97, SAY_WHEN) if len(_SAMPLE & first.keys()) >= 5 else Match(0.0)


def _parse(path: Path, stage: Stage) -> None:
    table = stage.table("results", COLUMNS)
    samples = _Samples(path, stage)
    row = aggregates = held = 0
    for line, document in documents(path):
        if isinstance(document, dict) and isinstance(document.get("results"), dict):
            for found in _aggregates(document, stage):
                row += 1
                aggregates += 1
                stage.read()
                table.add(str(row), str(line), "1", *found)
            continue
        row += 1
        stage.read()
        if not document:
            stage.blank()
        elif not isinstance(document, dict) or not document.keys() >= {"doc_id", "doc_hash"}:
            stage.broken(line, None, "not_a_sample", "A sample of the harness has doc_id, doc_hash and its metrics.")
        else:
            held += 1
            for place, found in enumerate(samples.of(document)):
                table.add(str(row), str(line), "0" if place else "1", *found)
    if aggregates:
        stage.note(
            "These are the scores of whole tasks: they have no cases, so nothing can be said of how sure they are. Load"
            " the samples (--log_samples) instead where you have them."
        )
    if held:
        stage.total("samples", held)
    stage.fill("eval_results", _RESULTS, relation(_RESULTS, "results", "records"))


def _aggregates(document: Mapping[str, object], stage: Stage) -> Iterator[tuple[str | None, ...]]:
    """The score of every metric of every task: a run has one case a task, which is the task itself."""
    run_at, model = moment(document.get("date")), _model(document)
    if not run_at:
        run_at = stage.options.values.get("run_at")
    if not run_at:
        raise Refused("The results do not say when the evaluation ran.", SAY_WHEN)
    content = hashlib.sha256(f"{document.get('date')} {model} {document.get('task_hashes')}".encode()).hexdigest()
    versions, tasks = document.get("versions"), document["results"]
    for task, scores in tasks.items() if isinstance(tasks, dict) else ():
        version = text(versions.get(task)) if isinstance(versions, dict) else None
        for name, value in scores.items() if isinstance(scores, dict) else ():
            apart = _NAMED_APART.fullmatch(name)
            if apart is None or apart["metric"].endswith("_stderr") or finite(value) is None:
                continue
            metric = apart["metric"] if apart["filter"] == "none" else f"{apart['metric']} ({apart['filter']})"
            yield f"lm-eval-{content[:12]}", run_at, task, version, task, "0", metric, finite(value), None, model
        size = _count(document, task)
        if size is not None:
            stage.total("samples", size)


class _Samples:
    """The samples of one file: a row for each of their metrics."""

    def __init__(self, path: Path, stage: Stage) -> None:
        self._said = stage.options.values
        self._stage = stage
        with path.open("rb") as file:
            self._run = f"file-{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}"
        self._times: Counter[tuple[str, str]] = Counter()

    def of(self, sample: Mapping[str, object]) -> list[tuple[str | None, ...]]:
        """The rows of one sample, its verdict first. Raises Refused when nobody says when the evaluation ran."""
        run_at = self._said.get("run_at")
        if not run_at:
            raise Refused(WHEN, SAY_WHEN)
        case, applied = str(text(sample.get("doc_id"))), str(text(sample.get("filter")) or "none")
        epoch = self._times[case, applied]
        self._times[case, applied] += 1
        about = (self._said.get("run_id") or self._run, run_at, self._said.get("suite") or "lm-eval", None, case)
        named = sample.get("metrics")
        metrics = [str(name) for name in named] if isinstance(named, list) else []
        scores = {name: finite(sample.get(name)) for name in metrics}
        decisive = next((name for name in ("exact_match", "acc", *metrics) if scores.get(name) in ("0.0", "1.0")), None)
        rows: list[tuple[str | None, ...]] = [(
            *about, str(epoch), "overall", scores.get(decisive or ""),
            None if decisive is None else str(scores[decisive] == "1.0").lower(), self._said.get("request_model"),
        )]  # fmt: skip
        for name, score in scores.items():
            metric = name if applied == "none" else f"{name} ({applied})"
            rows.append((*about, str(epoch), metric, score, _verdict(score), self._said.get("request_model")))
        return rows


def _verdict(score: str | None) -> str | None:
    """Whether a score that is all or nothing was all."""
    return {"1.0": "true", "0.0": "false"}.get(score or "")


def _model(document: Mapping[str, object]) -> str | None:
    config = document.get("config")
    named = text(document.get("model_name"))
    return named or (text(config.get("model")) if isinstance(config, dict) else None)


def _count(document: Mapping[str, object], task: str) -> int | None:
    sizes = document.get("n-samples")
    size = sizes.get(task) if isinstance(sizes, dict) else None
    found = text(size.get("effective")) if isinstance(size, dict) else None
    return int(found) if found and found.isdecimal() else None


FORMAT = Format(
    name="lm_eval",
    title="lm-evaluation-harness (results and samples)",
    facts=("eval_results",),
    product_field="--product",
    recognise=_recognise,
    parse=_parse,
    fills="score of every task and metric, with its version and model; of samples every case with its verdict",
    lacks="product, release, tokens, cost; results have no cases, samples neither time nor task nor model",
    asks=("run_at", "suite", "request_model"),
)
