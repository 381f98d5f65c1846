"""Who has access to a product of the demo and since when, and how eager and how lucky each of them is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.demo.behaviour import Behaviour
from data.demo.company import BUILDERS, Staff
from data.demo.pilots import Trial, trials
from data.demo.worktime import Ints

DAYS = 182
FOREVER = 10**6
Floats = NDArray[np.float64]


@dataclass(slots=True)
class Audience:
    """The users of a product, one place each. Days count from the first day of the demo and may lie before it."""

    people: Ints
    """Places in the company's list of people."""
    granted: Ints
    left: Ints
    target: NDArray[np.bool_]
    """Whether the product is for this person; others use it all the same."""
    daily: Floats
    """Chance to use it on an ordinary day of theirs."""
    stopped: Ints
    """The day from which somebody uses it no more although access remains."""
    skill: Floats
    """Chance that a task of theirs succeeds, before what the task is about."""
    trial: Ints
    """Which of the product's pilots they are in, -1 for none."""
    trial_daily: Floats
    trial_skill: Floats
    traced: NDArray[np.bool_]
    """Whether their use is exported as traces."""
    program: NDArray[np.bool_]
    """Whether it is no person: programs work on every day."""


def gather(staff: Staff, how: Behaviour, chance: np.random.Generator) -> Audience:
    """Draw the audience of a product: its teams' people, its pilots' rosters, and a few for whom it is not meant."""
    mine = trials(how.product_id)
    people, trial = _chosen(staff, how, mine, chance)
    target = np.ones(len(people), dtype=bool)
    beyond = _beyond(staff, people, chance)
    people = np.concatenate([people, beyond])
    trial = np.concatenate([trial, np.full(len(beyond), -1)])
    target = np.concatenate([target, np.zeros(len(beyond), dtype=bool)])
    n = len(people)
    early = chance.random(n) < how.early
    monday = 7 * chance.integers(1, 22, n) + chance.integers(0, 2, n)
    granted = np.where(early, -chance.integers(12, 200, n), monday)
    leaves = chance.random(n) < 0.05
    left = np.where(leaves, np.maximum(granted, 0) + chance.integers(20, DAYS, n), FOREVER)
    for number, each in enumerate(mine):
        inside = trial == number
        granted = np.where(inside, np.minimum(granted, DAYS - 1 - each.starts - 10), granted)
        left = np.where(inside, FOREVER, left)
    kind = chance.random(n)
    daily = np.where(kind < how.regular, _around(chance, how.daily, 7.0, n), 0.0)
    daily = np.where((kind >= how.regular) & (kind < how.regular + how.rare), 0.015, daily)
    daily = np.where(target, daily, np.where(chance.random(n) < 0.5, 0.25, 0.04))
    program = np.isin(people, np.array(staff.machines))
    daily = np.where(program, 0.9, daily)
    gives_up = (chance.random(n) < 0.14) & (trial < 0)
    stopped = np.where(gives_up, np.maximum(granted, 0) + chance.integers(15, DAYS, n), FOREVER)
    if how.deserted:
        stopped = np.where(program, FOREVER, np.minimum(stopped, DAYS - how.deserted))
    skill = _around(chance, how.success, how.spread, n)
    trial_daily, trial_skill = daily.copy(), skill.copy()
    for number, each in enumerate(mine):
        inside = trial == number
        eager = np.where(chance.random(n) < each.regular, _around(chance, each.daily, 9.0, n), 0.01)
        trial_daily = np.where(inside, eager, trial_daily)
        if each.success is not None:
            trial_skill = np.where(inside, _around(chance, each.success, how.spread * 2, n), trial_skill)
    traced = (chance.random(n) < how.traced) & (trial < 0)
    return Audience(
        people, granted, left, target, daily, stopped, skill, trial.astype(np.int64), trial_daily, trial_skill, traced,
        program,
    )  # fmt: skip


def _chosen(
    staff: Staff, how: Behaviour, mine: tuple[Trial, ...], chance: np.random.Generator
) -> tuple[Ints, NDArray[np.int64]]:
    """The people a product is for, team by team, a pilot's roster first among its team."""
    people: list[int] = []
    trial: list[int] = []
    for team, share in how.audience.items():
        every = chance.permutation(staff.team(team)).tolist()
        rosters = [(number, each.roster) for number, each in enumerate(mine) if each.team == team]
        size = max(round(share * len(every)), sum(roster for _, roster in rosters))
        people += every[:size]
        places = [number for number, roster in rosters for _ in range(roster)]
        trial += [*places, *[-1] * (size - len(places))]
    return np.array(people, dtype=np.int64), np.array(trial, dtype=np.int64)


def _beyond(staff: Staff, people: Ints, chance: np.random.Generator) -> Ints:
    """Whoever else uses it: its builders, service and test accounts, and some curious colleagues."""
    inside = set(people.tolist())
    curious = [
        place
        for place in chance.permutation(len(staff.people) - len(staff.machines)).tolist()
        if place not in inside and staff.people[place].team != BUILDERS
    ]
    builders = chance.permutation(staff.team(BUILDERS))[:6].tolist()
    machines = chance.permutation(np.array(staff.machines))[:3].tolist()
    return np.array([*builders, *machines, *curious[: 2 + len(people) // 40]], dtype=np.int64)


def _around(chance: np.random.Generator, mean: float, concentration: float, n: int) -> Floats:
    """Draws of a Beta distribution with this mean."""
    return np.asarray(chance.beta(mean * concentration, (1 - mean) * concentration, n), dtype=np.float64)
