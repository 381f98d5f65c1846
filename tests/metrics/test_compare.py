from dataclasses import replace
from datetime import date

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from metrics.compare import before, delta
from metrics.spec import Reading, Scope


def share(hits: int, of: int) -> Reading:
    """A reading of independent people with Wilson's interval, as statsmodels has it."""
    low, high = proportion_confint(hits, of, method="wilson")
    return Reading(
        metric="task_success", group={}, value=hits / of, low=low, high=high, level=0.95, units=of, events=of,
        method="jackknife Wilson, n_eff 100, t(99)", status="ok", decides=True, missing="", definition_hash="a",
        data_version=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("now", "then"), [((56, 70), (48, 80)), ((9, 10), (3, 10)), ((10, 10), (0, 20)), ((5, 56), (0, 29))]
)
def test_the_interval_of_a_difference_is_newcombes(now: tuple[int, int], then: tuple[int, int]) -> None:
    """On two Wilson intervals MOVER is Newcombe's method 10, as statsmodels computes it."""
    found = delta(share(*now), share(*then))
    low, high = confint_proportions_2indep(*now, *then, compare="diff", method="newcomb")
    assert found.value == pytest.approx(now[0] / now[1] - then[0] / then[1])
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
    assert found.clear == bool(low > 0 or high < 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"definition_hash": "b"}, "definition"),
        ({"value": None, "low": None, "high": None, "status": "not_measured"}, "no value in the one before"),
        ({"status": "insufficient"}, "insufficient in the period before"),
        ({"status": "partial"}, "only a part of the period before"),
        ({"method": "corrected (Rogan-Gladen): sensitivity .9"}, "another way"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_reason(change: dict[str, object], why: str) -> None:
    """No difference is shown across a change of definition or method, or against nothing: a sentence instead."""
    now = share(50, 80)
    found = delta(now, replace(now, **change))
    assert (found.value, found.low, found.high, found.clear) == (None, None, None, False)
    assert why in found.refused


def test_the_period_before_has_the_same_length_and_ends_where_this_begins() -> None:
    """Twelve weeks are held against the twelve weeks before them."""
    scope = Scope(since=date(2026, 8, 31), until=date(2026, 11, 22), products=("chat",))
    earlier = before(scope)
    assert (earlier.since, earlier.until) == (date(2026, 6, 8), date(2026, 8, 30))
    assert earlier.products == ("chat",)


def test_a_census_has_a_difference_without_interval() -> None:
    """Where nothing was sampled the change is shown, and it is not called clear."""
    now = replace(share(8, 10), low=None, high=None, method="census of the inventory")
    found = delta(now, replace(now, value=0.5))
    assert (found.value, found.low, found.clear) == (pytest.approx(0.3), None, False)
