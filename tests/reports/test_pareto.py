import pytest

from metrics.failures import Cause
from reports.palette import DARK, LIGHT
from reports.pareto import pareto, told, words_of

CAUSES = [
    Cause("outcome", "rating", 30, 12, 0),
    Cause("technical", "rate_limit", 20, 1, 0),
    Cause("technical", None, 5, 0, 5),
]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (CAUSES[0], "Rated badly"),
        (CAUSES[1], "Rate limit"),
        (CAUSES[2], "Technical error, no type stated"),
        (Cause("outcome", None, 1, 1, 0), "Failed, no source stated"),
        (Cause("outcome", "oracle", 1, 1, 0), "Failed by oracle"),
        (Cause("technical", "_", 1, 1, 0), "_"),
    ],
)
def test_a_cause_is_told_in_words(cause: Cause, words: str) -> None:
    """Whoever reads it knows whether a person, a rule or a machine said so, and that nothing was stated."""
    assert words_of(cause) == words


def test_counts_are_of_interactions_and_people() -> None:
    """How often, and to how many; where nobody is named no number of people is made up."""
    assert told(CAUSES[1]) == "20 interactions, 1 person"
    assert told(CAUSES[2]) == "5 interactions, nobody named"


def test_bars_are_in_order_and_kinds_are_told_apart() -> None:
    """The most frequent cause is at the top; technical errors are grey and named, verdicts are in the accent."""
    figure = pareto(CAUSES, LIGHT)
    (bars,) = figure.data
    assert list(bars.x) == [30, 20, 5]
    assert list(bars.y) == sorted(bars.y)
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert list(bars.marker.color) == [LIGHT.accent, LIGHT.grey, LIGHT.grey]
    texts = [note.text for note in figure.layout.annotations]
    assert texts[:4] == ["<b>Rated badly</b>", "30 · 12 people", "<b>Rate limit</b>", "20 · 1 person"]


def test_the_picked_cause_stands_out() -> None:
    """The others are pale."""
    assert list(pareto(CAUSES, DARK, chosen=1).data[0].marker.opacity) == [0.35, 1.0, 0.35]


def test_what_a_file_said_is_no_markup() -> None:
    """A type of error that looks like markup is written out."""
    figure = pareto([Cause("technical", "<i>boom</i>", 1, 1, 0)], LIGHT)
    assert "<i>" not in figure.layout.annotations[0].text
    assert "<i>" not in figure.data[0].hovertext[0]
