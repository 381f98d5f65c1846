"""The board of gaps against a plain walk over each ticket, on a clock that shares no code with it."""

from collections import Counter
from datetime import date, datetime
from random import Random

import pytest

from metrics.gap_board import AGES, Card, ages, gap_board
from metrics.spec import Scope
from tests.metrics.company import Company
from tests.metrics.desk import ask, ticket, waited
from tests.metrics.reviews import review
from tests.metrics.test_loop import HOURS, NINE, ZONE, _proof, desk


@pytest.mark.parametrize("seed", range(4))
def test_a_gap_stands_where_its_last_moment_put_it(company: Company, seed: int) -> None:
    """Column, since when, days and business hours of every gap, as a walk over its moments gives them."""
    tickets, tries = desk(Random(seed))
    review(ask(company.sells("chat"), tickets), tries)
    told = max(at for row in tickets for name in ("opened_at", "first_response_at", "documented_at", "eval_added_at")
               if isinstance(at := row[name], datetime))  # fmt: skip
    tested = max(at for row in tries if isinstance(at := row["run_at"], datetime))
    scope = Scope(since=date(2026, 9, 7), until=date(2026, 10, 20))
    found = {card.ticket: card for card in gap_board(company.store, scope)}
    seen: Counter[str] = Counter()
    for row in tickets:
        name = str(row["ticket_id"])
        if row["kind"] != "context_gap":
            assert name not in found
            continue
        improved, passed = _proof(name, tries)
        answered, documented = row["first_response_at"], row["documented_at"]
        if improved:
            if not scope.since <= improved.date() <= scope.until:
                assert name not in found
                continue
            column = "improved"
        elif row["status"] == "cancelled" or passed:
            column = "stopped"
        else:
            column = "documented" if documented else "answered" if answered else "opened"
        since = documented or answered or row["opened_at"]
        assert isinstance(since, datetime)
        edge = max(told, tested) if documented else told
        card = found[name]
        assert (card.column, card.since, card.days) == (column, since, (edge.date() - since.date()).days)
        assert card.hours == pytest.approx(waited(HOURS, ZONE, since, edge) / 3600, abs=1e-3)
        seen[column] += 1
    assert len(seen) == 5, "the example has every column"


def test_ages_are_counted_in_days_there() -> None:
    """Under 7 days, under 14, under 28, and longer: each gap of the column in one."""
    cards = [Card("chat", str(n), "", "", "", NINE, "opened", NINE, n, 0.0) for n in (0, 6, 7, 13, 14, 27, 28, 99)]
    assert AGES == (7, 14, 28)
    assert ages(cards, "opened") == (2, 2, 2, 2)
    assert ages(cards, "documented") == (0, 0, 0, 0)


def test_a_ticket_closed_without_an_answer_stands_nowhere(company: Company) -> None:
    """Done and never answered: ended otherwise; the expert and the interaction it came from stand on the card."""
    ask(company.sells("chat"), [
        ticket(1, NINE, status="done", resolved_at=NINE, assignee_id="eva", linked_interaction_id="i7"),
        ticket(2, NINE, assignee_id="max", linked_interaction_id=None),
    ])  # fmt: skip
    first, second = gap_board(company.store, Scope(since=date(2026, 9, 1), until=date(2026, 9, 30)))
    assert (first.column, first.expert, first.interaction) == ("stopped", "eva", "i7")
    assert (second.column, second.expert, second.interaction) == ("opened", "max", "")
