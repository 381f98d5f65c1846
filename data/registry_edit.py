"""How a person changes the registry: each step says what it saw, and is refused when somebody changed that since."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from data.cursor import Row, Rows, Transaction
from data.errors import RegistryError, did_you_mean
from data.portfolio import Criterion, Decision, Pilot
from data.record import Record
from data.registry import REFERENCES, REGISTRY
from data.registry_store import as_stored, current, differs, retire, save
from data.registry_view import in_force
from data.settings import settings
from data.warehouse import Warehouse

TRIED = "Nothing was stored."


class Step(NamedTuple):
    """One change: the row that was seen (None: none was there) and what shall be (None: the row ends today)."""

    before: Record | None
    after: Record | None

    @property
    def row(self) -> Record:
        """What the step is about."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a step without a row")
        return found


class Clash(RegistryError):
    """Somebody else changed what a step saw; `theirs` is what is in force now by natural key, None where it ended."""

    def __init__(self, message: str, theirs: dict[tuple[object, ...], Row | None]) -> None:
        self.theirs = theirs
        super().__init__(message, f"{TRIED} Look at what is there now, then save again.")


def steps(store: Rows, rows: Iterable[Record]) -> list[Step]:
    """What storing these rows (as `as_stored` gives them) would change; what is in force already makes no step."""
    found: list[Step] = []
    given = list(rows)
    for model in REGISTRY.values():
        of_model = [row for row in given if isinstance(row, model)]
        known = {row.identity(): row for row in current(store, model)} if of_model else {}
        found += [Step(known.get(row.identity()), row) for row in of_model if differs(row, known.get(row.identity()))]
    return found


def apply(
    store: Warehouse, proposed: Sequence[Step], who: str, then: Callable[[Transaction], object] | None = None
) -> int:
    """Store all steps or none; the number of rows changed or ended. `then` runs in the same change.

    Raises Clash when a row is not as its step saw it, RegistryError when a step breaks a rule of the registry.
    """
    with store.write("registry edit", who) as tx:
        seen = as_stored(tx, tx.side, [step.row for step in proposed])
        theirs: dict[tuple[object, ...], Row | None] = {}
        for step, row in zip(proposed, seen, strict=True):
            now = in_force(tx, row)
            if (now and _content(now, row)) != (step.before.row() if step.before else None):
                theirs[row.identity()] = now
        if theirs:
            new = {row.identity() for step, row in zip(proposed, seen, strict=True) if not step.before}
            raise Clash(_said(theirs, new), theirs)
        if broken := refusals(tx, [Step(s.before, r if s.after else None) for s, r in zip(proposed, seen, strict=True)],
                              settings(tx).day_of(tx.at)):  # fmt: skip
            raise RegistryError(" ".join(broken[:20]), TRIED)
        changed = save(tx, [row for step, row in zip(proposed, seen, strict=True) if step.after], who)
        ending = [step.before for step in proposed if step.before and not step.after]
        changed += retire(tx, ending, who) if ending else 0
        if then:
            then(tx)
    return changed


def refusals(store: Rows, proposed: Sequence[Step], today: date) -> list[str]:
    """The rules of the registry that these steps would break, as sentences.

    Decisions are recorded once, against a recommendation only with a reason and a second person. Criteria are frozen
    from their pilot's first day on, and so are that day and the pilot. A row names only products, pilots, scenarios and
    initiatives that there are, and none of these ends while a row names it.
    """
    begun = {row.pilot_id: row.starts_on for row in current(store, Pilot) if row.starts_on and row.starts_on <= today}
    found = []
    for before, after in proposed:
        row = after or before
        if isinstance(row, Decision) and before:
            found.append(f"Decision {row.decision_id} is a record that is never changed.")
        if isinstance(after, Decision) and not before and _against(after):
            found.append(
                f"Decision {after.decision_id} is against the recommendation {after.recommendation}: it needs a reason"
                " and a second person."
            )
        if isinstance(row, Criterion) and row.pilot_id in begun:
            found.append(
                f"The criteria of pilot {row.pilot_id} are frozen since it began on {begun[row.pilot_id]}:"
                f" {row.criterion_id} stays as it is."
            )
        moved = isinstance(before, Pilot) and isinstance(after, Pilot) and before.starts_on != after.starts_on
        if isinstance(before, Pilot) and before.pilot_id in begun and moved:
            found.append(f"Pilot {before.pilot_id} began on {before.starts_on}: its first day is frozen.")
        if isinstance(before, Pilot) and after is None and before.pilot_id in begun:
            found.append(f"Pilot {before.pilot_id} began on {before.starts_on}: what was tried stays on record.")
    return found + _unnamed(store, proposed) + _named_still(store, proposed)


def _against(row: Decision) -> bool:
    """Whether somebody decided against what was recommended, alone or without saying why."""
    if not row.recommendation or row.decision == row.recommendation:
        return False
    return not row.reason or row.second_id in (None, row.user_id)


def _unnamed(store: Rows, proposed: Sequence[Step]) -> list[str]:
    """What the new rows name and nothing has."""
    coming = [step.after for step in proposed if step.after]
    going = {(type(step.before), step.before.identity()) for step in proposed if step.before and not step.after}
    found = []
    for column, model in REFERENCES.items():
        asked = [row for row in coming if not isinstance(row, model) and row.row().get(column) is not None]
        if not asked:
            continue
        there = [row for row in [*current(store, model), *coming] if isinstance(row, model)]
        known = {str(row.identity()[0]) for row in there if (model, row.identity()) not in going}
        for row in asked:
            named = str(row.row()[column])
            if named not in known:
                found.append(f"{column}: '{named}' is not in {model.table}.{did_you_mean(named, known)}")
    return found


def _named_still(store: Rows, proposed: Sequence[Step]) -> list[str]:
    """The rows in force that name what would end."""
    ending = [step.before for step in proposed if step.before and not step.after]
    gone = {(type(row), row.identity()) for row in ending}
    found = []
    for column, model in REFERENCES.items():
        ids = {str(row.identity()[0]) for row in ending if isinstance(row, model)}
        if not ids:
            continue
        for other in REGISTRY.values():
            if other is model or column not in other.columns():
                continue
            holding = [row for row in current(store, other)
                       if row.row()[column] in ids and (other, row.identity()) not in gone]  # fmt: skip
            if holding:
                found.append(
                    f"{len(holding)} {'row' if len(holding) == 1 else 'rows'} of {other.table} still"
                    f" {'names' if len(holding) == 1 else 'name'} '{holding[0].row()[column]}': end these first."
                )
    return found


def _content(now: Row, row: Record) -> Row:
    return type(row).model_validate({column: now[column] for column in row.columns()}).row()


def _said(theirs: dict[tuple[object, ...], Row | None], new: set[tuple[object, ...]]) -> str:
    identity, now = next(iter(theirs.items()))
    what = ", ".join(str(part) for part in identity if part is not None)
    more = f", and {len(theirs) - 1} more" if len(theirs) > 1 else ""
    if now is None:
        return f"{what}{more} was ended by somebody else since you looked."
    if identity in new:
        return f"{what}{more} is there already: {now['changed_by']} stored it at {str(now['changed_at'])[:16]} UTC."
    return f"{what}{more} was changed by {now['changed_by']} at {str(now['changed_at'])[:16]} UTC since you looked."
