"""How a page about products begins: its head, and where there is nothing to show yet, what to do about that."""

from data.warehouse import Warehouse
from pages.parts import empty
from pages.parts.header import head
from pages.parts.reach import reach
from pages.parts.scope import Reach


def begun(store: Warehouse, title: str) -> Reach | None:
    """What there is to show; None where nothing is, and that has been said."""
    there_is = reach(store)
    head(store, title, there_is)
    if there_is is None:
        empty.no_data(store)
        return None
    if not there_is.products:
        empty.no_products()
        return None
    return there_is
