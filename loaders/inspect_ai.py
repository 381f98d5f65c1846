"""Inspect AI logs: .eval files (zip, members packed with deflate or Zstandard) and .json."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from loaders.eval_rows import EvalRows, Told
from loaders.format import Format, Head, Match, Refused, Stage
from loaders.head import read_head
from loaders.inspect_samples import checks
from loaders.jsontext import decoder, documents, text
from loaders.unpack import member

_START, _HEADER, _SUMMARIES = "_journal/start.json", "header.json", "summaries.json"
UNFINISHED = "unfinished"
_FINISHED = "success"


def _recognise(head: Head) -> Match:
    if head.kind == "zip":
        return Match(0.99 if _START in head.members or {_HEADER, _SUMMARIES} <= set(head.members) else 0.0)
    if head.kind != "json":
        return Match(0.0)
    first = next((document for document in head.documents if document), None)
    if isinstance(first, dict):
        spec = first.get("eval")
        return Match(0.97 if isinstance(spec, dict) and {"task", "created", "model"} <= spec.keys() else 0.0)
    start = head.text[:65_536]
    known = ('"eval"' in start, '"task"' in start, '"task_id"' in start, '"dataset"' in start, '"status"' in start)
    return Match(0.9 if not head.documents and all(known) else 0.0)


def _parse(path: Path, stage: Stage) -> None:
    rows = EvalRows(stage)
    if read_head(path).kind == "zip":
        header, samples = _archive(path)
        _take(header, samples, 1, rows, stage)
    else:
        for line, document in documents(path):
            if not isinstance(document, dict) or not isinstance(document.get("eval"), dict):
                stage.read()
                stage.broken(line, None, "not_a_log", "A log of Inspect AI has an eval with its task.")
                continue
            _take(document, document.get("samples") or [], line, rows, stage)
    rows.fill()


def _archive(path: Path) -> tuple[Mapping[str, Any], list[Any]]:
    """The header of a log and its samples: summaries where the run wrote them at its end, else what it had logged."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            header = _document(archive, _HEADER) if _HEADER in names else _document(archive, _START)
            if _HEADER not in names:
                header = {**header, "status": UNFINISHED}
            if _SUMMARIES in names:
                return header, _document(archive, _SUMMARIES)
            logged = sorted(name for name in names if name.startswith("samples/") and name.endswith(".json"))
            return header, [_document(archive, name) for name in logged]
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise Refused(
            f"The log is damaged or cut off ({str(error)[:120]}).", "Copy it again from where it ran."
        ) from None


def _document(archive: zipfile.ZipFile, name: str) -> Any:
    with member(archive, archive.getinfo(name)) as file:
        try:
            return decoder().decode(file.read().decode("utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError, ValueError, RecursionError):
            raise Refused(f"{name} of the log is not JSON.", "Copy the log again from where it ran.") from None


def _take(header: Mapping[str, Any], samples: Sequence[Any], line: int, rows: EvalRows, stage: Stage) -> None:
    spec, said = header.get("eval"), stage.options.values
    if not isinstance(spec, dict):
        raise Refused("The log has no eval with its task.", "Copy it again from where it ran.")
    status = text(header.get("status")) or UNFINISHED
    about = _about(spec, status)
    graded = _all_or_nothing(header, spec)
    epochs: Counter[str] = Counter()
    row = 0
    for sample in samples:
        row += 1
        stage.read()
        if not isinstance(sample, dict) or "id" not in sample:
            stage.broken(line, "id", "not_a_sample", "A sample of a log has an id.")
            continue
        epoch = text(sample.get("epoch")) or "1"
        metadata = sample.get("metadata")
        told = about | _named(metadata if isinstance(metadata, dict) else {}) | {
            "case_id": text(sample["id"]), "epoch": epoch,
        }  # fmt: skip
        epochs[epoch] += 1
        rows.case(row, line, *checks(sample, told, graded, said.get("threshold")))
    _tell(header, spec, status, len(samples), stage)


def _about(spec: Mapping[str, Any], status: str) -> Told:
    metadata = spec.get("metadata")
    revision = spec.get("revision")
    named = metadata if isinstance(metadata, dict) else {}
    return {
        "run_id": text(spec.get("eval_id")) or text(spec.get("run_id")), "run_at": text(spec.get("created")),
        "run_status": status, "suite": text(spec.get("task")), "suite_version": text(spec.get("task_version")),
        "request_model": text(spec.get("model")), "prompt_version": _word(named.get("prompt_version")),
        "service_version": _word(named.get("service_version"))
        or (text(revision.get("commit")) if isinstance(revision, dict) else None),
        **{name: value for name, value in _named(named).items() if value},
    }  # fmt: skip


def _named(metadata: Mapping[str, Any]) -> Told:
    """What metadata may say of product, scenario and topic; nothing where it does not."""
    told = {f"{name}_id": _word(metadata.get(name)) for name in ("product", "scenario", "topic")}
    return {name: value for name, value in told.items() if value}


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _scorers(header: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    results = header.get("results")
    listed = results.get("scores") if isinstance(results, dict) else None
    yield from (entry for entry in listed or spec.get("scorers") or () if isinstance(entry, dict))


def _all_or_nothing(header: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, bool]:
    """Of each scorer, whether it reports an accuracy: its numbers are verdicts then."""
    found: dict[str, bool] = {}
    for entry in _scorers(header, spec):
        metrics = entry.get("metrics")
        names = metrics if isinstance(metrics, dict) else [m.get("name") for m in metrics or () if isinstance(m, dict)]
        found[str(entry.get("name") or entry.get("scorer"))] = any("accuracy" in str(name) for name in names)
    return found


def _tell(header: Mapping[str, Any], spec: Mapping[str, Any], status: str, logged: int, stage: Stage) -> None:
    """The totals of the run, and what a person should know of one that did not end well."""
    results, dataset, config = header.get("results"), spec.get("dataset"), spec.get("config")
    total = _count(results, "total_samples") or 0
    completed = _count(results, "completed_samples")
    stage.total("samples_logged", total)
    if status != _FINISHED and (size := _count(dataset, "samples")) is not None:
        stage.total("cases", size)
    stage.total("epochs", _count(config, "epochs") or 1)
    if status == UNFINISHED:
        stage.note(
            f"The log has no header: the run was killed while it ran. Its {logged} logged samples are kept as a run"
            " that is unfinished and counts nowhere."
        )
    elif status != _FINISHED:
        stage.note(
            f"The run ended with status {status}"
            + (f" after {completed} of {total} samples" if completed is not None else "")
            + ": it is kept as that and counts nowhere as finished, whatever accuracy it reports."
        )
    elif completed is not None and completed < total:
        stage.note(
            f"{total - completed} of {total} samples ended in an error that the run tolerated: they are errors of the"
            " evaluation, not failures."
        )
    if not logged:
        stage.note("The log holds no samples: nothing can be said of its cases. Run it with samples logged.")


def _count(found: object, name: str) -> int | None:
    told = text(found.get(name)) if isinstance(found, dict) else None
    return int(told) if told and told.isdecimal() else None


FORMAT = Format(
    name="inspect_ai",
    title="Inspect AI logs (.eval and .json)",
    facts=("eval_results",),
    product_field="metadata product",
    recognise=_recognise,
    parse=_parse,
    fills="every sample and epoch with its scores and verdict, errors told from failures, task, task version, model,"
    " prompt version and product (metadata), tokens, duration; how the run ended: cancelled, failed and killed runs are"
    " kept as that and count nowhere as finished",
    lacks="verdicts of graded scores without a bar (--set threshold=0.7), dollars",
    asks=("threshold",),
)
