"""The context loop against plain loops over days, with a clock and a product-limit table that share no code with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from statsmodels.stats.proportion import proportion_confint

from metrics.loop import Loop, Rate, Stage, as_data, loops
from metrics.spec import MetricError, Scope
from tests.metrics.company import MONDAY, SUNDAY, Company, day
from tests.metrics.desk import ask, office, ticket, waited
from tests.metrics.reviews import check, review

ZONE = "UTC"
HOURS = office(day(-30), day(120))
NINE = datetime(2026, 9, 7, 9)


def tried(case: str, when: int, passed: bool, **stated: object) -> dict[str, object]:
    """One check of a suite's case at noon of a day."""
    more = {"origin": "suite", "suite": "gaps", "run_id": f"r{when}", "interaction_id": None, "evaluator": "judge-1"}
    return check(case, day(when), passed, **{**more, **stated})


def of(company: Company, scope: Scope, product: str = "chat") -> Loop:
    """The loop of one product."""
    (found,) = [each for each in loops(company.store, scope) if each.product == product]
    return found


def stage(found: Loop, name: str) -> Stage:
    """One stage of it."""
    return next(each for each in found.stages if each.name == name)


def rate(found: Loop, name: str) -> Rate:
    """One share of it."""
    return next(each for each in found.rates if each.name == name)


def desk(chance: Random) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Sixty gaps of four weeks, each as far as chance let it come, and the tries of their cases."""
    tickets, tries = [], []
    end = NINE + timedelta(days=60)
    for number in range(60):
        at = NINE + timedelta(hours=chance.randrange(0, 26 * 24))
        row = ticket(number, at, topic_id=chance.choice(["a", "b", None]), requester_id=f"p{chance.randrange(6)}",
                     reopened_count=chance.choice([0, 0, 1, None]))  # fmt: skip
        moments = []
        for name in ("first_response_at", "documented_at", "eval_added_at"):
            at += timedelta(hours=chance.randrange(1, 200))
            if at > end or chance.random() < 0.15:
                break
            row[name] = at
            moments.append(at)
        for name in ("documented_at", "eval_added_at"):
            row.setdefault(name, None)
        if chance.random() < 0.1 and len(moments) < 3:
            row |= {"status": "cancelled", "resolved_at": at if at < end else end}
        tickets.append(row)
        if len(moments) == 3:
            passes = chance.random() < 0.2
            first = (moments[-1] - datetime(2026, 9, 7)).days + 1
            for when in range(first, 64, 4):
                tries.append(tried(f"gap:T{number}", when, passes))
                passes = passes or chance.random() < 0.4
    tickets.append(ticket(999, end, kind="request"))  # so far the tickets reach
    for row in tickets:
        for name in ("documented_at", "eval_added_at", "topic_id", "reopened_count"):
            row.setdefault(name, None)
    return tickets, tries


def end_of(row: dict[str, object], *names: str) -> datetime | None:
    """The first of these moments that the row has."""
    return next((moment for name in names if isinstance(moment := row[name], datetime)), None)


@pytest.mark.parametrize("seed", range(6))
def test_stages_are_those_of_a_plain_clock_and_product_limit(company: Company, september: Scope, seed: int) -> None:
    """Counts, medians and their interval of each stage, as a loop over tickets and statsmodels give them."""
    tickets, tries = desk(Random(seed))
    review(ask(company.sells("chat"), tickets), tries)
    told, tested = NINE + timedelta(days=60), max(row["run_at"] for row in tries)
    assert isinstance(tested, datetime)
    gaps = [row for row in tickets if row["kind"] == "context_gap" and row["opened_at"] < NINE + timedelta(days=28)]
    proofs = {str(row["ticket_id"]): _proof(str(row["ticket_id"]), tries) for row in gaps}
    spans = {
        "answered": ("opened_at", "first_response_at"), "documented": ("first_response_at", "documented_at"),
        "eval_added": ("documented_at", "eval_added_at"), "eval_improved": ("eval_added_at", ""),
        "loop": ("opened_at", ""),
    }  # fmt: skip
    found = of(company, september)
    for name, (start, end) in spans.items():
        times, ended = [], []
        for row in gaps:
            began = end_of(row, start)
            if began is None:
                continue
            improved, passed = proofs[str(row["ticket_id"])]
            last = end_of(row, end) if end else improved
            dropped = row["resolved_at"] if row["status"] == "cancelled" else None
            stops = [each for each in (dropped, None if end else passed) if isinstance(each, datetime)]
            until = last or (min(stops) if stops else (told if end else max(tested, row["opened_at"])))
            assert isinstance(until, datetime)
            times.append(waited(HOURS, ZONE, began, until))
            ended.append(int(last is not None))
        seen = stage(found, name)
        assert (seen.gaps, seen.ended) == (len(times), sum(ended)), name
        assert sum(ended) >= 10, "the example is too thin to tell anything"
        median = halved(list(zip(times, ended, strict=True)))
        assert seen.median.value == (None if median is None else pytest.approx(median / 3600, abs=1e-6)), name


def halved(waits: Sequence[tuple[int, int]]) -> int | None:
    """The first time by which half have ended, by the product limit in whole fractions."""
    left = Fraction(1)
    for time in sorted({time for time, ended in waits if ended}):
        risk = sum(1 for other, _ in waits if other >= time)
        left *= 1 - Fraction(sum(1 for other, ended in waits if other == time and ended), risk)
        if left <= Fraction(1, 2):
            return time
    return None


def _proof(name: str, tries: Sequence[dict[str, object]]) -> tuple[datetime | None, datetime | None]:
    """When a gap's case came to pass after a failure; and, if it never failed, when it first passed."""
    failed, first = False, None
    for row in sorted((row for row in tries if row["case_id"] == f"gap:{name}"), key=lambda row: str(row["run_at"])):
        at = row["run_at"]
        assert isinstance(at, datetime)
        first = first or at
        if row["passed"] and failed:
            return at, None
        failed = failed or not row["passed"]
    return None, None if failed else first


@pytest.mark.parametrize("seed", range(4))
def test_what_comes_back_is_counted_one_by_one(company: Company, september: Scope, seed: int) -> None:
    """Reopened, on a documented topic, asked again by the same person within thirty days: loops over pairs of gaps."""
    tickets, tries = desk(Random(seed))
    review(ask(company.sells("chat"), tickets), tries)
    gaps = [row for row in tickets if row["kind"] == "context_gap"]
    new = [row for row in gaps if MONDAY <= row["opened_at"].date() <= SUNDAY]
    told = NINE + timedelta(days=60)

    def later(row: dict[str, object], other: dict[str, object]) -> bool:
        answer, opened = row["first_response_at"], other["opened_at"]
        assert isinstance(answer, datetime)
        assert isinstance(opened, datetime)
        same = row["topic_id"] == other["topic_id"] and row["requester_id"] == other["requester_id"]
        return same and answer < opened <= answer + timedelta(days=30)

    on_topic = [row for row in new if row["topic_id"]]
    known = [
        row for row in on_topic
        if any(o["topic_id"] == row["topic_id"] and o["documented_at"] and o["documented_at"] < row["opened_at"]
               for o in gaps)
    ]  # fmt: skip
    followed = [
        row for row in on_topic
        if isinstance(answer := row["first_response_at"], datetime) and answer + timedelta(days=30) <= told
    ]  # fmt: skip
    again = [row for row in followed if any(later(row, other) for other in gaps)]
    counted = [row for row in new if row["first_response_at"] and row["reopened_count"] is not None]
    found = of(company, september)
    for name, hits, of_all in (
        ("reopened", [row for row in counted if row["reopened_count"]], counted), ("recurrence", known, on_topic),
        ("re_asked", again, followed),
    ):  # fmt: skip
        seen = rate(found, name)
        assert (seen.hits, seen.of) == (len(hits), len(of_all)), name
        assert (seen.low, seen.high) == pytest.approx(
            proportion_confint(len(hits), len(of_all), method="wilson"), abs=1e-9
        )


def gap(number: int = 1, **stated: object) -> dict[str, object]:
    """A gap that was opened on Monday, answered at eleven, documented on Tuesday and tested from Wednesday on."""
    return ticket(number, NINE, NINE + timedelta(hours=2), topic_id="a", requester_id="ann", reopened_count=0, **{
        "documented_at": NINE + timedelta(days=1), "eval_added_at": NINE + timedelta(days=2), **stated,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("second", "improved"),
    [
        ({}, 1),
        ({"service_version": "2"}, 1),
        ({"service_version": "1"}, 0),  # the same release: a flaky case is no better product
        ({"evaluator": "judge-2"}, 0),
        ({"suite_version": "2"}, 0),
        ({"eval_error": "it broke"}, 0),
    ],
)
def test_only_a_later_pass_by_the_same_ruler_is_better(
    company: Company, september: Scope, second: dict[str, object], improved: int
) -> None:
    """Not on the same release, not by another judge, not in another version of the cases, not a check that failed."""
    tries = [tried("gap:T1", 3, False, service_version="1"), tried("gap:T1", 9, True, **second)]
    found = of(review(ask(company.sells("chat"), [gap()]), tries), september)
    assert (stage(found, "eval_improved").gaps, stage(found, "eval_improved").ended) == (1, improved)


def test_a_case_that_passes_from_the_start_shows_no_improvement(company: Company, september: Scope) -> None:
    """It is stopped there and counted as such; of two cases both that failed must come to pass."""
    tries = [tried("gap:T1", 3, True), tried("gap:T1", 9, True)]
    tries += [tried("T2/short", 3, False), tried("T2/long", 3, False), tried("T2/short", 9, True)]
    found = of(review(ask(company.sells("chat"), [gap(1), gap(2)]), tries), september)
    seen = stage(found, "eval_improved")
    assert (seen.gaps, seen.ended, seen.stopped, seen.open) == (2, 0, 1, 1)
    found = of(review(company, [tried("T2/long", 12, True)]), september)
    assert stage(found, "eval_improved").ended == 1


def test_cases_that_are_merely_numbered_are_no_gaps(company: Company, september: Scope) -> None:
    """A ticket called 12 is not tested by the twelfth case; 'gap:12' is its case."""
    tickets = [gap(1) | {"ticket_id": "12"}]
    found = of(review(ask(company.sells("chat"), tickets), [tried("12", 3, False), tried("12", 9, True)]), september)
    assert stage(found, "eval_improved").status == "not_measured"
    assert "call it 'gap:' and the ticket's id" in stage(found, "loop").missing
    assert rate(found, "yield").value is None
    found = of(review(company, [tried("gap:12", 3, False), tried("gap:12", 9, True)]), september)
    assert (stage(found, "eval_improved").ended, found.weekly) == (1, 0.25)


def test_what_no_source_states_is_not_measured(company: Company, september: Scope) -> None:
    """Tickets without moments of documentation are not gaps that nobody documented; out of order they are left out."""
    bare = gap(1, documented_at=None, eval_added_at=None)
    found = of(ask(company.sells("chat", "search"), [bare]), september)
    assert [(each.name, each.status) for each in found.stages[1:]] == [
        (name, "not_measured") for name in ("documented", "eval_added", "eval_improved", "loop")
    ]
    assert stage(found, "answered").missing == "1 of 1 came through; a median needs 10."
    assert [each.product for each in loops(company.store, september)] == ["chat"]
    odd = gap(2, documented_at=NINE + timedelta(hours=1))
    seen = stage(of(ask(company, [odd]), september), "documented")
    assert (seen.gaps, seen.disordered) == (1, 1)
    assert "1 left out: their moments are in the wrong order." in seen.missing


def test_a_pilot_has_no_loop_of_its_own_and_data_are_plain(company: Company, september: Scope) -> None:
    """Asked by pilot it is refused; as data every stage has its numbers or its sentence."""
    ask(company.sells("chat"), [gap()])
    with pytest.raises(MetricError, match="of products"):
        loops(company.store, september.model_copy(update={"pilots": ("trial",)}))
    (found,) = as_data(loops(company.store, september))
    assert found["product"] == "chat"
    assert isinstance(found["stages"], list)
    assert all(each["median"]["value"] is not None or each["missing"] for each in found["stages"])
