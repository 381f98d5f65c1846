"""Commands that bring no file: take a load back, put it in again, say what a source's value means, look at the lists.

The command and the server that has the warehouse carry them out alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from data.cursor import Row
from data.errors import PlumblineError
from data.warehouse import Warehouse
from loaders import corrections, mapping
from loaders.undo import redo, undo

CHANGING = ("undo", "redo", "map")
VERBS = (*CHANGING, "list", "unmapped")


@dataclass(frozen=True, slots=True)
class Errand:
    """What somebody wants done: one of VERBS, the load it is about or the rules, and whether products may be new."""

    who: str
    verb: str
    about: tuple[str, ...] = ()
    new: bool = False

    def dump(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Errand:
        """From JSON. Raises ValueError when it is none of ours."""
        try:
            found = json.loads(text)
            errand = cls(**{**found, "about": tuple(found["about"])})
        except (AttributeError, TypeError, KeyError) as error:
            raise ValueError(f"not an errand: {error}") from None
        if errand.verb not in VERBS or (errand.verb in CHANGING and not errand.about):
            raise ValueError(f"not an errand: {errand.verb}")
        return errand


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an errand; `refused` says why nothing did."""

    changed: Mapping[str, int] = field(default_factory=dict)
    """Rows by table, or how many rules and rows a mapping touched."""
    found: Sequence[Row] = ()
    notes: Sequence[str] = ()
    refused: str = ""

    def dump(self) -> str:
        """As JSON; moments as text."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def read(cls, text: str) -> Answer:
        """From JSON. Raises ValueError, TypeError or KeyError for anything else."""
        found: dict[str, Any] = json.loads(text)
        return cls(**{**found, "found": tuple(found["found"]), "notes": tuple(found["notes"])})


def do(store: Warehouse, errand: Errand) -> Answer:
    """Carry an errand out; a refusal is an answer, too."""
    try:
        return _done(store, errand)
    except PlumblineError as refusal:
        return Answer(refused=str(refusal))


def _done(store: Warehouse, errand: Errand) -> Answer:
    if errand.verb == "list":
        return Answer(found=store.rows(
            "SELECT load_id, file_name, format, status, rows_read, accepted, quarantined, loaded_by, loaded_at"
            " FROM loads ORDER BY load_id DESC"))  # fmt: skip
    if errand.verb == "unmapped":
        return Answer(found=[
            {"field": entry.field, "value": entry.value, "records": entry.records, "loads": entry.loads,
             "nearest product": entry.nearest or ""} for entry in mapping.inbox(store)
        ])  # fmt: skip
    if errand.verb == "map":
        rules = [mapping.parse_rule(text) for text in errand.about]
        return Answer({"rules": len(rules), "rows": mapping.add_rules(store, rules, errand.who, new=errand.new)})
    load_id = errand.about[0]
    if errand.verb == "redo":
        return Answer(redo(store, load_id, errand.who))
    changed = undo(store, load_id, errand.who)
    left = [f"Its corrections are still in; to take them back, too: undo {row['load_id']}."
            for row in corrections.in_force(store, load_id)]  # fmt: skip
    return Answer(changed, notes=tuple(left))
