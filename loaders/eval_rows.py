"""Eval results on their way to the contract: one row for a check, the verdict of its case first."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from loaders.format import Stage
from loaders.relation import relation

COLUMNS = (
    "run_id", "run_at", "run_status", "product_id", "scenario_id", "topic_id", "origin", "suite", "suite_version",
    "case_id", "epoch", "interaction_id", "metric_name", "score", "threshold", "passed", "eval_error", "error_type",
    "evaluator_kind", "evaluator", "request_model", "prompt_version", "service_version", "input_tokens",
    "output_tokens", "cost_microusd", "duration_ms",
)  # fmt: skip
OVERALL = "overall"
Told = dict[str, str | None]


class EvalRows:
    """The checks of one file."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._table = stage.table("checks", ("source_row", "line", "records", *COLUMNS))
        self.count = 0

    def case(self, row: int, line: int, *checks: Told, records: int = 1) -> None:
        """The checks of one source record; the first stands for its `records`."""
        for place, check in enumerate(checks):
            stands_for = "0" if place else str(records)
            self._table.add(str(row), str(line), stands_for, *(check.get(name) for name in COLUMNS))
            self.count += 1

    def fill(self) -> None:
        """Hand all of them over."""
        picked = {name: f'"{name}"' for name in COLUMNS}
        self._stage.fill("eval_results", picked, relation(picked, "checks", "records"))


def verdict(passed: bool | None) -> str | None:
    """A verdict as text."""
    return None if passed is None else "true" if passed else "false"


def overall(checks: list[Told]) -> Told:
    """The verdict of a case from its checks: failed when one failed, an error when one could not be made and none
    failed, passed when all that have a verdict passed.
    """
    failed = any(check.get("passed") == "false" for check in checks)
    broken = next((check["eval_error"] for check in checks if check.get("eval_error")), None)
    told = [check for check in checks if check.get("passed")]
    if failed:
        return {"passed": "false"}
    if broken:
        return {"eval_error": broken}
    return {"passed": "true" if told else None}


def digest(content: object) -> str:
    """Twelve hex digits that tell contents apart."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:12]


def digest_of_file(path: Path) -> str:
    """The same of a whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
