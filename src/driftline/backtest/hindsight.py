"""The schedule of trainings that hindsight would have chosen, by dynamic programming."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from driftline.metrics import FloatArray


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A choice among models, of which each serves until the next one begins.

    Attributes:
        chosen: the rows of the models in the matrix of losses, in their order, without the first model.
        loss: the total over all partitions.
    """

    chosen: tuple[int, ...]
    loss: float


def best_schedules(losses: FloatArray, starts: Sequence[int], most: int) -> list[Schedule]:
    """Return the schedule of least loss for at most 0, 1, ..., `most` trainings; of equal ones, one with the fewest.

    Every schedule begins with the first model, which is not counted as a training.

    Args:
        losses: of each model on each partition, shape (n_models, n_partitions); what stands before the start of a
            model is not read.
        starts: the first partition that each model can serve, shape (n_models,), never falling; 0 for the first model.
        most: trainings, at most.

    Source: the optimal partition of a sequence into segments (Bellman 1961), each served by one model; that such an
    oracle is what a retraining policy should be measured against: Mahadevan & Mathioudakis (2024), Regol et al. (2025).
    """
    count, end = losses.shape
    served = np.arange(end) >= np.asarray(starts)[:, np.newaxis]
    sums = np.hstack([np.zeros((count, 1)), np.where(served, losses, 0.0).cumsum(axis=1)])
    # The loss of model i (row) until model j (column) begins; only later ones follow.
    until = np.where(np.triu(np.ones((count, count), dtype=bool), k=1), sums[:, starts], np.inf)
    reached = np.where(np.arange(count) == 0, 0.0, np.inf)  # the least loss before each model begins
    came_from: list[np.ndarray] = []
    best = Schedule(chosen=(), loss=float(sums[0, end]))
    schedules = [best]
    for _ in range(min(most, count - 1)):
        paths = reached[:, np.newaxis] + until
        came_from.append(paths.argmin(axis=0))
        reached = paths.min(axis=0)
        totals = reached + sums[:, end]
        last = int(totals.argmin())
        if totals[last] < best.loss:
            best = Schedule(chosen=_path(came_from, last), loss=float(totals[last]))
        schedules.append(best)
    return schedules + [best] * (most + 1 - len(schedules))


def _path(came_from: Sequence[np.ndarray], last: int) -> tuple[int, ...]:
    """Return the models that lead to `last`, in their order, without the first model."""
    path = [last]
    for before in reversed(came_from[1:]):
        path.append(int(before[path[-1]]))
    return tuple(reversed(path))
