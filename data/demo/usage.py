"""The days of a product: who did what when, how it ended and what it took. Everything is drawn from one seed."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from data.demo.audience import DAYS, Audience, Floats, gather
from data.demo.behaviour import PRICES, Behaviour
from data.demo.company import Staff
from data.demo.pilots import Trial, trials
from data.demo.releases import versions
from data.demo.scenarios import works
from data.demo.topics import UNKNOWN, subjects
from data.demo.worktime import Ints, intensity, midnights

Flags = NDArray[np.bool_]
FAULTS = ("timeout", "rate_limit", "server_error", "tool_error")
OUTCOMES = (None, "confirmed", "implied", "failed", "unknown")
NOBODY_SAYS, CONFIRMED, IMPLIED, FAILED, UNKNOWN_END = range(5)


@dataclass(slots=True)
class Tasks:
    """One row a task; places of people are those of the audience, days count from the first day."""

    member: Ints
    day: Ints
    started: Ints
    """UTC milliseconds."""
    session: Ints
    work: Ints
    topic: Ints
    """Place among the registered topics, then the unknown ones; -1 for none."""
    trial: Ints
    """The pilot it belongs to, -1 for none."""
    version: Ints
    succeeded: Flags
    outcome: Ints
    evidence: Ints
    planned: Flags
    unplanned: Flags
    handed_over: Ints
    """UTC milliseconds from the task's last interaction to the handover."""
    shadow: Flags
    wrong: Flags
    """Whether its answer says something wrong: nobody knows before it is audited."""


@dataclass(slots=True)
class Use:
    """A product's use: its audience, its tasks, and one row an interaction in the order of time."""

    how: Behaviour
    first: date
    audience: Audience
    tasks: Tasks
    topics: tuple[str, ...]
    works: tuple[str, ...]
    versions: tuple[str, ...]
    task: Ints
    last: Flags
    """Whether an interaction is the last one of its task."""
    occurred: Ints
    duration: Ints
    model: Ints
    input_tokens: Ints
    output_tokens: Ints
    cost: Ints
    """Micro-euros."""
    fault: Ints
    """Place in FAULTS, -1 where nothing failed."""
    sources: Ints
    unnamed: Flags

    ids: list[str]
    """The interactions' ids; of traced ones the trace's."""
    traced: Flags


def use_of(staff: Staff, how: Behaviour, until: date, seed: int, scale: float) -> Use:
    """Draw 26 weeks of a product that end with `until`."""
    chance = np.random.default_rng([seed, 2, *how.product_id.encode()])
    first = until - timedelta(days=DAYS - 1)
    audience = gather(staff, how, chance)
    tasks = _tasks(how, audience, first, chance, scale)
    return _interactions(how, audience, tasks, first, chance)


def trace_id(name: str) -> str:
    """16 bytes in hex that stand for a name."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _tasks(how: Behaviour, who: Audience, first: date, chance: np.random.Generator, scale: float) -> Tasks:
    mine = trials(how.product_id)
    member, day = np.nonzero(chance.random((len(who.people), DAYS)) < _eagerness(how, who, first, mine) * min(scale, 1))
    repeats = 1 + chance.poisson(how.tasks * max(scale, 1.0) - 1, len(member))
    visit = np.repeat(np.arange(len(member)), repeats)
    member, day = member[visit], day[visit]
    n = len(member)
    hour = np.where(chance.random(n) < 0.55, chance.normal(10.2, 1.3, n), chance.normal(14.6, 1.5, n)).clip(6.2, 20.5)
    started = midnights(first, DAYS)[day] + (hour * 3_600_000).astype(np.int64)
    trial = np.where(_during(mine, who.trial[member], day), who.trial[member], -1)
    work = _work(how, mine, trial, chance)
    topic, topic_skill = _topic(how, work, chance)
    silent = np.array([not each.topics_told for each in mine] or [False])[trial] & (trial >= 0)
    topic = np.where(silent, -1, topic)
    version, release_skill, release_content = _release(how, day)
    own = np.array([each.skill for each in works(how.product_id)] or [0.0])[np.maximum(work, 0)]
    steady = np.array([each.success is not None for each in mine] or [False])[trial] & (trial >= 0)
    chances = np.where(steady, who.trial_skill[member] + 0.3 * topic_skill,
                       who.skill[member] + own + topic_skill + release_skill).clip(0.03, 0.985)  # fmt: skip
    succeeded = chance.random(n) < chances
    outcome, evidence = _ends(how, succeeded, chance)
    rule = np.array([each.planned for each in works(how.product_id)] or [0.0])[np.maximum(work, 0)]
    planned = chance.random(n) < rule
    unplanned = ~planned & (chance.random(n) < np.where(succeeded, *how.escalated))
    late = chance.random(n) < 0.06
    minutes = np.where(late, chance.uniform(1500, 4000, n), chance.lognormal(2.6, 0.9, n).clip(1, 1200))
    in_shadow = np.array([each.mode == "shadow" for each in mine] or [False])[trial] & (trial >= 0)
    doubtful = (how.content + release_content) * np.where(succeeded, 0.75, 1.5) * np.where(topic_skill < -0.05, 1.5, 1)
    return Tasks(
        member, day, started, visit * 2 + (hour >= 12.5), work, topic, trial, version, succeeded, outcome, evidence,
        planned, unplanned, (minutes * 60_000).astype(np.int64), in_shadow & (chance.random(n) < 0.6),
        chance.random(n) < doubtful,
    )  # fmt: skip


def _eagerness(how: Behaviour, who: Audience, first: date, mine: tuple[Trial, ...]) -> Floats:
    """The chance that a person uses the product on a day: people down, days across."""
    days = np.arange(DAYS)
    weight = np.array([intensity(first + timedelta(days=int(day))) for day in days])
    weight *= how.ramp + (1 - how.ramp) * days / (DAYS - 1)
    weight[: max(0, DAYS - how.begun)] = 0
    weight[DAYS - how.lag :] = 0
    running = np.column_stack([_during(mine, who.trial, np.full(len(who.trial), day)) for day in days])
    daily = np.where(running, who.trial_daily[:, None], who.daily[:, None])
    here = (days >= who.granted[:, None]) & (days < np.minimum(who.left, who.stopped)[:, None])
    steady = np.where((weight > 0) & who.program[:, None], 1.0, weight)
    return np.asarray(daily * steady * here)


def _during(mine: tuple[Trial, ...], trial: Ints, day: Ints) -> Flags:
    starts = np.array([DAYS - 1 - each.starts for each in mine] or [0])
    ends = np.array([DAYS - 1 - each.ends for each in mine] or [0])
    return np.asarray((trial >= 0) & (day >= starts[trial]) & (day <= ends[trial]))


def _work(how: Behaviour, mine: tuple[Trial, ...], trial: Ints, chance: np.random.Generator) -> Ints:
    """The scenario of each task; in a pilot mostly the pilot's."""
    known = works(how.product_id)
    if not known:
        return np.full(len(trial), -1)
    drawn = chance.choice(len(known), len(trial), p=[each.share for each in known])
    names = [each.scenario_id for each in known]
    tried = np.array([names.index(each.scenario_id) for each in mine] or [0])
    return np.where((trial >= 0) & (chance.random(len(trial)) < 0.85), tried[trial], drawn)


def _topic(how: Behaviour, work: Ints, chance: np.random.Generator) -> tuple[Ints, Floats]:
    """The topic of each task and what it adds to its success: -1 and nothing where a product has no topics."""
    known, strange = subjects(how.product_id), UNKNOWN.get(how.product_id, ())
    topic = np.full(len(work), -1)
    if not known:
        return topic, np.zeros(len(work))
    for place, each in enumerate(works(how.product_id)):
        mine = work == place
        fits = [item.share if item.work in ("", each.scenario_id) else 0.0 for item in known]
        weights = np.array(fits) / sum(fits) * (0.93 - sum(share for _, share in strange))
        every = [*weights, *(share for _, share in strange), 0.07]
        drawn = chance.choice(len(every), int(mine.sum()), p=np.array(every) / sum(every))
        topic[mine] = np.where(drawn == len(every) - 1, -1, drawn)
    skill = np.array([*(item.skill for item in known), *(-0.18 for _ in strange), 0.0])
    return topic, skill[topic]


def _release(how: Behaviour, day: Ints) -> tuple[Ints, Floats, Floats]:
    """The version that served each task, and what the releases up to it changed."""
    every = versions(how.product_id)
    begins = np.array([DAYS - 1 - each.days for each in every])
    version = (np.searchsorted(begins, day, side="right") - 1).clip(0)
    return (
        version,
        np.cumsum([each.success for each in every])[version],
        np.cumsum([each.content for each in every])[version],
    )


def _ends(how: Behaviour, succeeded: Flags, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """What is said about the end of each task, and by which evidence (place in `how.evidence`)."""
    n = len(succeeded)
    drawn = chance.random(n)
    said = np.where(succeeded, CONFIRMED, FAILED)
    rest = np.where(chance.random(n) < how.implied, IMPLIED, np.where(chance.random(n) < 0.5, UNKNOWN_END, NOBODY_SAYS))
    shares = np.array(list(how.evidence.values()))
    return np.where(drawn < how.known, said, rest), chance.choice(len(shares), n, p=shares / shares.sum())


def _interactions(how: Behaviour, who: Audience, tasks: Tasks, first: date, chance: np.random.Generator) -> Use:
    turns = 1 + chance.poisson(how.turns - 1, len(tasks.day))
    task = np.repeat(np.arange(len(turns)), turns)
    n = len(task)
    end = np.cumsum(turns)
    turn = np.arange(n) - (end - turns)[task]
    waits = np.cumsum(chance.exponential(80_000, n).astype(np.int64) + 2_000)
    occurred = tasks.started[task] + waits - waits[(end - turns)[task]]
    last = turn == turns[task] - 1
    slower = np.cumprod([each.slower for each in versions(how.product_id)])[tasks.version[task]]
    technical = np.array([each.technical or how.error for each in trials(how.product_id)] or [how.error])
    risk = np.where(tasks.trial[task] >= 0, technical[tasks.trial[task]], how.error)
    fault = np.where(chance.random(n) < risk, chance.choice(len(FAULTS), n, p=[0.5, 0.2, 0.2, 0.1]), -1)
    duration = chance.lognormal(np.log(how.seconds * 1000), 0.55, n) * slower * np.where(fault == 0, 6.0, 1.0)
    model = chance.choice(len(how.models), n, p=[share for _, share in how.models])
    into = (chance.lognormal(np.log(how.tokens[0]), 0.5, n) * (1 + 0.25 * turn)).astype(np.int64)
    out = np.where(fault >= 0, 0, chance.lognormal(np.log(how.tokens[1]), 0.6, n)).astype(np.int64)
    price = np.array([PRICES[name] for name, _ in how.models])[model]
    cost = np.rint(into * price[:, 0] + out * price[:, 1]).astype(np.int64)
    sources = np.where(fault >= 0, 0, chance.poisson(4.2, n))
    known = len(subjects(how.product_id))
    strange = tasks.topic[task] >= known
    visits = tasks.session[task] // 2
    unnamed = (chance.random(int(visits.max(initial=0)) + 1) >= how.named)[visits]
    topics = [item.topic_id for item in subjects(how.product_id)]
    topics += [name for name, _ in UNKNOWN.get(how.product_id, ())]
    order = np.argsort(occurred, kind="stable")
    traced = who.traced[tasks.member[task[order]]]
    ids = [f"{how.prefix}-{number:06d}" for number in range(n)]
    ids = [trace_id(name) if told else name for name, told in zip(ids, traced.tolist(), strict=True)]
    return Use(
        how, first, who, tasks, tuple(topics), tuple(each.scenario_id for each in works(how.product_id)),
        tuple(each.version for each in versions(how.product_id)), task[order], last[order], occurred[order],
        np.rint(duration).astype(np.int64)[order], model[order], into[order], out[order], cost[order], fault[order],
        np.where(strange, 0, sources)[order], unnamed[order], ids, traced,
    )  # fmt: skip
