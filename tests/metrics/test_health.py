import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.health import (
    MUST_KNOW,
    UNKNOWN,
    WORST_FIRST,
    Colour,
    Goal,
    Health,
    Measured,
    health,
    measured,
    overall,
    upright,
)
from metrics.spec import Reading

HIGH = Goal(better="higher", target=0.8, floor=0.65)
LOW = Goal(better="lower", target=0.05, floor=0.1)
BAND = Goal(better="band", target=0.10, floor=0.20)  # good from 5 % to 15 %, failed under 0 and over 20 %
NUMBERS = st.integers(-50, 150).map(lambda n: n / 100)
TRIPLES = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda three: tuple(sorted(three)))


def seen(low: float | None, value: float | None, high: float | None, **more: object) -> Measured:
    """A reading that may decide."""
    fine: dict[str, object] = {"status": "ok", "decides": True, "units": 40}
    return Measured(low=low, value=value, high=high, **{**fine, **more})


@pytest.mark.parametrize(
    ("goal", "low", "value", "high", "colour"),
    [
        (HIGH, 0.80, 0.85, 0.90, "green"),  # low on the target itself is enough
        (HIGH, 0.79, 0.85, 0.90, "likely_green"),
        (HIGH, 0.65, 0.80, 0.90, "likely_green"),
        (HIGH, 0.64, 0.80, 0.90, "amber"),  # at the target, but the floor is not excluded
        (HIGH, 0.66, 0.70, 0.75, "amber"),
        (HIGH, 0.60, 0.70, 0.75, "amber"),
        (HIGH, 0.60, 0.65, 0.70, "amber"),  # on the floor is not under it
        (HIGH, 0.60, 0.64, 0.65, "likely_red"),  # high on the floor is not under it
        (HIGH, 0.50, 0.60, 0.64, "red"),
        (LOW, 0.01, 0.03, 0.05, "green"),
        (LOW, 0.01, 0.03, 0.06, "likely_green"),
        (LOW, 0.01, 0.05, 0.11, "amber"),
        (LOW, 0.06, 0.08, 0.09, "amber"),
        (LOW, 0.09, 0.11, 0.13, "likely_red"),
        (LOW, 0.11, 0.12, 0.13, "red"),
        (BAND, 0.06, 0.10, 0.14, "green"),
        (BAND, 0.06, 0.12, 0.19, "likely_green"),
        (BAND, 0.01, 0.08, 0.19, "likely_green"),
        (BAND, 0.16, 0.18, 0.19, "amber"),
        (BAND, 0.01, 0.03, 0.04, "amber"),
        (BAND, 0.04, 0.10, 0.21, "amber"),
        (BAND, 0.19, 0.21, 0.25, "likely_red"),
        (BAND, 0.21, 0.25, 0.30, "red"),
        (BAND, -0.3, -0.2, -0.1, "red"),
    ],
)
def test_each_colour_with_its_edges(goal: Goal, low: float, value: float, high: float, colour: Colour) -> None:
    """The whole interval against target and floor decides, the value alone only makes it likely; lower is mirrored."""
    assert health(seen(low, value, high), goal).colour == colour


@pytest.mark.parametrize("status", ["invalid", "not_measured", "stale", "uncalibrated", "insufficient", "partial"])
def test_only_an_ok_reading_has_a_colour(status: str) -> None:
    """Every other status is grey whatever the numbers say, with the reading's own reason."""
    for triple in ((0.9, 0.95, 0.99), (0.1, 0.2, 0.3)):
        found = health(seen(*triple, status=status, decides=True, missing="Because."), HIGH)
        assert found == ("grey", "Because.")
    assert health(seen(0.1, 0.2, 0.3, status=status), HIGH).sentence != ""


def test_a_number_that_may_not_decide_is_never_solid() -> None:
    """With too few people green and red are only likely, and the sentence says why."""
    few = "14 people of the 30 that a decision needs."
    good, bad = (
        health(replace(seen(*three), decides=False, missing=few), HIGH)
        for three in ((0.9, 0.95, 0.99), (0.1, 0.2, 0.3))
    )
    assert (good.colour, bad.colour, good.solid, bad.solid) == ("likely_green", "likely_red", False, False)
    assert good.sentence.endswith(few)
    assert health(seen(0.9, 0.95, 0.99, decides=False), HIGH).sentence.endswith("Too few to decide by.")


def test_a_census_is_its_own_interval_when_the_caller_says_so() -> None:
    """A value without interval is grey, unless everything was counted: then it is low, high and value."""
    bare = seen(None, 0.8, None)
    assert health(bare, HIGH) == ("grey", "It has neither a value nor an interval.")
    counted = [health(replace(bare, census=True, value=value), HIGH).colour for value in (0.8, 0.7, 0.6)]
    assert counted == ["green", "amber", "red"]
    assert health(seen(None, None, None, census=True), HIGH).colour == "grey"


def test_an_interval_without_an_upper_end_is_open_there() -> None:
    """A response time of which the median was not reached can be red, and never green."""
    goal = Goal(better="lower", target=4, floor=8)
    assert health(seen(9, 12, None), goal, "hours").colour == "red"
    assert health(seen(9, None, None), goal, "hours").colour == "red"
    assert health(seen(5, None, None), goal, "hours").colour == "amber"
    assert health(seen(1, 2, None), goal, "hours").colour == "amber"
    assert "12.0\u00a0h (above 9.0\u00a0h)" in health(seen(9, 12, None), goal, "hours").sentence
    assert "not reached (above 9.0\u00a0h)" in health(seen(9, None, None), goal, "hours").sentence


def test_without_a_floor_nothing_fails() -> None:
    """Nobody said when it fails: it may be green or likely green, never red."""
    goal = replace(HIGH, floor=None)
    colours = [health(seen(v - 0.05, v, v + 0.05), goal).colour for v in (0.9, 0.82, 0.1)]
    assert colours == ["green", "likely_green", "amber"]


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (None, "No target is set"),
        (replace(HIGH, floor=0.9), "The floor 0.9 lies on the good side of the target 0.8"),
        (replace(LOW, floor=0.01), "lies on the good side"),
        (replace(BAND, floor=None), "A band needs a middle and an edge"),
        (replace(BAND, floor=0.10), "A band needs a middle and an edge"),
        (replace(HIGH, target=math.nan), "The target is no number"),
    ],
)
def test_a_target_that_cannot_be_used_is_grey_and_says_so(goal: Goal | None, words: str) -> None:
    """A wrong target in the registry colours nothing."""
    found = health(seen(0.9, 0.95, 0.99), goal)
    assert found.colour == "grey"
    assert words in found.sentence


def test_numbers_that_contradict_themselves_are_grey() -> None:
    """A bound that is no number, or bounds in the wrong order, colour nothing."""
    assert health(seen(math.nan, 0.9, 0.95), HIGH).colour == "grey"
    assert health(seen(0.95, 0.9, 0.85), HIGH).colour == "grey"
    assert health(None, HIGH) == UNKNOWN


def test_the_sentence_has_the_numbers() -> None:
    """Value, interval and target, in the measure's own words."""
    assert health(seen(0.781, 0.824, 0.86), HIGH).sentence == (
        "82.4% (78.1% to 86.0%): it reaches the target of at least 80.0%, though not for certain."
    )
    money = Goal(better="higher", target=0.2, floor=0.0)
    assert health(seen(-1.5, -1.2, -0.9), money, "multiple").sentence == (
        "-1.20× (-1.50× to -0.90×): the whole interval lies beyond the floor of 0.00×."
    )
    assert "10.0% give or take 5.0%" in health(seen(0.06, 0.10, 0.14), BAND).sentence


def test_a_reading_is_taken_as_it_stands() -> None:
    """What the rules see of a reading is the reading's own numbers, units, level and reason."""
    reading = Reading(
        metric="task_success",
        group={},
        value=0.8,
        low=0.7,
        high=0.9,
        level=0.9,
        units=55,
        events=200,
        method="census of everything",
        status="ok",
        decides=True,
        missing="",
        definition_hash="",
        data_version=1,
    )
    expected = Measured(value=0.8, low=0.7, high=0.9, status="ok", decides=True, units=55, level=0.9)
    assert measured(reading) == expected
    assert measured(reading, census=True) == replace(expected, census=True)


@given(TRIPLES, NUMBERS, st.integers(0, 40).map(lambda n: n / 100))
def test_lower_is_higher_in_the_mirror(triple: tuple[float, ...], target: float, gap: float) -> None:
    """Turning the number line round turns nothing about the colour."""
    low, value, high = triple
    straight = health(seen(low, value, high), Goal(better="higher", target=target, floor=target - gap))
    mirrored = health(seen(-high, -value, -low), Goal(better="lower", target=-target, floor=gap - target))
    assert straight.colour == mirrored.colour


@given(TRIPLES, st.integers(0, 100).map(lambda n: n / 100))
def test_a_better_number_never_has_a_worse_colour(triple: tuple[float, ...], gain: float) -> None:
    """Moving value and interval towards the target by the same step never goes back in the order of colours."""
    low, value, high = triple
    order = WORST_FIRST.index
    before, after = health(seen(low, value, high), HIGH), health(seen(low + gain, value + gain, high + gain), HIGH)
    assert order(after.colour) >= order(before.colour)
    before, after = health(seen(low, value, high), LOW), health(seen(low - gain, value - gain, high - gain), LOW)
    assert order(after.colour) >= order(before.colour)


@given(TRIPLES, st.sampled_from([HIGH, LOW, BAND]), st.floats(0, 1))
def test_a_narrower_interval_never_loses_certainty(triple: tuple[float, ...], goal: Goal, share: float) -> None:
    """Around the same value, what was solid stays solid and keeps its colour."""
    low, value, high = triple
    wide = health(seen(low, value, high), goal)
    narrow = health(seen(value - share * (value - low), value, value + share * (high - value)), goal)
    assert not wide.solid or narrow.colour == wide.colour


@given(st.lists(st.integers(-30, 50), min_size=3, max_size=3).map(sorted))
def test_a_band_has_two_edges(triple: list[int]) -> None:
    """With the middle at 10 and an edge at 20: green within 5 to 15, red wholly under 0 or wholly over 20."""
    low, value, high = triple
    colour = health(seen(low, value, high), Goal(better="band", target=10, floor=20)).colour
    assert (colour == "green") == (low >= 5 and high <= 15)
    assert (colour == "red") == (high < 0 or low > 20)
    assert colour != "likely_green" or (5 <= value <= 15 and low >= 0 and high <= 20)
    assert colour != "likely_red" or not 0 <= value <= 20


def test_what_is_turned_upright_keeps_its_order() -> None:
    """Mirrored bounds are swapped, so that low stays under high."""
    found = upright(seen(0.02, 0.03, 0.06), LOW)
    assert found == (-0.03, -0.06, -0.02, -0.05, -0.1)


COLOURS = st.sampled_from(WORST_FIRST)


def product(*colours: Colour) -> dict[str, Health]:
    """Healths of the metrics that must be known."""
    return {name: Health(colour, f"It is {colour}.") for name, colour in zip(MUST_KNOW, colours, strict=True)}


@pytest.mark.parametrize(
    ("colours", "whole"),
    [
        (("green", "green", "green"), "green"),
        (("green", "green", "likely_green"), "likely_green"),
        (("green", "green", "grey"), "grey"),
        (("green", "amber", "grey"), "amber"),
        (("likely_red", "amber", "green"), "likely_red"),
        (("green", "red", "grey"), "red"),
        (("grey", "grey", "grey"), "grey"),
    ],
)
def test_a_product_is_as_healthy_as_its_worst_metric(colours: tuple[Colour, ...], whole: Colour) -> None:
    """One failure makes it red, all green make it green, and an unknown one keeps it from being good."""
    found = overall(product(*colours))
    assert found.colour == whole
    if whole != "grey" or "green" in colours:
        blamed = {name for name, colour in zip(MUST_KNOW, colours, strict=True) if colour == whole}
        assert {name for name in MUST_KNOW if f"{name}: " in found.sentence} == blamed


@given(st.tuples(COLOURS, COLOURS, COLOURS), COLOURS, st.sampled_from(MUST_KNOW))
def test_not_knowing_never_makes_a_product_healthier(colours: tuple[Colour, ...], other: Colour, gone: str) -> None:
    """Taking a metric away never gives green, and metrics that need not be known change nothing."""
    known = product(*colours)
    whole = overall(known)
    assert overall({**known, "roi": Health(other, "")}) == whole
    rest = {name: each for name, each in known.items() if name != gone}
    assert overall(rest).colour not in ("green", "likely_green")
    assert whole.solid == (whole.colour in ("red", "green"))


def test_only_green_and_red_are_solid() -> None:
    """Only they may drive a decision."""
    assert [colour for colour in WORST_FIRST if Health(colour, "").solid] == ["red", "green"]
    assert [colour for colour in WORST_FIRST if not Health(colour, "").known] == ["grey"]
