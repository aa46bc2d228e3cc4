"""What a version lost in each partition, on a proper loss, as sums that add up over partitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

import numpy as np
import numpy.typing as npt

from driftline.health.baseline import BaselineSums, baseline_losses, baseline_sums
from driftline.metrics import Task

FEWEST_PARTS = 5  # partitions from which on the spread between them is known well enough to count

LEVEL_ERRORS = 2.0  # standard errors between a mean and the level that is taken from it

LOSSES = {Task.BINARY: "brier", Task.MULTICLASS: "brier", Task.REGRESSION: "mse"}


@dataclass(frozen=True, kw_only=True)
class PartitionLoss:
    """The labelled rows of one partition, as one version predicted them.

    Attributes:
        start: of the partition.
        end: of the partition.
        row_count: labelled rows.
        loss: sum over the rows of the squared error of numbers, or of all class probabilities (Brier 1950).
        loss_squares: sum of the squares of that.
        excess: sum of the loss less what the probabilities themselves expect it to be; 0.0 for numbers.
        excess_squares: sum of the squares of that.
        baseline: the same rows as somebody without a model sees them.
    """

    start: datetime
    end: datetime
    row_count: int
    loss: float
    loss_squares: float
    excess: float
    excess_squares: float
    baseline: BaselineSums


@dataclass(frozen=True, kw_only=True)
class MeanLoss:
    """A mean over labelled rows with its standard error, and how much time these rows cover."""

    value: float
    standard_error: float
    row_count: int
    covered: timedelta = timedelta(0)


def losses_and_excess(
    task: Task, truth: npt.NDArray[np.float64], scores: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the loss of each row and its excess, shape (n_rows,) each.

    The excess has the expectation 0 where probabilities are right, however hard the rows are: a world with more noise
    raises the loss of a good model and leaves its excess.
    """
    if task is Task.REGRESSION:
        errors = scores - truth
        return errors * errors, np.zeros(len(truth))
    if task is Task.BINARY:
        errors = scores - truth
        losses = errors * errors
        return losses, losses - scores * (1.0 - scores)
    given = scores[np.arange(len(truth)), truth.astype(np.intp)]
    squares = (scores * scores).sum(axis=1)
    losses = squares - 2.0 * given + 1.0
    return losses, losses - (scores.sum(axis=1) - squares)


def partition_loss(
    task: Task,
    truth: npt.NDArray[np.float64],
    scores: npt.NDArray[np.float64],
    *,
    start: datetime,
    end: datetime,
    class_count: int = 2,
    last: npt.NDArray[np.float64] | None = None,
) -> PartitionLoss:
    """Return the sums of one partition.

    Args:
        task: what truth and scores mean.
        truth: encoded labels, shape (n_rows,).
        scores: shape (n_rows,) or (n_rows, n_classes).
        start: of the partition.
        end: of the partition.
        class_count: classes that the version distinguishes; of no account for numbers.
        last: the label that was last known before each row, encoded, NaN for none, shape (n_rows,); None: for none.
    """
    truth = np.asarray(truth, dtype=np.float64)
    losses, excess = losses_and_excess(task, truth, np.asarray(scores, dtype=np.float64))
    unknown = np.full(len(truth), np.nan)
    return PartitionLoss(
        start=start,
        end=end,
        row_count=len(losses),
        loss=float(losses.sum()),
        loss_squares=float((losses * losses).sum()),
        excess=float(excess.sum()),
        excess_squares=float((excess * excess).sum()),
        baseline=baseline_sums(task, truth, unknown if last is None else last, class_count=class_count),
    )


def sample_mean(values: npt.NDArray[np.float64]) -> MeanLoss:
    """Return the mean of some rows' losses, shape (n_rows,), taken as independent."""
    error = float(values.std()) / sqrt(len(values))
    return MeanLoss(value=float(values.mean()), standard_error=error, row_count=len(values))


def mean_loss(parts: Sequence[PartitionLoss], *, among: Sequence[PartitionLoss] = ()) -> MeanLoss:
    """Return the mean loss of the rows of some partitions; at least one has a row.

    Args:
        parts: the partitions.
        among: more partitions of the same version: the spread between partitions is known better from them, and a
            change in the midst of a few days is not taken for spread.
    """
    wide = among if len(among) > len(parts) else parts
    between = _error_between([part.loss for part in wide], wide) * sqrt(len(wide) / len(parts))
    total, squares = sum(part.loss for part in parts), sum(part.loss_squares for part in parts)
    return _mean(total, squares, parts, between)


def mean_excess(parts: Sequence[PartitionLoss]) -> MeanLoss:
    """Return likewise the mean excess."""
    between = _error_between([part.excess for part in parts], parts)
    total, squares = sum(part.excess for part in parts), sum(part.excess_squares for part in parts)
    return _mean(total, squares, parts, between)


def mean_gain(task: Task, parts: Sequence[PartitionLoss]) -> MeanLoss | None:
    """Return by how much the baseline would have lost more; None for too few partitions to tell its error."""
    if len(parts) < FEWEST_PARTS:
        return None
    gains = baseline_losses(task, [part.baseline for part in parts]) - [part.loss for part in parts]
    return _mean(float(gains.sum()), 0.0, parts, _error_between(gains, parts))


def upper_bound(loss: MeanLoss) -> float:
    """Return a mean with its margin: what a level is made of, since the best of many means is a lucky one."""
    return loss.value + LEVEL_ERRORS * loss.standard_error


def newest(parts: Sequence[PartitionLoss], length: timedelta) -> Sequence[PartitionLoss]:
    """Return the newest of `parts`, oldest first, as many as cover `length` together; all where they cover less."""
    covered = timedelta(0)
    for place in range(len(parts) - 1, -1, -1):
        covered += parts[place].end - parts[place].start
        if covered >= length:
            return parts[place:]
    return parts


def covered(parts: Sequence[PartitionLoss]) -> timedelta:
    """Return how much time the partitions cover together."""
    return sum((part.end - part.start for part in parts), start=timedelta(0))


def _mean(total: float, squares: float, parts: Sequence[PartitionLoss], between: float) -> MeanLoss:
    """Return a mean with the larger of two standard errors: of independent rows, and of independent partitions.

    Args:
        total: sum over the rows.
        squares: sum of the squares of that.
        parts: whose rows.
        between: the standard error of independent partitions.
    """
    rows = sum(part.row_count for part in parts)
    mean = total / rows
    error = max(sqrt(max(squares / rows - mean**2, 0.0) / rows), between)
    return MeanLoss(value=mean, standard_error=error, row_count=rows, covered=covered(parts))


def _error_between(sums: npt.ArrayLike, parts: Sequence[PartitionLoss]) -> float:
    counts = np.array([part.row_count for part in parts], dtype=np.float64)
    return error_between(np.asarray(sums, dtype=np.float64), counts)


def error_between(sums: npt.NDArray[np.float64], counts: npt.NDArray[np.float64]) -> float:
    """Return the standard error of a mean over rows whose groups, and not the rows, are independent.

    Args:
        sums: over the rows of each group, shape (n_groups,).
        counts: rows of each group, none of them 0, shape (n_groups,).

    Returns:
        0.0 for too few groups to tell how they differ.
    """
    if len(sums) < FEWEST_PARTS:
        return 0.0
    rows = counts.sum()
    residuals = sums - counts * (sums.sum() / rows)
    return sqrt(float(residuals @ residuals) / rows**2 * len(sums) / (len(sums) - 1))
