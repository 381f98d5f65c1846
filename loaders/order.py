"""What a person orders: a file loaded so and so, by whom. The command, the inbox and its server carry it out alike."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from data.warehouse import Warehouse
from loaders import mapping, profile_shelf
from loaders.format import Options, Refused
from loaders.ingest import Outcome, load
from loaders.profiles import Profile
from loaders.progress import Progress
from loaders.stated import Stated


@dataclass(frozen=True, slots=True)
class Order:
    """One file to load, and what was said about it."""

    who: str
    name: str
    """What the person calls the file."""
    format: str | None = None
    options: Options = field(default_factory=Options)
    profile: Profile | None = None
    """What the columns of the file mean."""
    stated: Stated | None = None
    """The same as a command states it: what it comes to is found out beside the file."""
    dry_run: bool = False
    register: bool = False
    """Register products that the registry does not know."""

    def dump(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Order:
        """From JSON. Raises ValueError when it is none of ours."""
        try:
            found = json.loads(text)
            profile = Profile(**found["profile"]) if found.get("profile") else None
            stated = Stated.read(found["stated"]) if found.get("stated") else None
            return cls(**{**found, "options": Options(**found["options"]), "profile": profile, "stated": stated})
        except (AttributeError, TypeError, KeyError) as error:
            raise ValueError(f"not an order: {error}") from None


def carry_out(store: Warehouse, path: Path, order: Order, progress: Progress | None = None) -> Outcome:
    """Load the file as ordered; the outcome says what became of it, a refusal included."""
    try:
        stated, options = order.stated, order.options
        profile = stated.on(store, path, options, order.format) if stated else order.profile
    except Refused as refusal:
        return Outcome(file=order.name, messages=[str(refusal)])
    outcome = load(
        store, path, who=order.who, name=order.name, format=order.format, options=options, profile=profile,
        dry_run=order.dry_run, progress=progress,
    )  # fmt: skip
    name = stated.save if stated else order.profile.name if order.profile else ""
    if profile and name and outcome.status == "published":
        _save(store, profile, name, outcome, order.who)
    if order.register and outcome.status == "published" and outcome.unmapped:
        _register(store, outcome, order.who)
    return outcome


def _save(store: Warehouse, profile: Profile, name: str, outcome: Outcome, who: str) -> None:
    try:
        profile_shelf.save(store, profile, name, who)
    except Refused as refusal:
        outcome.messages.append(f"The profile was not saved: {refusal}")
    else:
        outcome.messages.append(f'Files with this header are read so from now on: profile "{name}".')


def _register(store: Warehouse, outcome: Outcome, who: str) -> None:
    values = store.rows("SELECT DISTINCT value FROM unmapped WHERE load_id = ? AND value <> ''", [outcome.load_id])
    try:
        mapping.register(store, [str(row["value"]) for row in values], who)
    except Refused as refusal:
        outcome.messages.append(str(refusal))
        return
    # what names no product at all still waits
    waiting = "SELECT CAST(sum(records) AS BIGINT) AS n FROM unmapped WHERE load_id = ? AND value = ''"
    outcome.unmapped = int(str(store.value(waiting, [outcome.load_id]) or 0))
    outcome.messages = [text for text in outcome.messages if "unmapped inbox" not in text]
