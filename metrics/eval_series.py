"""Task success in eval suites, run by run: `task_success.eval`. Each run is weighed by what production asks for, and
stands in one line with those runs only that had the same version of the cases and the same judge.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from data.cursor import Row
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics import views
from metrics.audits import JUDGE
from metrics.compile import bound, with_clause
from metrics.proportions import score_interval
from metrics.spec import MetricError, Scope, Status
from metrics.statistics import rounded
from metrics.strata import standardised

METRIC = "task_success.eval"
SHOW, DECIDE = 10, 30  # cases: fewer than the first have no interval, fewer than the second decide nothing

# A trial is good when all of its checks are; a case's score is its share of good trials, so that repeating a case adds
# no case. Its stratum is what it states; checks that failed themselves say nothing.
CASES = f"""
SELECT product, suite, run_id, case_id, scenario, topic, sum(good) / count(*) AS score, max(ran) AS ran,
  list_distinct(flatten(list(judges))) AS judges, list_distinct(list(version)) AS versions,
  list_distinct(list(release)) AS releases, max(trials) AS trials
FROM (
  SELECT *, count(*) OVER (PARTITION BY product, suite, run_id, case_id) AS trials,
    min(scenario_id) OVER (PARTITION BY product, suite, run_id, case_id) AS scenario,
    min(topic_id) OVER (PARTITION BY product, suite, run_id, case_id) AS topic
  FROM (
    SELECT e.product_id AS product, coalesce(e.suite, '') AS suite, e.run_id, e.case_id, e.epoch,
      min(CASE WHEN e.passed THEN 1 ELSE 0 END) AS good, max(e.run_at) AS ran, list(DISTINCT {JUDGE}) AS judges,
      max(e.suite_version) AS version, max(e.service_version) AS release, min(e.scenario_id) AS scenario_id,
      min(e.topic_id) AS topic_id
    FROM eval_results AS e
    JOIN shelf ON shelf.product = e.product_id
    WHERE e.origin = 'suite' AND {views.CHECKED}
      AND {views.local_day("e.run_at")} BETWEEN CAST($since AS DATE) AND CAST($until AS DATE)
    GROUP BY e.product_id, coalesce(e.suite, ''), e.run_id, e.case_id, e.epoch) AS trial) AS trial
GROUP BY product, suite, run_id, case_id, scenario, topic
"""
_RUNS = """
SELECT product, suite, run_id, max(ran) AS ran, list_sort(list_distinct(flatten(list(judges)))) AS judges,
  list_sort(list_distinct(flatten(list(versions)))) AS versions,
  list_sort(list_distinct(flatten(list(releases)))) AS releases, max(trials) AS trials,
  md5(string_agg(case_id, chr(10) ORDER BY case_id)) AS same_cases
FROM cases
GROUP BY product, suite, run_id
"""
_POINTS = """
SELECT r.*, c.kind, c.stratum, c.cases, c.total
FROM runs AS r
JOIN (
  SELECT product, suite, run_id, 'scenario' AS kind, scenario AS stratum, count(*) AS cases, sum(score) AS total
  FROM cases GROUP BY product, suite, run_id, scenario
  UNION ALL
  SELECT product, suite, run_id, 'topic' AS kind, topic AS stratum, count(*) AS cases, sum(score) AS total
  FROM cases GROUP BY product, suite, run_id, topic) AS c
  ON c.product = r.product AND c.suite = r.suite AND c.run_id = r.run_id
ORDER BY r.product, r.suite, r.ran, r.run_id, c.kind, c.stratum"""

# What production asks for in the period: tasks by scenario, interactions by topic.
MIX = f"""
SELECT u.product_id AS product, 'scenario' AS kind, u.scenario_id AS stratum, CAST(sum(u.tasks) AS BIGINT) AS demand
FROM user_days AS u
JOIN shelf ON shelf.product = u.product_id
LEFT JOIN alias ON alias.alias = u.unit_id
LEFT JOIN staff ON staff.person = coalesce(alias.person, u.unit_id)
WHERE u.day BETWEEN $since AND $until AND {views.NOT_SHADOW} AND u.scenario_id IS NOT NULL
  AND coalesce(staff.kind, 'employee') = 'employee'
GROUP BY u.product_id, u.scenario_id
UNION ALL
SELECT u.product_id AS product, 'topic' AS kind, u.topic_id AS stratum, count(*) AS demand
FROM interactions AS u
JOIN shelf ON shelf.product = u.product_id
LEFT JOIN alias ON alias.alias = u.unit_id
LEFT JOIN staff ON staff.person = coalesce(alias.person, u.unit_id)
WHERE u.day BETWEEN $since AND $until AND {views.NOT_SHADOW} AND u.topic_id IS NOT NULL
  AND NOT coalesce(u.synthetic, false) AND coalesce(staff.kind, 'employee') = 'employee'
GROUP BY u.product_id, u.topic_id
"""


class Stratum(NamedTuple):
    """Cases of a run about one scenario or topic: their mean score, and what production asks of it."""

    name: str
    cases: int
    score: float
    demand: int


class Point(NamedTuple):
    """A run of a suite. `line`: which runs it may be held against, and of one line the numbers may be joined.

    `by`: what weighs it ("scenario", "topic", "" for a plain suite average); `covered`: the share of production's
    demand that its cases are about. `refused` says why it is not compared with the run before. `same_cases` is
    the same for runs of the same cases: where nobody states a version, it is what tells them apart.
    """

    product: str
    suite: str
    run_id: str
    ran: datetime
    versions: tuple[str, ...]
    judges: tuple[str, ...]
    releases: tuple[str, ...]
    line: int
    by: str
    value: float
    low: float | None
    high: float | None
    cases: int
    trials: int
    covered: float | None
    status: Status
    decides: bool
    method: str
    refused: str
    same_cases: str
    strata: tuple[Stratum, ...]


def eval_series(store: Warehouse, scope: Scope) -> list[Point]:
    """Every run of every suite in the period, by product and suite in the order of time. All are weighed by the same
    mix, that of production in the period, so a change of mix is no change of the product. MetricError
    for a scope of teams or pilots.
    """
    if scope.pilots is not None or scope.teams is not None:
        raise MetricError("An eval suite tests a product, not a team or a pilot.", "Leave teams and pilots out.")
    head = [("shelf", views.shelf(scope))]
    runs = with_clause([*head, ("cases", CASES), ("runs", _RUNS)]) + _POINTS
    mixed = with_clause([*head, ("alias", views.ALIAS), ("staff", views.STAFF)]) + MIX
    with store.reading() as reader:
        rules = settings_of(reader)
        rows, asked = (reader.rows(sql, bound(sql, scope, None, rules)) for sql in (runs, mixed))
    demand: dict[tuple[str, str], dict[str, int]] = {}
    for row in asked:
        mix = demand.setdefault((str(row["product"]), str(row["kind"])), {})
        mix[str(row["stratum"])] = cast(int, row["demand"])
    together: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        together.setdefault((str(row["product"]), str(row["suite"]), str(row["run_id"])), []).append(row)
    points: list[Point] = []
    for parts in together.values():
        former = points[-1] if points and points[-1][:2] == (parts[0]["product"], parts[0]["suite"]) else None
        points.append(_point(parts, former, demand, rules.level))
    return points


def _point(
    parts: Sequence[Row], former: Point | None, demand: Mapping[tuple[str, str], Mapping[str, int]], level: float
) -> Point:
    row, product = parts[0], str(parts[0]["product"])
    by, strata = "", list[Stratum]()
    for kind in ("scenario", "topic"):
        mix = demand.get((product, kind), {})
        named = [part for part in parts if part["kind"] == kind]
        if all(part["stratum"] is not None for part in named) and any(part["stratum"] in mix for part in named):
            by, strata = kind, [_stratum(part, mix.get(str(part["stratum"]), 0)) for part in named]
            break
    else:
        every = [part for part in parts if part["kind"] == "scenario"]
        cases, total = (math.fsum(float(str(part[name])) for part in every) for name in ("cases", "total"))
        strata = [Stratum("", int(cases), total / cases, 1)]
    value, low, high = stratified(strata, level)
    cases_of = sum(each.cases for each in strata)
    whole = sum(demand.get((product, by), {}).values())
    covered = sum(each.demand for each in strata) / whole if by and whole else None
    versions, judges, releases = (_names(row, name) for name in ("versions", "judges", "releases"))
    same_cases = str(row["same_cases"])
    refused = _refused(former, versions, judges, by, same_cases)
    shown = cases_of >= SHOW
    return Point(
        product, str(row["suite"]), str(row["run_id"]), cast(datetime, row["ran"]), versions, judges, releases,
        (former.line + bool(refused) if former else 0), by, rounded(value), rounded(low) if shown else None,
        rounded(high) if shown else None, cases_of, cast(int, row["trials"]),
        None if covered is None else rounded(covered), "ok" if shown else "insufficient", cases_of >= DECIDE,
        method_of(by, strata, covered), refused, same_cases,
        tuple(strata),
    )  # fmt: skip


def stratified(strata: Sequence[Stratum], level: float) -> tuple[float, float, float]:
    """The mean of the strata's scores by demand, sum W_h p_h, and its interval: the distances of each stratum to the
    ends of its Wilson interval, weighed, squared and added (MOVER: Zou and Donner, Statistics in Medicine 27 (2008)
    1693-1702). A stratum whose few cases all passed keeps its doubt. Strata without demand weigh nothing.
    """
    weights = [float(each.demand) for each in strata]
    value = standardised([(each.score * each.cases, each.cases) for each in strata], weights)
    if value is None:
        raise ValueError("no stratum has any demand")
    below = above = 0.0
    for weight, each in zip(weights, strata, strict=True):
        ends = score_interval(each.score * each.cases, each.cases, level)
        if ends and weight:
            below += (weight / sum(weights) * (each.score - ends[0])) ** 2
            above += (weight / sum(weights) * (ends[1] - each.score)) ** 2
    return value, max(0.0, value - math.sqrt(below)), min(1.0, value + math.sqrt(above))


def _stratum(part: Row, demand: int) -> Stratum:
    cases = cast(int, part["cases"])
    return Stratum(str(part["stratum"]), cases, float(str(part["total"])) / cases, demand)


def _refused(former: Point | None, versions: tuple[str, ...], judges: tuple[str, ...], by: str, same_cases: str) -> str:
    if former is None:
        return ""
    if versions != former.versions:
        return "Not compared with the run before: the cases are of another version."
    if not versions and same_cases != former.same_cases:
        return "Not compared with the run before: its cases are others, and no version of them is stated."
    if judges != former.judges:
        now, then = " and ".join(judges), " and ".join(former.judges)
        return f"Not compared with the run before: judged by {now}, then by {then}."
    if by != former.by:
        return f"Not compared with the run before: weighed by {by or 'nothing'}, then by {former.by or 'nothing'}."
    return ""


def method_of(by: str, strata: Sequence[Stratum], covered: float | None) -> str:
    """How a value was weighed, in words."""
    if not by:
        return "suite average: cases or production name neither scenario nor topic; Wilson over cases"
    words = f"{len(strata)} strata by {by}, weighed by production; MOVER of Wilson intervals"
    if covered is not None and covered < 1:
        words += f"; its cases are about {covered:.0%} of what production asks"
    if idle := sum(1 for each in strata if not each.demand):
        words += f"; {idle} strata that nobody asks for weigh nothing"
    return words


def _names(row: Row, name: str) -> tuple[str, ...]:
    listed = cast("list[str | None]", row[name] or [])
    return tuple(sorted(each for each in listed if each is not None))


def lines(points: Sequence[Point]) -> list[tuple[str, ...]]:
    """Points as a table; a run that is not compared with the one before begins a new line of the series."""
    found: list[tuple[str, ...]] = [
        ("product", "suite", "line", "ran", "success", "interval", "cases", "status", "why")
    ]
    for each in points:
        bounds = "-" if each.low is None or each.high is None else f"{each.low:.1%} - {each.high:.1%}"
        place = (each.product, each.suite, str(each.line + 1), each.ran.date().isoformat())
        status = each.status + ("" if each.decides else " *")
        why = each.refused or each.method
        found.append((*place, f"{each.value:.1%}", bounds, f"{each.cases:,}", status, why))
    return found


def as_data(points: Sequence[Point]) -> list[dict[str, object]]:
    """Points as what JSON can hold."""
    return [
        {
            "metric": METRIC,
            **each._asdict(),
            "ran": each.ran.isoformat(),
            "strata": [stratum._asdict() for stratum in each.strata],
        }
        for each in points
    ]
