"""The newest run of each eval suite against the run before it, case by case; or why there is no comparison."""

from datetime import date, datetime
from typing import NamedTuple, cast

from data.cursor import Row
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics import paired, views
from metrics.audits import JUDGE
from metrics.compile import bound
from metrics.paired import Change, Pairs
from metrics.spec import Scope

# The two newest runs of each suite by their end. A trial (epoch) is good when all of its checks are; a case's score is
# its share of good trials, and it passes when that is more than half. Checks that failed themselves say nothing.
COMPARED = f"""
WITH checks AS (
  SELECT coalesce(e.suite, '') AS suite, e.run_id, e.run_at, e.case_id, e.epoch, e.passed, e.suite_version AS version,
    e.service_version AS release, {JUDGE} AS judge
  FROM eval_results AS e
  WHERE e.origin = 'suite' AND e.product_id = $product AND {views.CHECKED}
    AND {views.local_day("e.run_at")} <= CAST($until AS DATE)
), runs AS (
  SELECT *, row_number() OVER (PARTITION BY suite ORDER BY ran DESC, run_id DESC) AS place
  FROM (
    SELECT suite, run_id, max(run_at) AS ran, list_sort(list(DISTINCT version)) AS versions,
      list_sort(list(DISTINCT release)) AS releases, list_sort(list(DISTINCT judge)) AS judges
    FROM checks
    GROUP BY suite, run_id) AS run
), scores AS (
  SELECT suite, run_id, case_id, sum(good) / count(*) AS score, 2 * sum(good) > count(*) AS passes
  FROM (
    SELECT suite, run_id, case_id, epoch, min(CASE WHEN passed THEN 1 ELSE 0 END) AS good
    FROM checks
    GROUP BY suite, run_id, case_id, epoch) AS trial
  GROUP BY suite, run_id, case_id
), same AS (
  SELECT newer.suite, newer.score - older.score AS apart, older.passes AS passed_before, newer.passes AS passes_now
  FROM runs AS n
  JOIN runs AS o ON o.suite = n.suite AND o.place = 2
  JOIN scores AS newer ON newer.suite = n.suite AND newer.run_id = n.run_id
  JOIN scores AS older ON older.suite = o.suite AND older.run_id = o.run_id AND older.case_id = newer.case_id
  WHERE n.place = 1
), summed AS (
  SELECT suite, count(*) AS cases, sum(apart) AS total, sum(apart * apart) AS squares,
    count(CASE WHEN passed_before AND NOT passes_now THEN 1 END) AS only_first,
    count(CASE WHEN passes_now AND NOT passed_before THEN 1 END) AS only_second
  FROM same
  GROUP BY suite
)
SELECT n.suite, n.run_id, n.ran, n.versions, n.releases, n.judges, o.run_id AS old_run_id, o.ran AS old_ran,
  o.versions AS old_versions, o.releases AS old_releases, o.judges AS old_judges, s.*
FROM runs AS n
LEFT JOIN runs AS o ON o.suite = n.suite AND o.place = 2
LEFT JOIN summed AS s ON s.suite = n.suite
WHERE n.place = 1
ORDER BY n.suite
"""


class Run(NamedTuple):
    """One run of a suite: its end, the version of the cases, what was released then, and who judged."""

    run_id: str
    ran: datetime
    versions: tuple[str, ...]
    releases: tuple[str, ...]
    judges: tuple[str, ...]


class Rerun(NamedTuple):
    """A suite's newest run against the one before. `change` is second less first over the `pairs` of the same cases;
    `refused` says why there is none.
    """

    suite: str
    newest: Run
    before: Run | None
    pairs: Pairs
    change: Change
    refused: str = ""


def reruns(store: Warehouse, product: str, until: date) -> list[Rerun]:
    """Every suite of a product with its two newest runs up to a day. Runs of another version of the cases, or by
    another judge, measure something else and are not compared.
    """
    with store.reading() as reader:
        rules = settings_of(reader)
        scope = Scope(since=until, until=until, products=(product,))
        rows = reader.rows(COMPARED, bound(COMPARED, scope, None, rules, {"product": product}))
    return [_rerun(row, rules.level) for row in rows]


def _rerun(row: Row, level: float) -> Rerun:
    newest, before = _run(row, ""), _run(row, "old_") if row["old_run_id"] else None
    counts = {name: row[name] or 0 for name in Pairs._fields}
    pairs = Pairs(**cast("dict[str, int]", counts))
    nothing = Change(None, None, None, None)
    if before is None:
        return Rerun(str(row["suite"]), newest, None, pairs, nothing, "It ran once: there is nothing to compare with.")
    refused = ""
    if newest.versions != before.versions:
        refused = "Not compared: the cases are of another version."
    elif newest.judges != before.judges:
        refused = f"Not compared: it was judged by {_named(newest.judges)}, before by {_named(before.judges)}."
    elif not pairs.cases:
        refused = "Not compared: no case is in both runs."
    return Rerun(str(row["suite"]), newest, before, pairs, nothing if refused else paired.change(pairs, level), refused)


def _run(row: Row, prefix: str) -> Run:
    def names(column: str) -> tuple[str, ...]:
        listed = cast("list[str | None]", row[f"{prefix}{column}"] or [])
        return tuple(sorted(name for name in listed if name is not None))

    ran = cast(datetime, row[f"{prefix}ran"])
    return Run(str(row[f"{prefix}run_id"]), ran, names("versions"), names("releases"), names("judges"))


def _named(judges: tuple[str, ...]) -> str:
    return " and ".join(judges)
