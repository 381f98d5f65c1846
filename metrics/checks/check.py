"""What a check of the registry declares and what it finds, and the SQL that checks share.

The parameters a check's text may name: $today, $as_of (the last day with data), $visible (product ids, NULL: all) and
$reporting_zone, in which moments have their day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from metrics.compile import with_clause
from metrics.spec import Reading
from metrics.views import local_day

About = Literal[
    "product", "pilot", "initiative", "topic", "ticket", "requirement", "incident", "scenario", "eval case",
]  # fmt: skip

OPERATED = "('scaling', 'handover', 'evolution')"  # the stages in which a product is run for everybody
PROVEN = "('value_validation', 'scaling', 'handover', 'evolution')"
PATIENCE_DAYS = 14  # an answer, an open gap or a failing case older than this is late
AUDIT_DAYS = 84  # what an audit found longer ago is history


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A rule about the registry and the data. `sql` gives one row for each thing that breaks it: subject (its id),
    product and pilot (or NULL), and what, a sentence about it.
    """

    id: str
    title: str
    rule: str
    about: About
    sql: str


class Standing(NamedTuple):
    """Where a product stands for the checks that look at readings; a floor of None: nobody said when it fails."""

    reach: Reading | None  # adoption.reach
    reach_floor: float | None
    success: Reading | None  # task_success
    success_floor: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A rule about the readings of a product. `breaks` gets its name and standing: a sentence, or "" if it holds."""

    id: str
    title: str
    rule: str
    about: About
    breaks: Callable[[str, Standing], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that breaks a check. `what` holds names that people typed: text, never markup."""

    check: str
    subject: str
    product: str | None
    pilot: str | None
    what: str


SEEN = "(CAST($visible AS VARCHAR[]) IS NULL OR list_contains(CAST($visible AS VARCHAR[]), product_id))"
ALL_SEEN = "CAST($visible AS VARCHAR[]) IS NULL"  # what belongs to no product is shown to who sees every product

# The products that are checked: registered, not retired, visible.
SHELF = f"""
SELECT product_id AS product, name AS called, replace(stage, '_', ' ') AS stage_words, stage, connection_rules,
  piloting_process, handover_process, support_channel
FROM products
WHERE valid_to IS NULL AND (retired_on IS NULL OR retired_on > CAST($today AS DATE)) AND {SEEN}
"""


def query(select: str, **views: str) -> str:
    """A check's text: `select` over the shelf and these named subqueries."""
    return f"{with_clause([('shelf', SHELF), *views.items()])}\n{select.strip()}\n"


def of_products(where: str, what: str, **views: str) -> str:
    """The text of a check whose rows are products `s` of the shelf."""
    return query(
        f"SELECT s.product AS subject, s.product, CAST(NULL AS VARCHAR) AS pilot, {what} AS what"
        f"\nFROM shelf AS s\nWHERE {where}",
        **views,
    )


def blank(column: str) -> str:
    """SQL: nothing is written there."""
    return f"trim(coalesce({column}, '')) = ''"


def held(role: str, product: str = "s.product") -> str:
    """SQL: somebody has this role for the product itself, not only for one of its pilots or scenarios."""
    return (
        f"{product} IN (SELECT r.product_id FROM roles AS r WHERE r.role = '{role}' AND r.product_id IS NOT NULL"
        " AND r.pilot_id IS NULL AND r.scenario_id IS NULL AND r.valid_to IS NULL)"
    )


def late(moment: str) -> str:
    """SQL: the moment lies more days behind the last day with data than anybody should wait."""
    return f"{local_day(moment)} < CAST($as_of AS DATE) - {PATIENCE_DAYS}"


def dated(moment: str) -> str:
    """SQL: the day of a moment as text."""
    return f"CAST({local_day(moment)} AS VARCHAR)"
