"""Which single category holds another share of the rows than before, however many there are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from driftline.drift.contingency import Counts
from driftline.metrics import FloatArray


@dataclass(frozen=True, kw_only=True)
class MovedCategories:
    """The categories one by one.

    Attributes:
        p_values: of the hypothesis that nothing has changed, for each category as the most telling of all, shape
            (n_categories,); upper bounds.
        changes: of the shares, window less reference, shape (n_categories,).
    """

    p_values: FloatArray
    changes: FloatArray


def moved_categories(reference: Counts, analysis: Counts) -> MovedCategories:
    """Return for each category how surely its share has changed, as the most telling one of all.

    A chi-square test of many categories sums the noise of all of them, in which one that moved may drown. Here each is
    tested by itself, and its p-value is multiplied by the number of the categories that have rows enough to be as
    telling.

    Args:
        reference: rows of each category of either side, shape (n_categories,), at least one row in all.
        analysis: likewise.

    >>> moved = moved_categories(np.array([50] * 200), np.array([5] * 199 + [25]))
    >>> np.flatnonzero(moved.p_values < 1e-4).tolist()
    [199]

    Source: the hypergeometric distribution of a category's rows over both sides; of its tail the bound by a geometric
    series, whose terms fall no faster than those of the tail; the correction of Tarone (1990, Biometrics 46), without
    a level that is fixed before.
    """
    m, n, totals = int(reference.sum()), int(analysis.sum()), reference + analysis
    nearest = np.minimum(_tail(totals, analysis, n, m), _tail(totals, reference, m, n))
    least = np.minimum(_tail(totals, np.minimum(totals, n), n, m), _tail(totals, np.minimum(totals, m), m, n))
    p_values, smallest = np.minimum(1.0, 2.0 * nearest), np.sort(np.minimum(1.0, 2.0 * least))
    as_telling = np.searchsorted(smallest, p_values * (1.0 + 1e-9), side="right")
    return MovedCategories(p_values=np.minimum(1.0, p_values * as_telling), changes=analysis / n - reference / m)


def _tail(totals: Counts, counts: Counts, n: int, m: int) -> FloatArray:
    """Return a bound of the chance that at least `counts` of the `totals` rows are among n, the others among m."""
    mean = totals * (n / (m + n))
    # The chance of a count over that of the one before; it falls from each to the next.
    ratio = (totals - counts) * (n - counts) / ((counts + 1.0) * (m - totals + counts + 1.0))
    is_tail = (counts > mean) & (ratio < 1.0)
    chance = np.exp(_log_chance(totals, counts, n, m))
    return np.where(is_tail, np.minimum(1.0, chance / np.where(is_tail, 1.0 - ratio, 1.0)), 1.0)


def _log_chance(totals: Counts, counts: Counts, n: int, m: int) -> FloatArray:
    """Return the logarithm of the hypergeometric chance of exactly `counts`."""
    return np.asarray(
        _log_choices(n, counts) + _log_choices(m, totals - counts) - _log_choices(m + n, totals), dtype=np.float64
    )


def _log_choices(count: int, chosen: Counts) -> npt.NDArray[np.float64]:
    return np.asarray(gammaln(count + 1.0) - gammaln(chosen + 1.0) - gammaln(count - chosen + 1.0))
