import math
from dataclasses import replace

import pytest
from statsmodels.stats.proportion import proportion_confint

from data.economics import Assumption, Baseline
from data.portfolio import Criterion, Pilot
from data.settings import Settings
from metrics.beliefs import Beliefs
from metrics.current_way import Contrast, contrasts
from metrics.spec import Reading

PILOT = Pilot(pilot_id="trial", product_id="chat", name="Trial", scenario_id="letters")
SUCCESS = Reading(
    metric="task_success", group={"pilot": "trial"}, value=0.8, low=0.7, high=0.88, level=0.95, units=40, events=400,
    method="", status="ok", decides=True, missing="", definition_hash="", data_version=1,
)  # fmt: skip
ESCALATED = replace(SUCCESS, metric="escalation_rate", value=0.1, low=0.07, high=0.14)
BEFORE = Baseline(scenario_id="letters", measure="task_success", value=0.6, low=0.52, high=0.67, design="controlled")


def bar(metric: str, role: str = "must", better: str = "higher") -> Criterion:
    """A criterion of the trial."""
    return Criterion.model_validate(
        {"pilot_id": "trial", "criterion_id": metric, "metric": metric, "role": role, "better": better, "bar": 0.5}
    )


def found(
    *baselines: Baseline, readings: tuple[Reading, ...] = (SUCCESS, ESCALATED), pilot: Pilot = PILOT,
    criteria: tuple[Criterion, ...] = (), assumed: tuple[Assumption, ...] = (),
) -> tuple[Contrast, ...]:  # fmt: skip
    """The comparisons of the trial."""
    beliefs = Beliefs(assumed, baselines, [], {}, Settings())
    return contrasts(pilot, criteria, {reading.metric: reading for reading in readings}, baselines=baselines,
                     beliefs=beliefs, level=0.95)  # fmt: skip


def test_the_gain_has_the_interval_of_both_sides() -> None:
    """Square and add: 0.8 (0.70 to 0.88) less 0.6 (0.52 to 0.67), worked by hand."""
    (one,) = found(BEFORE)
    assert one.gain == pytest.approx(0.2)
    assert one.low == pytest.approx(0.2 - math.sqrt(0.1**2 + 0.07**2))
    assert one.high == pytest.approx(0.2 + math.sqrt(0.08**2 + 0.08**2))
    assert (one.design, one.evidence, one.source) == ("controlled", "A", "baseline of scenario letters")


def test_less_is_a_gain_where_less_is_better() -> None:
    """Of a criterion that shall be low the gain is what it fell by, its ends exchanged."""
    before = Baseline(scenario_id="letters", measure="escalation_rate", value=0.3, low=0.25, high=0.36)
    (one,) = found(before, criteria=(bar("escalation_rate", better="lower"),))
    assert one.gain == pytest.approx(0.2)
    assert one.low == pytest.approx(0.2 - math.sqrt(0.04**2 + 0.05**2))
    assert one.high == pytest.approx(0.2 + math.sqrt(0.03**2 + 0.06**2))
    assert found(before, criteria=(bar("escalation_rate", better="band"),))[0].refused.startswith("Neither more nor")


def test_a_baseline_of_cases_has_wilsons_interval() -> None:
    """Without low and high, a share with its number of cases has the interval of that many cases."""
    before = BEFORE.model_copy(update={"low": None, "high": None, "n": 200})
    (one,) = found(before)
    low, high = proportion_confint(120, 200, method="wilson")
    assert (one.before_low, one.before_high) == (pytest.approx(low), pytest.approx(high))
    assert one.low == pytest.approx(0.2 - math.hypot(0.1, high - 0.6))
    assert found(before.model_copy(update={"n": None}))[0].refused.startswith("The baseline has no interval")


@pytest.mark.parametrize(
    ("of_baseline", "of_pilot", "design", "evidence"),
    [
        ("controlled", None, "controlled", "A"), ("controlled", "controlled", "controlled", "A"),
        ("controlled", "before_after", "before_after", "B"), ("before_after", "controlled", "before_after", "B"),
        ("matched", "controlled", "matched", "B"), (None, "matched", "matched", "B"), (None, None, None, "C"),
    ],
)  # fmt: skip
def test_the_weaker_design_counts(
    of_baseline: str | None, of_pilot: str | None, design: str | None, evidence: str
) -> None:
    """The evidence is that of the weaker of the two designs that are stated, an estimate where neither is."""
    before, pilot = BEFORE.model_copy(update={"design": of_baseline}), PILOT.model_copy(update={"design": of_pilot})
    (one,) = found(before, pilot=pilot)
    assert (one.design, one.evidence) == (design, evidence)


@pytest.mark.parametrize(
    ("reading", "why"),
    [
        (None, "The pilot has no reading of it."),
        (replace(SUCCESS, decides=False, missing="12 people of the 30 that a decision needs."), "12 people"),
        (replace(SUCCESS, value=None, low=None, high=None, decides=False, missing="Nobody looked."), "Nobody looked."),
        (replace(SUCCESS, high=None), "no interval with two ends"),
    ],
)
def test_a_number_that_may_not_decide_shows_no_gain(reading: Reading | None, why: str) -> None:
    """Where the pilot's own number may not decide there is no gain, and the minutes assumed do not stand in for it."""
    guess = Assumption(name="minutes_saved_per_task", distribution="point", p1=9, evidence="A")
    (one,) = found(BEFORE, readings=(reading,) if reading else (), assumed=(guess,))
    assert (one.gain, one.low, one.high) == (None, None, None)
    assert why in one.refused
    assert one.comparison.low is None


def test_task_success_comes_first_then_the_musts() -> None:
    """Of several baselines the verdict looks at task success, else at a must; other scenarios' do not count."""
    others = [
        Baseline(scenario_id="letters", measure=name, value=0.5, low=0.4, high=0.6)
        for name in ("adoption", "escalation_rate", "minutes_per_task")
    ]
    criteria = (bar("adoption", "should"), bar("escalation_rate", better="lower"))
    assert [one.metric for one in found(*others, BEFORE, criteria=criteria)] == [
        "task_success", "escalation_rate", "adoption",
    ]  # fmt: skip
    elsewhere = BEFORE.model_copy(update={"scenario_id": "mails"})
    assert [one.metric for one in found(*others, elsewhere, criteria=criteria)] == ["escalation_rate", "adoption"]


def test_minutes_saved_stand_in_where_there_is_no_baseline() -> None:
    """The pilot's own assumption before its product's, as its quantiles; one that cannot be drawn is refused."""
    common = Assumption(product_id="chat", name="minutes_saved_per_task", distribution="point", p1=9, evidence="C")
    own = Assumption(pilot_id="trial", name="minutes_saved_per_task", distribution="uniform", p1=0, p2=10, evidence="B")
    (one,) = found(assumed=(common, own))
    assert (one.metric, one.evidence, one.source) == (None, "B", "assumption of pilot trial")
    assert [one.low, one.gain, one.high] == [pytest.approx(at, abs=0.15) for at in (0.25, 5, 9.75)]
    assert (found(assumed=(common,))[0].gain, found(assumed=(common,))[0].evidence) == (9, "C")
    broken = own.model_copy(update={"p2": None})
    assert "uniform needs" in found(assumed=(broken,))[0].refused
    assert found() == ()
