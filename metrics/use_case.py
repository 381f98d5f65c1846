"""How well a piece of work is suited to be done with an AI product next: six criteria of three points each. Pure: what
is known in, points with their reasons out. What nobody knows is neither zero nor full: it is a range, and says what
would have to be known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from data.portfolio import Product, Scenario
from data.settings import Settings
from metrics.health import UNKNOWN, Goal, Health
from metrics.spec import Reading

EACH = 3
"""The points of a criterion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What registry and readings say of one scenario. None: nobody knows, or there is nothing to count it of.

    `stated`: the tasks a month are a baseline of the current way, not what was seen in the product. `errors` and
    `errors_of` are the health of the content errors and of what. `topics` are those its product requires, `kept` those
    of them with an expert.
    """

    scenario: Scenario
    product: Product | None = None
    tasks_a_month: float | None = None
    stated: bool = False
    minutes: float | None = None
    hourly_rate: float | None = None
    owners: int = 0
    reachable: int | None = None
    outcomes: Reading | None = None  # task_success.outcome_coverage of the scenario
    baselines: int = 0
    agreed: str = ""  # what says when it has succeeded, as the end of a sentence
    errors: Health = UNKNOWN
    errors_of: str = ""
    context: Reading | None = None  # context_coverage of the product
    context_goal: Goal | None = None
    topics: int = 0
    kept: int = 0
    supported: bool = False
    teams: int | None = None
    works: int = 0  # scenarios of the product

    @property
    def hours(self) -> float | None:
        """What the work takes a month the current way."""
        if self.tasks_a_month is None or self.minutes is None:
            return None
        return self.tasks_a_month * self.minutes / 60


class Point(NamedTuple):
    """Points of one question: what is sure, what is possible, and why; where they differ, `why` says what is owed."""

    low: int
    high: int
    why: str

    @property
    def known(self) -> bool:
        """Whether it is certain."""
        return self.low == self.high


class Score(NamedTuple):
    """A criterion with its points: at least `low` and at most `high` of three."""

    criterion: "Criterion"
    points: tuple[Point, ...]

    @property
    def low(self) -> int:
        """What is sure."""
        return sum(point.low for point in self.points)

    @property
    def high(self) -> int:
        """What is possible."""
        return sum(point.high for point in self.points)

    @property
    def evidence(self) -> bool:
        """Whether anything is known: without evidence there is no score, not a score of zero."""
        return any(point.known for point in self.points)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it has the points that are sure."""
        return tuple(point.why for point in self.points if point.known)

    @property
    def owed(self) -> tuple[str, ...]:
        """What would have to be known."""
        return tuple(point.why for point in self.points if not point.known)


class Criterion(NamedTuple):
    """One of the six, with the rule of its points in words."""

    id: str
    title: str
    rule: str
    points: Callable[[Facts, Settings], tuple[Point, ...]]


def scores(facts: Facts, settings: Settings) -> tuple[Score, ...]:
    """The six criteria in their order."""
    return tuple(Score(each, each.points(facts, settings)) for each in CRITERIA)


def _pain(facts: Facts, settings: Settings) -> tuple[Point, ...]:
    tasks = facts.tasks_a_month
    if tasks is None:
        return (Point(0, EACH, "How often it is done: register its baseline tasks_per_month, or load use that names"
                " it."),)  # fmt: skip
    seen = f"{tasks:,.0f} tasks a month{'' if facts.stated else ' seen in the product, so at least'}"
    hours = facts.hours
    if hours is None:
        low = _rung(tasks, settings.pain_tasks)
        return (Point(low, low, f"{seen}; how long one takes the current way is not registered (minutes_per_task)."),)
    worth = f", {settings.currency} {hours * facts.hourly_rate:,.0f}" if facts.hourly_rate is not None else ""
    low = _rung(hours, settings.pain_hours)
    return (Point(low, low, f"{seen}, {facts.minutes:g} minutes each: {hours:,.0f} hours a month{worth}."),)


def _rung(amount: float, full: float) -> int:
    """Three points from `full` up, two from a quarter of it, one from a sixteenth."""
    return sum(amount >= full / part for part in (1, 4, 16))


def _people(facts: Facts, settings: Settings) -> tuple[Point, ...]:
    owner = Point(1, 1, "It has an owner.") if facts.owners else Point(0, 0, "Nobody owns it (role scenario_owner).")
    if not facts.reachable:
        whom = "No product serves it yet" if facts.product is None else f"{facts.product.name} has no audience"
        return owner, Point(0, 2, f"Whom it would reach: {whom}; register the people.")
    reached = (facts.reachable >= settings.show_units) + (facts.reachable >= settings.decide_units)
    who = "1 person" if facts.reachable == 1 else f"{facts.reachable:,} people"
    short = f" of the {settings.decide_units} that a pilot is decided by" if reached < 2 else ""
    return owner, Point(reached, reached, f"{who} can be reached{short}.")


def _observable(facts: Facts, settings: Settings) -> tuple[Point, ...]:
    seen, least = facts.outcomes, settings.min_outcome_coverage
    if seen is None or not seen.events:
        ends = Point(0, 1, "Whether its tasks say how they ended: none was seen yet.")
    else:
        share = seen.value or 0.0
        enough = int(share >= least)
        ends = Point(enough, enough, f"{share:.0%} of its tasks say how they ended; {least:.0%} are needed.")
    before = Point(1, 1, "The current way was measured.") if facts.baselines else Point(
        0, 0, "The current way was never measured (baselines)."
    )  # fmt: skip
    bar = Point(1, 1, f"What counts as success is agreed: {facts.agreed}.") if facts.agreed else Point(
        0, 0, "No requirement with results and no criterion of a pilot says what counts as success."
    )  # fmt: skip
    return ends, before, bar


def _risk(facts: Facts, settings: Settings) -> tuple[Point, ...]:
    work, tier = facts.scenario, facts.scenario.risk_tier
    if tier is None:
        risk = Point(0, 1, "How risky it is: state its risk tier.")
    elif tier != "high":
        risk = Point(1, 1, f"Its risk is {tier}.")
    elif work.human_review_required is None:
        risk = Point(0, 1, "Its risk is high. Whether a person must review each answer: state it.")
    elif work.human_review_required:
        risk = Point(1, 1, "Its risk is high, and a person must review each answer.")
    else:
        risk = Point(0, 0, "Its risk is high, and no person need review the answers.")
    path = (work.escalation_path or "").strip()
    way = Point(1, 1, "Where it goes when it fails is written down.") if path else Point(
        0, 0, "No escalation path is written down."
    )  # fmt: skip
    return risk, way, _errors(facts)


def _errors(facts: Facts) -> Point:
    if not facts.errors.known:
        return Point(0, 1, f"How often it is wrong: {facts.errors.sentence}")
    bearable = int(facts.errors.colour not in ("red", "likely_red"))
    return Point(bearable, bearable, f"Content errors of {facts.errors_of}: {facts.errors.sentence}")


def _context(facts: Facts, settings: Settings) -> tuple[Point, ...]:
    whose = facts.product.name if facts.product else ""
    if not facts.topics:
        owed = f"list what {whose} must know (topics)" if whose else "no product serves it yet, and none lists topics"
        return (Point(0, EACH, f"What it must know: {owed}."),)
    everyone = int(facts.kept == facts.topics)
    experts = Point(everyone, everyone, f"{facts.kept} of {facts.topics} required topics have an expert.")
    return _covered(facts.context, facts.context_goal), experts


def _covered(seen: Reading | None, goal: Goal | None) -> Point:
    if seen is None or seen.value is None or seen.status == "stale":
        return Point(
            0, 2, f"What can be found: {(seen.missing if seen else '') or 'context coverage is not measured.'}"
        )
    if goal is None or goal.floor is None:
        return Point(0, 2, "How much must be found: set a target and a floor for context coverage.")
    reached = (seen.value >= goal.floor) + (seen.value >= goal.target)
    said = f"{seen.value:.0%} of what it must know can be found; floor {goal.floor:.0%}, target {goal.target:.0%}."
    if seen.status == "insufficient" and reached:  # nobody probed: approved and fresh is the most that can be found
        return Point(0, reached, f"Whether it is found: {seen.missing}")
    return Point(reached, reached, said)


def _reuse(facts: Facts, settings: Settings) -> tuple[Point, ...]:
    product = facts.product
    if product is None:
        return (Point(0, EACH, "What it could be built on: no product serves it; name one in its scenario."),)
    rules = int(bool((product.connection_rules or "").strip()))
    support = int(facts.supported)
    return (
        Point(rules, rules, f"How others connect to {product.name} is {'' if rules else 'not '}written down."),
        Point(support, support, f"{product.name} has {'' if support else 'no '}support."),
        _others(facts, product),
    )


def _others(facts: Facts, product: Product) -> Point:
    if facts.works > 1:
        return Point(1, 1, f"{product.name} serves {facts.works} pieces of work.")
    if facts.teams is None:
        return Point(0, 1, f"Who else could use it: register the audience of {product.name} with its teams.")
    several = int(facts.teams > 1)
    teams = f"people of {facts.teams} teams" if several else "one team only"
    return Point(several, several, f"{product.name} is for {teams}, and for this work alone.")


CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "pain", "Pain",
        "Hours that the work takes a month: three points from the setting pain_hours up, two from a quarter, one from a"
        " sixteenth; where nobody timed a task, tasks a month against pain_tasks.",
        _pain,
    ),
    Criterion(
        "people", "Owner and people",
        "A scenario owner (1); people of the audience of its product: enough for an interval (1), for a decision (2).",
        _people,
    ),
    Criterion(
        "observable", "Visible success",
        "Tasks say how they ended (1); the current way was measured (1); what counts as success is agreed (1).",
        _observable,
    ),
    Criterion(
        "risk", "Manageable risk",
        "Risk low or medium, or high and reviewed by a person (1); an escalation path (1); content errors not beyond"
        " their floor (1).",
        _risk,
    ),
    Criterion(
        "context", "Context",
        "Context coverage reaches its floor (1), its target (2); every required topic has an expert (1).",
        _context,
    ),
    Criterion(
        "reuse", "Reuse",
        "Connection rules (1), support (1), and more than one piece of work or one team that its product is for (1).",
        _reuse,
    ),
)  # fmt: skip
"""All six, in the order they are shown."""
MOST = EACH * len(CRITERIA)
