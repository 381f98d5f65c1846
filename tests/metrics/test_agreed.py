from datetime import timedelta

import pytest

from data.cursor import Row
from data.portfolio import Pilot
from data.registry_store import history, retire, save
from data.warehouse import Warehouse
from metrics.agreed import agreed, bar_in_words
from metrics.scorecard import Bar
from tests.metrics.company import MONDAY, SUNDAY, day
from tests.metrics.trials import version

PILOT = Pilot(pilot_id="trial", product_id="chat", name="Trial", starts_on=MONDAY, ends_on=SUNDAY)


def bars(versions: list[Row], today: int = 40) -> list[float]:
    """The bars that are judged so many days after the start."""
    return [row.bar for row in agreed(versions, PILOT, day(today)).criteria]


@pytest.mark.parametrize(
    ("versions", "judged"),
    [
        ([version(day(-9), at=0.7)], [0.7]),
        ([version(day(-9), day(-3), at=0.7), version(day(-3), at=0.8)], [0.8]),
        ([version(day(-9), day(0), at=0.7), version(day(0), at=0.8)], [0.8]),
        ([version(day(-9), day(1), at=0.7), version(day(1), at=0.8)], [0.7]),
        ([version(day(-9), day(3), at=0.7)], [0.7]),
        ([version(day(-9), day(-2), at=0.7)], []),
        ([version(day(-9), day(-9), at=0.7), version(day(-9), at=0.8)], [0.8]),
        ([version(day(5), at=0.7)], [0.7]),
        ([version(day(5), day(9), at=0.7), version(day(9), at=0.8)], [0.7]),
        ([version(day(-9), at=0.7), version(day(5), criterion_id="late")], [0.7]),
        ([version(day(-9), day(-4), at=0.7), version(day(-4), at=0.6, on=day(20))], [0.7]),
        ([version(day(-9), day(-9), at=0.7, on=day(20)), version(day(-9), at=0.6, on=day(21))], [0.7]),
    ],
    ids=[
        "before the start", "changed before the start", "changed on the first day", "changed after the start",
        "dropped after the start", "dropped before the start", "corrected on the same day", "registered late",
        "registered late and changed", "one more after the start", "dated back after the start",
        "all of it stored after the start",
    ],
)  # fmt: skip
def test_what_stood_in_the_registry_when_it_began_is_judged(versions: list[Row], judged: list[float]) -> None:
    """Of every history of a criterion the version that was in force, and known, on the pilot's first day."""
    assert bars(versions) == judged
    assert bars(list(reversed(versions))) == judged


@pytest.mark.parametrize(
    ("versions", "changes"),
    [
        ([version(day(-9), day(-3), at=0.7), version(day(-3), at=0.8)], []),
        (
            [version(day(-9), day(3), at=0.7), version(day(3), day(5), at=0.6), version(day(5), at=0.5)],
            ["success from at least 70.0% (floor 40.0%) to at least 60.0% (floor 40.0%) on 2026-09-10",
             "success from at least 60.0% (floor 40.0%) to at least 50.0% (floor 40.0%) on 2026-09-12"],
        ),
        (
            [version(day(-9), day(3), at=0.7), version(day(3), at=0.7, role="should")],
            ["success from must task_success at least 70.0% (floor 40.0%)"
             " to should task_success at least 70.0% (floor 40.0%) on 2026-09-10"],
        ),
        ([version(day(-9), day(3), at=0.7)], ["success dropped on 2026-09-10"]),
        (
            [version(day(-9)), version(day(5), criterion_id="late", at=0.5)],
            ["late added (must, task_success at least 50.0% (floor 40.0%)) on 2026-09-12"],
        ),
        (
            [version(day(-9), day(-4), at=0.7), version(day(-4), at=0.6, on=day(20))],
            ["success from at least 70.0% (floor 40.0%) to at least 60.0% (floor 40.0%) on 2026-09-03,"
             " stored on 2026-09-27"],
        ),
        ([version(day(5), at=0.7)], ["all of it, registered on 2026-09-12 only"]),
        ([version(day(-9), day(-2))], []),
    ],
    ids=["before", "twice", "another role", "dropped", "added", "dated back", "late", "dropped before"],
)  # fmt: skip
def test_what_was_changed_after_the_start_is_told(versions: list[Row], changes: list[str]) -> None:
    """Each change with what was before and after it, and its day; what happened before the start is no change."""
    assert list(agreed(versions, PILOT, day(40)).changes) == changes


def test_before_it_begins_nothing_is_frozen() -> None:
    """A pilot of the future has the criteria in force now, and no change to flag."""
    found = agreed([version(day(-9), day(-3), at=0.7), version(day(-3), at=0.8)], PILOT, day(-1))
    assert ([row.bar for row in found.criteria], found.frozen_on, found.changes) == ([0.8], None, ())
    undated = PILOT.model_copy(update={"starts_on": None})
    assert agreed([version(day(-9))], undated, day(3)).frozen_on is None


def test_saving_is_what_freezes_them(store: Warehouse) -> None:
    """Through the registry's own doors: bars saved before the first day hold, whatever is saved or dropped after it."""
    now = store.clock()
    trial = PILOT.model_copy(update={"starts_on": now.date(), "ends_on": now.date() + timedelta(60)})
    first = Bar(pilot_id="trial", criterion_id="success", metric="task_success", role="must", better="higher", bar=0.8)
    for days, row in ((-5, first), (3, first.model_copy(update={"bar": 0.5})), (9, None)):
        store.clock = lambda days=days: now + timedelta(days)
        with store.write("test", "test") as tx:
            save(tx, [row], "test") if row else retire(tx, [first], "test")
    found = agreed(history(store, Bar), trial, now.date() + timedelta(10))
    assert [row.bar for row in found.criteria] == [0.8]
    assert found.changes == (
        f"success from at least 80.0% to at least 50.0% on {now.date() + timedelta(3)}",
        f"success dropped on {now.date() + timedelta(9)}",
    )


def test_a_bar_is_said_with_its_direction_and_floor() -> None:
    """Shares, hours and bands in words."""
    at = {"pilot_id": "t", "criterion_id": "c", "role": "must"}
    hours = Bar(**at, metric="sme_response_time", better="lower", bar=4, floor=8)
    band = Bar(**at, metric="escalation_rate", better="band", bar=0.15, floor=0.05)
    assert bar_in_words(hours) == "at most 4.0\u00a0h (floor 8.0\u00a0h)"
    assert bar_in_words(band) == "15.0% give or take 5.0% (floor 5.0%)"
