from dataclasses import replace
from datetime import date

import pytest

from metrics.spec import Reading
from reports import answers
from reports.words import change, count, in_full, interval, listed, percent, period, sign, units_of


@pytest.fixture
def reading() -> Reading:
    return Reading(
        metric="task_success", group={"product": "corp-llm"}, value=0.8243, low=0.7811, high=0.8604, level=0.95,
        units=214, events=1200, method="jackknife Wilson", status="ok", decides=True, missing="", definition_hash="abc",
        data_version=3,
    )  # fmt: skip


def test_a_reading_in_full_is_value_interval_and_units(reading: Reading) -> None:
    """The line of a reading never holds a bare rate: the interval and what was counted stand beside it."""
    assert in_full(reading) == "82.4% (78.1–86.0), 214\u00a0people"


def test_a_missing_value_is_told_by_its_reason(reading: Reading) -> None:
    """A reading without a value says why, and shows no number."""
    nothing = replace(
        reading, value=None, low=None, high=None, status="not_measured", missing="No outcomes were loaded."
    )
    assert in_full(nothing) == "No outcomes were loaded."
    assert percent(None) == "–"
    assert sign(nothing).word == "Not measured"


def test_a_value_without_interval_has_no_brackets(reading: Reading) -> None:
    """Under ten units there is a value, its units, and no interval."""
    few = replace(reading, low=None, high=None, units=1, status="insufficient")
    assert interval(few) == ""
    assert in_full(few) == "82.4%, 1\u00a0person"


def test_sessions_are_not_called_people(reading: Reading) -> None:
    """Where too few interactions name a person, what is counted are sessions."""
    assert units_of(replace(reading, method="jackknife Wilson; unit: session")) == "214\u00a0sessions"


def test_a_measured_reading_that_may_not_decide_says_so(reading: Reading) -> None:
    """An interval of ten to thirty people is shown as indicative, not as measured."""
    assert sign(reading).word == "Measured"
    assert sign(replace(reading, decides=False)).word == "Indicative"


def test_periods_and_counts_read_as_people_write_them() -> None:
    """Dates carry the year once, nouns agree with their number, long lists are cut."""
    assert period(date(2026, 9, 1), date(2026, 11, 23)) == "1 Sep – 23 Nov 2026"
    assert period(date(2025, 12, 1), date(2026, 1, 4)) == "1 Dec 2025 – 4 Jan 2026"
    assert period(date(2026, 1, 4), date(2026, 1, 4)) == "4 Jan 2026"
    assert (count(1, "file"), count(2310, "file"), count(2, "person", "people")) == (
        "1 file",
        "2,310 files",
        "2 people",
    )
    assert listed(["a", "b", "c", "d", "e", "f"]) == "a, b, c, d and 2 more"


def product(reading: Reading, name: str, value: float, half: float = 0.02, **changes: object) -> Reading:
    return replace(reading, group={"product": name}, value=value, low=value - half, high=value + half, **changes)


def test_the_answer_names_the_product_that_is_clearly_lowest(reading: Reading) -> None:
    """A product is called first to look at when its whole interval lies below all others."""
    said = answers.success([product(reading, "a", 0.9), product(reading, "b", 0.6)], {"b": "Bravo"})
    assert (
        said == "Look at Bravo first: its task success, 60.0% (58.0–62.0), is clearly below that of the other product"
        " judged."
    )


def test_the_answer_does_not_rank_what_overlaps(reading: Reading) -> None:
    """Products whose intervals overlap are not told apart."""
    assert "No product stands out" in answers.success([product(reading, "a", 0.61), product(reading, "b", 0.60)], {})
    three = [product(reading, "a", 0.61), product(reading, "b", 0.60), product(reading, "c", 0.9)]
    assert answers.success(three, {}).startswith("Look at b (60.0%) and a (61.0%) first")


def test_the_answer_never_rests_on_readings_that_may_not_decide(reading: Reading) -> None:
    """A low value of few people is named as not judged, with the reason, and ranks nothing."""
    few = product(reading, "small", 0.1, decides=False)
    silent = product(reading, "silent", 0.0, decides=False, status="not_measured")
    said = answers.success([product(reading, "a", 0.9), few, silent], {})
    assert said == (
        "Task success can be judged for a alone: 90.0% (88.0–92.0), 214\u00a0people. "
        "Not judged yet: small (too few people); silent (not measured)."
    )
    assert answers.success([few], {}) == "No product can be judged on task success yet: small (too few people)."
    assert "nothing to compare" in answers.success([], {})


def test_no_change_has_no_sign() -> None:
    """What rounds to nothing neither rose nor fell."""
    assert [change(value, "share") for value in (0.0004, -0.0004, 0.012, -0.012)] == [
        "0.0\u00a0pp", "0.0\u00a0pp", "+1.2\u00a0pp", "-1.2\u00a0pp"
    ]  # fmt: skip
    assert change(-0.4, "hours") == "-0.4\u00a0h"
