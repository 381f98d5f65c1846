"""Loops and evals that looked better than they were, as others have shown them. A test here is never weakened."""

from datetime import datetime, timedelta

from metrics.eval_series import eval_series
from metrics.loop import loops
from metrics.spec import Scope
from tests.metrics.company import Company, day
from tests.metrics.desk import ask, ticket
from tests.metrics.reviews import check, review, talk

NINE = datetime(2026, 9, 7, 9)


def gap(number: int, hours: float | None) -> dict[str, object]:
    """A gap of Monday morning, answered after so many hours of its first office days, or not at all."""
    opened = NINE + timedelta(minutes=number)
    answered = None if hours is None else opened + timedelta(hours=hours)
    return ticket(number, opened, answered, documented_at=None, eval_added_at=None, reopened_count=0)


def tried(run: str, when: int, case: str, passed: bool, **stated: object) -> dict[str, object]:
    """A check of a suite."""
    more = {"origin": "suite", "suite": "s", "run_id": run, "interaction_id": None, "evaluator": "judge-1", **stated}
    return check(case, day(when), passed, **more)


def test_open_gaps_are_not_dropped_from_a_stage(company: Company, september: Scope) -> None:
    """Eleven quick answers and thirty gaps that nobody answers: most have waited longer than any answer took."""
    rows = [gap(n, 1) for n in range(11)] + [gap(n, None) for n in range(11, 41)]
    ask(company.sells("chat"), [*rows, ticket(99, NINE + timedelta(days=21), kind="request",
                                              documented_at=None, eval_added_at=None, reopened_count=0)])  # fmt: skip
    (found,) = loops(company.store, september)
    answered = found.stages[0]
    assert (answered.gaps, answered.ended, answered.open) == (41, 11, 30)
    assert answered.median.value is None
    assert answered.missing.startswith("Median not reached, > 1")


def test_repeating_a_case_makes_no_suite_larger(company: Company, september: Scope) -> None:
    """Ten trials of every case are as many cases as one: the interval does not narrow."""
    once = [tried("a", 1, f"c{n}", n % 3 > 0) for n in range(30)]
    often = [tried("b", 2, f"c{n}", n % 3 > 0, epoch=epoch) for n in range(30) for epoch in range(10)]
    one, ten = eval_series(review(company.sells("chat"), [*once, *often]).store, september)
    assert (one.value, one.low, one.high, one.cases) == (ten.value, ten.low, ten.high, ten.cases)


def test_many_cases_of_what_nobody_asks_do_not_raise_the_rate(company: Company, september: Scope) -> None:
    """A suite that is easy where it is large: its success is that of what production asks."""
    company.sells("chat").has("interactions", [
        talk(f"t{n}", f"p{n}", day(1), topic_id="hard" if n < 9 else "easy") for n in range(10)
    ])  # fmt: skip
    cases = [tried("a", 1, f"hard{n}", n < 2, topic_id="hard") for n in range(10)]
    cases += [tried("a", 1, f"easy{n}", True, topic_id="easy") for n in range(90)]
    (found,) = eval_series(review(company, cases).store, september)
    assert found.value == 0.28
    assert found.low is not None
    assert found.low > 0


def test_a_few_cases_that_all_pass_are_not_certain(company: Company, september: Scope) -> None:
    """Strata of three passed cases each have no variance, and still a wide interval."""
    company.sells("chat").has("interactions", [
        talk(f"t{n}", f"p{n}", day(1), topic_id=f"topic{n % 4}") for n in range(20)
    ])  # fmt: skip
    cases = [tried("a", 1, f"{topic}-{n}", True, topic_id=f"topic{topic}") for topic in range(4) for n in range(3)]
    (found,) = eval_series(review(company, cases).store, september)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low is not None
    assert found.low < 0.8


def test_a_judge_that_became_milder_closes_no_gap(company: Company, september: Scope) -> None:
    """The same answers under another judge or another prompt of it: no gap's eval has improved."""
    known = {"documented_at": NINE + timedelta(days=1), "eval_added_at": NINE + timedelta(days=2)}
    rows = [gap(n, 1) | known for n in range(12)]
    tries = [tried("a", 3, f"gap:T{n}", False) for n in range(12)]
    tries += [tried("b", 9, f"gap:T{n}", True, prompt_version="milder") for n in range(12)]
    (found,) = loops(review(ask(company.sells("chat"), rows), tries).store, september)
    improved = found.stages[3]
    assert (improved.gaps, improved.ended, improved.open) == (12, 0, 12)
