"""The streams of benefit of a product or pilot: which there are, what they are made of, what lacks for the others."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from metrics import beliefs
from metrics.beliefs import Belief, Beliefs
from metrics.entries import Done, Entries
from metrics.simulate import Stream

Tasks = list[tuple[date, Done]]

SUCCESS = "task_success"
TIME, UNKNOWN_TIME = "time saved", "time saved by tasks of unknown outcome"
MONTHLY = {
    "errors avoided": (beliefs.ERRORS, beliefs.ERROR_COST),
    "revenue": (beliefs.REVENUE, beliefs.MARGIN, beliefs.ATTRIBUTION),
    "cost avoided": (beliefs.AVOIDED,),
}


@dataclass(frozen=True, slots=True)
class Benefits:
    """Streams with the beliefs they use. `lacking` names what time saved would need; `successes` are the tasks that it
    stands on, as a stream of tasks; `notes` say what is left out.
    """

    streams: list[Stream] = field(default_factory=list)
    successes: list[Stream] = field(default_factory=list)
    used: dict[str, Belief] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def benefits(entries: Entries, known: Beliefs) -> Benefits:
    """Every stream for which all inputs are there. A task of unknown outcome brings nothing, unless the registry says
    how often such a task succeeds.
    """
    found = Benefits()
    _time(entries, known, found)
    for name, inputs in MONTHLY.items():
        stated = {each: known.of(each, entries.product, entries.pilot) for each in inputs}
        total, lacking = stated[inputs[0]], [each for each, belief in stated.items() if belief is None]
        if total is None:
            continue
        if lacking:
            found.notes.append(f"{inputs[0]} counts for nothing: no {' and '.join(lacking)}")
            continue
        share = 1.0 if total.owned else entries.share
        months = tuple(month.used for month in entries.months)
        found.streams.append(Stream(name, months, tuple((each,) for each in inputs), share))
        found.used.update({each: belief for each, belief in stated.items() if belief})
    if found.streams and found.lacking:
        found.notes.append(f"time saved counts for nothing: no {' and '.join(found.lacking)}")
    return found


def _time(entries: Entries, known: Beliefs, found: Benefits) -> None:
    def of(name: str) -> Belief | None:
        return known.of(name, entries.product, entries.pilot)

    factors = (beliefs.CAPTURE, beliefs.ATTRIBUTION, beliefs.RATE)
    stated = {name: of(name) for name in (*factors, beliefs.SAVED, beliefs.WITH_AI, beliefs.UNKNOWN_SUCCESS)}
    minutes = _minutes(entries, known, stated)
    if not minutes:
        found.lacking.append(f"{beliefs.SAVED} (or a baseline {beliefs.BEFORE} of its scenarios and {beliefs.WITH_AI})")
    found.lacking.extend(name for name in factors if stated[name] is None)
    if found.lacking:
        return
    found.used.update({name: belief for name in factors if (belief := stated[name])})
    guess, idle = stated[beliefs.UNKNOWN_SUCCESS], 0
    for label, made_of, tasks in minutes:
        found.used.update({belief.given.name: belief for belief in made_of})
        factor = tuple(belief.given.name for belief in made_of)
        rest = (factor, *((name,) for name in factors))
        ended = _by_month(entries, tasks, lambda done: done.confirmed + done.failed)
        open_ones = _by_month(entries, tasks, lambda done: done.tasks - done.confirmed - done.failed)
        found.streams.append(Stream(TIME + label, ended, ((SUCCESS,), *rest), 1 / 60))
        found.successes.append(Stream(TIME + label, ended, ((SUCCESS,),)))
        idle += int(sum(open_ones))
        if guess and any(open_ones):
            chance = ((SUCCESS,), (beliefs.UNKNOWN_SUCCESS,))
            found.used[beliefs.UNKNOWN_SUCCESS] = guess
            found.streams.append(Stream(UNKNOWN_TIME + label, open_ones, (*chance, *rest), 1 / 60))
            found.successes.append(Stream(UNKNOWN_TIME + label, open_ones, chance))
    covered = sum(each.tasks for _, _, tasks in minutes for _, each in tasks)
    every = sum(done.tasks for done in entries.tasks.values())
    if covered < every:
        found.notes.append(f"{every - covered:,} of {every:,} tasks have no baseline and count for no time saved")
    if idle and not guess:
        found.notes.append(f"{idle:,} of {every:,} tasks have no known outcome and count for no time saved")


def _minutes(
    entries: Entries, known: Beliefs, stated: Mapping[str, Belief | None]
) -> list[tuple[str, tuple[Belief, ...], Tasks]]:
    """How minutes saved are known, with the tasks it holds for: of all tasks alike, or by scenario before less with."""
    if saved := stated[beliefs.SAVED]:
        return [("", (saved,), [(month, done) for (_, month), done in entries.tasks.items()])]
    with_ai = stated[beliefs.WITH_AI]
    usual = known.usual_scenario(entries.product, entries.pilot)
    by_scenario: dict[str, Tasks] = defaultdict(list)
    for (scenario, month), done in entries.tasks.items():
        if named := scenario or usual:
            by_scenario[named].append((month, done))
    return [
        (f" ({scenario})", (before, with_ai), by_scenario[scenario])
        for scenario in sorted(by_scenario)
        if with_ai and (before := known.before(scenario))
    ]


def _by_month(entries: Entries, tasks: Tasks, count: Callable[[Done], int]) -> tuple[float, ...]:
    sums: dict[date, int] = defaultdict(int)
    for month, done in tasks:
        sums[month] += count(done)
    return tuple(float(sums[month.start]) for month in entries.months)
