"""task_success.eval as a metric of the catalogue, against plain loops over checks that share no code with it."""

import math
from collections import defaultdict
from random import Random
from typing import Any

import pytest
from statsmodels.stats.proportion import proportion_confint

from metrics import evidence, read
from metrics.compare import delta
from metrics.spec import Reading, Scope
from tests.metrics.company import Company, day, found, use
from tests.metrics.reviews import forget, review, talk
from tests.metrics.test_eval_series import ran

NAME = "task_success.eval"


def of(company: Company, scope: Scope) -> Reading:
    """The reading of the one product."""
    return found(read(company.store, [NAME], scope, by=("product",)), product="chat")


@pytest.mark.parametrize("seed", range(4))
def test_the_newest_run_of_each_suite_is_weighed_by_production(workshop: Company, september: Scope, seed: int) -> None:
    """Three suites with several runs each, whose cases name scenarios, topics or nothing; trials averaged within the
    case, strata weighed by demand, statsmodels' Wilson intervals squared and added.
    """
    chance, company = Random(seed), forget(workshop)
    company.sells("chat")
    demand = {"scenario": {"a": chance.randrange(1, 30), "b": chance.randrange(1, 30)}, "topic": {"x": 9, "y": 4}}
    company.has("user_days", [use(f"p{n}", day(n % 28), scenario_id=s) for s, of in demand["scenario"].items()
                              for n in range(of)])  # fmt: skip
    company.has("interactions", [talk(f"{t}{n}", f"p{n}", day(n % 28), topic_id=t) for t, of in demand["topic"].items()
                                 for n in range(of)])  # fmt: skip
    kinds = [chance.choice(["scenario", "topic", ""]) for _ in range(3)]
    checks: list[dict[str, object]] = []
    newest: dict[str, dict[str, list[float]]] = {}
    for suite, kind in zip("uvw", kinds, strict=True):
        for run, when in enumerate(chance.sample(range(1, 28), 3)):
            scores = defaultdict(list)
            for case in range(chance.randrange(4, 12)):
                stratum = chance.choice([*demand[kind], "idle"]) if kind else ""
                trials = [chance.random() < 0.7 for _ in range(chance.randrange(1, 4))]
                stated: dict[str, Any] = {f"{kind}_id": stratum} if kind else {}
                checks += ran(f"{suite}{run}", when, f"c{case}", trials, **{"suite": suite, **stated})
                scores[stratum].append(sum(trials) / len(trials))
            newest[f"{suite} {when:02d}"] = scores
    last = {suite: newest[max(name for name in newest if name.startswith(suite))] for suite in "uvw"}
    fit = {
        s: kind if kind and last[s].keys() & demand[kind].keys() else "" for s, kind in zip("uvw", kinds, strict=True)
    }
    leading = next((kind for kind in ("scenario", "topic") if kind in fit.values()), "")
    strata: dict[str, list[float]] = defaultdict(list)
    for suite in "uvw":
        if fit[suite] == leading:
            for stratum, each in last[suite].items():
                strata[stratum if leading else ""] += each
    weights = {stratum: demand[leading].get(stratum, 0) if leading else 1 for stratum in strata}
    whole = sum(weights.values())
    value = below = above = 0.0
    for stratum, each in strata.items():
        share, mean = weights[stratum] / whole, sum(each) / len(each)
        low, high = proportion_confint(mean * len(each), len(each), method="wilson")
        value += share * mean
        below, above = below + (share * (mean - low)) ** 2, above + (share * (high - mean)) ** 2
    reading = of(review(company, checks), september)
    assert reading.value == pytest.approx(value, abs=1e-11)
    assert reading.events == sum(map(len, strata.values()))
    if reading.events >= 10:
        ends = max(0.0, value - math.sqrt(below)), min(1.0, value + math.sqrt(above))
        assert (reading.low, reading.high) == pytest.approx(ends, abs=1e-9)
    left = [suite for suite in "uvw" if fit[suite] != leading]
    assert ("left out" in reading.method) == bool(left)
    shown = evidence(company.store, reading, september)
    assert [row["score"] for row in shown] == pytest.approx(sorted(score for of in strata.values() for score in of))
    assert evidence(company.store, reading, september, limit=2, after=str(shown[1]["cursor"])) == shown[2:4]


def suite(cases: int, when: int = 3, **stated: object) -> list[dict[str, object]]:
    """A run in which one case of four fails."""
    return [row for n in range(cases) for row in ran("r", when, f"c{n}", [n % 4 > 0], **stated)]


@pytest.mark.parametrize(
    ("cases", "due", "status", "decides", "missing"),
    [
        (40, None, "ok", True, ""),
        (29, None, "ok", False, "29 cases of the 30 that a decision needs."),
        (9, None, "insufficient", False, "9 cases: under 10"),
        (40, 7, "stale", False, "24 days before 2026-10-04; results are due every 7 days."),
        (40, 31, "ok", True, ""),
        (0, None, "not_measured", False, "No eval suite of chat ran in this period"),
    ],
)
def test_few_cases_and_old_runs_decide_nothing(
    company: Company, september: Scope, *, cases: int, due: int | None, status: str, decides: bool, missing: str
) -> None:
    """Cases are what is sampled; a product whose results are due more often than they came is stale."""
    company.sells("chat").has("user_days", [use("ann", day(1))])
    if due:
        company.has("feeds", [{"product_id": "chat", "fact": "eval_results", "cadence_days": due, "required": True}])
    reading = of(review(company, suite(cases)) if cases else company, september)
    assert (reading.status, reading.decides, reading.units) == (status, decides, cases)
    assert missing in reading.missing
    assert (reading.low is None) == (cases < 10)


def test_several_products_parts_and_the_same_cases_are_refused(company: Company, september: Scope) -> None:
    """Suites of two products have no average; a team has none; two periods are not compared as if cases were others."""
    company.sells("chat", "code")
    review(company, [*suite(20, suite_version="3"), *suite(12, product_id="code")])
    (both,) = read(company.store, [NAME], september)
    assert both.value is None
    assert "not averaged (chat, code)" in both.missing
    (one,) = read(company.store, [NAME], september.model_copy(update={"products": ("code",)}))
    assert (one.value, one.events) == (0.75, 12)
    (team,) = read(company.store, [NAME], september.model_copy(update={"teams": ("law",)}))
    assert "not a team or a pilot" in team.missing
    assert of(company, september).method.startswith("newest run of s, version 3, judged by judge-1; suite average")
    assert "pair by pair" in delta(one, one).refused
