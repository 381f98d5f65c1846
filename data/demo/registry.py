"""The registry of the demo company as tables: products, scenarios, pilots, what was agreed and what was decided."""

from collections.abc import Callable
from datetime import date, timedelta

from data.demo.agreements import FEEDS, INCIDENTS, REQUIREMENTS, TARGETS, Mishap
from data.demo.files import Row, moment
from data.demo.jira import COMPONENTS
from data.demo.pilots import CHANGED_BAR, DECISIONS, PILOTS, READINESS, Trial
from data.demo.products import ENTRIES, INITIATIVES, OWNERS, PORTFOLIO_LEAD, Entry
from data.demo.promptfoo import RUNS
from data.demo.releases import MARKS, RELEASES, Change
from data.demo.scenarios import SCENARIOS
from data.demo.topics import TOPICS, Subject
from data.demo.traces import SERVICES
from data.demo.worktime import ZONE, local

Named = Callable[[str, int], str]
"""The user id of the n-th person of a team."""
LONG_AGO = 300
"""Days before the last day since when most rows are in force."""
GATEWAY = "chat-gateway"
"""What the gateway's log calls corp-llm."""


def tables(until: date, named: Named) -> dict[str, list[Row]]:
    """Every table of the registry that needs no drawn numbers, as it was before anything changed."""
    since = until - timedelta(days=LONG_AGO)

    def ago(days: int) -> date:
        return until - timedelta(days=days)

    return {
        "products": [_product(entry, since, ago, before=True) for entry in ENTRIES],
        "scenarios": [
            {"scenario_id": work.scenario_id, "product_id": work.product_id, "name": work.name,
             "problem": work.problem, "current_process": work.current, "human_review_required": work.review,
             "escalation_path": "Team lead, then the product's support.", "risk_tier": work.tier, "valid_from": since}
            for work in SCENARIOS
        ],
        "pilots": [_pilot(trial, ago) for trial in PILOTS],
        "criteria": [
            {"pilot_id": trial.pilot_id, "criterion_id": bar.criterion_id, "metric": bar.metric, "role": bar.role,
             "better": bar.better, "bar": bar.bar, "floor": bar.floor,
             "valid_from": ago(max(trial.starts + 10, 10))}
            for trial in PILOTS for bar in trial.bars
        ],
        "readiness": [
            {"product_id": trial.product_id, "pilot_id": trial.pilot_id, "item": item, "done": done,
             "evidence": "Signed in the pilot's folder." if done else None, "valid_from": ago(max(trial.ends + 4, 4))}
            for trial in PILOTS for item, done in zip(READINESS, trial.ready, strict=True)
        ],
        "initiatives": [
            {"initiative_id": name, "name": title, "owner_id": named(*owner), "expected_value": value,
             "valid_from": since}
            for name, title, owner, value, _ in INITIATIVES
        ],
        "initiative_products": [
            {"initiative_id": name, "product_id": product, "scenario_id": None, "valid_from": since}
            for name, _, _, _, products in INITIATIVES for product in products
        ],
        "topics": [_topic(topic, until, named, since) for topic in TOPICS],
        "requirements": [
            {"requirement_id": name, "product_id": product, "scenario_id": work, "text": text, "risk_tier": "medium",
             "suite": suite, "case_tag": tag, "owner_id": named(*_owner(product)), "valid_from": since}
            for name, product, work, text, suite, tag in REQUIREMENTS
        ],
        "releases": [_release(change, ago) for change in (*RELEASES, *MARKS)],
        "targets": [
            {"metric": metric, "product_id": product, "pilot_id": None, "better": better, "target": target,
             "floor": floor, "valid_from": since}
            for metric, product, better, target, floor in TARGETS
        ],
        "incidents": [_incident(row, ago, named) for row in INCIDENTS],
        "decisions": [
            {"decision_id": name, "product_id": product, "pilot_id": pilot or None, "scenario_id": None,
             "decided_at": moment(local(ago(days), 15.0)), "user_id": named(*who),
             "second_id": named(*second) if second else None, "recommendation": proposed, "decision": decided,
             "reason": reason, "conditions": conditions, "readings_hash": None, "valid_from": ago(days)}
            for name, product, pilot, days, who, second, proposed, decided, reason, conditions in DECISIONS
        ],
        "feeds": [
            {"product_id": product, "fact": fact, "cadence_days": days, "required": True, "valid_from": since}
            for product, fact, days in FEEDS
        ],
        "mappings": [
            {"source_system": "*", "field": field, "match": "exact", "pattern": pattern, "target": "product",
             "value": product, "priority": 0, "valid_from": since}
            for field, pattern, product in _mappings()
        ],
        "settings": [
            {"key": "reporting_zone", "value": ZONE, "valid_from": since},
            {"key": "currency", "value": "EUR", "valid_from": since},
        ],
        "roles": _roles(named, since),
    }  # fmt: skip


def changes(until: date) -> dict[str, list[Row]]:
    """What changed since: the stages products moved to, and a bar that was lowered after its pilot had started."""

    def ago(days: int) -> date:
        return until - timedelta(days=days)

    pilot, criterion, bar, floor, days = CHANGED_BAR
    (agreed,) = [each for trial in PILOTS if trial.pilot_id == pilot for each in trial.bars
                 if each.criterion_id == criterion]  # fmt: skip
    return {
        "products": [_product(entry, ago(entry.moved), ago, before=False) for entry in ENTRIES if entry.moved],
        "criteria": [
            {"pilot_id": pilot, "criterion_id": criterion, "metric": agreed.metric, "role": agreed.role,
             "better": agreed.better, "bar": bar, "floor": floor, "valid_from": ago(days)}
        ],
    }  # fmt: skip


def _product(entry: Entry, since: date, ago: Callable[[int], date], *, before: bool) -> Row:
    return {
        "product_id": entry.product_id, "name": entry.name, "class": entry.class_,
        "stage": (entry.stage_before or entry.stage) if before else entry.stage, "purpose": entry.purpose,
        "audience_description": entry.audience, "connection_rules": entry.connection_rules,
        "constraints": entry.constraints, "piloting_process": entry.piloting_process,
        "handover_process": entry.handover_process, "support_channel": entry.support_channel,
        "risk_tier": entry.risk_tier, "cadence": "weekly", "launched_on": ago(entry.launched), "retired_on": None,
        "valid_from": since,
    }  # fmt: skip


def _pilot(trial: Trial, ago: Callable[[int], date]) -> Row:
    return {
        "pilot_id": trial.pilot_id, "product_id": trial.product_id, "team_id": trial.team,
        "scenario_id": trial.scenario_id, "name": trial.name, "goal": trial.goal, "hypothesis": trial.hypothesis,
        "starts_on": ago(trial.starts), "ends_on": ago(trial.ends), "min_users": trial.min_users,
        "planned_tasks": trial.planned_tasks, "mode": trial.mode, "design": trial.design,
        "constraints": trial.constraints, "risks": trial.risks, "conclusions": trial.conclusions,
        "criteria_hash": None, "valid_from": ago(max(trial.starts + 14, 12)),
    }  # fmt: skip


def _topic(topic: Subject, until: date, named: Named, since: date) -> Row:
    def moved(days: float | None) -> str | None:
        return None if days is None else moment(local(until - timedelta(days=int(days)), 4.0 + 24 * (days % 1) / 2))

    return {
        "topic_id": topic.topic_id, "product_id": topic.product_id, "name": topic.name, "required": topic.required,
        "weight": round(topic.share, 3), "sme_id": named(*topic.expert) if topic.expert else None,
        "approved": topic.approved, "indexed_at": moved(topic.indexed), "source_updated_at": moved(topic.updated),
        "freshness_days": topic.fresh, "reviewed_on": until - timedelta(days=topic.reviewed), "valid_from": since,
    }  # fmt: skip


def _release(change: Change, ago: Callable[[int], date]) -> Row:
    return {
        "product_id": change.product_id, "service_version": change.version,
        "released_at": moment(local(ago(change.days), 0.0)), "kind": change.kind, "note": change.note,
        "valid_from": ago(change.days),
    }  # fmt: skip


def _incident(row: Mishap, ago: Callable[[int], date], named: Named) -> Row:
    started = local(ago(row.days), row.hour)
    restored = None if row.hours is None else started + timedelta(hours=row.hours)
    return {
        "incident_id": row.incident_id, "product_id": row.product_id, "started_at": moment(started),
        "detected_at": moment(started + timedelta(minutes=25)), "restored_at": moment(restored),
        "severity": row.severity, "summary": row.summary, "affected_users": row.affected,
        "root_cause": row.cause, "fix": row.fix, "prevention": row.prevention,
        "owner_id": named(*row.owner) if row.owner else None, "valid_from": ago(row.days),
    }  # fmt: skip


def _mappings() -> list[tuple[str, str, str]]:
    """What sources call the products: field of the source, value, product."""
    return [
        ("product_id", GATEWAY, "corp-llm"),
        ("always github-copilot", "github-copilot", "code-agent"),
        *(("service.name", name, product) for product, name in SERVICES.items()),
        *(("component", name, product) for product, name in COMPONENTS.items()),
        *dict.fromkeys(("config.description", title, product) for product, title, *_ in RUNS),
    ]


def _owner(product_id: str) -> tuple[str, int]:
    """The product owner, else the technical owner."""
    people = OWNERS[product_id]
    return people.get("product_owner") or people["technical_owner"]


def _roles(named: Named, since: date) -> list[Row]:
    def role(name: str, who: tuple[str, int], **about: str) -> Row:
        place = {"product_id": None, "pilot_id": None, "scenario_id": None, **about}
        return {"role": name, "user_id": named(*who), **place, "valid_from": since}

    return [
        role("portfolio_lead", PORTFOLIO_LEAD),
        *(role(name, who, product_id=product) for product, people in OWNERS.items() for name, who in people.items()),
        *(role("pilot_owner", trial.owner, product_id=trial.product_id, pilot_id=trial.pilot_id) for trial in PILOTS),
        *(role("scenario_owner", work.owner, product_id=work.product_id, scenario_id=work.scenario_id)
          for work in SCENARIOS if work.owner),
        *(role("sme", expert, product_id=product)
          for product, expert in sorted({(each.product_id, each.expert) for each in TOPICS if each.expert})),
    ]  # fmt: skip
