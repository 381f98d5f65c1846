from collections.abc import Callable

import pytest

from tests.calibrate.__main__ import line, main
from tests.calibrate.simulations import SIMULATIONS, Result


@pytest.mark.parametrize("simulation", SIMULATIONS, ids=lambda each: each.__name__)
def test_a_short_simulation_is_not_surely_wrong(simulation: Callable[[int], list[Result]]) -> None:
    """In 600 runs no figure is further on the bad side of what is asked than three times the noise."""
    for result in simulation(600):
        if result.asked is not None:
            short = result.share - result.asked if result.at_most else result.asked - result.share
            assert short <= 3 * (result.asked * (1 - result.asked) / result.runs) ** 0.5, result.what


@pytest.mark.slow
def test_every_figure_is_what_is_asked() -> None:
    """20,000 runs each: coverage, false alarms and verdicts."""
    assert main([]) == 0


def test_a_figure_that_misses_is_told() -> None:
    """A row says what was asked and that it does not hold; an alarm is held to a maximum."""
    assert line(Result("cover", 0.9, 10_000, 0.95)).endswith("| 90.00% ± 0.59% | ≥ 95.0% | **no** |")
    assert line(Result("alarm", 0.2, 100, 0.05, at_most=True)).endswith("| ≤ 5.0% | **no** |")
    assert line(Result("alarm", 0.01, 100, 0.05, at_most=True)).endswith("| yes |")
    assert line(Result("beside", 0.5, 100)).endswith("| reported |  |")
