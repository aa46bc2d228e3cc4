"""The plots of a model's quality by name, as plain numbers and as JSON."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from driftline.metrics import ScoredRows, Task, predicted_classes
from driftline.plots.curves import (
    Calibration,
    ConfusionMatrix,
    PrecisionRecallCurve,
    RocCurve,
    calibration,
    confusion_matrix,
    precision_recall_curve,
    roc_curve,
)
from driftline.plots.errors import UnknownPlotError
from driftline.plots.residuals import Residuals, residuals

Plot = RocCurve | PrecisionRecallCurve | Calibration | ConfusionMatrix | Residuals

PLOTS: dict[str, type[Plot]] = {
    "roc": RocCurve,
    "precision_recall": PrecisionRecallCurve,
    "calibration": Calibration,
    "confusion_matrix": ConfusionMatrix,
    "residuals": Residuals,
}
_OF_TASK = {
    Task.BINARY: ("roc", "precision_recall", "calibration", "confusion_matrix"),
    Task.MULTICLASS: ("confusion_matrix",),
    Task.REGRESSION: ("residuals",),
}

_MADE_BY: dict[str, Callable[[npt.ArrayLike, npt.ArrayLike], Plot]] = {
    "roc": roc_curve,
    "precision_recall": precision_recall_curve,
    "calibration": calibration,
    "residuals": residuals,
}


def plots_for(task: Task) -> tuple[str, ...]:
    """Return the names of the plots that suit a task."""
    return _OF_TASK[task]


def plot(name: str, rows: ScoredRows) -> Plot:
    """Return one plot of checked rows.

    Raises:
        UnknownPlotError: no plot of the rows' task has this name.
    """
    if name not in plots_for(rows.task):
        raise UnknownPlotError(name, rows.task, plots_for(rows.task))
    if name == "confusion_matrix":
        classes = 2 if rows.task is Task.BINARY else rows.scores.shape[1]
        return confusion_matrix(rows.truth, predicted_classes(rows), class_count=classes)
    return _MADE_BY[name](rows.truth, rows.scores)


def plots_of(rows: ScoredRows) -> dict[str, Plot]:
    """Return all plots of checked rows by name."""
    return {name: plot(name, rows) for name in plots_for(rows.task)}


def plots_to_json(plots: Mapping[str, Plot]) -> dict[str, Any]:
    """Return plots as JSON values, by name."""
    return {name: asdict(plot) for name, plot in plots.items()}


def plots_from_json(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Plot]:
    """Return the plots that `plots_to_json` wrote; one that this version does not know is left out."""
    return {
        name: PLOTS[name](**{part: _tuples(value) for part, value in fields.items()})
        for name, fields in values.items()
        if name in PLOTS
    }


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def class_shares(matrix: ConfusionMatrix) -> np.ndarray:
    """Return the share of each true class that was predicted as each class, shape (n_classes, n_classes)."""
    counts = np.array(matrix.counts)
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
