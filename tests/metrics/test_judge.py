import json
import math
import statistics
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import norm

from metrics.judge import Confusion, Spread, corrected, kappa, none_of, prediction_powered, rogan_gladen

PUBLISHED: dict[str, dict[str, Any]] = {
    case["name"]: case for case in json.loads((Path(__file__).parent / "published.json").read_text(encoding="utf-8"))
}
Z = float(norm.ppf(0.975))
CELLS = st.integers(0, 60)


def published(name: str) -> tuple[dict[str, Any], list[float], float]:
    """Inputs, expected values and tolerance of a published case."""
    case = PUBLISHED[name]
    return case["inputs"], case["expected"], case["tolerance"]


def independent(found: list[tuple[int, int]], further: list[int]) -> tuple[float, float, float, Spread]:
    """What prediction-powered inference is given where every answer is of another person and no answer is in both
    samples: (people, judge) of the labelled ones, the judge of the others.
    """
    y, f = [pair[0] for pair in found], [pair[1] for pair in found]
    mean_y, mean_f, mean_u = statistics.fmean(y), statistics.fmean(f), statistics.fmean(further)
    together = statistics.fmean((a - mean_y) * (b - mean_f) for a, b in found)
    judge = statistics.pvariance(further) / len(further) + statistics.pvariance(f) / len(f)
    return mean_u, mean_f, mean_y, Spread(judge, -together / len(f), statistics.pvariance(y) / len(y))


def ppi_sample() -> tuple[list[tuple[int, int]], list[int]]:
    """The published sample, from its counts."""
    inputs, _, _ = published("ppi_mean_lam1")
    n, counts = inputs["n"], inputs["k"]
    both, y, f = counts["n11"], counts["y1"], counts["yh1"]
    pairs = [(1, 1)] * both + [(1, 0)] * (y - both) + [(0, 1)] * (f - both)
    pairs += [(0, 0)] * (n - len(pairs))
    assert sum(a == b for a, b in pairs) == counts["agree"]
    return pairs, [1] * counts["u1"] + [0] * (inputs["N"] - counts["u1"])


@pytest.mark.parametrize(("name", "trust"), [("ppi_mean_lam1", 1.0), ("ppi_plus_plus_mean", None)])
def test_prediction_powered_means_have_the_values_of_the_authors_library(name: str, trust: float | None) -> None:
    """Mean and variance give the interval that ppi_py gives, with the judge fully trusted and as much as is best."""
    _, expected, tolerance = published(name)
    judged, among, found, spread = independent(*ppi_sample())
    powered = prediction_powered(judged, among, found, spread, 10**12, trust=trust)
    half = Z * math.sqrt(powered.variance)
    assert [powered.value - half, powered.value + half] == pytest.approx(expected, abs=tolerance)


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=40),
    st.lists(st.integers(0, 1), min_size=2, max_size=40),
)
def test_the_trust_in_a_judge_is_the_one_with_the_least_variance(
    found: list[tuple[int, int]], further: list[int]
) -> None:
    """No weight between 0 and 1 gives a smaller variance, so a judge never makes it worse than people alone; of
    independent answers the variance is lambda^2 var(f) / N + var(Y - lambda f) / n.
    """
    judged, among, mean, spread = independent(found, further)
    best = prediction_powered(judged, among, mean, spread, 10**12)
    for trust in (0.0, 0.25, 0.5, 0.75, 1.0):
        other = prediction_powered(judged, among, mean, spread, 10**12, trust=trust)
        assert best.variance <= other.variance + 1e-12
        rectified = [y - trust * f for y, f in found]
        expected = trust**2 * statistics.pvariance(further) / len(further)
        expected += statistics.pvariance(rectified) / len(rectified)
        assert other.variance == pytest.approx(expected, abs=1e-9)
        assert other.value == pytest.approx(trust * statistics.fmean(further) + statistics.fmean(rectified), abs=1e-9)


def test_a_judge_without_spread_is_not_trusted() -> None:
    """A judge that says the same of everything adds nothing: people alone remain."""
    assert prediction_powered(0.0, 0.0, 0.25, Spread(0.0, 0.0, 0.01), 11) == (0.25, pytest.approx(0.011), 0.0)


def test_rogan_gladen_has_its_published_value() -> None:
    """Brucellosis in cattle: 23 of 150 positive by a test with sensitivity .96 and specificity .89 are 5.1 %."""
    inputs, expected, tolerance = published("rogan_gladen_brucellosis")
    found = rogan_gladen(inputs["pos"] / inputs["n"], inputs["se"], inputs["sp"])
    assert found == pytest.approx(expected[0], abs=tolerance)
    with pytest.raises(ValueError, match="tells nothing"):
        rogan_gladen(0.5, 0.4, 0.6)


def test_the_corrected_interval_has_the_value_of_the_authors_code() -> None:
    """Lee et al.: more judged positive than the sensitivity allows is cut at 1."""
    inputs, expected, tolerance = published("judge_corrected_boundary")
    flagged, passed = round(inputs["sensitivity"] * inputs["m1"]), round(inputs["specificity"] * inputs["m0"])
    labels = Confusion(flagged, inputs["m1"] - flagged, inputs["m0"] - passed, passed)
    found = corrected(inputs["p"], inputs["n"], labels, Z)
    assert [found.low, found.high] == pytest.approx(expected, abs=tolerance)
    assert found.value == 1


@given(st.tuples(CELLS, CELLS, CELLS, CELLS), st.integers(0, 400), st.integers(1, 400))
def test_a_corrected_share_is_bounded_and_undoes_the_judge(
    cells: tuple[int, int, int, int], hits: int, more: int
) -> None:
    """It lies in its interval within 0 to 1; judging the corrected share again gives the judged one, unless it was
    cut.
    """
    labels = Confusion(*cells)
    assume(not labels.fault(1, 0.05))
    share = hits / (hits + more)
    found = corrected(share, hits + more, labels, Z)
    assert 0 <= found.low <= found.value <= found.high <= 1
    if 0 < found.value < 1:
        again = labels.sensitivity * found.value + (1 - labels.specificity) * (1 - found.value)
        assert again == pytest.approx(share, abs=1e-9)


def test_a_perfect_judge_changes_nothing() -> None:
    """With sensitivity and specificity 1 the corrected share is the judged one, and its interval is wider than Wilson's
    only by what so many labels leave open.
    """
    found = corrected(0.1, 400, Confusion(5000, 0, 0, 5000), Z)
    assert found.value == pytest.approx(0.1)
    assert (found.low, found.high) == pytest.approx((0.0744, 0.1332), abs=0.002)


def test_kappa_has_its_published_value() -> None:
    """The worked example of two raters; no agreement beyond chance can be had where both always say the same."""
    inputs, expected, tolerance = published("cohens_kappa_20_5_10_15")
    (a, b), (c, d) = inputs["table"]
    assert kappa(Confusion(a, b, c, d)) == pytest.approx(expected[0], abs=tolerance)
    assert kappa(Confusion(0, 0, 0, 9)) is None
    assert kappa(Confusion(0, 0, 0, 0)) is None


@given(CELLS, CELLS, CELLS, CELLS)
def test_kappa_is_the_same_whoever_is_called_the_judge(a: int, b: int, c: int, d: int) -> None:
    """Exchanging people and judge, or wrong and good, changes nothing; full agreement is 1."""
    value = kappa(Confusion(a, b, c, d))
    for other in (kappa(Confusion(a, c, b, d)), kappa(Confusion(d, c, b, a))):
        assert (other is None) == (value is None)
        if value is not None:
            assert other == pytest.approx(value, abs=1e-12)
    if a and d:
        assert kappa(Confusion(a, 0, 0, d)) == 1


def test_nothing_found_has_its_published_bound() -> None:
    """0 of 20 is at most 16.84 %, and the bound falls as more are looked at."""
    inputs, expected, tolerance = published("clopper_pearson_0_20")
    assert none_of(inputs["n"], inputs["conf"]) == pytest.approx(expected[1], abs=tolerance)
    assert none_of(1, 0.95) == pytest.approx(0.975)
    assert none_of(300, 0.9) == pytest.approx(1 - 0.05 ** (1 / 300))  # the rule of three


def test_a_judge_is_refused_with_the_reason() -> None:
    """Too few labels of a class, and a judge that hardly tells the classes apart, are named with their numbers."""
    assert Confusion(27, 3, 10, 90).fault(30, 0.3) == ""
    assert "29 wrong and 100 good answers, and 30 of each" in Confusion(27, 2, 10, 90).fault(30, 0.3)
    assert "200 wrong and 29 good" in Confusion(180, 20, 9, 20).fault(30, 0.3)
    assert "sensitivity 0.60, specificity 0.65" in Confusion(60, 40, 35, 65).fault(30, 0.3)
    assert Confusion(60, 40, 30, 70).fault(30, 0.3) == ""
    assert Confusion(0, 0, 0, 40).fault(30, 0.3)
