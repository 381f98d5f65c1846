"""What people asked of experts: tickets that grew out of tasks, answered in business hours, some of them still open."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from data.demo.company import Staff
from data.demo.products import OWNERS
from data.demo.topics import subjects
from data.demo.usage import Use
from data.demo.worktime import Ints, after_business, local


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """How a product's questions are answered: tickets in 26 weeks, business hours to the first answer (median)."""

    project: str
    tickets: int
    median: float
    spread: float = 0.95
    gaps: bool = True
    """Whether people report missing knowledge."""
    jira: bool = False
    slow: float = 0.06
    """Share that waits for weeks."""


DESKS: dict[str, Desk] = {
    "corp-llm": Desk(project="CLM", tickets=210, median=2.6),
    "knowledge-rag": Desk(project="KRG", tickets=260, median=4.6),
    "code-agent": Desk(project="DEV", tickets=230, median=2.2, jira=True),
    "contract-analyser": Desk(project="CON", tickets=210, median=2.9, spread=0.8),
    "support-copilot": Desk(project="SUP", tickets=280, median=11.0, jira=True, slow=0.12),
    "agent-orchestrator": Desk(project="ORC", tickets=14, median=6.0, gaps=False),
    "meeting-transcription": Desk(project="MTR", tickets=36, median=9.0, gaps=False),
    "ml-platform": Desk(project="MLP", tickets=8, median=20.0, gaps=False),
}


@dataclass(slots=True)
class Ticket:
    """A question to a person, as it stands at the end of the last day. People are user ids."""

    ticket_id: str
    product_id: str
    kind: str
    topic_id: str | None
    opened_at: datetime
    assigned_at: datetime | None
    first_response_at: datetime | None
    resolved_at: datetime | None
    status: str
    requester_id: str
    assignee_id: str | None
    priority: str
    reopened_count: int
    satisfaction: float | None
    documented_at: datetime | None
    eval_added_at: datetime | None
    linked_interaction_id: str | None
    linked_session_id: str | None


def tickets_of(use: Use, staff: Staff, until: date, chance: np.random.Generator, scale: float) -> list[Ticket]:
    """The tickets of a product in the order in which they were opened."""
    desk, tasks = DESKS[use.how.product_id], use.tasks
    places = _origins(use, staff, chance, max(8, round(desk.tickets * min(scale, 1.0))))
    now = local(until, 18.0)
    found = []
    for number, place in enumerate(places, start=101):
        task = int(use.task[place])
        closed = int(use.occurred[place] + use.duration[place])
        opened = datetime.fromtimestamp(closed / 1000, UTC).replace(tzinfo=None, microsecond=0)
        opened += timedelta(minutes=int(chance.integers(4, 40)))
        kind = _kind(desk, bool(tasks.unplanned[task]), chance)
        if kind == "context_gap" and tasks.topic[task] < 0:
            kind = "request"
        topic = use.topics[int(tasks.topic[task])] if tasks.topic[task] >= 0 else None
        person = staff.people[int(use.audience.people[tasks.member[task]])].user_id
        asked = _asked(use.how.product_id, topic, staff)
        ticket = Ticket(
            f"{desk.project}-{number}", use.how.product_id, kind, topic, opened,
            after_business(opened, float(chance.uniform(0.1, 1.5))), None, None, "new", person, asked,
            str(chance.choice(["low", "medium", "high"], p=[0.2, 0.6, 0.2])), int(chance.random() < 0.06), None, None,
            None, use.ids[place] if kind == "escalation" else None,
            session(use, task) if kind == "context_gap" else None,
        )  # fmt: skip
        found.append(_answered(ticket, desk, now, chance))
    return [*(ticket for ticket in found if ticket.opened_at < now), *(_newest(use, staff, until) if desk.gaps else ())]


def session(use: Use, task: int) -> str:
    """The session of a task as its source calls it."""
    if use.audience.traced[use.tasks.member[task]]:
        return f"{use.how.prefix}-t{task:06d}"
    return f"{use.how.prefix}-s{int(use.tasks.session[task]):06d}"


def _newest(use: Use, staff: Staff, until: date) -> list[Ticket]:
    """A request of the last day, also when that is no working day: so far the tickets reach."""
    asker = staff.people[int(use.audience.people[0])].user_id
    name = f"{DESKS[use.how.product_id].project}-9099"
    opened = local(until, 11.2)
    return [Ticket(
        name, use.how.product_id, "request", None, opened, None, None, None, "new", asker, None, "medium", 0, None,
        None, None, None, None,
    )]  # fmt: skip


def planted(until: date, staff: Staff) -> list[Ticket]:
    """Tickets of knowledge-rag that break a rule: answers never written down, a gap that nobody works on."""
    asker, expert = staff.id("field-service-south", 5), staff.id("quality", 3)
    rows = []
    for number, days in enumerate((52, 44, 31), start=9001):
        opened = local(until - timedelta(days=days), 10.5)
        rows.append(Ticket(
            f"KRG-{number}", "knowledge-rag", "context_gap", "material-certs", opened, after_business(opened, 1.0),
            after_business(opened, 5.0), after_business(opened, 16.0), "done", asker, expert, "medium", 0, 3.0, None,
            None, None, None,
        ))  # fmt: skip
    opened = local(until - timedelta(days=33), 9.5)
    rows.append(Ticket(
        "KRG-9010", "knowledge-rag", "context_gap", "export-control", opened, None, None, None, "new", asker, None,
        "high", 0, None, None, None, None, None,
    ))  # fmt: skip
    return rows


def _origins(use: Use, staff: Staff, chance: np.random.Generator, count: int) -> list[int]:
    """Last interactions of tasks that failed or were handed over: what people ask about."""
    tasks = use.tasks
    real = np.array([staff.people[place].kind == "employee" for place in use.audience.people])
    asks = real[tasks.member] & ~tasks.shadow & (tasks.unplanned | ~tasks.succeeded)
    places: Ints = np.nonzero(use.last & asks[use.task] & ~use.unnamed)[0]
    drawn = chance.permutation(places)[:count]
    return sorted(drawn.tolist())


def _kind(desk: Desk, handed_over: bool, chance: np.random.Generator) -> str:
    if handed_over and chance.random() < 0.5:
        return "escalation"
    if desk.gaps and chance.random() < 0.86:
        return "context_gap"
    return "request" if chance.random() < 0.8 else "incident"


def _asked(product_id: str, topic: str | None, staff: Staff) -> str:
    """Who is asked: the topic's expert, else the product's support, else its technical owner."""
    expert = next((each.expert for each in subjects(product_id) if each.topic_id == topic), None)
    people = OWNERS[product_id]
    return staff.id(*(expert or people.get("support") or people["technical_owner"]))


def _answered(ticket: Ticket, desk: Desk, now: datetime, chance: np.random.Generator) -> Ticket:
    hours = desk.median * float(chance.lognormal(0.0, desk.spread))
    hours = hours + 120 if chance.random() < desk.slow else hours
    responded = after_business(ticket.opened_at, max(0.2, hours))
    resolved = after_business(responded, 8.0 * float(chance.lognormal(0.0, 0.8)))
    written = after_business(resolved, float(chance.uniform(4, 60)))
    tested = after_business(written, float(chance.uniform(6, 90)))
    rating = float(chance.choice([2, 3, 4, 5], p=[0.1, 0.2, 0.4, 0.3]))
    dropped, has_eval, rated = chance.random() < 0.03, chance.random() < 0.7, chance.random() < 0.35
    if ticket.assigned_at and ticket.assigned_at > now:
        ticket = replace(ticket, assigned_at=None)
    if responded > now:
        return replace(ticket, status="in_progress" if ticket.assigned_at else "new")
    if resolved > now:
        return replace(ticket, first_response_at=responded, status="waiting" if rated else "in_progress")
    gap = ticket.kind == "context_gap" and not dropped
    return replace(
        ticket, first_response_at=responded, resolved_at=resolved, status="cancelled" if dropped else "done",
        satisfaction=rating if rated else None, documented_at=written if gap and written < now else None,
        eval_added_at=tested if gap and has_eval and tested < now else None,
    )  # fmt: skip
