"""What a documented answer did, against plain loops over tasks and days that share no code with it."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from metrics.published_answers import PublishedAnswer, as_data, lines, published_answers
from metrics.spec import MetricError, Scope
from tests.metrics.company import Company, day
from tests.metrics.desk import ask, ticket
from tests.metrics.oracle import ratio
from tests.metrics.reviews import talk

Talk = Mapping[str, object]
WIDE = Scope(since=day(-60), until=day(90))


def documented(number: int, topic: str, when: int) -> dict[str, object]:
    """A gap about a topic whose answer was documented at noon of a day."""
    at = datetime.combine(day(when), time(12))
    return ticket(number, at - timedelta(days=2), at - timedelta(days=1), topic_id=topic, documented_at=at)


def use_of(topic: str, good: float, days: range, chance: Random, people: int = 20) -> list[dict[str, object]]:
    """Somebody asks about a topic three times a day; so many tasks end well."""
    return [
        talk(f"{topic}-{when}-{n}", f"p{chance.randrange(people)}", day(when), topic_id=topic,
             outcome="confirmed" if chance.random() < good else "failed", outcome_source="verified", error=False)
        for when in days for n in range(3)
    ]  # fmt: skip


def asked(company: Company, rows: Sequence[Talk]) -> Company:
    """Interactions and the days that carry them."""
    spans = {row["day"] for row in rows}
    assert all(isinstance(each, date) for each in spans)
    company.has("interactions", rows)
    return company.has("feed_days", [{
        "load_id": "L1", "fact": "interactions", "product_id": "chat", "first_day": min(spans), "last_day": max(spans),
        "source_system": "s", "source_product": "", "records": len(rows),
    }]).has("loads", [{"load_id": "L1", "status": "published"}])  # fmt: skip


def of(company: Company, topic: str = "a", scope: Scope = WIDE) -> PublishedAnswer:
    """The answer about one topic."""
    (found,) = [each for each in published_answers(company.store, scope) if each.topic == topic]
    return found


def success(rows: Sequence[Talk], topics: Sequence[str], first: date, last: date) -> tuple[float, float, float]:
    """Success of topics in days, with its interval by people, as the oracle of shares has it."""
    people: dict[str, tuple[int, int]] = {}
    for row in rows:
        if row["topic_id"] in topics and first <= date.fromisoformat(str(row["day"])) <= last:
            hits, of_all = people.get(str(row["unit_id"]), (0, 0))
            people[str(row["unit_id"])] = (hits + (row["outcome"] == "confirmed"), of_all + 1)
    found = ratio(people)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    return found.value, found.low, found.high


@pytest.mark.parametrize("seed", range(3))
def test_the_effect_is_what_the_topic_gained_beyond_the_others(company: Company, seed: int) -> None:
    """Windows of four whole weeks, two days of ramp; own change less that of the quiet topics; squares of the four
    intervals added. Intervals by the delta method are within a hundredth of the jackknife's.
    """
    chance = Random(seed)
    rows = use_of("a", 0.5, range(-28, 0), chance) + use_of("a", 0.8, range(40), chance)
    rows += use_of("b", 0.6, range(-28, 40), chance) + use_of("c", 0.7, range(-28, 40), chance)
    rows += use_of("busy", 0.1, range(-28, 40), chance)
    ask(asked(company.sells("chat"), rows), [documented(1, "a", 0), documented(2, "busy", 5)])
    found = of(company)
    assert found.before is not None
    assert found.after is not None
    assert (found.before.first, found.before.last) == (day(-28), day(-1))
    assert (found.after.first, found.after.last) == (day(3), day(30))
    assert found.others == ("b", "c")
    groups = [
        success(rows, topics, *window)
        for topics, window in ((["a"], found.after), (["a"], found.before), (["b", "c"], found.before),
                               (["b", "c"], found.after))
    ]  # fmt: skip
    now, then, beside, later = groups
    effect = (now[0] - then[0]) - (later[0] - beside[0])
    low = effect - math.sqrt(sum(each**2 for each in (
        now[0] - now[1], then[2] - then[0], later[2] - later[0], beside[0] - beside[1],
    )))  # fmt: skip
    assert found.effect == pytest.approx(effect, abs=1e-9)
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.low is not None
    assert found.high is not None
    assert found.low < effect < found.high


def test_what_changed_for_all_is_no_work_of_the_answer(company: Company) -> None:
    """A release that helps every topic alike leaves no effect to a page that was written that week."""
    chance = Random(7)
    rows = [row for topic in "abc" for row in use_of(topic, 0.4, range(-28, 0), chance)]
    rows += [row for topic in "abc" for row in use_of(topic, 0.9, range(40), chance)]
    ask(asked(company.sells("chat"), rows), [documented(1, "a", 0)])
    found = of(company)
    assert found.own is not None
    assert (found.own[1].value or 0) - (found.own[0].value or 0) > 0.3
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high


@pytest.mark.parametrize(
    ("tickets", "why"),
    [
        ([documented(1, "a", 0), documented(2, "b", 4)], "for every other topic an answer was documented"),
        ([documented(1, "a", -26)], "no full week before it"),
        ([documented(1, "a", 36)], "no full week after it"),
    ],
)
def test_what_cannot_be_compared_says_so(company: Company, tickets: list[dict[str, object]], why: str) -> None:
    """No quiet topic, too few days on a side: a sentence and no number."""
    chance = Random(1)
    rows = [row for topic in "ab" for row in use_of(topic, 0.5, range(-28, 40), chance)]
    ask(asked(company.sells("chat"), rows), tickets)
    found = of(company)
    assert why in found.refused
    assert found.effect is None
    assert lines([found])[1][-2:] == ("-", found.refused)


def test_another_answer_about_the_topic_cuts_the_days(company: Company) -> None:
    """Days after the next answer are not counted; of several answers it is the last with both sides that is shown."""
    chance = Random(2)
    rows = [row for topic in "ab" for row in use_of(topic, 0.5, range(-28, 40), chance)]
    ask(asked(company.sells("chat"), rows), [documented(1, "a", 0), documented(2, "a", 20), documented(3, "a", 38)])
    found = of(company)
    assert (found.day, found.before, found.after) == (day(20), (day(6), day(19)), (day(23), day(36)))


def test_few_people_have_no_interval_and_a_team_no_answer(company: Company) -> None:
    """Under ten people on a side there is a difference without interval; it is told of products only."""
    chance = Random(3)
    rows = [row for topic in "ab" for row in use_of(topic, 0.5, range(-28, 40), chance, people=6)]
    ask(asked(company.sells("chat"), rows), [documented(1, "a", 0)])
    found = of(company)
    assert found.effect is not None
    assert (found.low, found.high) == (None, None)
    assert found.refused == "An interval needs 10 people on each side; there are 6."
    with pytest.raises(MetricError, match="of products"):
        published_answers(company.store, WIDE.model_copy(update={"teams": ("law",)}))
    (plain,) = as_data([found])
    assert (plain["topic"], plain["others"]) == ("a", ("b",))


def test_what_a_rule_says_of_a_score_counts_as_in_task_success(company: Company) -> None:
    """Ratings without a verdict of their own end tasks as the rules of the registry say."""
    chance = Random(4)
    rows = [row | {"outcome": None, "outcome_source": None} for topic in "ab"
            for row in use_of(topic, 0.5, range(-28, 40), chance)]  # fmt: skip
    ask(asked(company.sells("chat"), rows), [documented(1, "a", 0)])
    with company.store.write("test", "test") as tx:
        tx.add("feedback", [
            {"event_key": n, "row_hash": n, "version_at": row["occurred_at"], "load_id": "L1", "source_system": "s",
             "source_row": n, "source_records": 1, "feedback_id": f"f{n}",
             "given_at": row["occurred_at"], "target_type": "interaction",
             "target_id": row["interaction_id"],
             "product_id": "chat", "source_product": "", "name": "stars", "score": float(n % 2), "evidence": "rating"}
            for n, row in enumerate(rows)
        ])  # fmt: skip
    assert "no task of which the end is known" in of(company).refused
    company.has("mappings", [
        {"source_system": "*", "field": "feedback.stars", "match": "at_most", "pattern": "0", "target": "verdict",
         "value": "failed", "priority": 0},
    ])  # fmt: skip
    found = of(company)
    assert found.own is not None
    assert all(side.value == 0 for side in found.own)
