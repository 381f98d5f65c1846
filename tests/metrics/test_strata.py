import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import StratifiedTable

from metrics.strata import Segment, common_odds, explain, pooled, standardised

TABLE = st.lists(st.lists(st.integers(1, 80), min_size=2, max_size=2), min_size=2, max_size=2)
CELLS = st.lists(TABLE, min_size=1, max_size=6)
SEGMENTS = st.lists(
    st.tuples(*[st.integers(0, 50), st.integers(0, 50)] * 2).map(
        lambda n: ((min(n[:2]), min(n[2:])), (max(n[:2]), max(n[2:])))
    ),
    min_size=1,
    max_size=6,
)


@given(CELLS)
def test_the_common_odds_ratio_is_that_of_statsmodels(tables: list[list[list[int]]]) -> None:
    """Mantel-Haenszel ratio, and the test with and without correction for continuity (none of under half a case)."""
    arrays = [np.array(table, dtype=float) for table in tables]
    found, theirs = common_odds(tables), StratifiedTable(arrays)
    assert found is not None
    assert found.ratio == pytest.approx(theirs.oddsratio_pooled, rel=1e-9)
    plain, corrected = theirs.test_null_odds(correction=False), theirs.test_null_odds(correction=True)
    assert (found.statistic, found.p) == pytest.approx((plain.statistic, plain.pvalue), rel=1e-6, abs=1e-12)
    apart = sum(t[0, 0] - t[0].sum() * t[:, 0].sum() / t.sum() for t in arrays)
    expected = corrected if abs(apart) >= 0.5 else plain
    assert (found.statistic_corrected, found.p_corrected) == pytest.approx(
        (expected.statistic, expected.pvalue), rel=1e-6, abs=1e-12
    )


def test_strata_that_compare_nothing_give_no_odds() -> None:
    """One group is empty, or everything is a hit; and no misses on the other side leave the ratio without an end."""
    assert common_odds([]) is common_odds([[[0, 0], [3, 4]]]) is common_odds([[[5, 0], [7, 0]]]) is None
    found = common_odds([[[5, 1], [0, 7]]])
    assert found is not None
    assert found.ratio is None


@given(SEGMENTS)
def test_rate_and_mix_are_the_whole_change(parts: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """The effects of the segments add up to the change of the pooled rate; none where a side has no events."""
    segments = [Segment(str(place), *part) for place, part in enumerate(parts)]
    found = explain(segments)
    before, after = (sum(part[1][side] for part in parts) for side in (0, 1))
    if not before or not after:
        assert found is None
        return
    assert found is not None
    change = sum(part[0][1] for part in parts) / after - sum(part[0][0] for part in parts) / before
    assert (found.change, found.rate + found.mix) == pytest.approx((change, change), abs=1e-12)
    assert sum(each.rate + each.mix for each in found.effects) == pytest.approx(change, abs=1e-12)
    if all(part[1][0] * after == part[1][1] * before for part in parts):  # the same mix on both sides
        assert found.mix == pytest.approx(0, abs=1e-12)


def test_rates_that_all_rise_under_a_rate_that_falls_are_told() -> None:
    """Both segments rise by five points, the worse one grows: the rate falls, by its mix alone, and is flagged."""
    found = explain([Segment("easy", (80, 17), (100, 20)), Segment("hard", (8, 45), (20, 100))])
    assert found is not None
    assert found.change == pytest.approx(62 / 120 - 88 / 120)
    assert found.rate == pytest.approx(0.05)
    assert found.mix == pytest.approx(found.change - 0.05)
    assert found.reversed
    turned = explain([Segment("easy", (17, 80), (20, 100)), Segment("hard", (45, 8), (100, 20))])
    assert turned is not None
    assert turned.reversed
    plain = explain([Segment("easy", (80, 85), (100, 100)), Segment("hard", (8, 9), (20, 20))])
    assert plain is not None
    assert not plain.reversed


def test_the_mix_of_one_is_read_at_the_rates_of_the_other() -> None:
    """UC Berkeley (1973): men are admitted more often, and at the women's mix of departments less often."""
    men = [(512, 825), (353, 560), (120, 325), (138, 417), (53, 191), (22, 373)]
    women = [(89, 108), (17, 25), (202, 593), (131, 375), (94, 393), (24, 341)]
    mix = [of for _, of in women]
    assert pooled(men) == pytest.approx(0.4452, abs=1e-4)
    assert pooled(women) == pytest.approx(0.3035, abs=1e-4)
    assert standardised(women, mix) == pytest.approx(pooled(women))
    ours = sum(of * hits / n for of, (hits, n) in zip(mix, men, strict=True)) / sum(mix)
    assert standardised(men, mix) == pytest.approx(ours)
    assert ours < 0.3035


def test_an_empty_stratum_has_no_rate_to_weigh() -> None:
    """A weight on a stratum without events gives no number; without weight it does not matter."""
    assert standardised([(1, 2), (0, 0)], [1, 1]) is None
    assert standardised([(1, 2), (0, 0)], [1, 0]) == 0.5
    assert standardised([(1, 2)], [0]) is standardised([], []) is pooled([(0, 0)]) is None
