"""What blocks tasks, against plain loops over rows that share no code with it."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from random import Random

import pytest

from data.verdict_rules import rules
from metrics.gap_topics import GapTopic, blocked_interactions, gap_topics, without_expert
from metrics.spec import Scope
from tests.metrics.company import MONDAY, Company, day
from tests.metrics.desk import ask, ticket
from tests.metrics.inventories import probe, topic
from tests.metrics.oracle import ratio
from tests.metrics.reviews import check, review, talk


def asked(company: Company, rows: list[dict[str, object]]) -> Company:
    """Tickets, each with every column."""
    names = dict.fromkeys(("linked_interaction_id", "linked_session_id", "documented_at"))
    return ask(company, [{**names, **row} for row in rows])


def of(company: Company, scope: Scope, name: str) -> GapTopic:
    """One topic of the product chat."""
    (found,) = [each for each in gap_topics(company.store, scope)[0] if each.topic == name and each.product == "chat"]
    return found


def used(company: Company, rows: list[dict[str, object]]) -> Company:
    """Interactions of chat with a published load that covers their days."""
    company.has(
        "interactions", [{"error": False, "escalated": False, "escalation_planned": False, **row} for row in rows]
    )
    return company.has("feed_days", [{
        "load_id": "L1", "fact": "interactions", "product_id": "chat", "first_day": day(0), "last_day": day(27),
        "source_system": "s", "source_product": "", "records": len(rows),
    }]).has("loads", [{"load_id": "L1", "status": "published"}])  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_blocked_tasks_are_those_of_plain_loops(company: Company, september: Scope, seed: int) -> None:
    """Tasks by person, day and key; blocked: its best evidence says failed and nothing in it erred, or one of its
    interactions went to a person unplanned. The share's interval by the delta
    method is within a hundredth of the jackknife's of the oracle.
    """
    chance = Random(seed)
    rows: list[dict[str, object]] = []
    for number in range(400):
        outcome = chance.choice(["confirmed", "failed", "failed", None])
        said = {
            "topic_id": chance.choice(["a", "b", None]), "outcome": outcome, "error": chance.random() < 0.1,
            "outcome_source": chance.choice(["verified", "rating"]) if outcome else None,
            "escalated": chance.random() < 0.1, "escalation_planned": chance.random() < 0.3,
            "task_key": f"t{chance.randrange(3)}",
        }  # fmt: skip
        rows.append(talk(f"i{number}", f"p{chance.randrange(25)}", day(chance.randrange(28))) | said)
    used(company.sells("chat"), rows)
    tasks = defaultdict(list)
    for row in rows:
        tasks[row["unit_id"], row["day"], row["task_key"]].append(row)
    people: dict[tuple[object, object], list[int]] = defaultdict(lambda: [0, 0])
    handed: dict[object, int] = defaultdict(int)
    for (person, _, _), of_task in tasks.items():
        about = min((str(row["topic_id"]) for row in of_task if row["topic_id"]), default=None)
        ranks = [({"verified": 5, "rating": 3}[str(row["outcome_source"])], row["outcome"] == "failed")
                 for row in of_task if row["outcome"]]  # fmt: skip
        failed = bool(ranks) and max(ranks)[1] and not any(row["error"] for row in of_task)
        asked = any(row["escalated"] and not row["escalation_planned"] for row in of_task)
        people[about, person][0] += failed or asked
        people[about, person][1] += 1
        handed[about] += asked
    found, unnamed = gap_topics(company.store, september)
    assert {each.topic for each in found} == {"a", "b"}
    for each in found:
        own = [tuple(n) for (about, _), n in people.items() if about == each.topic]
        hits, every = sum(h for h, _ in own), sum(n for _, n in own)
        assert (each.blocked, each.tasks, each.units) == (hits, every, len(own))
        assert each.people == sum(h > 0 for h, _ in own)
        assert each.handed == handed[each.topic]
        plain = ratio({str(place): (h, n) for place, (h, n) in enumerate(own)})
        assert each.share.value == pytest.approx(plain.value)
        assert each.share.low == pytest.approx(plain.low, abs=0.01)
        assert each.share.high == pytest.approx(plain.high, abs=0.01)
    assert unnamed.nameless == sum(h for (about, _), (h, _) in people.items() if about is None)
    assert unnamed.blocked == sum(h for h, _ in people.values())


def test_the_rows_behind_are_the_interactions_of_blocked_tasks(company: Company, september: Scope) -> None:
    """What failed with the newest first, of this topic and product alone; `limit` cuts."""
    rows = [talk(f"i{n}", f"p{n}", day(n), topic_id="a" if n < 8 else "b", outcome="failed" if n % 2 else "confirmed",
                 outcome_source="rating") for n in range(12)]  # fmt: skip
    used(company.sells("chat"), rows)
    shown = [row["interaction_id"] for row in blocked_interactions(company.store, september, "chat", "a")]
    assert shown == ["i7", "i5", "i3", "i1"]
    assert len(blocked_interactions(company.store, september, "chat", "a", limit=2)) == 2


def test_an_escalation_ticket_blocks_what_it_points_at(company: Company, september: Scope) -> None:
    """By interaction or by session; a ticket of another kind does not."""
    said = {"topic_id": "a", "outcome": "confirmed", "outcome_source": "rating"}
    rows = [talk(f"i{n}", f"p{n}", day(1), session_id=f"s{n}", **said) for n in range(4)]
    at = datetime.combine(day(1), time(10))
    used(company.sells("chat"), rows)
    asked(company, [
        ticket(1, at, kind="escalation", linked_interaction_id="i0"),
        ticket(2, at, kind="escalation", linked_session_id="s1"),
        ticket(3, at, kind="request", linked_interaction_id="i2"),
    ])  # fmt: skip
    each = of(company, september, "a")
    assert (each.blocked, each.handed, each.tasks) == (2, 2, 4)


def test_the_type_of_gap_is_the_first_step_that_fails(company: Company, september: Scope) -> None:
    """Missing, no access, stale, contradictory, unclear, none seen, not checked: each by what the data say of it."""
    old = datetime.combine(day(-80), time(8))
    company.sells("chat", "bare").has("topics", [
        topic("ok"), topic("untried"), topic("draft", approved=False), topic("unindexed", indexed_at=None),
        topic("old", source_updated_at=old, freshness_days=60), topic("lost"), topic("vague"), topic("torn"),
        topic("ageless", source_updated_at=None, freshness_days=60),
    ])  # fmt: skip
    used(company, [talk(f"i{n}", f"p{n}", day(1), topic_id="unlisted") for n in range(2)])
    company.has("interactions", [talk("b1", "p1", day(1), topic_id="any") | {"product_id": "bare"}])
    company.has("feed_days", [{
        "load_id": "L1", "fact": "interactions", "product_id": "bare", "first_day": day(0), "last_day": day(27),
        "source_system": "s", "source_product": "", "records": 1}])  # fmt: skip
    suite = {"origin": "suite", "suite": "s", "interaction_id": None, "run_id": "r", "evaluator": "judge"}
    review(company, [
        probe("ok", True), *(probe("lost", n == 0, case=f"q{n}") for n in range(3)),
        check("vague-1", day(2), False, topic_id="vague", **suite),
        check("ok-1", day(2), True, topic_id="ok", **suite),
        *(check("torn-1", day(2), n == 0, topic_id="torn", epoch=n, **suite) for n in range(3)),
    ])  # fmt: skip
    kinds = {(each.product, each.topic): each.kind for each in gap_topics(company.store, september)[0]}
    assert kinds == {
        ("chat", "ok"): "none seen", ("chat", "untried"): "not checked", ("chat", "draft"): "missing",
        ("chat", "unindexed"): "no access", ("chat", "old"): "stale", ("chat", "ageless"): "stale",
        ("chat", "lost"): "no access", ("chat", "vague"): "unclear", ("chat", "torn"): "contradictory",
        ("chat", "unlisted"): "missing", ("bare", "any"): "not checked",
    }  # fmt: skip
    assert of(company, september, "lost").why == "1 of 3 probe questions find it."
    assert of(company, september, "old").why == f"Its source is {(day(27) - old.date()).days} days old; 60 are allowed."


def test_topics_are_ranked_by_blocked_tasks_times_value(company: Company, september: Scope) -> None:
    """Minutes saved times hourly rate times both shares, each at its mean; whoever said nothing stands behind."""
    company.sells("chat", "cheap")
    company.has("assumptions", [
        {"product_id": "chat", "pilot_id": None, "name": name, "distribution": shape, "p1": p1, "p2": p2, "p3": p3,
         "evidence": "B"}
        for name, shape, p1, p2, p3 in (
            ("minutes_saved_per_task", "pert", 10.0, 20.0, 60.0), ("hourly_rate", "normal", 90.0, 9.0, None),
            ("capture", "beta", 3.0, 1.0, None), ("attribution", "uniform", 0.2, 0.6, None))
    ])  # fmt: skip
    failed = [talk(f"i{n}", f"p{n}", day(1), topic_id="rare" if n < 2 else "often", outcome="failed",
                   outcome_source="rating") for n in range(5)]  # fmt: skip
    used(company, failed)
    said = {"topic_id": "cheap", "outcome": "failed", "outcome_source": "rating", "product_id": "cheap"}
    company.has("interactions", [talk(f"c{n}", f"p{n}", day(1)) | said for n in range(9)])
    company.has("feed_days", [{
        "load_id": "L1", "fact": "interactions", "product_id": "cheap", "first_day": day(0), "last_day": day(27),
        "source_system": "s", "source_product": "", "records": 9}])  # fmt: skip
    found, _ = gap_topics(company.store, september)
    worth = (10 + 80 + 60) / 6 / 60 * 90 * 0.75 * 0.4
    assert [(each.topic, each.blocked) for each in found] == [("often", 3), ("rare", 2), ("cheap", 9)]
    assert [each.lost for each in found] == [pytest.approx(3 * worth), pytest.approx(2 * worth), None]


def test_topics_without_expert_and_gaps_waiting_are_told(company: Company, september: Scope) -> None:
    """Required topics nobody keeps, and unlisted ones that block; a cancelled or documented gap does not wait."""
    company.sells("chat").has(
        "topics", [topic("kept", sme_id="eva"), topic("alone"), topic("optional", required=False)]
    )
    used(company, [talk("i1", "p1", day(1), topic_id="unlisted", outcome="failed", outcome_source="rating"),
                   talk("i2", "p1", day(1), topic_id="idle")])  # fmt: skip
    at = datetime.combine(day(1), time(10))
    asked(company, [
        ticket(1, at, topic_id="kept"), ticket(2, at, at + timedelta(hours=1), topic_id="kept"),
        ticket(3, at, at, topic_id="kept", documented_at=at), ticket(4, at, topic_id="kept", status="cancelled"),
        ticket(5, at, topic_id="kept", kind="request"),
    ])  # fmt: skip
    found, _ = gap_topics(company.store, september)
    assert {each.topic for each in without_expert(found)} == {"alone", "unlisted"}
    assert of(company, september, "kept").waiting == 2
    assert of(company, september, "kept").expert == "eva"


def test_few_people_give_no_interval_and_nothing_gives_no_topic(company: Company, september: Scope) -> None:
    """Under ten people a share stands alone; a warehouse without a row has no topic."""
    assert gap_topics(company.store, september) == ([], (0, 0))
    used(company.sells("chat"), [talk("i1", "p1", MONDAY, topic_id="a", outcome="failed", outcome_source="rating")])
    each = of(company, september, "a")
    assert (each.share.value, each.share.low, each.share.high) == (1.0, None, None)
    assert not rules(company.store)
