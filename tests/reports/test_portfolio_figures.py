from dataclasses import replace
from datetime import date

import pytest

from metrics.spec import Reading
from reports.palette import DARK, LIGHT
from reports.quadrant import quadrant
from reports.signs import DECISIONS, FATES, GLYPHS, HEALTHS, label, labels
from reports.timeline import Span, timeline


@pytest.fixture
def reading() -> Reading:
    return Reading(
        metric="task_success", group={"product": "a"}, value=0.8, low=0.7, high=0.9, level=0.95, units=50, events=100,
        method="jackknife Wilson", status="ok", decides=True, missing="", definition_hash="abc", data_version=3,
    )  # fmt: skip


def test_a_product_lies_where_its_use_and_success_meet(reading: Reading) -> None:
    """The dot is at (use, success) with both intervals; one of two unknown numbers leaves the product out."""
    use = replace(reading, metric="adoption", value=0.5, low=0.4, high=0.6)
    silent = replace(reading, value=None, low=None, high=None, status="not_measured")
    figure = quadrant([use, use], [reading, silent], ["A", "B"], LIGHT, bars=(0.5, 0.8))
    dots = figure.data[-1]
    assert (list(dots.x), list(dots.y), list(dots.text)) == ([0.5], [0.8], ["A"])
    assert [(list(line.x), list(line.y)) for line in figure.data[:-1]] == [
        ([0.4, 0.6], [0.8, 0.8]), ([0.5, 0.5], [0.7, 0.9])
    ]  # fmt: skip
    assert {(shape.x0, shape.y0) for shape in figure.layout.shapes} == {(0.5, 0), (0, 0.8)}


def test_what_may_not_decide_is_open(reading: Reading) -> None:
    """An open dot tells without colour that one of its two numbers may not decide."""
    figure = quadrant([replace(reading, decides=False)], [reading], ["A"], DARK)
    assert list(figure.data[-1].marker.color) == ["rgba(0,0,0,0)"]


def test_labels_of_neighbours_stand_on_different_sides(reading: Reading) -> None:
    """Two dots that lie together are labelled away from each other, and no label leaves the figure."""
    uses = [replace(reading, value=x, low=x - 0.01, high=x + 0.01) for x in (0.30, 0.31, 0.60)]
    works = [replace(reading, value=y, low=y - 0.01, high=y + 0.01) for y in (0.80, 0.81, 0.30)]
    places = quadrant(uses, works, ["Corporate LLM", "Code agent", "Support copilot"], LIGHT).data[-1].textposition
    assert places[0].split()[0] != places[1].split()[0] or places[0].split()[1] != places[1].split()[1]
    assert "right" not in places[2]


def test_every_pilot_has_a_bar_and_a_word() -> None:
    """A bar runs from start to planned end, its decision stands beside it, a line marks today."""
    spans = [
        Span("Contracts", date(2026, 8, 3), date(2026, 10, 30), "Scale", "good"),
        Span("<b>Long</b> " + "x" * 60, date(2026, 9, 1), date(2026, 12, 1), "Running", "quiet"),
    ]
    figure = timeline(spans, date(2026, 11, 22), LIGHT)
    assert [list(bar.x) for bar in figure.data] == [[span.starts_on, span.ends_on] for span in spans]
    words = [note.text for note in figure.layout.annotations]
    assert words[0] == "<b>Contracts</b>  Scale"
    assert words[1].endswith("…</b>  Running")
    assert "&lt;b&gt;Long" in words[1]
    assert figure.layout.shapes[0].x0 == date(2026, 11, 22)
    assert timeline([], date(2026, 11, 22), LIGHT).data == ()


@pytest.mark.parametrize("signs", [HEALTHS, FATES, DECISIONS])
def test_every_sign_has_a_word_and_a_letter_of_its_own(signs: dict[str, object]) -> None:
    """Nothing is told by colour alone: no two signs of a kind look the same in black and white."""
    words, colours = labels(signs)
    assert len(set(words)) == len(signs) == len(colours)
    assert all(label(signs, key).startswith(GLYPHS[key]) for key in signs)
