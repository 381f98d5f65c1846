"""What was found when answers were read again: a judge reads a sample, people a part of it, and both a test set."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from data.demo.files import Row, moment
from data.demo.usage import Flags, Use
from data.demo.worktime import Ints, local

METRIC = "content_error_free"
JUDGE, PANEL = "judge-1", "panel"
SENSITIVITY, SPECIFICITY = 0.88, 0.955
"""Of the judge: the share of wrong answers it finds, and of right ones it lets pass."""
KINDS = ("incorrect", "unsupported", "unsafe")
SEVERITIES = (0.012, 0.448, 0.528, 0.012)
"""Of wrong answers the shares of severity 1 (critical) to 4 (cosmetic)."""
CALIBRATED = ((152, 70, 110), (24, 75, 120))
"""Days before the last day, wrong cases, right cases of each calibration."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The audited interactions of a product: places in its use, and whether people read them, too."""

    interaction: Ints
    human: Flags


def sampled(use: Use, kind: list[str], chance: np.random.Generator) -> Sample:
    """A uniform random sample of the tasks of real people, and a uniform part of it; `kind` says who is one."""
    tasks = use.tasks
    real = np.array([kind[place] == "employee" for place in use.audience.people])
    chosen = (chance.random(len(tasks.day)) < use.how.audited) & real[tasks.member] & ~tasks.shadow
    human = chance.random(len(tasks.day)) < use.how.labelled
    places = np.nonzero(use.last & chosen[use.task])[0]
    return Sample(places, human[use.task[places]])


def production(use: Use, sample: Sample, until: date, chance: np.random.Generator) -> list[Row]:
    """The judge's rows and the people's rows of a sample, with the probability of being drawn."""
    how, ids, tasks = use.how, use.ids, use.tasks
    rows: list[Row] = []
    for place, human in zip(sample.interaction.tolist(), sample.human.tolist(), strict=True):
        task = use.task[place]
        wrong, day = bool(tasks.wrong[task]), use.first + timedelta(days=int(tasks.day[task]))
        at = local(day, 22.0)
        kind = str(chance.choice(KINDS, p=[0.47, 0.45, 0.08]))
        severity = int(chance.choice(4, p=SEVERITIES)) + 1
        about = _about(use, place, ids[place])
        told = chance.random() < (SENSITIVITY if wrong else 1 - SPECIFICITY)
        broken = chance.random() < 0.008
        rows.append(_found(
            f"judge-{how.product_id}-{day}", at, about, told, broken=broken, kind=kind, severity=severity,
            by=("llm", JUDGE), probability=how.audited, score=_score(told, chance),
        ))  # fmt: skip
        if human:
            seen = wrong ^ (chance.random() < 0.004)
            read = min(local(day + timedelta(days=2), 15.0), local(until, 15.0))
            rows.append(_found(
                f"panel-{how.product_id}-{read:%Y-%m-%d}", read, about, bool(seen), kind=kind, severity=severity,
                by=("human", PANEL), probability=round(how.audited * how.labelled, 6),
            ))  # fmt: skip
    return rows


def calibration(product_id: str, until: date, chance: np.random.Generator) -> list[Row]:
    """The judge and people on the same cases, enough of each class to know how often the judge is right."""
    rows: list[Row] = []
    for number, (days, wrong, right) in enumerate(CALIBRATED, start=1):
        at = local(until - timedelta(days=days), 14.0)
        for case in range(wrong + right):
            is_wrong = case < wrong
            told = chance.random() < (SENSITIVITY if is_wrong else 1 - SPECIFICITY)
            kind, severity = KINDS[case % 2], 2 + case % 2
            about: Row = {
                "product_id": product_id, "suite": "judge-calibration", "suite_version": str(number),
                "case_id": f"cal{number}-{case:03d}", "origin": "calibration",
            }  # fmt: skip
            run = f"calibration-{product_id}-{number}"
            rows.append(_found(run, at, about, is_wrong, kind=kind, severity=severity, by=("human", PANEL)))
            rows.append(_found(run, at, about, told, kind=kind, severity=severity, by=("llm", JUDGE),
                               score=_score(told, chance)))  # fmt: skip
    return rows


def _about(use: Use, place: int, interaction_id: str) -> Row:
    task = use.task[place]
    topic, work = int(use.tasks.topic[task]), int(use.tasks.work[task])
    return {
        "product_id": use.how.product_id, "suite": "production-audit", "suite_version": None,
        "case_id": interaction_id, "origin": "production_audit", "interaction_id": interaction_id,
        "scenario_id": use.works[work] if work >= 0 else None, "topic_id": use.topics[topic] if topic >= 0 else None,
        "service_version": use.versions[int(use.tasks.version[task])],
        "request_model": use.how.models[int(use.model[place])][0],
    }  # fmt: skip


def _found(
    run: str, at: datetime, about: Row, wrong: bool, *, kind: str, severity: int, by: tuple[str, str],
    broken: bool = False, probability: float | None = None, score: float | None = None,
) -> Row:  # fmt: skip
    return {
        "run_id": run, "run_at": moment(at), "run_status": "success", "product_id": about["product_id"],
        "scenario_id": about.get("scenario_id"), "topic_id": about.get("topic_id"), "origin": about["origin"],
        "suite": about["suite"], "suite_version": about["suite_version"], "case_id": about["case_id"],
        "interaction_id": about.get("interaction_id"), "sampling_probability": probability, "metric_name": METRIC,
        "score": None if broken else score, "threshold": None if score is None else 0.5,
        "passed": None if broken else not wrong, "eval_error": "the judge gave no verdict" if broken else None,
        "error_type": kind if wrong and not broken else None, "severity": severity if wrong and not broken else None,
        "evaluator_kind": by[0], "evaluator": by[1], "request_model": about.get("request_model"),
        "service_version": about.get("service_version"),
    }  # fmt: skip


def _score(wrong: bool, chance: np.random.Generator) -> float:
    return round(float(chance.uniform(0.02, 0.45) if wrong else chance.uniform(0.55, 0.99)), 3)
