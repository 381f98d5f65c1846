"""DeepEval's test runs: .latest_run_full.json, .latest_test_run.json and test_run_*.json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loaders.eval_rows import OVERALL, EvalRows, Told, digest, overall, verdict
from loaders.figures import microusd, number
from loaders.format import Format, Head, Match, Refused, Stage
from loaders.jsontext import documents, text
from loaders.promptfoo_results import fault

_RUN = {"testCases", "metricsScores", "testPassed", "testFailed", "hyperparameters", "conversationalTestCases"}
_UNSAFE = ("toxicity", "bias", "pii", "misuse", "role violation", "nonadvice")
WHEN = "A test run of DeepEval does not say when it ran."
SAY_WHEN = (
    "Say it with --set run_at=2026-03-01T09:30:00Z (a file named test_run_20260301_093000.json has it in its name)."
)
CACHE = (
    "This is DeepEval's cache of judgements, keyed by the texts themselves: it is no run, and tells no time or name."
)
LOAD_RUN = "Load .deepeval/.latest_run_full.json instead."


def _recognise(head: Head) -> Match:
    if head.kind != "json":
        return Match(0.0)
    first = next((document for document in head.documents if document), None)
    if first is None:
        start = head.text[:65_536]
        if '"test_cases_lookup_map"' in start:
            return Match(0.95, CACHE)
        return Match(0.9, SAY_WHEN) if '"testCases"' in start and '"metricsData"' in start else Match(0.0)
    if isinstance(first, dict) and "test_cases_lookup_map" in first:
        return Match(0.95, CACHE)
    run = _inside(first)
    return Match(0.97, SAY_WHEN) if run is not None and len(_RUN & run.keys()) >= 3 else Match(0.0)


def _inside(document: object) -> Mapping[str, Any] | None:
    """The run itself, which .latest_test_run.json wraps."""
    if not isinstance(document, dict):
        return None
    inner = document.get("testRunData")
    return inner if isinstance(inner, dict) else document


def _parse(path: Path, stage: Stage) -> None:
    rows = EvalRows(stage)
    for line, document in documents(path):
        if isinstance(document, dict) and "test_cases_lookup_map" in document:
            raise Refused(CACHE, LOAD_RUN)
        run = _inside(document)
        cases = [*_cases(run, "testCases"), *_cases(run, "conversationalTestCases")] if run else []
        if run is None or not _RUN & run.keys():
            stage.read()
            stage.broken(line, None, "not_a_run", "A test run of DeepEval has testCases.")
            continue
        _take(run, cases, line, rows, stage)
    rows.fill()


def _cases(run: Mapping[str, Any], name: str) -> list[Any]:
    found = run.get(name)
    return found if isinstance(found, list) else []


def _take(run: Mapping[str, Any], cases: list[Any], line: int, rows: EvalRows, stage: Stage) -> None:
    said = stage.options.values
    if not said.get("run_at"):
        raise Refused(WHEN, SAY_WHEN)
    hyper = run.get("hyperparameters")
    about: Told = {
        "run_id": said.get("run_id") or f"deepeval-{digest([run.get('identifier'), cases])}", "run_at": said["run_at"],
        "suite": text(run.get("identifier")) or text(run.get("testFile")) or said.get("suite") or "deepeval",
        "request_model": _hyper(hyper, "model"), "prompt_version": _hyper(hyper, "prompt version", "prompt"),
    }  # fmt: skip
    named = Counter(_name(case) for case in cases if isinstance(case, dict))
    contents: dict[str, set[str]] = {}
    for case in cases:
        if isinstance(case, dict):
            contents.setdefault(_name(case), set()).add(digest([case.get("input"), case.get("expectedOutput")]))
    epochs: Counter[str] = Counter()
    broken = 0
    for place, case in enumerate(cases, start=1):
        stage.read()
        if not isinstance(case, dict) or "success" not in case:
            stage.broken(line, None, "not_a_case", "A test case of DeepEval has a success.")
            continue
        name = _name(case)
        if len(contents[name]) > 1:  # one name for cases that differ
            name = f"{name} ~{digest([case.get('input'), case.get('expectedOutput')])[:6]}"
        told = about | {"case_id": name, "epoch": str(epochs[name]) if named[_name(case)] > 1 else "0"}
        epochs[name] += 1
        checks = [told | _check(metric) for metric in case.get("metricsData") or () if isinstance(metric, dict)]
        whole = told | _whole(case, checks)
        broken += bool(whole.get("eval_error"))
        rows.case(place, line, whole, *checks)
    if broken:
        stage.note(
            f"{broken} cases failed by nothing but judges that could not judge: they are kept as errors of the"
            " evaluation, not as the failures that DeepEval counts."
        )


def _name(case: Mapping[str, Any]) -> str:
    return text(case.get("name")) or f"case-{digest([case.get('input'), case.get('turns')])}"


def _whole(case: Mapping[str, Any], checks: list[Told]) -> Told:
    seconds = number(case.get("runDuration"))
    found = overall(checks) if checks else {"passed": verdict(case.get("success") is True)}
    return found | {
        "metric_name": OVERALL, "cost_microusd": microusd(case.get("evaluationCost")) if not checks else None,
        "duration_ms": str(round(float(seconds) * 1000)) if seconds else None,
    }  # fmt: skip


def _check(metric: Mapping[str, Any]) -> Told:
    """One metric of a case: its own verdict counts, for of some a lower score is the better one."""
    name = text(metric.get("name")) or "metric"
    failed = text(metric.get("error"))
    passed = None if failed else metric.get("success") is True
    judge = text(metric.get("evaluationModel"))
    unsafe = any(word in name.casefold() for word in _UNSAFE)
    return {
        "metric_name": name, "score": None if failed else number(metric.get("score")),
        "threshold": number(metric.get("threshold")), "passed": verdict(passed),
        "eval_error": failed.partition("\n")[0][:200] if failed else None,
        "error_type": ("unsafe" if unsafe else fault("", name)) if passed is False else None,
        "evaluator_kind": "llm" if judge else "code", "evaluator": judge,
    }  # fmt: skip


def _hyper(hyper: object, *names: str) -> str | None:
    if not isinstance(hyper, dict):
        return None
    told = {str(key).casefold().replace("_", " "): value for key, value in hyper.items()}
    return next((found for name in names if isinstance(found := told.get(name), str) and found), None)


FORMAT = Format(
    name="deepeval",
    title="DeepEval test runs (JSON)",
    facts=("eval_results",),
    product_field="--product",
    recognise=_recognise,
    parse=_parse,
    fills="verdict of every case and metric (DeepEval's own, whichever way its score points), judges that failed told"
    " from failures, score, threshold, judge, model and prompt version (hyperparameters), duration",
    lacks="the time of the run, the product, the release, tokens",
    asks=("run_at", "suite"),
)
