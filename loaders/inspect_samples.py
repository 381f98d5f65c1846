"""A sample of an Inspect AI log told into checks: letters, flags, numbers, and scores that hold several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loaders.eval_rows import OVERALL, Told, overall, verdict
from loaders.figures import finite, number
from loaders.jsontext import text
from loaders.promptfoo_results import fault

_LETTERS = {"C": ("1.0", True), "I": ("0.0", False), "P": ("0.5", None), "N": ("0.0", False)}
"""Correct, incorrect, partial, no answer."""
_WORDS = {"true": ("1.0", True), "yes": ("1.0", True), "false": ("0.0", False), "no": ("0.0", False)}


def checks(sample: Mapping[str, Any], about: Told, graded: Mapping[str, bool], bar: str | None) -> list[Told]:
    """The verdict of a sample and one check for each of its scores. `graded` tells of each scorer whether its numbers
    are all or nothing (it reports an accuracy); `bar` is the least score that passes where somebody said one.
    """
    told = about | {"duration_ms": _milliseconds(sample.get("total_time"))} | _tokens(sample.get("model_usage"))
    error = sample.get("error")
    if error:
        said = error.get("message") if isinstance(error, dict) else text(error)
        return [told | {"metric_name": OVERALL, "eval_error": _one_line(said)}]
    found = [about | check for check in _scored(sample.get("scores") or sample.get("score"), graded, bar)]
    return [told | overall(found) | {"metric_name": OVERALL}, *found]


def _scored(scores: object, graded: Mapping[str, bool], bar: str | None) -> Iterator[Told]:
    for name, score in scores.items() if isinstance(scores, dict) else ():
        value = score.get("value") if isinstance(score, dict) else score
        for metric, inner in _values(str(name), value):
            stated, passed = _verdict(inner, graded.get(str(name), False), bar)
            yield {
                "metric_name": metric, "score": stated,
                "threshold": number(bar) if passed is not None and bar else None, "passed": verdict(passed),
                "eval_error": None if stated else "no score",
                "error_type": fault("", metric) if passed is False else None,
                "evaluator_kind": "llm" if "model_graded" in metric else "code", "evaluator": str(name),
            }  # fmt: skip


def _values(name: str, value: object) -> Iterator[tuple[str, object]]:
    """A score by its name; one that holds several by theirs."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{name}.{key}", inner
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield f"{name}.{place}", inner
    else:
        yield name, value


def _verdict(value: object, all_or_nothing: bool, bar: str | None) -> tuple[str | None, bool | None]:
    """A value as a score from 0 to 1, and whether it passed; None where it says neither."""
    if isinstance(value, bool):
        return ("1.0", True) if value else ("0.0", False)
    stated = (text(value) or "").strip()
    if stated in _LETTERS:
        return _LETTERS[stated]
    if stated.casefold() in _WORDS:
        return _WORDS[stated.casefold()]
    score = finite(stated)
    if score is None:
        return None, None
    if bar is not None and number(bar) is not None and not all_or_nothing:
        return score, float(score) >= float(bar)
    return score, {"1.0": True, "0.0": False}.get(score) if all_or_nothing else None


def _tokens(usage: object) -> Told:
    told: Told = {}
    for column in ("input_tokens", "output_tokens"):
        counts = [
            int(count)
            for used in (usage.values() if isinstance(usage, dict) else ())
            if isinstance(used, dict) and (count := text(used.get(column)) or "").isdecimal()
        ]
        told[column] = str(sum(counts)) if counts else None
    return told


def _milliseconds(seconds: object) -> str | None:
    found = finite(seconds)
    return str(max(0, round(float(found) * 1000))) if found else None


def _one_line(said: str | None) -> str:
    return (said or "error").split("\n", 1)[0][:200]
