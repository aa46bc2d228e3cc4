"""The importance of a model's columns, by what the model loses without them."""

import numpy as np
import pandas as pd

from driftline.metrics import Task
from driftline.models.model import Estimator

_ROWS = 1000


def permutation_importance(
    estimator: Estimator, features: pd.DataFrame, target: np.ndarray, *, task: Task, seed: int
) -> dict[str, float]:
    """Return each column's share of the error that shuffling it adds, largest first; or all 0.

    The error is the mean squared one of the scores, on up to 1,000 of the training rows, shuffled once per
    column.

    Source: Breiman, Random Forests (2001). Ours: a loss below zero counts as zero, and the shares add up to
        1.
    """
    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(len(features))[:_ROWS])
    sample = features.iloc[rows].reset_index(drop=True)
    scores = estimator.score(sample)
    truth = np.eye(scores.shape[1])[target[rows].astype(np.intp)] if task is Task.MULTICLASS else target[rows]
    error = float(np.mean((scores - truth) ** 2))
    added = {}
    for name in sample.columns:
        shuffled = sample.copy(deep=False)
        shuffled[name] = sample[name].take(random.permutation(len(sample))).reset_index(drop=True)
        added[str(name)] = max(0.0, float(np.mean((estimator.score(shuffled) - truth) ** 2)) - error)
    total = sum(added.values()) or 1.0
    shares = {name: loss / total for name, loss in added.items()}
    return dict(sorted(shares.items(), key=lambda share: (-share[1], share[0])))
