"""Which rows each rule decides: what a source's value means, and what a score or label means for its task."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data import verdict_rules
from data.cursor import Row, Rows
from data.facts import FACTS
from data.literal import literal
from data.operation import Mapping
from loaders.format import Refused
from loaders.mapping import Rules, field_by_load


@dataclass(frozen=True, slots=True)
class Decided:
    """A rule in force with the rows it decides, as tables with the SQL that picks them."""

    rule: Mapping
    picks: Sequence[tuple[str, str]]

    def count(self, store: Rows) -> int:
        """How many rows it decides."""
        return sum(
            int(str(store.value(f"SELECT count(*) AS n FROM {table} WHERE {picks}"))) for table, picks in self.picks
        )

    def rows(self, store: Rows, limit: int) -> list[Row]:
        """The rows it decides, those of the newest load first: what they are, of which record of which load."""
        found: list[Row] = []
        for table, picks in self.picks:
            name = _NAMES[table]
            found += store.rows(
                f"SELECT {literal(table)} AS fact, CAST({name} AS VARCHAR) AS record, product_id, source_system,"
                f" source_product, {_SAID.get(table, 'NULL')} AS said, {literal(self.rule.value)} AS decided, load_id,"
                f" source_row FROM {table} WHERE {picks} ORDER BY load_id DESC, source_row LIMIT {limit - len(found)}"
            )
            if len(found) >= limit:
                break
        return found


_NAMES = {
    "interactions": "interaction_id", "model_calls": "call_id", "feedback": "feedback_id", "usage_daily": "day",
    "eval_results": "run_id || ' ' || case_id || ' ' || metric_name", "tickets": "ticket_id",
}  # fmt: skip
"""What tells a row of a fact apart, for a person to read."""
_SAID = {"feedback": "concat_ws(' ', name, score, label)"}


def rules(store: Rows) -> list[Decided]:
    """Every rule in force, those of products first; a value or a row is of the first rule that fits it."""
    return [*_of_products(store), *(Decided(rule, [("feedback", sql)]) for rule, sql in verdict_rules.deciding(store))]


def listed(store: Rows) -> list[Row]:
    """The rules in force, numbered, with how many rows each decides and since when."""
    return [
        {
            "number": number,
            "source_system": each.rule.source_system,
            "rule": f"{each.rule.field} {each.rule.match} {each.rule.pattern}",
            "means": f"{each.rule.target} {each.rule.value}",
            "since": each.rule.valid_from,
            "rows": each.count(store),
        }
        for number, each in enumerate(rules(store), start=1)
    ]


def rows_of(store: Rows, number: int, limit: int) -> list[Row]:
    """The rows that one rule decides. Raises Refused when there is no rule of that number."""
    found = rules(store)
    if not 1 <= number <= len(found):
        raise Refused(f"There is no rule {number}.", f"There are {len(found)}: python -m loaders rules.")
    return found[number - 1].rows(store, limit)


def _of_products(store: Rows) -> Iterator[Decided]:
    """Rules of products with the rows whose source says a value that they are the first to fit."""
    asked, fields = Rules.of(store), field_by_load(store)
    seen = store.rows("SELECT DISTINCT load_id, fact, source_system, source_product FROM feed_days")
    picks: dict[int, dict[str, list[str]]] = {}
    for row in seen:
        system, value = str(row["source_system"]), str(row["source_product"])
        rule = asked.deciding(system, fields.get(str(row["load_id"]), ""), value)
        if rule is not None:
            of_load = (
                f"(load_id = {literal(str(row['load_id']))} AND source_system = {literal(system)}"
                f" AND source_product = {literal(value)})"
            )
            picks.setdefault(id(rule), {}).setdefault(str(row["fact"]), []).append(of_load)
    for rule in asked.ordered:
        tables = picks.get(id(rule), {})
        yield Decided(rule, [(table, " OR ".join(tables[table])) for table in FACTS if table in tables])
