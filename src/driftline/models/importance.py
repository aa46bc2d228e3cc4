"""The importance of a model's columns, by what the model loses without them."""

from typing import Any

import numpy as np
import pandas as pd

from driftline.metrics import Task
from driftline.models.model import Estimator

_ROWS = 1000


def importance_shares(
    fitted: Any, estimator: Estimator, features: pd.DataFrame, target: np.ndarray, *, task: Task, seed: int
) -> dict[str, float]:
    """Return each column's share of the error that shuffling it adds, largest first; or all 0.

    The error is the mean squared one of the scores, on up to 1,000 of the training rows, shuffled once per
    column.

    Args:
        fitted: what scikit-learn fitted.
        estimator: the same with the scores that count here.
        features: the training rows, shape (n_rows, n_columns).
        target: shape (n_rows,).
        task: what the scores mean.
        seed: of the rows and their order.

    Source: Breiman, Random Forests (2001). Ours: a loss below zero counts as zero, and the shares add up to
        1.
    """
    from sklearn.inspection import permutation_importance  # noqa: PLC0415 - costs a second

    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(len(features))[:_ROWS])

    def gain(_: Any, sample: pd.DataFrame, truth: np.ndarray) -> float:
        scores = estimator.score(sample)
        if task is Task.MULTICLASS:
            truth = np.eye(scores.shape[1])[truth.astype(np.intp)]
        return -float(np.mean((scores - truth) ** 2))

    sample = features.iloc[rows].reset_index(drop=True)
    added = permutation_importance(
        fitted, sample, target[rows], scoring=gain, n_repeats=1, random_state=int(random.integers(2**31))
    ).importances_mean.clip(min=0.0)
    shares = {str(name): float(loss) for name, loss in zip(sample.columns, added / (added.sum() or 1.0), strict=True)}
    return dict(sorted(shares.items(), key=lambda share: (-share[1], share[0])))
