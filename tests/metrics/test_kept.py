"""What one version of the data answered is not asked again, and never of another version, day or question."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from data.backup import back_up, restore
from data.warehouse import Warehouse
from metrics import engine, kept, read
from metrics.announcer import announce, views
from metrics.spec import Reading, Scope
from tests.metrics.company import Company, day, granted, tasks


@pytest.fixture
def shop(company: Company) -> Company:
    """A product that forty people use: 80 of 120 tasks a week end well."""
    company.sells("chat").has("audience", [granted(f"p{n}") for n in range(40)])
    return company.has("user_days", [tasks(f"p{n}", day(7 * w + 6), 2, 1) for n in range(40) for w in range(4)])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Scope]:
    """The scopes that the warehouse was asked for."""
    scopes: list[Scope] = []
    ask = engine._read

    def counted(*question: object) -> list[Reading]:
        scopes.append(question[3])  # type: ignore[arg-type]
        return ask(*question)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "_read", counted)
    return scopes


def success(store: Warehouse, scope: Scope) -> float | None:
    return read(store, ["task_success"], scope)[0].value


def test_a_question_is_asked_once(shop: Company, september: Scope, asked: list[Scope]) -> None:
    """The same question about the same data has the same answer; eight who ask at once wait for one."""
    with ThreadPoolExecutor(8) as crowd:
        found = list(crowd.map(lambda _: read(shop.store, ["task_success"], september, ("week",)), range(8)))
    assert len(asked) == 1
    assert all(each == found[0] and len(each) == 4 for each in found)
    found[0].clear()
    assert read(shop.store, ["task_success"], september, ("week",)) == found[1]
    read(shop.store, ["task_success", "adoption"], september, ("week",))
    read(shop.store, ["task_success"], september)
    read(shop.store, ["task_success"], september.model_copy(update={"visible": frozenset(("chat",))}), ("week",))
    assert len(asked) == 4


def test_whatever_can_change_a_reading_is_a_new_question(shop: Company, september: Scope, asked: list[Scope]) -> None:
    """New rows, a registry edit, and the next day are asked for; what is merely written down of the data is not."""
    assert success(shop.store, september) == pytest.approx(2 / 3)
    shop.has("user_days", [tasks("p1", day(8), failed=120)])
    assert success(shop.store, september) == pytest.approx(320 / 600)
    shop.sells("other")
    success(shop.store, september)
    then = shop.store.clock()
    shop.store.clock = lambda: then + timedelta(days=1)
    success(shop.store, september)
    assert len(asked) == 4
    announce(shop.store)
    asked.clear()
    success(shop.store, september)
    assert asked == []


def test_the_next_process_finds_the_standard_views(shop: Company, asked: list[Scope]) -> None:
    """Opened again, the warehouse answers the standard views from their files as it did before; a damaged file is asked
    for again, and files of an older version are gone. What is published minutes after the data came changes nothing.
    """
    later = shop.store.clock() + timedelta(minutes=5)
    shop.store.clock = lambda: later
    announce(shop.store)
    before = [read(shop.store, *view) for view in views(shop.store)]
    store = opened_again(shop)
    asked.clear()
    assert [read(store, *view) for view in views(store)] == before
    assert asked == []
    files = sorted((store.side / kept.FOLDER).iterdir())
    assert len(files) == len(views(store))
    files[0].write_text("[{", encoding="utf-8")
    store = opened_again(shop)
    assert [read(store, *view) for view in views(store)] == before
    assert len(asked) == 1
    shop.has("user_days", [tasks("p1", day(8), failed=120)])
    announce(shop.store)
    assert not {path.name for path in files} & {path.name for path in (shop.store.side / kept.FOLDER).iterdir()}


def test_a_restored_backup_is_not_answered_for_what_came_after_it(
    shop: Company, september: Scope, tmp_path: Path
) -> None:  # fmt: skip
    """The number of a version comes again after a restore; the answers of the lost one do not."""
    copy, _ = back_up(shop.store, tmp_path / "copy")
    shop.has("user_days", [tasks("p1", day(8), failed=120)])
    lost, version = success(shop.store, september), shop.store.data_version()
    announce(shop.store)
    path, clock = shop.store.path, shop.store.clock
    shop.store.close()
    restore(copy, path, force=True)
    shop.store = Warehouse.open(path, clock=lambda: clock() + timedelta(microseconds=1))
    while shop.store.data_version() < version:
        shop.has("user_days", [tasks("p2", day(9), failed=240)])
    assert shop.store.data_version() == version
    assert success(shop.store, september) != lost
    assert all(read(shop.store, *view) != () for view in views(shop.store))


def test_what_is_kept_is_bounded(
    shop: Company, september: Scope, asked: list[Scope], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more readings than the bound those asked for longest ago go; one answer is kept whatever its size."""
    monkeypatch.setattr(kept, "MOST", 6)
    for _ in range(2):
        read(shop.store, ["task_success"], september, ("week",))
        read(shop.store, ["task_success"], september)
    assert len(asked) == 2
    read(shop.store, ["escalation_rate"], september, ("week",))
    read(shop.store, ["task_success"], september)
    assert len(asked) == 3
    read(shop.store, ["task_success"], september, ("week",))
    assert len(asked) == 4


@pytest.fixture
def company(company: Company) -> Iterator[Company]:
    """The same, closed at the end whichever object holds it then."""
    yield company
    company.store.close()


def opened_again(shop: Company) -> Warehouse:
    path, clock = shop.store.path, shop.store.clock
    shop.store.close()
    shop.store = Warehouse.open(path, clock=clock)
    return shop.store
