"""Runs of test suites that some products keep in promptfoo, as its results.json."""

from datetime import date, timedelta

import numpy as np

from data.demo.files import Row, moment
from data.demo.topics import subjects
from data.demo.worktime import local

RUNS: tuple[tuple[str, str, str, int, float], ...] = (
    ("contract-analyser", "Contract analyser regression", "contract-regression", 53, 0.88),
    ("contract-analyser", "Contract analyser regression", "contract-regression", 9, 0.93),
    ("code-agent", "Code agent regression", "code-regression", 57, 0.78),
    ("code-agent", "Code agent regression", "code-regression", 12, 0.84),
    ("agent-orchestrator", "Agent orchestrator smoke test", "orchestrator-smoke", 27, 0.80),
    ("agent-orchestrator", "Agent orchestrator smoke test", "orchestrator-smoke", 3, 0.90),
)
"""Product, what the configuration calls itself, suite, days before the last day, share of cases that pass."""
ERRANDS = (
    "new-supplier", "supplier-without-bank", "supplier-with-two-vat-ids", "invoice-matches-order",
    "invoice-over-order", "invoice-twice", "credit-note", "foreign-currency", "partial-delivery", "closed-order",
    "asks-before-writing", "refuses-payment",
)  # fmt: skip
NEVER_PASSES = "supplier-with-two-vat-ids"
"""A case that failed in every run and for which nobody opened a ticket."""


def suite_run(run: tuple[str, str, str, int, float], until: date, chance: np.random.Generator) -> Row:
    """One run of a suite as promptfoo writes it."""
    product_id, title, suite, days, share = run
    at = moment(local(until - timedelta(days=days), 3.5)) or ""
    names = [f"{topic.topic_id}-{case}" for topic in subjects(product_id) for case in (1, 2, 3)] or list(ERRANDS)
    results = [_result(name, index, suite, chance.random() < share, chance) for index, name in enumerate(names)]
    passed = sum(bool(result["success"]) for result in results)
    wording = {"raw": "{{question}}", "label": f"{suite} prompt"}
    return {
        "evalId": f"eval-{suite}-{at[:19]}",
        "results": {
            "version": 3, "timestamp": at.replace("Z", ".000Z"),
            "prompts": [{**wording, "id": suite, "provider": "northstar-large-3"}], "results": results,
            "stats": {"successes": passed, "failures": len(results) - passed, "errors": 0},
        },
        "config": {"description": title, "prompts": ["{{question}}"], "providers": ["northstar-large-3"]},
        "shareableUrl": None,
    }  # fmt: skip


def _result(name: str, index: int, suite: str, passes: bool, chance: np.random.Generator) -> Row:
    passes = passes and name != NEVER_PASSES
    checks = [
        {"type": "contains", "value": name, "metric": "names the subject"},
        {"type": "llm-rubric", "value": "Right, complete and from the sources.", "metric": "correctness"},
    ]
    graded = [
        {"pass": True, "score": 1, "reason": "Assertion passed", "assertion": checks[0]},
        {"pass": passes, "score": 0.95 if passes else 0.2, "reason": "Judged by the rubric", "assertion": checks[1]},
    ]
    score = round((1 + (0.95 if passes else 0.2)) / 2, 3)
    asked, answered = int(chance.integers(800, 4000)), int(chance.integers(80, 700))
    return {
        "success": passes, "score": score, "failureReason": 0 if passes else 1, "error": None if passes else "Rubric",
        "latencyMs": int(chance.integers(900, 9000)), "cost": round((asked * 2.4 + answered * 9.6) / 1e6, 6),
        "gradingResult": {"pass": passes, "score": score, "reason": "", "componentResults": graded},
        "namedScores": {}, "provider": {"id": "northstar-large-3", "label": ""}, "promptId": suite, "promptIdx": 0,
        "prompt": {"raw": f"About {name}", "label": f"{suite} prompt"}, "testIdx": index,
        "vars": {"question": f"About {name}"},
        "testCase": {
            "description": name, "vars": {"question": f"About {name}"}, "assert": checks,
            "metadata": {"id": name, "suite": suite},
        },
        "response": {"tokenUsage": {"prompt": asked, "completion": answered, "total": asked + answered}},
    }  # fmt: skip
