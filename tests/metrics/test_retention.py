from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from metrics import MetricError, Scope
from metrics.cohorts import cohorts
from metrics.retention import Cohort, curve
from tests.metrics.company import MONDAY, SUNDAY, Company, day, tasks, use

COHORTS = st.lists(
    st.lists(st.integers(0, 30), min_size=1, max_size=8).map(lambda n: (max(n), *n[1:])), max_size=8
).map(lambda rows: [Cohort(MONDAY + timedelta(days=7 * place), tuple(row)) for place, row in enumerate(rows)])
DAYS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 41)), min_size=1, max_size=60)


@given(COHORTS)
def test_a_point_is_of_all_cohorts_that_are_old_enough(found: Sequence[Cohort]) -> None:
    """Active by at risk over the cohorts that have that week, with Wilson's interval, until fewer than ten are left."""
    points = {point.week: point for point in curve(found, 0.95)}
    stopped = False
    for week in range(1, 9):
        old = [cohort for cohort in found if len(cohort.active) > week]
        at_risk, active = sum(cohort.active[0] for cohort in old), sum(cohort.active[week] for cohort in old)
        stopped = stopped or at_risk < 10
        assert (week in points) == (not stopped)
        if not stopped:
            interval = binomtest(active, at_risk).proportion_ci(0.95, method="wilson")
            expected = (week, active / at_risk, interval.low, interval.high, at_risk)
            assert points[week] == pytest.approx(expected, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(DAYS, st.integers(35, 48))
def test_cohorts_are_those_of_plain_counting(workshop: Company, uses: list[tuple[int, int]], through: int) -> None:
    """Each person in the week of the first use, in which of the later complete weeks there was any; of two products the
    person is one; the week that is still running is nobody's.
    """
    uses = [(who, min(when, through)) for who, when in uses]  # the data end there
    workshop.empty().sells("chat", "code").has("people", [{"user_id": "robot", "kind": "service"}])
    ends = [use("robot", day(when), product) for when in (0, through) for product in ("chat", "code")]
    workshop.has("user_days", ends)
    workshop.has("user_days", [use(f"p{who}", day(when), ("chat", "code")[who % 2]) for who, when in set(uses)])
    complete = (through + 1) // 7
    seen: dict[int, set[int]] = {}
    for who, when in uses:
        seen.setdefault(who, set()).add(when // 7)
    expected: dict[int, list[int]] = {}
    for weeks in seen.values():
        began = min(weeks)
        if began < complete:
            row = expected.setdefault(began, [0] * (complete - began))
            for week in weeks:
                if week < complete:
                    row[week - began] += 1
    found = cohorts(workshop.store, Scope(since=MONDAY, until=day(through)))
    assert {(cohort.week - MONDAY).days // 7: list(cohort.active) for cohort in found} == expected
    assert all(cohort.from_the_start == (cohort.week == MONDAY) for cohort in found)


def test_a_cohort_does_not_change_with_the_period(company: Company) -> None:
    """Who began before the period is in none of its cohorts, and a cohort is followed past its end: asked in two
    periods, the same week is the same cohort.
    """
    company.sells("chat").has("user_days", [use("old", day(0)), use("old", day(15)), use("new", day(16))])
    company.has("user_days", [use("new", day(30)), use("old", day(34))])
    late = cohorts(company.store, Scope(since=day(14), until=day(20)))
    assert late == [Cohort(day(14), (1, 0, 1))]
    assert late[0] in cohorts(company.store, Scope(since=MONDAY, until=SUNDAY))
    assert late[0].retained(2) == 1
    assert late[0].retained(3) is None


def test_what_is_no_use_begins_nothing(company: Company) -> None:
    """Technical errors, shadow mode, sessions without a person, service accounts; a report of the day is use."""
    company.sells("chat").has("people", [{"user_id": "bot", "kind": "service"}])
    nothing = [
        use("a", day(1), technical_errors=1), use("b", day(1), mode="shadow"), use("s:1", day(1), user_known=False),
        use("bot", day(1)), use("bot", day(0)), use("bot", day(13)),
    ]  # fmt: skip
    company.has("user_days", nothing)
    assert cohorts(company.store, Scope(since=MONDAY, until=SUNDAY)) == []
    company.has(
        "usage_daily", [{"product_id": "chat", "user_id": "c", "day": day(8), "period_days": 1, "active": True}]
    )
    company.has("user_days", [tasks("c", day(2), 1)])
    assert cohorts(company.store, Scope(since=MONDAY, until=SUNDAY)) == [Cohort(MONDAY, (1, 1), True)]


def test_teams_and_pilots_have_no_retention(company: Company, september: Scope) -> None:
    """Refused with a sentence, because nobody knows which team somebody began in."""
    with pytest.raises(MetricError, match="Leave teams and pilots out"):
        cohorts(company.store, september.model_copy(update={"teams": ("sales",)}))


def test_nobody_is_no_curve(company: Company, september: Scope) -> None:
    """Without a product or without use there are no cohorts, and no points of zero."""
    assert cohorts(company.store, september) == []
    assert curve([], 0.95) == curve([Cohort(MONDAY, (30,))], 0.95) == curve([Cohort(MONDAY, (9, 9))], 0.95) == []
