"""Checks of what products must know."""

from collections.abc import Mapping

from data.people import Topic
from tests.metrics.checks.house import House, stamp, whole


def test_topics_without_expert(house: House) -> None:
    """A required topic that names no expert is found, also one of no product; an optional one may lack one."""
    house.says(*whole("chat"))
    house.says(
        Topic(topic_id="tax", product_id="chat", name="Tax"),
        Topic(topic_id="law", product_id="chat", name="Law", sme_id="eve"),
        Topic(topic_id="fun", product_id="chat", name="Fun", required=False),
        Topic(topic_id="all", name="House rules"),
        Topic(topic_id="far", product_id="nowhere", name="Far"),
    )
    assert house.broken("topic-without-sme") == {
        "tax": 'Topic "Tax" of Chat is required and has no expert.',
        "all": 'Topic "House rules" is required and has no expert.',
    }


def ticket(**stated: object) -> Mapping[str, object]:
    return {"ticket_id": "T-1", "kind": "context_gap", "opened_at": stamp(40), "status": "in_progress", **stated}


def test_answers_that_were_never_documented(house: House) -> None:
    """A gap resolved more than fourteen days ago whose answer stands nowhere."""
    tickets: dict[str, dict[str, object]] = {
        "forgotten": {},
        "not captured": {"knowledge_captured": "false"},
        "fresh": {"resolved_at": stamp(14)},
        "open": {"resolved_at": None, "status": "waiting"},
        "documented": {"documented_at": stamp(1)},
        "captured": {"knowledge_captured": "true"},
        "a request": {"kind": "request"},
        "cancelled": {"status": "cancelled"},
        "of no product here": {"product_id": "nowhere"},
    }
    answered = {"status": "done", "resolved_at": stamp(15), "assignee_id": "eve", "pilot_id": "trial"}
    house.says(*whole("chat"))
    house.loads("tickets", *(ticket(ticket_id=name, **answered | row) for name, row in tickets.items()))
    assert house.broken("answer-never-documented") == {
        name: f"Ticket {name} of Chat was resolved on 2026-09-15, and its answer was never documented."
        for name in ("forgotten", "not captured")
    }
    assert {finding.pilot for finding in house.finds()} == {"trial"}


def test_gaps_nobody_works_on(house: House) -> None:
    """A gap opened more than fourteen days ago, still open and assigned to nobody."""
    tickets: dict[str, dict[str, object]] = {
        "left alone": {},
        "new": {"status": "new"},
        "fresh": {"opened_at": stamp(14)},
        "assigned": {"assignee_id": "eve"},
        "resolved": {"resolved_at": stamp(3)},
        "done": {"status": "done"},
        "cancelled": {"status": "cancelled"},
        "an incident": {"kind": "incident"},
        "of no product here": {"product_id": "nowhere"},
    }
    waiting = {"opened_at": stamp(15), "status": "waiting"}
    house.says(*whole("chat"))
    house.loads("tickets", *(ticket(ticket_id=name, **waiting | row) for name, row in tickets.items()))
    assert house.broken("gaps-not-in-backlog") == {
        name: f"Ticket {name} of Chat has been open since 2026-09-15, and nobody works on it."
        for name in ("left alone", "new")
    }


def result(days: float, passed: bool | None, case: str = "c1", **stated: object) -> Mapping[str, object]:
    """What a nightly run so many days ago said of a case."""
    verdict = None if passed is None else str(passed).lower()
    return {
        "run_id": f"run-{days}", "run_at": stamp(days), "case_id": case, "metric_name": "overall", "origin": "suite",
        "suite": "nightly", "passed": verdict, "eval_error": "broken" if passed is None else None, **stated,
    }  # fmt: skip


FAILING = [result(days, False) for days in (21, 7, 1)]


def test_a_case_that_fails_and_fails(house: House) -> None:
    """A case that failed in every run for over fourteen days is found; its neighbour that passed once since is not."""
    rows = [*FAILING, result(21, False, "c2"), result(7, True, "c2"), result(1, False, "c2"), result(1, False, "c3")]
    house.says(*whole("chat")).loads("eval_results", *rows)
    assert house.broken("gaps-not-in-backlog") == {
        "c1": 'Case c1 of suite "nightly" of Chat has failed in its last 3 runs, since 2026-09-09,'
        " and no context gap of the product was opened since."
    }


CASES: dict[str, tuple[bool, list[Mapping[str, object]]]] = {
    "two-runs": (True, [result(15, False), result(1, False)]),
    "too-short": (False, [result(14, False), result(1, False)]),
    "passed-before": (True, [result(40, True), result(15, False), result(1, False)]),
    "passed-between": (False, [result(21, False), result(14, True), result(7, False), result(1, False)]),
    "broken-between": (True, [result(21, False), result(7, None), result(1, False)]),
    "broken-at-last": (False, [result(21, False), result(7, False), result(1, None), result(1, True, "c2")]),
    "the-last-all-broken": (True, [*FAILING, result(0, None), result(0, None, "c2")]),
    "the-last-cancelled": (True, [*FAILING, result(0, True, run_status="Cancelled")]),
    "not-in-the-newest": (False, [result(21, False), result(7, False), result(1, True, "c2")]),
    "passes-now": (False, [*FAILING, result(0, True)]),
    "newer-of-another-suite": (True, [*FAILING, result(0, True, suite="weekly")]),
    "once": (False, [result(1, False)]),
    "audited": (False, [{**row, "origin": "production_audit"} for row in FAILING]),
    "newest-elsewhere": (False, [
        result(21, False), result(3, False), result(1, True, "c2"), result(3, True, "c3", suite="weekly")
    ]),
    "audited-since": (True, [*FAILING, result(0, True, origin="production_audit")]),
    "audited-beside": (False, [result(21, False, origin="production_audit"), result(21, True, "c2"), result(1, False)]),
    "of-no-suite": (False, [{**row, "suite": None} for row in FAILING]),
    "without-overall": (True, [{**row, "metric_name": "tone"} for row in FAILING]),
    "a-check-passes": (True, [*FAILING, *(result(days, True, metric_name="tone") for days in (21, 7, 1))]),
    "a-check-fails": (False, [result(d, m == "overall", metric_name=m) for d in (21, 1) for m in ("overall", "tone")]),
    "a-try-passes": (True, [*FAILING, result(7, True, epoch="1")]),
}  # fmt: skip


def test_what_a_failing_case_is(house: House) -> None:
    """At least two runs, all failed, the newest of the suite among them, the first fourteen days or more before it.

    A run in which the check itself broke says nothing; the overall verdict of a case wins over its single checks.
    """
    house.says(*(row for name in CASES for row in whole(name)))
    rows = [{**row, "product_id": name} for name, (_, given) in CASES.items() for row in given]
    house.loads("eval_results", *rows, *({**row, "product_id": "nowhere"} for row in FAILING))
    found = [finding for finding in house.finds() if finding.check == "gaps-not-in-backlog"]
    assert {finding.subject for finding in found} == {"c1"}
    assert [finding.product for finding in found] == sorted(name for name, (expected, _) in CASES.items() if expected)


def test_a_gap_opened_since_is_the_backlog(house: House) -> None:
    """A context gap of the product opened since the case began to fail, open or not, is the work on it."""
    tickets: dict[str, dict[str, object]] = {
        "same-moment": {"opened_at": stamp(21)},
        "later": {"opened_at": stamp(2)},
        "solved": {"opened_at": stamp(2), "status": "done", "resolved_at": stamp(1)},
        "earlier": {"opened_at": stamp(22)},
        "a-request": {"opened_at": stamp(2), "kind": "request"},
    }
    names = (*tickets, "none")
    house.says(*(row for name in names for row in whole(name)))
    house.loads("eval_results", *({**row, "product_id": name} for name in names for row in FAILING))
    house.loads(
        "tickets",
        *(ticket(assignee_id="eve", ticket_id=name, product_id=name, **row) for name, row in tickets.items()),
    )
    found = [finding.product for finding in house.finds() if finding.check == "gaps-not-in-backlog"]
    assert found == ["a-request", "earlier", "none"]
