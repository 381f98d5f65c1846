"""Each path to the headline, and what may decide."""

from datetime import timedelta
from random import Random

import pytest

from metrics import CATALOG, origin, read
from metrics.spec import Scope
from tests.metrics.company import MONDAY, SUNDAY, Company, day, use
from tests.metrics.oracle import Row
from tests.metrics.reviews import (
    AUDITED,
    JUDGE,
    JUDGED,
    RATE,
    Found,
    Seen,
    audit,
    check,
    headline,
    powered,
    review,
    talk,
)


def mixed(people: int, each: int, *, wrong: int, caught: int, accused: int) -> Found:
    """Tasks of which every `wrong`-th is wrong. The judge flags all wrong ones but every `caught`-th and, of the good
    ones, every `accused`-th.
    """
    labels: Found = {}
    for number in range(people * each):
        bad = number % wrong == 0
        flagged = (number // wrong) % caught != 0 if bad else number % accused == 0
        labels.setdefault(f"p{number // each}", []).append((int(bad), int(flagged)))
    return labels


def calibration(
    good: tuple[int, int], wrong: tuple[int, int], evaluator: str = JUDGE, **stated: object
) -> list[dict[str, object]]:
    """A calibration set: of good and of wrong answers, so many that the judge passes and so many that it flags."""
    rows = []
    for bad, counts in ((False, good), (True, wrong)):
        for flagged, count in zip((False, True), counts, strict=True):
            for number in range(count):
                name = f"c-{bad}-{flagged}-{number}"
                by_judge = check(name, day(-90), not flagged, evaluator=evaluator, **stated)
                rows += [check(name, day(-90), not bad), by_judge]
    return [{**row, "origin": "calibration", "interaction_id": None} for row in rows]


def test_people_and_judge_together_are_more_certain_than_people_alone(company: Company, september: Scope) -> None:
    """Where people labelled every fourth of the judged tasks, the rate rests on both; its interval is the narrower."""
    chance = Random(7)
    labels: Found = {f"p{n}": [] for n in range(40)}
    for number in range(1600):
        wrong = chance.random() < 0.1
        flagged = chance.random() < (0.9 if wrong else 0.03)
        labels[f"p{number % 40}"].append((int(wrong) if number // 40 % 4 == 0 else None, int(flagged)))
    labels |= {f"q{n}": [(None, 0)] * 9 + [(None, 1)] for n in range(10)}  # of whom people looked at nothing
    audit(company.sells("chat"), labels)
    by_name = {r.metric: r for r in read(company.store, [RATE, JUDGED, AUDITED], september)}
    reading, people = by_name[RATE], by_name[AUDITED]
    assert reading.method.startswith("corrected (prediction-powered): 400 human labels among 1,700 judged tasks")
    assert (reading.status, reading.decides, reading.units, reading.events) == ("ok", True, 40, 400)
    assert reading.low is not None
    assert reading.high is not None
    assert people.low is not None
    assert people.high is not None
    assert reading.low <= 0.1 <= reading.high
    assert reading.high - reading.low < people.high - people.low
    expected = powered([Seen(who, p, j, 10**6, 10**6) for who, each in labels.items() for p, j in each])
    assert expected is not None
    assert (reading.value, reading.low, reading.high) == pytest.approx(expected[:3], abs=1e-9)


def test_a_judge_is_corrected_by_its_own_calibration_set(company: Company, september: Scope) -> None:
    """Without human labels in the audit: Rogan-Gladen, with sensitivity and specificity in the method."""
    audit(company.sells("chat"), {who: [(None, j) for _, j in each] for who, each in
                                  mixed(40, 10, wrong=10, caught=5, accused=9).items()})  # fmt: skip
    review(company, calibration(good=(91, 9), wrong=(6, 94)))
    by_name = {r.metric: r for r in read(company.store, [RATE, JUDGED], september)}
    reading, judged = by_name[RATE], by_name[JUDGED]
    assert judged.value is not None
    assert reading.value == pytest.approx((judged.value + 0.91 - 1) / (0.94 + 0.91 - 1))
    assert reading.method.startswith(
        "corrected (Rogan-Gladen): sensitivity .94, specificity .91, kappa .85, 100 + 100 human labels;"
        " 400 tasks judged by judge-1, n_eff "
    )
    assert (reading.status, reading.decides, reading.units, reading.events) == ("ok", True, 40, 400)
    assert reading.low is not None
    assert reading.low < reading.value < reading.high
    assert (judged.status, judged.decides) == ("uncalibrated", False)


@pytest.mark.parametrize(
    ("stated", "sets", "why"),
    [
        ({}, [], "nobody has checked judge-1: load answers"),
        ({}, calibration((91, 9), (6, 23)), "29 wrong and 100 good answers, and 30 of each are needed"),
        ({}, calibration((64, 36), (36, 64)), "hardly tells wrong from good: sensitivity 0.64, specificity 0.64"),
        (
            {},
            calibration((91, 9), (6, 94), "judge-2"),
            "the calibration is of judge-2, and the judge in use is judge-1",
        ),
        (
            {"prompt_version": "v2"},
            calibration((91, 9), (6, 94), prompt_version="v1"),
            "the calibration is of judge-1 (prompt v1), and the judge in use is judge-1 (prompt v2)",
        ),
    ],
)
def test_a_judge_that_cannot_be_corrected_is_shown_and_decides_nothing(
    company: Company, september: Scope, stated: dict[str, object], sets: list[Row], why: str
) -> None:
    """Too few labels, too weak a judge, another judge or another prompt: the judge's own rate without interval."""
    audit(company.sells("chat"), {f"p{n}": [(None, int(n % 8 == 0))] * 3 for n in range(40)}, **stated)
    if sets:
        review(company, sets)
    reading = headline(company, september)
    assert (reading.value, reading.low, reading.high) == (0.125, None, None)
    assert (reading.status, reading.decides) == ("uncalibrated", False)
    assert reading.missing.startswith("A judge read 120 tasks, and its rate cannot be corrected: ")
    assert why in reading.missing
    assert reading.method.startswith("judged by judge-1")


def test_two_judges_in_turn_share_no_calibration(company: Company, september: Scope) -> None:
    """A judge replaced within the period is two judges; of each half alone the rate is corrected, and a judge that
    failed on a part of the tasks is still the same panel.
    """
    company.sells("chat").has("user_days", [use("p0", day(n)) for n in range(28)])
    company.has("interactions", [talk(f"t{n}", f"p{n % 40}", day(n % 28)) for n in range(400)])
    review(
        company, [check(f"t{n}", day(n % 28), n % 5 > 0, evaluator=f"judge-{1 + (n % 28) // 14}") for n in range(400)]
    )
    review(company, calibration((91, 9), (6, 94)))
    whole = headline(company, september)
    assert whole.status == "uncalibrated"
    assert "these tasks were read by several: judge-1; judge-2" in whole.missing
    first, second = Scope(since=MONDAY, until=day(13)), Scope(since=day(14), until=SUNDAY)
    assert headline(company, first).method.startswith("corrected (Rogan-Gladen)")
    assert "of judge-1, and the judge in use is judge-2" in headline(company, second).missing
    review(
        company, [check(f"t{n}", day(n % 28), True, evaluator="judge-0", metric_name="safe") for n in range(0, 400, 3)]
    )
    sets = [row for row in calibration((91, 9), (6, 94)) if row["evaluator"] == JUDGE]
    review(company, [{**row, "evaluator": "judge-0", "metric_name": "safe", "passed": True} for row in sets])
    assert headline(company, first).method.startswith("corrected (Rogan-Gladen): sensitivity .94, specificity .91")


def test_a_judge_that_was_calibrated_anew_keeps_its_old_calibration(company: Company, september: Scope) -> None:
    """The same cases judged again with another prompt are the calibration of that prompt, not the end of the first."""
    audit(company.sells("chat"), {f"p{n}": [(None, int(n % 5 == 0))] for n in range(40)}, prompt_version="v1")
    review(company, calibration((91, 9), (6, 94), prompt_version="v1"))
    anew = calibration((70, 30), (30, 70), prompt_version="v2")
    review(company, [{**row, "run_at": row["run_at"] + timedelta(days=9)} for row in anew if row["evaluator"] == JUDGE])
    assert "sensitivity .94, specificity .91, kappa .85, 100 + 100 human labels" in headline(company, september).method


def test_products_with_judges_of_their_own_are_read_apart(company: Company, september: Scope) -> None:
    """One calibration does not speak for several products: the total is uncalibrated, each product is corrected."""
    company.sells("chat", "code")
    for product in ("chat", "code"):
        audit(company, {f"p{n}": [(None, int(n % 4 == 0))] for n in range(40)}, product)
        review(company, [{**row, "product_id": product} for row in calibration((91, 9), (6, 94))])
    assert "read them by product" in headline(company, september).missing
    assert headline(company, september, product="code").status == "ok"


def test_people_alone_are_the_headline_where_the_judge_does_not_fit(company: Company, september: Scope) -> None:
    """With a judge who cannot be corrected the rate is what people found, and the method says why."""
    audit(company.sells("chat"), mixed(40, 5, wrong=10, caught=3, accused=9))
    by_name = {r.metric: r for r in read(company.store, [RATE, AUDITED], september)}
    assert by_name[RATE].method.startswith("audited by people: jackknife Wilson, n_eff ")
    assert "the judge is left out: people and judge both labelled 20 wrong and 180 good" in by_name[RATE].method
    assert (by_name[RATE].value, by_name[RATE].low, by_name[RATE].status) == (0.1, by_name[AUDITED].low, "ok")


def test_no_error_found_has_an_upper_bound(company: Company, september: Scope) -> None:
    """0 of 120 tasks of 40 people is not 0 %: at most what Clopper and Pearson say of 40."""
    audit(company.sells("chat"), {f"p{n}": [(0, None)] * 3 for n in range(40)})
    reading = headline(company, september)
    assert (reading.value, reading.low) == (0.0, 0.0)
    assert reading.high == pytest.approx(1 - 0.025 ** (1 / 40))
    assert "no error found, exact upper bound (Clopper-Pearson) of 40 people" in reading.method


def test_the_sql_behind_the_headline_can_be_run(company: Company, september: Scope) -> None:
    """Each of its statements gives rows with the parameters that come with it."""
    audit(company.sells("chat"), {"ann": [(1, 1)]})
    query = origin(company.store, CATALOG[RATE], september, ("product",))
    for statement in query.sql.split(";"):
        needed = {name: value for name, value in query.params.items() if f"${name}" in statement}
        assert isinstance(company.store.rows(statement, needed), list)


def test_technical_failures_are_counted_over_all_interactions(company: Company, september: Scope) -> None:
    """Failed interactions of all interactions, by person."""
    rows = [use(f"p{n}", SUNDAY, interactions=10, technical_errors=n % 2) for n in range(40)]
    company.sells("chat").has("user_days", rows)
    (reading,) = read(company.store, [f"{RATE}.technical_failure"], september)
    assert (reading.value, reading.units, reading.events, reading.status) == (0.05, 40, 400, "ok")
