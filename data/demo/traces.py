"""The use that is exported as OpenTelemetry traces, and the verdicts on it that come as a file of their own."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from data.demo.company import Staff
from data.demo.files import Row
from data.demo.tickets import session
from data.demo.usage import CONFIRMED, FAILED, FAULTS, Use

SERVICES = {"code-agent": "codeagent-cli", "agent-orchestrator": "agent-orchestrator-runtime"}
"""What the traces call the product."""
HANDED_OVER = ("code-agent",)
"""Products whose people say it when a colleague had to take over."""
A_LINE = 40


def documents(use: Use, staff: Staff, by_login: bool) -> Iterator[Row]:
    """OTLP/JSON documents with the spans of some dozen interactions each; one version of the service a document."""
    batch: list[Row] = []
    version = -1
    for place in use.traced.nonzero()[0].tolist():
        current = int(use.tasks.version[use.task[place]])
        if batch and (current != version or len(batch) >= 3 * A_LINE):
            yield _document(use, version, batch)
            batch = []
        version = current
        batch += _spans(use, place, staff, by_login)
    if batch:
        yield _document(use, version, batch)


def verdicts(use: Use, staff: Staff, by_login: bool) -> Iterator[Row]:
    """What people said of the traced tasks: it worked, it failed, somebody had to take over."""
    tasks, how = use.tasks, use.how
    evidence = list(how.evidence)
    for place in (use.traced & use.last).nonzero()[0].tolist():
        task = use.task[place]
        outcome, at = int(tasks.outcome[task]), int(use.occurred[place] + use.duration[place])
        person = staff.people[int(use.audience.people[tasks.member[task]])]
        about = {
            "target_type": "trace", "target_id": use.ids[place], "product_id": how.product_id,
            "user_id": person.login if by_login else person.user_id,
        }  # fmt: skip
        if outcome in (CONFIRMED, FAILED):
            good = outcome == CONFIRMED
            yield {
                "feedback_id": f"{how.prefix}-v{place:06d}", **about, "given_at": _iso(at + 240_000),
                "name": "verdict", "score": float(good), "label": "kept" if good else "thrown away",
                "evidence": evidence[int(tasks.evidence[task])], "verdict": "confirmed" if good else "failed",
            }  # fmt: skip
        if tasks.unplanned[task] and how.product_id in HANDED_OVER:
            yield {
                "feedback_id": f"{how.prefix}-e{place:06d}", **about,
                "given_at": _iso(at + int(tasks.handed_over[task])), "name": "handover",
                "score": None, "label": "taken over by a colleague", "evidence": None, "verdict": "escalated",
            }  # fmt: skip


def _document(use: Use, version: int, spans: list[Row]) -> Row:
    resource = [
        _text("service.name", SERVICES[use.how.product_id]), _text("service.version", use.versions[version]),
        _text("deployment.environment.name", "production"),
    ]  # fmt: skip
    return {"resourceSpans": [{"resource": {"attributes": resource}, "scopeSpans": [{"scope": {}, "spans": spans}]}]}


def _spans(use: Use, place: int, staff: Staff, by_login: bool) -> list[Row]:
    """The agent's span with two calls of a model below it; the tokens are on the calls."""
    task = use.task[place]
    person = staff.people[int(use.audience.people[use.tasks.member[task]])]
    trace, start, length = use.ids[place], int(use.occurred[place]), int(use.duration[place])
    failed = int(use.fault[place]) >= 0
    root = _span_id(trace, 0)
    agent = [
        _text("gen_ai.operation.name", "invoke_agent"),
        _text("user.id", person.login if by_login else person.user_id),
        _text("session.id", session(use, int(task))),
    ]  # fmt: skip
    if failed:
        agent.append(_text("error.type", FAULTS[int(use.fault[place])]))
    model = use.how.models[int(use.model[place])][0]
    asked, cost = int(use.input_tokens[place]), int(use.cost[place])
    parts = [(asked // 3, 0, cost // 4), (asked - asked // 3, int(use.output_tokens[place]), cost - cost // 4)]
    calls = [
        _span(
            trace, _span_id(trace, number), f"chat {model}", start=start + 5 + (number - 1) * (length // 2),
            length=length // 2 - 6, said=[
                _text("gen_ai.operation.name", "chat"), _text("gen_ai.provider.name", "northstar"),
                _text("gen_ai.request.model", model), _count("gen_ai.usage.input_tokens", given),
                _count("gen_ai.usage.output_tokens", answered),
                {"key": "gen_ai.usage.cost", "value": {"doubleValue": spent / 1_000_000}},
            ], parent=root,
        )
        for number, (given, answered, spent) in enumerate(parts, start=1)
    ]  # fmt: skip
    name = f"invoke_agent {use.how.product_id}"
    return [_span(trace, root, name, start=start, length=length, said=agent, failed=failed), *calls]


def _span(
    trace: str,
    span: str,
    name: str,
    *,
    start: int,
    length: int,
    said: list[Row],
    parent: str = "",
    failed: bool = False,
) -> Row:
    above = {"parentSpanId": parent} if parent else {}
    return {
        "traceId": trace, "spanId": span, **above, "name": name, "kind": 1,
        "startTimeUnixNano": str(start * 1_000_000), "endTimeUnixNano": str((start + max(length, 1)) * 1_000_000),
        "attributes": said, "status": {"code": 2} if failed else {},
    }  # fmt: skip


def _span_id(trace: str, number: int) -> str:
    return hashlib.sha256(f"{trace}{number}".encode()).hexdigest()[:16]


def _text(key: str, value: str) -> Row:
    return {"key": key, "value": {"stringValue": value}}


def _count(key: str, value: int) -> Row:
    return {"key": key, "value": {"intValue": str(value)}}


def _iso(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%dT%H:%M:%S}Z"
