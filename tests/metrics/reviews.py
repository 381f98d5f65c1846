"""Checks of answers as rows of eval_results, the interactions they are about, and what they come to by plain loops that
share no code with the engine.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count

from scipy.stats import norm, t
from statsmodels.stats.proportion import proportion_confint

from metrics import read
from metrics.spec import Reading, Scope
from tests.metrics.company import Company, day, found, use
from tests.metrics.oracle import Answer, Row, ratio

_NUMBERS = count(1)
AUDITOR, JUDGE = "auditor", "judge-1"
RATE, JUDGED, AUDITED = "hallucination_rate", "hallucination_rate.judged", "hallucination_rate.audited"
Found = dict[str, list[tuple[int | None, int | None]]]  # of each person, task by task: people, judge; 1 is an error
CONTENT = (None, "incorrect", "unsupported", "unsafe")


def check(
    task: str, when: date, passed: bool | None, *, evaluator: str = AUDITOR, hour: int = 12, **stated: object
) -> dict[str, object]:
    """A check of an audit: of the interaction `task` unless `interaction_id` says otherwise. Who is no judge is a
    person.
    """
    number = next(_NUMBERS)
    moment = datetime.combine(when, time(hour))
    return {
        "event_key": number, "row_hash": number, "version_at": moment, "load_id": "L1", "source_system": "evals",
        "source_row": number, "source_records": 1, "source_product": "", "run_id": f"run-{when}", "run_at": moment,
        "run_status": "success", "product_id": "chat", "scenario_id": None, "topic_id": None,
        "origin": "production_audit", "suite": None, "suite_version": None, "case_id": task, "epoch": 0,
        "interaction_id": task, "sampling_probability": None, "metric_name": "correct", "score": None,
        "threshold": None, "passed": passed, "eval_error": None, "error_type": None, "severity": None,
        "evaluator_kind": "llm" if evaluator.startswith("judge") else "human", "evaluator": evaluator,
        "request_model": None, "prompt_version": None, "service_version": None, "input_tokens": None,
        "output_tokens": None, "cost_microusd": None, "duration_ms": None, **stated,
    }  # fmt: skip


def talk(task: str, person: str, when: date, **stated: object) -> dict[str, object]:
    """An interaction at nine o'clock."""
    return {
        "event_key": next(_NUMBERS), "interaction_id": task, "occurred_at": datetime.combine(when, time(9)),
        "day": when, "product_id": "chat", "unit_id": person, "user_known": True, "task_key": task, **stated,
    }  # fmt: skip


def headline(company: Company, scope: Scope, *by: str, **group: str | None) -> Reading:
    """The hallucination rate of one group."""
    return found(read(company.store, [RATE], scope, by or tuple(group)), **group)


def review(company: Company, checks: Sequence[Mapping[str, object]]) -> Company:
    """Put checks into the warehouse."""
    with company.store.write("test", "test") as tx:
        tx.add("eval_results", checks)
    return company


def forget(company: Company) -> Company:
    """Forget everything, checks and topics too."""
    with company.store.write("test", "test") as tx:
        for table in ("eval_results", "topics", "feedback"):
            tx.run(f"DELETE FROM {table}")
    return company.empty()


def audit(
    company: Company,
    labels: Mapping[str, Sequence[tuple[int | None, int | None]]],
    product: str = "chat",
    **stated: object,
) -> Company:
    """Audits of so many interactions of each person, a day each and the last on the last day: what people and the judge
    found (1 is an error, None: did not look). `stated` is what all checks state.
    """
    talks, checks = [], []
    for person, tasks in labels.items():
        for place, (by_people, by_judge) in enumerate(tasks):
            task, when = f"{product}-{person}-{place}", day(27 - place % 28)
            talks.append(talk(task, person, when, product_id=product))
            for evaluator, wrong in ((AUDITOR, by_people), (JUDGE, by_judge)):
                if wrong is not None:
                    checks.append(check(task, when, not wrong, evaluator=evaluator, product_id=product, **stated))
    company.has("interactions", talks)
    company.has("user_days", [use(str(row["unit_id"]), row["day"], product) for row in talks])
    return review(company, checks) if checks else company


@dataclass
class Seen:
    """A task that was looked at: whose it is, what was found, and what it weighs. None: nobody of them looked."""

    unit: str
    people: int | None = None
    judge: int | None = None
    people_weight: int = 0
    judge_weight: int = 0
    types: frozenset[str] = frozenset()


def seen(checks: Iterable[Row], unit_of: Mapping[str, str]) -> list[Seen]:
    """The audited tasks of checks, by the rules in words: good checks only, the last of each, trials by majority."""
    last: dict[tuple[object, ...], Row] = {}
    for row in sorted(checks, key=lambda row: (row["run_at"], row["event_key"])):
        if row["passed"] is None or row["eval_error"] is not None or row["run_status"] == "cancelled":
            continue
        task = row["interaction_id"] or row["case_id"]
        last[task, row["evaluator"], row["metric_name"], row["epoch"]] = row
    trials: dict[tuple[str, str], dict[object, list[Row]]] = {}
    for (task, evaluator, _, epoch), row in last.items():
        trials.setdefault((str(task), str(evaluator)), {}).setdefault(epoch, []).append(row)
    tasks: dict[str, Seen] = {}
    for (name, evaluator), by_epoch in trials.items():
        task = tasks.setdefault(name, Seen(unit_of.get(name, name)))
        rows = [row for trial in by_epoch.values() for row in trial]
        weight = max(round(1e6 / float(str(row["sampling_probability"] or 1))) for row in rows)

        def half(kinds: Sequence[str | None], trials: Iterable[list[Row]] = by_epoch.values()) -> bool:
            shown = [any(not row["passed"] and row["error_type"] in kinds for row in trial) for trial in trials]
            return sum(shown) * 2 >= len(shown)

        if evaluator.startswith("judge"):
            task.judge, task.judge_weight = max(task.judge or 0, half(CONTENT)), max(weight, task.judge_weight)
        else:
            task.people, task.people_weight = max(task.people or 0, half(CONTENT)), max(weight, task.people_weight)
            task.types |= {str(kind) for kind in CONTENT[1:] if half((kind,))}
    return list(tasks.values())


def weighed(triples: Iterable[tuple[str, int, int]]) -> Answer:
    """The weighted share of tasks given as (unit, found, weight); `events` are the tasks."""
    units: dict[str, tuple[int, int]] = {}
    tasks = 0
    for unit, wrong, weight in triples:
        hits, of = units.get(unit, (0, 0))
        units[unit] = (hits + wrong * weight, of + weight)
        tasks += 1
    return ratio(units, most=tasks)._replace(events=tasks)


def powered(tasks: Sequence[Seen]) -> Answer | None:
    """Prediction-powered inference with the best weight for the judge; None where the rate leaves 0 to 1."""
    read = [task for task in tasks if task.judge is not None]
    both = [task for task in read if task.people is not None]
    all_read, all_both = sum(task.judge_weight for task in read), sum(task.people_weight for task in both)
    judged = sum(task.judge_weight * (task.judge or 0) for task in read) / all_read
    among = sum(task.people_weight * (task.judge or 0) for task in both) / all_both
    found = sum(task.people_weight * (task.people or 0) for task in both) / all_both
    pulls: dict[str, list[float]] = {}
    for task in read:
        pulls.setdefault(task.unit, [0.0, 0.0])[0] += task.judge_weight * ((task.judge or 0) - judged) / all_read
    for task in both:
        pulls[task.unit][0] -= task.people_weight * ((task.judge or 0) - among) / all_both
        pulls[task.unit][1] += task.people_weight * ((task.people or 0) - found) / all_both
    people = len({task.unit for task in both})
    own, mixed = math.fsum(a * a for a, _ in pulls.values()), math.fsum(a * b for a, b in pulls.values())
    trust = min(1.0, max(0.0, -mixed / own)) if own > 1e-15 else 0.0
    variance = math.fsum((trust * a + b) ** 2 for a, b in pulls.values()) * people / max(1, people - 1)
    value = trust * (judged - among) + found
    if people < 2 or not 0 < value < 1 or variance <= 1e-15:
        return None
    size = min(value * (1 - value) / variance, len(read))
    alpha = 2 * norm.sf(t.ppf(0.975, people - 1))
    low, high = proportion_confint(value * size, size, alpha=alpha, method="wilson")
    bounds = (float(low), float(high)) if people >= 10 else (None, None)
    return Answer(value, *bounds, people, len(both))
