from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from metrics.spec import Reading
from reports.band import APART, PARTS, band, last_shares
from reports.palette import DARK, LIGHT

DAYS = [date(2026, 9, 7), date(2026, 9, 14), date(2026, 9, 21)]


@pytest.fixture
def reading() -> Reading:
    return Reading(
        metric="task_success.confirmed", group={}, value=0.5, low=0.4, high=0.6, level=0.95, units=50, events=100,
        method="jackknife Wilson", status="ok", decides=True, missing="", definition_hash="abc", data_version=3,
    )  # fmt: skip


def parts(reading: Reading, *weeks: tuple[float | None, ...]) -> dict[str, list[Reading]]:
    """Readings of confirmed, implied, unknown and failed by week."""
    return {
        metric: [replace(reading, metric=metric, value=week[place]) for week in weeks]
        for place, metric in enumerate(PARTS)
    }


def test_the_parts_of_each_week_are_stacked(reading: Reading) -> None:
    """Four bars on each other a week, confirmed at the bottom; together they are all tasks."""
    figure = band(parts(reading, (0.5, 0.1, 0.2, 0.2), (0.6, 0.1, 0.1, 0.2)), DAYS[:2], "week", LIGHT)
    assert figure.layout.barmode == "stack"
    assert [trace.name for trace in figure.data] == ["confirmed", "implied", "unknown", "failed"]
    assert [round(sum(trace.y[week] for trace in figure.data), 9) for week in range(2)] == [1.0, 1.0]


def test_a_week_without_tasks_is_a_gap(reading: Reading) -> None:
    """No bar of any part where there were no tasks."""
    figure = band(parts(reading, (0.5, 0.1, 0.2, 0.2), (None,) * 4, (0.6, 0.1, 0.1, 0.2)), DAYS, "week", DARK)
    assert all(list(trace.x) == [DAYS[0], DAYS[2]] for trace in figure.data)


def test_a_partial_week_is_pale_and_labels_nothing(reading: Reading) -> None:
    """The running week is drawn pale, and the words at the right are those of the last complete week."""
    found = parts(reading, (0.5, 0.1, 0.2, 0.2), (0.9, 0.1, 0.0, 0.0))
    for of in found.values():
        of[1] = replace(of[1], status="partial")
    figure = band(found, DAYS[:2], "week", LIGHT)
    assert list(figure.data[0].marker.opacity) == [1.0, 0.4]
    assert last_shares(found) == {"confirmed": 0.5, "implied": 0.1, "unknown": 0.2, "failed": 0.2}
    assert [note.text for note in figure.layout.annotations] == [
        "confirmed 50.0%", "implied 10.0%", "unknown 20.0%", "failed 20.0%"
    ]  # fmt: skip


@pytest.mark.parametrize("week", [(0.98, 0.01, 0.0, 0.01), (0.01, 0.0, 0.01, 0.98), (0.0, 1.0, 0.0, 0.0)])
def test_words_never_lie_over_one_another(reading: Reading, week: tuple[float, ...]) -> None:
    """However small a part is, its words keep their distance and stay within the picture."""
    heights = [note.y for note in band(parts(reading, week), DAYS[:1], "week", LIGHT).layout.annotations]
    assert all(upper - lower >= APART - 1e-9 for lower, upper in pairwise(heights))
    assert max(heights) < 1.0


def test_nothing_measured_draws_nothing(reading: Reading) -> None:
    """Without tasks there are no bars and no words, and it does not fail."""
    figure = band(parts(reading, (None,) * 4), DAYS[:1], "week", LIGHT)
    assert not figure.layout.annotations
    assert last_shares({}) == {}
