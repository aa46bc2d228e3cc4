"""Metrics of the order of scores, with what each row contributes to them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from driftline.metrics.confusion import class_count_of
from driftline.metrics.delong import placements
from driftline.metrics.rows import FloatArray, ScoredRows


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranking:
    """A metric of the order of scores.

    Attributes:
        value: the metric, in [0, 1].
        influence: how far each row moves it, times the number of rows, shape (n_rows,); its mean is 0.
    """

    value: float
    influence: FloatArray

    @property
    def standard_error(self) -> float:
        """Return the standard error of the value by the delta method; 0.0 where all rows are in order."""
        return float(self.influence.std()) / sqrt(len(self.influence))


Rank = Callable[[ScoredRows], Ranking]


def average_precision(rows: ScoredRows) -> Ranking:
    """Return the precision at the score of each positive, averaged over the positives; chance is their share.

    Args:
        rows: binary, at least one of each class. Tied scores are one step.

    Source: Boyd, Eng & Page 2013 (logit intervals of it). Ours: its standard error is that of its linear part.
    """
    order = np.argsort(-rows.scores)
    ordered, truth = rows.scores[order], rows.truth[order]
    last_of_tie = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    step = np.searchsorted(last_of_tie, np.arange(rows.row_count))
    rows_above, positives_above = last_of_tie + 1.0, np.cumsum(truth)[last_of_tie]
    positives_in, precision = np.diff(positives_above, prepend=0.0), positives_above / rows_above
    positive_count = positives_above[-1]
    value = float((positives_in * precision).sum() / positive_count)
    # A row adds itself to the precision of its own step and of all steps below it.
    as_positive, as_any = (_from_the_end(positives_in * part / rows_above) for part in (1.0, precision))
    moved = truth * (precision[step] - value + as_positive[step]) - as_any[step]
    influence = np.empty(rows.row_count)
    influence[order] = moved * rows.row_count / positive_count
    return Ranking(value=value, influence=influence)


def auroc_of_classes(rows: ScoredRows) -> Ranking:
    """Return the area under the ROC curve of each class against the rest, averaged over the classes; 0.5 is chance.

    Args:
        rows: multiclass, at least one row of each class, and of more than one class.
    """
    class_count = class_count_of(rows)
    value, influence = 0.0, np.zeros(rows.row_count)
    for index in range(class_count):
        is_class = rows.truth == index
        placed = placements(is_class, rows.scores[np.newaxis, :, index])
        area = float(placed.of_positives.mean())
        value += area / class_count
        influence[is_class] += (placed.of_positives[0] - area) / (is_class.mean() * class_count)
        influence[~is_class] += (placed.of_negatives[0] - area) / ((~is_class).mean() * class_count)
    return Ranking(value=value, influence=influence)


def rows_of_classes(rows: ScoredRows) -> list[int]:
    """Return how many rows each class has."""
    counts = np.bincount(rows.truth.astype(np.intp), minlength=class_count_of(rows))
    return [int(count) for count in counts]


def _from_the_end(values: FloatArray) -> FloatArray:
    return np.asarray(np.cumsum(values[::-1])[::-1], dtype=np.float64)
