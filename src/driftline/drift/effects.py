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

    Source: Yurdakul & Naranjo 2020, Journal of Risk Model Validation. Ours: where any bin is empty, half a
    row is added to every bin of both, so the index stays finite.
    """
    p, q = np.asarray(reference, dtype=np.float64), np.asarray(analysis, dtype=np.float64)
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
    edges: Sequence[float],
    minimum: float,
    maximum: float,
    standard_deviation: float,
) -> float:
    """Return the Wasserstein-1 distance in standard deviations of the reference; 0.0 means equal shares.

    A shift of the mean by d standard deviations reads d.

    Args:
        reference: finite rows per bin, one bin more than edges, at least one row in all.
        analysis: likewise.
        edges: increasing, finite.
        minimum: smallest value of both windows; beyond it nothing is counted.
        maximum: largest value of both windows.
        standard_deviation: of the reference, above 0.

    Source: the area between the two distribution functions. Ours: they are exact at the edges and their
    difference is taken as linear between them, so many rows far outside the reference's range read up to a
    tenth too high; the result is cut at 1e9.
    """
    gaps = np.cumsum(_shares(analysis)) - np.cumsum(_shares(reference))
    points = np.asarray(edges, dtype=np.float64)
    inside = (points >= minimum) & (points <= maximum)
    points = np.concatenate([[minimum], points[inside], [maximum]])
    gaps = np.concatenate([[0.0], gaps[:-1][inside], [0.0]])
    # Scaled first, so that a range of huge values does not overflow.
    scale = float(np.abs(points).max()) or 1.0
    unit = standard_deviation / scale
    area = _area_between(points / scale, gaps)
    distance = area / unit if unit > 0.0 else LARGEST_DISTANCE * (area > 0.0)
    return min(LARGEST_DISTANCE, distance) if isfinite(distance) else LARGEST_DISTANCE


def _area_between(points: FloatArray, gaps: FloatArray) -> float:
    """Return the integral of |gap| along `points`; where it changes sign, it is two triangles."""
    left, right, widths = gaps[:-1], gaps[1:], np.diff(points)
    total = np.abs(left) + np.abs(right)
    crossing = (left * right < 0.0) & (total > 0.0)
    heights = np.where(crossing, (left**2 + right**2) / np.where(crossing, total, 1.0), total)
    return float((widths * heights).sum() / 2.0)


def _shares(counts: Counts) -> FloatArray:
    values = np.asarray(counts, dtype=np.float64)
    return np.asarray(values / values.sum(), dtype=np.float64)
