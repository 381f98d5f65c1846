"""From what a source calls a product to the product of the registry: rules, and the inbox of what no rule knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from data.cursor import Rows, Transaction
from data.errors import did_you_mean, nearest
from data.facts import FACTS
from data.operation import VERDICT, VERDICT_FIELD, Mapping
from data.portfolio import Product
from data.reduction import make_touched, rebuild_touched, touch_pointed, touch_rivals, touch_unjudged
from data.registry_store import current, save
from data.warehouse import Warehouse
from loaders import FORMATS
from loaders.format import Refused

ANY = "*"
_STRICTNESS = {"exact": 3, "prefix": 2, "regex": 1, "jsonpath": 0}
_SIGNS = {"=": "exact", "^=": "prefix", "~=": "regex", ">=": "at_least", "<=": "at_most"}
RULE = re.compile(r"(?P<field>[^=^~:<>]+?)\s*(?P<sign>\^=|~=|>=|<=|=)\s*(?P<pattern>.+):(?P<value>[^:]+)")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One value of the unmapped inbox: what a source called its product, and how many records carry it."""

    source_system: str
    field: str
    value: str
    records: int
    loads: int
    nearest: str | None


class Rules:
    """The product rules in force, asked with what a source says."""

    def __init__(self, rules: Iterable[Mapping]) -> None:
        self.ordered = sorted(
            (rule for rule in rules if rule.target == "product"),
            key=lambda rule: (-rule.priority, -_STRICTNESS[rule.match], -len(rule.pattern), rule.pattern),
        )

    @classmethod
    def of(cls, store: Rows) -> Rules:
        """The rules in force in a warehouse."""
        return cls(current(store, Mapping))

    def product(self, source_system: str, field: str, value: str) -> str:
        """The product a value means: the first rule that fits, else the value itself ('' when nothing was said)."""
        rule = self.deciding(source_system, field, value)
        return value if rule is None else rule.value

    def deciding(self, source_system: str, field: str, value: str) -> Mapping | None:
        """The first rule that fits a value, if one does."""
        for rule in self.ordered:
            if rule.source_system in (ANY, source_system) and rule.field == field and _fits(rule, value):
                return rule
        return None


def _fits(rule: Mapping, value: str) -> bool:
    if rule.match == "exact":
        return value == rule.pattern
    if rule.match == "prefix":
        return value.startswith(rule.pattern)
    return rule.match == "regex" and re.fullmatch(rule.pattern, value) is not None


def parse_rule(text: str) -> Mapping:
    """A rule as typed: FIELD=PATTERN:PRODUCT, with ^= for a prefix and ~= for a regular expression; or what feedback
    says of its task: feedback.NAME<=0:failed, also >=.

    Raises Refused when it is not of that form.
    """
    found = RULE.fullmatch(text.strip())
    if not found:
        raise Refused(
            f'"{text}" is not a rule.',
            "Write FIELD=VALUE:PRODUCT, for example service.name=kb-search:kb-search (^= prefix, ~= regex), or"
            " feedback.NAME<=0:failed.",
        )
    fields = {entry.product_field for entry in FORMATS.values()}
    target = VERDICT if found["field"].startswith(VERDICT_FIELD) else "product"
    if target == "product" and found["field"] not in fields:
        raise Refused(
            f'No format tells its product by "{found["field"]}".{did_you_mean(found["field"], fields)}',
            f"Fields: {', '.join(sorted(fields))}; {VERDICT_FIELD}NAME for a verdict.",
        )
    said = {
        "source_system": ANY, "field": found["field"], "match": _SIGNS[found["sign"]],
        "pattern": found["pattern"].strip(), "target": target, "value": found["value"].strip(),
    }  # fmt: skip
    try:
        return Mapping.model_validate(said)
    except ValidationError as error:
        raise Refused(f'"{text[:200]}" is not a rule: {_why(error)}.', "Correct the pattern.") from None


def _why(error: ValidationError) -> str:
    return str(error.errors()[0]["msg"]).removeprefix("Value error, ")


def _nameless(name: str) -> Product:
    """A product of which only the id is known. Raises Refused when it cannot be an id."""
    try:
        return Product(product_id=name, name=name)
    except ValidationError as error:
        raise Refused(
            f'"{name[:80]}" cannot be the id of a product: {_why(error)}.',
            "Say which product it means: python -m loaders map FIELD=VALUE:PRODUCT --new.",
        ) from None


def add_rules(store: Warehouse, rules: Sequence[Mapping], who: str, *, new: bool = False) -> int:
    """Store rules and give the rows they match their product or verdict; the number of rows that changed product.

    `new` registers products the registry does not know; without it they are refused, with the nearest name.
    """
    with store.write("mapping", who) as tx:
        known = {product.product_id for product in current(tx, Product)}
        fresh = sorted({rule.value for rule in rules if rule.target == "product"} - known)
        if fresh and not new:
            raise Refused(
                f'The registry has no product "{fresh[0]}".{did_you_mean(fresh[0], known)}',
                "Register it (python -m data import), or add --new to register it with nothing but its name.",
            )
        save(tx, [_nameless(name) for name in fresh], who)
        save(tx, list(rules), who)
        return remap(tx)


def register(store: Warehouse, products: Sequence[str], who: str) -> None:
    """Register products under the names a load brought, with nothing but the name: the rest is asked later.

    Raises Refused, and registers none, when one of the names cannot be an id.
    """
    with store.write("new products", who) as tx:
        known = {product.product_id for product in current(tx, Product)}
        save(tx, [_nameless(name) for name in products if name not in known], who)


def remap(tx: Transaction) -> int:
    """Give every stored row the product and verdict that the rules in force say; touched partitions are made anew."""
    rules, changed = Rules.of(tx), 0
    fields = field_by_load(tx)
    tx.run("CREATE OR REPLACE TEMP TABLE moved (load_id VARCHAR, source_system VARCHAR, source_product VARCHAR,"
           " was VARCHAR, product_id VARCHAR)")  # fmt: skip
    seen = tx.rows("SELECT DISTINCT load_id, source_system, source_product, product_id FROM feed_days")
    moves = [
        [row["load_id"], row["source_system"], row["source_product"], row["product_id"], product]
        for row in seen
        if (product := rules.product(
            str(row["source_system"]), fields.get(str(row["load_id"]), ""), str(row["source_product"])
        )) != row["product_id"]
    ]  # fmt: skip
    make_touched(tx)
    touch_unjudged(tx)
    for move in moves:
        tx.run("INSERT INTO moved VALUES (?, ?, ?, ?, ?)", move)
    if not moves:
        rebuild_touched(tx)
        return 0
    _touch_moved(tx)
    for table in FACTS:
        for name in (table, f"{table}_superseded"):
            changed += tx.run(
                f"UPDATE {name} SET product_id = moved.product_id FROM moved WHERE {name}.load_id = moved.load_id"
                f" AND {name}.source_system = moved.source_system AND {name}.source_product = moved.source_product"
            )
    tx.run(
        "UPDATE feed_days SET product_id = moved.product_id FROM moved WHERE feed_days.load_id = moved.load_id"
        " AND feed_days.source_system = moved.source_system AND feed_days.source_product = moved.source_product"
    )
    _touch_moved(tx)
    rebuild_touched(tx)
    return changed


def _touch_moved(tx: Transaction) -> None:
    tx.run(
        "INSERT INTO touched SELECT DISTINCT i.product_id, i.day FROM interactions AS i JOIN moved AS m"
        " ON i.load_id = m.load_id AND i.source_system = m.source_system AND i.source_product = m.source_product"
    )
    touch_rivals(
        tx,
        "(SELECT i.* FROM interactions AS i JOIN moved AS m"
        " ON i.load_id = m.load_id AND i.source_system = m.source_system AND i.source_product = m.source_product)",
    )
    for fact in ("feedback", "tickets"):
        tx.run(
            f"CREATE OR REPLACE TEMP TABLE moved_evidence AS SELECT e.* FROM {fact} AS e JOIN moved AS m"
            " ON e.load_id = m.load_id AND e.source_system = m.source_system AND e.source_product = m.source_product"
        )
        touch_pointed(tx, "feedback" if fact == "feedback" else "tickets", "moved_evidence")


def field_by_load(store: Rows) -> dict[str, str]:
    """Which field of its source tells the product, by load."""
    return {
        str(row["load_id"]): FORMATS[str(row["format"])].product_field
        for row in store.rows("SELECT load_id, format FROM loads")
        if row["format"] in FORMATS
    }


def inbox(store: Rows) -> list[Waiting]:
    """What waits: every value of published loads that means no product of the registry, the most records first."""
    known = {product.product_id for product in current(store, Product)}
    rules = Rules.of(store)
    rows = store.rows(
        "SELECT u.source_system, u.field, u.value, CAST(sum(u.records) AS BIGINT) AS records,"
        " count(DISTINCT u.load_id) AS loads FROM unmapped AS u JOIN loads AS l ON l.load_id = u.load_id"
        " WHERE l.status = 'published' GROUP BY u.source_system, u.field, u.value"
        " ORDER BY records DESC, u.value, u.source_system"
    )
    found = []
    for row in rows:
        system, field, value = str(row["source_system"]), str(row["field"]), str(row["value"])
        if rules.product(system, field, value) not in known:
            found.append(
                Waiting(system, field, value, int(str(row["records"])), int(str(row["loads"])), nearest(value, known))
            )
    return found
