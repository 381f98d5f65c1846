"""What a person asks for by name, as a scope; or which name nobody knows."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from data.errors import did_you_mean
from data.warehouse import Warehouse
from metrics.spec import MetricError, Scope


class Named(NamedTuple):
    """Products, pilots and teams as they were typed; none named means all."""

    products: Sequence[str]
    pilots: Sequence[str] = ()
    teams: Sequence[str] = ()


def asked(store: Warehouse, named: Named, since: date, until: date) -> Scope:
    """The scope of these names and days. MetricError for a product or pilot that neither the registry nor the data
    know, and for days in the wrong order.
    """
    _exist(store, "product", named.products, "SELECT DISTINCT product_id AS id FROM user_days")
    _exist(store, "pilot", named.pilots, "SELECT DISTINCT pilot_id AS id FROM user_days WHERE pilot_id IS NOT NULL")
    if since > until:
        raise MetricError(f"The period begins on {since} and ends on {until}, before it begins.", "Exchange the days.")
    return Scope(
        since=since,
        until=until,
        products=tuple(named.products) or None,
        pilots=tuple(named.pilots) or None,
        teams=tuple(named.teams) or None,
    )


def _exist(store: Warehouse, what: str, names: Sequence[str], seen: str) -> None:
    if not names:
        return
    sql = f"SELECT {what}_id AS id FROM {what}s WHERE valid_to IS NULL UNION {seen}"
    if what == "product":
        sql += " UNION SELECT DISTINCT product_id AS id FROM usage_daily"
    known = {str(row["id"]) for row in store.rows(sql)} - {""}
    for name in names:
        if name not in known:
            raise MetricError(
                f"There is no {what} '{name}'.{did_you_mean(name, known)}",
                f"Known are {', '.join(sorted(known)[:20])}." if known else f"No {what} is registered yet.",
            )
