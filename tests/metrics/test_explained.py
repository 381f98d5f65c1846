from random import Random

import pytest

from metrics import MetricError, Scope
from metrics.explained import Explanation, explanation
from tests.metrics.company import SUNDAY, Company, day, granted, tasks, use

HALF = Scope(since=day(14), until=SUNDAY)  # two weeks, and two before them


def explained(company: Company, metric: str = "task_success", over: str = "team", scope: Scope = HALF) -> Explanation:
    """The change of the second two weeks."""
    return explanation(company.store, metric, scope, over)  # type: ignore[arg-type]


def works(company: Company, team: str | None, first: tuple[int, int], second: tuple[int, int]) -> None:
    """Forty people of a team with so many good and bad tasks each in both halves."""
    company.has("user_days", [
        tasks(f"{team} {person}", day(when), *counts, team_id=team)
        for person in range(40) for when, counts in ((0, first), (13, (0, 0)), (14, second), (27, (0, 0)))
    ])  # fmt: skip


def test_a_fall_by_mix_alone_is_told_from_a_fall_of_rates(company: Company) -> None:
    """Both teams get better by five points, the worse one grows sixfold: the rate falls by its mix and is flagged."""
    works(company.sells("chat"), "sales", (16, 4), (17, 3))
    works(company, "legal", (8, 12), (54, 66))
    found = explained(company)
    assert found.refused == ""
    assert found.parts is not None
    assert found.difference.value == pytest.approx(71 / 140 - 24 / 40)
    assert found.parts.rate == pytest.approx(0.05)
    assert found.parts.mix == pytest.approx(71 / 140 - 24 / 40 - 0.05)
    assert found.parts.reversed
    assert {each.name for each in found.parts.effects} == {"sales", "legal"}


def test_the_effects_are_those_of_plain_counting(company: Company) -> None:
    """Kitagawa by hand over random rows: per team half the sum of its shares times its turn, and the effects add up to
    the difference; people without a team are a segment, too.
    """
    chance, rows = Random(4), []
    for person in range(60):
        team = chance.choice(["sales", "legal", None])
        for when in (0, 3, 13, 14, 20, 27):
            rows.append(tasks(f"p{person}", day(when), chance.randrange(6), chance.randrange(3), team_id=team))
    company.sells("chat").has("user_days", rows)
    found = explained(company)
    assert found.parts is not None
    sides: list[dict[object, list[int]]] = [{}, {}]
    for row in rows:
        cell = sides[row["day"] >= day(14)].setdefault(row["team_id"], [0, 0])  # type: ignore[operator]
        cell[0] += row["tasks_confirmed"]  # type: ignore[operator]
        cell[1] += row["tasks_confirmed"] + row["tasks_failed"]  # type: ignore[operator]
    every = [sum(cell[1] for cell in side.values()) for side in sides]
    for effect in found.parts.effects:
        (h0, m0), (h1, m1) = (side[effect.name] for side in sides)
        assert effect.rate == pytest.approx((m0 / every[0] + m1 / every[1]) / 2 * (h1 / m1 - h0 / m0))
    assert sum(each.rate + each.mix for each in found.parts.effects) == pytest.approx(found.difference.value)
    sizes = [abs(each.rate + each.mix) for each in found.parts.effects]
    assert sizes == sorted(sizes, reverse=True)


def test_a_person_of_two_products_is_in_both_parts_and_once_in_the_whole(company: Company) -> None:
    """Adoption counts people: where they use two products, the parts would add up to more than the whole."""
    company.sells("chat", "code")
    company.has("audience", [granted(f"p{n}", product) for n in range(40) for product in ("chat", "code")])
    company.has("user_days", [use(f"p{n}", day(w), p) for n in range(40) for w in (-14, 0, 13, 14, 27)
                              for p in ("chat", "code")])  # fmt: skip
    found = explained(company, "adoption.reach", "product")
    assert found.parts is None
    assert found.refused.startswith("Not split by product: somebody counts in several of them")


def test_what_cannot_be_explained_is_refused(company: Company) -> None:
    """No period before: the sentence of the difference; a median or a split by time: an error that says what to do."""
    works(company.sells("chat"), "sales", (1, 1), (1, 1))
    found = explained(company, scope=Scope(since=day(0), until=day(27)))
    assert (found.parts, found.difference.value) == (None, None)
    assert found.refused == found.difference.refused
    assert found.refused.startswith("Nothing to compare")
    with pytest.raises(MetricError, match="no share of sums"):
        explained(company, "sme_response_time")
    with pytest.raises(MetricError, match="not explained by week"):
        explained(company, over="week")
    with pytest.raises(MetricError, match="cannot be split by scenario"):
        explained(company, "adoption.reach", "scenario")
