"""What is said now is written down by itself, and what was over and changed is shown as restated."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from data.versions import last_change
from data.warehouse import Warehouse
from metrics import HEADLINES, default_scope, read
from metrics.announcer import WEEKLY, Announcer, announce
from metrics.readings_log import said
from metrics.restated import as_data, restated
from metrics.spec import Scope
from tests.metrics.company import Company, day, granted, tasks


@pytest.fixture
def shop(company: Company) -> Company:
    """A product that forty people use in four weeks."""
    company.sells("chat").has("audience", [granted(f"p{n}") for n in range(40)])
    return company.has("user_days", [tasks(f"p{n}", day(7 * w + 6), 2, 1) for n in range(40) for w in range(4)])


@pytest.fixture
def announcer(shop: Company) -> Iterator[Announcer]:
    """One that looks every twentieth of a second."""
    one = Announcer(shop.store, quiet=0.05).start()
    yield one
    one.stop()


def test_the_headlines_and_every_complete_week_are_written_down(shop: Company) -> None:
    """The twelve weeks as they are read by product, and the weeks whose reading is ok; the last day is a Sunday."""
    count = announce(shop.store)
    entries = said(shop.store)
    assert count == len(entries)
    whole = default_scope(shop.store)
    now = [replace(reading, data_version=0) for reading in read(shop.store, HEADLINES, whole, ("product",))]
    of_whole = [replace(entry.reading, data_version=0) for entry in entries if entry.since == whole.since]
    assert sorted(map(repr, of_whole)) == sorted(map(repr, now))
    weeks = [entry for entry in entries if entry.since != whole.since]
    assert {entry.reading.metric for entry in weeks} <= set(WEEKLY)
    success = {entry.since: entry.reading for entry in weeks if entry.reading.metric == "task_success"}
    assert list(success) == [day(21), day(14), day(7), day(0)]
    assert [(each.value, each.events) for each in success.values()] == [(pytest.approx(2 / 3), 120)] * 4
    assert {entry.published_by for entry in entries} == {"Plumbline"}


def test_only_what_changed_is_written_again(shop: Company) -> None:
    """Nothing new, nothing written; a late week's data write that week and what holds it, and no other week."""
    announce(shop.store)
    version = shop.store.data_version()
    changes = last_change(shop.store)
    assert announce(shop.store) == 0
    assert last_change(shop.store) == changes
    shop.has("user_days", [tasks(f"p{n}", day(8), failed=3) for n in range(40)])
    announce(shop.store)
    again = [entry for entry in said(shop.store, "task_success") if entry.reading.data_version > version]
    assert {entry.since for entry in again} == {day(7), default_scope(shop.store).since}


def test_a_week_that_was_over_and_changed_is_restated(shop: Company) -> None:
    """Late data: 80 of 120 tasks became 80 of 240. What was said first stands beside what is said now; taken back, the
    week is no longer restated; a week that merely came later never is.
    """
    announce(shop.store)
    assert restated(shop.store) == []
    shop.has("user_days", [tasks(f"p{n}", day(8), failed=3) for n in range(40)])
    shop.has("user_days", [tasks(f"p{n}", day(34), 3, 1) for n in range(40)])
    announce(shop.store)
    (one,) = restated(shop.store, "task_success")
    assert (one.product, one.week, one.said, one.value) == (
        "chat", "2026-W38", pytest.approx(80 / 120), pytest.approx(80 / 240)
    )  # fmt: skip
    assert as_data([one])[0]["week"] == "2026-W38"
    assert restated(shop.store, "task_success", "other") == []
    with shop.store.write("undo", "test") as tx:
        tx.run("DELETE FROM user_days WHERE day = ?", [day(8)])
    announce(shop.store)
    assert restated(shop.store, "task_success") == []


def test_a_week_that_was_not_complete_is_never_restated(shop: Company) -> None:
    """The data reach into the fifth week only; it is written down once it is over, with what it then says."""
    shop.has("user_days", [tasks(f"p{n}", day(29), 1, 3) for n in range(40)])
    announce(shop.store)
    assert {entry.since for entry in said(shop.store, "task_success")} & {day(28)} == set()
    shop.has("user_days", [tasks(f"p{n}", day(34), 3, 1) for n in range(40)])
    announce(shop.store)
    assert [entry.reading.value for entry in said(shop.store, "task_success") if entry.since == day(28)] == [0.5]
    assert restated(shop.store, "task_success") == []


def test_what_stood_on_a_day_is_the_whole_not_a_week(shop: Company) -> None:
    """Asked for a day, the log answers with the reading of the twelve weeks, though a week was written after it."""
    announce(shop.store)
    whole = default_scope(shop.store)
    (then,) = said(shop.store, "task_success", "chat", shop.store.clock().date() + timedelta(days=1))
    assert (then.since, then.until) == (whole.since, whole.until)


def test_the_server_publishes_by_itself(shop: Company, announcer: Announcer) -> None:
    """A change is followed by its readings without anybody asking, once; nothing is written while nothing changes."""

    def until(count: int) -> None:
        end = time.monotonic() + 20
        while len(said(shop.store, "task_success")) < count:
            assert time.monotonic() < end, "nothing was published"
            time.sleep(0.02)

    until(5)
    shop.has("user_days", [tasks(f"p{n}", day(8), failed=3) for n in range(40)])
    until(7)
    changes = last_change(shop.store)
    time.sleep(0.4)
    assert last_change(shop.store) == changes
    assert len(restated(shop.store, "task_success")) == 1
    scope = Scope(since=day(7), until=day(13))
    assert read(shop.store, ["task_success"], scope)[0].value == pytest.approx(80 / 240)


def test_what_changes_while_it_publishes_has_its_turn(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load that ends during a publication is published after it, though nothing comes later."""
    versions: list[int] = []

    def slow(store: Warehouse) -> None:
        versions.append(store.data_version())
        if len(versions) == 1:
            shop.has("user_days", [tasks("p1", day(8), 1)])

    monkeypatch.setattr("metrics.announcer.announce", slow)
    one = Announcer(shop.store, quiet=0.02).start()
    end = time.monotonic() + 20
    while len(versions) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    one.stop()
    assert versions == [versions[0], versions[0] + 1]
