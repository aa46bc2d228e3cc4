"""Tests of whether counts of two windows come from the same shares."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, ndtr

from driftline.profiles import QUANTILE_BINS

Counts = npt.NDArray[np.int64]

# The chi-square approximation asks for this expected count in every cell.
SMALLEST_EXPECTED = 5.0
# Below this many rows in a margin, Fisher's exact test replaces the normal approximation.
SMALLEST_MARGIN = 40


@dataclass(frozen=True, kw_only=True)
class ChiSquare:
    """Pearson's test of homogeneity.

    Attributes:
        statistic: 0.0 means equal shares.
        degrees_of_freedom: bins after pooling, less one; 0 leaves nothing to test and a p-value of 1.0.
        p_value: of the hypothesis of equal shares.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float


def chi_square(reference: Counts, analysis: Counts) -> ChiSquare:
    """Return the test of equal shares, after neighbouring bins are pooled until 5 rows are expected in each.

    Args:
        reference: rows per bin, shape (n_bins,), at least one row in all.
        analysis: likewise, on the same bins. Their order must not stem from the counts of one side: bins that are rich
            by chance in one side would be pooled together, and differ.

    >>> round(chi_square(np.array([50, 50]), np.array([25, 75])).p_value, 6)
    0.000261

    Source: Pearson, without Yates' correction.
    """
    m, n = int(reference.sum()), int(analysis.sum())
    starts = _pooled_starts(reference + analysis, min(m, n) / (m + n))
    a = np.add.reduceat(reference, starts).astype(np.float64)
    b = np.add.reduceat(analysis, starts).astype(np.float64)
    statistic = float((((a * n - b * m) / m) * ((a * n - b * m) / n) / (a + b)).sum())
    degrees = len(starts) - 1
    return ChiSquare(
        statistic=statistic,
        degrees_of_freedom=degrees,
        p_value=float(chdtrc(degrees, statistic)) if degrees else 1.0,
    )


def quantile_starts(counts: Counts, shares: tuple[float, ...]) -> npt.NDArray[np.intp]:
    """Return the first bin of each group when the bins are cut at quantiles of the counted rows.

    A bin of at least 1/256 of the rows that lies at a cut is a value of its own: it is cut on both sides, so that rows
    that move just below it are seen.
    """
    total = int(counts.sum())
    # A hair less than the share, so that rounding of e.g. 0.1 * 30 does not skip a bin.
    ends = np.searchsorted(np.cumsum(counts), np.asarray(shares) * total - 1e-6, side="left") + 1
    heavy = ends[counts[ends - 1] * QUANTILE_BINS >= total] - 1
    starts = np.unique(np.concatenate([[0], ends, heavy]))
    return np.asarray(starts[starts < len(counts)], dtype=np.intp)


def share_change_p_value(reference_count: int, reference_rows: int, count: int, rows: int) -> float:
    """Return the two-sided p-value of equal shares.

    The shares are `reference_count` of `reference_rows` and `count` of `rows`, both with at least one row.

    >>> round(share_change_p_value(10, 1000, 5, 100), 4)
    0.0081

    Source: the two-proportion z test, pooled; Fisher's exact test where either margin is below 40.
    """
    hits, total = reference_count + count, reference_rows + rows
    if hits in {0, total}:
        return 1.0
    if min(hits, total - hits) >= SMALLEST_MARGIN:
        return float(2.0 * ndtr(-abs(_share_z(reference_count, reference_rows, count, rows))))
    from scipy.stats import fisher_exact  # noqa: PLC0415 - costs half a second, and most shares need no exact test

    table = np.array([[count, rows - count], [reference_count, reference_rows - reference_count]])
    return float(fisher_exact(table).pvalue)


def _pooled_starts(totals: Counts, smaller_share: float) -> npt.NDArray[np.intp]:
    starts, expected = [0], 0.0
    for index, total in enumerate(totals.tolist()):
        if expected >= SMALLEST_EXPECTED:
            starts.append(index)
            expected = 0.0
        expected += total * smaller_share
    if expected < SMALLEST_EXPECTED and len(starts) > 1:
        starts.pop()
    return np.array(starts, dtype=np.intp)


def _share_z(reference_count: int, reference_rows: int, count: int, rows: int) -> float:
    pooled = (reference_count + count) / (reference_rows + rows)
    spread = sqrt(pooled * (1.0 - pooled) * (1.0 / reference_rows + 1.0 / rows))
    return (count / rows - reference_count / reference_rows) / spread
