"""What a value calculation takes on trust: the assumptions and baselines of the registry as uncertain inputs, each with
its unit, its evidence and where it comes from.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, Self, cast

from scipy.special import ndtri

from data.cursor import Rows
from data.economics import Assumption, Baseline
from data.record import Design
from data.registry_store import current
from data.settings import Settings
from metrics.simulate import Input

Tag = Literal["measured", "file", "assumed"]

SAVED, WITH_AI, BEFORE = "minutes_saved_per_task", "minutes_with_ai", "minutes_per_task"
CAPTURE, ATTRIBUTION, RATE, DISCOUNT = "capture", "attribution", "hourly_rate", "discount_rate"
UNKNOWN_SUCCESS = "unknown_success"  # how often a task of unknown outcome succeeds, relative to the known ones
ERRORS, ERROR_COST = "errors_avoided_per_month", "cost_per_error"
REVENUE, MARGIN, AVOIDED = "revenue_per_month", "margin", "cost_avoided_per_month"
NAMES = (
    SAVED,
    WITH_AI,
    RATE,
    CAPTURE,
    ATTRIBUTION,
    DISCOUNT,
    UNKNOWN_SUCCESS,
    ERRORS,
    ERROR_COST,
    REVENUE,
    MARGIN,
    AVOIDED,
)
"""The assumptions that a value calculation reads; `minutes_per_task` is a baseline."""

SHARES = frozenset({CAPTURE, ATTRIBUTION, MARGIN, UNKNOWN_SUCCESS, DISCOUNT})  # from 0 to 1
NEVER_NEGATIVE = frozenset({RATE, WITH_AI, ERROR_COST, BEFORE})  # minutes saved may be: some work gets slower
A_MONTH = frozenset({ERRORS, REVENUE, AVOIDED})  # totals: what is said of no product would count in each
DESIGNS: dict[Design | None, str] = {"controlled": "A", "matched": "B", "before_after": "B", None: "C"}

SCENARIOS = "SELECT product_id AS whose, scenario_id FROM scenarios WHERE valid_to IS NULL ORDER BY scenario_id"
PILOTS = "SELECT pilot_id AS whose, scenario_id FROM pilots WHERE valid_to IS NULL"


class Belief(NamedTuple):
    """An input with what is known about it. `owned`: said of the pilot itself, not of its product or of all."""

    given: Input
    unit: str
    tag: Tag
    evidence: str  # A controlled, B before and after, C an estimate
    source: str
    owned: bool = False


class Beliefs:
    """The assumptions and baselines in force, with the scenarios of each product (product, scenario) and pilot."""

    def __init__(
        self,
        assumptions: Iterable[Assumption],
        baselines: Iterable[Baseline],
        scenarios: Iterable[tuple[str | None, str]],
        pilots: Mapping[str, str | None],
        settings: Settings,
    ) -> None:
        self._assumed = {(row.product_id, row.pilot_id, row.name): row for row in assumptions}
        self._before = {row.scenario_id: row for row in baselines if row.measure == BEFORE}
        self._scenarios = list(scenarios)
        self._tried = pilots
        self._settings = settings

    @classmethod
    def of_registry(cls, reader: Rows, settings: Settings) -> Self:
        """All that the registry says now: an assumption is a belief about all times until somebody says better."""
        scenarios, pilots = (
            [(cast("str | None", row["whose"]), cast("str | None", row["scenario_id"])) for row in reader.rows(sql)]
            for sql in (SCENARIOS, PILOTS)
        )
        own = [(product, scenario) for product, scenario in scenarios if scenario]
        tried = {pilot: scenario for pilot, scenario in pilots if pilot}
        return cls(current(reader, Assumption), current(reader, Baseline), own, tried, settings)

    def of(self, name: str, product: str, pilot: str | None) -> Belief | None:
        """The input of this name: the pilot's own, else its product's, else that of all products."""
        own = [(product, pilot), (None, pilot)] if pilot else []
        common = [] if name in A_MONTH else [(None, None)]
        places = [*own, (product, None), *common]
        found = next((self._assumed[*place, name] for place in places if (*place, name) in self._assumed), None)
        if found is None:
            return None
        whose = f"pilot {found.pilot_id}" if found.pilot_id else found.product_id or "all products"
        given = Input(
            name,
            found.distribution,
            found.p1,
            found.p2,
            found.p3,
            (found.product_id or "", found.pilot_id or ""),
            0.0 if name in SHARES | NEVER_NEGATIVE else -float("inf"),
            1.0 if name in SHARES else float("inf"),
        )
        source = f"assumption of {whose}"
        return Belief(given, self.unit_of(name), "assumed", found.evidence, source, found.pilot_id is not None)

    def before(self, scenario: str) -> Belief | None:
        """Minutes of a task the current way: the scenario's baseline, normal around its value with its interval's
        width.
        """
        found = self._before.get(scenario)
        if found is None:
            return None
        ends = [abs(end - found.value) for end in (found.low, found.high) if end is not None]
        wide = sum(ends) / len(ends) / float(ndtri((1 + self._settings.level) / 2)) if ends else 0.0
        shape = "normal" if wide else "point"
        given = Input(f"{BEFORE} of {scenario}", shape, found.value, wide, owner=("", scenario), least=0.0)
        how = f", {found.design.replace('_', ' ')}" if found.design else ""
        source = f"baseline of scenario {scenario}{how}{f', n {found.n}' if found.n else ''}"
        return Belief(given, "minutes", "measured" if found.design else "assumed", DESIGNS[found.design], source)

    def usual_scenario(self, product: str, pilot: str | None) -> str | None:
        """What tasks that name no scenario are of: the pilot's, else the product's only one."""
        if pilot and (tried := self._tried.get(pilot)):
            return tried
        own = [scenario for owner, scenario in self._scenarios if owner == product]
        return own[0] if len(own) == 1 else None

    def unit_of(self, name: str) -> str:
        """What an input is counted in."""
        money = self._settings.currency
        units = {
            SAVED: "minutes", WITH_AI: "minutes", RATE: f"{money} an hour", ERRORS: "errors a month",
            ERROR_COST: f"{money} an error", REVENUE: f"{money} a month", AVOIDED: f"{money} a month",
            DISCOUNT: "share a year",
        }  # fmt: skip
        return units.get(name, "share")
