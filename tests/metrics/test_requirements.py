"""Requirements against the cases of the newest run, counted by plain loops."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

import pytest
from scipy.stats import beta
from statsmodels.stats.proportion import proportion_confint

from metrics.requirements import Checked, requirements, tagged
from tests.conftest import NOON
from tests.metrics.company import Company
from tests.metrics.oracle import Row

TODAY = date(2026, 10, 5)
MONDAY = datetime(2026, 9, 7, 3, 0)


def result(run: int, case: str, passed: bool | None, **more: object) -> dict[str, object]:
    """One check of one case in a run; runs are a day apart."""
    return {
        "run_id": f"r{run}", "run_at": MONDAY + timedelta(days=run), "case_id": case, "passed": passed, "epoch": 1,
        "product_id": "chat", "origin": "suite", "suite": "answers", "metric_name": "correct", "topic_id": None, **more,
    }  # fmt: skip


def checked(company: Company, rows: Sequence[Row], **asked: object) -> Checked:
    """The one requirement of the product against these results."""
    filler = {"event_key": 0, "row_hash": 0, "version_at": NOON, "load_id": "l", "source_system": "s", "source_row": 1,
              "source_records": 1, "source_product": "chat"}  # fmt: skip
    with company.store.write("test", "test") as tx:
        tx.add("eval_results", [{**filler, **row} for row in rows])
    needed = {"requirement_id": "r", "product_id": "chat", "text": "It cites."}
    company.sells("chat").has("requirements", [{**needed, **asked}])
    (found,) = requirements(company.store, "chat", TODAY)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_cases_of_the_newest_run_are_counted_as_plain_loops_count_them(company: Company, seed: int) -> None:
    """A trial passes when all its checks do, a case when most of its trials do; broken and cancelled checks say
    nothing.
    """
    random = Random(seed)
    rows: list[Row] = []
    for run in range(3):
        for case in range(30):
            for epoch in range(3):
                for name in ("correct", "cited"):
                    passed = random.choice((True, True, True, False, None))
                    broken = random.random() < 0.1
                    rows.append(result(
                        run, f"c{case:02d}", None if broken else passed, epoch=epoch, metric_name=name,
                        eval_error="no verdict" if broken else None,
                        run_status="cancelled" if random.random() < 0.05 else "success",
                    ))  # fmt: skip
    trials: dict[tuple[object, object], bool] = {}
    for row in rows:
        if row["run_id"] == "r2" and row["passed"] is not None and row["run_status"] != "cancelled":
            key = row["case_id"], row["epoch"]
            trials[key] = trials.get(key, True) and bool(row["passed"])
    by_case: dict[object, list[bool]] = defaultdict(list)
    for (name_of, _), good in trials.items():
        by_case[name_of].append(good)
    well = sum(2 * sum(goods) > len(goods) for goods in by_case.values())
    found = checked(company, rows, suite="answers")
    assert (found.cases, found.passed) == (len(by_case), well)
    low, high = proportion_confint(well, len(by_case), method="wilson")
    assert [found.low, found.high] == pytest.approx([low, high])
    assert found.ran == MONDAY + timedelta(days=2)


def test_few_cases_have_the_exact_interval(company: Company) -> None:
    """Under twenty cases it is Clopper and Pearson's: nine of nine leave room for a third to fail."""
    found = checked(company, [result(0, f"c{n}", True) for n in range(9)], suite="answers")
    assert found.state == "passes"
    assert [found.low, found.high] == pytest.approx([beta.ppf(0.025, 9, 1), 1.0])


def test_one_failing_case_fails_the_requirement(company: Company) -> None:
    """Every case must pass."""
    rows = [result(0, f"c{n}", n > 0) for n in range(20)]
    assert checked(company, rows, suite="answers").state == "fails"


def test_a_tag_picks_cases_by_topic_or_name(company: Company) -> None:
    """A tag is a topic, a case, or the beginning of a case's name up to a mark; other cases do not count."""
    rows = [
        result(0, "prices-1", True), result(0, "prices", True), result(0, "pricesless", False),
        result(0, "other", True, topic_id="prices"), result(0, "else", False),
    ]  # fmt: skip
    found = checked(company, rows, suite="answers", case_tag="prices")
    assert (found.cases, found.passed, found.state) == (3, 3, "passes")
    assert not tagged({"case_id": "a", "topic": None}, "prices")


def test_the_newest_run_is_the_one_by_the_end_asked_for(company: Company) -> None:
    """A run after the period says nothing about it, and a run of another product or origin never."""
    rows = [
        result(0, "c", False), result(1, "c", True), result(2, "c", False, product_id="code"),
        result(3, "c", False, origin="probe"), result(40, "c", False),
    ]  # fmt: skip
    assert checked(company, rows, suite="answers").state == "passes"


def test_what_nobody_checks_does_not_pass(company: Company) -> None:
    """Without suite and tag there is no check, and a suite that never ran has no results; neither is a pass."""
    company.has("scenarios", [{"scenario_id": "s", "product_id": "chat", "name": "s"}])
    company.has("requirements", [
        {"requirement_id": "a", "product_id": None, "scenario_id": "s", "text": "a", "suite": "never-ran"},
        {"requirement_id": "b", "product_id": "code", "scenario_id": "s", "text": "of another product"},
    ])  # fmt: skip
    assert checked_states(company) == {"a": "no results"}
    company.has("requirements", [{"requirement_id": "c", "product_id": "chat", "text": "c", "suite": " "}])
    assert checked_states(company) == {"c": "no check", "a": "no results"}


def checked_states(company: Company) -> dict[str, str]:
    """The states of the requirements of the product, in their order."""
    return {each.requirement.requirement_id: each.state for each in requirements(company.store, "chat", TODAY)}
