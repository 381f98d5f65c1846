"""What a reduced table looks like to readings: its rows in scope as named subqueries, and what it can be grouped by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from metrics import panel, views
from metrics.spec import GRAINS, Dimension, Fact, Grain, Scope


class Ctes(NamedTuple):
    """Named subqueries in order, and the one that holds the rows to measure."""

    parts: list[tuple[str, str]]
    source: str


class Behind(NamedTuple):
    """The rows behind a reading where they are the view's own: what is shown of each, which, and in what order."""

    columns: tuple[str, ...]
    where: str
    cursor: str  # SQL text that tells a row's place; rows are in its order
    newest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A reduced table as readings see it: one row per unit and more, with `unit_id`, `counted` and the dimension
    columns.
    """

    fact: Fact
    feeds: tuple[str, ...]  # the facts whose loads carry it: data_through is judged by them
    dimensions: frozenset[Dimension]
    units_are: str
    unsplit: str  # why it cannot be grouped by anything else
    context: Mapping[str, str]  # sums beside the metrics: name -> expression
    build: Callable[[Scope, tuple[Dimension, ...], tuple[str, ...]], Ctes]
    nameless: str = "session"  # what a unit is where nobody is named
    absent: str = ""  # what to say and do about a period without a row; else it is 0 of 0
    behind: Behind | None = None  # None: the interactions of the same scope


def keys_of(by: Sequence[Dimension]) -> tuple[str, ...]:
    """The columns a grouping has in the answer: a grain of time is the first day of its bucket."""
    return tuple("bucket" if name in GRAINS else name for name in by)


def grain_of(by: Sequence[Dimension]) -> Grain | None:
    """The grain of time in a grouping."""
    return next((cast(Grain, name) for name in by if name in GRAINS), None)


def use_ctes(
    scope: Scope,
    by: tuple[Dimension, ...],
    keys: tuple[str, ...],
    table: str,
    columns: Sequence[str],
    *,
    feeds: Sequence[str] = ("interactions",),
) -> Ctes:
    """The rows of a table that has user_days' dimension columns, in scope, by pilot where asked; of products that have
    data of one of the `feeds`.
    """
    parts = [
        ("shelf", views.shelf(scope)),
        ("edges", views.edges(*feeds)),
        ("alias", views.ALIAS),
        ("staff", views.STAFF),
        ("use", views.scoped_use(scope, table, columns)),
    ]
    source = "use"
    if panel.in_pilots(by, scope):
        parts += [("roster", views.AUDIENCE), ("pilot_dates", views.PILOT_DATES), ("pilot_days", views.PILOT_DAYS)]
        if "pilot" in by:
            parts.append(("use_by_pilot", views.USE_BY_PILOT))
            source = "use_by_pilot"
        else:
            parts.append(("use_of_pilots", views.USE_OF_PILOTS))
            source = "use_of_pilots"
    grain = grain_of(by)
    chosen = ["unit_id", "counted", "aged", "user_known", *columns]
    chosen += [f"CAST(date_trunc('{grain}', day) AS DATE) AS bucket" if key == "bucket" else key for key in keys]
    only = (
        " WHERE list_contains(CAST($pilots AS VARCHAR[]), pilot)" if "pilot" in by and scope.pilots is not None else ""
    )
    parts.append(("rows_in_scope", f"\nSELECT {', '.join(chosen)}\nFROM {source}{only}\n"))
    return Ctes(parts, "rows_in_scope")
