"""Whether a window holds more rows of categories that the reference lacks than chance alone brings."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from driftline.drift.contingency import Counts
from driftline.metrics import FloatArray

_STEPS = 60  # of a bisection: enough for the last bit


@dataclass(frozen=True, kw_only=True)
class UnseenRows:
    """Rows of a window in categories that the reference does not hold.

    Attributes:
        count: of the rows.
        expected: how many there are on average if nothing has changed.
        p_value: of the hypothesis that nothing has changed; an upper bound.
    """

    count: int
    expected: float
    p_value: float


def unseen_rows(reference: Counts, analysis: Counts) -> UnseenRows:
    """Return the window's rows in categories that the reference lacks, and whether they are too many.

    Some are always there where categories are many and rows few: which of the rows of both sides are the window's is a
    matter of chance, and by chance all rows of a rare category are. Too many are all such rows together, or those of
    the most frequent such category: the p-value is twice the smaller of both.

    Args:
        reference: rows of each category of either side, shape (n_categories,), at least one row in all.
        analysis: likewise.

    >>> unseen_rows(np.array([600, 400, 0]), np.array([50, 40, 10])).p_value < 1e-9
    True
    >>> unseen_rows(np.array([1, 1, 1, 0, 0]), np.array([0, 0, 0, 1, 1])).p_value
    1.0

    Source: the permutation distribution given the rows of each category; of all rows Chernoff's bound, which holds as
    categories that compete for rows are negatively associated (Joag-Dev & Proschan 1983, Annals of Statistics 11); of
    the most frequent category the sum of the chances of all that are as frequent.
    """
    m, n, totals = int(reference.sum()), int(analysis.sum()), reference + analysis
    unseen = analysis[reference == 0]
    count, most_frequent = int(unseen.sum()), int(unseen.max(initial=0))
    totals, categories = np.unique(totals[(totals > 0) & (totals <= n)], return_counts=True)
    sizes = totals.astype(np.float64)
    chances = _log_chances(sizes, m, n)
    expected_categories = categories * np.exp(chances)
    expected = float((expected_categories * sizes).sum())
    if count <= expected:
        return UnseenRows(count=count, expected=expected, p_value=1.0)
    as_frequent = float(expected_categories[totals >= most_frequent].sum())
    p_value = min(1.0, 2.0 * min(as_frequent, _bound(count, sizes, categories, chances)))
    return UnseenRows(count=count, expected=expected, p_value=p_value)


def _log_chances(sizes: FloatArray, m: int, n: int) -> FloatArray:
    """Return the logarithm of the chance that all rows of a category of each size are among the window's n."""
    return np.asarray(gammaln(n + 1.0) - gammaln(n - sizes + 1.0) - gammaln(m + n + 1.0) + gammaln(m + n - sizes + 1.0))


def _bound(count: int, sizes: FloatArray, categories: Counts, chances: FloatArray) -> float:
    """Return Chernoff's bound of the chance of at least so many rows: at the tilt under which they are expected."""
    rest = np.log1p(-np.exp(np.minimum(chances, -1e-300)))
    low, high = 0.0, float((-chances / sizes).max()) + 50.0
    for _ in range(_STEPS):
        tilt = (low + high) / 2.0
        weights = np.logaddexp(rest, chances + tilt * sizes)
        mean = float((categories * sizes * np.exp(chances + tilt * sizes - weights)).sum())
        low, high = (tilt, high) if mean < count else (low, tilt)
    exponent = float((categories * np.logaddexp(rest, chances + low * sizes)).sum()) - low * count
    return float(np.exp(min(0.0, exponent)))
