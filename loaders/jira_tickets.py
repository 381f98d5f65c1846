"""From a record of a Jira export to a ticket: who answered first and when, how it stands, what it is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from loaders.format import Refused
from loaders.jira_dates import Clock
from loaders.jira_words import CATEGORIES, KINDS, KNOWLEDGE, NOBODY, kind_of, status_of, word

_KEY = re.compile(r"[^\W\d]\w*-\d+")
_ACCOUNT = re.compile(r"(?:\d+|qm|ug|jira):[\w:-]{16,}|[0-9a-f]{24,}", re.IGNORECASE)
_BOT = re.compile(r"(?i:(?:^|[\W_])(?:bot|automation)(?:$|[\W_])|^(?:addon|svc)[-_.])|[a-z]Bot$")
_BOTS = frozenset({"557058:f58131cb-b67d-43c7-b30d-6b58d40bd077"})  # Automation for Jira, on every Cloud site
_SESSION = re.compile(r"^\s*(?:session|conversation)(?:[ _-]?id)?\s*[:=]\s*(\S{1,200})\s*$", re.IGNORECASE | re.M)
_INTERACTION = re.compile(r"^\s*(?:interaction)(?:[ _-]?id)?\s*[:=]\s*(\S{1,200})\s*$", re.IGNORECASE | re.M)
_TOPIC = re.compile(r"topic[:/=_-]+(.+)", re.IGNORECASE)
_AT_ONCE = 60  # seconds


class CellError(Exception):
    """A cell that is not what its column holds: which one, and what came and what was expected."""

    def __init__(self, column: str, code: str, message: str, value: str | None) -> None:
        super().__init__(message)
        self.column = column
        self.code = code
        self.message = message
        self.value = value


@dataclass(slots=True)
class Seen:
    """What was met in a file and a person should hear of."""

    bots: int = 0
    """Comments of bots."""
    untold: int = 0
    """Tickets with comments of which nobody can say whether they are of the reporter."""
    answered: int = 0
    at_once: int = 0
    """Answers within a minute."""
    categories: Counter[str] = field(default_factory=Counter)
    """Status categories in words not known here."""
    odd: Counter[str] = field(default_factory=Counter)
    """Cells left out because they are not numbers, by column."""


@dataclass(frozen=True, slots=True)
class Comment:
    """Who wrote when; the text is not kept."""

    at: datetime
    author: str

    @property
    def of_bot(self) -> bool:
        """Whether a program wrote it, as far as its account tells."""
        return self.author in _BOTS or _BOT.search(self.author) is not None


class Tickets:
    """Makes tickets of the records of one file."""

    def __init__(self, header: Sequence[str], places: Mapping[str, Sequence[int]], clock: Clock) -> None:
        self._header = header
        self._places = places
        self._clock = clock
        self.seen = Seen()

    def ticket(self, cells: Sequence[str]) -> dict[str, str | None]:
        """The columns of the contract by name. Raises CellError for the first cell that cannot be read."""
        key = self._one(cells, "key")
        if not _KEY.fullmatch(key):
            raise CellError(self._name("key"), "not_a_key", f'{self._name("key")} is "{key[:80]}"; expected the key of'
                            " an issue, like ABC-123.", key)  # fmt: skip
        opened = self._moment(cells, "created")
        if opened is None:
            raise CellError(self._name("created"), "missing", f"{self._name('created')} is empty; expected the moment"
                            " the issue was created.", None)  # fmt: skip
        labels = [label for cell in self._all(cells, "label") for label in re.split(r"[\s,;]+", cell) if label]
        status = self._status(cells)
        resolved = self._moment(cells, "resolved", opened)
        changed = self._moment(cells, "category_changed", opened)
        answered, basis = self._answer(cells, opened)
        description = self._one(cells, "description")
        kinds = (*labels, self._one(cells, "type"), self._one(cells, "request_type"))
        captured = any(word(label) in KNOWLEDGE for label in labels)
        told: dict[str, str | datetime | None] = {
            "ticket_id": key, "opened_at": opened, "version_at": self._moment(cells, "updated", opened),
            "product_id": self._one(cells, "component") or self._one(cells, "project") or key.rpartition("-")[0],
            "topic_id": self._one(cells, "topic") or topic_of(labels), "kind": kind_of(kinds),
            "first_response_at": answered, "response_basis": basis,
            "resolved_at": resolved or (changed if status in ("done", "cancelled") else None), "status": status,
            "requester_id": self._person(cells, "reporter"), "assignee_id": self._person(cells, "assignee"),
            "priority": self._one(cells, "priority"), "reopened_count": self._number(cells, "reopened", r"\d{1,9}"),
            "satisfaction": self._number(cells, "satisfaction", r"\d{1,3}(\.\d{1,3})?"),
            "knowledge_captured": "true" if captured else None,
            "documented_at": self._moment(cells, "documented", opened),
            "eval_added_at": self._moment(cells, "eval_added", opened),
            "linked_session_id": self._one(cells, "session") or session_in(description),
            "linked_interaction_id": self._one(cells, "interaction") or interaction_in(description),
        }  # fmt: skip
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}

    # cells -----------------------------------------------------------------------------------------------------------
    def _name(self, what: str) -> str:
        return self._header[self._places[what][0]]

    def _all(self, cells: Sequence[str], what: str) -> list[str]:
        """The cells of every column of that name which hold something."""
        return [cell for place in self._places.get(what, ()) if (cell := cells[place].strip())]

    def _one(self, cells: Sequence[str], what: str) -> str:
        """The first cell of that name which holds something, else ''."""
        return next(iter(self._all(cells, what)), "")

    def _moment(self, cells: Sequence[str], what: str, after: datetime | None = None) -> datetime | None:
        text = self._one(cells, what)
        return self._read(text, self._name(what), after) if text else None

    def _read(self, text: str, column: str, after: datetime | None, *, content: bool = False) -> datetime:
        try:
            return self._clock.moment(text, after)
        except Refused:
            raise
        except ValueError:
            came = "does not begin with a moment" if content else f'is "{text[:80]}"'
            expected = "date;author;text" if content else "a moment as Jira writes it, like 29/Mar/26 2:20 PM"
            raise CellError(
                column, "not_a_moment", f"{column} {came}; expected {expected}.", None if content else text
            ) from None

    def _number(self, cells: Sequence[str], what: str, pattern: str) -> str | None:
        text = self._one(cells, what).replace(",", ".")
        if not text or re.fullmatch(pattern, text):
            return text or None
        self.seen.odd[self._name(what)] += 1
        return None

    def _person(self, cells: Sequence[str], what: str) -> str | None:
        """The account of a person, where only the name is told the name."""
        name = self._one(cells, what)
        return self._one(cells, f"{what}_id") or (None if word(name) in NOBODY else name or None)

    # meaning ---------------------------------------------------------------------------------------------------------
    def _status(self, cells: Sequence[str]) -> str | None:
        category, status = self._one(cells, "category"), self._one(cells, "status")
        if category and word(category) not in CATEGORIES:
            self.seen.categories[category] += 1
        resolution = self._one(cells, "resolution")
        found = status_of(category, status, resolution)
        return found or (status_of("done", status, resolution) if self._one(cells, "resolved") else None)

    def _answer(self, cells: Sequence[str], opened: datetime) -> tuple[datetime | None, str | None]:
        """When somebody answered first, and how that is known; nothing when the file cannot tell."""
        comments = [self._comment(cell, opened) for cell in self._all(cells, "comment")]
        people = [comment for comment in comments if not comment.of_bot]
        self.seen.bots += len(comments) - len(people)
        native = self._moment(cells, "first_response", opened)
        machine = {comment.at for comment in comments} - {comment.at for comment in people}
        if native is not None and native >= opened and native not in machine:
            return self._noted(native, opened), "native"
        for comment in sorted(people, key=lambda comment: comment.at):
            answers = comment.at >= opened and self._is_other(cells, comment.author)
            if answers is None:
                self.seen.untold += 1
                return None, None
            if answers:
                return self._noted(comment.at, opened), "comment"
        return None, "none" if "comment" in self._places or "first_response" in self._places else None

    def _noted(self, answered: datetime, opened: datetime) -> datetime:
        self.seen.answered += 1
        self.seen.at_once += (answered - opened).total_seconds() < _AT_ONCE
        return answered

    def _comment(self, cell: str, opened: datetime) -> Comment:
        at, _, rest = cell.partition(";")
        return Comment(self._read(at, self._name("comment"), opened, content=True), rest.partition(";")[0].strip())

    def _is_other(self, cells: Sequence[str], author: str) -> bool | None:
        """Whether an author is somebody else than the reporter; None when the file cannot tell."""
        if not author:
            return False
        number, name = self._one(cells, "reporter_id"), self._one(cells, "reporter")
        if author.casefold() in (number.casefold(), name.casefold()):
            return False
        known = number or (name and not _ACCOUNT.fullmatch(author)) or author == self._one(cells, "assignee_id")
        nobody = not number and not name and "reporter" in self._places
        return True if known or nobody else None


def topic_of(labels: Iterable[str]) -> str | None:
    """The topic that labels name: topic:x, topic-x or topic/x, else the first that names no kind and no knowledge."""
    found = list(labels)
    marked = next((match[1] for label in found if (match := _TOPIC.fullmatch(label))), None)
    return marked or next((label for label in found if word(label) not in KINDS and word(label) not in KNOWLEDGE), None)


def session_in(description: str) -> str | None:
    """The session that a line of a description states and nothing else: session: abc."""
    found = _SESSION.search(description)
    return found[1] if found else None


def interaction_in(description: str) -> str | None:
    """The same of an interaction."""
    found = _INTERACTION.search(description)
    return found[1] if found else None
