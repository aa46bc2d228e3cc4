"""Trainers: values that say how a model is trained, and the one verb that does it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Protocol

import numpy as np
import pandas as pd

from driftline.datasets import Label
from driftline.metrics import Task
from driftline.models.errors import untrainable_rows
from driftline.models.model import Model

Param = str | int | float | bool | None


class Trainer(Protocol):
    """How a model is trained. Equal trainers on equal rows with equal seeds give equal models."""

    @property
    def name(self) -> str:
        """The trainer's name in lists of runs, such as `LightGBM`."""

    def params(self) -> dict[str, Param]:
        """Return what was chosen, as the params that a run records."""

    def fit(
        self,
        features: pd.DataFrame,
        target: np.ndarray,
        *,
        task: Task,
        classes: tuple[Label, ...] = (),
        seed: int | None = None,
    ) -> Model:
        """Return a model trained on `features`.

        Args:
            features: the columns to learn from, without the target.
            target: the encoded target: class indexes or values, finite, shape (n_rows,).
            task: what to predict.
            classes: the labels by class index; empty for regression.
            seed: what randomness starts from; None: the trainer's own.

        Raises:
            TrainingError: there is nothing to learn from these rows.
            InvalidColumnError: a column holds what no model reads.
        """


def attributes_and_extra(trainer: Any, params: Mapping[str, Param]) -> tuple[dict[str, Any], dict[str, Param]]:
    """Return which of `params` are attributes of a trainer that is a dataclass, and which are more of its library's."""
    names = {own.name for own in fields(trainer)} - {"extra"}
    attributes = {name: value for name, value in params.items() if name in names}
    return attributes, {name: value for name, value in params.items() if name not in names}


def check_training(features: pd.DataFrame, target: np.ndarray, *, task: Task, classes: tuple[Label, ...]) -> None:
    """Refuse rows that no model can be trained on.

    Raises:
        TrainingError: no rows or columns, another number of targets, a target that is not finite, fewer
            than two classes, or a class index without a label.
    """
    if features.empty:
        raise untrainable_rows(f"the table has shape {features.shape}", "Give at least one row and one feature.")
    if target.shape != (len(features),):
        fault = f"{len(features)} rows have targets of shape {target.shape}"
        raise untrainable_rows(fault, "Give one target a row.")
    if not np.isfinite(target).all():
        fault = f"{int((~np.isfinite(target)).sum())} targets are not finite"
        raise untrainable_rows(fault, "Drop these rows.")
    if task is Task.REGRESSION:
        return
    present = np.unique(target)
    if len(present) < 2:
        fault = f"all {len(features)} rows have the one class index {present[0]}"
        raise untrainable_rows(fault, "Train on a longer window.")
    expected = 2 if task is Task.BINARY else max(2, len(classes))
    if len(classes) != expected or present.min() < 0 or present.max() >= expected:
        indexes = f"{present.min()} to {present.max()}"
        fault = f"the {task} target has class indexes {indexes} and {len(classes)} class labels"
        raise untrainable_rows(fault, "Give the labels that classes_of returned.")
