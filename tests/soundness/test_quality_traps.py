"""Wrong rates of wrong answers, and coverages of too little. A test here is never weakened."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import CATALOG, read
from metrics.spec import Reading, Scope
from tests.metrics.company import MONDAY, SUNDAY, Company, day, found, use
from tests.metrics.reviews import AUDITOR, JUDGE, audit, check, forget, review, talk

RATE, JUDGED, AUDITED = "hallucination_rate", "hallucination_rate.judged", "hallucination_rate.audited"
OF_AUDITS = [name for name in CATALOG if name.startswith(RATE) and not name.endswith("technical_failure")]
Label = tuple[int | None, int | None]


def rates(company: Company, scope: Scope, names: list[str] = OF_AUDITS) -> dict[str, Reading]:
    """Readings of everything, by metric."""
    return {reading.metric: reading for reading in read(company.store, names, scope)}


def numbers(reading: Reading) -> tuple[object, ...]:
    """What is shown of a reading as a number."""
    return reading.value, reading.low, reading.high, reading.units, reading.status


def knows(company: Company, *topics: str, probes: dict[str, bool] | None = None) -> Company:
    """Register approved and indexed topics of chat, and probe some of them."""
    at = company.store.clock()
    rows = [
        {"topic_id": name, "product_id": "chat", "name": name, "required": True, "approved": True, "indexed_at": at,
         "reviewed_on": MONDAY} for name in topics
    ]  # fmt: skip
    company.has("topics", rows)
    probed = probes or {}
    return review(
        company, [check(f"probe-{n}", MONDAY, good, origin="probe", topic_id=n) for n, good in probed.items()]
    )


def asks(company: Company, **often: int) -> Company:
    """Questions on topics, by forty people over the four weeks."""
    talks = [
        talk(f"{topic}-{n}", f"p{n % 40}", day(n % 28), topic_id=topic)
        for topic, many in often.items()
        for n in range(many)
    ]
    return company.has("interactions", talks).has("user_days", [use("p0", day(n)) for n in range(28)])


def test_a_judged_rate_is_no_headline_without_calibration(company: Company, september: Scope) -> None:
    """However many tasks a judge read: the rate is uncalibrated, without an interval, and neither it nor the judged
    part ever decides.
    """
    audit(company.sells("chat"), {f"p{n}": [(None, int((n + m) % 9 == 0)) for m in range(50)] for n in range(60)})
    readings = rates(company, september)
    for name in (RATE, JUDGED):
        assert (readings[name].status, readings[name].decides) == ("uncalibrated", False)
        assert readings[name].missing
    assert (readings[RATE].low, readings[RATE].high) == (None, None)
    assert (readings[AUDITED].value, readings[AUDITED].status) == (None, "not_measured")


@pytest.mark.parametrize("origin", ["suite", "probe", "calibration"])
def test_only_audits_are_audits(company: Company, september: Scope, origin: str) -> None:
    """Suites, probes and calibration sets are drawn by somebody: no rate of production comes of them."""
    company.sells("chat").has("user_days", [use(f"p{n}", day(n % 28)) for n in range(60)])
    company.has("interactions", [talk(f"t{n}", f"p{n}", day(n % 28)) for n in range(60)])
    review(company, [check(f"t{n}", SUNDAY, n % 3 > 0, evaluator=who, origin=origin) for n in range(60)
                     for who in (AUDITOR, JUDGE)])  # fmt: skip
    assert {(r.value, r.status) for r in rates(company, september).values()} == {(None, "not_measured")}


def test_complaints_are_no_audits(company: Company, september: Scope) -> None:
    """Those who complain are no random sample: feedback alone measures nothing, beside audits it changes nothing."""
    given_at = company.store.clock()
    complaints = [
        {"event_key": n, "row_hash": n, "version_at": given_at, "load_id": "L", "source_system": "s", "source_row": n,
         "source_records": 1, "source_product": "", "feedback_id": f"f{n}", "target_type": "interaction",
         "target_id": f"chat-p{n}-0", "product_id": "chat", "given_at": given_at, "verdict": "failed",
         "evidence": "rating"} for n in range(40)
    ]  # fmt: skip
    company.sells("chat").has("user_days", [use("p0", MONDAY), use("p0", SUNDAY)])
    with company.store.write("complain", "test") as tx:
        tx.add("feedback", complaints)
    assert {(r.value, r.status) for r in rates(company, september).values()} == {(None, "not_measured")}
    audit(company, {f"p{n}": [(int(n == 0), None)] for n in range(40)})
    with_complaints = rates(company, september)
    with company.store.write("forget", "test") as tx:
        tx.run("DELETE FROM feedback")
    assert {name: numbers(r) for name, r in rates(company, september).items()} == {
        name: numbers(r) for name, r in with_complaints.items()
    }
    assert with_complaints[RATE].value == 1 / 40


def test_a_judge_that_failed_says_nothing(company: Company, september: Scope) -> None:
    """Failed and cancelled checks are neither errors nor the absence of one: readings stay as they are, and alone they
    measure nothing.
    """
    labels: dict[str, list[Label]] = {f"p{n}": [(int(n % 10 == 0), int(n % 8 == 0))] * 2 for n in range(40)}
    audit(company.sells("chat"), labels)
    before = rates(company, september)
    more = [talk(f"more-{n}", f"p{n}", day(n % 28)) for n in range(40)]
    company.has("interactions", more)
    broken = [{"passed": None, "eval_error": "timeout"}, {"passed": False, "eval_error": "timeout"},
              {"passed": False, "run_status": "cancelled"}, {"passed": None}]  # fmt: skip
    rows = [
        check(f"more-{n}", SUNDAY, False, evaluator=who) | broken[n % 4] for n in range(40) for who in (JUDGE, AUDITOR)
    ]
    review(company, rows)
    assert {name: numbers(r) for name, r in rates(company, september).items()} == {
        name: numbers(r) for name, r in before.items()
    }
    with company.store.write("undo", "test") as tx:
        tx.run("DELETE FROM eval_results WHERE interaction_id LIKE 'chat-%'")
    assert {(r.value, r.status) for r in rates(company, september).values()} == {(None, "not_measured")}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=4), min_size=12, max_size=20
    ),
    st.booleans(),
)
def test_repeating_audits_changes_no_interval(
    workshop: Company, people: list[list[tuple[int, int]]], by_people: bool
) -> None:
    """Each person's audits five times over: more tasks, the same people, the same value and the same interval; also of
    the rate that a calibration corrects.
    """
    answers = []
    for times in (1, 5):
        company = forget(workshop).sells("chat")
        labels: dict[str, list[Label]] = {
            f"p{n}": [(a, None) if by_people else (None, b) for a, b in each] * times for n, each in enumerate(people)
        }
        audit(company, labels)
        sets = [(name, wrong, flagged) for name, (wrong, flagged) in enumerate(
            [(1, 1)] * 55 + [(1, 0)] * 5 + [(0, 1)] * 4 + [(0, 0)] * 56)]  # fmt: skip
        if not by_people:
            checks = [check(f"c{n}", day(-90), not w, evaluator=who, origin="calibration", interaction_id=None)
                      for n, wrong, flagged in sets for who, w in ((AUDITOR, wrong), (JUDGE, flagged))]  # fmt: skip
            review(company, checks)
        answers.append(rates(company, Scope(since=MONDAY, until=SUNDAY)))
    assert answers[0][RATE].method.startswith("audited by people" if by_people else "corrected (Rogan-Gladen)")
    for name, once in answers[0].items():
        often = answers[1][name]
        assert numbers(often) == numbers(once)
        assert often.events == 5 * once.events


def test_removing_audits_is_not_measured_never_zero(company: Company, september: Scope) -> None:
    """When a product's audits are taken away its rates say so and it does not vanish; the other stays as it is."""
    company.sells("chat", "code")
    for product in ("chat", "code"):
        audit(company, {f"p{n}": [(int(n % 6 == 0), 0)] * 2 for n in range(40)}, product)
    before = {(r.metric, r.group["product"]): r for r in read(company.store, OF_AUDITS, september, ("product",))}
    assert before[RATE, "code"].value == pytest.approx(7 / 40)
    with company.store.write("undo", "test") as tx:
        tx.run("DELETE FROM eval_results WHERE product_id = 'code'")
    for after in read(company.store, OF_AUDITS, september, ("product",)):
        if after.group["product"] == "chat":
            assert after == replace(before[after.metric, "chat"], data_version=after.data_version)
        else:
            assert (after.value, after.low, after.status, after.decides) == (None, None, "not_measured", False)
            assert "nobody looked" in after.missing


def test_synthetic_and_shadow_answers_are_no_production(company: Company, september: Scope) -> None:
    """Audits of what nobody was served change no rate."""
    audit(company.sells("chat"), {f"p{n}": [(int(n % 10 == 0), None)] for n in range(40)})
    before = rates(company, september)
    unserved = [talk(f"shadow-{n}", f"p{n}", SUNDAY, mode="shadow") for n in range(40)]
    company.has("interactions", unserved)
    company.has("interactions", [talk(f"made-{n}", f"p{n}", SUNDAY, synthetic=True) for n in range(40)])
    review(company, [check(f"{kind}-{n}", SUNDAY, False) for n in range(40) for kind in ("shadow", "made")])
    assert {name: numbers(r) for name, r in rates(company, september).items()} == {
        name: numbers(r) for name, r in before.items()
    }


def test_an_interaction_known_twice_is_one_task(company: Company, september: Scope) -> None:
    """Two systems that tell of the same interaction, and three checks of it, are one audited task."""
    labels: dict[str, list[Label]] = {f"p{n}": [(int(n % 10 == 0), None)] for n in range(40)}
    audit(company.sells("chat"), labels)
    company.has("interactions", [talk(f"chat-p{n}-0", f"p{n}", SUNDAY) for n in range(40)])
    review(company, [check(f"chat-p{n}-0", SUNDAY, True, metric_name=name) for n in range(40) for name in ("a", "b")])
    reading = rates(company, september)[RATE]
    assert (reading.value, reading.events) == (0.1, 40)


def test_a_shorter_inventory_raises_no_coverage_unnoticed(company: Company, september: Scope) -> None:
    """Taking the topics out that are not covered makes the coverage whole, and the demand that is not listed rises by
    just as much.
    """
    asks(company.sells("chat"), tax=200, travel=100, cars=100)
    knows(company, "tax", "travel", "cars", probes={"tax": True, "travel": True, "cars": False})
    names = ["context_coverage", "context_coverage.unregistered"]
    before = rates(company, september, names)
    assert [before[name].value for name in names] == [0.75, 0.0]
    with company.store.write("shorten", "test") as tx:
        tx.run("UPDATE topics SET valid_to = ? WHERE topic_id = 'cars'", [MONDAY])
    after = rates(company, september, names)
    assert [after[name].value for name in names] == [1.0, 0.25]
    with company.store.write("hide", "test") as tx:
        tx.run("UPDATE topics SET valid_to = NULL, required = false WHERE topic_id = 'cars'")
    hidden = rates(company, september, names)
    assert hidden["context_coverage"].value == 1.0
    assert "1 optional left out with 25% of the questions" in hidden["context_coverage"].method


def test_removing_probes_is_no_coverage(company: Company, september: Scope) -> None:
    """What nobody probed counts up to fresh and decides nothing; a topic without probes beside probed ones is not
    covered.
    """
    asks(company.sells("chat"), tax=100, travel=100)
    knows(company, "tax", "travel")
    reading = rates(company, september, ["context_coverage"])["context_coverage"]
    assert (reading.value, reading.status, reading.decides) == (1.0, "insufficient", False)
    assert "Nobody has probed what chat finds" in reading.missing
    assert rates(company, september, ["context_coverage.retrievable"])["context_coverage.retrievable"].value is None
    review(company, [check("q", MONDAY, True, origin="probe", topic_id="tax")])
    reading = rates(company, september, ["context_coverage"])["context_coverage"]
    assert (reading.value, reading.status, reading.decides) == (0.5, "ok", True)


def test_a_failed_probe_is_neither_found_nor_missed(company: Company, september: Scope) -> None:
    """Probes that broke do not count; neither do those of a later day than the period."""
    asks(company.sells("chat"), tax=100, travel=100)
    knows(company, "tax", "travel", probes={"tax": True, "travel": True})
    later = SUNDAY + timedelta(days=1)
    rows = [check(f"b{n}", SUNDAY, None, origin="probe", topic_id="tax", eval_error="timeout") for n in range(9)]
    review(company, [*rows, check("late", later, False, origin="probe", topic_id="tax")])
    (reading,) = read(company.store, ["context_coverage"], september)
    assert reading.value == 1.0
    (reading,) = read(company.store, ["context_coverage"], Scope(since=MONDAY, until=later))
    assert reading.value == 0.5


def test_coverage_of_nothing_is_not_measured(company: Company, september: Scope) -> None:
    """Without an inventory nothing is covered and nothing is missing: no 0 % and no 100 %."""
    asks(company.sells("chat", "code"), tax=100)
    knows(company, "tax")
    names = [name for name in CATALOG if name.startswith("context_coverage")]
    readings = read(company.store, names, september, ("product",))
    for reading in readings:
        if reading.group["product"] == "code":
            assert (reading.value, reading.status, reading.decides) == (None, "not_measured", False)
    assert found([r for r in readings if r.metric == "context_coverage.fresh"], product="chat").value == 1.0
