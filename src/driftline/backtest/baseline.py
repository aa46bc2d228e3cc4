"""The baseline that needs no model: what was last known stays true."""

from itertools import pairwise

import numpy as np
import pandas as pd

from driftline.backtest.past import Past
from driftline.datasets import encode
from driftline.evaluations import LabelledRows, Scorer
from driftline.ground_truth import last_known
from driftline.metrics import Task
from driftline.models import Model


def last_known_labels(past: Past, model: Model) -> dict[str, LabelledRows]:
    """Return for each partition what repeating the newest label that was known at each row's time would have said.

    Rows of a stream with entities repeat the newest label of their entity. A row before which no label was known
    counts as not labelled.
    """
    rows = past.rows(past.window)
    values = _newest_labels(past, rows, model)
    usable = ~np.isnan(values)
    truth = np.where(usable, past.truth(rows, model), np.nan)
    scores = np.full((len(rows), len(model.classes)) if model.task is Task.MULTICLASS else len(rows), np.nan)
    scores[usable] = _scores(values[usable], model)
    times = rows[past.pipeline.time_column]
    windows = [past.partitions.window(key) for key in past.keys]
    starts = times.searchsorted(pd.Series([window.start for window in windows]).astype(times.dtype)).tolist()
    bounds = dict(zip(past.keys, pairwise([*starts, len(rows)]), strict=True))
    features = {key: rows.iloc[low:high] for key, (low, high) in bounds.items() if high > low}
    nobody = Scorer(version_id=0, version=0, task=model.task, classes=model.classes)
    return past.labelled(nobody, bounds, rows, truth, scores).by_partition(features)


def _newest_labels(past: Past, rows: pd.DataFrame, model: Model) -> np.ndarray:
    """Return the newest label of each row's entity that was known at its time, NaN for none, shape (n_rows,)."""
    pipeline = past.pipeline
    labelled = past.frame[past.frame[pipeline.target.column].notna()]
    key = list(pipeline.row_key)
    values = np.append(encode(pipeline.target, labelled, classes=model.classes), np.nan)
    places = last_known(rows[key], labelled[key], time_column=pipeline.time_column, lag=past.lag)
    return np.asarray(values[places])


def _scores(values: np.ndarray, model: Model) -> np.ndarray:
    """Return labels as the scores of somebody who is sure of them."""
    if model.task is Task.MULTICLASS:
        return np.asarray(np.eye(len(model.classes))[values.astype(int)])
    return np.asarray(values, dtype=float)
