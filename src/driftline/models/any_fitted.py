"""The model of whatever was fitted: which library it is of, what it predicts, and how it is stored."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from driftline.datasets import Label
from driftline.metrics import Task
from driftline.models.fitted import fitted_booster, fitted_estimator, fitted_xgboost
from driftline.models.model import Model


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a model predicts.

    Attributes:
        task: the kind.
        classes: the labels by class index, the positive class last for binary; empty for regression.
    """

    task: Task
    classes: tuple[Label, ...]


def question_of(fitted: Any) -> Question | None:
    """Return what a fitted estimator of scikit-learn's kind predicts; None for one of another kind, as a clustering."""
    from sklearn.base import is_classifier, is_regressor  # noqa: PLC0415 - costs a second

    if is_regressor(fitted):
        return Question(task=Task.REGRESSION, classes=())
    classes = getattr(fitted, "classes_", None) if is_classifier(fitted) else None
    if not isinstance(classes, np.ndarray) or classes.ndim != 1 or len(classes) < 2:
        return None
    task = Task.BINARY if len(classes) == 2 else Task.MULTICLASS
    return Question(task=task, classes=tuple(classes.tolist()))


def any_fitted(
    fitted: Any, features: pd.DataFrame, question: Question, *, trusted: tuple[str, ...] = ()
) -> Model | None:
    """Return the model of a fitted estimator of scikit-learn, LightGBM or XGBoost; None for one without probabilities.

    Args:
        fitted: the estimator.
        features: rows that it was fitted on; their columns are named, also where it was fitted on an array.
        question: what it predicts.
        trusted: see `Sklearn`.

    Raises:
        InvalidColumnError: a column holds what no model reads.
        UntrustedModelError: it could not be loaded again.
        TrainingError: XGBoost was fitted on text.
    """
    if is_of(fitted, "LGBMModel"):
        return fitted_booster(fitted.booster_, features, task=question.task, classes=question.classes)
    if is_of(fitted, "XGBModel"):
        best = getattr(fitted, "best_iteration", None)  # only of a training that may stop early
        rounds = None if best is None else int(best) + 1
        booster = fitted.get_booster()
        return fitted_xgboost(booster, features, task=question.task, classes=question.classes, rounds=rounds)
    if question.task is not Task.REGRESSION and not hasattr(fitted, "predict_proba"):
        return None
    return fitted_estimator(fitted, features, task=question.task, classes=question.classes, trusted=trusted)


def is_of(estimator: Any, name: str) -> bool:
    """Return whether an estimator is of a class of this name, without importing its library."""
    return any(kind.__name__ == name for kind in type(estimator).__mro__)
