"""The demo's use as the files that its sources export: rows of interactions, daily seats, and what was said later."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.demo.audience import DAYS
from data.demo.company import Staff
from data.demo.files import Row
from data.demo.pilots import trials
from data.demo.registry import GATEWAY
from data.demo.usage import CONFIRMED, FAILED, FAULTS, NOBODY_SAYS, OUTCOMES, Use

STATED = ("contract-nda-shadow", "support-returns")
"""Pilots that the sources themselves name; of the others the roster tells."""
RULED = ("rule", "judge")


def interactions(use: Use, staff: Staff) -> pa.Table:
    """The interactions that are not traced, as our own table."""
    keep = np.nonzero(~use.traced)[0]
    task = use.task[keep]
    tasks, how, last = use.tasks, use.how, use.last[keep]
    mine = trials(how.product_id)
    person = use.audience.people[tasks.member[task]]
    trial, shadow = tasks.trial[task], tasks.shadow[task]
    outcome = np.where(last, tasks.outcome[task], NOBODY_SAYS)
    evidence = [*how.evidence, *RULED]
    source = np.where(np.isin(outcome, (CONFIRMED, FAILED)), tasks.evidence[task],
                      np.where(outcome == OUTCOMES.index("implied"), len(how.evidence) + task % 2, -1))  # fmt: skip
    handed = (tasks.planned | tasks.unplanned)[task]
    ended = use.occurred[keep] + use.duration[keep]
    fault, said = use.fault[keep], use.how.known > 0
    columns: dict[str, pa.Array] = {
        "interaction_id": pa.array([use.ids[place] for place in keep.tolist()]),
        "occurred_at": pa.array(use.occurred[keep], pa.timestamp("ms", tz="UTC")),
        "product_id": pa.array([GATEWAY if how.product_id == "corp-llm" else how.product_id] * len(keep)),
        "user_id": _named([each.user_id for each in staff.people], np.where(use.unnamed[keep], -1, person)),
        "team_id": _named([each.team for each in staff.people], np.where(use.unnamed[keep], -1, person)),
        "session_id": _numbered(f"{how.prefix}-s", tasks.session[task]),
        "task_id": _numbered(f"{how.prefix}-t", task),
        "scenario_id": _named(use.works, tasks.work[task]),
        "topic_id": _named(use.topics, tasks.topic[task]),
        "pilot_id": _named([each.pilot_id if each.pilot_id in STATED else None for each in mine], trial),
        "duration_ms": pa.array(use.duration[keep]),
        "request_model": _named([name for name, _ in how.models], use.model[keep]),
        "service_version": _named(use.versions, tasks.version[task]),
        "input_tokens": pa.array(use.input_tokens[keep]),
        "output_tokens": pa.array(use.output_tokens[keep]),
        "cost_microusd": pa.array(use.cost[keep]),
        "cost_basis": pa.array(["reported"] * len(keep)),
        "error": pa.array(fault >= 0),
        "error_type": _named(FAULTS, fault),
        "mode": _named([how.mode, *(each.mode for each in mine)], np.where(shadow | (trial >= 0), trial + 1, 0)),
    }
    if any(each.mode == "shadow" for each in mine):
        tried = np.array([each.mode == "shadow" for each in mine])[trial] & ~shadow
        columns["mode"] = _named(
            [how.mode, *(each.mode for each in mine)], np.where((trial >= 0) & ~tried, trial + 1, 0)
        )
        columns["pilot_id"] = _named([each.pilot_id if each.pilot_id in STATED else None for each in mine],
                                     np.where(shadow, trial, -1))  # fmt: skip
    if said:
        columns |= {
            "outcome": _named(OUTCOMES, outcome),
            "outcome_source": _named(evidence, source),
            "escalated": pa.array(handed, mask=~last),
            "escalation_planned": pa.array(tasks.planned[task], mask=~(last & handed)),
            "escalated_at": pa.array(ended + tasks.handed_over[task], pa.timestamp("ms", tz="UTC"),
                                     mask=~(last & handed)),
        }  # fmt: skip
    if use.topics:
        columns["retrieved_source_count"] = pa.array(use.sources[keep])
    empty = [name for name, values in columns.items() if values.null_count == len(values)]
    return pa.table({name: values for name, values in columns.items() if name not in empty})


def seats(use: Use, staff: Staff) -> list[Row]:
    """Who of the people with a seat was active on each working day, as a seat report says it."""
    counts: dict[tuple[int, int], int] = {}
    for task in use.task.tolist():
        key = (int(use.tasks.member[task]), int(use.tasks.day[task]))
        counts[key] = counts.get(key, 0) + 1
    rows: list[Row] = []
    for day in range(DAYS):
        when = use.first + timedelta(days=day)
        for member in use.audience.target.nonzero()[0].tolist() if when.weekday() < 5 else ():
            person = staff.people[int(use.audience.people[member])]
            used = counts.get((member, day), 0)
            rows.append({
                "product_id": use.how.product_id, "user_id": person.user_id, "team_id": person.team, "day": when,
                "period_days": 1, "feature": "workspace", "active": used > 0, "interactions": used, "licensed": True,
            })  # fmt: skip
    return rows


def stated(use: Use) -> Iterator[Row]:
    """How many people the vendor says were active on a day, and in the 7 and 28 days to it: it names nobody."""
    tasks, people = use.tasks, use.audience.target
    worked = np.zeros((DAYS, len(people)), bool)
    worked[tasks.day[use.task], tasks.member[use.task]] = True
    worked &= people
    for day in range(27, DAYS):
        when = use.first + timedelta(days=day)
        counts = {
            f"{name}_active_users": int(worked[day - length + 1 : day + 1].any(axis=0).sum())
            for name, length in (("daily", 1), ("weekly", 7), ("monthly", 28))
        }
        yield {
            "day": when.isoformat(), "enterprise_id": "lindqvist",
            "created_at": f"{min(when + timedelta(days=2), use.first + timedelta(days=DAYS - 1))}T22:00:00Z", **counts,
        }  # fmt: skip


def late_ratings(use: Use, staff: Staff, chance: np.random.Generator) -> list[Row]:
    """Ratings that came by mail some days later, of tasks about which nobody had said anything."""
    tasks = use.tasks
    open_ones = (tasks.outcome == NOBODY_SAYS) & ~tasks.shadow & (chance.random(len(tasks.day)) < 0.05)
    rows: list[Row] = []
    for place in (use.last & open_ones[use.task] & ~use.traced).nonzero()[0].tolist():
        task = int(use.task[place])
        when = use.first + timedelta(days=min(int(tasks.day[task]) + 2, DAYS - 1))
        good = bool(tasks.succeeded[task])
        person = staff.people[int(use.audience.people[tasks.member[task]])]
        rows.append({
            "feedback_id": f"{use.how.prefix}-r{place:06d}", "target_type": "interaction",
            "target_id": use.ids[place], "product_id": GATEWAY if use.how.product_id == "corp-llm" else
            use.how.product_id, "user_id": person.user_id, "given_at": f"{when}T16:00:00Z", "name": "rating",
            "score": 1.0 if good else -1.0, "label": "helped" if good else "did not help", "evidence": "rating",
            "verdict": "confirmed" if good else "failed",
        })  # fmt: skip
    return rows


def _named(names: Sequence[str | None], places: NDArray[np.int64]) -> pa.Array:
    """A column of words from places in a list; a negative place is empty."""
    words = pa.array(names or [None], pa.string())
    return words.take(pa.array(np.where(places < 0, 0, places), mask=places < 0))


def _numbered(prefix: str, numbers: NDArray[np.int64]) -> pa.Array:
    return pa.array([f"{prefix}{number:06d}" for number in numbers.tolist()])
