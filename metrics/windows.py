"""Several pilots in one question, each within its own days."""

from collections.abc import Mapping
from typing import NamedTuple

from metrics.spec import Dimension, Scope

BY: tuple[Dimension, ...] = ("pilot", "day")
KEYS = ("pilot", "bucket")  # the columns of such a grouping: the bucket of a day is the day
TABLE = """
SELECT unnest(CAST($window_pilots AS VARCHAR[])) AS pilot, unnest(CAST($window_firsts AS DATE[])) AS first_day,
  unnest(CAST($window_lasts AS DATE[])) AS last_day
"""


class Windows(NamedTuple):
    """One scope that holds those of all the pilots, and the parameters of TABLE."""

    scope: Scope
    params: Mapping[str, object]


def windows(scopes: Mapping[str, Scope]) -> Windows:
    """The scopes of one pilot or more, by pilot id, as one question."""
    every = list(scopes.values())
    products = sorted({product for scope in every for product in scope.products or ()})
    scope = Scope(
        since=min(scope.since for scope in every),
        until=max(scope.until for scope in every),
        products=tuple(products),
        pilots=tuple(scopes),
    )
    params = {
        "window_pilots": list(scopes),
        "window_firsts": [scope.since for scope in every],
        "window_lasts": [scope.until for scope in every],
    }
    return Windows(scope, params)


def within(source: str, where: str) -> str:
    """The rows of a subquery grouped by KEYS that lie within the days of their pilot (`r`), as a subquery's text."""
    return (
        f"\nSELECT r.* FROM {source} AS r JOIN windows AS w ON w.pilot = r.pilot"
        f"\n  AND r.bucket BETWEEN w.first_day AND w.last_day\nWHERE {where}\n"
    )
