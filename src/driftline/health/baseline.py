"""The baseline without a model: a constant, drawn towards the last known label as far as that helps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from driftline.metrics import Task


@dataclass(frozen=True, kw_only=True)
class BaselineSums:
    """What the baseline needs of the labelled rows of one partition; a class is a vector of one 1 and zeros.

    Attributes:
        row_count: labelled rows.
        truth: sum of the truths, shape (n_classes,), or (1,) for numbers.
        truth_squares: sum of their squared lengths.
        known_count: those of the rows before which a label was known.
        known_truth: sum of their truths, shape as `truth`.
        last: sum of their last known labels, shape as `truth`.
        last_squares: sum of the squared lengths of these.
        products: sum of the products of truth and last known label.
    """

    row_count: int
    truth: npt.NDArray[np.float64]
    truth_squares: float
    known_count: int
    known_truth: npt.NDArray[np.float64]
    last: npt.NDArray[np.float64]
    last_squares: float
    products: float


def baseline_sums(
    task: Task, truth: npt.NDArray[np.float64], last: npt.NDArray[np.float64], *, class_count: int
) -> BaselineSums:
    """Return the sums of one partition.

    Args:
        task: what the labels mean.
        truth: encoded labels, shape (n_rows,).
        last: the label that was last known before each row, encoded, NaN where there was none, shape (n_rows,).
        class_count: classes; of no account for numbers.
    """
    known = ~np.isnan(last)
    y, x = truth[known], last[known]
    if task is Task.REGRESSION:
        return BaselineSums(
            row_count=len(truth),
            truth=truth.sum(keepdims=True),
            truth_squares=float(truth @ truth),
            known_count=len(y),
            known_truth=y.sum(keepdims=True),
            last=x.sum(keepdims=True),
            last_squares=float(x @ x),
            products=float(x @ y),
        )
    return BaselineSums(
        row_count=len(truth),
        truth=_counts(truth, class_count),
        truth_squares=float(len(truth)),
        known_count=len(y),
        known_truth=_counts(y, class_count),
        last=_counts(x, class_count),
        last_squares=float(len(x)),
        products=float((x == y).sum()),
    )


def baseline_losses(task: Task, parts: Sequence[BaselineSums]) -> npt.NDArray[np.float64]:
    """Return what the best baseline of all rows lost in each partition, shape (n_parts,).

    It is m + a (x - m) with the mean m of the truths, or their shares by class, and the last known label x, where one
    is known. Both m and the share a in [0, 1] are those of these very rows: nothing known before could do better.
    """
    counts = np.array([part.row_count for part in parts], dtype=np.float64)
    known = np.array([part.known_count for part in parts], dtype=np.float64)
    truth = np.stack([part.truth for part in parts])
    mean = truth.sum(axis=0) / counts.sum()
    square = float(mean @ mean)
    spread = np.array([part.truth_squares for part in parts]) - 2.0 * truth @ mean + counts * square
    steps = np.array([part.last_squares - 2.0 * float(part.last @ mean) for part in parts]) + known * square
    agreement = np.array([part.products - float((part.last + part.known_truth) @ mean) for part in parts])
    agreement += known * square
    drawn = float(np.clip(agreement.sum() / steps.sum(), 0.0, 1.0)) if steps.sum() > 0.0 else 0.0
    lost = spread - 2.0 * drawn * agreement + drawn**2 * steps
    return np.asarray(lost * (0.5 if task is Task.BINARY else 1.0))


def _counts(labels: npt.NDArray[np.float64], class_count: int) -> npt.NDArray[np.float64]:
    return np.bincount(labels.astype(np.intp), minlength=class_count).astype(np.float64)
