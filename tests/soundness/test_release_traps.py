"""Releases blamed or praised for what they did not do. A test here is never weakened."""

from datetime import datetime

from metrics import Scope
from metrics.before_after import Comparison, before_after
from tests.metrics.company import Company, day, tasks

PEOPLE = 40


def released(company: Company, *offsets: int, kind: str = "code") -> None:
    """Releases of the one product, each at the begin of a day."""
    at = [datetime.combine(day(offset), datetime.min.time()) for offset in offsets]
    rows = [
        {"product_id": "chat", "service_version": f"{n}.0", "released_at": when, "kind": kind}
        for n, when in enumerate(at, start=1)
    ]
    company.sells("chat").has("releases", rows)


def works(company: Company, first: int, last: int, confirmed: int, failed: int, *, only: tuple[int, ...] = ()) -> None:
    """Everybody's tasks on each day of a span; `only` names days of the week, Monday 0."""
    days = [day(offset) for offset in range(first, last + 1)]
    company.has("user_days", [
        tasks(f"p{n}", when, confirmed, failed) for when in days if not only or when.weekday() in only
        for n in range(PEOPLE)
    ])  # fmt: skip


def compared(company: Company) -> list[Comparison]:
    """All comparisons of the product, the newest release first."""
    return before_after(company.store, Scope(since=day(-40), until=day(60), products=("chat",)))


def test_the_weekday_mix_is_no_change(company: Company) -> None:
    """Weekends go badly, before as after: nine days after a release are cut to a week, so it is not blamed for them."""
    released(company, 0)
    works(company, -28, 12, 9, 1, only=(0, 1, 2, 3, 4))
    works(company, -28, 12, 1, 9, only=(5, 6))
    (found,) = compared(company)
    assert found.change.after is not None
    assert found.change.after.days % 7 == 0
    assert found.difference.value == 0.0


def test_the_first_48_hours_are_nobodys(company: Company) -> None:
    """Everything fails on the two days in which a release goes out and people find their way; then all is as before."""
    released(company, 0)
    works(company, -28, -1, 8, 2)
    works(company, 0, 1, 0, 10)
    works(company, 2, 40, 8, 2)
    (found,) = compared(company)
    assert found.difference.value == 0.0


def test_a_second_release_takes_the_blame_for_itself(company: Company) -> None:
    """The release that changed nothing is not mixed with the days of the one that broke it."""
    released(company, 0, 20)
    works(company, -28, 19, 8, 2)
    works(company, 20, 50, 4, 6)
    broke, harmless = compared(company)
    assert harmless.difference.value == 0.0
    assert broke.difference.value is not None
    assert broke.difference.value < -0.3
    assert broke.difference.clear


def test_missing_days_after_a_release_are_no_drop(company: Company) -> None:
    """Where the data end five days after the release nothing is compared; there is no change of zero either."""
    released(company, 0)
    works(company, -28, 6, 8, 2)
    (found,) = compared(company)
    assert (found.before, found.after, found.difference.value) == (None, None, None)
    assert "no full week after it" in found.difference.refused


def test_another_judge_is_not_a_worse_product(company: Company) -> None:
    """A stricter judge lowers what is measured: the change is refused, whatever the numbers say."""
    released(company, 0, kind="judge")
    works(company, -28, -1, 9, 1)
    works(company, 0, 40, 5, 5)
    (found,) = compared(company)
    assert found.difference.value is None
    assert "another judge" in found.difference.refused
    assert found.change.day == day(0)
