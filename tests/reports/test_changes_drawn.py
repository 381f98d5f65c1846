"""Figures of runs, retention and of what a change is due to: what is drawn is what was computed."""

from datetime import date, datetime

from metrics import eval_series, retention
from metrics.failure_chart import Chart
from metrics.failure_chart import Point as Charted
from metrics.strata import Effect
from reports.limits import answer, limits_figure
from reports.palette import LIGHT
from reports.rate_mix import MOST, effects_figure
from reports.retention import curve_figure
from reports.runs import OTHERS, runs_figure
from reports.trend import Mark


def run(day: int, value: float, line: int, *, decides: bool = True, refused: str = "") -> eval_series.Point:
    """A run at noon of a day of October."""
    return eval_series.Point(
        "chat", "answers", f"r{day}", datetime(2026, 10, day, 12), ("1",), ("rules",), (), line, "", value, value - 0.1,
        value + 0.1, 40 if decides else 20, 1, None, "ok", decides, "Wilson over cases", refused, "c", (),
    )  # fmt: skip


def test_runs_that_may_not_be_compared_are_not_joined() -> None:
    """A line joins runs of one line of the series; a mark stands where another begins; an open dot decides nothing."""
    runs = [run(1, 0.5, 0), run(8, 0.6, 0, decides=False), run(15, 0.8, 1, refused="Other cases."), run(22, 0.7, 1)]
    figure = runs_figure(runs, LIGHT, [Mark(date(2026, 10, 10), "2.0 model"), Mark(date(2026, 11, 30), "3.0 model")])
    joined = [list(trace.y) for trace in figure.data if trace.mode == "lines" and trace.line.width == 2]
    assert joined == [[0.5, 0.6], [0.8, 0.7]]
    bands = [list(trace.y) for trace in figure.data if trace.mode == "lines" and trace.line.width == 8]
    assert bands == [[each.low, each.high] for each in runs]
    (dots,) = [trace for trace in figure.data if trace.mode == "markers"]
    assert [colour == "rgba(0,0,0,0)" for colour in dots.marker.color] == [False, True, False, False]
    said = [note.text for note in figure.layout.annotations]
    assert said[0] == "70.0%"
    assert sorted(said[1:]) == ["2.0 model", OTHERS[:15] + "…"]


def test_the_people_at_risk_stand_under_each_week() -> None:
    """The band is the interval, the axis says of how many people a week is, few of them leave the dot open."""
    points = [retention.Point(week, 0.4 - week / 50, 0.2, 0.6, 60 - 20 * week) for week in (1, 2)]
    figure = curve_figure(points, LIGHT)
    band, line = figure.data
    assert list(band.y) == [0.6, 0.6, 0.2, 0.2]
    assert list(line.y) == [each.share for each in points]
    assert [colour == "rgba(0,0,0,0)" for colour in line.marker.color] == [False, True]
    assert list(figure.layout.xaxis.ticktext) == ["week 1<br>n 40", "week 2<br>n 20"]


def test_rate_and_mix_are_two_bars_of_one_segment() -> None:
    """Each segment has a bar for its rate and one for its mix, both written out; hostile names stay text."""
    effects = [Effect("<b>x", 0.02, -0.01), Effect(None, -0.03, 0.0)]
    figure = effects_figure(effects, {}, LIGHT)
    rate, mix = figure.data
    assert (list(rate.x), list(mix.x)) == ([0.02, -0.03], [-0.01, 0.0])
    said = [note.text for note in figure.layout.annotations]
    assert said[:2] == ["<b>&lt;b&gt;x</b>", "rate\u00a0+2.0 · mix\u00a0-1.0"]
    assert said[2] == "<b>not stated</b>"
    many = effects_figure([Effect(str(n), 0.1, 0.0) for n in range(30)], {}, LIGHT)
    assert len(many.data[0].x) == MOST


def test_what_left_the_limits_is_a_triangle_with_its_value() -> None:
    """The band is the limits, the dashed line the baseline; a signal has another shape and its value written."""
    points = (Charted("2026-W40", 10, 200, -0.01, 0.1, ""), Charted("2026-W41", 30, 200, 0.0, 0.1, "up"))
    chart = Chart({"product": "chat"}, "week", 0.05, 1.0, 8, points)
    figure = limits_figure(chart, LIGHT)
    band, line = figure.data
    assert list(band.y) == [0.1, 0.1, 0.0, 0.0], "a share has no limit under nothing"
    assert list(line.y) == [0.05, 0.15]
    assert list(line.marker.symbol) == ["circle", "triangle-up"]
    assert [note.text for note in figure.layout.annotations] == ["15.0%"]
    assert [shape.y0 for shape in figure.layout.shapes] == [0.05]
    assert answer(chart) == (
        "1 week of 2 left the limits around the 5.0% of its first 8 weeks: week of 5 Oct 2026 (up)."
    )
