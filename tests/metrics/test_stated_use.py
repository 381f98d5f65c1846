"""What vendors' counts of active people say of adoption, and what they do not."""

from datetime import date, timedelta
from random import Random

import pytest

from metrics import CATALOG, evidence, origin, read
from metrics.spec import MetricError, Scope
from tests.data.test_reduction import STAMP
from tests.metrics.company import MONDAY, SUNDAY, Company, day

NAMES = ("adoption.stated_daily", "adoption.stated_weekly", "adoption.stated_monthly")


def count(on: date, days: int, people: int, team: str | None = None, product: str = "copilot") -> dict[str, object]:
    """How many people a vendor counts in so many days to one."""
    return {**STAMP, "product_id": product, "day": on, "period_days": days, "active_users": people, "team_id": team}


def seat(number: int, granted: date, left: date | None = None, product: str = "copilot") -> dict[str, object]:
    """Somebody of the audience."""
    return {
        "product_id": product, "user_id": f"p{number}", "granted_on": granted, "left_on": left,
        "valid_from": granted, "changed_by": "t", "changed_at": STAMP["version_at"],
    }  # fmt: skip


@pytest.fixture
def copilot(company: Company) -> Company:
    """A product for twenty people, of whom five left before the last week and one is a test account."""
    company.sells("copilot")
    gone = SUNDAY - timedelta(days=10)
    company.has("audience", [seat(n, day(-40), gone if n < 5 else None) for n in range(20)])
    return company


def test_counts_over_those_who_had_access(copilot: Company, september: Scope) -> None:
    """The last week and the last 28 days, the mean of the days: as the vendor counts, of everybody with access then."""
    shuffled = Random(5)
    daily = {MONDAY + timedelta(days=n): shuffled.randint(0, 15) for n in range(28)}
    weekly = {on: shuffled.randint(10, 15) for on in daily}
    rows = [count(on, 1, people) for on, people in daily.items()]
    rows += [count(on, 7, people) for on, people in weekly.items()]
    rows += [count(SUNDAY, 28, 18), count(SUNDAY + timedelta(days=1), 28, 3), count(SUNDAY, 28, 9, product="elsewhere")]
    copilot.has("usage_daily", rows)
    gone = SUNDAY - timedelta(days=10)
    audience = {on: 20 if on < gone else 15 for on in daily}
    found = {reading.metric: reading for reading in read(copilot.store, NAMES, september)}
    assert found[NAMES[0]].value == pytest.approx(sum(daily.values()) / sum(audience.values()))
    assert found[NAMES[1]].value == pytest.approx(weekly[SUNDAY] / 15)
    assert found[NAMES[2]].value == pytest.approx(18 / 20)
    for reading in found.values():
        assert (reading.status, reading.decides, reading.low) == ("partial", False, None)
        assert "names nobody" in reading.method
        assert "who came back, it does not say" in reading.missing
    assert f"vendor's count, {weekly[SUNDAY]} in 7 days to {SUNDAY}" in found[NAMES[1]].method


def test_of_several_organisations_the_largest_is_a_lower_bound(copilot: Company, september: Scope) -> None:
    """People may be in two organisations: their counts are not added; a count of the whole enterprise stands alone."""
    copilot.has("usage_daily", [count(SUNDAY, 7, 6, "a"), count(SUNDAY, 7, 9, "b")])
    (reading,) = read(copilot.store, [NAMES[1]], september)
    assert reading.value == pytest.approx(9 / 15)
    assert "largest of 2 organisations: lower bound" in reading.method
    copilot.has("usage_daily", [count(SUNDAY, 7, 12)])
    (reading,) = read(copilot.store, [NAMES[1]], september)
    assert reading.value == pytest.approx(12 / 15)


def test_counts_are_no_people(copilot: Company, september: Scope) -> None:
    """Who came back is not measured by them, and the sentence says where to look."""
    copilot.has("usage_daily", [count(SUNDAY, days, 6) for days in (1, 7, 28)])
    for name in ("adoption", "adoption.tried", "adoption.reach"):
        (reading,) = read(copilot.store, [name], september, by=("product",))
        assert (reading.value, reading.status) == (None, "not_measured")
        assert "adoption.stated_weekly" in reading.missing


def test_what_cannot_be_said_has_its_sentence(copilot: Company, september: Scope) -> None:
    """No count, no audience, more people than the audience, several products, a team: no number."""

    def said(scope: Scope = september) -> str:
        (reading,) = read(copilot.store, [NAMES[1]], scope)
        assert reading.value is None
        return reading.missing

    assert "No vendor states" in said()
    copilot.has("usage_daily", [count(SUNDAY, 7, 16)])
    assert "the audience is not complete" in said()
    assert "by pilot or team" in said(september.model_copy(update={"teams": ("sales",)}))
    copilot.sells("other").has("usage_daily", [count(SUNDAY, 7, 2, product="other")])
    assert "cannot be added (copilot, other)" in said()
    assert "of how many nobody says" in said(september.model_copy(update={"products": ("other",)}))
    with pytest.raises(MetricError, match="cannot be split by team"):
        read(copilot.store, [NAMES[1]], september, by=("team",))


def test_each_week_has_its_own_count(copilot: Company, september: Scope) -> None:
    """By week the last count of each, a week without one is a gap; the rows behind one are the vendor's."""
    copilot.has("usage_daily", [count(MONDAY + timedelta(days=6), 7, 4), count(SUNDAY, 7, 9)])
    readings = read(copilot.store, [NAMES[1]], september, by=("week",))
    assert [reading.value for reading in readings] == pytest.approx([4 / 20, None, None, 9 / 15])
    rows = evidence(copilot.store, readings[-1], september, limit=5)
    assert [(row["day"], row["active_users"], row["audience"]) for row in rows] == [(SUNDAY, 9, 15)]
    assert "active_users" in origin(copilot.store, CATALOG[NAMES[1]], september).sql
