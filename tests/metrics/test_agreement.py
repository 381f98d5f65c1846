import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from metrics.agreement import cohen, fleiss

SQUARES = st.integers(2, 5).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, 40), min_size=size, max_size=size), min_size=size, max_size=size)
)


@pytest.mark.filterwarnings("ignore:invalid value")
@given(SQUARES)
def test_the_kappa_of_two_raters_is_that_of_statsmodels(table: list[list[int]]) -> None:
    """For any number of labels; none where there are no labels, or chance alone agrees fully."""
    total = sum(map(sum, table))
    used = {
        place for place, row in enumerate(table) for other in range(len(table)) if row[other] or table[other][place]
    }
    if not total or len(used) == 1:
        assert cohen(table) is None
        return
    assert cohen(table) == pytest.approx(cohens_kappa(table).kappa, abs=1e-9)


@given(st.integers(2, 8), st.lists(st.lists(st.integers(0, 3), min_size=8, max_size=8), min_size=1, max_size=20))
def test_the_kappa_of_several_raters_is_that_of_statsmodels(raters: int, cases: list[list[int]]) -> None:
    """From the labels that each rater gave; none where all gave the same one always."""
    table = [[case[:raters].count(label) for label in range(4)] for case in cases]
    if sum(any(column) for column in zip(*table, strict=True)) == 1:
        assert fleiss(table) is None
        return
    assert fleiss(table) == pytest.approx(fleiss_kappa(table), abs=1e-9)


def test_the_published_example_of_fourteen_raters() -> None:
    """Fleiss (1971): ten cases, fourteen raters, five labels: 0.210."""
    table = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    assert fleiss(table) == pytest.approx(0.210, abs=5e-4)


def test_a_table_that_is_none_is_refused() -> None:
    """Labels of one rater that the other has not; cases with other numbers of raters; one rater."""
    with pytest.raises(ValueError, match="as many columns as rows"):
        cohen([[1, 2, 3], [4, 5, 6]])
    with pytest.raises(ValueError, match="same number of raters"):
        fleiss([[3, 0], [1, 1]])
    with pytest.raises(ValueError, match="two at least"):
        fleiss([[1, 0], [0, 1]])
    assert fleiss([]) is None
