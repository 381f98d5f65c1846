from dataclasses import replace
from math import isinf

import plotly.graph_objects as go
import pytest

from metrics.criteria import Criterion, Outcome, judge_criterion
from metrics.health import measured
from metrics.scorecard import Judged
from metrics.spec import Reading
from reports.criteria import criteria, place, told
from reports.palette import LIGHT

READING = Reading(
    metric="task_success", group={"pilot": "trial"}, value=0.85, low=0.8, high=0.9, level=0.95, units=40, events=400,
    method="", status="ok", decides=True, missing="", definition_hash="", data_version=1,
)  # fmt: skip
SUCCESS = Criterion(
    criterion_id="c1", metric="task_success", role="must", better="higher", bar=0.8, floor=0.6, measure="share",
    title="Task success",
)  # fmt: skip


def judged(criterion: Criterion = SUCCESS, **stated: object) -> Judged:
    """A criterion with its reading, judged."""
    reading = replace(READING, **stated)
    return Judged(
        criterion=criterion, reading=reading, outcome=judge_criterion(criterion, measured(reading)), baseline=None
    )


def marks(figure: go.Figure) -> list[go.Scatter]:
    """The dots that show a value."""
    return [trace for trace in figure.data if trace.mode == "markers" and trace.marker.opacity != 0]


def test_a_reading_is_placed_in_steps_from_floor_to_bar() -> None:
    """At the bar 0, at the floor -1: 85 % against a bar of 80 and a floor of 60 lies a quarter of a step above."""
    found = place(judged())
    assert found is not None
    assert (found.value, found.low, found.high) == (pytest.approx(0.25), pytest.approx(0), pytest.approx(0.5))


def test_less_is_better_on_the_right() -> None:
    """Of a criterion that shall be low the scale is mirrored: lower values lie further right, and so do their ends."""
    lower = replace(SUCCESS, better="lower", bar=0.1, floor=0.2)
    found = place(judged(lower, value=0.05, low=0.02, high=0.12))
    assert found is not None
    assert (found.value, found.low, found.high) == (pytest.approx(0.5), pytest.approx(-0.2), pytest.approx(0.8))


def test_without_a_floor_a_step_is_a_quarter_of_the_bar() -> None:
    """Where nobody agreed on a floor: 88 % is half a step above 80, as a quarter of 80 is 20."""
    found = place(judged(replace(SUCCESS, floor=None), value=0.88, low=0.84, high=0.92))
    assert found is not None
    assert found.value == pytest.approx(0.4)


def test_an_open_interval_runs_to_the_edge() -> None:
    """A duration without an upper end, where less is better, reaches to the left edge of the figure."""
    hours = replace(SUCCESS, metric="sme_response_time", better="lower", bar=4, floor=8, measure="hours")
    found = place(judged(hours, metric="sme_response_time", value=3.0, low=2.0, high=None))
    assert found is not None
    assert isinf(found.low)
    figure = criteria([judged(hours, metric="sme_response_time", value=3.0, low=2.0, high=None)], LIGHT)
    line = next(trace for trace in figure.data if trace.mode == "lines")
    assert line.x[0] == figure.layout.xaxis.range[0]


def test_no_value_has_no_place() -> None:
    """Neither a missing reading nor a bar that contradicts itself is drawn anywhere."""
    nothing = Outcome("unmeasured", False, False, True, "Task success has not been measured.")
    absent = Judged(criterion=SUCCESS, reading=None, outcome=nothing, baseline=None)
    assert place(absent) is None
    assert place(judged(value=None, low=None, high=None, status="not_measured", decides=False)) is None
    assert place(judged(replace(SUCCESS, floor=0.9))) is None
    figure = criteria([absent], LIGHT)
    assert not marks(figure)
    assert "Not measured" in figure.layout.annotations[0].text


def test_what_may_not_decide_is_open_and_what_may_is_filled() -> None:
    """The colour is that of the outcome, its word stands beside it, and a dot is filled only where it may decide."""
    few = judged(decides=False, missing="12 people of the 30 that a decision needs.")
    figure = criteria([judged(), few, judged(value=0.5, low=0.45, high=0.55)], LIGHT)
    sure, unsure, bad = marks(figure)
    assert (sure.marker.color, unsure.marker.color) == (LIGHT.green, "rgba(0,0,0,0)")
    assert (unsure.marker.line.color, bad.marker.color) == (LIGHT.amber, LIGHT.red)
    words = [note.text for note in figure.layout.annotations]
    assert ["Met" in words[0], "Inconclusive" in words[1], "Missed" in words[2]] == [True] * 3
    assert "85.0% ○" in words[1]


def test_what_lies_off_the_scale_is_an_arrow_at_its_edge() -> None:
    """A value many steps away does not squeeze the others: it is drawn as an arrow where the figure ends."""
    far = judged(value=0.02, low=0.01, high=0.03)
    figure = criteria([judged(), far], LIGHT)
    left, right = figure.layout.xaxis.range
    _, arrow = marks(figure)
    assert (arrow.marker.symbol, arrow.x[0]) == ("triangle-left", left)
    assert right - left < 5


def test_a_name_is_text_and_never_markup() -> None:
    """What a registry says is escaped before it is drawn."""
    figure = criteria([judged(replace(SUCCESS, title="<b>bold</b>"))], LIGHT)
    assert "&lt;b&gt;bold" in figure.layout.annotations[0].text


def test_the_figure_can_be_read_without_seeing_it() -> None:
    """Every criterion with value, interval, bar and outcome in one text."""
    assert told([judged()]) == "Task success 85.0% (80.0–90.0) against ≥\u00a080.0%: met"
