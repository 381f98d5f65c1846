import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.criteria import Criterion
from metrics.health import Measured
from metrics.pilot_case import Comparison, Gates, Harm, Level, PilotCase
from metrics.verdict import pilot_verdict
from tests.metrics.pilots import CRITERIA, GOOD, HOURS, SCALE, but, seen

FEW = replace(seen(0.7, 0.9, 0.97, 14), decides=False, missing="14 people of the 30 that a decision needs.")
SICK = seen(0.4, 0.5, 0.6)  # task success wholly under its floor
WEAK = seen(0.7, 0.76, 0.81)  # its value under the bar
OPEN = seen(0.76, 0.83, 0.88)  # its value over the bar, which the interval spans
RUNNING = replace(SCALE, as_of=date(2026, 9, 27))

# One line a case, in the order of the rules: what differs from a pilot that deserves scale, the decision, the rule, and
# words that must be among the reasons.
POLICY: list[tuple[str, PilotCase, str, str, str]] = [
    ("starts tomorrow", replace(SCALE, as_of=date(2026, 8, 2)), "not_begun", "not-begun", "begins on 2026-08-03"),
    ("no start", replace(SCALE, starts_on=None), "not_begun", "not-begun", "No day is registered"),
    ("harm before it begins is none", replace(SCALE, as_of=date(2026, 8, 2), harm=Harm(low=0.5)), "not_begun",
     "not-begun", "begins"),
    ("harm, not fixable", replace(SCALE, harm=Harm(low=0.02, fixable=False)), "close", "harm-not-fixable",
     "at least 2.00%, over the limit of 1.00%. The owner marked them as not fixable."),
    ("harm, fixable", replace(SCALE, harm=Harm(low=0.02, fixable=True)), "rework", "harm", "marked them as fixable"),
    ("harm, nobody said", replace(SCALE, harm=Harm(low=0.02)), "rework", "harm", "has not said"),
    ("harm by count", replace(SCALE, harm=Harm(low=0.001, count=3, agreed=2)), "rework", "harm",
     "3, over the 2 agreed"),
    ("harm by its own limit", replace(SCALE, harm=Harm(low=0.004, limit=0.003)), "rework", "harm", "limit of 0.30%"),
    ("harm stops while running", replace(RUNNING, harm=Harm(low=0.02)), "rework", "harm", "over the limit"),
    ("harm closes while running", replace(RUNNING, harm=Harm(low=0.02, fixable=False)), "close",
     "harm-not-fixable", ""),
    ("harm without enough evidence", replace(SCALE, users=3, harm=Harm(low=0.02)), "rework", "harm", "over the limit"),
    ("on the last day", RUNNING, "running", "running", "If it had ended today: scale, by rule scale."),
    ("no planned end", replace(SCALE, ends_on=None), "running", "running", "No planned end is registered."),
    ("futile but running", replace(but(RUNNING, c1=SICK), fixable_share=0.1), "running", "running",
     "close, by rule futile"),
    ("tasks reached early", replace(RUNNING, tasks=1000), "scale", "scale", ""),
    ("tasks reached early, bad", replace(but(RUNNING, c1=WEAK), tasks=1000), "rework", "below-bar", ""),
    ("tasks reached in week 3", replace(RUNNING, tasks=1000, complete_weeks=3), "running", "running",
     "repeat, by rule evidence"),
    ("a must not measured", but(c1=None), "repeat", "evidence", "Task success has not been measured."),
    ("a must uncalibrated", but(c3=replace(GOOD["c3"], status="uncalibrated", missing="No human labels.")), "repeat",
     "evidence", "Errors: No human labels."),
    ("a must of too few people", but(c1=FEW), "repeat", "evidence", "14 people of the 30"),
    ("too few people", replace(SCALE, users=29), "repeat", "evidence", "29 people of the 30 needed."),
    ("a team of twelve", replace(SCALE, users=12, min_users=12), "scale", "scale", ""),
    ("a gate of three is ten", replace(SCALE, users=9, min_users=3), "repeat", "evidence",
     "9 people of the 10 needed."),
    ("people not known", replace(SCALE, users=None), "repeat", "evidence", "How many people there are is not known"),
    ("too few tasks", replace(SCALE, tasks=799), "repeat", "evidence", "799 tasks of the 800 needed (80% of the 1,000"),
    ("just enough weeks and outcomes", replace(SCALE, complete_weeks=4, outcome_coverage=0.3), "scale", "scale", ""),
    ("harm up to its limit", replace(SCALE, harm=Harm(low=0.01, count=2, agreed=2)), "scale", "scale", ""),
    ("just enough tasks", replace(SCALE, tasks=800), "scale", "scale", ""),
    ("tasks not known", replace(SCALE, tasks=None), "repeat", "evidence", "How many tasks there are is not known"),
    ("no tasks planned", replace(SCALE, planned_tasks=None), "repeat", "evidence", "No number of tasks was planned"),
    ("zero tasks planned", replace(SCALE, planned_tasks=0), "repeat", "evidence", "No number of tasks was planned"),
    ("three weeks", replace(SCALE, complete_weeks=3), "repeat", "evidence", "3 complete weeks of the 4 needed."),
    ("weeks not known", replace(SCALE, complete_weeks=None), "repeat", "evidence", "complete weeks there are is not"),
    ("outcomes of 29 %", replace(SCALE, outcome_coverage=0.29), "repeat", "evidence", "The end of 29.0% of the tasks"),
    ("outcomes not known", replace(SCALE, outcome_coverage=None), "repeat", "evidence", "has not been measured"),
    ("no must", replace(SCALE, criteria=(HOURS,)), "repeat", "evidence", "No must criterion was agreed"),
    ("no criteria", replace(SCALE, criteria=()), "repeat", "evidence", "No must criterion was agreed"),
    ("too little evidence to close", replace(but(c1=SICK), users=20, fixable_share=0.1), "repeat", "evidence",
     "20 people"),
    ("futile", replace(but(c1=SICK), fixable_share=0.49), "close", "futile", "49% of the failures are missing context"),
    ("futile, adoption", replace(but(c2=seen(0.1, 0.15, 0.24)), fixable_share=0.0), "close", "futile",
     "Adoption is 15.0%"),
    ("futile, half fixable", replace(but(c1=SICK), fixable_share=0.5), "rework", "futile-fixable",
     "Most frequent: missing context, tool errors."),
    ("futile, causes unknown", replace(but(c1=SICK), fixable_share=None), "rework", "futile-fixable", "is not known"),
    ("futile before all else", replace(but(c1=SICK, c4=seen(0.5, 0.6, 0.7)), fixable_share=0.1, p_npv=0.1), "close",
     "futile", ""),
    ("quality under its floor is no futility", replace(but(c3=seen(0.2, 0.3, 0.4)), fixable_share=0.0), "rework",
     "below-bar", "and its floor of 10.0%"),
    ("all of it", SCALE, "scale", "scale", "Task success is 87.0% (82.0% to 91.0%): the whole interval meets"),
    ("a goal missed, not failed", but(c5=seen(4.5, 6.0, 7.5, 35)), "scale", "scale", "Expert answers is 6.0\u00a0h"),
    ("a guardrail not settled", but(c4=seen(0.2, 0.28, 0.36)), "scale", "scale", "Escalation is 28.0%"),
    ("evidence A", replace(SCALE, comparison=Comparison(low=0.01, high=0.2, evidence="A")), "scale", "scale",
     "level A"),
    ("changed after the start", replace(SCALE, changed_after_start=("c1",)), "scale", "scale",
     "not agreed beforehand: c1"),
    ("a must between floor and bar", but(c1=WEAK), "rework", "below-bar", "the value misses the bar of at least 80.0%"),
    ("a must wholly under its bar", but(c1=seen(0.7, 0.75, 0.79)), "rework", "below-bar", "the whole interval misses"),
    ("one must below, one open", but(c1=OPEN, c2=seen(0.4, 0.45, 0.55)), "rework", "below-bar", "At this rate"),
    ("a must open, one below", but(c1=WEAK, c2=seen(0.45, 0.55, 0.65)), "rework", "below-bar", "the value misses"),
    ("a guardrail missed", but(c4=seen(0.31, 0.4, 0.5)), "rework", "guardrail", "Escalation is 40.0%"),
    ("a guardrail missed, a must open", but(c1=OPEN, c4=seen(0.31, 0.4, 0.5)), "rework", "guardrail", "At this rate"),
    ("a goal failed", but(c5=seen(8.1, 9.0, 12.0, 35)), "rework", "goal-failed", "and its floor of 8.0\u00a0h"),
    ("a goal not reached in time", but(c5=seen(8.1, None, None, 35)), "rework", "goal-failed",
     "not reached (above 8.1\u00a0h)"),
    ("worse than today", replace(SCALE, comparison=Comparison(low=-0.2, high=-0.01, evidence="A")), "rework",
     "worse-than-today", "The current way is better"),
    ("no worse for certain", replace(SCALE, comparison=Comparison(low=-0.2, high=0.0, evidence="A")), "repeat",
     "uncompared", "does not lie above zero"),
    ("as likely worth it as not", replace(SCALE, p_npv=0.5), "repeat", "value-open", "50.0%"),
    ("not worth it", replace(SCALE, p_npv=0.49), "rework", "not-worth-it", "only 49.0%"),
    ("not worth it, not ready", replace(SCALE, p_npv=0.3, readiness=None), "rework", "not-worth-it", "No readiness"),
    ("a must open", but(c1=OPEN), "repeat", "straddles", "plan 694 for a chance of 90%"),
    ("a must open, not ready", replace(but(c1=OPEN), readiness={}), "repeat", "straddles", "No readiness checklist"),
    ("a guardrail unmeasured", but(c4=None), "repeat", "unmeasured", "Escalation has not been measured."),
    ("a goal unmeasured", but(c5=None), "repeat", "unmeasured", "Expert answers has not been measured."),
    ("a guardrail of few people", but(c4=replace(GOOD["c4"], decides=False)), "repeat", "unmeasured", "may not decide"),
    ("critical errors unknown", replace(SCALE, harm=Harm(count=0, agreed=0)), "repeat", "unmeasured",
     "Critical errors"),
    ("critical count unknown", replace(SCALE, harm=Harm(low=0.0, agreed=0)), "repeat", "unmeasured", "Critical errors"),
    ("never compared", replace(SCALE, comparison=None), "repeat", "uncompared", "It has not been compared"),
    ("gain not shown", replace(SCALE, comparison=Comparison(low=0.0, high=0.1, evidence="A")), "repeat", "uncompared",
     "does not lie above zero"),
    ("only opinions", replace(SCALE, comparison=Comparison(low=0.1, high=0.2, evidence="C")), "repeat", "uncompared",
     "of level C; scale needs level A or B"),
    ("worse by opinions", replace(SCALE, comparison=Comparison(low=-0.2, high=-0.1, evidence="C")), "repeat",
     "uncompared", "of level C"),
    ("evidence unknown", replace(SCALE, comparison=Comparison(low=0.1, high=0.2, evidence=None)), "repeat",
     "uncompared",
     "unknown"),
    ("value unknown", replace(SCALE, p_npv=None), "repeat", "value-open", "is not known"),
    ("value likely", replace(SCALE, p_npv=0.79), "repeat", "value-open", "79.0%; scale needs 80%"),
    ("value likely enough", replace(SCALE, p_npv=0.8), "scale", "scale", "80.0%"),
    ("no runbook", replace(SCALE, readiness={**(SCALE.readiness or {}), "runbook": False}), "repeat", "not-ready",
     "Not ready: runbook."),
    ("said twice, done once", replace(SCALE, readiness={"Support": False, **(SCALE.readiness or {})}), "repeat",
     "not-ready", "Not ready: support."),
    ("runbook forgotten", replace(SCALE, readiness={"owner": True, "support": True}), "repeat", "not-ready",
     "Not ready: runbook, connection rules."),
    ("an item of its own", replace(SCALE, readiness={**(SCALE.readiness or {}), "Training": False}), "repeat",
     "not-ready", "Not ready: training."),
    ("no checklist", replace(SCALE, readiness=None), "repeat", "not-ready", "No readiness checklist"),
]  # fmt: skip
RULES = {
    "not-begun", "harm-not-fixable", "harm", "running", "evidence", "futile", "futile-fixable", "scale", "below-bar",
    "guardrail", "goal-failed", "worse-than-today", "not-worth-it", "straddles", "unmeasured", "uncompared",
    "value-open", "not-ready",
}  # fmt: skip


@pytest.mark.parametrize(("name", "case", "decision", "rule", "words"), POLICY, ids=[line[0] for line in POLICY])
def test_the_policy(name: str, case: PilotCase, decision: str, rule: str, words: str) -> None:
    """Each case has its decision, by its rule, with its reason."""
    found = pilot_verdict(case)
    assert (found.decision, found.rule) == (decision, rule), name
    assert words in " ".join(found.reasons)


def test_every_rule_is_reached() -> None:
    """The policy's table holds a case of each rule, the docstrings name each rule, and there is no other."""
    assert {rule for _, _, _, rule, _ in POLICY} == RULES
    assert len({name for name, *_ in POLICY}) == len(POLICY)


# What makes each rule match, in the order of the rules; those of worse and of value overwrite what comes later.
TROUBLE: dict[str, Callable[[PilotCase], PilotCase]] = {
    "not-begun": lambda case: replace(case, as_of=date(2026, 8, 1)),
    "harm": lambda case: replace(case, harm=Harm(low=0.02, agreed=0)),
    "running": lambda case: replace(case, as_of=date(2026, 9, 1)),
    "evidence": lambda case: replace(case, users=5),
    "futile": lambda case: replace(but(case, c1=SICK), fixable_share=0.1),
    "below-bar": lambda case: but(case, c2=seen(0.4, 0.45, 0.55)),
    "guardrail": lambda case: but(case, c4=seen(0.31, 0.4, 0.5)),
    "goal-failed": lambda case: but(case, c5=seen(8.1, 9.0, 12.0, 35)),
    "worse-than-today": lambda case: replace(case, comparison=Comparison(low=-0.2, high=-0.1, evidence="A")),
    "not-worth-it": lambda case: replace(case, p_npv=0.2),
    "straddles": lambda case: but(case, c3=seen(0.02, 0.04, 0.06, 300)),
    "unmeasured": lambda case: replace(case, harm=Harm(low=case.harm.low, agreed=0)),
    "uncompared": lambda case: replace(case, comparison=None),
    "value-open": lambda case: replace(case, p_npv=0.7),
    "not-ready": lambda case: replace(case, readiness=None),
}


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(TROUBLE, 2)))
def test_of_two_rules_that_match_the_first_wins(first: str, second: str) -> None:
    """With two things against a pilot the rule that stands earlier decides."""
    assert pilot_verdict(TROUBLE[first](TROUBLE[second](SCALE))).rule == first


def test_what_is_missing_comes_as_numbers() -> None:
    """People, tasks and weeks up to the gates; nothing where the gates are passed."""
    short = pilot_verdict(replace(SCALE, users=22, tasks=310, planned_tasks=600, complete_weeks=3))
    assert short.needs == (8, 170, 1, 0)
    unknown = pilot_verdict(replace(SCALE, users=None, tasks=None, planned_tasks=35, complete_weeks=None))
    assert unknown.needs == (30, 28, 4, 0)
    assert pilot_verdict(SCALE).needs == (0, 0, 0, 0)
    exactly = replace(SCALE, tasks=55, planned_tasks=100)  # 0.55 * 100 is a little more than 55 in binary
    assert pilot_verdict(exactly, Gates(planned_share=0.55)).needs == (0, 0, 0, 0)


def test_an_open_bar_needs_the_planned_people() -> None:
    """The greatest plan among the musts that count people; audited tasks are no people."""
    one = pilot_verdict(but(c1=OPEN)).needs.people
    both = pilot_verdict(but(c1=OPEN, c2=seen(0.46, 0.52, 0.58))).needs.people
    assert one == 694
    assert both > one
    assert pilot_verdict(but(c3=seen(0.02, 0.04, 0.06, 300))).needs.people == 0


def test_a_running_pilot_says_what_it_would_be_and_what_is_left() -> None:
    """Until the last day is over it runs: the days left, the gaps, and the verdict it would have today."""
    found = pilot_verdict(replace(SCALE, as_of=date(2026, 9, 20), users=25, complete_weeks=2))
    assert (found.decision, found.needs) == ("running", (5, 0, 2, 8))
    assert found.today is not None
    assert (found.today.decision, found.today.rule) == ("repeat", "evidence")
    assert pilot_verdict(SCALE).today is None


def test_every_reason_against_scale_is_told() -> None:
    """The first rule decides, and whatever else stands against scale is said with it, each once."""
    case = replace(but(c1=WEAK, c4=seen(0.31, 0.4, 0.5)), comparison=None, p_npv=None, readiness=None)
    found = pilot_verdict(case)
    assert found.rule == "below-bar"
    beginnings = ["Task success is", "Escalation is", "It has not been", "Whether the value", "No readiness"]
    assert [reason[: len(begin)] for reason, begin in zip(found.reasons, beginnings, strict=True)] == beginnings


def test_thresholds_are_passed_in() -> None:
    """Other gates, other verdicts: none of them is in the rules."""
    strict: list[Gates] = [
        Gates(min_users=61), Gates(planned_share=0.95), Gates(complete_weeks=9), Gates(outcome_coverage=0.7),
        Gates(npv=0.95), Gates(evidence=("A",)), Gates(checklist=("insurance",)), Gates(least_users=70),
    ]  # fmt: skip
    assert all(pilot_verdict(SCALE, gates).decision == "repeat" for gates in strict)
    assert pilot_verdict(replace(SCALE, p_npv=0.6), Gates(npv_floor=0.7)).rule == "not-worth-it"
    assert pilot_verdict(replace(SCALE, harm=Harm(low=0.005)), Gates(critical_limit=0.001)).rule == "harm"
    futile = replace(but(c1=SICK), fixable_share=0.7)
    assert pilot_verdict(futile, Gates(fixable_share=0.8)).rule == "futile"
    assert pilot_verdict(futile, Gates(value_metrics=("roi",))).rule == "below-bar"
    assert pilot_verdict(but(c1=OPEN), Gates(power=0.5)).needs.people < pilot_verdict(but(c1=OPEN)).needs.people


SHARES = st.integers(0, 100).map(lambda n: n / 100)
READINGS = st.builds(
    lambda three, decides, status, units: Measured(
        low=three[0], value=three[1], high=three[2], status=status, decides=decides, units=units
    ),
    st.lists(SHARES, min_size=3, max_size=3).map(sorted),
    st.sampled_from([True, True, True, False]),
    st.sampled_from(["ok", "ok", "ok", "stale", "partial", "uncalibrated", "not_measured"]),
    st.integers(2, 500),
)


@st.composite
def cases(draw: st.DrawFn) -> PilotCase:
    """Any pilot near enough to the gates for every rule to matter."""

    def maybe(*values: Any) -> Any:
        return draw(st.sampled_from([*values, None]))

    measured = {
        each.criterion_id: reading
        for each in CRITERIA
        if (reading := draw(st.one_of(st.just(GOOD[each.criterion_id]), READINGS, st.none()))) is not None
    }
    evidence: Level | None = maybe("A", "B", "C")
    return PilotCase(
        criteria=tuple(draw(st.lists(st.sampled_from(CRITERIA), unique=True, max_size=5))),
        measured=measured,
        starts_on=maybe(SCALE.starts_on, SCALE.starts_on),
        ends_on=maybe(SCALE.ends_on, SCALE.ends_on),
        as_of=date(2026, 8, 1) + timedelta(days=draw(st.integers(0, 70))),
        users=maybe(9, 12, 40),
        tasks=maybe(10, 850, 1000),
        planned_tasks=maybe(0, 1000, 1000),
        complete_weeks=maybe(3, 4, 8),
        outcome_coverage=maybe(0.1, 0.6),
        min_users=maybe(12, 30),
        harm=Harm(low=maybe(0.0, 0.0, 0.5), count=maybe(0, 0, 4), agreed=maybe(2, 2), fixable=maybe(True, False)),
        fixable_share=maybe(0.1, 0.9),
        comparison=maybe(Comparison(low=maybe(-0.3, 0.1, 0.1), high=maybe(-0.1, 0.2), evidence=evidence)),
        p_npv=maybe(0.2, 0.7, 0.9),
        readiness=maybe(SCALE.readiness, {}),
    )


WORSE_TO_BETTER = ("close", "rework", "repeat", "scale")


@settings(max_examples=300, deadline=None)
@given(cases(), st.booleans(), st.lists(st.tuples(st.sampled_from("123"), st.integers(1, 60)), min_size=1, max_size=3))
def test_a_better_must_never_worsens_the_decision(case: PilotCase, full: bool, gains: list[tuple[str, int]]) -> None:
    """Moving readings of musts towards their bars goes from close over rework and repeat to scale, never back."""
    if full:  # passed all gates, so that the criteria decide
        case = replace(SCALE, measured={**GOOD, **case.measured}, fixable_share=case.fixable_share)
    better = dict(case.measured)
    for which, gain in gains:
        key, step = f"c{which}", gain / 100 * (-1 if which == "3" else 1)
        if key in better:
            old = better[key]
            moved = [min(1.0, max(0.0, (each or 0.0) + step)) for each in (old.low, old.value, old.high)]
            better[key] = replace(old, low=moved[0], value=moved[1], high=moved[2])
    before, after = pilot_verdict(case), pilot_verdict(replace(case, measured=better))
    if before.decision in WORSE_TO_BETTER:
        assert WORSE_TO_BETTER.index(after.decision) >= WORSE_TO_BETTER.index(before.decision)
    else:
        assert after.decision == before.decision
        if before.today and after.today:
            order = WORSE_TO_BETTER.index
            assert order(after.today.decision) >= order(before.today.decision)


def without(case: PilotCase) -> list[PilotCase]:
    """The case with one piece of evidence taken away, in every possible way."""
    gone = {"users", "tasks", "complete_weeks", "outcome_coverage", "fixable_share", "comparison", "p_npv", "readiness"}
    less = [replace(case, **{name: None}) for name in sorted(gone)]
    less += [but(case, **{name: None}) for name in case.measured]
    less += [but(case, **{name: replace(each, status="stale", decides=False)}) for name, each in case.measured.items()]
    less += [replace(case, harm=replace(case.harm, low=None)), replace(case, harm=replace(case.harm, count=None))]
    if case.comparison:
        less += [replace(case, comparison=replace(case.comparison, **{name: None})) for name in ("low", "evidence")]
    return less


@settings(max_examples=200, deadline=None)
@given(cases())
def test_knowing_less_never_gives_scale(case: PilotCase) -> None:
    """What does not deserve scale does not deserve it after a reading, a count or a comparison was taken away."""
    if pilot_verdict(case).decision != "scale":
        assert [less for less in without(case) if pilot_verdict(less).decision == "scale"] == []


def test_scale_needs_every_piece_of_evidence() -> None:
    """From the pilot that deserves it, whatever is taken away it is repeat; only why things fail may stay unknown."""
    kept = [less for less in without(SCALE) if pilot_verdict(less).decision == "scale"]
    assert kept == [replace(SCALE, fixable_share=None)]
    assert {pilot_verdict(less).decision for less in without(SCALE)} == {"scale", "repeat"}


@settings(deadline=None)
@given(cases(), st.permutations(CRITERIA))
def test_the_order_of_criteria_does_not_matter(case: PilotCase, order: list[Criterion]) -> None:
    """The same criteria listed otherwise: the same verdict to the last word."""
    listed = [each for each in order if each in case.criteria]
    assert pilot_verdict(replace(case, criteria=tuple(listed))) == pilot_verdict(case)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_every_verdict_has_a_rule_and_a_reason(case: PilotCase) -> None:
    """No case is without a verdict, and none without a sentence that says why."""
    found = pilot_verdict(case)
    assert found.rule in RULES
    assert found.reasons
    assert all(reason.endswith(".") and (reason[0].isupper() or reason[0].isdigit()) for reason in found.reasons)
    assert min(found.needs) >= 0


def scales(case: PilotCase) -> bool:
    """The conditions of scale as the methodology lists them, each by itself."""
    musts = [each for each in case.criteria if each.role == "must"]
    reached: dict[str, bool] = {}
    for each in case.criteria:
        reading = case.measured.get(each.criterion_id)
        counts = reading is not None and reading.status == "ok" and reading.decides
        low, high = (reading.low or 0.0, reading.high or 0.0) if reading else (0.0, 0.0)
        if each.role == "must":
            reached[each.criterion_id] = counts and (high <= each.bar if each.better == "lower" else low >= each.bar)
        elif each.role == "guardrail":
            reached[each.criterion_id] = counts and low <= each.bar
        else:
            reached[each.criterion_id] = counts and low <= (each.floor or 0.0)
    gain, harm = case.comparison, case.harm
    ended = case.ends_on is not None and case.as_of > case.ends_on
    return all([
        case.starts_on is not None and case.as_of >= case.starts_on,
        ended or (case.tasks is not None and bool(case.planned_tasks) and case.tasks >= (case.planned_tasks or 0)),
        musts and all(reached.values()),
        case.users is not None and case.users >= (30 if case.min_users is None else case.min_users),
        case.tasks is not None and case.planned_tasks and case.tasks >= 0.8 * case.planned_tasks,
        (case.complete_weeks or 0) >= 4,
        (case.outcome_coverage or 0) >= 0.3,
        harm.low is not None and harm.low <= 0.01,
        harm.agreed is None or (harm.count is not None and harm.count <= harm.agreed),
        gain is not None and gain.low is not None and gain.low > 0 and gain.evidence in ("A", "B"),
        gain is None or gain.high is None or gain.high >= 0,
        (case.p_npv or 0) >= 0.8,
        case.readiness and all(case.readiness.values()),
    ])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(cases(), st.sets(st.sampled_from(["criteria", "measured", "harm", "comparison", "dates", "counts"])))
def test_scale_is_exactly_its_list_of_conditions(case: PilotCase, taken: set[str]) -> None:
    """A second, flat reading of the methodology says scale for the same cases."""
    fields = {
        "dates": ("starts_on", "ends_on", "as_of"),
        "counts": ("users", "tasks", "planned_tasks", "complete_weeks", "outcome_coverage", "p_npv", "readiness"),
    }
    changes = {name: getattr(case, name) for each in taken for name in fields.get(each, (each,))}
    mixed = replace(SCALE, **changes)
    assert (pilot_verdict(mixed).decision == "scale") == scales(mixed)


def test_the_oracle_knows_the_pilot_that_deserves_scale() -> None:
    """The flat list holds for it, and not without a must."""
    assert scales(SCALE)
    assert not scales(replace(SCALE, criteria=(HOURS,)))
