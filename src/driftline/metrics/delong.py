"""DeLong's covariance of areas under the ROC curve, in O(n log n)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from driftline.metrics.rows import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Placements:
    """Where each row lies among the rows of the other class, ties counted half; 0.5 is chance.

    Attributes:
        of_positives: share of the negatives that score below each positive, shape (n_models, n_positives).
        of_negatives: share of the positives that score above each negative, shape (n_models, n_negatives).
    """

    of_positives: FloatArray
    of_negatives: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class AurocCovariance:
    """Areas of several models on the same rows and how they vary together.

    Attributes:
        aurocs: shape (n_models,), in [0, 1].
        covariance: shape (n_models, n_models); 0.0 on the diagonal where all pairs are ordered alike.
    """

    aurocs: FloatArray
    covariance: FloatArray


def placements(truth: npt.NDArray[Any], scores: FloatArray) -> Placements:
    """Return the placement of every row under every model.

    Args:
        truth: 0 or 1, shape (n_rows,), at least one of each.
        scores: shape (n_models, n_rows), no NaN; only their order counts.

    Source: Sun & Xu 2014, IEEE Signal Processing Letters 21. Ours: both placements come from one sort, as
    cumulative counts over groups of tied scores.
    """
    positive = truth > 0.5
    by_model = np.stack([_placements_of_one(positive, model_scores) for model_scores in scores])
    return Placements(of_positives=by_model[:, positive], of_negatives=by_model[:, ~positive])


def auroc_covariance(truth: npt.NDArray[Any], scores: FloatArray) -> AurocCovariance:
    """Return the areas of several models and their covariance matrix.

    Args:
        truth: 0 or 1, shape (n_rows,), at least two of each.
        scores: shape (n_models, n_rows), no NaN.

    Source: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44.
    """
    placed = placements(truth, scores)
    positives, negatives = placed.of_positives, placed.of_negatives
    aurocs = positives.mean(axis=1)
    covariance = _covariance(positives) / positives.shape[1] + _covariance(negatives) / negatives.shape[1]
    return AurocCovariance(aurocs=aurocs, covariance=covariance)


def _placements_of_one(positive: npt.NDArray[np.bool_], scores: FloatArray) -> FloatArray:
    row_count = len(scores)
    order = np.argsort(scores)
    ordered = scores[order]
    group_ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)) + 1
    group_starts = np.append(0, group_ends[:-1])
    positives_to = np.append(0, np.cumsum(positive[order]))
    below_and_tied = positives_to[group_ends]
    below = positives_to[group_starts]
    positive_count = int(below_and_tied[-1])
    # Twice the number of positives (negatives) below, ties half: whole numbers, nothing is rounded yet.
    positives_under = below + below_and_tied
    negatives_under = group_starts + group_ends - positives_under
    sizes = group_ends - group_starts
    placed = np.empty(row_count)
    placed[order] = np.where(
        positive[order],
        np.repeat(negatives_under / (2.0 * (row_count - positive_count)), sizes),
        np.repeat(1.0 - positives_under / (2.0 * positive_count), sizes),
    )
    return placed


def _covariance(values: FloatArray) -> FloatArray:
    centred = values - values.mean(axis=1, keepdims=True)
    return np.asarray(centred @ centred.T / (values.shape[1] - 1), dtype=np.float64)
