"""How good a model is on some rows: metrics, plots as numbers, and examples of what it predicts."""

import json
from typing import Any

import numpy as np
import pandas as pd

from driftline.autologging.rows import Rows, class_indexes
from driftline.autologging.runs import Run
from driftline.json_values import plain
from driftline.metrics import ScoredRows, Task, measure_rows, most_probable, scored_rows
from driftline.models import Question
from driftline.plots import plots_of, plots_to_json

_METRICS = {
    Task.BINARY: ("accuracy", "log_loss", "auroc"),
    Task.MULTICLASS: ("accuracy", "log_loss"),
    Task.REGRESSION: ("rmse", "mae", "r2"),
}
_MOST_CLASSES = 50  # a larger confusion matrix is not readable
_EXAMPLES = 10


def scored(fitted: Any, rows: Rows, question: Question) -> ScoredRows | None:
    """Return rows with what an estimator scores them; None without a truth, or for an estimator without scores."""
    if rows.truth is None or not hasattr(fitted, "predict" if question.task is Task.REGRESSION else "predict_proba"):
        return None
    if question.task is Task.REGRESSION:
        return scored_rows(question.task, rows.truth, fitted.predict(rows.inputs))
    truth = class_indexes(rows.truth, question.classes)
    if truth is None:
        return None
    scores = np.asarray(fitted.predict_proba(rows.inputs), dtype=np.float64).clip(0.0, 1.0)
    return scored_rows(question.task, truth, scores[:, 1] if question.task is Task.BINARY else scores)


def log_metrics_of(run: Run, rows: ScoredRows, prefix: str) -> None:
    """Log the usual metrics of the task, such as `final/training/auroc`, where they are defined on these rows."""
    values = {name: measure_rows(name, rows).value for name in _METRICS[rows.task]}
    run.log_metrics({f"{prefix}/{name}": value for name, value in values.items() if value is not None})


def log_plots(run: Run, rows: ScoredRows, question: Question, path: str) -> None:
    """Store the plots of the task as numbers, in the form that plots of versions have."""
    plots = plots_of(rows)
    if len(question.classes) > _MOST_CLASSES:
        del plots["confusion_matrix"]
    labels = [str(label) for label in question.classes]
    run.log_bytes(_json({"classes": labels, "plots": plots_to_json(plots)}), path)


def log_examples(run: Run, rows: Rows, scores: ScoredRows, question: Question, path: str) -> None:
    """Store the first rows and those with the largest errors, each with its truth, its prediction and its score."""
    if rows.frame is None:
        return
    chosen = list(dict.fromkeys([*range(min(_EXAMPLES, scores.row_count)), *_worst(scores)]))
    predicted = most_probable(scores.task, scores.scores) if question.classes else scores.scores
    columns = [*map(str, rows.frame.columns), "truth", "prediction", "score"]
    table = [
        [
            *map(_cell, rows.frame.iloc[place].tolist()),
            question.classes[int(scores.truth[place])] if question.classes else scores.truth[place],
            question.classes[int(predicted[place])] if question.classes else predicted[place],
            float(scores.scores[place]) if scores.scores.ndim == 1 else scores.scores[place].tolist(),
        ]
        for place in chosen
    ]
    run.log_bytes(_json({"columns": columns, "rows": table}), path)


def _worst(rows: ScoredRows) -> list[int]:
    if rows.task is Task.MULTICLASS:
        errors = 1 - rows.scores[np.arange(rows.row_count), rows.truth.astype(int)]
    else:
        errors = np.abs(rows.scores - rows.truth)
    return [int(place) for place in np.argsort(-errors, kind="stable")[:_EXAMPLES]]


def _json(value: object) -> bytes:
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False).encode()


def _cell(value: Any) -> object:
    """Return a cell as JSON has it: a missing one as null, a time and what else JSON has no form for as text."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    plain_value = value.item() if isinstance(value, np.generic) else value
    return plain_value if isinstance(plain_value, str | int | float | bool) else str(plain_value)
