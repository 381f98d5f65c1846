"""What the products are tested with before a release: probes of retrieval, and suites with a case for each topic."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from data.demo.audience import DAYS
from data.demo.files import Row, moment
from data.demo.releases import versions
from data.demo.tickets import Ticket
from data.demo.topics import subjects
from data.demo.worktime import local

PROBED = (0, 28, 56, 84, 112, 140, 168)
QUESTIONS = 12
SUITES = {"knowledge-rag": "knowledge-regression", "corp-llm": "assistant-regression", "support-copilot": "answers"}
"""The suites written as our own tables; the others are kept in promptfoo."""
CASES = 5
NEW_CASES_FAIL = 0.85
MENDED_A_WEEK = 0.4


def probes(product_id: str, until: date) -> list[Row]:
    """Every four weeks a dozen questions a topic: did the retrieval bring a passage that answers?"""
    rows: list[Row] = []
    for days in PROBED:
        day = until - timedelta(days=days)
        for topic in subjects(product_id):
            found = round(topic.probes * QUESTIONS)
            for question in range(QUESTIONS):
                rows.append({
                    "run_id": f"probes-{product_id}-{day}", "run_at": moment(local(day, 5.0)),
                    "product_id": product_id, "topic_id": topic.topic_id, "origin": "probe",
                    "suite": "retrieval-probes", "case_id": f"{topic.topic_id}-q{question + 1:02d}",
                    "metric_name": "retrieved", "score": float(question < found), "passed": question < found,
                    "error_type": None, "evaluator_kind": "code", "evaluator": "passage-match",
                    "service_version": None,
                })  # fmt: skip
    return rows


def suite_runs(product_id: str, until: date, chance: np.random.Generator) -> list[Row]:
    """The regression suite at each release and once last week, cases named by their topic."""
    every = [change for change in versions(product_id) if change.days < DAYS]
    runs = [(change.days, change.version, level) for change, level in zip(every, _levels(product_id), strict=True)]
    runs.append((5, runs[-1][1], runs[-1][2]))
    rows: list[Row] = []
    for days, version, level in runs:
        day = until - timedelta(days=days)
        for topic in subjects(product_id):
            for case in range(CASES):
                passed = bool(chance.random() < np.clip(0.9 + topic.skill + level, 0.05, 0.99))
                rows.append({
                    "run_id": f"{SUITES[product_id]}-{day}", "run_at": moment(local(day, 4.0)),
                    "product_id": product_id, "topic_id": topic.topic_id, "origin": "suite",
                    "suite": SUITES[product_id], "case_id": f"{topic.topic_id}-{case + 1}",
                    "metric_name": "answer_correct", "score": float(passed), "passed": passed,
                    "error_type": None if passed else "incorrect", "evaluator_kind": "llm", "evaluator": "judge-1",
                    "service_version": version,
                })  # fmt: skip
    return rows


def gap_runs(product_id: str, tickets: Sequence[Ticket], until: date, chance: np.random.Generator) -> list[Row]:
    """Every Sunday the cases that were added for gaps, on the index as it stands: most fail at first, and come to pass
    when their answer has found its way into it.
    """
    rows: list[Row] = []
    shaky = {ticket.ticket_id: bool(chance.random() < NEW_CASES_FAIL) for ticket in tickets if ticket.eval_added_at}
    for days in range(DAYS - 1 - (DAYS - 1) % 7, -1, -7):
        day = until - timedelta(days=days)
        at = local(day, 3.0)
        for ticket in tickets:
            if not ticket.eval_added_at or ticket.eval_added_at >= at:
                continue
            old = at - ticket.eval_added_at > timedelta(days=7)
            if shaky[ticket.ticket_id] and old and chance.random() < MENDED_A_WEEK:
                shaky[ticket.ticket_id] = False
            passed = not shaky[ticket.ticket_id]
            rows.append({
                "run_id": f"gaps-{product_id}-{day}", "run_at": moment(at), "product_id": product_id, "topic_id": None,
                "origin": "suite", "suite": "knowledge-gaps", "case_id": f"gap:{ticket.ticket_id}",
                "metric_name": "answer_correct", "score": float(passed), "passed": passed,
                "error_type": None if passed else "incorrect", "evaluator_kind": "llm", "evaluator": "judge-1",
                "service_version": f"index-{day}",
            })  # fmt: skip
    return rows


def _levels(product_id: str) -> list[float]:
    """What the releases up to each one of the demo's time changed, in success."""
    changes = versions(product_id)
    total = np.cumsum([change.success for change in changes])
    return [float(level) for change, level in zip(changes, total, strict=True) if change.days < DAYS]
