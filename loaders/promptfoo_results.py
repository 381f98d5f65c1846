"""promptfoo's results told apart into checks: the verdict of a result, and one row for each of its assertions."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from loaders.figures import microusd, number, whole
from loaders.format import Refused
from loaders.jsontext import text

COLUMNS = (
    "source_row", "line", "test", "name", "content", "run_id", "run_at", "product_id", "suite", "prompt_version",
    "request_model", "metric_name", "evaluator", "evaluator_kind", "score", "threshold", "passed", "eval_error",
    "error_type", "input_tokens", "output_tokens", "cost_microusd", "duration_ms",
)  # fmt: skip
OVERALL = "overall"
JUDGE_FAILED = "the judge failed"
Check = dict[str, str | None]

_JUDGED = re.compile(
    r"llm-rubric|model-graded-.*|factuality|g-eval|agent-rubric|search-rubric|answer-relevance|context-.*|moderation"
    r"|conversation-relevance|select-best|pi|llama-guard|trajectory:goal-success|promptfoo:redteam:.*"
)
_OTHER_SCALE = re.compile(r"latency|cost|perplexity|levenshtein|word-count|trace-.*|trajectory:.*")
"""Assertions whose threshold is in milliseconds, dollars or edits: it says nothing about the score."""
_FAULTS = (
    ("unsafe", re.compile(r"promptfoo:redteam:.*|moderation|guardrails|llama-guard")),
    ("unsupported", re.compile(r"context-faithfulness|.*(faithful|grounded|hallucinat).*", re.IGNORECASE)),
    ("incorrect", re.compile(r"factuality|model-graded-factuality|.*correctness.*", re.IGNORECASE)),
)
"""What a failed check says went wrong, by the assertion's type or the metric's name."""


@dataclass
class Run:
    """What all results of one evaluation share."""

    run_id: str | None
    run_at: str | None
    product: str | None = None
    suite: str | None = None
    tests: dict[str, str] = field(default_factory=dict)
    """Content -> number of the test, for results that do not say which test they are."""


def runs(document: object) -> Iterator[tuple[Run | None, list[object]]]:
    """The evaluation in a document, with its results.

    Version 3, version 2 with its table, the summary alone, or one result of the JSON lines output, whose evaluation is
    not told (None). Raises Refused for a table of another shape.
    """
    if not isinstance(document, dict):
        yield None, [document]
        return
    summary = document.get("results")
    if isinstance(summary, list) and "stats" in document:
        document = {**document, "results": document}
        summary = document["results"]
    if not isinstance(summary, dict):
        yield None, [document]
        return
    config = document.get("config")
    config = config if isinstance(config, dict) else {}
    run = Run(
        one_line(document.get("evalId")) or one_line(document.get("id")),
        text(summary.get("timestamp") or document.get("createdAt")),
        one_line(config.get("description")),
        one_line(config.get("description")),
    )
    listed, table = summary.get("results"), summary.get("table")
    listed = listed if isinstance(listed, list) else []
    told = bool(listed) and isinstance(listed[0], dict) and "testIdx" in listed[0]
    if told or not isinstance(table, dict):
        yield run, listed
        return
    try:
        yield run, list(_table(table))
    except (AttributeError, IndexError, KeyError, TypeError):
        raise Refused("The results table is not shaped as promptfoo writes it.", "Export results.json again.") from None


def _table(table: Mapping[str, Any]) -> Iterator[object]:
    """The results of version 2's table, shaped as version 3 has them."""
    prompts = table["head"]["prompts"]
    for index, row in enumerate(table["body"]):
        test = row.get("test") or {}
        for place, output in enumerate(row["outputs"]):
            prompt = prompts[place]
            yield {
                **output,
                "success": output.get("pass"),
                "error": output.get("error") or (None if output.get("gradingResult") else output.get("text")),
                "provider": output.get("provider") or prompt.get("provider"),
                "promptId": prompt.get("id"),
                "prompt": prompt,
                "testCase": {"vars": row.get("vars"), **test, **(output.get("testCase") or {})},
                "description": row.get("description"),
                "testIdx": row.get("testIdx", str(index)),
            }


def checks(result: object, run: Run) -> Iterator[Check]:
    """The rows of one result: its verdict under the name "overall" first, then its assertions.

    An error of the provider is no failure, and neither is a judge that could not judge: score and passed stay empty.
    Raises KeyError, TypeError or AttributeError for what is not shaped as a result.
    """
    if not isinstance(result, dict) or "success" not in result:
        raise TypeError("not a result")
    case = result.get("testCase") or {}
    grading = result.get("gradingResult") or {}
    components = [part for part in grading.get("componentResults") or () if isinstance(part, dict)]
    about: Check = {"run_id": run.run_id, "run_at": run.run_at, "product_id": run.product} | _case(result, case, run)
    errored = _errored(result)
    judged = not errored and _judge_failed(result, components)
    response = result.get("response")
    response = response if isinstance(response, dict) else {}
    usage = response.get("tokenUsage") or _spent(result.get("tokenUsage"))
    cached = response.get("cached") is True
    kinds = {_kind(part.get("assertion")) for part in components}
    yield about | {
        "metric_name": OVERALL,
        "evaluator_kind": next((kind for kind in ("human", "llm", "code") if kind in kinds), None),
        "score": None if errored or judged else text(result.get("score")),
        "threshold": number(case.get("threshold")),
        "passed": None if errored or judged else text(result["success"] is True),
        "eval_error": (one_line(_first_line(result.get("error"))) or "error") if errored else
        JUDGE_FAILED if judged else None,
        "input_tokens": whole(usage.get("prompt")),
        "output_tokens": whole(usage.get("completion")),
        "cost_microusd": microusd(response["cost"]) if "cost" in response else _spent_microusd(result.get("cost")),
        "duration_ms": None if cached else whole(result.get("latencyMs")),
    }  # fmt: skip
    if not errored:
        for row in _assertions(components, result.get("namedScores") or grading.get("namedScores") or {}):
            yield about | row


def _errored(result: Mapping[str, Any]) -> bool:
    """`error` is also set on failed assertions: only failureReason tells, and before it came, a result not graded."""
    reason = text(result.get("failureReason"))
    if reason is not None:
        return reason == "2"
    return result["success"] is not True and bool(result.get("error")) and not result.get("gradingResult")


def _judge_failed(result: Mapping[str, Any], components: list[dict[str, Any]]) -> bool:
    """Whether a result failed by nothing but graders that could not grade."""
    failed = [part for part in components if part.get("pass") is not True and not _metric_only(part)]
    return result["success"] is not True and bool(failed) and all(_grader_error(part) for part in failed)


def _grader_error(part: Mapping[str, Any]) -> bool:
    return bool((part.get("metadata") or {}).get("graderError"))


def _metric_only(part: Mapping[str, Any]) -> bool:
    return bool((part.get("assertion") or {}).get("metricOnly"))


def _case(result: Mapping[str, Any], case: Mapping[str, Any], run: Run) -> Check:
    provider = result.get("provider")
    model = (provider.get("label") or provider.get("id")) if isinstance(provider, dict) else provider
    metadata = case.get("metadata") or {}
    seen = case.get("vars") if case.get("vars") is not None else result.get("vars")
    content = digest([seen, case.get("assert")])
    test = text(result.get("testIdx"))
    prompt = result.get("prompt") or {}
    wording = (prompt.get("label") or prompt.get("raw")) if isinstance(prompt, dict) else prompt
    return {
        "test": run.tests.setdefault(content, str(len(run.tests))) if test is None else test,
        "name": one_line(metadata.get("id")) or one_line(case.get("description") or result.get("description")),
        "content": content,
        "suite": one_line(metadata.get("suite")) or run.suite,
        "prompt_version": text(result.get("promptId")) or prompt_version(text(wording)),
        "request_model": one_line(model),
    }


def _assertions(components: list[dict[str, Any]], named: Mapping[str, object]) -> Iterator[Check]:
    seen: Counter[tuple[str, str]] = Counter()
    metrics = set()
    for part in components:
        assertion = part.get("assertion") or {}
        kind = one_line(assertion.get("type")) or "assertion"
        metric = one_line(assertion.get("metric")) or kind
        metrics.add(metric)
        seen[metric, kind] += 1
        broken = _grader_error(part)
        passed = None if broken or _metric_only(part) else part.get("pass") is True
        yield {
            "metric_name": metric,
            "evaluator": kind if seen[metric, kind] == 1 else f"{kind}#{seen[metric, kind]}",
            "evaluator_kind": _kind(assertion),
            "score": None if broken else text(part.get("score")),
            "threshold": None if _OTHER_SCALE.fullmatch(_plain(kind)) else number(assertion.get("threshold")),
            "passed": text(passed),
            "eval_error": JUDGE_FAILED if broken else None,
            "error_type": fault(_plain(kind), metric) if passed is False else None,
        }
    for name, score in named.items():
        if (label := one_line(name)) and label not in metrics:
            yield {"metric_name": label, "evaluator": "named score", "score": number(score)}


def fault(kind: str, metric: str) -> str | None:
    """The error type that a failed check stands for, None where its name does not say."""
    return next((error for error, sign in _FAULTS if sign.fullmatch(kind) or sign.fullmatch(metric)), None)


def _kind(assertion: object) -> str:
    kind = _plain(text(assertion.get("type")) or "") if isinstance(assertion, dict) else ""
    return "human" if kind == "human" else "llm" if _JUDGED.fullmatch(kind) else "code"


def _plain(kind: str) -> str:
    return kind.removeprefix("not-")


def _spent(usage: object) -> Mapping[str, object]:
    """The usage of a result whose response was left out; zeros in it stand for nothing told."""
    if not isinstance(usage, dict):
        return {}
    return {name: usage[name] for name in ("prompt", "completion") if usage.get(name) not in (None, "0")}


def _spent_microusd(dollars: object) -> str | None:
    """The cost of a result whose provider reported none is 0: that is not told, and not free."""
    found = microusd(dollars)
    return None if found == "0" else found


def prompt_version(wording: str | None) -> str | None:
    """The id that promptfoo gives a prompt: the SHA-256 of its label."""
    return None if wording is None else hashlib.sha256(wording.encode()).hexdigest()


def digest(value: object) -> str:
    """A short fingerprint of a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _first_line(value: object) -> str:
    return next((line for line in (text(value) or "").splitlines() if line.strip()), "")


def one_line(value: object) -> str | None:
    """Text on one line, at most 200 characters; None when nothing is left."""
    return " ".join((text(value) or "").split())[:200] or None
