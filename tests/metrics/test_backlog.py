"""The backlog against a plain count of failed cases and open gaps, and the tickets that wait."""

from datetime import date, datetime, time

from metrics.backlog import FailedCase, backlog
from metrics.spec import Scope
from metrics.waiting_tickets import waiting_tickets
from tests.metrics.company import Company, day, use
from tests.metrics.desk import ask, office, ticket, waited
from tests.metrics.reviews import check, review, talk

SCOPE = Scope(since=day(0), until=day(27), products=("chat",))
HOURS = office(date(2025, 12, 1), date(2026, 12, 1))


def at(offset: int, hour: int = 10) -> datetime:
    """An hour (UTC) of a day."""
    return datetime.combine(day(offset), time(hour))


def case(name: str, run: int, passed: bool, topic: str | None) -> dict[str, object]:
    """One check of a case in a run of the suite."""
    return check(name, day(run), passed, origin="suite", suite="answers", run_id=f"r{run}", interaction_id=None,
                 topic_id=topic)  # fmt: skip


def test_what_blocks_most_comes_first_and_what_names_nothing_last(company: Company) -> None:
    """Failed cases of the newest run and open gaps of the board, by topic; ranked by the blocked tasks about it."""
    company.sells("chat").has("user_days", [use(f"p{n}", day(n)) for n in range(9)])
    blocked = [("leave", 2), ("travel", 5), ("pay", 0)]
    company.has("interactions", [
        talk(f"{topic}{n}", f"p{n}", day(n), topic_id=topic, outcome="failed" if n < fails else "confirmed",
             outcome_source="rating")
        for topic, fails in blocked for n in range(9)
    ])  # fmt: skip
    review(company, [
        case("a", 1, False, "leave"), case("a", 2, False, "leave"), case("b", 1, False, "leave"),
        case("b", 2, True, "leave"), case("c", 2, False, None), case("d", 2, True, "pay"),
    ])  # fmt: skip
    ask(company, [
        ticket(1, at(3), topic_id="travel"), ticket(2, at(5), at(6), topic_id="travel"),
        ticket(3, at(8), status="cancelled", topic_id="travel"), ticket(4, at(9)),
    ])  # fmt: skip
    found = {each.topic: each for each in backlog(company.store, SCOPE)}
    assert list(found) == ["travel", "leave", ""]
    assert [each.known.blocked if each.known else None for each in found.values()] == [5, 2, None]
    assert found["leave"].failed == (FailedCase("answers", "a", at(2, 12)),)
    assert (found["leave"].cases, found["leave"].gaps, found["leave"].oldest) == (2, (), None)
    assert [(gap.ticket, gap.column) for gap in found["travel"].gaps] == [("T1", "opened"), ("T2", "answered")]
    assert found["travel"].oldest == 6, "up to the last moment that a ticket tells of"
    assert ([each.case for each in found[""].failed], [gap.ticket for gap in found[""].gaps]) == (["c"], ["T4"])
    assert backlog(company.store, SCOPE.model_copy(update={"teams": ("sales",)})) == list(found.values())


def test_nothing_waits_where_all_passes(company: Company) -> None:
    """A product without a failed case and without a gap has no backlog."""
    company.sells("chat").has("user_days", [use("p", day(1))])
    review(company, [case("a", 1, False, None), case("a", 2, True, None)])
    assert backlog(company.store, SCOPE) == []


def test_the_oldest_wait_is_not_cut_off_by_the_period(company: Company) -> None:
    """Unanswered tickets whenever opened, the oldest first, with the expert's business hours; incidents, answered and
    closed ones are none, and how many there are is said beside a few of them.
    """
    company.sells("chat").has("people", [{"user_id": "robot", "kind": "service"}])
    company.has("person_aliases", [{"source_system": "desk", "source_user": "eva@x", "user_id": "eva"}])
    ask(company, [
        ticket(1, at(-60), assignee_id="eva@x"), ticket(2, at(2), kind="incident"), ticket(3, at(3), at(4)),
        ticket(4, at(4), status="cancelled", resolved_at=at(5)), ticket(5, at(1), kind="question"),
        ticket(6, at(1), requester_id="robot"), ticket(7, at(30)), ticket(8, at(9), at(20)),
    ])  # fmt: skip
    edge = at(30)  # the last moment that the file tells of
    found = waiting_tickets(company.store, SCOPE)
    assert [(each.ticket, each.expert, each.every) for each in found] == [("T1", "eva", 2), ("T5", "", 2)]
    for each in found:
        assert abs(each.hours * 3600 - waited(HOURS, "UTC", each.opened, edge)) <= 1
    (oldest,) = waiting_tickets(company.store, SCOPE, 1)
    assert (oldest.ticket, oldest.every) == ("T1", 2)
