"""Task success of eval runs against plain loops over checks, cases and strata that share no code with it."""

import math
from collections.abc import Sequence
from random import Random

import pytest
from statsmodels.stats.proportion import proportion_confint

from metrics.eval_series import Point, as_data, eval_series, lines
from metrics.spec import MetricError, Scope
from tests.metrics.company import Company, day, use
from tests.metrics.reviews import check, review, talk


def ran(run: str, when: int, case: str, trials: Sequence[bool], **stated: object) -> list[dict[str, object]]:
    """The trials of a case in one run of a suite."""
    more = {"origin": "suite", "suite": "s", "run_id": run, "interaction_id": None, "evaluator": "judge-1"}
    return [check(case, day(when), good, **{**more, "epoch": n, **stated}) for n, good in enumerate(trials)]


def of(company: Company, scope: Scope) -> list[Point]:
    """The series of the one product."""
    return eval_series(company.store, scope)


@pytest.mark.parametrize("kind", ["scenario", "topic"])
@pytest.mark.parametrize("seed", range(4))
def test_a_run_is_weighed_by_what_production_asks(company: Company, september: Scope, kind: str, seed: int) -> None:
    """Trials averaged within the case, cases within the stratum, strata by demand; each stratum's Wilson interval by
    statsmodels, the distances weighed, squared and added.
    """
    chance = Random(seed)
    names = ["a", "b", "c"]
    demand = {name: chance.randrange(1, 40) for name in names[:2]} | {"asked-only": 7}
    company.sells("chat")
    for name, tasks in demand.items():
        rows = [(f"p{n}", day(n % 28)) for n in range(tasks)]
        if kind == "scenario":
            company.has("user_days", [use(person, when, scenario_id=name) for person, when in rows])
        else:
            company.has("interactions", [talk(f"{name}{n}", *row, topic_id=name) for n, row in enumerate(rows)])
    checks, scores = [], {name: list[float]() for name in names}
    for name in names:
        for case in range(chance.randrange(5, 9)):
            trials = [chance.random() < 0.7 for _ in range(chance.randrange(1, 4))]
            checks += ran("r", 3, f"{name}-{case}", trials, **{f"{kind}_id": name})
            scores[name].append(sum(trials) / len(trials))
    (found,) = of(review(company, checks), september)
    whole = demand["a"] + demand["b"]
    value = below = above = 0.0
    for name in ("a", "b"):
        share, mean, cases = demand[name] / whole, sum(scores[name]) / len(scores[name]), len(scores[name])
        low, high = proportion_confint(mean * cases, cases, method="wilson")
        value += share * mean
        below += (share * (mean - low)) ** 2
        above += (share * (high - mean)) ** 2
    assert (found.by, found.cases) == (kind, sum(map(len, scores.values())))
    assert found.value == pytest.approx(value, abs=1e-9)
    assert (found.low, found.high) == pytest.approx(
        (max(0.0, value - math.sqrt(below)), min(1.0, value + math.sqrt(above))), abs=1e-9
    )
    assert found.covered == pytest.approx(whole / (whole + 7), abs=1e-9)
    assert "1 strata that nobody asks for weigh nothing" in found.method


def test_without_strata_it_is_a_plain_average_and_says_so(company: Company, september: Scope) -> None:
    """Wilson over cases, of a suite whose cases name nothing; few cases decide nothing, fewer have no interval."""
    runs = [row for n in range(12) for row in ran("r", 3, f"c{n}", [n % 4 > 0])]
    (found,) = of(review(company.sells("chat"), runs), september)
    assert (found.value, found.by, found.status, found.decides) == (0.75, "", "ok", False)
    assert (found.low, found.high) == pytest.approx(proportion_confint(9, 12, method="wilson"), abs=1e-9)
    assert found.method.startswith("suite average")
    few = [row for n in range(9) for row in ran("q", 4, f"c{n}", [True])]
    found = of(review(company, few), september)[-1]
    assert (found.value, found.low, found.high, found.status) == (1.0, None, None, "insufficient")


def test_what_people_of_the_house_ask_is_no_demand(company: Company, september: Scope) -> None:
    """Shadow mode, synthetic rows and accounts of tests weigh nothing."""
    company.sells("chat").has("people", [{"user_id": "robot", "kind": "service"}])
    company.has("interactions", [
        talk("t1", "ann", day(1), topic_id="a"), talk("t2", "robot", day(1), topic_id="b"),
        talk("t3", "bob", day(1), topic_id="b", mode="shadow"), talk("t4", "eve", day(1), topic_id="b", synthetic=True),
    ])  # fmt: skip
    runs = [*ran("r", 3, "a1", [True], topic_id="a"), *ran("r", 3, "b1", [False], topic_id="b")]
    (found,) = of(review(company, runs), september)
    assert [(each.name, each.demand) for each in found.strata] == [("a", 1), ("b", 0)]
    assert (found.value, found.covered) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ({}, ""),
        ({"suite_version": "2"}, "the cases are of another version"),
        ({"evaluator": "judge-2"}, "judged by judge-2, then by judge-1"),
        ({"prompt_version": "p2"}, "judged by judge-1 (prompt p2), then by judge-1"),
    ],
)
def test_a_line_ends_where_the_ruler_changes(
    company: Company, september: Scope, second: dict[str, object], why: str
) -> None:
    """Runs of another version of the cases or by another judge begin a new line and say why."""
    runs = [row for n in range(3) for row in ran("a", 1, f"c{n}", [True], suite_version="1")]
    runs += [row for n in range(3) for row in ran("b", 5, f"c{n}", [True], **{"suite_version": "1", **second})]
    first, then = of(review(company.sells("chat"), runs), september)
    assert (first.line, then.line) == (0, int(bool(why)))
    assert why in then.refused
    assert bool(then.refused) == bool(why)


def test_other_cases_without_a_version_are_another_suite(company: Company, september: Scope) -> None:
    """Where nobody states a version, the cases themselves say whether two runs measure the same."""
    runs = [
        *ran("a", 1, "c1", [True]),
        *ran("b", 2, "c1", [True]),
        *ran("c", 3, "c1", [True]),
        *ran("c", 3, "c2", [False]),
    ]
    found = of(review(company.sells("chat"), runs), september)
    assert [each.line for each in found] == [0, 0, 1]
    assert "its cases are others" in found[2].refused
    assert [row[:3] for row in lines(found)[1:]] == [("chat", "s", "1"), ("chat", "s", "1"), ("chat", "s", "2")]
    assert [each["metric"] for each in as_data(found)] == ["task_success.eval"] * 3


def test_checks_that_failed_say_nothing_and_parts_are_refused(company: Company, september: Scope) -> None:
    """A judge that broke is no failed case; runs outside the period and audits are no runs of a suite."""
    runs = [
        *ran("a", 1, "c1", [True]),
        *ran("a", 1, "c2", [False], eval_error="it broke"),
        *ran("z", 40, "c1", [False]),
    ]
    runs += [check("t", day(2), False)]
    (found,) = of(review(company.sells("chat"), runs), september)
    assert (found.cases, found.value) == (1, 1.0)
    with pytest.raises(MetricError, match="tests a product"):
        of(company, september.model_copy(update={"teams": ("law",)}))
