"""Which judge a calibration set speaks for."""

from metrics.calibration import Judges, calibrated, in_use
from metrics.judge import Confusion


def voices(*found: tuple[str, str, int]) -> list[dict[str, object]]:
    """Voices on answers, as (answer, who, 1 for an error); a person's name begins with "p"."""
    return [{"task": task, "human": who[0] == "p", "judge": who, "wrong": wrong} for task, who, wrong in found]


def test_the_judge_in_use_is_the_one_that_read_everything() -> None:
    """A task that only a part of a panel read is of the panel; two judges in turn are none."""
    one, two, both = Judges({"a"}), Judges({"b"}), Judges({"a", "b"})
    assert in_use([one]) == one
    assert in_use([one, both, two]) == both
    assert in_use([one, two]) is None
    assert in_use([]) is None


def test_people_are_held_against_all_of_the_panel() -> None:
    """An answer is wrong when any person found it wrong, flagged when any judge of the panel flagged it; what a part of
    the panel read, what people did not and what others judged do not count.
    """
    rows = voices(
        ("1", "p1", 1), ("1", "p2", 0), ("1", "a", 0), ("1", "b", 1),
        ("2", "p1", 0), ("2", "a", 0), ("2", "b", 0),
        ("3", "p1", 1), ("3", "a", 1),
        ("4", "a", 1), ("4", "b", 1),
        ("5", "p1", 0), ("5", "c", 1),
    )  # fmt: skip
    assert calibrated(rows, Judges({"a", "b"})) == Confusion(flagged=1, overlooked=0, accused=0, passed=1)
    assert calibrated(rows, Judges({"a"})) == Confusion(flagged=1, overlooked=1, accused=0, passed=1)
    assert calibrated(rows, Judges({"c"})) == Confusion(flagged=0, overlooked=0, accused=1, passed=0)
    assert calibrated(rows, Judges()) == Confusion(0, 0, 0, 0)
