"""Experts against statsmodels' product limit over the same waits, on a clock that shares no code with the engine."""

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from metrics.expert_load import expert_load
from metrics.spec import Scope
from tests.metrics.company import Company, day
from tests.metrics.desk import ask, office, ticket, waited
from tests.metrics.inventories import topic
from tests.metrics.test_loop import NINE

HOURS = office(day(-30), day(120))
WIDE = Scope(since=date(2026, 9, 7), until=date(2026, 10, 4))


def test_load_median_and_p90_count_open_tickets_as_censored(company: Company) -> None:
    """Eva's sixty tickets, some open: the quantiles are those of statsmodels, the interval covers the value."""
    chance = Random(3)
    rows = []
    for number in range(60):
        opened = NINE + timedelta(hours=chance.randrange(20 * 24))
        answered = opened + timedelta(hours=chance.randrange(1, 100)) if chance.random() < 0.95 else None
        rows.append(ticket(number, opened, answered, assignee_id="eva"))
    told = max(max(row["opened_at"], row["first_response_at"] or row["opened_at"]) for row in rows)
    ask(company.sells("chat").has("topics", [topic("a", sme_id="eva"), topic("b", sme_id="ida")]), rows)
    waits = [
        (waited(HOURS, "UTC", row["opened_at"], row["first_response_at"] or told), row["first_response_at"] is not None)
        for row in rows
    ]
    curve = SurvfuncRight(np.array([wait for wait, _ in waits]), np.array([int(ended) for _, ended in waits]))
    (eva, ida) = expert_load(company.store, WIDE)
    ended = sum(done for _, done in waits)
    assert (eva.expert, eva.topics, eva.tickets, eva.answered, eva.open) == ("eva", 1, 60, ended, 60 - ended)
    assert eva.median.value == pytest.approx(curve.quantile(0.5) / 3600, abs=1e-6)
    assert eva.p90.value == pytest.approx(curve.quantile(0.9) / 3600, abs=1e-6)
    assert eva.oldest == pytest.approx(max(wait for wait, done in waits if not done) / 3600, abs=1e-3)
    assert eva.median.low is not None
    assert eva.median.low <= (eva.median.value or 0)
    assert (ida.expert, ida.topics, ida.tickets, ida.median.value) == ("ida", 1, 0, None)


def test_too_few_answers_have_no_median_and_nobodys_tickets_are_counted(company: Company) -> None:
    """Nine answers: no median, and a sentence; a ticket without assignee is nobody's, aliases are one person."""
    rows = [ticket(n, NINE, NINE + timedelta(hours=1), assignee_id="eva" if n % 2 else "EVA") for n in range(9)]
    company.sells("chat").has("person_aliases", [{"source_system": "s", "source_user": "EVA", "user_id": "eva"}])
    ask(company, [*rows, ticket(20, NINE), ticket(21, NINE, kind="incident", assignee_id="max")])
    (nobody, eva) = expert_load(company.store, WIDE)
    assert (nobody.expert, nobody.open) == ("", 1)
    assert (eva.expert, eva.answered, eva.median.value) == ("eva", 9, None)
    assert eva.missing == "A median needs 10 answered tickets; there are 9."


def test_without_tickets_and_topics_there_is_nobody(company: Company) -> None:
    """An empty warehouse has no expert."""
    assert expert_load(company.store, WIDE) == []
