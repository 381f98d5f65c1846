import statistics
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_rel
from statsmodels.stats.contingency_tables import mcnemar

from metrics.eval_runs import Rerun, reruns
from metrics.paired import Change, Pairs, change
from tests.metrics.company import Company, day
from tests.metrics.reviews import check, review

TRIALS = st.lists(st.booleans(), min_size=1, max_size=3)
SUITE = st.lists(st.tuples(TRIALS, TRIALS), min_size=1, max_size=40)


def ran(run: str, when: int, cases: Sequence[Sequence[bool]], **stated: object) -> list[dict[str, object]]:
    """A run of the suite on a day: the trials of each case."""
    return [
        check(f"c{case}", day(when), passed, **{
            "origin": "suite", "suite": "answers", "suite_version": "1", "run_id": run, "epoch": epoch,
            "interaction_id": None, **stated,
        })  # type: ignore[arg-type]
        for case, trials in enumerate(cases) for epoch, passed in enumerate(trials)
    ]  # fmt: skip


def of(company: Company, until: int = 27) -> Rerun:
    """The suite's newest run against the one before."""
    (found,) = reruns(company.store, "chat", day(until))
    return found


@settings(max_examples=15, deadline=None)
@given(SUITE)
def test_the_same_cases_are_compared_pair_by_pair(
    workshop: Company, suite: list[tuple[list[bool], list[bool]]]
) -> None:
    """Mean, interval and p are those of scipy's paired t and statsmodels' McNemar over the cases' shares of trials."""
    company = workshop.empty().sells("chat")
    with company.store.write("test", "test") as tx:
        tx.run("DELETE FROM eval_results")
    review(company, [*ran("a", 1, [one for one, _ in suite]), *ran("b", 2, [two for _, two in suite])])
    first, second = ([sum(each[side]) / len(each[side]) for each in suite] for side in (0, 1))
    found = of(company)
    assert found.change.value == pytest.approx(statistics.fmean(second) - statistics.fmean(first), abs=1e-12)
    apart = [two - one for one, two in zip(first, second, strict=True)]
    if max(apart) - min(apart) < 1e-9:
        assert (found.change.low, found.change.high) == (None, None)
    else:
        interval = ttest_rel(second, first).confidence_interval(0.95)
        assert (found.change.low, found.change.high) == pytest.approx((interval.low, interval.high), abs=1e-9)
    b = sum(one > 0.5 >= two for one, two in zip(first, second, strict=True))
    c = sum(two > 0.5 >= one for one, two in zip(first, second, strict=True))
    assert (found.pairs.only_first, found.pairs.only_second, found.pairs.cases) == (b, c, len(suite))
    expected = mcnemar([[0, b], [c, 0]], exact=b + c < 25, correction=True).pvalue
    assert found.change.p == pytest.approx(1.0 if b == c else expected, rel=1e-9)


def test_many_cases_that_differ_are_tested_by_chi_squared() -> None:
    """From 25 on, corrected for continuity, as statsmodels has it; no cases are no change."""
    found = change(Pairs(100, 20.0, 60.0, 20, 40), 0.95)
    assert found.p == pytest.approx(mcnemar([[0, 20], [40, 0]], exact=False, correction=True).pvalue)
    assert found.clear
    assert change(Pairs(0, 0, 0, 0, 0), 0.95) == Change(None, None, None, None)
    assert change(Pairs(1, 1, 1, 0, 1), 0.95) == Change(1, None, None, 1)


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ({"suite_version": "2"}, "Not compared: the cases are of another version."),
        ({"evaluator": "judge-2"}, "Not compared: it was judged by judge-2, before by judge-1."),
        ({"prompt_version": "p2"}, "judged by judge-1 (prompt p2), before by judge-1."),
    ],
)
def test_another_ruler_is_refused(company: Company, stated: dict[str, object], why: str) -> None:
    """Another version of the cases, another judge, another prompt of the judge: a sentence and no number."""
    judged = {"evaluator": "judge-1"}
    runs = [*ran("a", 1, [[True]] * 30, **judged), *ran("b", 2, [[False]] * 30, **{**judged, **stated})]
    found = of(review(company.sells("chat"), runs))
    assert found.change == Change(None, None, None, None)
    assert why in found.refused
    assert found.before is not None


def test_what_cannot_be_compared_says_so(company: Company) -> None:
    """One run; no case in common; runs after the day asked for and checks that failed do not count."""
    assert reruns(company.sells("chat").store, "chat", day(27)) == []
    review(company, ran("a", 1, [[True], [False]]))
    assert of(company).refused.startswith("It ran once")
    late = [row | {"case_id": f"other{n}"} for n, row in enumerate(ran("b", 5, [[True]]))]
    review(company, [*late, *ran("c", 6, [[True]] * 3, eval_error="it broke")])
    assert of(company, until=4).refused.startswith("It ran once")
    assert of(company).refused == "Not compared: no case is in both runs."


def test_runs_are_ordered_by_their_end(company: Company) -> None:
    """The two newest runs by their last check, with what was released then."""
    runs = [
        ran("z", 1, [[True]] * 4),
        ran("a", 9, [[True]] * 3 + [[False]], service_version="2.0"),
        ran("m", 5, [[False]] * 4),
    ]
    found = of(review(company.sells("chat"), [row for run in runs for row in run]))
    assert (found.newest.run_id, found.before and found.before.run_id) == ("a", "m")
    assert (found.newest.releases, found.newest.ran.date()) == (("2.0",), day(9))
    assert found.change.value == 0.75
    assert found.newest.ran - timedelta(days=4) == (found.before and found.before.ran)
