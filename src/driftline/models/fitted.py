"""Models of what was fitted without a trainer of driftline, as in a script or a notebook."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from driftline.datasets import Label
from driftline.metrics import Task
from driftline.models.errors import invalid_trainer
from driftline.models.lightgbm_text import BoosterEstimator, gain_shares
from driftline.models.model import Flavor, Model
from driftline.models.number_matrix import column_names
from driftline.models.signature import InputColumn, Signature, enforce, signature_of
from driftline.models.sklearn_skops import SklearnEstimator, refuse_untrusted
from driftline.models.xgboost_json import XGBoostEstimator, xgboost_gain_shares

if TYPE_CHECKING:
    import lightgbm

_EXAMPLE_ROWS = 5


def fitted_estimator(
    fitted: Any, features: pd.DataFrame, *, task: Task, classes: tuple[Label, ...], trusted: tuple[str, ...] = ()
) -> Model:
    """Return the model of a fitted scikit-learn estimator.

    Args:
        fitted: a classifier with `predict_proba`, or a regressor.
        features: rows that it was fitted on; their columns are named, also where it was fitted on an array.
        task: what it predicts.
        classes: its own classes, in its order; empty for regression.
        trusted: see `Sklearn`.

    Raises:
        InvalidColumnError: a column holds what no model reads.
        UntrustedModelError: it could not be loaded again.
    """
    signature = signature_of(features)
    estimator = SklearnEstimator(fitted, task, len(classes))
    refuse_untrusted(estimator.to_bytes(), trusted)
    return Model(
        flavor=Flavor.SKLEARN,
        estimator=estimator,
        signature=signature,
        task=task,
        classes=classes,
        example=_example(signature, features),
        feature_importance=own_importance(fitted, signature.names),
    )


def fitted_booster(
    booster: "lightgbm.Booster", features: pd.DataFrame, *, task: Task, classes: tuple[Label, ...]
) -> Model:
    """Return the model of a LightGBM booster, as it is at its best iteration.

    Args:
        booster: a trained one, with an objective of LightGBM's own.
        features: rows that it was trained on, with the same columns; those of categories hold text.
        task: what it predicts.
        classes: by index, the positive one last; empty for regression.

    Raises:
        InvalidColumnError: a column holds what no model reads.
    """
    signature = _with_categories(signature_of(features), booster.pandas_categorical or [])
    return Model(
        flavor=Flavor.LIGHTGBM,
        estimator=BoosterEstimator(booster, signature),
        signature=signature,
        task=task,
        classes=classes,
        example=_example(signature, features),
        feature_importance=gain_shares(booster, signature),
    )


def fitted_xgboost(
    booster: Any, features: pd.DataFrame, *, task: Task, classes: tuple[Label, ...], rounds: int | None = None
) -> Model:
    """Return the model of an XGBoost booster that was trained on numbers.

    Args:
        booster: a trained one, with an objective that gives probabilities or values.
        features: rows that it was trained on, with the same columns.
        task: what it predicts.
        classes: by index, the positive one last; empty for regression.
        rounds: boosting rounds that count; None: all.

    Raises:
        TrainingError: a column holds text, whose numbers only XGBoost knows.
        InvalidColumnError: a column holds what no model reads.
    """
    signature = signature_of(features)
    texts = [column.name for column in signature.columns if column.type == "string"]
    if texts:
        raise invalid_trainer("XGBoost", f"was fitted on text ({', '.join(texts)}); driftline.XGBoost(...) stores such")
    counting = booster.copy() if rounds is None else booster[:rounds]
    counting.feature_names, counting.feature_types = column_names(signature), ["q"] * len(signature.columns)
    return Model(
        flavor=Flavor.XGBOOST,
        estimator=XGBoostEstimator(counting, signature),
        signature=signature,
        task=task,
        classes=classes,
        example=_example(signature, features),
        feature_importance=xgboost_gain_shares(counting, signature),
    )


def own_importance(fitted: Any, names: Sequence[str]) -> dict[str, float]:
    """Return each column's share of what an estimator itself holds for importance, largest first; else none.

    That is its `feature_importances_`, or the mean size of its `coef_`, which compares columns of one scale only.
    """
    values = getattr(fitted, "feature_importances_", None)
    if values is None and hasattr(fitted, "coef_"):
        coefficients = np.abs(np.asarray(fitted.coef_, dtype=np.float64))
        values = coefficients if coefficients.ndim == 1 else coefficients.mean(axis=0)
    if values is None or np.shape(values) != (len(names),):
        return {}
    sizes = np.asarray(values, dtype=np.float64)
    shares = sizes / (sizes.sum() or 1.0)
    return dict(sorted(zip(names, shares.tolist(), strict=True), key=lambda share: (-share[1], share[0])))


def _with_categories(signature: Signature, categories: Sequence[Sequence[str]]) -> Signature:
    """Return a signature whose texts have the numbers that LightGBM gave them: by their categories, used or not."""
    left = iter(categories)

    def column(one: InputColumn) -> InputColumn:
        return replace(one, categories=tuple(next(left))) if one.type == "string" else one

    return Signature(columns=tuple(column(one) for one in signature.columns))


def _example(signature: Signature, features: pd.DataFrame) -> pd.DataFrame:
    return enforce(signature, features.head(_EXAMPLE_ROWS)).reset_index(drop=True)
