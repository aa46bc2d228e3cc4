"""Per-row values whose mean is a metric."""

import numpy as np
import numpy.typing as npt

from driftline.metrics.errors import InvalidScoresError
from driftline.metrics.rows import FloatArray, ScoredRows, predicted_classes, scored_rows
from driftline.metrics.task import Task

# Log loss of a certain and wrong prediction is infinite; clipped where scikit-learn does, it is at most 36.0 nats.
SMALLEST_PROBABILITY = float(np.finfo(np.float64).eps)
# How far a row of class probabilities may be from a sum of 1: room for float32, none for another scale.
SUM_TOLERANCE = 1e-3


def hits(rows: ScoredRows) -> npt.NDArray[np.bool_]:
    """Return whether each row's predicted class is its truth, shape (n_rows,)."""
    return np.asarray(predicted_classes(rows) == rows.truth, dtype=np.bool_)


def misses(rows: ScoredRows) -> FloatArray:
    """Return 1.0 for each row whose predicted class is not its truth, 0.0 for the others, shape (n_rows,)."""
    return (~hits(rows)).astype(np.float64)


def unit_losses(metric: str, task: Task, truth: npt.ArrayLike, scores: npt.ArrayLike) -> FloatArray:
    """Return the loss of each row in [0, 1], shape (n_rows,): its error for accuracy, its squared error for brier.

    Raises:
        InvalidScoresError: truth or scores break the rules of the task.
    """
    rows = scored_rows(task, truth, scores)
    return misses(rows) if metric == "accuracy" else squared_errors(rows)


def log_losses(rows: ScoredRows) -> FloatArray:
    """Return minus the log of the probability given to the truth, shape (n_rows,).

    In nats; probabilities are clipped at the float's epsilon and at 1 less it, as scikit-learn does.

    Raises:
        InvalidScoresError: the class probabilities of a multiclass row do not sum to 1.
    """
    if rows.task is Task.MULTICLASS:
        off = int((np.abs(rows.scores.sum(axis=1) - 1.0) > SUM_TOLERANCE).sum())
        if off:
            raise InvalidScoresError(f"the class probabilities of {off} of {rows.row_count} rows do not sum to 1")
        given = rows.scores[np.arange(rows.row_count), rows.truth.astype(np.intp)]
    else:
        given = np.where(rows.truth > 0.5, rows.scores, 1.0 - rows.scores)
    return np.asarray(-np.log(np.clip(given, SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY)), dtype=np.float64)


def squared_errors(rows: ScoredRows) -> FloatArray:
    """Return (score - truth)² per row, shape (n_rows,); 0.0 is exact.

    Its mean is the Brier score of binary rows.
    """
    difference = rows.scores - rows.truth
    return np.asarray(difference * difference, dtype=np.float64)


def absolute_errors(rows: ScoredRows) -> FloatArray:
    """Return |score - truth| per row, shape (n_rows,), in the unit of the truth; 0.0 is exact."""
    return np.asarray(np.abs(rows.scores - rows.truth), dtype=np.float64)


def percentage_errors(rows: ScoredRows) -> FloatArray:
    """Return |score - truth| / |truth| per row, shape (n_rows,), for truths other than 0; 1.0 is 100 %."""
    return np.asarray(absolute_errors(rows) / np.abs(rows.truth), dtype=np.float64)
