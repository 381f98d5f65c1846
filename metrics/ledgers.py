"""The doors to the value ledgers: of one product or pilot for a page, and of every group of a question for readings."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from data.cursor import Rows
from data.errors import did_you_mean
from data.warehouse import Warehouse
from metrics import ratios
from metrics.beliefs import Beliefs
from metrics.bookkeeping import build
from metrics.compile import compile_sql
from metrics.entries import entries
from metrics.ground import survey
from metrics.groups import NO_PRODUCT, in_words, places
from metrics.ledger import READABLE, Ledger
from metrics.spec import Asked, Dimension, Group, Key, MetricError, Part, Scope
from metrics.task_success import METRICS as SUCCESS
from metrics.view import keys_of

HEADLINE = SUCCESS[0]


class Found(NamedTuple):
    """The ledgers of a group, with the people (or sessions) behind all that are complete and behind all of which a
    success has a known cost; or a refusal and why.
    """

    ledgers: tuple[Ledger, ...]
    behind_worth: int = 0
    behind_cost: int = 0
    refusal: str = ""


def ledger(store: Warehouse, scope: Scope, *, product: str | None = None, pilot: str | None = None) -> Ledger:
    """The ledger of one product or one pilot over the period of the scope, as its readings of `roi` are computed.

    MetricError when it is not in the registry, when the pilot did not run in the period, or when the scope names teams.
    """
    if (product is None) == (pilot is None):
        raise ValueError("a ledger is of one product or of one pilot")
    own: dict[str, object] = {"products": (product,)} if product else {"pilots": (pilot,), "products": None}
    by: tuple[Dimension, ...] = ("product",) if product else ("pilot",)
    scope = scope.model_copy(update={"pilots": None, **own})
    with store.reading() as reader:
        ground = survey(reader, scope, store.clock().date(), ("user_days",))
        found = load(reader, Asked(scope, by, ground)).get((product or pilot,))
    if found and found.ledgers:
        return found.ledgers[0]
    if pilot and pilot not in ground.pilots:
        raise MetricError(f"There is no pilot '{pilot}'.{did_you_mean(pilot, ground.pilots)}", "Register it.")
    raise MetricError(
        found.refusal if found else f"There is nothing of {product or f'pilot {pilot}'} in this period.",
        "Ask about another period or scope.",
    )


def load(reader: Rows, asked: Asked) -> Mapping[Key, Found]:
    """The ledgers of every group by its key: of each product or pilot one, of all together those of all products."""
    scope, ground = asked.scope, asked.ground
    of_pilots = "pilot" in asked.by or scope.pilots is not None
    if scope.teams is not None:
        refusal = Found((), refusal="Costs are those of a product: they say nothing about a team, and so does ROI.")
        return {key: refusal for _, _, key in places(ground, asked.by, _groups(asked, ()))}
    parts = _successes(reader, asked, "pilot" if of_pilots else "product")
    known, period = Beliefs.of_registry(reader, ground.settings), f"{scope.since}/{scope.until}"
    ledgers = [
        build(each, known, parts[name], ground.settings, period)
        for each in entries(reader, scope, ground.settings, of_pilots)
        if (name := each.pilot if of_pilots else each.product) in parts
    ]
    return {
        key: _found(reader, asked, group, [each for each in ledgers if _belongs(each, group)])
        for group, _, key in places(ground, asked.by, _groups(asked, ledgers))
    }


def _groups(asked: Asked, ledgers: Iterable[Ledger]) -> list[Mapping[str, object]]:
    return [{name: getattr(each, name) for name in keys_of(asked.by)} for each in ledgers]


def _belongs(each: Ledger, group: Group) -> bool:
    return all(getattr(each, name) == value for name, value in group.items())


def _found(reader: Rows, asked: Asked, group: Group, ledgers: list[Ledger]) -> Found:
    if not asked.ground.products:
        return Found((), refusal=NO_PRODUCT)
    if not ledgers:
        return Found((), refusal=f"There is nothing of {in_words(asked.ground, group)} in this period.")
    if len(ledgers) == 1:
        people = ledgers[0].success.reading.units
        return Found(tuple(ledgers), people, people)
    if asked.scope.pilots is not None or "pilot" in asked.by:
        return Found((), refusal="What pilots cost is a share of their products' costs: ask about each pilot apart.")
    full = tuple(each.product for each in ledgers if each.complete)
    costed = tuple(each.product for each in ledgers if each.costing.status in READABLE)
    people = _people(reader, asked, full)
    return Found(tuple(ledgers), people, people if full == costed else _people(reader, asked, costed))


def _people(reader: Rows, asked: Asked, products: tuple[str, ...]) -> int:
    """The people behind several products: who uses two of them is one."""
    if not products:
        return 0
    query = compile_sql([HEADLINE], asked.scope.model_copy(update={"products": products}), (), asked.ground.settings)
    return int(str(reader.rows(query.sql, query.params)[0]["task_success_units"]))


def _successes(reader: Rows, asked: Asked, name: Dimension) -> dict[str | None, Part]:
    """Task success of every product or pilot, as its own readings have it."""
    ground = asked.ground
    query = compile_sql([HEADLINE], asked.scope, (name,), ground.settings)
    rows = {(row[name],): row for row in reader.rows(query.sql, query.params)}
    observed: list[dict[str, object]] = [{str(name): key[0]} for key in rows]
    return {
        place[0][name]: ratios.part(HEADLINE, place, rows.get((place[0][name],)), ground)
        for place in places(ground, (name,), observed)
    }
