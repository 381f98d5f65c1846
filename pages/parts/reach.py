"""What there is to look at: the registered products and the days that the data cover."""

from datetime import date

from data.portfolio import Product
from data.registry_store import current
from data.warehouse import Warehouse
from loaders.history import history
from metrics import default_scope
from pages.parts.scope import Reach


def products(store: Warehouse) -> dict[str, str]:
    """The names of the registered products by id, in the order of their names."""
    found = {product.product_id: product.name or product.product_id for product in current(store, Product)}
    return dict(sorted(found.items(), key=lambda each: each[1].casefold()))


def reach(store: Warehouse) -> Reach | None:
    """Products, first and last day of data; None when nothing has been loaded."""
    loads = [load for load in history(store) if load["status"] == "published"]
    if not loads:
        return None
    last = default_scope(store).until
    firsts = [date.fromisoformat(str(load["first_at"])[:10]) for load in loads if load["first_at"]]
    return Reach(products(store), min([last, *firsts]), last)
