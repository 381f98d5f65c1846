"""Whose id it is that nobody knows: proposals where exactly one person fits, and the aliases people make of them.

Proposals are evidence, never facts: an alias is stored when somebody accepts it. Ids that are stored as pseudonyms can
only be compared whole; there the logins and addresses that the names of the directory make are tried.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from data.cursor import Row, Rows
from data.made_up import DEMO, PROGRAM
from data.people import PersonAlias
from data.pseudonym import Pseudonyms, is_pseudonym
from data.registry_edit import Step, apply, steps
from data.registry_store import as_stored
from data.settings import settings
from data.spelling import differs, forms, logins, of_name
from data.warehouse import Warehouse

NOBODY_LIKE_IT = "nobody is written like it"
HIDDEN = "stored as a pseudonym: no login that a name of the directory makes gives it"
HIDDEN_NAMELESS = "stored as a pseudonym, and the directory names nobody to try"
TOO_MANY = "stored as a pseudonym, and too many names to try here: python -m loaders match tries them all"
BEFORE_PSEUDONYMS = "stored before ids became pseudonyms: load its file again"


class Stray(NamedTuple):
    """An id that is nobody's, and the sources that use it."""

    id: str
    sources: tuple[str, ...]


class Proposal(NamedTuple):
    """Whose a stray id may be and because of what; `person` None: nobody's, and `because` says why not."""

    person: str | None
    because: str


@dataclass(slots=True)
class Known:
    """Everybody who is known: every way each one is written, and what they are called."""

    written: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, str] = field(default_factory=dict)

    def add(self, person: str, *written: str, name: str | None = None) -> None:
        """Know a person, also by these other ids."""
        self.written[person] |= {person, *written}
        if name:
            self.names[person] = name


def proposals(
    store: Warehouse, strays: Sequence[Stray], known: Known, domains: Sequence[str] = (), names: int | None = None
) -> dict[str, Proposal]:
    """For each stray id its person, where the stored ids allow it and exactly one person fits.

    `domains` of e-mail addresses are tried with the names, for ids that are pseudonyms; none, where there are more than
    so many `names` (a thousand take half a second).
    """
    hiding = settings(store).pseudonymise
    by_form = _by_form(known)
    many = names is not None and len(known.names) > names
    asked = not many and any(is_pseudonym(each.id) for each in strays)
    hidden = _hidden(store, known, domains) if asked else {}
    found: dict[str, Proposal] = {}
    senses: dict[str, str] = {}
    for stray in strays:
        if is_pseudonym(stray.id):
            fits = hidden.get(stray.id, {})
            silence = TOO_MANY if many else HIDDEN if known.names else HIDDEN_NAMELESS
        else:
            fits = {} if hiding else _fitting(stray.id, known, by_form)
            silence = BEFORE_PSEUDONYMS if hiding else NOBODY_LIKE_IT
        senses[stray.id] = next(iter(fits.values()), ("", ""))[0]
        if len(fits) == 1:
            ((person, (_, because)),) = fits.items()
            found[stray.id] = Proposal(person, because)
        else:
            found[stray.id] = Proposal(None, _torn(fits, known) if fits else silence)
    return found | _rivals(strays, found, senses)


def rows_of(strays: Iterable[Stray], person: Mapping[str, str]) -> list[PersonAlias]:
    """The aliases that say whose these ids are, one for each source that uses an id."""
    return [
        PersonAlias(source_system=source, source_user=stray.id, user_id=person[stray.id])
        for stray in strays
        for source in stray.sources
    ]


def accept(store: Warehouse, rows: Sequence[PersonAlias], who: str) -> int:
    """Store aliases; how many are new. Raises Clash when somebody said otherwise meanwhile, RegistryError."""
    return apply(store, steps(store, as_stored(store, store.side, rows)), who)


def take_back(store: Warehouse, row: PersonAlias, who: str) -> None:
    """End an alias that is in force: the id is nobody's again. Raises Clash when it is not as it was seen."""
    apply(store, [Step(row, None)], who)


def said_by_people(store: Rows, limit: int) -> list[Row]:
    """The newest aliases in force that a person stored, with who and when."""
    columns = ", ".join(PersonAlias.columns())
    return store.rows(
        f"SELECT {columns}, changed_by, changed_at FROM person_aliases WHERE valid_to IS NULL"
        " AND changed_by NOT IN (?, ?) ORDER BY changed_at DESC, source_user, source_system LIMIT ?",
        [DEMO, PROGRAM, limit],
    )


def _by_form(known: Known) -> dict[str, dict[str, str]]:
    """Form -> person -> the id that has it; '' where the person's name makes it."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for person, name in known.names.items():
        for form in of_name(name):
            found[form][person] = ""
    for person, written in known.written.items():
        for each in sorted(written):
            for form in () if is_pseudonym(each) else forms(each):
                found[form][person] = each
    return found


def _fitting(written: str, known: Known, by_form: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    """Everybody whose id or name an id may be: person -> (the id in small letters, because of what)."""
    found: dict[str, tuple[str, str]] = {}
    for form in forms(written):
        for person, like in by_form.get(form, {}).items():
            if like:
                apart = differs(written, like)
                found[person] = (written.casefold(), f"differs from {like} in {apart}" if apart else f"is {like}")
            else:
                found.setdefault(person, (written.casefold(), f"is made of the name {known.names[person]}"))
    return found


def _hidden(store: Warehouse, known: Known, domains: Sequence[str]) -> dict[str, dict[str, tuple[str, str]]]:
    """Pseudonym -> person -> (the login in small letters, because of what), for every login a name makes."""
    pseudonyms = Pseudonyms(store.side)
    found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for person, name in known.names.items():
        for login in logins(name, domains):
            found[pseudonyms.of(login)][person] = (login.casefold(), f"is {login}, made of the name {name}")
    return found


def _torn(fits: Mapping[str, object], known: Known) -> str:
    called = sorted(known.names.get(person, person) for person in fits)
    more = f" and {len(called) - 2} more" if len(called) > 2 else ""
    return f"{len(called)} people fit: {', '.join(called[:2])}{more}"


def _rivals(strays: Sequence[Stray], found: Mapping[str, Proposal], senses: Mapping[str, str]) -> dict[str, Proposal]:
    """Ids of one source that are written differently and would be one person: none of them is proposed."""
    claims: dict[tuple[str, str], set[str]] = defaultdict(set)
    for stray in strays:
        if person := found[stray.id].person:
            for source in stray.sources:
                claims[person, source].add(stray.id)
    refused: dict[str, Proposal] = {}
    for (_, source), ids in claims.items():
        if len({senses[each] for each in ids}) > 1:
            refused |= {each: Proposal(None, f"{len(ids)} ids of {source} fit one person") for each in ids}
    return refused
