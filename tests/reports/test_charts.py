from dataclasses import replace
from datetime import date

import pytest

from metrics.spec import Reading
from reports.intervals import intervals
from reports.palette import DARK, LIGHT, palette
from reports.trend import first_day, trend


@pytest.fixture
def reading() -> Reading:
    return Reading(
        metric="task_success", group={"product": "a"}, value=0.8, low=0.7, high=0.9, level=0.95, units=50, events=100,
        method="jackknife Wilson", status="ok", decides=True, missing="", definition_hash="abc", data_version=3,
    )  # fmt: skip


def weeks(reading: Reading, *values: float | None) -> list[Reading]:
    return [
        replace(
            reading,
            value=value,
            low=value and value - 0.1,
            high=value and value + 0.1,
            status="ok" if value else "not_measured",
        )
        for value in values
    ]


DAYS = [date(2026, 9, 7), date(2026, 9, 14), date(2026, 9, 21), date(2026, 9, 28)]


def lines(figure: object) -> list[list[object]]:
    return [list(trace.y) for trace in figure.data if trace.mode == "lines" and trace.fill is None]


def test_every_rate_is_drawn_with_its_interval(reading: Reading) -> None:
    """A product's dot lies on a line from the low to the high end of its interval, and is labelled with its value."""
    figure = intervals([reading], ["Product A"], LIGHT)
    assert [list(trace.x) for trace in figure.data] == [[0.7, 0.9], [0.8]]
    assert [note.text for note in figure.layout.annotations] == ["80.0%"]
    assert list(figure.layout.yaxis.ticktext) == ["Product A"]


def test_a_product_without_a_value_keeps_its_row_and_says_why(reading: Reading) -> None:
    """No dot at zero: a row without a value shows the word of its status."""
    silent = replace(reading, value=None, low=None, high=None, status="not_measured", decides=False)
    figure = intervals([reading, silent], ["A", "B"], LIGHT)
    assert all(value != 1 for trace in figure.data for value in trace.y)
    assert figure.layout.annotations[1].text == "Not measured"


def test_a_dot_that_may_not_decide_is_open(reading: Reading) -> None:
    """Filled and open tell apart what may decide, without colour."""
    firm, soft = intervals([reading], ["A"], LIGHT), intervals([replace(reading, decides=False)], ["A"], LIGHT)
    assert firm.data[1].marker.color != "rgba(0,0,0,0)"
    assert soft.data[1].marker.color == "rgba(0,0,0,0)"


def test_a_gap_stays_a_gap(reading: Reading) -> None:
    """A week without a value is neither zero nor bridged: the line ends and begins again."""
    drawn = lines(trend(weeks(reading, 0.5, None, 0.75, 0.75), DAYS, "week", LIGHT))
    assert drawn == [
        [0.4, 0.6],
        [0.5],
        [0.75, 0.75],
    ]  # the lone week: its interval as a bar, then its line of one point


def test_a_partial_week_is_marked_and_not_joined_as_a_drop(reading: Reading) -> None:
    """The unfinished last week has an open dot on a shaded ground and is reached by a dotted line only."""
    found = weeks(reading, 0.6, 0.7, 0.7, 0.3)
    found[-1] = replace(found[-1], status="partial")
    figure = trend(found, DAYS, "week", LIGHT)
    solid = [
        list(trace.y)
        for trace in figure.data
        if trace.mode == "lines" and trace.fill is None and trace.line.dash is None
    ]
    dotted = [list(trace.y) for trace in figure.data if trace.mode == "lines" and trace.line.dash == "dot"]
    assert solid == [[0.6, 0.7, 0.7]]
    assert dotted == [[0.7, 0.3]]
    assert len(figure.layout.shapes) == 1


def test_nothing_measured_draws_an_empty_plot(reading: Reading) -> None:
    """A figure of readings without values has no marks, and does not fail."""
    assert not trend(weeks(reading, None, None), DAYS[:2], "week", LIGHT).data
    assert not intervals([], [], LIGHT).data


def test_periods_know_their_first_day() -> None:
    """ISO weeks begin on Monday, in the year the week belongs to."""
    assert first_day("2026-W53", "week") == date(2026, 12, 28)
    assert first_day("2026-10", "month") == date(2026, 10, 1)
    assert first_day("2026-10-05", "day") == date(2026, 10, 5)


def test_each_theme_has_its_colours() -> None:
    """Dark is not light inverted: each theme has a palette of its own."""
    assert palette(True) is DARK
    assert palette(False) is LIGHT
