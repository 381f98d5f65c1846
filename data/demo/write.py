"""Writes the demo company: a registry folder, one with what changed later, and the exports of its tools."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from data.demo import audits, directory, registry, suites, value
from data.demo.audience import DAYS
from data.demo.behaviour import BEHAVIOUR
from data.demo.company import Staff
from data.demo.exports import interactions, late_ratings, seats, stated
from data.demo.files import Row, moment, write_columns, write_json, write_lines, write_rows
from data.demo.jira import accounts, write_issues
from data.demo.promptfoo import RUNS, suite_run
from data.demo.spoilt import spoilt_feedback, spoilt_tickets
from data.demo.tickets import DESKS, Ticket, planted, tickets_of
from data.demo.topics import subjects
from data.demo.traces import SERVICES, documents, verdicts
from data.demo.usage import Use, use_of

ENDINGS = {"corp-llm": "parquet", "ml-platform": "parquet", "code-agent": "parquet", "contract-analyser": "jsonl"}
"""How the interactions of a product are written; the others as CSV."""
AUDITED = ("corp-llm", "knowledge-rag", "code-agent", "contract-analyser", "support-copilot")
BY_LOGIN = "code-agent"
"""Its traces name people by their login."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: registry folders in the order in which to import them, exports in the order to load them."""

    registry: tuple[Path, ...]
    exports: tuple[Path, ...]
    interactions: int
    people: int


def write_company(
    folder: Path, until: date, seed: int = 7, scale: float = 1.0, progress: Callable[[str], None] = lambda _: None
) -> Written:
    """Write 26 weeks of the demo company, which end with `until`, into a folder; the same call writes the same bytes.

    `scale` thins the use (0.05: a twentieth of the days) or thickens it (2: twice the tasks); people, products and
    registry stay.
    """
    first = until - timedelta(days=DAYS - 1)
    since = until - timedelta(days=registry.LONG_AGO)
    staff = Staff(seed)
    uses = {name: use_of(staff, how, until, seed, scale) for name, how in BEHAVIOUR.items()}
    chance = np.random.default_rng([seed, 3])
    tickets = {name: tickets_of(use, staff, until, chance, scale) for name, use in uses.items()}
    out = folder / "exports"
    out.mkdir(parents=True, exist_ok=True)
    paths = [
        *_usage(out, uses, staff, progress),
        *_said(out, uses, staff, chance),
        *_evals(out, uses, staff, until, chance),
        *_tickets(out, tickets, staff, until),
        _gap_cases(out, tickets, until, np.random.default_rng([seed, 4])),
    ]
    progress(f"exports: {len(paths)} files")
    known = registry.tables(until, staff.id) | value.tables(first, until, since)
    in_jira = [ticket for name, found in tickets.items() if DESKS[name].jira for ticket in found]
    known |= {
        "people": directory.people(staff, since),
        "person_aliases": directory.aliases(uses.values(), staff, accounts(in_jira), since),
        "audience": [
            row for use in uses.values() if use.how.registered for row in directory.audience(use, staff, since)
        ],
        "calendars": directory.calendar(first, until, since),
    }
    folders = (_tables(folder / "registry", known), _tables(folder / "registry_changes", registry.changes(until)))
    progress(f"registry: {sum(len(rows) for rows in known.values()):,} rows of {len(known)} tables")
    return Written(folders, tuple(paths), sum(len(use.task) for use in uses.values()), len(staff.people))


def _usage(out: Path, uses: Mapping[str, Use], staff: Staff, progress: Callable[[str], None]) -> list[Path]:
    paths = []
    for name, use in uses.items():
        table = interactions(use, staff)
        if table.num_rows:
            paths.append(out / f"{name}-interactions.{ENDINGS.get(name, 'csv')}")
            write_columns(paths[-1], table)
        if name in SERVICES:
            paths.append(out / f"{name}-traces.jsonl")
            write_lines(paths[-1], documents(use, staff, name == BY_LOGIN))
        progress(f"{name}: {len(use.task):,} interactions")
    paths.append(out / "ml-platform-seats.csv")
    write_rows(paths[-1], seats(uses["ml-platform"], staff))
    paths.append(out / "code-agent-counts.jsonl")
    write_lines(paths[-1], stated(uses["code-agent"]))
    return paths


def _said(out: Path, uses: Mapping[str, Use], staff: Staff, chance: np.random.Generator) -> list[Path]:
    rows = [row for name in SERVICES for row in verdicts(uses[name], staff, name == BY_LOGIN)]
    rows += late_ratings(uses["corp-llm"], staff, chance)
    path = out / "feedback.csv"
    write_rows(path, _mixed(rows, spoilt_feedback()))
    return [path]


def _evals(
    out: Path, uses: Mapping[str, Use], staff: Staff, until: date, chance: np.random.Generator
) -> list[Path]:  # fmt: skip
    kinds = [person.kind for person in staff.people]
    judged: list[Row] = []
    for name in AUDITED:
        judged += audits.production(uses[name], audits.sampled(uses[name], kinds, chance), until, chance)
        judged += audits.calibration(name, until, chance)
    tested = [row for name in uses if subjects(name) for row in suites.probes(name, until)]
    tested += [row for name in suites.SUITES for row in suites.suite_runs(name, until, chance)]
    write_rows(out / "audits.csv", judged)
    write_rows(out / "suites-and-probes.csv", tested)
    paths = [out / "audits.csv", out / "suites-and-probes.csv"]
    for run in RUNS:
        day = until - timedelta(days=run[3])
        paths.append(out / f"promptfoo-{run[2]}-{day}.json")
        write_json(paths[-1], suite_run(run, until, chance))
    return paths


def _gap_cases(
    out: Path, tickets: Mapping[str, Sequence[Ticket]], until: date, chance: np.random.Generator
) -> Path:  # fmt: skip
    path = out / "gap-cases.csv"
    write_rows(path, [row for name in suites.SUITES for row in suites.gap_runs(name, tickets[name], until, chance)])
    return path


def _tickets(out: Path, tickets: Mapping[str, list[Ticket]], staff: Staff, until: date) -> list[Path]:
    paths = [out / "tickets.csv"]
    ours = [ticket for name, found in tickets.items() if not DESKS[name].jira for ticket in found]
    rows = [_ticket_row(ticket) for ticket in [*ours, *planted(until, staff)]]
    write_rows(paths[0], _mixed(rows, spoilt_tickets()))
    for name, found in tickets.items():
        if DESKS[name].jira:
            paths.append(out / f"jira-{DESKS[name].project.lower()}.csv")
            write_issues(paths[-1], found, staff)
    return paths


def _ticket_row(ticket: Ticket) -> Row:
    answered = "native" if ticket.first_response_at else "none"
    return {
        "ticket_id": ticket.ticket_id, "product_id": ticket.product_id, "kind": ticket.kind,
        "topic_id": ticket.topic_id, "opened_at": moment(ticket.opened_at), "assigned_at": moment(ticket.assigned_at),
        "first_response_at": moment(ticket.first_response_at), "response_basis": answered,
        "resolved_at": moment(ticket.resolved_at), "status": ticket.status, "requester_id": ticket.requester_id,
        "assignee_id": ticket.assignee_id, "priority": ticket.priority, "reopened_count": ticket.reopened_count,
        "satisfaction": ticket.satisfaction,
        "knowledge_captured": ticket.documented_at is not None if ticket.kind == "context_gap" else None,
        "documented_at": moment(ticket.documented_at), "eval_added_at": moment(ticket.eval_added_at),
        "linked_interaction_id": ticket.linked_interaction_id, "linked_session_id": ticket.linked_session_id,
    }  # fmt: skip


def _mixed(rows: list[Row], spoilt: Sequence[Mapping[str, object]]) -> list[Row]:
    """The rows with some that cannot be read strewn between them; these are complete but for what is wrong."""
    found, step = list(rows), len(rows) // (len(spoilt) + 1)
    for number, wrong in enumerate(spoilt, start=1):
        found.insert(number * step, {**rows[number * step], **wrong})
    return found


def _tables(folder: Path, tables: Mapping[str, list[Row]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if rows:
            write_rows(folder / f"{name}.csv", rows)
    return folder
