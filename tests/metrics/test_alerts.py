import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from metrics.alerts import raised


@given(st.lists(st.integers(0, 1000).map(lambda n: n / 1000), min_size=1, max_size=60), st.sampled_from((0.05, 0.1)))
def test_the_alerts_that_stand_are_those_of_statsmodels(chances: list[float], share: float) -> None:
    """Benjamini-Hochberg, ties and all."""
    assert raised(chances, share) == multipletests(chances, alpha=share, method="fdr_bh")[0].tolist()


def test_no_alerts_raise_none() -> None:
    """Of nothing, nothing stands; of certain chance neither."""
    assert raised([]) == []
    assert raised([1.0, 0.9]) == [False, False]


def test_a_tenth_of_the_raised_is_chance_at_most() -> None:
    """Of 60 series 15 changed: on average at most a tenth of the alerts raised are of the others."""
    chance, false_share = np.random.default_rng(2), []
    for _ in range(500):
        p = np.concatenate([chance.random(45), chance.random(15) ** 12])
        stands = raised(p.tolist(), 0.1)
        false_share.append(sum(stands[:45]) / max(1, sum(stands)))
    assert float(np.mean(false_share)) <= 0.1
