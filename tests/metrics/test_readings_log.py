"""What was published is kept as it was said."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from metrics import HEADLINES, read
from metrics.readings_log import as_data, publish, said
from metrics.spec import MetricError, Scope
from tests.metrics.company import SUNDAY, Company, day, granted, tasks


@pytest.fixture
def shop(company: Company) -> Company:
    """A product that forty people use."""
    company.sells("chat", "notes").has("audience", [granted(f"p{n}") for n in range(40)])
    return company.has("user_days", [tasks(f"p{n}", day(7 * w + 6), 2, 1) for n in range(40) for w in range(4)])


def test_a_reading_is_kept_to_the_last_digit(shop: Company, september: Scope) -> None:
    """Every headline of every product, field by field as it was read, with who and when."""
    now = read(shop.store, HEADLINES, september, ("product",))
    assert publish(shop.store, "Ann", september) == len(now) == 2 * len(HEADLINES)
    found = said(shop.store)
    assert {(each.published_by, each.since, each.until) for each in found} == {("Ann", september.since, SUNDAY)}

    def key(reading: object) -> str:
        return repr(reading)

    assert sorted((each.reading for each in found), key=key) == sorted(now, key=key)


def test_it_is_written_once_for_a_state_of_the_data(shop: Company, september: Scope) -> None:
    """Publishing again adds nothing, other days or changed data do; what was written is not touched."""
    publish(shop.store, "Ann", september)
    before = shop.store.rows("SELECT * FROM readings_log ORDER BY ALL")
    assert publish(shop.store, "Bob", september) == 0
    assert publish(shop.store, "Bob", september.model_copy(update={"until": day(20)})) == 14
    shop.has("user_days", [tasks("p1", day(3), 9)])
    assert publish(shop.store, "Bob", september) == 14
    after = shop.store.rows("SELECT * FROM readings_log ORDER BY ALL")
    assert len(after) == 3 * len(before)
    assert [row for row in after if row["published_by"] == "Ann"] == before


def test_what_was_said_then_is_not_what_is_said_now(shop: Company, september: Scope) -> None:
    """After data that change a number, the day before still answers with the number of the day before."""
    clock = datetime(2026, 10, 5, 12)
    shop.store.clock = lambda: clock
    publish(shop.store, "Ann", september)
    clock += timedelta(days=2)
    shop.has("user_days", [tasks(f"p{n}", day(5), 0, 9) for n in range(40)])
    publish(shop.store, "Ann", september)
    first, then, now = (
        [each.reading.value for each in said(shop.store, "task_success", "chat", at)]
        for at in (clock.date() - timedelta(days=3), clock.date() - timedelta(days=1), clock.date())
    )
    assert first == []
    assert then == [pytest.approx(2 / 3)]
    assert now == [pytest.approx(8 / 21)]
    assert [each.reading.value for each in said(shop.store, "task_success", "chat")] == [*now, *then]


def test_a_part_is_not_published_as_the_whole(shop: Company, september: Scope) -> None:
    """Readings of a team are refused; a metric that does not exist is told by its nearest name."""
    with pytest.raises(MetricError, match="whole products"):
        publish(shop.store, "Ann", september.model_copy(update={"teams": ("law",)}))
    with pytest.raises(MetricError, match="task_success"):
        said(shop.store, "task_succes")
    assert said(shop.store) == []
    publish(shop.store, "Ann", september, ["adoption"])
    (first, *_) = as_data(said(shop.store))
    assert (first["metric"], first["published_by"]) == ("adoption", "Ann")
    assert replace(said(shop.store)[0].reading) == said(shop.store)[0].reading
