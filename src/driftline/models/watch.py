"""Trainings that are watched: measured after each iteration on rows of their own, and cut at the best one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

import numpy as np
import pandas as pd

from driftline.datasets import Label
from driftline.metrics import Task
from driftline.models.model import Model
from driftline.models.trainer import Param, Trainer

_ITSELF = {
    Task.BINARY: ("auroc", "log_loss", "accuracy", "average_precision"),
    Task.MULTICLASS: ("log_loss", "accuracy"),
    Task.REGRESSION: ("rmse", "mae"),
}
_INSTEAD = {Task.BINARY: "log_loss", Task.MULTICLASS: "log_loss", Task.REGRESSION: "rmse"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Watch:
    """What a training is watched by.

    Attributes:
        features: rows that it does not learn from.
        target: theirs, encoded, shape (n_rows,).
        metric: what is measured after each iteration: one that `watched_metric` has named.
        patience: iterations without a better value after which the training ends.
        on_iteration: called with the number of each iteration, from 0 on, and the value; what it raises ends the
            training.
    """

    features: pd.DataFrame
    target: np.ndarray
    metric: str
    patience: int
    on_iteration: Callable[[int, float], None]


@dataclass(frozen=True, kw_only=True)
class WatchedModel:
    """A model as it was at its best iteration.

    Attributes:
        model: cut there.
        trees: boosting rounds up to there.
    """

    model: Model
    trees: int


@runtime_checkable
class BoostingTrainer(Trainer, Protocol):
    """A trainer that learns in iterations, whose number its param `trees` says."""

    trees: int
    learning_rate: float

    def with_params(self, params: Mapping[str, Param]) -> Self:
        """Return the trainer with other params, by the names that `params` gives them."""

    def fit_watched(
        self,
        features: pd.DataFrame,
        target: np.ndarray,
        watch: Watch,
        *,
        task: Task,
        classes: tuple[Label, ...] = (),
        seed: int | None = None,
    ) -> WatchedModel:
        """Return the model at its best iteration of `trees`, by what `watch` measures; see `Trainer.fit`."""


def watched_metric(name: str, task: Task) -> str:
    """Return the metric that is watched where a model is judged by `name`: that one, or else the loss of the task.

    >>> watched_metric("auroc", Task.BINARY), watched_metric("f1", Task.BINARY)
    ('auroc', 'log_loss')
    """
    return name if name in _ITSELF[task] else _INSTEAD[task]
