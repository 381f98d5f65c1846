import ast
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

import metrics.pilot_rules
import metrics.verdict
from data.portfolio import Decision, Pilot
from metrics.agreed import Agreed
from metrics.criteria import Criterion
from metrics.current_way import Contrast
from metrics.pilot_case import Gates, Needs, PilotCase
from metrics.scorecard import Scorecard
from metrics.verdict import pilot_verdict
from reports import scorecard as words
from tests.metrics.pilots import ESCALATION, SCALE, SUCCESS, but, seen

GAIN = Contrast(
    metric="task_success", now=0.8, before=0.6, before_low=0.5, before_high=0.7, cases=100, gain=0.2, low=0.1,
    high=0.3, level=0.95, design="matched", evidence="B", source="baseline of scenario letters",
)  # fmt: skip


def card(case: PilotCase = SCALE, as_of: date = date(2026, 9, 27), **stated: object) -> Scorecard:
    """The scorecard of a case."""
    pilot = Pilot(pilot_id="t", product_id="chat", name="Trial", starts_on=case.starts_on, ends_on=case.ends_on)
    found = Scorecard(
        pilot=pilot, scope=None, as_of=as_of, roster=60, people_needed=30, case=case, gates=Gates(),
        verdict=pilot_verdict(case), agreed=Agreed((), None, ()), judged=(), readings={}, causes=(), contrasts=(),
        readiness=(), decisions=(), shadow=None,
    )  # fmt: skip
    return replace(found, **stated)


def test_every_rule_has_its_words() -> None:
    """Each id that a rule can name is explained, and nothing is explained that no rule names."""
    named = {"not-begun", "running"}
    for module in (metrics.pilot_rules, metrics.verdict):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding":
                named.add(ast.literal_eval(node.args[0]))
    assert named == set(words.RULES)


@pytest.mark.parametrize(
    ("case", "begins"),
    [
        (SCALE, "Trial has proven itself: "),
        (replace(SCALE, comparison=None), "Trial has not proven itself yet: it has not been compared"),
        (but(c1=seen(0.70, 0.75, 0.79)), "Trial has not proven itself: task success is 75.0%"),
        (replace(but(c1=seen(0.3, 0.4, 0.5)), fixable_share=0.1), "Trial has failed: task success is 40.0%"),
        (replace(SCALE, as_of=date(2026, 9, 1)), "Trial is still running"),
        (replace(SCALE, as_of=date(2026, 8, 1)), "Trial has not begun. It begins on 2026-08-03."),
    ],
)
def test_the_answer_says_whether_it_is_proven_and_why(case: PilotCase, begins: str) -> None:
    """One sentence for each proposal, with its first reason."""
    assert words.answer(card(case)).startswith(begins)


def test_the_answer_ends_with_what_people_decided() -> None:
    """A decision is told after the answer of the numbers, not instead of it."""
    decided = Decision(decision_id="d", decided_at=datetime(2026, 10, 1), user_id="p", decision="rework")
    found = words.answer(card(decisions=(decided,)))
    assert found.startswith("Trial has proven itself")
    assert found.endswith("Decided on 2026-10-01: rework.")


def test_a_shadow_pilot_says_that_nothing_is_measured() -> None:
    """In shadow mode the answer says why there is no number, instead of what is missing of each."""
    running = replace(SCALE, as_of=date(2026, 9, 1))
    assert "nobody acts on the answers, so they enter no reading" in words.answer(card(running, shadow=(3, 9)))


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (date(2026, 8, 1), "Begins on 2026-08-03, 8 weeks"), (date(2026, 8, 3), "Week 1 of 8"),
        (date(2026, 8, 9), "Week 1 of 8"), (date(2026, 8, 10), "Week 2 of 8"), (date(2026, 9, 26), "Week 8 of 8"),
        (date(2026, 9, 27), "8 weeks, over since 2026-09-27"), (date(2026, 12, 1), "8 weeks, over since 2026-09-27"),
    ],
)  # fmt: skip
def test_the_week_counts_from_the_first_day(as_of: date, said: str) -> None:
    """Seven days are a week, whatever day the pilot began on (3 August to 27 September: eight)."""
    assert words.week_of(card(as_of=as_of)) == said


def test_a_running_pilot_names_the_rule_that_would_hold_today() -> None:
    """Beside that it runs, the rule it would be judged by if it had ended."""
    found = words.rule_in_words(card(replace(SCALE, as_of=date(2026, 9, 1), comparison=None)))
    assert found.endswith("Had it ended today: no gain over the current way of working is shown.")


@pytest.mark.parametrize(
    ("criterion", "said"),
    [
        (SUCCESS, "≥\u00a080.0%"), (ESCALATION, "≤\u00a030.0%"),
        (replace(ESCALATION, better="band", bar=0.15, floor=0.05), "15.0% ± 5.0%"),
    ],
)  # fmt: skip
def test_a_bar_is_written_with_its_direction(criterion: Criterion, said: str) -> None:
    """At least, at most, or give or take."""
    assert words.bar(criterion) == said


def test_what_is_missing_is_said_in_numbers() -> None:
    """One and many, and the days until it can be decided; nothing where nothing is missing."""
    assert words.owed(Needs(people=1, tasks=1200, weeks=2, days=14)) == [
        "1 more person", "1,200 more tasks", "2 more complete weeks", "14 days until it can be decided",
    ]  # fmt: skip
    assert words.owed(Needs()) == []


@pytest.mark.parametrize(
    ("low", "high", "sure"), [(0.1, 0.3, "better"), (-0.3, -0.1, "worse"), (-0.1, 0.3, "not surely different")]
)
def test_a_gain_is_only_called_one_when_it_is_sure(low: float, high: float, sure: str) -> None:
    """Better or worse only where the whole interval says so."""
    assert words.gain(GAIN._replace(low=low, high=high)).startswith(f"{sure}, +20.0\u00a0pp")
    assert words.gain(GAIN._replace(gain=None, refused="Nobody looked.")) == "Nobody looked."
    assert words.gain(GAIN._replace(metric=None, gain=9.0, low=6.0, high=11.0)) == (
        "better, +9.0 minutes a task (+6.0 to +11.0)"
    )
