"""The experts: what each one has to answer, and how long people wait for it, open tickets censored."""

from typing import NamedTuple, cast

from data.cursor import Row
from data.settings import Settings
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics import durations, survival, tickets
from metrics.compile import bound, with_clause
from metrics.durations import HOUR
from metrics.sme_response_time import HEADLINE
from metrics.spec import Scope
from metrics.statistics import rounded
from metrics.survival import Bounds, Table

NOTHING = Bounds(None, None, None)
_NAMED = """
SELECT r.*, coalesce(alias.person, r.assignee_id) AS expert
FROM rows_in_scope AS r LEFT JOIN alias ON alias.alias = r.assignee_id
"""
_KEPT = """
SELECT t.sme_id AS expert, count(*) AS topics
FROM topics AS t JOIN shelf ON shelf.product = t.product_id
WHERE t.valid_to IS NULL AND t.required AND t.sme_id IS NOT NULL
GROUP BY t.sme_id"""


class ExpertLoad(NamedTuple):
    """What one expert was asked in a period; `expert` "": tickets that nobody was given. `oldest` is the longest wait
    of an open ticket; times are business hours. `missing` says why a time is not there.
    """

    expert: str
    topics: int
    tickets: int
    answered: int
    open: int
    oldest: float | None
    median: Bounds
    p90: Bounds
    missing: str


def expert_load(store: Warehouse, scope: Scope) -> list[ExpertLoad]:
    """Everybody who keeps a required topic or was given a ticket that was opened in the period, as SME response time
    counts tickets; who has most open ones first.
    """
    ctes = tickets.build(scope, (), ())
    parts = [*ctes.parts, ("named", _NAMED), *durations.curves(HEADLINE, ("expert",), "named")]
    sql = f"{with_clause(parts)}\n{durations.final(('expert',))}"
    kept = with_clause(ctes.parts[:1]) + _KEPT
    with store.reading() as reader:
        rules = settings_of(reader)
        rows, keep = (reader.rows(text, bound(text, scope, None, rules)) for text in (sql, kept))
    topics = {str(row["expert"]): cast(int, row["topics"]) for row in keep}
    waits = {str(row["expert"] or ""): row for row in rows}
    found = [_load(who, topics.get(who, 0), waits.get(who, {}), rules) for who in {*topics, *waits}]
    return sorted((each for each in found if each.tickets or each.topics), key=_rank)


def _load(expert: str, topics: int, row: Row, rules: Settings) -> ExpertLoad:
    answered, closed, waiting = (cast(int, row.get(name) or 0) for name in ("answered", "closed", "open"))
    oldest = cast("int | None", row.get("oldest"))
    table = Table(*(cast("list[int]", row.get(name) or []) for name in ("times", "events", "at_risk")))
    median = _hours(survival.quantile(table, 0.5, rules.level)) if answered else NOTHING
    p90 = _hours(survival.quantile(table, 0.9, rules.level)) if answered else NOTHING
    missing = ""
    if answered < rules.min_answered:
        median, p90 = NOTHING, NOTHING
        missing = f"A median needs {rules.min_answered} answered tickets; there are {answered}."
    elif answered < rules.min_answered_p90:
        p90, missing = NOTHING, f"P90 needs {rules.min_answered_p90} answered tickets; there are {answered}."
    elif p90.value is None:
        missing = f"P90 not reached, > {table.times[-1] / HOUR:.1f} business hours."
    wait = None if oldest is None else rounded(oldest / HOUR)
    return ExpertLoad(expert, topics, answered + closed + waiting, answered, waiting, wait, median, p90, missing)


def _hours(bounds: Bounds) -> Bounds:
    return Bounds(*(None if each is None else rounded(each / HOUR) for each in bounds[:3]))


def _rank(each: ExpertLoad) -> tuple[int, int, str]:
    return -each.open, -each.tickets, each.expert
