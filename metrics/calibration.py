"""What people and judges said about the same answers: within the audits of a group, and in a product's calibration
set.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from data.cursor import Row, Rows
from metrics import audits, views
from metrics.compile import SPREAD_SCALE, bound, with_clause
from metrics.judge import Confusion, Spread
from metrics.spec import Asked, Key, Scope
from metrics.view import grain_of, keys_of

Judges = frozenset[str]
_BOTH = "human_error IS NOT NULL AND judge_error IS NOT NULL"
_SUMS = {
    "judged_hit": "judge_weight * judge_error",
    "judged_of": "judge_weight",
    "found_hit": f"CASE WHEN {_BOTH} THEN human_weight * human_error END",
    "flagged_hit": f"CASE WHEN {_BOTH} THEN human_weight * judge_error END",
    "both_of": f"CASE WHEN {_BOTH} THEN human_weight END",
}
_COUNTS = {
    "tasks": "true",
    "named": "user_known",
    "read": "judge_error IS NOT NULL",
    "looked": "human_error IS NOT NULL",
    "flagged": "human_error = 1 AND judge_error = 1",
    "overlooked": "human_error = 1 AND judge_error = 0",
    "accused": "human_error = 0 AND judge_error = 1",
    "passed": "human_error = 0 AND judge_error = 0",
}
_SQUARES = {"judge": "on_judge * on_judge", "both": "on_judge * on_people", "people": "on_people * on_people"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The audits of one group, as far as a correction needs them. Shares are weighted, the rest is counted."""

    tasks: int
    named: int  # tasks of a known person
    read: int  # tasks that a judge read
    looked: int  # tasks that people audited
    judged: float  # share of errors by the judge over all it read
    judged_among: float  # by the judge over what people read, too
    found_among: float  # by people over the same
    spread: Spread
    people: int  # people of whom a task has both labels
    both: Confusion
    judges: tuple[Judges, ...]  # who judged: each set of judges that read a task
    calibration: Confusion | None = None  # of the judge in use, from the product's own calibration set
    unfit: str = ""  # why there is none, as the end of a sentence

    def judge(self) -> str:
        """Everybody who judged, by name."""
        return named({name for each in self.judges for name in each})


def named(panel: Iterable[str]) -> str:
    """A panel of judges in words."""
    return " and ".join(sorted(panel))


def in_use(judges: Sequence[Judges]) -> Judges | None:
    """The one judge (or panel of them) that read a group's tasks; None where there were several, one after the other.

    A task that part of a panel read is of the panel: the rest failed on it.
    """
    whole = max(judges, key=lambda each: (len(each), sorted(each)), default=Judges())
    return whole if whole and all(each <= whole for each in judges) else None


def calibrated(labels: Iterable[Row], panel: Judges) -> Confusion:
    """People against a panel of judges over a calibration set; answers that not all of the panel read do not count.

    A row of `labels` is one voice on one answer: task, human, judge, wrong (0 or 1).
    """
    people: dict[object, int] = {}
    by_judge: dict[object, dict[str, int]] = {}
    for row in labels:
        wrong = cast(int, row["wrong"])
        if row["human"]:
            people[row["task"]] = max(wrong, people.get(row["task"], 0))
        elif row["judge"] in panel:
            by_judge.setdefault(row["task"], {})[str(row["judge"])] = wrong
    cells = {(wrong, flagged): 0 for wrong in (1, 0) for flagged in (1, 0)}
    for task, wrong in people.items():
        verdicts = by_judge.get(task, {})
        if panel and verdicts.keys() == panel:
            cells[wrong, max(verdicts.values())] += 1
    return Confusion(*cells.values())


def load(reader: Rows, asked: Asked) -> Mapping[Key, Agreement]:
    """The agreement of people and judges in every group that has an audit."""
    scope, by, settings = asked.scope, asked.by, asked.ground.settings
    keys = keys_of(by)

    def ask(sql: str) -> list[Row]:
        return reader.rows(sql, bound(sql, scope, grain_of(by), settings))

    labels: dict[str, list[Row]] = {}
    for row in ask(labels_sql(scope)):
        labels.setdefault(str(row["product"]), []).append(row)
    return {tuple(row[key] for key in keys): _agreement(row, labels) for row in ask(audits_sql(asked))}


def _agreement(row: Row, labels: Mapping[str, Sequence[Row]]) -> Agreement:
    def number(name: str) -> int:
        return int(str(row[name] or 0))

    def share(name: str, of: str) -> float:
        return number(name) / number(of) if number(of) else 0.0

    spread = Spread(*(number(f"spread_{part}") / SPREAD_SCALE for part in Spread._fields))
    lists = cast("list[list[str | None] | None]", row["judges"] or [])
    judges = tuple(filter(None, (Judges(filter(None, each or [])) for each in lists)))
    products = [name for name in cast("list[str | None]", row["products"] or []) if name is not None]
    calibration, unfit = _calibration(products, judges, labels)
    return Agreement(
        tasks=number("tasks"),
        named=number("named"),
        read=number("read"),
        looked=number("looked"),
        judged=share("judged_hit", "judged_of"),
        judged_among=share("flagged_hit", "both_of"),
        found_among=share("found_hit", "both_of"),
        spread=spread,
        people=number("people"),
        both=Confusion(*(number(name) for name in Confusion._fields)),
        judges=judges,
        calibration=calibration,
        unfit=unfit,
    )


def _calibration(
    products: Sequence[str], judges: Sequence[Judges], labels: Mapping[str, Sequence[Row]]
) -> tuple[Confusion | None, str]:
    """The calibration of the judge in use, or why there is none."""
    if not judges:
        return None, "no judge read these tasks"
    if len(products) > 1:
        return None, f"a calibration is of one product, and these audits are of {len(products)}: read them by product"
    panel, rows = in_use(judges), labels.get(products[0], ())
    if panel is None:
        several = "; ".join(sorted(map(named, set(judges))))
        return None, f"a calibration is of one judge, and these tasks were read by several: {several}"
    found = calibrated(rows, panel)
    if found.labels:
        return found, ""
    if others := {str(row["judge"]) for row in rows if not row["human"]}:
        return None, f"the calibration is of {named(others)}, and the judge in use is {named(panel)}"
    remedy = "load answers that people and this judge labelled (origin calibration)"
    return None, f"nobody has checked {named(panel)}: {remedy}"


def audits_sql(asked: Asked) -> str:
    """The SELECT of what the audits of each group say about the judge.

    A person's influence on a share is what the person's tasks add to it (linearised): sums over people of squares of
    influences are variances that hold for correlated tasks and unequal weights.
    """
    keys = keys_of(asked.by)
    group = "".join(f"{key}, " for key in keys)
    grouped = f"\nGROUP BY {', '.join(keys)}" if keys else ""
    over = f"OVER (PARTITION BY {', '.join(keys)})" if keys else "OVER ()"
    ctes = audits.build(asked.scope, asked.by, keys)
    people = [f"coalesce(sum({sql}), 0) AS {name}" for name, sql in _SUMS.items()]
    people += [f"count(CASE WHEN {sql} THEN 1 END) AS {name}" for name, sql in _COUNTS.items()]
    summed = ["count(CASE WHEN both_of > 0 THEN 1 END) AS people"]
    summed += [f"CAST(sum({name}) AS BIGINT) AS {name}" for name in _COUNTS]
    summed += [f"CAST(sum({name}) AS VARCHAR) AS {name}" for name in _SUMS]
    summed += [
        f"CAST(sum(CAST({SPREAD_SCALE:.0e} * {square} AS HUGEINT)) AS VARCHAR) AS spread_{name}"
        for name, square in _SQUARES.items()
    ]
    on_judge = f"{_influence('judged_hit', 'judged_of')}\n    - {_influence('flagged_hit', 'both_of')}"
    parts = [
        *ctes.parts,
        ("of_people", f"\nSELECT {group}unit_id, {_lines(people)}\nFROM {ctes.source}\nWHERE counted\n"
            f"GROUP BY {group}unit_id\n"),
        ("totals", f"\nSELECT *, {_lines([f'sum({name}) {over} AS all_{name}' for name in _SUMS])}\nFROM of_people\n"),
        ("influences", f"\nSELECT *, {on_judge} AS on_judge,\n  {_influence('found_hit', 'both_of')} AS on_people\n"
            "FROM totals\n"),
        ("summed", f"\nSELECT {group}{_lines(summed)}\nFROM influences{grouped}\n"),
        ("read_by", f"\nSELECT {group}list(DISTINCT judges) AS judges,\n  list(DISTINCT CASE WHEN"
            f" judge_error IS NOT NULL THEN product_id END) AS products\nFROM {ctes.source}\nWHERE counted{grouped}\n"),
    ]  # fmt: skip
    same = " AND ".join(f"read_by.{key} IS NOT DISTINCT FROM summed.{key}" for key in keys) or "true"
    order = f"\nORDER BY {', '.join(f'summed.{key}' for key in keys)}" if keys else ""
    return (
        f"{with_clause(parts)}\nSELECT summed.*, read_by.judges, read_by.products\n"
        f"FROM summed JOIN read_by ON {same}{order}"
    )


def _influence(hit: str, of: str) -> str:
    """What a person adds to the share hit / of of all; 0 where there is no such share."""
    share = f"CAST(all_{hit} AS DOUBLE) / nullif(CAST(all_{of} AS DOUBLE), 0)"
    return f"coalesce(({hit} - {of} * ({share})) / CAST(all_{of} AS DOUBLE), 0)"


def _lines(columns: Sequence[str]) -> str:
    return ",\n  ".join(columns)


def labels_sql(scope: Scope) -> str:
    """The SELECT of every label of the products' calibration sets, whenever it was made: a judge with the same prompt
    is the same judge. One row a voice: product, task, human, judge, wrong.
    """
    parts = [("shelf", views.shelf(scope)), *audits.votes("calibration", every_judge=True)]
    return (
        f"{with_clause(parts)}\nSELECT v.product_id AS product, v.task, v.human, v.judge, v.wrong\n"
        "FROM votes AS v JOIN shelf ON shelf.product = v.product_id\nORDER BY product, task, human, judge"
    )


def valued_sql(rates: str, asked: Asked) -> str:
    """The SELECT of every path to the rate of errors, a column each: what people `audited`, what judges `judged`, both
    `powered`, and the judge's rate `corrected` by the calibration set of the one judge in use. `rates` is the SELECT of
    the judged and the audited ratio by the same groups.
    """
    keys = keys_of(asked.by)
    same = " AND ".join(f"a.{key} IS NOT DISTINCT FROM r.{key}" for key in keys) or "true"
    order = f"\nORDER BY {', '.join(f'r.{key}' for key in keys)}" if keys else ""
    parts = [
        ("rates", f"\n{rates}\n"),
        ("agreed", f"\n{audits_sql(asked)}\n"),
        ("labels", f"\n{labels_sql(asked.scope)}\n"),
        ("people", "\nSELECT product, task, max(wrong) AS wrong\nFROM labels WHERE human\nGROUP BY product, task\n"),
        ("sets", _SETS),
        ("shares", f"\nSELECT *, {_lines([f'{_share(hit, of)} AS {name}' for name, (hit, of) in _SHARES.items()])},"
            "\n  list_distinct(flatten(judges)) AS panel, list_distinct(products) AS of_products\nFROM agreed\n"),
    ]  # fmt: skip
    shown = [
        *(f"r.{key}" for key in keys),
        f"{_share('r.hallucination_rate_audited_hits', 'r.hallucination_rate_audited_of')} AS audited",
        f"{_share('r.hallucination_rate_judged_hits', 'r.hallucination_rate_judged_of')} AS judged",
        f"{_TRUST} * (a.judged_share - a.judged_among) + a.found_among AS powered",
        "CASE WHEN s.sensitivity + s.specificity > 1 THEN"
        "\n    least(1, greatest(0, (judged + s.specificity - 1) / (s.sensitivity + s.specificity - 1)))"
        "\n  END AS corrected",
        "s.sensitivity, s.specificity, a.* EXCLUDE (judges, products)",
    ]
    alike = "len(a.of_products) = 1 AND s.product = a.of_products[1] AND len(a.panel) = 1 AND s.judge = a.panel[1]"
    return (
        f"{with_clause(parts)}\nSELECT {_lines(shown)}\nFROM rates AS r\nLEFT JOIN shares AS a ON {same}\n"
        f"LEFT JOIN sets AS s ON {alike}{order}"
    )


_SHARES = {
    "judged_share": ("judged_hit", "judged_of"),
    "judged_among": ("flagged_hit", "both_of"),
    "found_among": ("found_hit", "both_of"),
}
_TRUST = (
    "coalesce(least(1, greatest(0, -CAST(a.spread_both AS DOUBLE) / nullif(CAST(a.spread_judge AS DOUBLE), 0))), 0)"
)
_SETS = """
SELECT product, judge, sum(wrong * said) / sum(wrong) AS sensitivity,
  sum((1 - wrong) * (1 - said)) / sum(1 - wrong) AS specificity
FROM (
  SELECT l.product, l.judge, l.task, max(l.wrong) AS said, max(p.wrong) AS wrong
  FROM labels AS l JOIN people AS p ON p.product = l.product AND p.task = l.task
  WHERE NOT l.human
  GROUP BY l.product, l.judge, l.task) AS read
GROUP BY product, judge
HAVING sum(wrong) > 0 AND sum(1 - wrong) > 0
"""


def _share(hit: str, of: str) -> str:
    return f"CAST({hit} AS DOUBLE) / nullif(CAST({of} AS DOUBLE), 0)"
