"""The business initiatives and what each rests on: the products that serve it, and which of them fail."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from data.cursor import Rows
from data.portfolio import Initiative, InitiativeProduct, Scenario
from data.registry_store import current
from metrics.portfolio_verdict import Fate
from metrics.standing import ProductStanding

FAILING: tuple[Fate, ...] = ("retire", "fix", "merge")
UNPROVEN: tuple[Fate, ...] = ("measure", "new")
Ground = Literal["failing", "unproven", "nothing", "sound"]
WORST: tuple[Ground, ...] = ("failing", "nothing", "unproven", "sound")


class InitiativeStanding(NamedTuple):
    """An initiative and the products it rests on."""

    initiative: Initiative
    products: tuple[ProductStanding, ...]

    @property
    def failing(self) -> tuple[ProductStanding, ...]:
        """Those of them that are to be fixed, merged or retired."""
        return tuple(each for each in self.products if each.verdict.decision in FAILING)

    @property
    def ground(self) -> Ground:
        """What it rests on: its worst product decides; without a product it rests on nothing."""
        if not self.products:
            return "nothing"
        if self.failing:
            return "failing"
        return "unproven" if any(each.verdict.decision in UNPROVEN for each in self.products) else "sound"


def initiatives(store: Rows, standings: Sequence[ProductStanding], *, whole: bool = True) -> list[InitiativeStanding]:
    """Every initiative, those that rest on failing products first, of them what is expected to bring most; not `whole`:
    only those that one of these products serves. A scenario that serves it brings its product.
    """
    known = {each.product.product_id: each for each in standings}
    of_work = {each.scenario_id: each.product_id for each in current(store, Scenario)}
    serving: dict[str, set[str]] = {}
    for link in current(store, InitiativeProduct):
        product = link.product_id or of_work.get(link.scenario_id or "")
        if product in known:
            serving.setdefault(link.initiative_id, set()).add(product or "")
    found = [
        InitiativeStanding(each, tuple(known[product] for product in sorted(serving.get(each.initiative_id, ()))))
        for each in current(store, Initiative)
    ]
    return sorted((each for each in found if whole or each.products), key=_worst_first)


def _worst_first(each: InitiativeStanding) -> tuple[int, float, str]:
    return WORST.index(each.ground), -(each.initiative.expected_value or 0.0), each.initiative.name.casefold()
