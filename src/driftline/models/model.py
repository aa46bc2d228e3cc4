"""A trained model, whatever library trained it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
import pandas as pd

from driftline.datasets import Label
from driftline.errors import DriftlineError
from driftline.metrics import Task, most_probable
from driftline.models.errors import not_for_task, scoring_failure
from driftline.models.signature import Signature, enforce


class Flavor(StrEnum):
    """The format a model is stored in."""

    BLEND = "blend"
    LIGHTGBM = "lightgbm"
    SKLEARN = "sklearn"
    XGBOOST = "xgboost"


class Estimator(Protocol):
    """What a library trained: it scores rows that keep the signature, and knows its stored form."""

    def score(self, features: pd.DataFrame) -> np.ndarray:
        """Return what `Model.score` returns, for rows in the plain types of `enforce`."""

    def to_bytes(self) -> bytes:
        """Return the stored form, equal for equal training."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A trained model.

    Attributes:
        flavor: the format it is stored in.
        estimator: what the library trained; use the methods below instead.
        signature: the columns it reads.
        task: what it predicts.
        classes: the labels by class index, the positive class last for binary; empty for regression.
        example: up to five rows of the training table, in the types of `enforce`.
        feature_importance: each column's share of the importance, adding up to 1 (or all 0); by falling
            share.
        recipe: what was chosen by a trainer that chooses, as JSON values, so that a refit follows it without choosing
            again; None of a trainer that leaves nothing open.
    """

    flavor: Flavor
    estimator: Estimator = field(repr=False)
    signature: Signature = field(repr=False)
    task: Task
    classes: tuple[Label, ...]
    example: pd.DataFrame = field(repr=False)
    feature_importance: Mapping[str, float] = field(repr=False)
    recipe: Mapping[str, Any] | None = field(default=None, repr=False)

    def score(self, frame: pd.DataFrame) -> np.ndarray:
        """Return what evaluations read, float64, no NaN.

        Binary: the probability of the positive class, shape (n_rows,). Multiclass: probabilities, shape
        (n_rows, n_classes). Regression: the value, shape (n_rows,).

        Raises:
            MissingColumnError: `frame` lacks columns.
            ScoringError: a column holds another type than in training.
            ScoringError: the estimator raises.
        """
        features = enforce(self.signature, frame)
        if features.empty:
            shape = (0, len(self.classes)) if self.task is Task.MULTICLASS else (0,)
            return np.zeros(shape)
        try:
            return self.estimator.score(features)
        except DriftlineError:
            raise
        except Exception as error:  # an estimator is anybody's code
            raise scoring_failure(self.flavor, error) from error

    def predict_proba(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the probability of each class, one column per class, with the index of `frame`.

        Raises:
            ScoringError: the model is a regression.
            MissingColumnError: `frame` lacks columns.
            ScoringError: a column holds another type than in training.
        """
        if self.task is Task.REGRESSION:
            raise not_for_task("The probability of a class", self.task)
        scores = self.score(frame)
        if self.task is Task.BINARY:
            scores = np.column_stack([1 - scores, scores])
        return pd.DataFrame(scores, index=frame.index, columns=pd.Index(self.classes))

    def predict(self, frame: pd.DataFrame) -> pd.Series:
        """Return the label of each row, or its value for a regression, with the index of `frame`.

        Binary: the positive class where its probability is above 0.5; multiclass: the first of the most
            probable.

        Raises:
            MissingColumnError: `frame` lacks columns.
            ScoringError: a column holds another type than in training.
        """
        scores = self.score(frame)
        if self.task is Task.REGRESSION:
            return pd.Series(scores, index=frame.index, name="prediction")
        chosen = most_probable(self.task, scores)
        labels = pd.Series(list(self.classes)).to_numpy()[chosen]
        return pd.Series(labels, index=frame.index, name="prediction")
