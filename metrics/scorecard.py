"""A pilot's scorecard: what was agreed, what was measured, and the decision that the rules propose."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import NamedTuple

from data.cursor import Rows
from data.economics import Baseline
from data.errors import did_you_mean
from data.portfolio import Criterion as Bar
from data.portfolio import Decision as Record
from data.portfolio import Pilot, Readiness
from data.warehouse import Warehouse
from metrics import shadow
from metrics.agreed import Agreed, agreed
from metrics.catalog import CATALOG, dimensions_of, measure_of, units_are
from metrics.causes import Cause, causes, fixable_share
from metrics.criteria import Criterion, Outcome, chance, judge_criterion
from metrics.current_way import Contrast, contrasts
from metrics.engine import read
from metrics.ground import FOREVER
from metrics.harm import critical_errors
from metrics.health import Measured, measured
from metrics.pilot_case import Decision, Gates, Harm, PilotCase, Verdict, growth
from metrics.pilot_registry import PilotRegistry, pilot_registry
from metrics.spec import MetricError, Reading, Scope
from metrics.targets import is_census
from metrics.verdict import pilot_verdict

BESIDE = ("task_success", "task_success.outcome_coverage", "roi", "roi.chance")
"""What a scorecard reads beside the metrics of its criteria."""
BEST_FIRST: tuple[Decision, ...] = ("scale", "repeat", "rework", "running", "not_begun", "close")
ROLES = ("must", "guardrail", "should")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One criterion with its reading and its outcome; `baseline` is what the current way of working reaches.

    The reading is None where there is none to take: the pilot has not begun, its metric is unknown, or shadow mode.
    `chance`: of clearing the bar at the planned end if the rate stays as it is; None when nothing more is to come, or
    it cannot be said.
    """

    criterion: Criterion
    reading: Reading | None
    outcome: Outcome
    baseline: Baseline | None
    chance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """Everything a pilot's page and report show. `scope` is None before the pilot has begun; `as_of` is the last day
    with data; `shadow` the people and tasks of a pilot in shadow mode, which enter no reading.
    """

    pilot: Pilot
    scope: Scope | None
    as_of: date
    roster: int
    people_needed: int
    case: PilotCase
    gates: Gates
    verdict: Verdict
    agreed: Agreed
    judged: tuple[Judged, ...]
    readings: Mapping[str, Reading]
    causes: tuple[Cause, ...]
    contrasts: tuple[Contrast, ...]
    readiness: tuple[Readiness, ...]
    decisions: tuple[Record, ...]
    shadow: tuple[int, int] | None

    @property
    def decided(self) -> str:
        """The newest decision of a person, "" when there is none."""
        return self.decisions[-1].decision if self.decisions else ""

    @property
    def overdue(self) -> bool:
        """Whether the pilot has ended and nobody has decided."""
        return not self.decisions and self.pilot.ends_on is not None and self.pilot.ends_on < self.as_of

    def readings_hash(self) -> str:
        """A fingerprint of the numbers a decision was taken on: it changes with any of them, and with nothing else."""
        numbers = [{**asdict(self.readings[name]), "data_version": None} for name in sorted(self.readings)]
        text = json.dumps([self.pilot.pilot_id, self.verdict.rule, numbers], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def scorecard(store: Warehouse, pilot_id: str) -> Scorecard:
    """The scorecard of one pilot. MetricError when the registry does not know it."""
    with store.reading() as reader:
        known = pilot_registry(reader, store.clock().date())
        if pilot_id not in known.pilots:
            there = sorted(known.pilots)
            raise MetricError(
                f"There is no pilot '{pilot_id}'.{did_you_mean(pilot_id, there)}",
                f"Known are {', '.join(there[:20])}." if there else "Register one: python -m data import FILE.",
            )
        (found,) = _scorecards(store, reader, known, [known.pilots[pilot_id]])
    return found


def scorecards(store: Warehouse) -> list[Scorecard]:
    """The scorecards of all pilots, those first that are to be decided."""
    with store.reading() as reader:
        known = pilot_registry(reader, store.clock().date())
        found = _scorecards(store, reader, known, known.pilots.values())
    return sorted(found, key=lambda card: (not card.overdue, card.pilot.ends_on or FOREVER, card.pilot.name))


def best_verdicts(cards: Sequence[Scorecard]) -> dict[str, Decision]:
    """Of each product the most hopeful of its pilots: what a person decided, else what the rules propose."""
    best: dict[str, Decision] = {}
    for card in cards:
        decided = next((each for each in BEST_FIRST if each == card.decided), None)
        product, now = card.pilot.product_id, decided or card.verdict.decision
        if product not in best or BEST_FIRST.index(now) < BEST_FIRST.index(best[product]):
            best[product] = now
    return best


class _Seen(NamedTuple):
    """What the data show of one pilot."""

    scope: Scope | None
    why: Sequence[Cause]
    harm: Harm
    shadow: tuple[int, int] | None


def _scorecards(store: Warehouse, reader: Rows, known: PilotRegistry, pilots: Iterable[Pilot]) -> list[Scorecard]:
    scopes = {pilot: scope for pilot in pilots if (scope := known.scope(pilot)) is not None}
    acted = {pilot.pilot_id: scope for pilot, scope in scopes.items() if not _in_shadow(pilot)}
    why, harms = causes(reader, acted, known.settings), critical_errors(reader, acted, known.settings)
    found = []
    for pilot in pilots:
        scope = scopes.get(pilot)
        apart = shadow.answered(reader, scope) if scope and _in_shadow(pilot) else None
        seen = _Seen(scope, why.get(pilot.pilot_id, []), harms.get(pilot.pilot_id, Harm()), apart)
        found.append(_scorecard(store, known, pilot, seen))
    return found


def _scorecard(store: Warehouse, known: PilotRegistry, pilot: Pilot, seen: _Seen) -> Scorecard:
    scope, why = seen.scope, seen.why
    pre = agreed(known.versions.get(pilot.pilot_id, ()), pilot, known.today)
    found = _readings(store, pilot, [row.metric for row in pre.criteria], scope) if scope else {}
    criteria = sorted(map(_criterion, pre.criteria), key=lambda each: (ROLES.index(each.role), each.criterion_id))
    numbers = {each.criterion_id: _measured(each.metric, found.get(each.metric)) for each in criteria if scope}
    own = {row.measure: row for row in known.baselines if row.scenario_id == pilot.scenario_id}
    compared = contrasts(
        pilot, pre.criteria, found, baselines=known.baselines, beliefs=known.beliefs, level=known.settings.level
    )
    coverage, paid = found.get("task_success.outcome_coverage"), found.get("roi.chance")
    ready, gates = known.readiness(pilot), known.gates()
    counted = coverage is not None and coverage.status != "not_measured"
    case = PilotCase(
        criteria=tuple(criteria),
        measured=numbers,
        starts_on=pilot.starts_on,
        ends_on=pilot.ends_on,
        as_of=known.looked_at(pilot),
        users=coverage.units if coverage and counted and "unit: session" not in coverage.method else None,
        tasks=coverage.events if coverage and counted else None,
        planned_tasks=pilot.planned_tasks,
        complete_weeks=known.complete_weeks(pilot, scope) if scope else None,
        outcome_coverage=coverage.value if coverage else None,
        min_users=known.people_needed(pilot),
        harm=seen.harm,
        fixable_share=fixable_share(why),
        causes=tuple(f"{cause.name} ({cause.failures:,})" for cause in why[:3]),
        comparison=compared[0].comparison if compared else None,
        p_npv=paid.value if paid and paid.status == "ok" and paid.decides else None,
        readiness={row.item: row.done for row in ready},
        changed_after_start=pre.changes,
    )
    return Scorecard(
        pilot=pilot,
        scope=scope,
        as_of=known.as_of,
        roster=known.roster(pilot),
        people_needed=known.people_needed(pilot),
        case=case,
        gates=gates,
        verdict=pilot_verdict(case, gates),
        agreed=pre,
        judged=tuple(
            Judged(
                criterion=each,
                reading=found.get(each.metric),
                outcome=judge_criterion(each, numbers.get(each.criterion_id), gates.power),
                chance=chance(numbers.get(each.criterion_id), each, growth(case)),
                baseline=own.get(each.metric),
            )
            for each in criteria
        ),
        readings=found,
        causes=tuple(why),
        contrasts=compared,
        readiness=ready,
        decisions=known.decisions(pilot),
        shadow=seen.shadow,
    )


def _readings(store: Warehouse, pilot: Pilot, metrics: Sequence[str], scope: Scope) -> dict[str, Reading]:
    """The pilot's readings by metric; what cannot be read by pilot is of its product in its days."""
    names = [name for name in dict.fromkeys((*metrics, *BESIDE)) if name in CATALOG]
    if _in_shadow(pilot):
        names = [name for name in names if not shadow.stands_on_use(CATALOG[name])]
    fit = [name for name in names if "pilot" in dimensions_of(CATALOG[name])[0]]
    rest = [name for name in names if name not in fit]
    found = read(store, fit, scope, by=("pilot",)) if fit else []
    if rest:
        found += read(store, rest, scope.model_copy(update={"pilots": None}), by=("product",))
    return {reading.metric: reading for reading in found}


def _in_shadow(pilot: Pilot) -> bool:
    return pilot.mode == "shadow"


def _criterion(row: Bar) -> Criterion:
    metric = CATALOG.get(row.metric)
    return Criterion(
        criterion_id=row.criterion_id, metric=row.metric, role=row.role, better=row.better, bar=row.bar,
        floor=row.floor, measure=measure_of(row.metric), title=metric.title if metric else row.metric,
        units_are=units_are(metric) if metric else "people",
    )  # fmt: skip


def _measured(metric: str, reading: Reading | None) -> Measured:
    if reading is not None:
        return measured(reading, census=is_census(reading))
    why = shadow.WHY if metric in CATALOG else f"there is no metric '{metric}'.{did_you_mean(metric, CATALOG)}"
    return Measured(value=None, low=None, high=None, status="not_measured", decides=False, missing=why)
