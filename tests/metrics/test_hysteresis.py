"""Colours at an edge: what stands, against a state machine that walks the weeks forward, and in a swaying company."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.engine import read
from metrics.health import WORST_FIRST, Colour
from metrics.hysteresis import settled, steady
from metrics.portfolio import portfolio
from metrics.spec import Scope
from metrics.standing import by_product
from metrics.targets import targets
from tests.metrics.company import Company, day, tasks
from tests.metrics.reviews import audit, check, review

G, L, A, R, N = ("green", "likely_green", "amber", "red", "grey")

CASES: list[tuple[str, list[Colour], bool, Colour]] = [
    ("as ever", [G, G], False, G),
    ("red for one week", [R, G, G], False, G),
    ("red for two weeks", [R, R, G], False, R),
    ("better for one week", [G, R, R], False, R),
    ("a star lost for one week", [L, G, G], False, G),
    ("sways each week", [G, A, G, A], False, A),
    ("swayed, then twice the same", [G, A, A, R], False, A),
    ("first week ever", [R], False, R),
    ("first week known", [R, N, G], False, R),
    ("another colour in the second week known", [R, A, N], False, A),
    ("not known now", [N, G, G], False, N),
    ("critical error, red at once", [R, G, G], True, R),
    ("critical error, and better", [G, R, R], True, R),
]


@pytest.mark.parametrize(("name", "colours", "urgent", "stands"), CASES, ids=[case[0] for case in CASES])
def test_a_change_of_colour_needs_two_periods(name: str, colours: list[Colour], urgent: bool, stands: Colour) -> None:
    """The newest colour that two periods in a row agree on; grey at once; critical errors at once for the worse."""
    assert settled(colours, urgent=urgent) == stands


@given(st.lists(st.sampled_from(WORST_FIRST), min_size=1, max_size=30))
def test_looking_back_finds_what_walking_forward_holds(weeks: list[Colour]) -> None:
    """A state machine from the first week on (grey stands at once, the first colour after it too, any other when the
    week before said it already) is in the state that looking back over the same weeks finds.
    """
    state, before = weeks[0], weeks[0]
    for colour in weeks[1:]:
        if "grey" in (colour, state) or colour == before:
            state = colour
        before = colour
    assert settled(weeks[::-1]) == state


def sways(company: Company, shares: list[int]) -> Company:
    """Forty people with ten tasks each a week, of which so many succeed; the newest week last, ending on day 27."""
    company.has("products", [{"product_id": "chat", "name": "Chat"}])
    first = 28 - 7 * len(shares)
    days = [(first + 7 * week + place, good) for week, good in enumerate(shares) for place in (2, 6)]
    rows = [tasks(f"p{n}", day(when), good, 10 - good) for when, good in days for n in range(40)]
    return company.has("user_days", rows)


@pytest.mark.parametrize(
    ("shares", "colour", "said"),
    [
        ([10, 10, 10, 1], "green", "Still green"),
        ([10, 10, 1, 1], "red", ""),
        ([10, 1, 10, 1], "green", "Still green"),
        ([1], "red", ""),
    ],
)
def test_a_product_keeps_its_colour_for_one_odd_week(
    company: Company, shares: list[int], colour: str, said: str
) -> None:
    """Read week by week: the board, the verdict and the report have the colour that stood twice, and say why."""
    sways(company, shares)
    week = Scope(since=day(21), until=day(27))
    (found,) = portfolio(company.store, week, []).products
    health = found.healths["task_success"]
    assert (health.colour, said in health.sentence) == (colour, True)
    assert found.readings["task_success"].value == pytest.approx(shares[-1] / 10)
    assert (found.verdict.rule == "failing") is (colour == "red")


@pytest.mark.parametrize(("severity", "colour"), [(1, "red"), (3, "likely_green")])
def test_a_critical_error_does_not_wait(company: Company, severity: int, colour: str) -> None:
    """People found no error for three weeks, and many in the last: red at once where one of them is critical."""
    company.has("products", [{"product_id": "chat", "name": "Chat"}])
    good: Any = {f"p{n}": [(0, None)] * 28 for n in range(40)}
    audit(company, good)
    review(company, [
        check(f"chat-p{n}-{place}", day(27 - place % 28), False, hour=13, severity=severity, error_type="incorrect")
        for n in range(40) for place in range(3)
    ])  # fmt: skip
    week = Scope(since=day(21), until=day(27))
    now = by_product(read(company.store, ("hallucination_rate",), week, by=("product",)))
    with company.store.reading() as reader:
        goals = targets(reader)
    assert goals.health(now["chat"]["hallucination_rate"]).colour == "red"
    assert steady(company.store, week, goals, now)["chat"]["hallucination_rate"].colour == colour
