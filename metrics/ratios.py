"""The reading of a ratio: its moments from one SELECT a reduced table, its interval, and the status rules applied."""

from collections.abc import Mapping
from typing import cast

from metrics import statistics
from metrics.compile import SPREAD_SCALE, column
from metrics.definition import definition_hash
from metrics.ground import Ground
from metrics.groups import NO_PRODUCT, Place, in_words, outside
from metrics.periods import Bucket
from metrics.reduced import VIEWS
from metrics.spec import Estimate, Group, Moments, Part, Ratio, Reading
from metrics.status import Case, Known, judge

Row = Mapping[str, object]


def part(metric: Ratio, place: Place, found: object, ground: Ground) -> Part:
    """The reading of one ratio in one group and what it was computed from; `found` is its row of the answer."""
    row = cast(Row, found or {})
    group = place[0]
    name = column(metric)
    moments = Moments(*(_count(row, f"{name}_{part}") for part in ("units", "hits", "of", "hits2", "of2", "cross")))
    events = _count(row, f"{name}_events") if metric.events else moments.of
    judgement = judge(case(metric, place, row, moments, ground))
    settings = ground.settings
    estimate = Estimate(None, None, None, None, "")
    if judgement.shown:
        spread = _count(row, f"{name}_spread") / SPREAD_SCALE
        factors = [cast(int, factor) for factor in cast("list[object]", row[f"{name}_factors"]) if factor is not None]
        estimate = statistics.ratio(
            moments,
            statistics.jackknife_variance(moments.units, spread),
            statistics.common_factor(factors),
            settings.level,
            events,
        )
    bounded = judgement.bounded
    reading = Reading(
        metric=metric.name,
        group=group,
        value=estimate.value,
        low=estimate.low if bounded else None,
        high=estimate.high if bounded else None,
        level=settings.level,
        units=moments.units,
        events=events,
        method=_method(metric, place, row, estimate if bounded else None, ground),
        status=judgement.status,
        decides=judgement.decides,
        missing=judgement.missing,
        definition_hash=definition_hash(metric, settings),
        data_version=ground.version,
    )
    return Part(reading, moments, estimate)


def case(metric: Ratio, place: Place, row: Row, moments: Moments, ground: Ground) -> Case:
    """What the status rules look at of a ratio with these moments in a group and period."""
    group, bucket, _ = place
    settings, pilot, name = ground.settings, ground.pilot_of(group), column(metric)
    first, last = bucket.first, bucket.last
    unmeasured = _unmeasured(metric, place, moments, ground)
    if pilot and pilot.starts_on <= last and pilot.ends_on >= first:
        first, last = max(first, pilot.starts_on), min(last, pilot.ends_on)
    span = ground.span(metric.fact, group, first, last)
    premature, unfinished = ground.weeks_missing(metric.fact, group, bucket) if metric.trailing_weeks else ("", "")
    coverage = metric.coverage
    return Case(
        whose=in_words(ground, group),
        counts=metric.counts,
        units_are=_units_are(metric, row, ground),
        units=moments.units,
        hits=moments.hits,
        events=moments.of,
        first_day=first,
        last_day=last,
        begins=span.begins if span else None,
        through=span.through if span else None,
        today=ground.today,
        due=ground.due(metric.fact, group),
        cut=_cut(metric, bucket),
        unmeasured=unmeasured,
        premature=premature,
        unfinished=unfinished,
        uncalibrated=metric.uncalibrated,
        at_least=_at_least(metric, group, ground),
        coverage=coverage,
        known=Known(*(_count(row, f"{name}_{part}") for part in ("known", "among", "stated"))) if coverage else None,
        minimum=float(getattr(settings, coverage.minimum)) if coverage else 0.0,
        show_units=settings.show_units,
        decide_units=pilot.gate(settings.show_units, settings.decide_units) if pilot else settings.decide_units,
    )


def _cut(metric: Ratio, bucket: Bucket) -> str:
    """The day, week or month of which the scope holds only a part; trailing weeks look back over a late beginning."""
    begun = bucket.start < bucket.first and not metric.trailing_weeks
    return bucket.name if begun or bucket.end > bucket.last else ""


def _unmeasured(metric: Ratio, place: Place, moments: Moments, ground: Ground) -> str:
    group, bucket, _ = place
    if not ground.products:
        return NO_PRODUCT
    pilot, whose = ground.pilot_of(group), in_words(ground, group)
    if (elsewhere := outside(ground, group, bucket)) and not moments.of:
        return elsewhere
    if (absent := VIEWS[metric.fact].absent) and not moments.of:
        return f"There are no {metric.counts} of {whose} in this period: {absent}."
    products = ground.products_of(group)
    if metric.fact != "audience":
        return ""
    if not any(product in ground.spans[metric.fact] for product in products):
        counted = set(products) & ground.counted
        return (
            f"Of the use of {whose} only the vendor's counts of active people are known, which name nobody: who used it"
            " and who came back they do not say. See adoption.stated_weekly, or load the report of users."
            if counted
            else ""
        )
    if not any(ground.rosters.get(product) for product in products) or (pilot and not pilot.roster):
        return (
            f"No audience is registered for {whose}: say who it is for, in the registry's audience table, or load its"
            " seats."
        )
    if not ground.measurable(metric.fact, group):
        share = f"{ground.settings.min_known_share:.0%}"
        return f"Under {share} of the interactions of {whose} name a person, so nobody can be said to have come back."
    known = [ground.snapshots.get(product) for product in ground.measurable(metric.fact, group)]
    if all(weeks is not None and weeks < metric.weeks_of_use for weeks in known):
        return (
            f"The use of {whose} is known by snapshots of each person's last day only, which cannot show use in"
            f" {metric.weeks_of_use} weeks: load daily usage, or a snapshot of each week."
        )
    return ""


def _at_least(metric: Ratio, group: Group, ground: Ground) -> str:
    """Why the value is a lower bound, if it is one."""
    if metric.fact != "audience" or not set(ground.measurable(metric.fact, group)) & set(ground.snapshots):
        return ""
    return "Snapshots tell the last day of use of each person and no other: the true share is this or higher."


def _units_are(metric: Ratio, row: Row, ground: Ground) -> str:
    view = VIEWS[metric.fact]
    return f"{view.nameless}s" if _anonymous(row, ground) else view.units_are


def _anonymous(row: Row, ground: Ground) -> bool:
    interactions = _count(row, "context_interactions")
    return _count(row, "context_named") < float(ground.settings.min_known_share) * interactions


def _method(metric: Ratio, place: Place, row: Row, estimate: Estimate | None, ground: Ground) -> str:
    group = place[0]
    if estimate and estimate.effective is not None:
        freedom = _count(row, f"{column(metric)}_units") - 1
        words = [f"jackknife Wilson, n_eff {estimate.effective:.4g}, t({freedom})"]
    else:
        words = ["no interval"]
    if _anonymous(row, ground):
        words.append(f"unit: {VIEWS[metric.fact].nameless}")
    if _at_least(metric, group, ground):
        words.append("lower bound: last-activity snapshots")
    if metric.fact == "audience" and set(ground.measurable(metric.fact, group)) & ground.licensed:
        words.append("audience: holders of a licence")
    if excluded := _count(row, "excluded"):
        words.append(f"{excluded} left out (service, test or product team)")
    measured = len(ground.measurable(metric.fact, {}))
    if not {"product", "pilot"} & set(group) and not ground.scope.pilots and 0 < measured < len(ground.products):
        words.append(f"{measured} of {len(ground.products)} products")
    return "; ".join(words)


def _count(row: Row, name: str) -> int:
    value = row.get(name)
    return int(str(value)) if value is not None else 0
