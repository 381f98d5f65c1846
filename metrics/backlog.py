"""What waits to be mended in one product: cases that its newest eval runs fail and open gaps, by the topic they are
about, those first whose blocked tasks are worth most.
"""

from datetime import datetime
from typing import NamedTuple, cast

from data.cursor import Row
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.compile import bound
from metrics.gap_board import Card, gap_board
from metrics.gap_topics import GapTopic, gap_topics
from metrics.requirements import CASES
from metrics.spec import Scope

WAITING = ("opened", "answered", "documented")
"""Where on the board a gap still waits for something."""


class FailedCase(NamedTuple):
    """A case that failed in the newest run of its suite, which ended then."""

    suite: str
    case: str
    ran: datetime


class Work(NamedTuple):
    """What waits about one topic; `topic` "": what names none. `known` is what the topic blocks and is worth, None
    where no task and no inventory names it. `cases` is how many of its cases the newest runs tried.
    """

    topic: str
    name: str
    failed: tuple[FailedCase, ...]
    cases: int
    gaps: tuple[Card, ...]
    known: GapTopic | None

    @property
    def oldest(self) -> int | None:
        """For how many days its oldest gap stands where it is; None without a gap."""
        return max((gap.days for gap in self.gaps), default=None)


def backlog(store: Warehouse, scope: Scope) -> list[Work]:
    """Every topic of the one product of a scope with a failed case or an open gap. Ranked by blocked tasks times what a
    task is worth, then by blocked tasks, then by how much waits; what names no topic is last.

    Cases are of the newest run of each suite up to the last day; gaps as they stand at the end of the data.
    """
    (product,) = scope.products or ()
    whole = scope.model_copy(update={"teams": None, "pilots": None})
    with store.reading() as reader:
        rows = reader.rows(CASES, bound(CASES, whole, None, settings_of(reader), {"product": product}))
    tried: dict[str, list[Row]] = {}
    for row in rows:
        tried.setdefault(str(row["topic"] or ""), []).append(row)
    waiting: dict[str, list[Card]] = {}
    for card in gap_board(store, whole):
        if card.column in WAITING:
            waiting.setdefault(card.topic, []).append(card)
    known = {each.topic: each for each in gap_topics(store, whole)[0]}
    found = [_work(topic, tried.get(topic, []), waiting.get(topic, []), known.get(topic))
             for topic in {*tried, *waiting}]  # fmt: skip
    return sorted((each for each in found if each.failed or each.gaps), key=_rank)


def _work(topic: str, tried: list[Row], waiting: list[Card], known: GapTopic | None) -> Work:
    failed = tuple(
        FailedCase(str(row["suite"]), str(row["case_id"]), cast(datetime, row["ran"]))
        for row in tried if not row["good"]
    )  # fmt: skip
    gaps = tuple(sorted(waiting, key=lambda card: (-card.days, card.ticket)))
    return Work(topic, known.name if known else topic, failed, len(tried), gaps, known if topic else None)


def _rank(each: Work) -> tuple[bool, float, int, int, str]:
    lost, blocked = (each.known.lost or 0.0, each.known.blocked) if each.known else (0.0, 0)
    return not each.topic, -lost, -blocked, -(len(each.failed) + len(each.gaps)), each.topic
