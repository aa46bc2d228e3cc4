"""Rows with their truth and scores, checked once before anything is computed from them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from driftline.metrics.errors import InvalidScoresError
from driftline.metrics.task import Task

FloatArray = npt.NDArray[np.float64]

# Below this many rows of a class, the order of scores and a confusion matrix say little, and the normal approximation
# of DeLong's test does not hold.
SMALLEST_CLASS = 10


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoredRows:
    """Truth and scores of the same rows that keep the rules of their task.

    Attributes:
        task: what the shapes and ranges mean.
        truth: shape (n_rows,), finite; 0.0 or 1.0 for binary, whole class indices for multiclass.
        scores: shape (n_rows,), or (n_rows, n_classes) for multiclass; finite, no NaN.
    """

    task: Task
    truth: FloatArray
    scores: FloatArray

    @property
    def row_count(self) -> int:
        """Return the number of rows."""
        return len(self.truth)


def scored_rows(task: Task, truth: npt.ArrayLike, scores: npt.ArrayLike) -> ScoredRows:
    """Return `truth` and `scores` as floats after checking them against the rules of `task`.

    Nothing is dropped or clipped: NaN, infinity, a probability outside [0, 1] or a wrong label is an error.

    Raises:
        InvalidScoresError: a shape, a value or a label breaks the rules of `task`; it says how many.
    """
    task = Task(task)
    truth_values = _floats("truth", truth)
    score_values = _floats("scores", scores)
    if task is Task.MULTICLASS and score_values.size == 0 and score_values.ndim == 1:
        score_values = score_values.reshape(0, 1)
    _check_shapes(task, truth_values, score_values)
    if len(truth_values):
        _check_finite("truth values", truth_values)
        _check_finite("scores", score_values)
        if task is not Task.REGRESSION:
            _check_probabilities(score_values)
            _check_labels(truth_values, 2 if task is Task.BINARY else score_values.shape[1])
    return ScoredRows(task=task, truth=truth_values, scores=score_values)


def predicted_classes(rows: ScoredRows) -> npt.NDArray[np.intp]:
    """Return the predicted class index of each row, shape (n_rows,); see `most_probable`."""
    return most_probable(rows.task, rows.scores)


def most_probable(task: Task, scores: FloatArray) -> npt.NDArray[np.intp]:
    """Return the index of the most probable class of each row, shape (n_rows,).

    Binary: 1 where the score is above 0.5, so a score of exactly 0.5 is class 0; multiclass: the first of the
    highest scores. Both are what the most probable class is with ties going to the lower index.
    """
    if task is Task.MULTICLASS:
        return np.asarray(np.argmax(scores, axis=1), dtype=np.intp)
    return (scores > 0.5).astype(np.intp)


def _floats(what: str, values: npt.ArrayLike) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidScoresError(f"{what} holds values that are not numbers") from None


def _check_shapes(task: Task, truth: FloatArray, scores: FloatArray) -> None:
    dimensions = 2 if task is Task.MULTICLASS else 1
    if truth.ndim != 1 or scores.ndim != dimensions or len(truth) != len(scores):
        expected = "(n, classes)" if task is Task.MULTICLASS else "(n,)"
        raise InvalidScoresError(
            f"truth has shape {truth.shape} and scores {scores.shape}; {task} asks for (n,) and {expected}"
        )


def _check_finite(what: str, values: FloatArray) -> None:
    if not np.isfinite(values).all():
        nan_count = int(np.isnan(values).sum())
        infinite_count = int(np.isinf(values).sum())
        raise InvalidScoresError(f"{nan_count} of {values.size} {what} are NaN and {infinite_count} infinite")


def _check_probabilities(scores: FloatArray) -> None:
    if scores.min() < 0.0 or scores.max() > 1.0:
        outside = int(((scores < 0.0) | (scores > 1.0)).sum())
        raise InvalidScoresError(f"{outside} of {scores.size} probabilities lie outside [0, 1]")


def _check_labels(truth: FloatArray, class_count: int) -> None:
    wrong = (truth < 0) | (truth >= class_count) | (truth != np.floor(truth))
    if wrong.any():
        raise InvalidScoresError(
            f"{int(wrong.sum())} of {len(truth)} truth values are not a class index from 0 to {class_count - 1}"
        )
