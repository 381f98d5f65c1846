"""A pilot in a small company that has shown all it should, and small words to change one thing about it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from tests.metrics.company import LONG_AGO, MONDAY, SUNDAY, Company, day, granted, tasks
from tests.metrics.reviews import check, review, talk
from tests.metrics.valued import assumed, points, spent

Row = dict[str, object]
TEAM = tuple(f"p{number:02d}" for number in range(12))
WEEKDAYS = (0, 6)  # Monday and Sunday of each of the four weeks


def pilot(**stated: object) -> Row:
    """The pilot "trial" of the product chat: four weeks, twelve people, 1,000 tasks planned."""
    return {
        "pilot_id": "trial", "product_id": "chat", "name": "Trial", "starts_on": MONDAY, "ends_on": SUNDAY,
        "min_users": 12, "planned_tasks": 1000, "scenario_id": "letters", "mode": "assist", **stated,
    }  # fmt: skip


def bar(
    name: str = "success", metric: str = "task_success", *, role: str = "must", better: str = "higher",
    at: float = 0.6, floor: float | None = 0.4, **stated: object,
) -> Row:  # fmt: skip
    """A criterion of the trial."""
    return {
        "pilot_id": "trial", "criterion_id": name, "metric": metric, "role": role, "better": better, "bar": at,
        "floor": floor, **stated,
    }  # fmt: skip


def work(people: Sequence[str] = TEAM, **more: object) -> list[Row]:
    """Everybody's tasks on eight days: ten a day, of which eight are known, and one or two of those failed.

    The even people fail once a day, the odd ones twice: 96 x 10 tasks, 768 known, 624 confirmed and 144 failed.
    """
    return [
        tasks(
            person, day(7 * week + weekday), 7 - place % 2, 1 + place % 2, 2,
            **{"scenario_id": "letters", "cost_microusd": 100_000, **more},
        )
        for place, person in enumerate(people) for week in range(4) for weekday in WEEKDAYS
    ]  # fmt: skip


def audited(people: Sequence[str] = TEAM, critical: int = 0) -> tuple[list[Row], list[Row]]:
    """One interaction a person that a person audited, the first `critical` of them with a critical error."""
    talks = [talk(f"i-{person}", person, day(1)) for person in people]
    checks = [
        check(f"i-{person}", day(2), place >= critical, error_type="unsafe" if place < critical else None,
              severity=1 if place < critical else None)
        for place, person in enumerate(people)
    ]  # fmt: skip
    return talks, checks


def tried(company: Company, *, criteria: Sequence[Mapping[str, object]] | None = None, **stated: object) -> Company:
    """A company in which the trial deserves scale; `stated` changes the pilot, `criteria` replace its bars."""
    talks, checks = audited()
    company.sells("chat").has("pilots", [pilot(**stated)])
    company.has("user_days", [{**row, "cost_microusd": 100_000} for row in work()]).has("interactions", talks)
    review(company, checks)
    company.has("audience", [granted(person, pilot="trial") for person in TEAM])
    company.has("scenarios", [{"scenario_id": "letters", "product_id": "chat", "name": "Letters"}])
    company.has("criteria", criteria or [bar(), bar("return", "adoption", at=0.5, floor=0.25)])
    company.has("baselines", [baseline()])
    items = ("owner", "support", "runbook", "connection rules")
    company.has(
        "readiness", [{"product_id": "chat", "pilot_id": "trial", "item": item, "done": True} for item in items]
    )
    months = (date(2026, 9, 1), date(2026, 10, 1))
    company.has("costs", [spent(kind, 100, month) for kind in ("licences", "people") for month in months])
    return company.has("assumptions", [*points(), assumed("minutes_saved_per_task", "point", 30.0, product=None)])


def baseline(**stated: object) -> Row:
    """Task success before: 60 % of 200 letters, by a matched comparison."""
    return {
        "scenario_id": "letters", "measure": "task_success", "value": 0.6, "low": 0.55, "high": 0.65, "n": 200,
        "design": "matched", **stated,
    }  # fmt: skip


def stored(on: date) -> datetime:
    """Noon of a day: when a version of a registry row was stored."""
    return datetime.combine(on, time(12))


def version(since: date, until: date | None = None, at: float = 0.6, on: date | None = None, **stated: object) -> Row:
    """A version of the criterion "success", in force from a day to another, stored on the first unless said."""
    return bar(at=at, floor=0.4, valid_from=since, valid_to=until, changed_at=stored(on or since), **stated)


__all__ = [
    "LONG_AGO", "TEAM", "WEEKDAYS", "audited", "bar", "baseline", "pilot", "stored", "tried", "version", "work",
]  # fmt: skip
