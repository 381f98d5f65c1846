"""The funnel, the habit and the outcomes of all tasks against plain loops over rows."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest

from metrics import read
from metrics.funnel import STEPS, funnel
from metrics.spec import Scope
from tests.metrics import oracle
from tests.metrics.company import MONDAY, SUNDAY, Company, day, granted, tasks, use
from tests.metrics.oracle import Row
from tests.metrics.test_use import assert_equal

OUTCOMES = ("confirmed", "implied", "failed", "unknown")


def weeks_used(audience: Sequence[Row], rows: Sequence[Row]) -> dict[str, int]:
    """Of everybody who could use it in all four weeks: in how many they did so without a technical error alone."""
    found = {}
    for member in audience:
        left = member["left_on"]
        if member["granted_on"] > MONDAY or (left is not None and left <= SUNDAY):
            continue
        mine = [r for r in rows if r["unit_id"] == member["user_id"] and r["interactions"] > r["technical_errors"]]
        days = [r["day"] for r in mine if r["mode"] != "shadow"]
        found[str(member["user_id"])] = sum(
            any(MONDAY + timedelta(days=7 * week) <= each < MONDAY + timedelta(days=7 * week + 7) for each in days)
            for week in range(4)
        )
    return found


@pytest.mark.parametrize("seed", range(3))
def test_each_step_is_counted_as_plain_loops_count_it(company: Company, september: Scope, seed: int) -> None:
    """Eligible, tried, returned and habitual people, the share of each with its interval, and whom each step loses."""
    random = Random(seed)
    audience = [
        granted(f"p{n:02d}", since=day(random.choice((-60, 0, 1))), left=random.choice((None, None, day(28), day(20))))
        for n in range(60)
    ]
    rows = [
        use(f"p{random.randint(0, 63):02d}", day(random.randint(0, 27)), technical_errors=int(random.random() < 0.2),
            mode=random.choice((None, None, "shadow")))
        for _ in range(150)
    ]  # fmt: skip
    company.sells("chat").has("audience", audience).has(
        "user_days", [*rows, use("guest", SUNDAY), use("guest", MONDAY)]
    )
    readings = {reading.metric: reading for reading in read(company.store, STEPS, september)}
    used = weeks_used(audience, rows)
    for least, name in enumerate(STEPS, start=1):
        hits = {who: (int(weeks >= least), 1) for who, weeks in used.items()}
        assert_equal(readings[name], oracle.ratio(hits))
    steps = funnel(readings)
    counts = [sum(weeks >= least for weeks in used.values()) for least in range(4)]
    assert [step.people for step in steps] == counts
    assert [step.lost for step in steps] == [0, *(counts[n] - counts[n + 1] for n in range(3))]
    assert [step.name for step in steps] == ["Eligible", "Tried", "Returned", "Habitual"]


def test_a_funnel_without_an_audience_has_no_steps(company: Company, september: Scope) -> None:
    """Who it is for is not known: there is no funnel rather than one that begins with nobody."""
    company.sells("chat").has("user_days", [use(f"p{n}", day(7 * w)) for n in range(40) for w in range(4)])
    assert funnel({reading.metric: reading for reading in read(company.store, STEPS, september)}) == []


def test_readings_of_other_people_are_no_funnel(company: Company, september: Scope) -> None:
    """Steps of two scopes are refused: a funnel must not lose people because its denominator changed."""
    company.sells("chat", "code")
    company.has("audience", [granted(f"p{n}") for n in range(40)] + [granted(f"p{n}", "code") for n in range(20)])
    rows = [use(f"p{n}", day(7 * w + 6), p) for n in range(20) for w in range(-1, 4) for p in ("chat", "code")]
    company.has("user_days", rows)
    mixed = {}
    for name, product in zip(STEPS, ("chat", "code", "chat"), strict=True):
        (mixed[name],) = read(company.store, [name], september.model_copy(update={"products": (product,)}))
    with pytest.raises(ValueError, match="same people"):
        funnel(mixed)


@pytest.mark.parametrize("seed", range(2))
def test_the_outcomes_of_all_tasks_add_up(company: Company, september: Scope, seed: int) -> None:
    """Confirmed, implied, failed and unknown are shares of all tasks with their intervals, and together all of them."""
    random = Random(seed)
    rows: list[Row] = []
    for n in range(40):
        made = {f"tasks_{name}": random.randint(0, 5) for name in OUTCOMES}
        rows.append({**use(f"p{n}", day(random.randint(0, 27))), "tasks": sum(made.values()), **made})
    rows.append(tasks("guest", SUNDAY, 1))
    company.sells("chat").has("user_days", rows)
    readings = read(company.store, [f"task_success.{name}" for name in OUTCOMES], september)
    for name, reading in zip(OUTCOMES, readings, strict=True):
        assert_equal(reading, oracle.ratio(oracle.per_unit(rows, f"tasks_{name}", "tasks")))
    assert sum(reading.value or 0.0 for reading in readings) == pytest.approx(1, abs=1e-11)
