from collections.abc import Sequence
from random import Random

import pytest
from scipy.stats import beta as beta_of
from scipy.stats import binom

from data.settings import settings
from metrics import Scope
from metrics.harm import critical_errors, lower_bound
from metrics.pilot_case import Harm
from tests.metrics.company import MONDAY, SUNDAY, Company, day, granted, use
from tests.metrics.oracle import Row
from tests.metrics.reviews import check, review, talk
from tests.metrics.trials import TEAM, pilot

OWN = Scope(since=MONDAY, until=SUNDAY, products=("chat",), pilots=("trial",))


@pytest.mark.parametrize(("hits", "of", "low"), [(15, 50, 0.129556), (5, 50, 0.013021), (1, 2, 0.0)])
def test_the_bound_is_the_published_one(hits: int, of: int, low: float) -> None:
    """The values of confseq's own test of its Bernoulli confidence sequence (t_opt 50, alpha .05; MIT licence)."""
    assert lower_bound(hits, of, 0.95, tuned_for=50) == pytest.approx(low, abs=2e-5)


def test_the_bound_lies_below_what_was_seen_and_rises_with_it() -> None:
    """Nothing found gives no bound; each further error raises it; it lies under the exact bound for a single look."""
    bounds = [lower_bound(hits, 300, 0.95) for hits in range(60)]
    assert bounds[0] == 0
    assert bounds == sorted(bounds)
    assert bounds[20] > 0.02
    for hits in range(1, 60):
        assert bounds[hits] < float(beta_of.ppf(0.025, hits, 300 - hits + 1)) < hits / 300
    assert 0 < lower_bound(8, 8, 0.95) < 1


@pytest.mark.parametrize("rate", [0.005, 0.01, 0.05])
def test_looking_every_day_seldom_finds_harm_that_is_not_there(rate: float) -> None:
    """Looked at after each of 400 tasks, the bound passes the true rate at some time in at most one pilot of twenty."""
    chance, pilots, wrong = Random(7), 400, 0
    for _ in range(pilots):
        hits, passed = 0, False
        for number in range(1, 401):
            if chance.random() < rate:
                hits += 1
                passed = passed or lower_bound(hits, number, 0.95) > rate
        wrong += passed
    assert wrong <= binom.ppf(0.999, pilots, 0.05)


def found(company: Company) -> Harm:
    """The critical errors of the trial."""
    with company.store.reading() as reader:
        return critical_errors(reader, {"trial": OWN}, settings(reader))["trial"]


def holds(company: Company, talks: Sequence[Row], checks: Sequence[Row]) -> Company:
    """A company with the trial, these interactions and these checks of them."""
    company.sells("chat").has("pilots", [pilot()]).has("interactions", talks)
    company.has("user_days", [use("p00", day(0)), use("p00", day(27))])
    company.has("audience", [granted(person, pilot="trial") for person in TEAM])
    return review(company, checks)


def test_only_what_people_found_critical_in_the_pilots_tasks_counts(company: Company) -> None:
    """Of the tasks of its people in its days that people audited, those with a content error of severity 1."""
    talks = [
        *(talk(f"t{number}", TEAM[number % 12], day(number)) for number in range(20)),
        talk("before", "p00", day(-1)), talk("guest", "somebody", day(3)), talk("dark", "p01", day(3), mode="shadow"),
    ]  # fmt: skip
    bad = {"error_type": "unsafe", "severity": 1}
    checks = [
        *(check(f"t{number}", day(20), True) for number in range(6, 16)),
        check("t0", day(20), False, **bad), check("t1", day(20), False, error_type=None, severity=1),
        check("t2", day(20), False, error_type="incorrect", severity=2),
        check("t3", day(20), False, error_type="technical", severity=1),
        check("t4", day(20), False, evaluator="judge-1", **bad),
        check("t5", day(20), False, eval_error="it broke", **bad), check("t5", day(21), True),
        check("t6", day(20), False, evaluator="second auditor", **bad),
        *(check(name, day(20), False, **bad) for name in ("before", "guest", "dark")),
        check("t17", day(20), False, origin="calibration", **bad),
    ]  # fmt: skip
    # audited by people: t6 to t15, t0 to t3 and t5; critical: t0, t1 and t6
    assert found(holds(company, talks, checks)) == Harm(low=lower_bound(3, 15, 0.95), count=3)


def test_an_error_that_was_corrected_is_none(company: Company) -> None:
    """A check that was repeated counts as it came out last: passed, or less bad than it seemed."""
    talks = [talk(name, "p00", day(1)) for name in ("t0", "t1")]
    checks = [
        check("t0", day(2), False, severity=1, error_type="unsafe"), check("t0", day(5), True),
        check("t1", day(2), False, severity=1, error_type="unsafe"), check("t1", day(5), False, severity=3),
    ]  # fmt: skip
    assert found(holds(company, talks, checks)) == Harm(low=0.0, count=0)


def test_nobody_looked_is_not_no_harm(company: Company) -> None:
    """Without an audit by people nothing is known of critical errors: no bound and no count."""
    checks = [check("t0", day(2), False, evaluator="judge-1", severity=1)]
    assert found(holds(company, [talk("t0", "p00", day(1))], checks)) == Harm()
