"""A scenario against the current way of working: better, faster, cheaper, each with its interval and its evidence."""

import hashlib
import json
from collections.abc import Sequence
from typing import Literal, NamedTuple

from data.economics import Baseline
from data.errors import PlumblineError
from data.portfolio import Pilot, Scenario
from data.registry_store import current
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.beliefs import BEFORE, RATE, SAVED, WITH_AI, Belief, Beliefs
from metrics.catalog import CATALOG, dimensions_of
from metrics.current_way import USUAL, against
from metrics.engine import read
from metrics.ledger import READABLE, Ledger
from metrics.ledgers import ledger
from metrics.pilot_case import Decision, Gates
from metrics.scorecard import scorecard
from metrics.simulate import P5_P95, Numbers, Spread, draw, fault, spread
from metrics.spec import Measure, Reading, Scope

Rollout = Literal["roll_out", "wait", "stop"]


class Aspect(NamedTuple):
    """One side of the value. `now`, `before` and `gain` are low, middle and high; a gain over zero is for the better,
    whatever the direction of the measure. `refused` says why there is none; `level` is that of all intervals.
    """

    name: Literal["better", "faster", "cheaper"]
    metric: str  # of the catalogue, or minutes_per_task, or cost_per_success
    measure: Measure | Literal["minutes"]
    now: Spread | None
    before: Spread | None
    gain: Spread | None
    level: float
    evidence: str  # A controlled, B before and after or matched, C an estimate
    source: str
    reading: Reading | None = None
    refused: str = ""

    @property
    def sure(self) -> Literal["yes", "no", "open", "unknown"]:
        """Whether the whole interval lies on the better side of the current way, or on the worse."""
        if self.gain is None or self.gain.low is None or self.gain.high is None:
            return "unknown"
        return "yes" if self.gain.low > 0 else "no" if self.gain.high < 0 else "open"


class Proposal(NamedTuple):
    """What the numbers propose for the scenario's own area, and why."""

    rollout: Rollout
    reason: str


class ScenarioValue(NamedTuple):
    """A scenario in a product or in one of its pilots: the aspects, and the ledger that its value stands in."""

    scenario: Scenario
    pilot: Pilot | None
    scope: Scope
    aspects: tuple[Aspect, ...]
    ledger: Ledger | None
    refused: str  # why there is no ledger
    pilot_says: Decision | None = None  # what the scorecard of the pilot proposes

    @property
    def proposal(self) -> Proposal:
        """What the numbers propose."""
        return propose(self.aspects, self.ledger, self.refused, self.pilot_says)

    def readings_hash(self) -> str:
        """A fingerprint of the numbers that a decision is taken on."""
        numbers = [(each.metric, each.gain, each.refused) for each in self.aspects]
        books = [self.ledger.net, self.ledger.roi, self.ledger.chance] if self.ledger else [self.refused]
        text = json.dumps([numbers, books, self.scope.model_dump(mode="json")], default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def scenario_value(store: Warehouse, scope: Scope, scenario: Scenario, pilot: Pilot | None = None) -> ScenarioValue:
    """The value of a scenario in its product over the period, or in a pilot of it over the pilot's own days.

    What is measured is the scenario's own; costs are stated for a product or a pilot, so the ledger and the cost of a
    success are of the whole of that.
    """
    product = scenario.product_id or ""
    own = scope.model_copy(update={"products": (product,), "pilots": None, "teams": None})
    if pilot is not None:
        until = max(min(pilot.ends_on or scope.until, scope.until), pilot.starts_on or scope.since)
        dates = {"since": pilot.starts_on or scope.since, "until": until}
        own = own.model_copy(update={"products": None, "pilots": (pilot.pilot_id,), **dates})
    books, refused = _books(store, own, product, pilot)
    with store.reading() as reader:
        said = settings_of(reader)
        beliefs = Beliefs.of_registry(reader, said)
        baselines = [row for row in current(reader, Baseline) if row.scenario_id == scenario.scenario_id]
    only = beliefs.usual_scenario(product, pilot.pilot_id if pilot else None) == scenario.scenario_id
    aspects = [
        *_better(store, own, scenario, pilot, baselines, only=only, level=said.level),
        *_money(
            beliefs=beliefs,
            scenario=scenario.scenario_id,
            product=product,
            pilot=pilot.pilot_id if pilot else None,
            books=books,
            refused=refused,
            period=f"{own.since}/{own.until}",
        ),
    ]
    says = scorecard(store, pilot.pilot_id).verdict.decision if pilot is not None else None
    return ScenarioValue(scenario, pilot, own, tuple(aspects), books, refused, says)


def propose(
    aspects: Sequence[Aspect], books: Ledger | None, refused: str = "", pilot_says: Decision | None = None
) -> Proposal:
    """Stop where something is surely worse or it is known not to pay; roll out where something is surely better by more
    than an estimate, nothing is surely worse, how good the work is was compared, it pays as likely as scaling asks, and
    the pilot, where it is of one, is to be scaled; else wait.
    """
    gates = Gates()
    worse = [each for each in aspects if each.sure == "no" and each.evidence in gates.evidence]
    if worse:
        return Proposal("stop", f"It is surely not {worse[0].name} than the current way.")
    if books is None or books.chance is None or books.worth.status not in READABLE:
        return Proposal("wait", (books.worth.missing if books else refused) or "Its value is not known yet.")
    if not books.worth.decides:
        return Proposal("wait", books.worth.missing or "Its value may not decide yet.")
    if books.chance < gates.npv_floor:
        return Proposal("stop", f"It pays with a probability of {books.chance:.1%} only.")
    shown = [each for each in aspects if each.sure == "yes" and each.evidence in gates.evidence]
    if not shown:
        return Proposal("wait", "No gain over the current way is shown by more than an estimate.")
    if books.chance < gates.npv:
        return Proposal(
            "wait", f"It pays with a probability of {books.chance:.1%}; rolling out asks for {gates.npv:.0%}."
        )
    if all(each.sure == "unknown" for each in aspects if each.name == "better"):
        return Proposal("wait", "Whether the work is as good as the current way's has not been compared.")
    if pilot_says not in (None, "scale"):
        return Proposal("wait", f"The scorecard of its pilot says: {pilot_says.replace('_', ' ')}.")
    names = " and ".join(dict.fromkeys(each.name for each in shown))
    return Proposal("roll_out", f"It is surely {names}, and pays with a probability of {books.chance:.1%}.")


def _books(store: Warehouse, scope: Scope, product: str, pilot: Pilot | None) -> tuple[Ledger | None, str]:
    try:
        if pilot is not None:
            return ledger(store, scope, pilot=pilot.pilot_id), ""
        return ledger(store, scope, product=product), ""
    except PlumblineError as refusal:
        return None, refusal.message


def _better(
    store: Warehouse, scope: Scope, scenario: Scenario, pilot: Pilot | None, baselines: Sequence[Baseline], *,
    only: bool, level: float,
) -> list[Aspect]:  # fmt: skip
    """Every baseline of a metric that can be read by scenario, task success first."""
    held = sorted((row for row in baselines if row.measure in CATALOG), key=lambda row: row.measure != USUAL)
    if not held:
        why = f"No baseline of {USUAL} is registered for this scenario: how good the current way is, nobody stated."
        return [Aspect("better", USUAL, "share", None, None, None, level, "C", "", None, why)]
    found = []
    for row in held:
        now = _reading(store, row.measure, scope, scenario.scenario_id, only=only)
        said = against(
            row, now, CATALOG[row.measure].better, level, design=pilot.design if pilot else None, whose="scenario"
        )
        found.append(Aspect(
            "better", row.measure, CATALOG[row.measure].measure,
            Spread(now.low, now.value, now.high) if now and now.value is not None else None,
            Spread(said.before_low, row.value, said.before_high),
            None if said.gain is None else Spread(said.low, said.gain, said.high),
            said.level, said.evidence, f"{said.source}{f', n {row.n}' if row.n else ''}", now, said.refused,
        ))  # fmt: skip
    return found


def _reading(store: Warehouse, metric: str, scope: Scope, scenario: str, *, only: bool) -> Reading | None:
    """The scenario's own reading; where its tasks name no scenario and there is no other, that of the whole."""
    if "scenario" in dimensions_of(CATALOG[metric])[0]:
        named = [each for each in read(store, [metric], scope, ("scenario",)) if each.group.get("scenario")]
        own = next((each for each in named if each.group["scenario"] == scenario), None)
        if own is not None or named:
            return own
    return read(store, [metric], scope)[0] if only else None


def _money(
    *, beliefs: Beliefs, scenario: str, product: str, pilot: str | None, books: Ledger | None, refused: str,
    period: str,
) -> list[Aspect]:  # fmt: skip
    before, rate = beliefs.before(scenario), beliefs.of(RATE, product, pilot)
    saved, with_ai = beliefs.of(SAVED, product, pilot), beliefs.of(WITH_AI, product, pilot)
    used = [saved] if saved else [each for each in (before, with_ai) if each] if before and with_ai else []
    wrong = [said for each in (before, rate, *used) if each and (said := fault(each.given, period))]
    minutes: Numbers | None = None
    if used and not wrong:
        first, *rest = (draw(each.given, period) for each in used)
        minutes = first - rest[0] if rest else first
    was = draw(before.given, period) if before and not wrong else None
    lacking = (
        f"No time saved is known: the registry has neither {SAVED}, nor a baseline {BEFORE} of this scenario with"
        f" {WITH_AI}."
    )
    faster = _aspect("faster", was, minutes, used, "" if minutes is not None else (wrong or [lacking])[0])
    cheaper = _cheaper(
        was=was, minutes=minutes, used=used, rate=rate, books=books, why=refused if books is None else faster.refused
    )
    return [faster, cheaper]


def _cheaper(
    *, was: Numbers | None, minutes: Numbers | None, used: Sequence[Belief], rate: Belief | None, books: Ledger | None,
    why: str,
) -> Aspect:  # fmt: skip
    """A successful task against the working time of the same task the current way: minutes saved at the hourly rate,
    less what a success cost. Money that has not left the company yet; what is captured of it, the ledger says.
    """
    gain, before = None, None
    if books is None:
        pass
    elif books.costing.status not in READABLE or not books.rate or not books.known:
        why = books.costing.missing or "What a successful task costs is not known."
    elif rate is None:
        why = f"The registry has no {RATE}, so time has no price."
    elif minutes is not None:
        price = draw(rate.given, books.period) / 60
        gain = minutes * price - books.cost / (books.known * draw(books.rate, books.period))
        before = None if was is None else was * price
    made_of = [*used, *([rate] if rate else [])]
    return _aspect("cheaper", before, gain, made_of, "" if gain is not None else why)


def _aspect(
    name: Literal["faster", "cheaper"], was: Numbers | None, gain: Numbers | None, made_of: Sequence[Belief],
    refused: str,
) -> Aspect:  # fmt: skip
    return Aspect(
        name,
        "minutes_per_task" if name == "faster" else "cost_per_success",
        "minutes" if name == "faster" else "money",
        spread(was - gain) if was is not None and gain is not None else None,
        None if was is None else spread(was),
        None if gain is None else spread(gain),
        P5_P95,
        max((each.evidence for each in made_of), default="C"),
        "; ".join(dict.fromkeys(each.source for each in made_of)),
        None,
        refused,
    )


def pilots_of(store: Warehouse, scenario: Scenario) -> list[Pilot]:
    """The pilots that try the scenario and have begun, by name."""
    today = store.clock().date()
    found = [row for row in current(store, Pilot) if row.scenario_id == scenario.scenario_id]
    begun = [row for row in found if row.starts_on is None or row.starts_on <= today]
    return sorted(begun, key=lambda row: row.name or row.pilot_id)
