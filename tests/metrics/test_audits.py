"""Audits against plain loops over random checks: whose they are, of which day, and what they weigh."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import evidence, read, series
from metrics.spec import Scope
from tests.metrics.company import MONDAY, SUNDAY, Company, day, granted, tasks, use
from tests.metrics.oracle import Answer, Row
from tests.metrics.reviews import (
    AUDITED,
    AUDITOR,
    CONTENT,
    JUDGE,
    JUDGED,
    RATE,
    Seen,
    audit,
    check,
    forget,
    headline,
    powered,
    review,
    seen,
    talk,
    weighed,
)  # fmt: skip

TYPES = ("incorrect", "unsupported", "unsafe")
NAMES = (RATE, JUDGED, AUDITED, *(f"{RATE}.{kind}" for kind in TYPES))


def trust(company: Company, labels: int = 2, youden: float = 0.05) -> Company:
    """Let a judge be corrected by few labels."""
    stated = {"min_calibration": str(labels), "min_youden": str(youden)}
    return company.has("settings", [{"key": key, "value": value} for key, value in stated.items()])


@st.composite
def checks(draw: st.DrawFn) -> dict[str, object]:
    """A check of one of forty tasks, by one of two people or of two judges; some failed, some were cancelled."""
    passed = draw(st.sampled_from([True, True, False, None]))
    return check(
        f"t{draw(st.integers(0, 39))}",
        day(draw(st.integers(0, 27))),
        passed,
        evaluator=draw(st.sampled_from([AUDITOR, "second", JUDGE, "judge-2"])),
        hour=draw(st.integers(0, 23)),
        epoch=draw(st.integers(0, 2)),
        metric_name=draw(st.sampled_from(["correct", "grounded"])),
        sampling_probability=draw(st.sampled_from([None, 1.0, 0.5, 0.3])),
        error_type=draw(st.sampled_from([*CONTENT, "technical", "missed_escalation"])),
        run_status=draw(st.sampled_from(["success", None, "cancelled"])),
        eval_error=draw(st.sampled_from([None, None, "timeout"])) if passed is None else None,
    )


def share(given_tasks: list[Seen], by: str, kind: str = "") -> Answer:
    """The weighted share of errors that people or the judge found."""
    looked = [task for task in given_tasks if getattr(task, by) is not None]
    return weighed(
        (task.unit, int(kind in task.types if kind else getattr(task, by)), getattr(task, f"{by}_weight"))
        for task in looked
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(checks(), min_size=30, max_size=160),
    shadows=st.frozensets(st.integers(0, 39), max_size=3),
    unknown=st.frozensets(st.integers(0, 39), max_size=6),
)
def test_readings_of_audits_equal_plain_loops(
    workshop: Company, rows: list[Row], shadows: frozenset[int], unknown: frozenset[int]
) -> None:
    """Judged, audited, by type and the headline, whatever failed, was repeated, weighs more or is of no interaction."""
    company = trust(forget(workshop).sells("chat"))
    talks = [
        talk(f"t{n}", f"p{n % 13:02d}", day(n % 28), mode="shadow" if n in shadows else "assist")
        for n in range(40)
        if n not in unknown
    ]
    bot = {"user_id": "p03", "kind": "service"}
    company.has("people", [bot]).has("interactions", talks).has("user_days", [use("p00", MONDAY), use("p00", SUNDAY)])
    review(company, rows)
    units = {f"t{n}": f"t{n}" if n in unknown else f"p{n % 13:02d}" for n in range(40)}
    hidden = {f"t{n}" for n in shadows - unknown}
    audited = seen([row for row in rows if row["interaction_id"] not in hidden], units)
    audited = [task for task in audited if task.unit != "p03"]
    by_name = {reading.metric: reading for reading in read(company.store, NAMES, Scope(since=MONDAY, until=SUNDAY))}
    expected = {JUDGED: share(audited, "judge"), AUDITED: share(audited, "people")}
    expected |= {f"{RATE}.{kind}": share(audited, "people", kind) for kind in TYPES}
    both = [(task.people, task.judge) for task in audited if task.people is not None and task.judge is not None]
    wrong, good = sum(1 for people, _ in both if people), sum(1 for people, _ in both if not people)
    flags = sum(1 for people, judge in both if people and judge), sum(1 for p, judge in both if not p and judge)
    fit = min(wrong, good) >= 2 and flags[0] / wrong - flags[1] / good >= 0.05 - 1e-9
    corrected = powered(audited) if fit else None
    expected[RATE] = corrected or expected[AUDITED]
    for name, answer in expected.items():
        reading = by_name[name]
        if name == RATE and not corrected and (not answer.events or answer.value == 0):
            continue  # nobody looked, or nothing was found: below
        assert (reading.units, reading.events) == (answer.units, answer.events), name
        assert (reading.value, reading.low, reading.high) == pytest.approx(
            (answer.value, answer.low, answer.high), abs=1e-9
        ), name
    if not corrected and not expected[AUDITED].events:
        assert by_name[RATE].status in ("not_measured", "uncalibrated")


def test_unequal_chances_of_being_drawn_are_undone(company: Company, september: Scope) -> None:
    """People read all of what was flagged and a tenth of the rest: the rate is the one of production, not of the
    sample.
    """
    checks_made, talks = [], []
    for n in range(1000):
        wrong, flagged = n % 20 == 0, n % 20 == 0 or n % 10 == 5
        talks.append(talk(f"t{n}", f"p{n // 25}", day(n % 28)))
        if flagged or n % 10 == 1:
            chance = 1.0 if flagged else 100 / 850
            checks_made.append(check(f"t{n}", day(n % 28), not wrong, sampling_probability=chance))
    company.sells("chat").has("interactions", talks).has("user_days", [use("p0", MONDAY), use("p0", SUNDAY)])
    review(company, checks_made)
    reading = headline(company, september)
    assert reading.value == pytest.approx(0.05, abs=1e-6)
    assert (reading.units, reading.events) == (40, 250)


def test_nobody_looking_is_said_and_what_to_do(company: Company, september: Scope) -> None:
    """Use without an audit is not measured, with a remedy; so is a week without one beside weeks that have some."""
    company.sells("chat").has("user_days", [tasks("ann", day(n), 1) for n in range(28)])
    for reading in read(company.store, [RATE, JUDGED, AUDITED], september):
        assert (reading.value, reading.status, reading.decides) == (None, "not_measured", False)
        assert "nobody looked, which is not the same as no errors; load results of audits" in reading.missing
    review(company, [check(f"t{n}", SUNDAY, True) for n in range(40)])
    weekly = series(company.store, RATE, september)
    assert [reading.status for reading in weekly] == ["not_measured"] * 3 + ["ok"]
    assert (weekly[-1].value, weekly[-1].units) == (0.0, 40)


def test_an_audit_of_no_interaction_stands_for_itself(company: Company) -> None:
    """It counts on the local day of its run, as a unit of its own, with the scenario and release it states."""
    company.sells("chat").has("settings", [{"key": "reporting_zone", "value": "Asia/Tokyo"}])
    stated = {"interaction_id": None, "scenario_id": "letters", "service_version": "1.2"}
    review(company, [check(f"c{n}", MONDAY, n > 3, hour=20, **stated) for n in range(40)])
    assert headline(company, Scope(since=MONDAY, until=MONDAY)).status == "not_measured"
    tuesday = Scope(since=day(1), until=day(1))
    reading = headline(company, tuesday, scenario="letters", release="1.2")
    assert (reading.value, reading.units, reading.status) == (0.1, 40, "ok")
    assert "unit: audited task" in reading.method
    review(company, [check("d", MONDAY, True, hour=20, product_id="code", **stated)])
    company.sells("code")
    assert headline(company, tuesday, product="code").missing.startswith("1 audited tasks: under 10")


def test_an_audit_covers_the_days_until_the_next_is_due(company: Company) -> None:
    """With a weekly audit of Monday the week is whole where there is use; without a cadence it is partial; and of an
    audit that did not come the rate is stale.
    """
    company.sells("chat").has("user_days", [tasks("p0", day(n), 1) for n in range(28)])
    review(company, [check(f"t{n}", day(21), n > 2) for n in range(40)])
    scope = Scope(since=MONDAY, until=SUNDAY)
    assert headline(company, scope).status == "partial"
    company.has("feeds", [{"product_id": "chat", "fact": "eval_results", "cadence_days": 14, "required": True}])
    assert headline(company, scope).status == "ok"
    assert headline(company, Scope(since=MONDAY, until=day(28))).status == "partial"
    with company.store.write("just", "test") as tx:
        tx.run("UPDATE feeds SET cadence_days = 14")
    company.has("user_days", [tasks("p0", day(n), 1) for n in range(28, 40)])
    assert headline(company, Scope(since=MONDAY, until=day(34))).status == "ok"
    assert headline(company, Scope(since=MONDAY, until=day(35))).status == "partial"
    with company.store.write("shorter", "test") as tx:
        tx.run("UPDATE feeds SET cadence_days = 5")
    assert headline(company, scope).status == "stale"


def test_pilots_and_teams_have_the_audits_of_their_people(company: Company, september: Scope) -> None:
    """By the pilot that the interaction states or the audience it has that day, and by the person's team."""
    company.sells("chat").has(
        "people", [{"user_id": f"p{n}", "team_id": f"team{n % 2}", "kind": "employee"} for n in range(40)]
    )
    company.has("pilots", [{"pilot_id": "trial", "product_id": "chat", "starts_on": day(7), "ends_on": SUNDAY}])
    company.has("audience", [granted(f"p{n}", pilot="trial", since=MONDAY) for n in range(20)])
    talks = [talk(f"t{n}-{d}", f"p{n}", day(d)) for n in range(40) for d in (0, 14)]
    talks += [talk("stated", "p39", day(20), pilot_id="trial")]
    company.has("interactions", talks).has("user_days", [use("p0", MONDAY), use("p0", SUNDAY)])
    review(company, [check(str(row["interaction_id"]), SUNDAY, row["unit_id"] > "p2") for row in talks])
    trial = headline(company, september, pilot="trial")
    assert (trial.units, trial.events) == (21, 21)
    assert trial.value == pytest.approx(13 / 21)
    alone = headline(company, september.model_copy(update={"pilots": ("trial",)}))
    assert (alone.value, alone.units) == (trial.value, trial.units)
    team = headline(company, september, team="team0")
    assert (team.events, team.value) == (40, pytest.approx(14 / 40))


def test_the_rows_behind_an_audit_are_those_it_counted(company: Company, september: Scope) -> None:
    """Of the judged rate the tasks a judge read, of the audited those people read, of the headline both; page by
    page.
    """
    audit(company.sells("chat"), {"ann": [(1, 0), (None, 1)], "bob": [(0, None)]})
    by_name = {r.metric: r for r in read(company.store, [RATE, JUDGED, AUDITED], september)}
    shown = {
        name: [row["interaction_id"] for row in evidence(company.store, by_name[name], september)] for name in by_name
    }
    assert shown[JUDGED] == ["chat-ann-0", "chat-ann-1"]
    assert shown[AUDITED] == ["chat-bob-0", "chat-ann-0"]
    assert shown[RATE] == ["chat-bob-0", "chat-ann-0", "chat-ann-1"]
    first = evidence(company.store, by_name[RATE], september, limit=1)
    rest = evidence(company.store, by_name[RATE], september, after=str(first[0]["cursor"]))
    assert [row["interaction_id"] for row in rest] == ["chat-ann-0", "chat-ann-1"]
    assert rest[0]["judged_by"] == JUDGE
    assert (rest[0]["human_error"], rest[0]["judge_error"]) == (1, 0)


def test_audits_after_the_period_count_for_its_interactions(company: Company, september: Scope) -> None:
    """An interaction of the last day that people looked at a week later is an audit of its own day."""
    company.sells("chat").has("user_days", [use("p0", day(n)) for n in range(40)])
    company.has("interactions", [talk(f"t{n}", f"p{n}", SUNDAY) for n in range(40)])
    review(company, [check(f"t{n}", SUNDAY + timedelta(days=7), n > 3) for n in range(40)])
    reading = headline(company, september)
    assert (reading.value, reading.events, reading.status) == (0.1, 40, "ok")
