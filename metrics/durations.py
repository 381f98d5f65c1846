"""Times from an opening to an answer, open ones censored: the survival curve of each group and what is read off it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from data.cursor import Rows
from data.settings import Settings
from metrics import survival
from metrics.business_clock import waited
from metrics.compile import Query, bound, with_clause
from metrics.definition import definition_hash
from metrics.ground import Ground
from metrics.groups import NO_PRODUCT, Place, in_words, outside
from metrics.reduced import VIEWS
from metrics.spec import Asked, Dimension, Duration, Estimate, Key, MetricError, Part, Reading, Scope
from metrics.statistics import rounded
from metrics.status import Case, judge
from metrics.survival import Bounds, Table
from metrics.view import grain_of, keys_of

HOUR = 3600
MUCH = 0.05  # above this share of tickets closed without an answer, the method calls it a competing event
STATES = ("answered", "closed", "open", "excluded", "left_out")
NOTHING: dict[str, object] = {}


def compile_sql(
    metrics: Sequence[Duration], scope: Scope, by: Sequence[Dimension] = (), settings: Settings | None = None
) -> Query:
    """One SELECT for all `metrics`, which are of one span of time: per group the survival table in whole business
    seconds, and how many tickets stand behind it.

    MetricError when the fact cannot be split by a dimension of `by`.
    """
    metric = metrics[0]
    if len({_span(each) for each in metrics}) > 1:
        raise ValueError("one SELECT follows one span of time: compile metrics of another span apart")
    view = VIEWS[metric.fact]
    for name in by:
        if name not in view.dimensions:
            raise MetricError(
                f"{metric.name} cannot be split by {name}: {view.unsplit}.",
                f"Use one of {', '.join(sorted(view.dimensions))}.",
            )
    keys = keys_of(by)
    ctes = view.build(scope, tuple(by), keys)
    sql = f"{with_clause([*ctes.parts, *curves(metric, keys, ctes.source)])}\n{final(keys)}"
    return Query(sql, bound(sql, scope, grain_of(by), settings or Settings()))


def valued_sql(metric: Duration, scope: Scope, by: Sequence[Dimension] = ()) -> str:
    """The SELECT of one metric with its `value` read off the curve in SQL, beside the table it is read off.

    Kaplan-Meier as a window: the product of 1 - d / n over the times at which something ended.
    """
    view, keys = VIEWS[metric.fact], keys_of(by)
    ctes = view.build(scope, tuple(by), keys)
    apart = f"PARTITION BY {', '.join(keys)} " if keys else ""
    group = "".join(f"{key}, " for key in keys)
    falling = f"""
SELECT {group}time, product(1 - CAST(answered AS DOUBLE) / waiting) OVER ({apart}ORDER BY time) AS survival
FROM curve
WHERE answered > 0 AND time IS NOT NULL
"""
    if metric.quantile is not None:
        value = f"min(CASE WHEN survival <= {1 - metric.quantile!r} + {survival.TIE!r} THEN time END) / {HOUR}.0"
    else:
        value = f"1 - coalesce(min(CASE WHEN time <= ${metric.within} * {HOUR} THEN survival END), 1)"
    grouped = f"GROUP BY {', '.join(keys)}\n" if keys else ""
    same = " AND ".join(f"f.{key} IS NOT DISTINCT FROM t.{key}" for key in keys) or "true"
    parts = [
        *ctes.parts, *curves(metric, keys, ctes.source), ("falling", falling),
        ("tables", f"\n{final(keys)}\n"), ("read_off", f"\nSELECT {group}{value} AS value\nFROM falling\n{grouped}"),
    ]  # fmt: skip
    order = f"\nORDER BY {', '.join(f't.{key}' for key in keys)}" if keys else ""
    return f"{with_clause(parts)}\nSELECT f.value, t.*\nFROM tables AS t LEFT JOIN read_off AS f ON {same}{order}"


def ask(reader: Rows, metrics: Sequence[Duration], asked: Asked) -> dict[str, Mapping[Key, object]]:
    """The survival tables of all `metrics`, by metric name and group key: one SELECT a span of time."""
    together: dict[tuple[str, ...], list[Duration]] = {}
    for metric in metrics:
        together.setdefault(_span(metric), []).append(metric)
    keys, found = keys_of(asked.by), dict[str, Mapping[Key, object]]()
    for of_span in together.values():
        query = compile_sql(of_span, asked.scope, asked.by, asked.ground.settings)
        rows = {tuple(row[key] for key in keys): row for row in reader.rows(query.sql, query.params)}
        found |= {metric.name: rows for metric in of_span}
    return found


def part(metric: Duration, place: Place, found: object, ground: Ground) -> Part:
    """The reading of one duration in one group, with what it was computed from.

    A quantile that the curve does not fall to has no value: its lower bound stands, and `missing` says how far the
    curve goes. It decides like any other, for a long wait is no lack of data.
    """
    row, settings = cast("Mapping[str, object]", found or NOTHING), ground.settings
    table = Table(*(cast("list[int]", row.get(name) or []) for name in ("times", "events", "at_risk")))
    limit = float(getattr(settings, metric.within)) if metric.within else 0.0
    if metric.quantile is None:
        estimate = _estimate(survival.share_within(table, limit * HOUR, settings.level), 1)
    else:
        estimate = _estimate(survival.quantile(table, metric.quantile, settings.level), HOUR)
    case, unknown = _case(metric, place, row, ground), ""
    if case.events and estimate.value is None and metric.quantile is None:
        case = replace(case, premature=f"No ticket of this period was followed for {limit:g} business hours yet.")
    elif case.events and estimate.value is None:
        longest = f"Not reached, > {table.times[-1] / HOUR:.1f} business hours"
        unknown = f"{longest}: {case.hits} {metric.counts} of {case.events}."
    judgement = judge(case)
    estimate = estimate._replace(method=_method(metric, row, limit, judgement.bounded))
    reading = Reading(
        metric=metric.name,
        group=place[0],
        value=estimate.value if judgement.shown else None,
        low=estimate.low if judgement.bounded else None,
        high=estimate.high if judgement.bounded else None,
        level=settings.level,
        units=case.events,
        events=case.hits,
        method=estimate.method,
        status=judgement.status,
        decides=judgement.decides,
        missing=" ".join(filter(None, [unknown if judgement.shown else "", judgement.missing])),
        definition_hash=definition_hash(metric, settings),
        data_version=ground.version,
    )
    return Part(reading, None, estimate)


def _estimate(bounds: Bounds, scale: int) -> Estimate:
    value, low, high = (None if each is None else rounded(each / scale) for each in bounds[:3])
    return Estimate(value, low, high, None if bounds.effective is None else rounded(bounds.effective), "")


def _case(metric: Duration, place: Place, row: Mapping[str, object], ground: Ground) -> Case:
    group, bucket, _ = place
    pilot, whose = ground.pilot_of(group), in_words(ground, group)
    tickets, first, last, unmeasured = _tickets(row), bucket.first, bucket.last, ""
    if not ground.products:
        unmeasured = NO_PRODUCT
    elif not ground.measurable(metric.fact, group):
        unmeasured = f"No {metric.units_are} of {whose} have been loaded."
    elif pilot and pilot.starts_on <= last and pilot.ends_on >= first:
        first, last = max(first, pilot.starts_on), min(last, pilot.ends_on)
    elif not tickets:
        unmeasured = outside(ground, group, bucket)
    span = ground.span(metric.fact, group, first, last)
    enough = int(getattr(ground.settings, metric.enough))
    return Case(
        whose=whose,
        counts=metric.units_are,
        units_are=metric.counts,
        units=_count(row, "answered"),
        hits=_count(row, "answered"),
        events=tickets,
        first_day=first,
        last_day=last,
        begins=span.begins if span else None,
        through=span.through if span else None,
        today=ground.today,
        due=ground.due(metric.fact, group),
        cut=bucket.name if bucket.start < bucket.first or bucket.end > bucket.last else "",
        unmeasured=unmeasured,
        show_units=enough,
        decide_units=enough,
    )


def _method(metric: Duration, row: Mapping[str, object], limit: float, bounded: bool) -> str:
    tickets, closed = _tickets(row), _count(row, "closed")
    read_off = "Brookmeyer-Crowley interval (log-log)" if metric.quantile else f"log-log interval at {limit:g} h"
    words = ["Kaplan-Meier", read_off if bounded else "no interval"]
    if waiting := _count(row, "open"):
        words.append(f"{waiting} open, the longest for {_count(row, 'oldest') / HOUR:.1f} h")
    if closed:
        share = f" ({closed / tickets:.0%}, a competing event)" if closed > MUCH * tickets else ""
        words.append(f"{closed} closed unanswered{share}, censored then")
    if beyond := _count(row, "beyond"):
        words.append(f"{beyond} beyond the days of their expert's calendar, taken as closed")
    if left_out := _count(row, "left_out"):
        words.append(f"{left_out} left out (answered or closed before they were opened)")
    if excluded := _count(row, "excluded"):
        words.append(f"{excluded} left out (service, test or product team)")
    return "; ".join(words)


def _span(metric: Duration) -> tuple[str, ...]:
    return metric.fact, metric.start, metric.end, metric.stop


def curves(metric: Duration, keys: tuple[str, ...], source: str) -> list[tuple[str, str]]:
    """The subqueries up to `curve`: what ended and what waited at each time, in each group of the keys."""
    start, end, stop = metric.start, metric.end, metric.stop
    group = "".join(f"{key}, " for key in keys)
    apart = f"PARTITION BY {', '.join(keys)} " if keys else ""
    counts = ",\n  ".join(f"count(CASE WHEN state = '{state}' THEN 1 END) AS {state}" for state in STATES)
    return [
        (
            "timed",
            f"""
SELECT {group}beyond, {waited(start, end, stop)} AS seconds,
  CASE WHEN NOT counted THEN 'excluded' WHEN coalesce({end}, {stop}) < {start} THEN 'left_out'
    WHEN {end} IS NOT NULL THEN 'answered' WHEN {stop} IS NOT NULL THEN 'closed' ELSE 'open' END AS state
FROM {source}
""",
        ),
        (
            "counts",
            f"""
SELECT {group}CASE WHEN state NOT IN ('excluded', 'left_out') THEN seconds END AS time,
  count(CASE WHEN beyond AND state NOT IN ('excluded', 'left_out') THEN 1 END) AS beyond,
  {counts}
FROM timed
GROUP BY {group}time
""",
        ),
        (
            "curve",
            f"""
SELECT *, sum(answered + closed + open) OVER ({apart}ORDER BY time DESC NULLS LAST) AS waiting
FROM counts
""",
        ),
    ]


def final(keys: tuple[str, ...]) -> str:
    """The SELECT of the survival table of each group, over `curve`."""
    columns = [*keys, *(f"CAST(coalesce(sum({name}), 0) AS BIGINT) AS {name}" for name in (*STATES, "beyond"))]
    columns.append("max(CASE WHEN open > 0 THEN time END) AS oldest")
    for name, expression in (("times", "time"), ("events", "answered"), ("at_risk", "CAST(waiting AS BIGINT)")):
        columns.append(f"list({expression} ORDER BY time) FILTER (WHERE time IS NOT NULL) AS {name}")
    end = f"\nGROUP BY {', '.join(keys)}\nORDER BY {', '.join(keys)}" if keys else ""
    lines = ",\n  ".join(columns)
    return f"SELECT\n  {lines}\nFROM curve{end}"


def _tickets(row: Mapping[str, object]) -> int:
    return sum(_count(row, state) for state in ("answered", "closed", "open"))


def _count(row: Mapping[str, object], name: str) -> int:
    return cast("int | None", row.get(name)) or 0
