"""What plots of a model's quality are drawn from, as plain numbers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from driftline.metrics import FloatArray, ScoredRows, Task, scored_rows, wilson
from driftline.metrics.errors import InvalidScoresError


@dataclass(frozen=True, kw_only=True)
class RocCurve:
    """Points of a ROC curve from (0, 0) to (1, 1); empty where a class is missing.

    Attributes:
        false_positive_rate: share of the negatives at or above each threshold.
        true_positive_rate: share of the positives at or above it.
        thresholds: the scores; the first is None, above every score.
        positive_count: rows whose truth is 1.
        negative_count: rows whose truth is 0.
    """

    false_positive_rate: tuple[float, ...]
    true_positive_rate: tuple[float, ...]
    thresholds: tuple[float | None, ...]
    positive_count: int
    negative_count: int


@dataclass(frozen=True, kw_only=True)
class PrecisionRecallCurve:
    """Points of a precision-recall curve by rising recall; empty where a class is missing.

    Attributes:
        recall: share of the positives at or above each threshold.
        precision: share of the rows at or above it that are positive.
        thresholds: the scores, falling.
        positive_count: rows whose truth is 1.
        negative_count: rows whose truth is 0.
    """

    recall: tuple[float, ...]
    precision: tuple[float, ...]
    thresholds: tuple[float, ...]
    positive_count: int
    negative_count: int


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Predicted probability against what happened, in bins of equal counts; empty without rows.

    Attributes:
        predicted: mean score of each bin.
        observed: share of positives in it; equal to `predicted` is calibrated.
        observed_low: lower end of its 95 % Wilson interval.
        observed_high: its upper end.
        counts: rows in it.
        expected_error: mean of |observed - predicted| over the rows; None without rows, 0.0 is calibrated.
    """

    predicted: tuple[float, ...]
    observed: tuple[float, ...]
    observed_low: tuple[float, ...]
    observed_high: tuple[float, ...]
    counts: tuple[int, ...]
    expected_error: float | None


@dataclass(frozen=True, kw_only=True)
class ConfusionMatrix:
    """How often each class was predicted for each class.

    Attributes:
        counts: `counts[i][j]` rows of true class i were predicted as class j.
    """

    counts: tuple[tuple[int, ...], ...]


def roc_curve(truth: npt.ArrayLike, scores: npt.ArrayLike, *, points: int = 200) -> RocCurve:
    """Return the ROC curve of binary scores, thinned along its length to at most `points` (2 or more).

    Raises:
        InvalidScoresError: truth or scores break the rules of a binary task.
    """
    rows = scored_rows(Task.BINARY, truth, scores)
    positive_count = int(rows.truth.sum())
    negative_count = rows.row_count - positive_count
    if min(positive_count, negative_count) == 0:
        return RocCurve(
            false_positive_rate=(),
            true_positive_rate=(),
            thresholds=(),
            positive_count=positive_count,
            negative_count=negative_count,
        )
    scores_at, positives, rows_at = _steps(rows)
    true_rate = np.append(0.0, positives / positive_count)
    false_rate = np.append(0.0, (rows_at - positives) / negative_count)
    kept = _thinned((true_rate + false_rate) / 2.0, points)
    thresholds: list[float | None] = [None, *scores_at.tolist()]
    return RocCurve(
        false_positive_rate=tuple(false_rate[kept].tolist()),
        true_positive_rate=tuple(true_rate[kept].tolist()),
        thresholds=tuple(thresholds[index] for index in kept.tolist()),
        positive_count=positive_count,
        negative_count=negative_count,
    )


def precision_recall_curve(truth: npt.ArrayLike, scores: npt.ArrayLike, *, points: int = 200) -> PrecisionRecallCurve:
    """Return the precision-recall curve of binary scores, thinned along its length to at most `points` (2 or more).

    Raises:
        InvalidScoresError: truth or scores break the rules of a binary task.
    """
    rows = scored_rows(Task.BINARY, truth, scores)
    positive_count = int(rows.truth.sum())
    counts = {"positive_count": positive_count, "negative_count": rows.row_count - positive_count}
    if min(counts.values()) == 0:
        return PrecisionRecallCurve(recall=(), precision=(), thresholds=(), **counts)
    scores_at, positives, rows_at = _steps(rows)
    kept = _thinned((positives / positive_count + rows_at / rows.row_count) / 2.0, points)
    return PrecisionRecallCurve(
        recall=tuple((positives / positive_count)[kept].tolist()),
        precision=tuple((positives / rows_at)[kept].tolist()),
        thresholds=tuple(scores_at[kept].tolist()),
        **counts,
    )


def calibration(truth: npt.ArrayLike, scores: npt.ArrayLike, *, bins: int = 10) -> Calibration:
    """Return predicted against observed shares in `bins` bins of equal counts; tied scores share a bin.

    Raises:
        InvalidScoresError: truth or scores break the rules of a binary task.
    """
    rows = scored_rows(Task.BINARY, truth, scores)
    if rows.row_count == 0:
        return Calibration(predicted=(), observed=(), observed_low=(), observed_high=(), counts=(), expected_error=None)
    edges = np.unique(np.quantile(rows.scores, np.arange(1, bins) / bins, method="inverted_cdf"))
    bin_of = np.searchsorted(edges, rows.scores, side="left")
    counts = np.bincount(bin_of, minlength=len(edges) + 1)
    filled = counts > 0
    positives = np.bincount(bin_of, weights=rows.truth, minlength=len(counts))[filled]
    score_sums = np.bincount(bin_of, weights=rows.scores, minlength=len(counts))[filled]
    counts = counts[filled]
    predicted, observed = score_sums / counts, positives / counts
    intervals = [wilson(int(k), int(n)) for k, n in zip(positives, counts, strict=True)]
    return Calibration(
        predicted=tuple(predicted.tolist()),
        observed=tuple(observed.tolist()),
        observed_low=tuple(interval.low for interval in intervals),
        observed_high=tuple(interval.high for interval in intervals),
        counts=tuple(counts.tolist()),
        expected_error=float((np.abs(predicted - observed) * counts).sum() / rows.row_count),
    )


def confusion_matrix(truth: npt.ArrayLike, predicted: npt.ArrayLike, *, class_count: int) -> ConfusionMatrix:
    """Return the counts of every pair of true and predicted class.

    Args:
        truth: class indices from 0 to `class_count` - 1, shape (n_rows,).
        predicted: the same of the predictions, shape (n_rows,).
        class_count: also classes that never occur have their row and column.

    Raises:
        InvalidScoresError: a shape differs or a value is not a class index.
    """
    rows = scored_rows(Task.REGRESSION, truth, predicted)
    pair = np.stack([rows.truth, rows.scores])
    wrong = int(((pair < 0) | (pair >= class_count) | (pair != np.floor(pair))).sum())
    if wrong:
        raise InvalidScoresError(f"{wrong} of {pair.size} values are not a class index from 0 to {class_count - 1}")
    flat = (pair[0] * class_count + pair[1]).astype(np.intp)
    counts = np.bincount(flat, minlength=class_count * class_count).reshape(class_count, class_count)
    return ConfusionMatrix(counts=tuple(tuple(row) for row in counts.tolist()))


def _steps(rows: ScoredRows) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the different scores, falling, and how many positives and rows lie at or above each."""
    order = np.argsort(-rows.scores)
    ordered = rows.scores[order]
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    return ordered[ends], np.cumsum(rows.truth[order])[ends], np.asarray(ends + 1, dtype=np.float64)


def _thinned(progress: npt.NDArray[np.float64], points: int) -> npt.NDArray[np.intp]:
    if len(progress) <= points:
        return np.arange(len(progress), dtype=np.intp)
    kept = np.unique(np.searchsorted(progress, np.linspace(0.0, 1.0, points)))
    kept[0], kept[-1] = 0, len(progress) - 1
    return np.asarray(kept, dtype=np.intp)
