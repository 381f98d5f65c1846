"""What enters a value calculation: the costs in the registry, what use cost by its own records, and what was done, by
product (or pilot) and month. One SELECT.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

from data.cursor import Row, Rows
from data.settings import Settings
from metrics import views
from metrics.compile import bound, with_clause
from metrics.periods import buckets
from metrics.spec import Scope

MICRO = 1_000_000
COLUMNS = ("tasks", "tasks_confirmed", "tasks_failed")

# The days a ledger is about: the period, as far as the data of use reach (costs of days that nobody has seen yet would
# be set against nothing), for a pilot within its dates.
PRODUCT_WINDOW = """
SELECT s.product, CAST(NULL AS VARCHAR) AS pilot, CAST($since AS DATE) AS first_day,
  CASE WHEN e.through BETWEEN $since AND $until THEN e.through ELSE CAST($until AS DATE) END AS last_day, e.begins
FROM shelf AS s LEFT JOIN edges AS e ON e.product = s.product
"""
PILOT_WINDOW = """
SELECT d.product, d.pilot, d.first_day, d.begins,
  CASE WHEN d.through BETWEEN d.first_day AND d.final_day THEN d.through ELSE d.final_day END AS last_day
FROM (
  SELECT p.product, p.pilot, greatest(p.starts_on, CAST($since AS DATE)) AS first_day,
    least(p.ends_on, CAST($until AS DATE)) AS final_day, e.begins, e.through
  FROM pilot_dates AS p
  JOIN shelf AS s ON s.product = p.product
  LEFT JOIN edges AS e ON e.product = p.product
  WHERE p.starts_on <= $until AND p.ends_on >= $since{asked}) AS d
"""

# Tokens are paid for whoever used them: shadow mode, tests and services too. Benefit is of people who are counted.
SUMS = """
SELECT 'window' AS entry, w.product, w.pilot, CAST(NULL AS VARCHAR) AS name, w.first_day AS day, w.last_day, w.begins,
  CAST(NULL AS VARCHAR) AS amount_microusd, CAST(NULL AS BIGINT) AS number, CAST(NULL AS BIGINT) AS confirmed,
  CAST(NULL AS BIGINT) AS failed
FROM windows AS w
UNION ALL
SELECT 'cost ' || coalesce(c.basis, 'file'), w.product, w.pilot, c.kind, c.month, NULL, NULL,
  CAST(c.amount_microusd AS VARCHAR), NULL, NULL, NULL
FROM windows AS w
JOIN costs AS c ON c.product_id = w.product AND c.valid_to IS NULL
  AND c.month BETWEEN CAST(date_trunc('month', w.first_day) AS DATE) AND w.last_day
UNION ALL
SELECT 'tokens', w.product, w.pilot, NULL, CAST(date_trunc('month', u.day) AS DATE), NULL, NULL,
  CAST(coalesce(sum(u.cost_microusd), 0) AS VARCHAR), CAST(sum(u.interactions) AS BIGINT), NULL,
  CAST(sum(u.uncosted) AS BIGINT)
FROM windows AS w
JOIN user_days AS u ON u.product_id = w.product AND u.day BETWEEN w.first_day AND w.last_day
GROUP BY w.product, w.pilot, CAST(date_trunc('month', u.day) AS DATE)
UNION ALL
SELECT 'tasks', w.product, w.pilot, u.scenario, CAST(date_trunc('month', u.day) AS DATE), NULL, NULL, NULL,
  CAST(sum(u.tasks) AS BIGINT), CAST(sum(u.tasks_confirmed) AS BIGINT), CAST(sum(u.tasks_failed) AS BIGINT)
FROM windows AS w
JOIN {use} AS u ON u.product = w.product AND u.day BETWEEN w.first_day AND w.last_day{same}
WHERE u.counted
GROUP BY w.product, w.pilot, u.scenario, CAST(date_trunc('month', u.day) AS DATE)
UNION ALL
SELECT 'people', w.product, w.pilot, NULL, NULL, NULL, NULL, NULL, count(DISTINCT u.unit_id), NULL, NULL
FROM windows AS w
JOIN {use} AS u ON u.product = w.product AND u.day BETWEEN w.first_day AND w.last_day{same}
WHERE u.counted
GROUP BY w.product, w.pilot
"""
WHOLE = """UNION ALL
SELECT 'whole', w.product, w.pilot, NULL, NULL, NULL, NULL, NULL, CAST(sum(u.tasks) AS BIGINT), NULL, NULL
FROM windows AS w JOIN use AS u ON u.product = w.product AND u.day BETWEEN w.first_day AND w.last_day
WHERE u.counted
GROUP BY w.product, w.pilot
"""


class Month(NamedTuple):
    """A calendar month of a ledger: the share of its days within, and the share of its days within that have data."""

    start: date
    held: float
    used: float


class Done(NamedTuple):
    """Tasks of a month: all, and those known to have ended well or badly."""

    tasks: int
    confirmed: int
    failed: int


class Booked(NamedTuple):
    """A cost of a whole month in currency, with where it comes from: measured, file or assumed."""

    amount: float
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What is known of one product or pilot. `used` is the cost of use by its own records, interactions and those of
    them without a cost by month; `share` what the pilot bears of its product's costs (a product: all).
    """

    product: str
    pilot: str | None
    first: date
    last: date
    months: tuple[Month, ...]
    costs: Mapping[str, Mapping[date, Booked]]
    used: Mapping[date, tuple[float, int, int]]
    tasks: Mapping[tuple[str | None, date], Done]
    people: int
    share: float

    def active(self) -> list[date]:
        """The months in which anything was done: costs are looked for in each of them."""
        return sorted({month for (_, month), done in self.tasks.items() if done.tasks})


def sql_of(scope: Scope, of_pilots: bool) -> str:
    """The SELECT of all entries in a scope, product by product or pilot by pilot."""
    parts = [
        ("shelf", views.shelf(scope)),
        ("edges", views.edges("interactions")),
        ("alias", views.ALIAS),
        ("staff", views.STAFF),
        ("use", views.scoped_use(scope, "user_days", COLUMNS)),
    ]
    if not of_pilots:
        return with_clause([*parts, ("windows", PRODUCT_WINDOW)]) + SUMS.format(use="use", same="").rstrip()
    asked = " AND list_contains(CAST($pilots AS VARCHAR[]), p.pilot)" if scope.pilots is not None else ""
    parts += [("roster", views.AUDIENCE), ("pilot_dates", views.PILOT_DATES), ("pilot_days", views.PILOT_DAYS)]
    parts += [("use_by_pilot", views.USE_BY_PILOT), ("windows", PILOT_WINDOW.format(asked=asked))]
    return with_clause(parts) + SUMS.format(use="use_by_pilot", same=" AND u.pilot = w.pilot") + WHOLE.rstrip()


def entries(reader: Rows, scope: Scope, settings: Settings, of_pilots: bool) -> list[Entries]:
    """The entries of every product on the shelf, or of every pilot that ran in the period, in order of their ids."""
    sql = sql_of(scope, of_pilots)
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in reader.rows(sql, bound(sql, scope, None, settings)):
        found[str(row["product"]), str(row["pilot"] or "")].append(row)
    return [_entries(found[key]) for key in sorted(found)]


def _entries(rows: Iterable[Row]) -> Entries:
    by_kind: dict[str, list[Row]] = defaultdict(list)
    costs: dict[str, dict[date, Booked]] = defaultdict(dict)
    for row in rows:
        kind, _, tag = str(row["entry"]).partition(" ")
        by_kind[kind].append(row)
        if kind == "cost":
            booked = costs[str(row["name"])].get(_day(row), Booked(0.0, tag))
            costs[str(row["name"])][_day(row)] = Booked(booked.amount + _money(row), tag)
    (window,) = by_kind["window"]
    first, last = _day(window), cast(date, window["last_day"])
    tasks = {
        (cast("str | None", row["name"]), _day(row)): Done(_count(row), _count(row, "confirmed"), _count(row, "failed"))
        for row in by_kind["tasks"]
    }
    used = {_day(row): (_money(row), _count(row), _count(row, "failed")) for row in by_kind["tokens"]}
    seen = {*used, *(month for _, month in tasks), *(month for kind in costs.values() for month in kind)}
    own, whole = sum(done.tasks for done in tasks.values()), sum(map(_count, by_kind["whole"]))
    return Entries(
        product=str(window["product"]),
        pilot=cast("str | None", window["pilot"]),
        first=first,
        last=last,
        months=_months(first, last, cast("date | None", window["begins"]), min(seen, default=last)),
        costs=costs,
        used=used,
        tasks=tasks,
        people=sum(map(_count, by_kind["people"])),
        share=min(1.0, own / whole) if whole else 1.0,
    )


def _months(first: date, last: date, begins: date | None, seen: date) -> tuple[Month, ...]:
    """The months from the first with an entry, so that a scope that reaches far back discounts nothing more."""
    found = []
    for month in buckets(max(first, seen), last, "month"):
        days = monthrange(month.start.year, month.start.month)[1]
        since = max(month.first, begins) if begins else month.first
        active = max(0, (month.last - since).days + 1)
        found.append(Month(month.start, ((month.last - month.first).days + 1) / days, active / days))
    return tuple(found)


def _day(row: Row) -> date:
    return cast(date, row["day"])


def _money(row: Row) -> float:
    return int(str(row["amount_microusd"])) / MICRO


def _count(row: Row, column: str = "number") -> int:
    return int(str(row[column] or 0))
