"""Which groups a question has: those the rows show, and those the registry says must be there although no row does."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import cast

from metrics.ground import FOREVER, Ground
from metrics.periods import Bucket, buckets, whole
from metrics.spec import GRAINS, Dimension, Group, Key
from metrics.view import grain_of, keys_of

Place = tuple[Group, Bucket, Key]  # a group, its period, and the key of its row in the answer


def places(ground: Ground, by: Sequence[Dimension], observed: Iterable[Mapping[str, object]]) -> list[Place]:
    """Every group in order. A product or pilot without a row, and a week without one, is there: it is a gap, not
    nothing.
    """
    scope, grain = ground.scope, grain_of(by)
    still = [name for name in by if name not in GRAINS]
    members = {tuple(cast("str | None", row[name]) for name in still) for row in observed} if still else {()}
    members |= set(_registered(ground, still))
    if "pilot" in still:
        members = {member for member in members if member[still.index("pilot")] is not None}
    periods = buckets(scope.since, scope.until, grain) if grain else [whole(scope.since, scope.until)]
    found: list[Place] = []
    for member in sorted(members, key=lambda member: [(name is None, name or "") for name in member]):
        named = dict(zip(still, member, strict=True))
        for bucket in periods:
            group: Group = {name: bucket.name if name in GRAINS else named[name] for name in by}
            key = tuple(bucket.start if name == "bucket" else group[name] for name in keys_of(by))
            found.append((group, bucket, key))
    return found


def _registered(ground: Ground, still: Sequence[str]) -> list[tuple[str | None, ...]]:
    if set(still) == {"product"}:
        return [(product,) for product in ground.products]
    if still and set(still) <= {"product", "pilot"}:
        return [
            tuple(pilot.product if name == "product" else pilot_id for name in still)
            for pilot_id, pilot in ground.pilots.items()
            if _asked(ground, pilot_id, pilot.starts_on, pilot.ends_on)
        ]
    return []


def _asked(ground: Ground, pilot_id: str, starts_on: date, ends_on: date) -> bool:
    if ground.scope.pilots is not None:
        return pilot_id in ground.scope.pilots
    return starts_on <= ground.scope.until and ends_on >= ground.scope.since


def in_words(ground: Ground, group: Group) -> str:
    """Who a group is, as a person would say it: "corp-llm", "pilot trial", "all products"."""
    parts = [
        f"{name} {value}" if name != "product" else str(value) for name, value in group.items() if name not in GRAINS
    ]
    if not parts:
        parts = (
            [f"pilot {name}" for name in ground.scope.pilots or ()]
            or list(ground.scope.products or ())
            or ["all products"]
        )
    return ", ".join(parts)


NO_PRODUCT = "The registry has no product that this may count: register one and assign its data to it."


def outside(ground: Ground, group: Group, bucket: Bucket) -> str:
    """Why a pilot's group has nothing in a period that lies before or after its days; "" when it does not."""
    pilot = ground.pilot_of(group)
    if pilot is None or (pilot.starts_on <= bucket.last and pilot.ends_on >= bucket.first):
        return ""
    until = "" if pilot.ends_on == FOREVER else f" to {pilot.ends_on}"
    return f"The pilot ran from {pilot.starts_on}{until}, outside this period."
