"""Task success in eval suites as a metric: the newest run of each suite of a product, weighed by what production asks.

Its runs one by one, and where a line of them ends, tell metrics.eval_series; runs of the same cases against each other
metrics.eval_runs.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from data.cursor import Row, Rows
from metrics import views
from metrics.compile import bound, with_clause
from metrics.eval_series import CASES, METRIC, MIX, Stratum, method_of, stratified
from metrics.groups import NO_PRODUCT, in_words, places
from metrics.spec import Asked, Conclusion, Derived, Estimate, Inputs, Key, Reading, Scope, Status
from metrics.statistics import rounded

_NEWEST = """
SELECT product, suite, run_id, ran
FROM (
  SELECT *, row_number() OVER (PARTITION BY product, suite ORDER BY ran DESC, run_id DESC) AS place
  FROM (SELECT product, suite, run_id, max(ran) AS ran FROM cases GROUP BY product, suite, run_id) AS run) AS run
WHERE place = 1
"""
_CHOSEN = """
SELECT c.* FROM cases AS c
JOIN newest AS n ON n.product = c.product AND n.suite = c.suite AND n.run_id = c.run_id
"""
# What weighs the cases of a suite: their scenarios, else their topics, where all name one and production asks for any.
_KINDS = """
SELECT c.product, c.suite,
  CASE WHEN count(*) = count(c.scenario) AND count(s.demand) > 0 THEN 'scenario'
    WHEN count(*) = count(c.topic) AND count(t.demand) > 0 THEN 'topic' ELSE '' END AS kind
FROM chosen AS c
LEFT JOIN mix AS s ON s.kind = 'scenario' AND s.product = c.product AND s.stratum = c.scenario
LEFT JOIN mix AS t ON t.kind = 'topic' AND t.product = c.product AND t.stratum = c.topic
GROUP BY c.product, c.suite
"""
# A product is weighed by the scenarios of the suites that can be, else by topics, else its cases count the same; suites
# that cannot be weighed so are left out, where others can.
_LEADING = """
SELECT product, CASE WHEN count(CASE WHEN kind = 'scenario' THEN 1 END) > 0 THEN 'scenario'
    WHEN count(CASE WHEN kind = 'topic' THEN 1 END) > 0 THEN 'topic' ELSE '' END AS kind
FROM kinds GROUP BY product
"""
_PLACED = """
SELECT c.*, l.kind, k.kind = l.kind AS used,
  CASE l.kind WHEN 'scenario' THEN c.scenario WHEN 'topic' THEN c.topic ELSE '' END AS stratum
FROM chosen AS c
JOIN leading_kind AS l ON l.product = c.product
JOIN kinds AS k ON k.product = c.product AND k.suite = c.suite
"""
_WEIGHED = """
SELECT s.product, s.kind, s.stratum, s.cases, s.total,
  CASE WHEN s.kind = '' THEN 1 ELSE coalesce(m.demand, 0) END AS demand
FROM (
  SELECT product, kind, stratum, count(*) AS cases, sum(score) AS total
  FROM placed WHERE used GROUP BY product, kind, stratum) AS s
LEFT JOIN mix AS m ON m.product = s.product AND m.kind = s.kind AND m.stratum = s.stratum
"""
_RULERS = f"""
SELECT c.product, list_sort(list(DISTINCT CASE WHEN c.used THEN c.suite END)) AS suites,
  list_sort(list(DISTINCT CASE WHEN NOT c.used THEN c.suite END)) AS left_out,
  list_sort(list_distinct(flatten(list(CASE WHEN c.used THEN c.judges END)))) AS judges,
  list_sort(list_distinct(flatten(list(CASE WHEN c.used THEN c.versions END)))) AS versions,
  {views.local_day("max(CASE WHEN c.used THEN c.ran END)")} AS ran
FROM placed AS c
GROUP BY c.product
"""
# One row a product: the value, and what it is made of.
_VALUED = """
SELECT w.product, sum(w.demand * (w.total / w.cases)) / nullif(sum(w.demand), 0) AS value, w.kind,
  CAST(sum(w.cases) AS BIGINT) AS cases, list(w.stratum ORDER BY w.stratum) AS strata,
  list(w.cases ORDER BY w.stratum) AS cases_of, list(w.total ORDER BY w.stratum) AS totals,
  list(w.demand ORDER BY w.stratum) AS demands, max(a.demand) AS asked, max(r.ran) AS ran,
  any_value(r.suites) AS suites, any_value(r.left_out) AS left_out, any_value(r.judges) AS judges,
  any_value(r.versions) AS versions
FROM weighed AS w
JOIN rulers AS r ON r.product = w.product
LEFT JOIN (SELECT product, kind, CAST(sum(demand) AS BIGINT) AS demand FROM mix GROUP BY product, kind) AS a
  ON a.product = w.product AND a.kind = w.kind
GROUP BY w.product, w.kind
ORDER BY w.product"""


def text(asked: Asked) -> str:
    """The SELECT of the value of every product with its strata: cases, their scores summed, and production's demand."""
    return with_clause([*_placed(asked.scope), ("weighed", _WEIGHED), ("rulers", _RULERS)]) + _VALUED


def valued(asked: Asked) -> str:
    """The same by group: of several products together there is none, so the value is NULL."""
    if asked.by:
        return text(asked)
    return (
        "SELECT CASE WHEN count(*) = 1 THEN max(value) END AS value, CAST(sum(cases) AS BIGINT) AS cases,"
        f" list(product ORDER BY product) AS products\nFROM (\n{text(asked)}) AS by_product"
    )


def _placed(scope: Scope) -> list[tuple[str, str]]:
    """The subqueries up to `placed`: every case of the newest runs, whether it is used, and its stratum."""
    return [
        ("shelf", views.shelf(scope)), ("alias", views.ALIAS), ("staff", views.STAFF), ("mix", MIX), ("cases", CASES),
        ("newest", _NEWEST), ("chosen", _CHOSEN), ("kinds", _KINDS), ("leading_kind", _LEADING), ("placed", _PLACED),
    ]  # fmt: skip


def load(reader: Rows, asked: Asked) -> Mapping[Key, list[Row]]:
    """The rows of every group's products."""
    sql, ground = text(asked), asked.ground
    rows = reader.rows(sql, bound(sql, asked.scope, None, ground.settings))
    return {
        key: [row for row in rows if row["product"] in ground.products_of(group)]
        for group, _, key in places(ground, asked.by, ())
    }


def conclude(inputs: Inputs) -> tuple[Estimate, Conclusion]:
    """The value of the one product that the group is about, with the MOVER interval of its strata."""
    ground, group, found = inputs.ground, inputs.group, cast("list[Row]", inputs.found or [])
    whose = in_words(ground, group)
    if not ground.products:
        return _unmeasured(NO_PRODUCT)
    if ground.scope.pilots is not None or ground.scope.teams is not None:
        return _unmeasured("An eval suite tests a product, not a team or a pilot.")
    if not found:
        return _unmeasured(f"No eval suite of {whose} ran in this period: load its results (origin suite).")
    if len(found) > 1:
        names = ", ".join(str(row["product"]) for row in found)
        return _unmeasured(f"Suites of several products are not averaged ({names}): ask by product.")
    (row,) = found
    strata = _strata(row)
    value, low, high = stratified(strata, ground.settings.level)
    cases = sum(each.cases for each in strata)
    shown = cases >= ground.settings.show_units
    status, decides, missing = _judged(inputs, row, cases)
    method = f"{_ruler(row)}; {_weights(row, strata)}"
    estimate = Estimate(rounded(value), rounded(low) if shown else None, rounded(high) if shown else None, None, method)
    return estimate, Conclusion(status, decides, missing, cases, cases)


def _strata(row: Row) -> list[Stratum]:
    names, cases, totals, demands = (cast("list[object]", row[c]) for c in ("strata", "cases_of", "totals", "demands"))
    return [
        Stratum(str(name), int(str(of)), float(str(total)) / int(str(of)), int(str(demand)))
        for name, of, total, demand in zip(names, cases, totals, demands, strict=True)
    ]


def _judged(inputs: Inputs, row: Row, cases: int) -> tuple[Status, bool, str]:
    """Stale where results are due more often than the newest run is old at the end of the period."""
    ground, last, ran = inputs.ground, inputs.bucket.last, cast(date, row["ran"])
    due = ground.cadences.get((str(row["product"]), "eval_results"))
    age = (last - ran).days
    if due is not None and age > due:
        return (
            "stale",
            False,
            f"The newest run is of {ran}, {age} days before {last}; results are due every {due} days.",
        )
    if cases < ground.settings.show_units:
        few = f"{cases} cases: under {ground.settings.show_units} there is no interval to trust."
        return "insufficient", False, few
    enough = cases >= ground.settings.decide_units
    return "ok", enough, "" if enough else f"{cases} cases of the {ground.settings.decide_units} that a decision needs."


def _ruler(row: Row) -> str:
    """By what it was measured: suites, versions of their cases, judges."""
    suites, versions, judges = (_names(row, name) for name in ("suites", "versions", "judges"))
    said = " and ".join(name or "a suite without name" for name in suites)
    stated = f", version {' and '.join(versions)}" if versions else ""
    return f"newest run of {said}{stated}, judged by {' and '.join(judges)}"


def _weights(row: Row, strata: Sequence[Stratum]) -> str:
    by = str(row["kind"])
    covered = sum(each.demand for each in strata) / int(str(row["asked"])) if by and row["asked"] else None
    words, left_out = method_of(by, strata, covered), _names(row, "left_out")
    if left_out:
        words += (
            f"; left out, for their cases name none: {', '.join(name or 'a suite without name' for name in left_out)}"
        )
    return words


def _names(row: Row, column: str) -> list[str]:
    return [name for name in cast("list[str | None]", row[column] or []) if name is not None]


def _unmeasured(sentence: str) -> tuple[Estimate, Conclusion]:
    return Estimate(None, None, None, None, ""), Conclusion("not_measured", False, sentence, 0, 0)


def rows(reader: Rows, reading: Reading, asked: Asked, limit: int, after: str | None) -> list[Row]:
    """The cases behind a reading with their scores, the worst first; `cursor` is the place of one."""
    products = asked.ground.products_of(reading.group)
    sql = with_clause(_placed(asked.scope)) + (
        "SELECT product, suite, run_id, case_id, scenario, topic, score, trials, ran\nFROM placed\nWHERE used"
        "\nORDER BY score, product, suite, case_id"
    )
    found = reader.rows(sql, bound(sql, asked.scope, None, asked.ground.settings))
    mine = [row for row in found if row["product"] in products]
    placed = [{**row, "cursor": f"{place:06d}"} for place, row in enumerate(mine)]
    return [row for row in placed if after is None or str(row["cursor"]) > after][:limit]


METRICS = (
    Derived(
        name=METRIC,
        title="Task success in evals",
        question="Of what production asks, how much do its eval suites pass?",
        definition=(
            "Of the newest run of each eval suite in the period: trials averaged within the case, cases within the"
            " stratum (their scenarios, else their topics, where every case names one), strata weighed by production's"
            " mix of the period; suites whose cases name none are left out where others' do; where none do, the mean"
            " over cases. Wilson's intervals of the strata, their distances weighed,"
            " squared and added (MOVER). A check that failed itself says nothing. Never joined with the production"
            " series; of several products together there is none."
        ),
        facts=("user_days",),
        dimensions=frozenset(("product",)),
        unsplit="runs are points in time, each with its ruler: python -m metrics evals tells them one by one",
        load=load,
        conclude=conclude,
        text=text,
        rows=rows,
        units_are="cases",
        counts="cases",
        better="higher",
        caveat="A suite tells of its cases: of what nobody wrote a case for it says nothing.",
        settings=("decide_units", "reporting_zone", "show_units"),
    ),
)
