"""Tickets as a Jira project exports them: repeated columns, comments of several people, moments without a zone."""

import csv
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from data.demo.company import Staff
from data.demo.tickets import Ticket

HEADER = (
    "Summary", "Issue key", "Issue id", "Issue Type", "Status", "Project key", "Project name", "Project type",
    "Priority", "Resolution", "Assignee", "Assignee Id", "Reporter", "Reporter Id", "Created", "Updated",
    "Resolved", "Component/s", "Labels", "Labels", "Labels", "Description",
    "Custom field ([CHART] Date of First Response)", "Custom field (Documented at)",
    "Custom field (Eval case added at)", "Satisfaction rating", "Comment", "Comment",
    "Comment", "Status Category", "Status Category Changed",
)  # fmt: skip
COMPONENTS = {"code-agent": "Code agent (CLI and IDE)", "support-copilot": "Copilot for service"}
"""What Jira calls the products."""
_TYPES = {"context_gap": "Question", "incident": "Incident", "request": "Task", "escalation": "Task"}
_LABELS = {"context_gap": "context-gap", "incident": "incident", "request": "request", "escalation": "escalation"}
_STATES = {
    "new": ("Open", "To Do"), "in_progress": ("In Progress", "In Progress"), "waiting": ("Waiting", "In Progress"),
    "done": ("Done", "Done"), "cancelled": ("Done", "Done"),
}  # fmt: skip


def account(user_id: str) -> str:
    """The account under which Jira knows somebody."""
    digest = hashlib.sha256(user_id.encode()).hexdigest()
    return f"712020:{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def write_issues(path: Path, tickets: Sequence[Ticket], staff: Staff) -> None:
    """The export of a project, the newest issue first."""
    names = {person.user_id: person.name for person in staff.people}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(_issue(ticket, names) for ticket in reversed(tickets))


def accounts(tickets: Sequence[Ticket]) -> dict[str, str]:
    """Jira account -> user id of everybody who is named in tickets."""
    people = {ticket.requester_id for ticket in tickets} | {ticket.assignee_id or "" for ticket in tickets}
    return {account(person): person for person in sorted(people - {""})}


def _issue(ticket: Ticket, names: dict[str, str]) -> list[str]:
    status, category = _STATES[ticket.status]
    project, _, number = ticket.ticket_id.partition("-")
    assignee = ticket.assignee_id or ""
    changed = ticket.resolved_at or ticket.first_response_at or ticket.opened_at
    updated = max(each for each in (changed, ticket.documented_at, ticket.eval_added_at) if each)
    topic = ticket.topic_id or "general"
    about, kept = f"topic-{topic}" if ticket.topic_id else "", "kb-added" if ticket.documented_at else ""
    link = f"session: {ticket.linked_session_id}" if ticket.linked_session_id else ""
    link = f"interaction: {ticket.linked_interaction_id}" if ticket.linked_interaction_id else link
    done = "Done" if ticket.status == "done" else "Won't do" if ticket.status == "cancelled" else ""
    return [
        f"{ticket.kind.replace('_', ' ').capitalize()}: {topic}", ticket.ticket_id, str(20_000 + int(number)),
        _TYPES[ticket.kind], status, project, f"{project} help", "software", ticket.priority.capitalize(), done,
        names.get(assignee, ""), account(assignee) if assignee else "", names[ticket.requester_id],
        account(ticket.requester_id), _at(ticket.opened_at), _at(updated), _at(ticket.resolved_at),
        COMPONENTS[ticket.product_id], _LABELS[ticket.kind], about, kept,
        f"Something about {topic} is missing.\n{link}".strip(),
        _at(ticket.first_response_at), _at(ticket.documented_at), _at(ticket.eval_added_at),
        "" if ticket.satisfaction is None else f"{ticket.satisfaction:.0f}", *_comments(ticket), category, _at(changed),
    ]  # fmt: skip


def _comments(ticket: Ticket) -> list[str]:
    said = [f"{_at(ticket.opened_at + timedelta(minutes=3))};{account(ticket.requester_id)};It came up again today."]
    if ticket.first_response_at and ticket.assignee_id:
        said.append(f"{_at(ticket.first_response_at)};{account(ticket.assignee_id)};I look into it, see section 3.")
    if ticket.resolved_at and ticket.assignee_id:
        said.append(f"{_at(ticket.resolved_at)};{account(ticket.assignee_id)};Answered; the page is updated.")
    return [*said, "", ""][:3]


def _at(moment: datetime | None) -> str:
    """29/Mar/26 2:20 PM, to the minute."""
    if moment is None:
        return ""
    hour = moment.hour % 12 or 12
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][moment.month - 1]
    return f"{moment.day:02d}/{month}/{moment:%y} {hour}:{moment.minute:02d} {'AM' if moment.hour < 12 else 'PM'}"
