"""What must be known about the ground before a number can be judged: products, edges of data, audiences, pilots,
cadences.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

from data.cursor import Rows
from data.settings import Settings
from data.settings import settings as settings_of
from data.versions import content_version
from metrics import panel, views
from metrics.compile import bound
from metrics.periods import FOUR_WEEKS, Bucket, last_complete_week, monday
from metrics.reduced import VIEWS
from metrics.spec import Fact, Group, Scope
from metrics.status import Due

FOREVER = date(9999, 12, 31)


class Span(NamedTuple):
    """First and last day of data."""

    begins: date
    through: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """A pilot as far as readings care: its dates, its roster, and how many people decide it."""

    product: str
    starts_on: date
    ends_on: date
    roster: int
    min_users: int | None

    def gate(self, show_units: int, decide_units: int) -> int:
        """Units from which the pilot decides: as registered, else its roster up to the usual gate; never under
        show_units.
        """
        usual = min(decide_units, self.roster) if self.roster else decide_units
        return max(show_units, usual if self.min_users is None else self.min_users)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One survey of the warehouse for one scope."""

    scope: Scope
    today: date
    version: int
    settings: Settings
    products: tuple[str, ...]
    spans: Mapping[Fact, Mapping[str, Span]]
    cadences: Mapping[tuple[str, str], int]  # (product, fact of the feed) -> days
    pilots: Mapping[str, Pilot]
    rosters: Mapping[str, int]  # product -> people of its audience
    anonymous: frozenset[str]  # products where too few interactions name a person
    snapshots: Mapping[str, int]  # product known by last-activity snapshots only -> most weeks of use anybody can show
    licensed: frozenset[str]  # products whose audience are the holders of a licence
    counted: frozenset[str]  # products of which a vendor counts active people and names nobody

    def products_of(self, group: Group) -> tuple[str, ...]:
        """The products a group is made of."""
        if product := group.get("product"):
            return (product,)
        if pilot := self.pilots.get(group.get("pilot") or ""):
            return (pilot.product,)
        asked = [self.pilots[name].product for name in self.scope.pilots or () if name in self.pilots]
        return tuple(product for product in self.products if product in asked) if asked else self.products

    def pilot_of(self, group: Group) -> Pilot | None:
        """The one pilot a group is about, if it is about one."""
        named = group.get("pilot") or (
            self.scope.pilots[0] if len(self.scope.pilots or ()) == 1 and self.scope.pilots else ""
        )
        return self.pilots.get(named)

    def measurable(self, fact: Fact, group: Group) -> tuple[str, ...]:
        """The group's products of which there are data at all; for the audience, of named people who are registered."""
        fed = [product for product in self.products_of(group) if product in self.spans[fact]]
        if fact == "audience":
            fed = [product for product in fed if self.rosters.get(product) and product not in self.anonymous]
        return tuple(fed)

    def span(self, fact: Fact, group: Group, first: date, last: date) -> Span | None:
        """The days of data of a group for a period: where several products have data in it, up to the earliest edge."""
        spans = [self.spans[fact][product] for product in self.measurable(fact, group)]
        inside = [span for span in spans if span.begins <= last and span.through >= first]
        if inside:
            return Span(min(span.begins for span in inside), min(span.through for span in inside))
        if spans:
            return max(spans, key=lambda span: span.through)
        return None

    def due(self, fact: Fact, group: Group) -> tuple[Due, ...]:
        """The group's products with a declared cadence of files, and how far their data reach."""
        found = []
        for product in self.measurable(fact, group):
            declared = [self.cadences[product, feed] for feed in VIEWS[fact].feeds if (product, feed) in self.cadences]
            if declared:
                found.append(Due(product, self.spans[fact][product].through, min(declared)))
        return tuple(found)

    def weeks_missing(self, fact: Fact, group: Group, bucket: Bucket) -> tuple[str, str]:
        """(premature, unfinished): why four complete weeks cannot end in this period yet, or why they do not lie
        behind.
        """
        measurable = self.measurable(fact, group)
        reached = self.span(fact, group, bucket.first, bucket.last)
        if not measurable or reached is None or reached.through < bucket.first or reached.begins > bucket.last:
            return "", ""
        pilot = self.pilot_of(group)
        end = last_complete_week(min(bucket.last, reached.through, pilot.ends_on if pilot else FOREVER))
        if end < bucket.start:
            return f"No week of this period is complete yet: the data reach {min(bucket.last, reached.through)}.", ""
        begun = [monday(self.spans[fact][product].begins) for product in measurable]
        start = max(min(begun), pilot.starts_on) if pilot else min(begun)
        if start <= end - FOUR_WEEKS:
            return "", ""
        what = "the pilot began" if pilot and start == pilot.starts_on else "the data begin"
        return (
            "",
            f"Four complete weeks are needed; {what} in the week of {start}, and the last complete week ends on {end}.",
        )


def survey(store: Rows, scope: Scope, today: date, facts: Sequence[Fact]) -> Ground:
    """Look at the warehouse once: a handful of small queries."""
    settings = settings_of(store)
    found: dict[str, str] = {
        "products": f"WITH shelf AS ({views.shelf(scope)}) SELECT product FROM shelf ORDER BY product",
        "feeds": "SELECT product_id, fact, min(cadence_days) AS days FROM feeds"
        " WHERE valid_to IS NULL AND cadence_days IS NOT NULL GROUP BY product_id, fact",
        "rosters": _rosters("product"),
        "pilot_rosters": _rosters("pilot"),
        "pilots": f"WITH shelf AS ({views.shelf(scope)}) SELECT d.*, p.min_users FROM ({views.PILOT_DATES}) AS d"
        " JOIN pilots AS p ON p.pilot_id = d.pilot AND p.valid_to IS NULL JOIN shelf ON shelf.product = d.product"
        " ORDER BY d.pilot",
    }
    if "audience" in facts:
        found |= {
            "anonymous": panel.ANONYMOUS,
            "snapshots": views.SNAPSHOTS_ONLY,
            "licensed": f"SELECT DISTINCT product FROM ({views.LICENSED}) AS licensed",
            "counted": views.COUNTED,
        }
    for fact in facts:
        found[fact] = f"WITH shelf AS ({views.shelf(scope)}) {views.edges(*VIEWS[fact].feeds)}"
    rows = {name: store.rows(sql, bound(sql, scope, None, settings)) for name, sql in found.items()}
    rosters = {str(row["pilot"]): cast(int, row["people"]) for row in rows["pilot_rosters"]}
    return Ground(
        scope=scope,
        today=today,
        version=content_version(store),
        settings=settings,
        products=tuple(str(row["product"]) for row in rows["products"]),
        spans={
            fact: {
                str(row["product"]): Span(cast(date, row["begins"]), cast(date, row["through"])) for row in rows[fact]
            }
            for fact in facts
        },
        cadences={(str(row["product_id"]), str(row["fact"])): cast(int, row["days"]) for row in rows["feeds"]},
        pilots={
            str(row["pilot"]): Pilot(
                product=str(row["product"]),
                starts_on=cast(date, row["starts_on"]),
                ends_on=cast(date, row["ends_on"]),
                roster=rosters.get(str(row["pilot"]), 0),
                min_users=cast("int | None", row["min_users"]),
            )
            for row in rows["pilots"]
        },
        rosters={str(row["product"]): cast(int, row["people"]) for row in rows["rosters"]},
        anonymous=frozenset(str(row["product"]) for row in rows.get("anonymous", ())),
        snapshots={str(row["product"]): cast(int, row["weeks"]) for row in rows.get("snapshots", ())},
        licensed=frozenset(str(row["product"]) for row in rows.get("licensed", ())),
        counted=frozenset(str(row["product"]) for row in rows.get("counted", ())),
    )


def _rosters(per: str) -> str:
    return (
        f"WITH alias AS ({views.ALIAS}), staff AS ({views.STAFF}), roster AS ({views.AUDIENCE})"
        f" SELECT {per}, count(DISTINCT unit_id) AS people FROM roster"
        f" WHERE counted AND {per} IS NOT NULL GROUP BY {per}"
    )


def waiting(store: Rows) -> int:
    """How many interactions are of no product of the registry: no reading counts them until they are mapped."""
    return int(
        str(
            store.value(
                "SELECT CAST(coalesce(sum(interactions), 0) AS BIGINT) AS waiting FROM user_days"
                " WHERE product_id NOT IN (SELECT product_id FROM products WHERE valid_to IS NULL)"
            )
        )
    )
