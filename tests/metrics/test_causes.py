from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import pytest

from data.reduction import rebuild
from data.settings import settings
from metrics import Scope, read
from metrics.causes import KNOWLEDGE, TECHNICAL, UNKNOWN, Cause, causes, fixable_share
from tests.conftest import NOON
from tests.metrics.company import MONDAY, SUNDAY, Company, day, granted
from tests.metrics.oracle import Row
from tests.metrics.trials import pilot

RANKS = {"verified": 5, "accepted": 4, "rating": 3, "rule": 2, "judge": 1, None: 4}
OWN = Scope(since=MONDAY, until=SUNDAY, products=("chat",), pilots=("trial",))
FILLER = {
    "row_hash": 0, "version_at": NOON, "load_id": "l", "source_system": "s", "source_row": 1, "source_records": 1,
    "source_product": "",
}  # fmt: skip


def talk(number: int, person: str, on: int, **stated: object) -> Row:
    """An interaction so many days after MONDAY, a task of its own unless stated."""
    at = datetime.combine(day(on), datetime.min.time()) + timedelta(hours=9, minutes=number % 600)
    return {
        "event_key": number, "interaction_id": f"i{number}", "product_id": "chat", "unit_id": person, "day": day(on),
        "user_known": True, "occurred_at": at, "task_key": f"t{number}", "session_id": None, "trace_id": None,
        "topic_id": None, "outcome": None, "outcome_source": None, "error": False, "mode": None, "pilot_id": None,
        "synthetic": False, **stated,
    }  # fmt: skip


def said(number: int, target: str, target_id: str, verdict: str, evidence: str | None) -> Row:
    """A row of feedback."""
    return {**FILLER, "event_key": number, "feedback_id": f"f{number}", "given_at": NOON, "target_type": target,
            "target_id": target_id, "product_id": "chat", "verdict": verdict, "evidence": evidence}  # fmt: skip


def gap(number: int, **stated: object) -> Row:
    """A ticket about a gap in the context."""
    return {**FILLER, "event_key": number, "ticket_id": f"T{number}", "product_id": "chat", "kind": "context_gap",
            "status": "done", "opened_at": NOON, **stated}  # fmt: skip


def holds(company: Company, talks: Sequence[Row], feedback: Sequence[Row] = (), gaps: Sequence[Row] = ()) -> Company:
    """A company with a pilot and these rows, reduced as a load would."""
    company.sells("chat").has("pilots", [pilot()]).has("interactions", talks)
    company.has("audience", [granted(f"p{number}", pilot="trial") for number in range(12)])
    with company.store.write("test", "test") as tx:
        for table, rows in (("feedback", feedback), ("tickets", gaps)):
            every = dict.fromkeys(name for row in rows for name in row)
            tx.add(table, [{**every, **row} for row in rows])
        rebuild(tx)
    return company


def found(company: Company, scope: Scope = OWN) -> dict[str, int]:
    """The causes of the trial's failures."""
    with company.store.reading() as reader:
        return {each.name: each.failures for each in causes(reader, {"trial": scope}, settings(reader))["trial"]}


def expected(talks: Sequence[Row], feedback: Sequence[Row], gaps: Sequence[Row]) -> Counter[str]:
    """Task by task: who says how it ended, and what is known of why."""
    tasks = defaultdict(list)
    for row in talks:
        in_pilot = row["pilot_id"] == "trial" or str(row["unit_id"]) in {f"p{number}" for number in range(12)}
        if in_pilot and row["mode"] != "shadow" and not row["synthetic"] and MONDAY <= row["day"] <= SUNDAY:
            tasks[row["unit_id"], row["day"], row["task_key"]].append(row)
    counts: Counter[str] = Counter()
    for rows in tasks.values():
        verdicts = [(row["outcome"], row["outcome_source"]) for row in rows]
        for row in rows:
            own = {"interaction": row["interaction_id"], "trace": row["trace_id"], "session": row["session_id"]}
            verdicts += [
                (f["verdict"], f["evidence"]) for f in feedback if own[str(f["target_type"])] == f["target_id"]
            ]
        strengths = []
        for verdict, source in verdicts:
            if verdict in ("confirmed", "failed"):
                strengths.append((RANKS[source], verdict == "failed"))
            elif verdict == "implied":
                strengths.append((1 if source == "judge" else 2, False))
        failed = max(strengths)[1] if strengths else all(row["error"] for row in rows)
        if failed:
            counts[_why(rows, gaps)] += 1
    return counts


def _why(rows: Sequence[Row], gaps: Sequence[Row]) -> str:
    if any(row["error"] for row in rows):
        return TECHNICAL
    for ticket in gaps:
        if ticket["kind"] != "context_gap" or ticket["status"] == "cancelled":
            continue
        for row in rows:
            linked = ticket.get("linked_interaction_id") == row["interaction_id"]
            same = row["session_id"] is not None and ticket.get("linked_session_id") == row["session_id"]
            done = ticket.get("documented_at")
            open_then = done is None or done > row["occurred_at"]
            about = row["topic_id"] is not None and ticket.get("topic_id") == row["topic_id"] and open_then
            if linked or same or about:
                return KNOWLEDGE
    return UNKNOWN


@pytest.mark.parametrize("seed", range(4))
def test_causes_equal_a_walk_over_every_task(company: Company, seed: int) -> None:
    """Whatever files, feedback and tickets say, each failed task has one cause, and all together are those that task
    success counts as failed.
    """
    random = Random(seed)
    sources = ("verified", "accepted", "rating", "rule", "judge", None)
    talks = []
    for number in range(260):
        outcome = random.choice((None, None, "unknown", "confirmed", "implied", "failed", "failed"))
        talks.append(talk(
            number, f"p{random.randint(0, 15)}", random.randint(-3, 30), task_key=f"t{random.randint(0, 150)}",
            session_id=random.choice((None, f"s{random.randint(0, 60)}")), trace_id=random.choice((None, f"x{number}")),
            topic_id=random.choice((None, "leave", "travel", "pay")), outcome=outcome,
            outcome_source=random.choice(sources) if outcome else None, error=random.random() < 0.15,
            mode=random.choice((None, "assist", "assist", "shadow")), synthetic=random.random() < 0.05,
            pilot_id="trial" if random.random() < 0.1 else None,
        ))  # fmt: skip
    feedback = []
    for number in range(80):
        target, letter, most = random.choice((("interaction", "i", 260), ("trace", "x", 260), ("session", "s", 60)))
        verdict = random.choice(("confirmed", "failed", "implied", "escalated"))
        feedback.append(said(number, target, f"{letter}{random.randint(0, most)}", verdict, random.choice(sources)))
    gaps = [
        gap(0, topic_id="leave", documented_at=datetime.combine(day(14), datetime.min.time())),
        gap(1, topic_id="travel", status="cancelled"), gap(2, kind="incident", topic_id="pay"),
        *(gap(number, linked_interaction_id=f"i{random.randint(0, 260)}") for number in range(3, 30)),
        *(gap(number, linked_session_id=f"s{random.randint(0, 60)}") for number in range(30, 40)),
    ]  # fmt: skip
    holds(company, talks, feedback, gaps)
    wanted = expected(talks, feedback, gaps)
    assert found(company) == dict(wanted)
    assert min(wanted[name] for name in (TECHNICAL, KNOWLEDGE, UNKNOWN)) > 2
    (success,) = read(company.store, ["task_success"], OWN, by=("pilot",))
    assert success.value is not None
    assert sum(wanted.values()) == round((1 - success.value) * success.events)


def test_a_task_that_was_saved_in_the_end_has_no_cause(company: Company) -> None:
    """An error in a task that ended well, and a file's verdict that better evidence corrects, are no failures."""
    talks = [
        talk(1, "p1", 1, task_key="a", error=True), talk(2, "p1", 1, task_key="a", outcome="confirmed"),
        talk(3, "p2", 1, outcome="failed", outcome_source="judge"), talk(4, "p3", 1, error=True),
    ]  # fmt: skip
    holds(company, talks, [said(1, "interaction", "i3", "confirmed", "verified")])
    assert found(company) == {TECHNICAL: 1}


def test_a_gap_that_was_closed_before_is_no_cause(company: Company) -> None:
    """Knowledge that was documented before the failure was not missing; a gap found later was there already."""
    talks = [talk(n, "p1", n, topic_id="leave", outcome="failed", outcome_source="rating") for n in (2, 9)]
    closed = gap(1, topic_id="leave", documented_at=datetime.combine(day(5), datetime.min.time()))
    assert found(holds(company, talks, gaps=[closed])) == {KNOWLEDGE: 1, UNKNOWN: 1}


def test_of_two_pilots_each_has_its_own(company: Company) -> None:
    """Somebody in two pilots counts in both, each within its own days."""
    talks = [talk(n, "p1", n, outcome="failed", outcome_source="rating") for n in range(10)]
    holds(company, talks).has("pilots", [pilot(pilot_id="other", starts_on=day(4))])
    company.has("audience", [granted("p1", pilot="other")])
    scopes = {
        name: OWN.model_copy(update={"since": day(first), "until": day(last), "pilots": (name,)})
        for name, first, last in (("trial", 0, 7), ("other", 4, 8))
    }
    with company.store.reading() as reader:
        both = causes(reader, scopes, settings(reader))
    assert both == {"trial": [Cause(UNKNOWN, 8)], "other": [Cause(UNKNOWN, 5)]}


def test_no_failures_have_no_share() -> None:
    """Of nothing that failed nothing can be said; else the share with a cause that can be mended."""
    assert fixable_share([]) is None
    assert fixable_share([Cause(TECHNICAL, 1), Cause(KNOWLEDGE, 2), Cause(UNKNOWN, 1)]) == 0.75
