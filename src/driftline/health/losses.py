"""What a version lost in each partition, on a proper loss, as sums that add up over partitions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

import numpy as np
import numpy.typing as npt

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
        truth: rows by class, shape (n_classes,); for numbers the sums of the truth and of its square, shape (2,).
    """

    start: datetime
    end: datetime
    row_count: int
    loss: float
    loss_squares: float
    excess: float
    excess_squares: float
    truth: npt.NDArray[np.float64]


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
) -> PartitionLoss:
    """Return the sums of one partition.

    Args:
        task: what truth and scores mean.
        truth: encoded labels, shape (n_rows,).
        scores: shape (n_rows,) or (n_rows, n_classes).
        start: of the partition.
        end: of the partition.
        class_count: classes that the version distinguishes; of no account for numbers.
    """
    losses, excess = losses_and_excess(task, np.asarray(truth, dtype=np.float64), np.asarray(scores, dtype=np.float64))
    if task is Task.REGRESSION:
        seen = np.array([truth.sum(), (truth * truth).sum()], dtype=np.float64)
    else:
        seen = np.bincount(np.asarray(truth, dtype=np.intp), minlength=class_count).astype(np.float64)
    return PartitionLoss(
        start=start,
        end=end,
        row_count=len(losses),
        loss=float(losses.sum()),
        loss_squares=float((losses * losses).sum()),
        excess=float(excess.sum()),
        excess_squares=float((excess * excess).sum()),
        truth=seen,
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
    return _mean(lambda part: (part.loss, part.loss_squares), parts, among)


def mean_excess(parts: Sequence[PartitionLoss]) -> MeanLoss:
    """Return likewise the mean excess."""
    return _mean(lambda part: (part.excess, part.excess_squares), parts)


def mean_gain(task: Task, parts: Sequence[PartitionLoss]) -> MeanLoss | None:
    """Return by how much the best constant would have lost more; None for too few partitions to tell its error.

    The constant is the mean, or the share of each class, of these very rows: no prior known before could do better.
    """
    if len(parts) < FEWEST_PARTS:
        return None
    total, rows = np.sum([part.truth for part in parts], axis=0), sum(part.row_count for part in parts)
    mean, shares = total[0] / rows, total / rows
    by_class = (float(shares @ shares) - 2.0 * shares + 1.0) * (0.5 if task is Task.BINARY else 1.0)

    def gain(part: PartitionLoss) -> tuple[float, float]:
        if task is Task.REGRESSION:
            constant = part.truth[1] - 2.0 * mean * part.truth[0] + part.row_count * mean**2
        else:
            constant = part.truth @ by_class
        return float(constant) - part.loss, 0.0

    return _mean(gain, parts)


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


def _mean(
    sums_of: Callable[[PartitionLoss], tuple[float, float]],
    parts: Sequence[PartitionLoss],
    among: Sequence[PartitionLoss] = (),
) -> MeanLoss:
    """Return the mean with the larger of two standard errors: of independent rows, and of independent partitions.

    Args:
        sums_of: gives the sum over the rows of a partition, and the sum of the squares.
        parts: the partitions.
        among: more of them, for the spread between partitions.
    """
    sums, squares = np.array([sums_of(part) for part in parts]).T
    rows = sum(part.row_count for part in parts)
    mean = float(sums.sum() / rows)
    error = sqrt(max(float(squares.sum()) / rows - mean**2, 0.0) / rows)
    wide = among if len(among) > len(parts) else parts
    of_wide = np.array([sums_of(part)[0] for part in wide])
    between = error_between(of_wide, np.array([part.row_count for part in wide], dtype=np.float64))
    error = max(error, between * sqrt(len(wide) / len(parts)))
    return MeanLoss(value=mean, standard_error=error, row_count=rows, covered=covered(parts))


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
