"""How large a change is, from counts on the same bins."""

from collections.abc import Sequence
from math import isfinite

import numpy as np
import numpy.typing as npt

from driftline.metrics import FloatArray

Counts = Sequence[int] | npt.NDArray[np.int64]

# A distance in standard deviations beyond this says no more than "far away", and stays finite for JSON.
LARGEST_DISTANCE = 1e9


def population_stability_index(reference: Counts, analysis: Counts) -> float:
    """Return the PSI of two counts on the same bins, in nats; 0.0 means equal shares.

    Args:
        reference: rows per bin, at least one row in all.
        analysis: likewise.

    The cut-offs 0.10 and 0.25 that are often quoted ignore the sample sizes: without any drift its mean is
    about (bins - 1) * (1/n + 1/m).

    >>> round(population_stability_index([50, 50], [25, 75]), 4)
    0.2747

    Source: Yurdakul & Naranjo 2020, Journal of Risk Model Validation. Ours: a bin that is empty on both sides is left
    out, and where one is empty on one side, half a row is added to every bin of both, so the index stays finite.
    """
    p, q = np.asarray(reference, dtype=np.float64), np.asarray(analysis, dtype=np.float64)
    p, q = p[p + q > 0], q[p + q > 0]
    if (p == 0).any() or (q == 0).any():
        p, q = p + 0.5, q + 0.5
    p, q = p / p.sum(), q / q.sum()
    return float(((q - p) * np.log(q / p)).sum())


def total_variation_distance(reference: Counts, analysis: Counts) -> float:
    """Return the share of rows that changed bin, in [0, 1]; 0.0 means equal shares, 1.0 disjoint.

    >>> total_variation_distance([50, 50], [25, 75])
    0.25
    """
    return float(np.abs(_shares(analysis) - _shares(reference)).sum() / 2.0)


def kolmogorov_smirnov_distance(reference: Counts, analysis: Counts) -> float:
    """Return the largest difference of the cumulative shares at the edges, in [0, 1]; 0.0 means equal.

    >>> round(kolmogorov_smirnov_distance([50, 30, 20], [40, 30, 30]), 9)
    0.1

    The bins must be in order. Between edges the distance may be higher by at most one bin's share.
    """
    return float(np.abs(np.cumsum(_shares(analysis)) - np.cumsum(_shares(reference)))[:-1].max(initial=0.0))


def wasserstein_distance(
    reference: Counts,
    analysis: Counts,
    *,
    reference_means: FloatArray,
    analysis_means: FloatArray,
    standard_deviation: float,
) -> float:
    """Return the Wasserstein-1 distance in standard deviations of the reference; 0.0 means equal shares.

    A shift of the mean by d standard deviations reads d.

    Args:
        reference: finite rows per bin, shape (n_bins,), at least one row in all.
        analysis: likewise.
        reference_means: mean of the finite rows of each bin; of an empty bin it does not matter.
        analysis_means: likewise.
        standard_deviation: of the reference, above 0.

    Source: the area between the two distribution functions. Ours: all rows of a side in a bin lie at their mean. This
    is exact for a bin in which the two functions do not cross, so beyond the reference's range, too; the result is cut
    at 1e9 and rounded to nine digits, as sums of the same rows in another order differ by a hair.
    """
    before, after = (np.asarray(counts, dtype=np.int64) for counts in (reference, analysis))
    points = np.concatenate([reference_means[before > 0], analysis_means[after > 0]])
    order = np.argsort(points, kind="stable")
    sides = (
        (before[before > 0], np.zeros((after > 0).sum(), int)),
        (np.zeros((before > 0).sum(), int), after[after > 0]),
    )
    first, second = (np.cumsum(np.concatenate(side)[order]) for side in sides)
    gaps = np.abs(first / first[-1] - second / second[-1])[:-1]
    # Scaled first, so that a range of huge values does not overflow.
    scale = float(np.abs(points).max()) or 1.0
    unit = standard_deviation / scale
    area = float((gaps * np.diff(points[order] / scale)).sum())
    distance = area / unit if unit > 0.0 else LARGEST_DISTANCE * (area > 0.0)
    return float(f"{min(LARGEST_DISTANCE, distance):.9g}") if isfinite(distance) else LARGEST_DISTANCE


def _shares(counts: Counts) -> FloatArray:
    values = np.asarray(counts, dtype=np.float64)
    return np.asarray(values / values.sum(), dtype=np.float64)
