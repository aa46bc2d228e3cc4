"""Metrics of predicted classes: functions of how often each class is true, predicted, and both."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from driftline.metrics.rows import FloatArray, ScoredRows, predicted_classes
from driftline.metrics.task import Task


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassCounts:
    """Rows of each class; leading dimensions are draws, shape (..., n_classes).

    Attributes:
        right: of this class and predicted as it.
        true: of this class.
        predicted: predicted as this class.
    """

    right: FloatArray
    true: FloatArray
    predicted: FloatArray


Figure = Callable[[ClassCounts], FloatArray]


@dataclass(frozen=True, kw_only=True)
class ClassMetric:
    """A metric of predicted classes.

    Attributes:
        figure: its value, shape (...,); NaN where it is undefined.
        undefined: what is so where it is NaN.
        lowest: its lowest value.
    """

    figure: Figure
    undefined: str
    lowest: float = 0.0

    def of(self, counts: ClassCounts) -> FloatArray:
        """Return the value of each draw, from `lowest` to 1.0 without an error of rounding."""
        return np.clip(self.figure(counts), self.lowest, 1.0)


def class_count_of(rows: ScoredRows) -> int:
    """Return how many classes the scores tell apart."""
    return rows.scores.shape[1] if rows.task is Task.MULTICLASS else 2


def class_counts(rows: ScoredRows) -> ClassCounts:
    """Return the rows of each class, shape (n_classes,)."""
    sums = indicators(rows).sum(axis=0)
    return ClassCounts(right=sums[0], true=sums[1], predicted=sums[2])


def indicators(rows: ScoredRows) -> FloatArray:
    """Return for each row what it adds to `right`, `true` and `predicted`, shape (n_rows, 3, n_classes)."""
    classes = np.arange(class_count_of(rows))
    true = rows.truth[:, np.newaxis] == classes
    predicted = predicted_classes(rows)[:, np.newaxis] == classes
    return np.stack([true & predicted, true, predicted], axis=1).astype(np.float64)


def precision(counts: ClassCounts) -> FloatArray:
    """Return the share of the predicted positives that are positive; NaN without any."""
    return _precisions(counts)[..., 1]


def recall(counts: ClassCounts) -> FloatArray:
    """Return the share of the positives that are predicted as such; NaN without any."""
    return _recalls(counts)[..., 1]


def f1(counts: ClassCounts) -> FloatArray:
    """Return the harmonic mean of precision and recall; NaN where nothing is positive nor predicted so."""
    return _f1(counts)[..., 1]


def balanced_accuracy(counts: ClassCounts) -> FloatArray:
    """Return the mean recall of the classes that occur; NaN where that is one class only."""
    occurring = (counts.true > 0).sum(axis=-1)
    total = np.nan_to_num(_recalls(counts)).sum(axis=-1)
    return _ratio(total, np.where(occurring > 1, occurring, 0.0))


def matthews_corrcoef(counts: ClassCounts) -> FloatArray:
    """Return the correlation of truth and prediction, in [-1, 1]; NaN where one of them is one class only.

    Source: Gorodkin 2004, for any number of classes.
    """
    row_count = counts.true.sum(axis=-1)
    both = row_count * counts.right.sum(axis=-1) - (counts.true * counts.predicted).sum(axis=-1)
    spreads = [row_count**2 - (totals**2).sum(axis=-1) for totals in (counts.true, counts.predicted)]
    return _ratio(both, np.sqrt(spreads[0]) * np.sqrt(spreads[1]))


def macro(of: Figure) -> Figure:
    """Return the mean of a figure over the classes that occur in truth or predictions.

    As in scikit-learn a class that is only predicted has recall 0 there, and one that is never predicted precision 0.
    """

    def mean(counts: ClassCounts) -> FloatArray:
        occurs = counts.true + counts.predicted > 0
        return np.asarray(np.nan_to_num(of(counts)).sum(axis=-1) / occurs.sum(axis=-1), dtype=np.float64)

    return mean


def f1_weighted(counts: ClassCounts) -> FloatArray:
    """Return the mean F1 of the classes, each weighted by its rows."""
    return np.asarray((np.nan_to_num(_f1(counts)) * counts.true).sum(axis=-1) / counts.true.sum(axis=-1))


def _precisions(counts: ClassCounts) -> FloatArray:
    return _ratio(counts.right, counts.predicted)


def _recalls(counts: ClassCounts) -> FloatArray:
    return _ratio(counts.right, counts.true)


def _f1(counts: ClassCounts) -> FloatArray:
    return _ratio(2.0 * counts.right, counts.true + counts.predicted)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    ratio: npt.NDArray[np.float64] = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


PRECISION = ClassMetric(figure=precision, undefined="no row is predicted positive")
RECALL = ClassMetric(figure=recall, undefined="no row is positive")
F1 = ClassMetric(figure=f1, undefined="no row is positive or predicted so")
BALANCED_ACCURACY = ClassMetric(figure=balanced_accuracy, undefined="all rows are of one class")
MATTHEWS_CORRCOEF = ClassMetric(
    figure=matthews_corrcoef, undefined="truth or predictions are of one class", lowest=-1.0
)
F1_MACRO = ClassMetric(figure=macro(_f1), undefined="no rows")
F1_WEIGHTED = ClassMetric(figure=f1_weighted, undefined="no rows")
PRECISION_MACRO = ClassMetric(figure=macro(_precisions), undefined="no rows")
RECALL_MACRO = ClassMetric(figure=macro(_recalls), undefined="no rows")
