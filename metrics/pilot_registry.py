"""Everything the registry says about pilots, and how far the data of their products reach: read once for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from data.cursor import Row, Rows
from data.economics import Baseline
from data.portfolio import Criterion, Decision, Pilot, Readiness
from data.registry_store import current, history
from data.settings import Settings
from metrics.beliefs import Beliefs
from metrics.ground import FOREVER, Ground, Span, survey
from metrics.periods import DAY, last_complete_week, monday
from metrics.pilot_case import Gates
from metrics.reach import last_day
from metrics.spec import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotRegistry:
    """One look at the registry. `today` is the day of the clock, `last` the last day with data of use, of whatever
    product (None: there are no data).
    """

    pilots: Mapping[str, Pilot]
    versions: Mapping[str, Sequence[Row]]  # of the criteria, by pilot
    baselines: Sequence[Baseline]
    checklist: Sequence[Readiness]
    decided: Sequence[Decision]
    beliefs: Beliefs
    ground: Ground
    last: date | None

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.ground.settings

    @property
    def today(self) -> date:
        """The day of the clock."""
        return self.ground.today

    @property
    def as_of(self) -> date:
        """The last day with data; without any, today."""
        return self.last or self.today

    def gates(self) -> Gates:
        """The thresholds of the rules, where a setting says otherwise than the methodology."""
        return Gates(
            min_users=self.settings.decide_units,
            least_users=self.settings.show_units,
            outcome_coverage=self.settings.min_outcome_coverage,
        )

    def roster(self, pilot: Pilot) -> int:
        """People of the pilot's audience; accounts of services, tests and the product team are none."""
        known = self.ground.pilots.get(pilot.pilot_id)
        return known.roster if known else 0

    def people_needed(self, pilot: Pilot) -> int:
        """People that decide the pilot: the same number its readings are judged by."""
        show, decide = self.settings.show_units, self.settings.decide_units
        known = self.ground.pilots.get(pilot.pilot_id)
        return known.gate(show, decide) if known else max(show, pilot.min_users or decide)

    def looked_at(self, pilot: Pilot) -> date:
        """The day the verdict is of: the day after the last one with data, so that what ended on it is over. A pilot
        that has begun since is looked at on its first day.
        """
        after = self.as_of + DAY
        begun = pilot.starts_on is not None and pilot.starts_on <= self.today
        return max(after, pilot.starts_on) if begun and pilot.starts_on else after

    def scope(self, pilot: Pilot) -> Scope | None:
        """The pilot's own days as far as there are data; None before it has begun.

        While it runs, as far as those of its own product reach; once it is over, all of its days, so that days without
        data are missing and not left out.
        """
        if pilot.starts_on is None or pilot.starts_on > max(self.as_of, self.today):
            return None
        until = min(pilot.ends_on or FOREVER, self.as_of)
        runs = pilot.ends_on is None or pilot.ends_on > self.as_of
        if runs and (span := self._span(pilot)) and span.through >= pilot.starts_on:
            until = min(until, span.through)
        return Scope(
            since=pilot.starts_on,
            until=max(until, pilot.starts_on),
            products=(pilot.product_id,),
            pilots=(pilot.pilot_id,),
        )

    def complete_weeks(self, pilot: Pilot, scope: Scope) -> int:
        """ISO weeks from Monday to Sunday that lie wholly within the scope and the data of the pilot's product."""
        span = self._span(pilot)
        if span is None:
            return 0
        first, until = max(scope.since, span.begins), min(scope.until, span.through)
        begins = monday(first + timedelta(days=6))  # the Monday on or after the first day
        return max(0, (last_complete_week(until) - begins + DAY).days // 7)

    def readiness(self, pilot: Pilot) -> tuple[Readiness, ...]:
        """The pilot's own checklist, else that of its product."""
        own = [row for row in self.checklist if row.pilot_id == pilot.pilot_id]
        common = [row for row in self.checklist if row.pilot_id is None and row.product_id == pilot.product_id]
        return tuple(own or common)

    def decisions(self, pilot: Pilot) -> tuple[Decision, ...]:
        """What people decided about the pilot, the newest last."""
        own = (row for row in self.decided if row.pilot_id == pilot.pilot_id)
        return tuple(sorted(own, key=lambda row: (row.decided_at, row.decision_id)))

    def _span(self, pilot: Pilot) -> Span | None:
        return self.ground.spans["audience"].get(pilot.product_id)


def pilot_registry(reader: Rows, today: date) -> PilotRegistry:
    """Read it."""
    pilots = current(reader, Pilot)
    last = last_day(reader)
    days = [day for pilot in pilots for day in (pilot.starts_on, pilot.ends_on) if day]
    reach = [*days, last or today, today]
    products = tuple(sorted({pilot.product_id for pilot in pilots}))
    ground = survey(reader, Scope(since=min(reach), until=max(reach), products=products), today, ("audience",))
    versions: dict[str, list[Row]] = {}
    for row in history(reader, Criterion):
        versions.setdefault(str(row["pilot_id"]), []).append(row)
    return PilotRegistry(
        pilots={pilot.pilot_id: pilot for pilot in pilots},
        versions=versions,
        baselines=current(reader, Baseline),
        checklist=current(reader, Readiness),
        decided=current(reader, Decision),
        beliefs=Beliefs.of_registry(reader, ground.settings),
        ground=ground,
        last=last,
    )
