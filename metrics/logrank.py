"""Numbers in, numbers out: whether groups wait differently long, open cases censored."""

from collections.abc import Sequence

import numpy as np
from scipy.special import chdtrc

from metrics.proportions import Tested

Waits = Sequence[tuple[float, bool]]  # how long, and whether it ended then


def logrank(groups: Sequence[Waits]) -> Tested | None:
    """The log-rank test of two groups or more, on as many degrees of freedom as groups less one. None where nothing
    ended while more than one group still waited.

    Mantel, Cancer Chemotherapy Reports 50 (1966) 163-170; Peto and Peto, JRSS A 135 (1972) 185-207: at each time at
    which something ended, how many of each group did, less as many as its share of those at risk, with the covariance
    of the hypergeometric distribution. A case censored at that time is still at risk.
    """
    size = len(groups)
    waits = [np.array([time for time, _ in group], dtype=float) for group in groups]
    ends = [np.array([time for time, ended in group if ended], dtype=float) for group in groups]
    apart, covariance = np.zeros(size), np.zeros((size, size))
    for time in np.unique(np.concatenate(ends)) if size else ():
        risk = np.array([(each >= time).sum() for each in waits], dtype=float)
        ended = np.array([(each == time).sum() for each in ends], dtype=float)
        n, d = risk.sum(), ended.sum()
        share = risk / n
        apart += ended - d * share
        if n > 1:
            covariance += d * (n - d) / (n - 1) * (np.diag(share) - np.outer(share, share))
    freedom = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if not freedom:
        return None
    statistic = float(apart @ np.linalg.pinv(covariance, hermitian=True) @ apart)
    return Tested(statistic, float(chdtrc(freedom, statistic)))
