"""Where each product is in its life, since when, who answers for that, and what its stages still owe."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, cast

from data.cursor import Rows
from data.people import Role
from data.portfolio import Pilot, Product, Scenario
from data.registry_store import current
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.checks.check import query
from metrics.spec import Scope
from metrics.stages import DELIVERY, LIFECYCLE, OUTPUTS, Delivery, Output, Step, ticks

# Since when a product says its stage: its first version after the last one that said another. Versions that were
# corrected on their own day were never in force.
_SINCE = """
SELECT v.product_id AS product, min(v.valid_from) AS since, max(o.other) IS NULL AS first_said
FROM products AS v
JOIN products AS n ON n.product_id = v.product_id AND n.valid_to IS NULL
LEFT JOIN (
  SELECT w.product_id, max(w.valid_from) AS other
  FROM products AS w JOIN products AS m ON m.product_id = w.product_id AND m.valid_to IS NULL
  WHERE w.stage IS DISTINCT FROM m.stage AND w.valid_to > w.valid_from
  GROUP BY w.product_id) AS o ON o.product_id = v.product_id
WHERE n.stage IS NOT NULL AND v.stage = n.stage AND (o.other IS NULL OR v.valid_from > o.other)
GROUP BY v.product_id
"""


class Held(NamedTuple):
    """A role with the user ids of those who hold it for a product; () where nobody does."""

    role: str
    people: tuple[str, ...]


class Staged(NamedTuple):
    """A product in its stage. `days` in it; `first_said`: it may be longer, the registry knows no stage before."""

    product: Product
    step: Step | None
    since: date | None
    days: int | None
    first_said: bool
    primary: Held | None
    supporting: Held | None
    done: frozenset[str]

    @property
    def owes(self) -> tuple[Output, ...]:
        """What its stage has not left behind yet."""
        return self.owed(self.step.outputs) if self.step else ()

    @property
    def earlier(self) -> tuple[Output, ...]:
        """What the stages before it never left behind."""
        before = LIFECYCLE[: LIFECYCLE.index(self.step)] if self.step else ()
        return self.owed([name for step in before for name in step.outputs])

    def owed(self, outputs: Sequence[str]) -> tuple[Output, ...]:
        """Those of these outputs that are not there."""
        return tuple(OUTPUTS[name] for name in outputs if name not in self.done)

    def delivered(self, stage: Delivery) -> int:
        """How many of a delivery stage's outputs are there."""
        return len(stage.outputs) - len(self.owed(stage.outputs))


def lifecycle(store: Warehouse, scope: Scope) -> list[Staged]:
    """Every product of the registry that is visible, in scope and not retired: first those that say no stage, then what
    owes most.
    """
    shelf = query(
        "SELECT s.product, t.since, t.first_said\nFROM shelf AS s LEFT JOIN since AS t ON t.product = s.product",
        since=_SINCE,
    )
    with store.reading() as reader:
        today = settings_of(reader).day_of(store.clock())
        visible = None if scope.visible is None else sorted(scope.visible)
        rows = {str(row["product"]): row for row in reader.rows(shelf, {"today": today, "visible": visible})}
        done: dict[str, set[str]] = {}
        for row in reader.rows(ticks(), {"as_of": scope.until}):
            done.setdefault(str(row["product"]), set()).add(str(row["output"]))
        products = {each.product_id: each for each in current(reader, Product)}
        holders = _holders(reader)
    found = []
    for name, row in rows.items():
        if scope.products is not None and name not in scope.products:
            continue
        step = next((each for each in LIFECYCLE if each.id == products[name].stage), None)
        since = cast("date | None", row["since"])
        found.append(Staged(
            product=products[name], step=step, since=since, days=(today - since).days if since else None,
            first_said=bool(row["first_said"]),
            primary=Held(step.primary, holders.get((step.primary, name), ())) if step else None,
            supporting=Held(step.supporting, holders.get((step.supporting, name), ())) if step else None,
            done=frozenset(done.get(name, ())),
        ))  # fmt: skip
    return sorted(found, key=_owing_first)


def _owing_first(each: Staged) -> tuple[bool, int, int, str]:
    return each.step is not None, -len(each.owes), -len(each.earlier), each.product.name.casefold()


def _holders(reader: Rows) -> dict[tuple[str, str], tuple[str, ...]]:
    """Who holds a role by (role, product): for the product, one of its pilots or scenarios, or for everything."""
    of_pilot = {each.pilot_id: each.product_id for each in current(reader, Pilot)}
    of_work = {each.scenario_id: each.product_id for each in current(reader, Scenario)}
    roles = current(reader, Role)
    every = {each.product_id for each in current(reader, Product)}
    found: dict[tuple[str, str], set[str]] = {}
    for each in roles:
        own = of_pilot.get(each.pilot_id or "") or of_work.get(each.scenario_id or "") or each.product_id
        whole = not (each.product_id or each.pilot_id or each.scenario_id)
        for product in every if whole else {own} - {None}:
            found.setdefault((each.role, cast(str, product)), set()).add(each.user_id)
    return {place: tuple(sorted(people)) for place, people in found.items()}


def lines(found: Sequence[Staged]) -> list[tuple[str, ...]]:
    """Products as a table with its head."""
    rows: list[tuple[str, ...]] = [
        ("product", "stage", "days", "answers", *(stage.id for stage in DELIVERY), "still owes", "owed from before")
    ]
    for each in found:
        days = "-" if each.days is None else f"{'over ' if each.first_said else ''}{each.days}"
        parts = (f"{each.delivered(stage)}/{len(stage.outputs)}" for stage in DELIVERY)
        answers = each.primary.role.replace("_", " ") if each.primary else "-"
        owed = (", ".join(output.title for output in outputs) or "-" for outputs in (each.owes, each.earlier))
        rows.append((each.product.name, each.step.title if each.step else "not said", days, answers, *parts, *owed))
    return rows


def as_data(found: Sequence[Staged]) -> list[dict[str, object]]:
    """Products as what JSON can hold."""
    return [
        {
            "product": each.product.product_id, "stage": each.step.id if each.step else None,
            "since": each.since.isoformat() if each.since else None, "days": each.days, "first_said": each.first_said,
            "primary": each.primary._asdict() if each.primary else None,
            "supporting": each.supporting._asdict() if each.supporting else None,
            "owes": [output.id for output in each.owes], "earlier": [output.id for output in each.earlier],
            "delivery": [
                {"stage": stage.id, "done": [name for name in stage.outputs if name in each.done],
                 "owes": [output.id for output in each.owed(stage.outputs)]}
                for stage in DELIVERY
            ],
        }
        for each in found
    ]  # fmt: skip
