"""How a decision about a pilot is recorded: once, with what was recommended then; a later one is another record."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import uuid4

from data.cursor import Transaction
from data.errors import RegistryError
from data.names import names
from data.people import PersonRecord
from data.portfolio import Decision, Pilot
from data.pseudonym import Pseudonyms
from data.registry_store import current, save
from data.settings import settings
from data.warehouse import Warehouse

CHOICES = ("scale", "rework", "repeat", "close")
ROLLOUTS = ("roll_out", "wait", "stop")
FINDINGS = ("value_confirmed", "value_refuted")


class Draft(NamedTuple):
    """A decision as a person states it: names as they write them, "" for what they leave open."""

    who: str
    decision: str
    reason: str = ""
    second: str = ""
    conditions: str = ""


def faults(draft: Draft, recommended: str, choices: Sequence[str] = CHOICES) -> dict[str, str]:
    """What is missing, as sentences by the name of the field.

    A decision against the recommendation needs a reason and a second name; before the planned end nothing to decide is
    recommended, so every decision is against it.
    """
    found = {}
    if not draft.who.strip():
        found["who"] = "Say who decides."
    if draft.decision not in choices:
        found["decision"] = f"Choose one of {', '.join(choices).replace('_', ' ')}."
    elif draft.decision != recommended:
        if not draft.reason.strip():
            found["reason"] = f"The recommendation is {recommended.replace('_', ' ')}: say why you decide otherwise."
        if not draft.second.strip():
            found["second"] = "Name a second person who agrees."
        elif draft.second.strip().casefold() == draft.who.strip().casefold():
            found["second"] = "The second name must be another person."
    return found


def record(store: Warehouse, pilot: Pilot, draft: Draft, *, recommended: str, readings_hash: str) -> Decision:
    """Store the decision as a new record, with the recommendation and a fingerprint of the readings it was taken on.

    Who is not in the people table yet is added to it with the name as written, so that the record can be read.
    RegistryError when something is missing.
    """
    if missing := faults(draft, recommended):
        raise RegistryError(" ".join(missing.values()), "Nothing was recorded.")
    who = draft.who.strip()
    with store.write(f"decision about pilot {pilot.pilot_id}", who) as tx:
        decided = Decision(
            decision_id=f"d-{uuid4().hex[:16]}",
            product_id=pilot.product_id,
            pilot_id=pilot.pilot_id,
            decided_at=tx.at,
            user_id=_person(tx, who),
            second_id=_person(tx, draft.second.strip()) if draft.second.strip() else None,
            recommendation=recommended,
            decision=draft.decision,
            reason=draft.reason,
            conditions=draft.conditions,
            readings_hash=readings_hash,
        )
        _keep(tx, [decided], who)
    return decided


def record_rollout(
    store: Warehouse, scenario: str, draft: Draft, *, finding: str, recommended: str, readings_hash: str
) -> tuple[Decision, Decision]:
    """Store what a scenario's owner found of its value (one of FINDINGS) and decided for the own area (of ROLLOUTS), as
    two records of one moment; the rules are those of a pilot's decision.
    """
    missing = faults(draft, recommended, ROLLOUTS)
    if finding not in FINDINGS:
        missing["finding"] = "Say whether the value is confirmed or refuted."
    if missing:
        raise RegistryError(" ".join(missing.values()), "Nothing was recorded.")
    who = draft.who.strip()
    with store.write(f"decision about scenario {scenario}", who) as tx:
        person = _person(tx, who)
        second = _person(tx, draft.second.strip()) if draft.second.strip() else None
        found, decided = (
            Decision(
                decision_id=f"d-{uuid4().hex[:16]}",
                scenario_id=scenario,
                decided_at=tx.at,
                user_id=person,
                second_id=second,
                recommendation=recommendation,
                decision=said,
                reason=draft.reason,
                conditions=draft.conditions,
                readings_hash=readings_hash,
            )
            for said, recommendation in ((finding, None), (draft.decision, recommended))
        )
        _keep(tx, [found, decided], who)
    return found, decided


def _keep(tx: Transaction, rows: Sequence[Decision], who: str) -> None:
    if any(row.user_id == row.second_id for row in rows):
        raise RegistryError("The second name must be another person.", "Nothing was recorded.")
    save(tx, rows, who)


def _person(tx: Transaction, name: str) -> str:
    """The id of a person by name or id; somebody new is registered under this name."""
    called = [user for user, known in names(tx).items() if known.casefold() == name.casefold()]
    if len(called) == 1:
        return called[0]
    user = Pseudonyms(tx.side).of(name) if settings(tx).pseudonymise else name
    if user not in {row.user_id for row in current(tx, PersonRecord)}:
        save(tx, [PersonRecord(user_id=user, display_name=name)], name)
    return user
