"""Releases: which days are compared, and that the difference is the one of the readings of those days."""

from datetime import date, datetime, timedelta

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from data.portfolio import Release
from data.settings import Settings
from metrics import Scope
from metrics.before_after import before_after, changes
from metrics.ground import Span
from tests.metrics.company import LONG_AGO, MONDAY, Company, day, tasks

KNOWN = Span(day(-70), day(69))


def release(offset: int, version: str = "2.0", kind: str = "model", hour: int = 14) -> Release:
    """A release so many days after MONDAY."""
    at = datetime.combine(day(offset), datetime.min.time()) + timedelta(hours=hour)
    return Release(product_id="chat", service_version=version, released_at=at, kind=kind)


def windows(
    *released: Release, known: Span | None = KNOWN, zone: str = "UTC"
) -> list[tuple[tuple[int, int] | None, ...]]:
    """The compared days of each change, as offsets from MONDAY."""
    found = changes(released, known, Settings(reporting_zone=zone))
    return [
        tuple(w and ((w.first - MONDAY).days, (w.last - MONDAY).days) for w in (change.before, change.after))
        for change in found
    ]


def test_four_weeks_before_are_held_against_four_weeks_after_the_ramp() -> None:
    """The day of the release and everything within 48 hours of it count on neither side."""
    assert windows(release(10)) == [((-18, 9), (13, 40))]
    assert windows(release(10, hour=0)) == [((-18, 9), (12, 39))]


def test_days_are_local_days() -> None:
    """A release late in the evening of UTC is of the next day in Auckland."""
    assert windows(release(10, hour=22), zone="Pacific/Auckland") == [((-17, 10), (14, 41))]


def test_only_whole_weeks_are_compared() -> None:
    """Where fewer days are there, both sides are cut to whole weeks: Mondays are held against Mondays."""
    assert windows(release(10), known=Span(day(-7), day(32))) == [((-4, 9), (13, 26))]


def test_no_side_reaches_into_another_release_or_its_ramp() -> None:
    """Two releases that lie close share no day."""
    assert windows(release(10), release(30, "3.0")) == [((-18, 9), (13, 26)), ((16, 29), (33, 60))]


def test_prices_are_no_border_and_not_compared() -> None:
    """A price changes no answer: it cuts nobody's days and is refused a comparison of its own."""
    found = changes([release(10), release(20, "2.0", "price")], KNOWN, Settings())
    assert (found[0].after is not None, found[0].after and found[0].after.days) == (True, 28)
    assert "costs" in found[1].refused


@pytest.mark.parametrize("kind", ["judge", "definition"])
def test_another_ruler_is_not_compared(kind: str) -> None:
    """Across a change of the judge or the definition a difference is refused, and no release's days cross it."""
    found = changes([release(10), release(24, "j2", kind)], KNOWN, Settings())
    assert found[0].after is not None
    assert found[0].after.last < day(24)
    assert "something else" in found[1].refused


def test_releases_of_one_day_are_one_change() -> None:
    """What went out together cannot be told apart and is one row."""
    (found,) = changes([release(10), release(10, "2.0", "prompt"), release(10, "9", "index")], KNOWN, Settings())
    assert (found.versions, found.kinds) == (("2.0", "9"), ("model", "prompt", "index"))


def test_too_few_days_are_refused() -> None:
    """Without a full week on one side, or without data, there is no comparison but a sentence."""
    (young,) = changes([release(10)], Span(day(-40), day(18)), Settings())
    assert young.after is None
    assert "no full week after it" in young.refused
    (old,) = changes([release(10)], None, Settings())
    assert "no full week before it" in old.refused


def fortnights(company: Company, before: tuple[int, int], after: tuple[int, int]) -> None:
    """Forty people with one task each on a day of each side; `before` and `after` are confirmed and failed tasks."""
    company.sells("chat").has("releases", [release(14).content()])
    rows = []
    for (good, bad), offset in ((before, 0), (after, 20)):
        rows += [tasks(f"p{n}-{offset}", day(offset + n % 7), int(n < good), int(n >= good)) for n in range(good + bad)]
    company.has("user_days", [*rows, tasks("guest", day(45)), tasks("guest", day(-28))])


def test_the_difference_is_newcombes_and_a_drop_is_called_clear(company: Company) -> None:
    """People who did one task each are independent: the interval is Newcombe's, as statsmodels computes it."""
    fortnights(company, (90, 10), (60, 40))
    scope = Scope(since=MONDAY, until=day(45), products=("chat",))
    (found,) = before_after(company.store, scope)
    assert (found.before.value, found.after.value) == (0.9, 0.6)
    bounds = [proportion_confint(*pair, method="wilson") for pair in ((60, 100), (90, 100))]
    low, high = confint_proportions_2indep(60, 100, 90, 100, compare="diff", method="newcomb")
    assert found.difference.value == pytest.approx(-0.3)
    # the readings' own intervals are Student's and a little wider
    assert found.difference.low == pytest.approx(low, abs=0.01)
    assert found.difference.high == pytest.approx(high, abs=0.01)
    assert found.difference.clear
    assert found.after.low == pytest.approx(bounds[0][0], abs=0.01)


def test_a_small_change_may_be_chance(company: Company) -> None:
    """The same size of groups and nearly the same success: not clear."""
    fortnights(company, (90, 10), (88, 12))
    (found,) = before_after(company.store, Scope(since=MONDAY, until=day(45), products=("chat",)))
    assert found.difference.value == pytest.approx(-0.02)
    assert not found.difference.clear


def test_the_period_says_which_releases_and_ends_the_days_after(company: Company) -> None:
    """Releases outside of the period are not listed; days after its end are not looked at."""
    fortnights(company, (90, 10), (60, 40))
    assert before_after(company.store, Scope(since=day(15), until=day(45), products=("chat",))) == []
    (found,) = before_after(company.store, Scope(since=MONDAY, until=day(26), products=("chat",)))
    assert found.change.after is not None
    assert found.change.after.last <= day(26)
    assert before_after(company.store, Scope(since=date(2026, 1, 1), until=LONG_AGO, products=("chat",))) == []
